"""The facts of an issued document as JSON: what its file is made from, whenever it is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from echeance.billing.rules.document import Composed
from echeance.billing.types import StyleFacts
from echeance.core.einvoice.model import Invoice
from echeance.core.terms import Instalment


@dataclass(frozen=True, slots=True)
class FrozenDocument:
    """Everything printed and written, and how it looks."""

    document: Invoice
    instalments: tuple[Instalment, ...]
    mentions: tuple[str, ...]
    language: str
    style: StyleFacts


@cache
def _adapter() -> TypeAdapter[FrozenDocument]:
    return TypeAdapter(FrozenDocument)


def freeze(composed: Composed, style: StyleFacts) -> dict[str, Any]:
    """JSON of a document; empty values are left out, amounts are texts."""
    facts: dict[str, Any] = _adapter().dump_python(
        FrozenDocument(
            composed.document, composed.instalments, composed.mentions, composed.language, style
        ),
        mode="json",
        exclude_defaults=True,
    )
    return facts


def thaw(facts: dict[str, Any]) -> FrozenDocument:
    """The inverse of :func:`freeze`."""
    return _adapter().validate_python(facts)
