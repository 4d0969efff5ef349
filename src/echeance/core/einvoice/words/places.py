"""Where a finding is, in words: from a business term or an XPath to « ligne 3 »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from echeance.core.einvoice.fields import TERMS, Term


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document.

    Attributes:
        text_fr: « ligne 3, montant HT »; "" for the document as a whole.
        text_en: The same in English, by group and number of the term.
        term: BT or BG number, "" when unknown.
        line_index: Rank of the line, from 1; None outside the lines.
    """

    text_fr: str
    text_en: str
    term: str
    line_index: int | None


# The groups a person looks for, by the element of either syntax or the number of the group.
_GROUPS: Final = {
    "SellerTaxRepresentativeTradeParty": ("représentant fiscal", "tax representative", "BG-11"),
    "TaxRepresentativeParty": ("représentant fiscal", "tax representative", "BG-11"),
    "SellerTradeParty": ("vendeur", "seller", "BG-4"),
    "AccountingSupplierParty": ("vendeur", "seller", "BG-4"),
    "BuyerTradeParty": ("acheteur", "buyer", "BG-7"),
    "AccountingCustomerParty": ("acheteur", "buyer", "BG-7"),
    "PayeeTradeParty": ("bénéficiaire", "payee", "BG-10"),
    "PayeeParty": ("bénéficiaire", "payee", "BG-10"),
    "ApplicableTradeTax": ("récapitulatif de TVA", "VAT breakdown", "BG-23"),
    "TaxSubtotal": ("récapitulatif de TVA", "VAT breakdown", "BG-23"),
    "SpecifiedTradeSettlementPaymentMeans": ("moyen de paiement", "means of payment", "BG-16"),
    "PaymentMeans": ("moyen de paiement", "means of payment", "BG-16"),
    "SpecifiedTradeSettlementHeaderMonetarySummation": ("totaux", "totals", "BG-22"),
    "LegalMonetaryTotal": ("totaux", "totals", "BG-22"),
    "IncludedNote": ("mention", "note", "BG-1"),
}
_BY_GROUP: Final = {group: (french, english) for french, english, group in _GROUPS.values()}
_LINES: Final = frozenset({"IncludedSupplyChainTradeLineItem", "InvoiceLine", "CreditNoteLine"})
_STEP: Final = re.compile(r"/?(?:\*:|[\w-]+:)?@?(\w+)((?:\[[^\]]{0,200}\])*)")
_RANK: Final = re.compile(r"\[(\d{1,6})\]")
_NATIVE: Final = re.compile(r"(B[GT]-[\dX-]+|EXT-FR-FE-[\w-]+)(?:\[(\d{1,6})\])?")
_MOST: Final = 4000
"""Longest location that is looked at: a path comes from a file of a stranger."""


def _names(path: str) -> tuple[str, ...]:
    """Element names of a path of the field table, less its predicates."""
    bare = re.sub(r"\[[^\[\]]*\]|\{[^{}]*\}|\*", "", path)
    return tuple(step.split(":")[-1] for step in bare.split("/") if step not in {"", ".", "#"})


def _full(term: Term, column: str) -> str:
    path: str = getattr(term, column)
    if path == "-" or path.startswith("/"):
        return path
    name, _, _ = term.name.rpartition(".")
    while name:
        parent = _PARENTS.get(name)
        if parent is not None:
            above = _full(parent, column)
            return "-" if above == "-" else f"{above}/{path}"
        name, _, _ = name.rpartition(".")
    return path


_PARENTS: Final = {term.name: term for term in TERMS if term.kind.name == "GROUP"}
_BY_TERM: Final = {term.id: term for term in reversed(TERMS)}
_BY_PATH: Final = {
    _names(path): term
    for term in reversed(TERMS)
    for column in ("cii", "ubl")
    if (path := _full(term, column)) != "-"
}


def locate(location: str) -> Place:
    """A place in words, from a native term (``BG-25[3]``) or an official XPath.

    >>> locate("BG-25[3]/BT-131").text_fr
    'ligne 3, montant HT (BT-131)'
    >>> locate("/*:Invoice[1]/*:InvoiceLine[2]/*:LineExtensionAmount[1]").text_en
    'line 2, BT-131'
    """
    location = location[:_MOST]
    if "/" in location and not location.startswith(("BG-", "BT-", "EXT-")):
        return _of_path(location)
    return _of_terms(location)


def _of_terms(location: str) -> Place:
    line: int | None = None
    french: list[str] = []
    english: list[str] = []
    last = ""
    for term, rank in _NATIVE.findall(location):
        last = term
        if term == "BG-25":
            line = int(rank) if rank else None
            continue
        if group := _BY_GROUP.get(term):
            french.append(f"{group[0]} {rank}".strip())
            english.append(f"{group[1]} {rank}".strip())
    return _place(line, french, english, last)


def _of_path(location: str) -> Place:
    line: int | None = None
    french: list[str] = []
    english: list[str] = []
    group = ""
    names: list[str] = []
    for name, predicates in _STEP.findall(location):
        names.append(name)
        rank = _RANK.search(predicates)
        if name in _LINES:
            line = int(rank[1]) if rank else 1
            group = "BG-25"
        elif name in _GROUPS and line is None:
            word, other, group = _GROUPS[name]
            several = group in {"BG-23", "BG-16", "BG-1"} and rank is not None
            french = [f"{word} {rank[1]}" if several and rank else word]
            english = [f"{other} {rank[1]}" if several and rank else other]
    term = _term(names)
    return _place(line, french, english, term.id if term else group)


def _term(names: list[str]) -> Term | None:
    """The deepest term on a path: its own element, else the group around it."""
    steps = [_SAME.get(name, name) for name in names[1:]]
    while steps:
        if found := _BY_PATH.get(tuple(steps)):
            return found
        steps.pop()
    return None


_SAME: Final = {
    "CreditNoteLine": "InvoiceLine",
    "CreditedQuantity": "InvoicedQuantity",
    "CreditNoteTypeCode": "InvoiceTypeCode",
}


def _place(line: int | None, french: list[str], english: list[str], number: str) -> Place:
    """The words of a place: its line, its group, its term."""
    term = _BY_TERM.get(number)
    told_fr = [f"ligne {line}"] if line is not None else []
    told_en = [f"line {line}"] if line is not None else []
    told_fr += french
    told_en += english
    if number.startswith(("BT-", "EXT-")):
        label = term.label[0].lower() + term.label[1:] if term else ""
        if term and term.label.startswith(("TVA", "IBAN", "BIC", "SIREN")):
            label = term.label
        told_fr.append(f"{label} ({number})" if label else number)
        told_en.append(number)
    elif number and not told_fr:
        told_fr.append(f"{term.label.lower()} ({number})" if term else number)
        told_en.append(number)
    return Place(", ".join(told_fr), ", ".join(told_en), number, line)
