"""The facts of an issued document as JSON: what its file is made from, whenever it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from echeance.billing.rules.document import Composed
from echeance.billing.types import PrintedFacts, PrintedPayer, StyleFacts
from echeance.core.creditor_reference import creditor_reference
from echeance.core.einvoice.model import Invoice
from echeance.core.terms import Instalment

_NOTHING_MORE: Final = PrintedFacts()


@dataclass(frozen=True, slots=True)
class FrozenDocument:
    """Everything printed and written, and how it looks."""

    document: Invoice
    instalments: tuple[Instalment, ...]
    mentions: tuple[str, ...]
    language: str
    style: StyleFacts
    printed: PrintedFacts = _NOTHING_MORE


@cache
def _adapter() -> TypeAdapter[FrozenDocument]:
    return TypeAdapter(FrozenDocument)


def freeze(
    composed: Composed, style: StyleFacts, printed: PrintedFacts = _NOTHING_MORE
) -> dict[str, Any]:
    """JSON of a document; empty values are left out, amounts are texts.

    The shares of other payers are those that are posted. Where the style says so, the reference to
    quote (BT-83) becomes the creditor reference of the number, when the number can have one.
    """
    document = composed.document
    printed = replace(
        printed,
        payers=tuple(PrintedPayer(one.name, one.amount, one.reference) for one in composed.payers),
    )
    if style.creditor_reference and document.remittance_information == document.number:
        reference = creditor_reference(document.number) or document.number
        document = replace(document, remittance_information=reference)
    facts: dict[str, Any] = _adapter().dump_python(
        FrozenDocument(
            document,
            composed.instalments,
            composed.mentions,
            composed.language,
            style,
            printed,
        ),
        mode="json",
        exclude_defaults=True,
    )
    return facts


def thaw(facts: dict[str, Any]) -> FrozenDocument:
    """The inverse of :func:`freeze`."""
    return _adapter().validate_python(facts)
