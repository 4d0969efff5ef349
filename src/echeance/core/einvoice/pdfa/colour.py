"""Colour and drawing: the output intent, device colours, graphics states, images, transparency.

Source: ISO 19005-3 6.2.3 to 6.2.10; ICC.1:2010 7.2 (header of a profile), 7.3 (its tags).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa.clauses import breach, words
from echeance.core.einvoice.pdfa.content import MAX_PAGES, Usage

_COMPONENTS: Final = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_DEVICE_OF: Final = {b"RGB ": "/DeviceRGB", b"CMYK": "/DeviceCMYK"}
_CLASSES: Final = frozenset({b"prtr", b"mntr"})
_INTENTS: Final = frozenset(
    {"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"}
)
# ISO 32000-1 11.3.5, and Compatible, an old name of Normal.
_BLEND_MODES: Final = words(
    "/Normal /Compatible /Multiply /Screen /Overlay /Darken /Lighten /ColorDodge /ColorBurn "
    "/HardLight /SoftLight /Difference /Exclusion /Hue /Saturation /Color /Luminosity"
)
_HEADER_BYTES: Final = 128


def check_colour(pdf: Any, usage: Usage) -> Iterator[Finding]:
    """Breaches of colour and drawing in what the pages use."""
    intents = [
        item
        for item in pdfs.elements(pdf.Root.get("/OutputIntents"))
        if pdfs.name(pdfs.entry(item, "/S")) == "/GTS_PDFA1"
    ]
    profiles = [pdfs.entry(item, "/DestOutputProfile") for item in intents]
    spaces = set()
    for profile in profiles:
        fault, space = _profile(profile)
        spaces.add(space)
        if fault:
            yield breach("6.2.3", f"Le profil de couleur de sortie {fault}.")
    if len({pdfs.key_of(profile) for profile in profiles if pdfs.is_stream(profile)}) > 1:
        yield breach("6.2.3", "Deux profils de couleur de sortie se contredisent.")
    if not intents:
        yield breach("6.2.3", "Le profil de couleur de sortie (OutputIntent) manque.")
    else:
        yield from _device_colours(usage, {_DEVICE_OF.get(space, "") for space in spaces})
    yield from _states(usage)
    yield from _images(usage)
    if not intents:
        yield from _groups(pdf)


def _profile(stream: Any) -> tuple[str, bytes]:
    """What is wrong with an ICC profile, "" when nothing, and its colour space."""
    if not pdfs.is_stream(stream):
        return "n'est pas incorporé", b""
    data = stream.read_bytes()
    space = data[16:20]
    if len(data) < _HEADER_BYTES + 4 or data[36:40] != b"acsp":
        return "n'est pas un profil ICC", b""
    if int.from_bytes(data[:4]) != len(data):
        return f"annonce {int.from_bytes(data[:4])} octets et en a {len(data)}", space
    if data[8] not in {2, 4}:
        return f"est d'une version d'ICC que PDF/A-3 n'admet pas ({data[8]})", space
    if data[12:16] not in _CLASSES:
        return "n'est pas celui d'un écran ou d'une imprimante", space
    if _COMPONENTS.get(space) != pdfs.whole(stream.get("/N")):
        return "n'a pas le nombre de composantes annoncé (N)", space
    count = int.from_bytes(data[128:132])
    tags = [data[132 + 12 * place : 144 + 12 * place] for place in range(min(count, 100))]
    if not tags or any(
        int.from_bytes(tag[4:8]) + int.from_bytes(tag[8:12]) > len(data) for tag in tags
    ):
        return "a une table abîmée", space
    return "", space


def _device_colours(usage: Usage, allowed: set[str]) -> Iterator[Finding]:
    """Grey is defined by any output intent, RGB and CMYK by one of their own (6.2.4.3)."""
    for space in sorted(usage.device_colours - allowed - {"/DeviceGray"}):
        yield breach(
            "6.2.4.3",
            f"Une page utilise la couleur {space[1:]}, que le profil de sortie ne définit pas.",
        )


def _states(usage: Usage) -> Iterator[Finding]:
    for state in usage.states.values():
        for key in ("/TR", "/HTP"):
            if key in state:
                yield breach("6.2.5", f"Un état graphique contient l'entrée interdite {key[1:]}.")
        if pdfs.name(state.get("/TR2")) not in {"", "/Default"} or (
            "/TR2" in state and not pdfs.name(state.get("/TR2"))
        ):
            yield breach("6.2.5", "Un état graphique change les couleurs par une fonction (TR2).")
        mode = state.get("/BM")
        for item in pdfs.elements(mode) or [mode]:
            if item is not None and pdfs.name(item) not in _BLEND_MODES:
                yield breach("6.2.10", f"Le mode de fusion {item} n'est pas de la norme.")
    named = {pdfs.name(state.get("/RI")) for state in usage.states.values()} | usage.intents
    for intent in sorted(named - _INTENTS - {""}):
        yield breach("6.2.6", f"L'intention de rendu {intent[1:]} n'est pas de la norme.")


def _images(usage: Usage) -> Iterator[Finding]:
    for item in usage.xobjects.values():
        kind = pdfs.name(item.get("/Subtype"))
        if kind == "/PS" or pdfs.name(item.get("/Subtype2")) == "/PS" or "/PS" in item:
            yield breach("6.2.9", "Une page contient un programme PostScript.")
        if kind == "/Form" and "/Ref" in item:
            yield breach("6.2.9", "Une page montre le contenu d'un autre fichier.")
        for key in ("/OPI", "/Alternates"):
            if key in item:
                yield breach("6.2.8", f"Une image contient l'entrée interdite {key[1:]}.")
        if item.get("/Interpolate") is True:
            yield breach("6.2.8", "Une image demande à être lissée (Interpolate).")


def _groups(pdf: Any) -> Iterator[Finding]:
    """Without an output intent, a transparent page says in which colours it is blended."""
    for number, page in enumerate(pdf.pages, start=1):
        if number > MAX_PAGES:
            return
        group = page.obj.get("/Group")
        if pdfs.name(pdfs.entry(group, "/S")) == "/Transparency" and (
            pdfs.entry(group, "/CS") is None
        ):
            yield breach("6.2.10", f"La page {number} est transparente sans espace de couleur.")
