"""Actions, annotations and forms: nothing that runs, plays, hides or fetches.

Source: ISO 19005-3 6.3 (annotations), 6.4 (forms), 6.5 (actions).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa.clauses import breach, words
from echeance.core.einvoice.pdfa.content import MAX_PAGES

_FORBIDDEN_ACTIONS: Final = words(
    "/Launch /Sound /Movie /ResetForm /ImportData /Hide /SetOCGState /Rendition /Trans "
    "/GoTo3DView /JavaScript"
)
_NAMED: Final = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
_FORBIDDEN_ANNOTATIONS: Final = frozenset({"/3D", "/Sound", "/Screen", "/Movie"})
_HIDDEN, _PRINT, _INVISIBLE, _NO_VIEW, _TOGGLE = 2, 4, 1, 32, 256
_MAX_ANNOTATIONS: Final = 20_000


def check_interaction(pdf: Any) -> Iterator[Finding]:
    """Breaches by actions anywhere, annotations of the pages, and the form."""
    root = pdf.Root
    if pdfs.entry(root, "/Names", "/JavaScript") is not None:
        yield breach("6.5.1", "Le document contient du JavaScript.")
    if "/AA" in root:
        yield breach("6.5.2", "Le document déclenche une action automatique (AA).")
    form = root.get("/AcroForm")
    if pdfs.entry(form, "/XFA") is not None:
        yield breach("6.4.2", "Le document contient un formulaire XFA.")
    if pdfs.entry(form, "/NeedAppearances") is True:
        yield breach("6.4.1", "Le formulaire laisse le lecteur dessiner ses champs.")
    yield from _actions(pdf)
    left = _MAX_ANNOTATIONS
    for number, page in enumerate(pdf.pages, start=1):
        if number > MAX_PAGES or left <= 0:
            return
        if "/AA" in page.obj:
            yield breach("6.5.2", f"La page {number} déclenche une action automatique (AA).")
        annotations = pdfs.elements(page.obj.get("/Annots"))[:left]
        left -= len(annotations)
        for annotation in annotations:
            yield from _annotation(annotation, f"page {number}")


def _actions(pdf: Any) -> Iterator[Finding]:
    """Actions wherever they hang: an action is known by its ``/S``."""
    found: set[str] = set()
    for item in pdf.objects:
        found.update(_kinds(item))
    for kind in sorted(found):
        yield breach("6.5.1", f"Le document contient une action interdite ({kind[1:]}).")


def _kinds(item: Any) -> Iterator[str]:
    """Forbidden actions that a dictionary is, or holds directly as an action."""
    for action in (item, *(pdfs.entry(item, key) for key in ("/A", "/OpenAction", "/Next"))):
        if not pdfs.is_dictionary(action):
            continue
        kind = pdfs.name(action.get("/S"))
        turns_pages = pdfs.name(action.get("/N")) in _NAMED
        if kind in _FORBIDDEN_ACTIONS or (kind == "/Named" and not turns_pages):
            yield kind


def _annotation(annotation: Any, place: str) -> Iterator[Finding]:
    kind = pdfs.name(pdfs.entry(annotation, "/Subtype"))
    if not kind:
        return
    what = f"{kind[1:]}, {place}"
    if kind in _FORBIDDEN_ANNOTATIONS:
        yield breach("6.3.1", f"Annotation interdite ({what}).", place)
    flags = pdfs.whole(pdfs.entry(annotation, "/F"))
    if kind != "/Popup":
        if flags is None:
            yield breach("6.3.2", f"Une annotation ({what}) n'a pas de drapeaux.", place)
        elif not flags & _PRINT or flags & (_HIDDEN | _INVISIBLE | _NO_VIEW | _TOGGLE):
            yield breach(
                "6.3.2",
                f"Une annotation ({what}) est cachée ou ne s'imprime pas.",
                place,
            )
    if kind == "/Widget" and any(key in annotation for key in ("/A", "/AA")):
        yield breach("6.4.1", f"Un champ de formulaire ({place}) déclenche une action.", place)
    elif "/AA" in annotation:
        yield breach("6.5.2", f"Une annotation ({place}) déclenche une action automatique.", place)
    shown = kind not in {"/Popup", "/Link"} and not _is_empty(annotation)
    if shown and not pdfs.is_dictionary(pdfs.entry(annotation, "/AP")):
        yield breach("6.3.3", f"Une annotation ({what}) n'a pas d'apparence.", place)


def _is_empty(annotation: Any) -> bool:
    """Whether its rectangle has no area: it needs no appearance then."""
    corners = pdfs.elements(pdfs.entry(annotation, "/Rect"))
    return len(corners) == 4 and (corners[0], corners[1]) == (corners[2], corners[3])
