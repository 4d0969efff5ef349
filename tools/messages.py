"""The English catalogue: collect the French sentences, keep their English, compile it.

The French sentence is the msgid and carries no mark where it is born: errors, labels and models
stay plain Python, and the doors translate what they show. This script therefore knows where the
sentences are: templates, calls of ``gettext`` and ``counted``; the ``message`` of the error
classes; names and choices of the models; labels and help of the forms; dictionaries named
``…LABELS`` or ``…TITLES``; the menu; the panels.

``messages.py`` brings the catalogue in line with the code, compiles it, and lists the sentences
whose English is left to be written. ``messages.py compile`` only compiles.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import os
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from echeance.core.errors import EcheanceError

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
PACKAGE = SRC / "echeance"
CATALOGUE = PACKAGE / "locale/en/LC_MESSAGES/django.po"
COMPILED = CATALOGUE.with_suffix(".mo")

KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "counted": (1, 2),
    "pgettext": ((1, "c"), 2),
}
# The words that a filter counts: ``{{ n|count:"facture,factures" }}``.
COUNTED = re.compile(r"""\|count:["']([^"']+)["']""")
LABELS = re.compile(r"(^|_)(LABELS|TITLES)$")
# Sentences in several languages already, or words read in files rather than shown.
NOT_SHOWN = {"core/einvoice/labels.py", "core/terms.py", "parties/columns.py", "billing/rules"}
# The style guide is a page of developers.
DEVELOPERS = {"web/templates/web/styleguide.html", "web/samples.py"}
# Hours and addresses would change the file when no sentence changed.
MOVING_HEADERS = re.compile(
    r'"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date'
    r'|Last-Translator|Language-Team|Generated-By).*\\n"\n'
)

Sentence = str | tuple[str, ...]
Found = Iterator[tuple[Sentence, str]]
"""Sentences with the file they come from, relative to the package."""


def in_templates() -> Found:
    """``translate``, ``blocktranslate`` and counted words in the templates of every room."""
    from django.utils.translation.template import templatize

    for file in sorted(PACKAGE.glob("*/templates/**/*.html")):
        text = file.read_text(encoding="utf-8")
        yield from _called(templatize(text).encode(), file)
        yield from ((words, _name(file)) for words in COUNTED.findall(text))


def in_calls() -> Found:
    """``gettext("…")`` in Python."""
    for file in _modules():
        yield from _called(file.read_bytes(), file)


def _called(source: bytes, file: Path) -> Found:
    for _, sentence, _, _ in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        yield sentence, _name(file)


def in_errors() -> Found:
    """The sentence of every error class."""
    for error in error_classes():
        yield error.message, _name(Path(inspect.getfile(error)))


def error_classes() -> list[type[EcheanceError]]:
    """Every error class that a person or a program may meet, by code."""
    import echeance

    for module in pkgutil.walk_packages(echeance.__path__, "echeance."):
        if ".core." in module.name or module.name.endswith(".errors"):
            importlib.import_module(module.name)
    found: set[type[EcheanceError]] = {EcheanceError}
    queue: list[type[EcheanceError]] = [EcheanceError]
    while queue:
        for error in queue.pop().__subclasses__():
            if error not in found and error.__module__.startswith("echeance."):
                found.add(error)
                queue.append(error)
    return sorted(found, key=lambda error: error.code)


def in_models() -> Found:
    """Names and choices of the fields."""
    from django.apps import apps

    for model in apps.get_models():
        if not model.__module__.startswith("echeance."):
            continue
        file = _name(Path(inspect.getfile(model)))
        for field in model._meta.concrete_fields:  # noqa: SLF001  Django's own public name
            if field.verbose_name != field.name.replace("_", " "):
                yield str(field.verbose_name), file
            for _, label in field.flatchoices:
                yield str(label), file


def in_forms() -> Found:
    """Labels, help and errors of the forms."""
    for file in sorted(PACKAGE.glob("*/forms*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in {"label", "help_text"}:
                values: list[ast.expr | None] = [node.value]
            elif isinstance(node, ast.Assign) and _target(node) in {"label", "help_text"}:
                values = [node.value]
            elif isinstance(node, ast.Assign) and _target(node) == "error_messages":
                values = node.value.values if isinstance(node.value, ast.Dict) else []
            else:
                continue
            yield from ((text, _name(file)) for value in values if (text := _text(value)))


def in_labels() -> Found:
    """Values of the module constants named ``…LABELS`` or ``…TITLES``."""
    for file in _modules():
        if any(_name(file).startswith(other) for other in NOT_SHOWN):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or not LABELS.search(_target(node)):
                continue
            # Of a pair (code, label), the label is the one shown.
            match node.value:
                case ast.Dict(values=values):
                    shown = values
                case ast.List(elts=pairs):
                    shown = [pair.elts[-1] for pair in pairs if isinstance(pair, ast.Tuple)]
                case _:
                    continue
            yield from ((text, _name(file)) for value in shown if (text := _text(value)))


def in_menu() -> Found:
    """The menu, and the panels that a page shows of other rooms."""
    from echeance.web.navigation import SECTIONS

    for section in SECTIONS:
        yield section.heading, "web/navigation.py"
        yield from ((page.label, "web/navigation.py") for page in section.pages)
    for file in sorted(PACKAGE.glob("*/apps.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "panels.add":
                titles = [_text(one.value) for one in node.keywords if one.arg == "title"]
                yield from ((title, _name(file)) for title in titles if title)


def in_questions() -> Found:
    """What may be answered to the questions of the day, and the levels of the usual reminders."""
    from echeance.core.dunning import DEFAULT_PLAN

    for file in _modules():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Answer":
                named = [one.value for one in node.keywords if one.arg == "label"]
                texts = [_text(value) for value in (*node.args[1:2], *named)]
                yield from ((text, _name(file)) for text in texts if text)
    yield from ((level.label, "core/dunning/ladder.py") for level in DEFAULT_PLAN.levels)


def in_reasons() -> Found:
    """Why a platform gives a status, what to do, and what is asked for."""
    from echeance.core.lifecycle import ACTIONS, REASONS

    for reason in REASONS.values():
        yield reason.sentence, "core/lifecycle/reasons.py"
        yield reason.advice, "core/lifecycle/reasons.py"
    yield from ((asked, "core/lifecycle/reasons.py") for asked in ACTIONS.values())


def _modules() -> list[Path]:
    return [file for file in sorted(PACKAGE.rglob("*.py")) if "/migrations/" not in str(file)]


def _name(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def _text(node: ast.expr | None) -> str:
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) else ""


def set_up() -> None:
    """Make the rooms importable, on throw-away settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    import django

    django.setup()


def collect() -> dict[Sentence, set[str]]:
    """Every French sentence, with the files it stands in."""
    set_up()
    sources = (
        in_templates,
        in_calls,
        in_errors,
        in_models,
        in_forms,
        in_labels,
        in_menu,
        in_questions,
        in_reasons,
    )
    found: dict[Sentence, set[str]] = {}
    for source in sources:
        for sentence, file in source():
            words = sentence if isinstance(sentence, str) else sentence[0]
            # A sentence that is nothing but facts has nothing to translate.
            if file not in DEVELOPERS and re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", words)):
                found.setdefault(sentence, set()).add(file)
    return found


def read() -> Catalog:
    """The catalogue as it is."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def updated(present: Catalog) -> str:
    """The text of the catalogue in line with the code: English kept, new sentences empty."""
    fresh = Catalog(locale="en", project="Échéance", fuzzy=False, header_comment="")
    for sentence, files in collect().items():
        known = present.get(sentence if isinstance(sentence, str) else sentence[0])
        fresh.add(
            sentence,
            string=known.string if known else "",
            locations=[(file, None) for file in sorted(files)],
        )
    out = io.BytesIO()
    write_po(out, fresh, sort_output=True, include_lineno=False, width=100)
    return MOVING_HEADERS.sub("", out.getvalue().decode()).lstrip()


def compile_catalogue() -> None:
    """Write the compiled catalogue when it is older than its source; whole or not at all."""
    if COMPILED.exists() and COMPILED.stat().st_mtime_ns >= CATALOGUE.stat().st_mtime_ns:
        return
    part = COMPILED.with_name(f"{COMPILED.name}.{os.getpid()}")
    with part.open("wb") as file:
        write_mo(file, read())
    part.replace(COMPILED)


def untranslated(
    sentences: Iterable[Sentence] | None = None, catalogue: Catalog | None = None
) -> list[Sentence]:
    """Sentences of the code that have no English yet; both are read when not given."""
    present = read() if catalogue is None else catalogue
    known = {one.id: [one.string] if isinstance(one.string, str) else one.string for one in present}
    wanted = collect() if sentences is None else sentences
    return sorted((one for one in wanted if not all(known.get(one, [""]))), key=str)


def main() -> int:
    """Do what the command line asks; exit 1 when some English is left to be written."""
    if sys.argv[1:] == ["compile"]:
        compile_catalogue()
        return 0
    CATALOGUE.write_text(updated(read()), encoding="utf-8")
    compile_catalogue()
    missing = untranslated()
    for sentence in missing:
        print(f"no English: {sentence}")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
