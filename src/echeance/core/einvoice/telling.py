"""An invoice told term by term, as the faces give it: business terms and their values as texts.

Source: EN 16931-1 (numbers of the business terms and groups).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from echeance.core.einvoice.documents import Document
from echeance.core.einvoice.fields import BY_NAME, Kind
from echeance.core.einvoice.model import Finding, Invoice
from echeance.core.einvoice.words.explained import explained

_NONE: Final = (None, "", ())


def terms(invoice: Invoice) -> dict[str, Any]:
    """Every term that has a value, in the order of the model.

    Returns:
        By number (``BT-1``): ISO dates, decimal texts as printed, base64 for files. A group
        (``BG-4``) is an object, a repeated one (``BG-25``) a list of them; an identifier stands
        beside its scheme (``BT-30``, ``BT-30-1``). A term without a number has the name of its
        attribute.
    """
    return _group(invoice, "")


def shown(document: Document) -> dict[str, Any]:
    """What ``echeance einvoice show --json`` gives for one document, less the file name."""
    return {
        "syntax": document.syntax,
        "profile": document.profile,
        "terms": terms(document.invoice),
        "unknown": [
            {"path": item.path, "value": item.value, "line": item.line} for item in document.unknown
        ],
        "findings": [finding(item) for item in document.findings],
    }


def finding(item: Finding) -> dict[str, Any]:
    """A finding as programs get it: the rule and its own text, then our words in two languages.

    Returns:
        ``rule``, ``severity``, ``location``, ``message``, ``terms`` (BT and BG numbers), ``line``
        (rank of the line, or null), and ``place``, ``sentence``, ``todo``, each with ``fr`` and
        ``en``.
    """
    words = explained(item)
    return {
        **asdict(item),
        "terms": list(words.terms),
        "line": words.line_index,
        "place": {"fr": words.place_fr, "en": words.place_en},
        "sentence": {"fr": words.sentence_fr, "en": words.sentence_en},
        "todo": {"fr": words.todo_fr, "en": words.todo_en},
    }


def rows(told: dict[str, Any], depth: int = 0) -> Iterator[tuple[int, str, str]]:
    """What :func:`terms` gave as lines of a table: depth, number, value ("" for a group)."""
    for number, value in told.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield depth, number, ""
                yield from rows(item, depth + 1)
            else:
                yield depth, number, item


def _group(facts: Any, prefix: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for one in fields(facts):
        name, value = f"{prefix}{one.name}", getattr(facts, one.name)
        if value in _NONE:
            continue
        term = BY_NAME.get(name)
        number = term.id if term else one.name
        if term is not None and term.kind is Kind.GROUP and is_dataclass(value):
            inner = _group(value, f"{name}.")
            if term.id.startswith("BT-"):  # an identifier and its scheme
                told.update(inner)
                continue
            value = inner
        elif isinstance(value, tuple):
            value = [
                _group(item, f"{name}.") if is_dataclass(item) else _text(item) for item in value
            ]
        else:
            value = _text(value)
        # A number may stand for two attributes; the second keeps its own name.
        told[one.name if number in told else number] = value
    return told


def _text(value: object) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return str(value)
