"""Rules of presence, read from the field table: what is mandatory in a group that is there.

Source: EN 16931-1 6.4.1 (BR-01 to BR-65), :mod:`echeance.core.einvoice.fields`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from echeance.core.einvoice.fields import TERMS, Kind, Level, Term
from echeance.core.einvoice.model import Finding, Invoice
from echeance.core.einvoice.rules.case import fatal

COVERED: Final = frozenset(term.rule for term in TERMS if term.rule)


def _below(names: tuple[str, ...]) -> list[Term]:
    return [
        term
        for term in TERMS
        if tuple(term.name.split(".")[:-1]) == names
        and term.level <= Level.EN16931
        and (term.mandatory or term.kind is Kind.GROUP)
    ]


_GROUPS: Final = {
    names: _below(names)
    for names in {(), *(tuple(term.name.split(".")) for term in TERMS if term.kind is Kind.GROUP)}
}


def absent(invoice: Invoice) -> Iterator[Finding]:
    """Mandatory terms without a value, in the order of the document."""
    return _absent(invoice, (), "")


def _absent(group: object, names: tuple[str, ...], place: str) -> Iterator[Finding]:
    for term in _GROUPS[names]:
        last = term.name.rpartition(".")[2]
        value = getattr(group, last)
        location = f"{place}{term.id}"
        if term.mandatory and (value is None or value in ("", ())):
            yield fatal(
                term.rule or "EN 16931",
                location,
                f"{term.label} ({term.id}) manque{_at(place)} : complétez-le.",
            )
        elif term.kind is Kind.GROUP and value:
            below = (*names, last)
            if not isinstance(value, tuple):
                yield from _absent(value, below, place)
                continue
            for index, item in enumerate(value, start=1):
                yield from _absent(item, below, f"{place}{term.id}[{index}]/")


def _at(place: str) -> str:
    """``BG-25[3]/`` as words.

    >>> _at("BG-25[3]/"), _at("BG-1[2]/"), _at("")
    (' à la ligne 3', ' (BG-1[2])', '')
    """
    line = re.match(r"BG-25\[(\d+)\]/", place)
    if line:
        return f" à la ligne {line[1]}"
    return f" ({place[:-1]})" if place else ""
