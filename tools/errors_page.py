"""``docs/errors.md`` from the error classes: nothing in it is kept by hand."""

from __future__ import annotations

import inspect
from itertools import groupby

from tools import messages

from echeance.api.problems import STATUS
from echeance.cli.main import EXIT_CODES
from echeance.core.errors import EcheanceError, Kind

PAGE = messages.ROOT / "docs/errors.md"
HEAD = """# Errors

Every refusal has a stable code, a kind, facts, and one sentence that says what is wrong and what to
do now. The code is what a program reads; the sentence may be reworded, and follows the language of
the reader. This page is generated from the classes (`make docs`).

| kind | what the caller can do | web and API | console |
| --- | --- | --- | --- |
"""
MEANS = {
    Kind.INVALID: "correct the facts given",
    Kind.NOT_FOUND: "check the reference: no such object, or not yours to see",
    Kind.FORBIDDEN: "ask for the right",
    Kind.REFUSED: "a rule of the trade says no: follow what the sentence proposes",
    Kind.CONFLICT: "read the object again: it changed meanwhile, or a yes is asked for",
    Kind.UNAVAILABLE: "try again later: an outside service failed",
}


def meaning(error: type[EcheanceError]) -> str:
    """The docstring's own words, in one paragraph; a class without facts of its own has few."""
    lines = inspect.cleandoc(error.__doc__ or "").split("\n\n")
    told = [part for part in lines if not part.startswith(("Args:", "Attributes:", "Source:"))]
    return "\n\n".join(" ".join(part.split()).replace("``", "`") for part in told)


def facts(error: type[EcheanceError]) -> str:
    """Names of the facts, in order."""
    names = [name for name in inspect.signature(error).parameters if name != "self"]
    return ", ".join(f"`{name}`" for name in names) or "none"


def entry(error: type[EcheanceError], english: str) -> str:
    """One error: its code as a heading, so that it has an address."""
    lines = [
        f"### {error.code}\n",
        f"{meaning(error)}\n",
        f"- French: {_literal(error.message)}",
        *([f"- English: {_literal(english)}"] if english else []),
        f"- Kind: {error.kind}. Facts: {facts(error)}.",
    ]
    return "\n".join(lines) + "\n"


def _literal(sentence: str) -> str:
    return f"`{sentence}`"


def page() -> str:
    """The whole page, by room."""
    catalogue = messages.read()
    parts = [HEAD]
    parts += [
        f"| {kind} | {MEANS[kind]} | {int(STATUS[kind])} | {EXIT_CODES[kind]} |\n" for kind in Kind
    ]
    for room, errors in groupby(messages.error_classes(), lambda one: one.code.partition(".")[0]):
        parts.append(f"\n## {room}\n")
        for error in errors:
            known = catalogue.get(error.message)
            parts.append("\n" + entry(error, str(known.string) if known else ""))
    return "".join(parts)
