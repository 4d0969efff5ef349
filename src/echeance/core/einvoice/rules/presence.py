"""Rules of presence, read from the field table: what is mandatory in a group that is there.

Source: EN 16931-1 6.4.1 (BR-01 to BR-65), :mod:`echeance.core.einvoice.fields`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from echeance.core.einvoice.fields import TERMS, Kind, Level, Term
from echeance.core.einvoice.model import Finding, Invoice
from echeance.core.einvoice.rules.case import CII, Case, fatal

COVERED: Final = frozenset(term.rule for term in TERMS if term.rule)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A term to look at in a group: its attribute there, and the group it is, if it is one."""

    attribute: str
    mandatory: bool
    below: tuple[str, ...] | None
    term: Term


def _below(names: tuple[str, ...]) -> list[_Slot]:
    slots = []
    for term in TERMS:
        *above, last = term.name.split(".")
        is_group = term.kind is Kind.GROUP
        if tuple(above) == names and term.level <= Level.EN16931 and (term.mandatory or is_group):
            slots.append(_Slot(last, term.mandatory, (*names, last) if is_group else None, term))
    return slots


_GROUPS: Final = {
    names: _below(names)
    for names in {(), *(tuple(term.name.split(".")) for term in TERMS if term.kind is Kind.GROUP)}
}


def absent(invoice: Invoice) -> Iterator[Finding]:
    """Mandatory terms without a value, in the order of the document."""
    return _absent(invoice, (), "")


def _absent(group: object, names: tuple[str, ...], place: str) -> Iterator[Finding]:
    for slot in _GROUPS[names]:
        value = getattr(group, slot.attribute)
        if value:
            if slot.below is None:
                continue
            if not isinstance(value, tuple):
                yield from _absent(value, slot.below, place)
                continue
            for index, item in enumerate(value, start=1):
                yield from _absent(item, slot.below, f"{place}{slot.term.id}[{index}]/")
        elif slot.mandatory and (value is None or value in ("", ())):
            yield fatal(
                slot.term.rule or "EN 16931",
                f"{place}{slot.term.id}",
                f"{slot.term.label} ({slot.term.id}) manque{_at(place)} : complétez-le.",
            )


def _at(place: str) -> str:
    """``BG-25[3]/`` as words.

    >>> _at("BG-25[3]/"), _at("BG-1[2]/"), _at("")
    (' à la ligne 3', ' (BG-1[2])', '')
    """
    line = re.match(r"BG-25\[(\d+)\]/", place)
    if line:
        return f" à la ligne {line[1]}"
    return f" ({place[:-1]})" if place else ""


# What a profile has no place for

OWN: Final = frozenset({"PROFIL-CONTENU"})
_SHOWN: Final = 5
# The schema of MINIMUM has one type for both parties, so it accepts what only the seller may have.
_OF_ANY_PARTY: Final = frozenset({"BG-8", "BT-48"})


def beyond(case: Case) -> Iterator[Finding]:
    """Terms above the profile a CII document claims: a MINIMUM with the lines of a BASIC.

    The schema of the profile refuses such a file in the words of XML; this says it in French, once.
    UBL has one schema for all.
    """
    if case.syntax != CII or case.level >= Level.EXTENDED:
        return
    terms = {term.id: term.label for term in _beyond(case.invoice, (), case.level)}
    if terms:
        labels = [f"{label} ({number})" for number, label in terms.items()]
        shown = ", ".join(labels[:_SHOWN]) + (", …" if len(labels) > _SHOWN else "")
        yield Finding(
            "PROFIL-CONTENU",
            "fatal" if terms.keys() - _OF_ANY_PARTY else "warning",
            "BT-24",
            f"Le profil annoncé ne porte pas ce que le fichier contient ({shown}) : demandez un "
            "fichier du bon profil.",
        )


@cache
def _watched(names: tuple[str, ...], level: Level) -> tuple[Term, ...]:
    return tuple(
        term
        for term in TERMS
        if tuple(term.name.split(".")[:-1]) == names
        and (term.level > level or term.kind is Kind.GROUP)
    )


def _beyond(group: object, names: tuple[str, ...], level: Level) -> Iterator[Term]:
    for term in _watched(names, level):
        last = term.name.rpartition(".")[2]
        value = getattr(group, last)
        if not value:
            continue
        if term.level > level:
            yield term
        elif term.kind is Kind.GROUP:
            for item in value if isinstance(value, tuple) else (value,):
                if not isinstance(item, str):
                    yield from _beyond(item, (*names, last), level)
