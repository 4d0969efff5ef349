"""What the page says against what the XML says: no official rule looks, and people pay the page.

Every sought value ends in one of three ways: **printed**; **other**, when the page gives another
value beside the very words that announce it; **not found**. Only what is sure is called wrong: a
value that is not found is at most doubtful, since a page may say it in a drawing, in words or in
another order.

Source: Factur-X 1.09 6.3 (the XML and the page are the same invoice), CGI ann. II 242 nonies A
(what an invoice shows), BR-CO-10 to BR-CO-16 for the totals compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from echeance.core.einvoice.model import Finding, Invoice, Party, Totals
from echeance.core.einvoice.pdf_text import page_texts
from echeance.core.einvoice.printed import Page, plain
from echeance.core.identifiers import Iban, Siren
from echeance.core.money import decimals, format_number


class Outcome(StrEnum):
    """What became of a value that the page should show."""

    PRINTED = "printed"
    OTHER = "other"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of the XML, sought on the page.

    Attributes:
        rule: ``EC-PDF-01``…
        term: Business term.
        label: Its French name.
        value: What the XML says, as a French reader writes it.
        outcome: What was found.
        page_value: What the page says instead, for ``OTHER``.
        elsewhere: The value of the XML does stand on the page, beside other words.
    """

    rule: str
    term: str
    label: str
    value: str
    outcome: Outcome
    page_value: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """All the values compared; not ``readable`` when the text of the page tells none of them."""

    compared: tuple[Compared, ...]
    readable: bool

    @property
    def findings(self) -> list[Finding]:
        """What to say of it: a contradiction is fatal, a doubt a warning."""
        if not self.readable:
            return [
                Finding(
                    "EC-PDF-00",
                    "warning",
                    "",
                    "Rien de la facture ne se lit dans le texte de la page, sans doute une image : "
                    "elle n'a pas pu être comparée au XML. Comparez-les à l'œil.",
                )
            ]
        return [finding for item in self.compared if (finding := _finding(item))]


def compare_pdf(content: bytes, invoice: Invoice, filename: str = "") -> Comparison:
    """Compare the page of a Factur-X with the invoice read from its XML.

    Raises:
        FileError: The PDF cannot be read within bounds, see :func:`pdf_text.page_texts`.
    """
    return compare_text("\n".join(page_texts(content, filename)), invoice)


def compare_text(text: str, invoice: Invoice) -> Comparison:
    """Compare a text with an invoice.

    Args:
        text: All the pages, in the order of reading, line by line.
        invoice: As read.
    """
    page = Page(text)
    found = (
        *_number(page, invoice),
        *_dates(page, invoice),
        *_amounts(page, invoice),
        *_identities(page, invoice),
    )
    # A scan with a line of text is a picture too: one doubt rather than one a value.
    told = any(item.outcome is not Outcome.NOT_FOUND for item in found)
    return Comparison(found, readable=told or not found)


# Values that a page may leave out without a word: a due date follows from the terms, the letterhead
# may be a picture, the account may be masked.
_MAY_BE_ABSENT: Final = frozenset({"EC-PDF-03", "EC-PDF-08", "EC-PDF-09"})


def _finding(item: Compared) -> Finding | None:
    if item.outcome is Outcome.PRINTED:
        return None
    if item.outcome is Outcome.NOT_FOUND:
        if item.rule in _MAY_BE_ABSENT:
            return None
        return Finding(
            item.rule,
            "warning",
            item.term,
            f"{item.label} : le XML dit {item.value}, que la page n'imprime pas. Comparez-les à "
            "l'œil.",
        )
    # A changed account is how invoices are diverted: whoever wrote the file must not answer.
    advice = (
        "Ne payez pas avant d'avoir vérifié auprès de l'émetteur, par un contact déjà connu."
        if item.rule == "EC-PDF-09"
        else "Demandez à l'émetteur laquelle est juste avant de payer."
    )
    return Finding(
        item.rule,
        "warning" if item.elsewhere else "fatal",
        item.term,
        f"{item.label} : le XML dit {item.value}, la page imprime {item.page_value}. {advice}",
    )


# The values


_Value = TypeVar("_Value")


def _judged(
    wanted: _Value, beside: Sequence[Sequence[_Value]], *, is_anywhere: bool
) -> tuple[Outcome, _Value | None]:
    """The outcome for a value, and the other one the page gives.

    Args:
        wanted: What the XML says.
        beside: The readings of each value that stands beside the label, the likeliest first.
        is_anywhere: It stands somewhere on the page.
    """
    if any(wanted in readings for readings in beside):
        return Outcome.PRINTED, None
    likeliest = {readings[0] for readings in beside if readings}
    if len(likeliest) == 1:
        return Outcome.OTHER, likeliest.pop()
    return (Outcome.PRINTED if is_anywhere else Outcome.NOT_FOUND), None


def _number(page: Page, invoice: Invoice) -> Iterator[Compared]:
    """BT-1: printed anywhere is enough, no other text looks like an invoice's number."""
    if not invoice.number:
        return
    others = [item.number for item in invoice.preceding_invoices]
    cited = {plain(text) for text in (*others, invoice.order_reference, invoice.contract_reference)}
    announced = {text for text in page.numbers() if text not in cited}
    is_inside = "".join(plain(invoice.number).split()) in page.compact
    outcome, other = Outcome.PRINTED, ""
    if not page.has_word(invoice.number):
        if len(announced) == 1:
            outcome, other = Outcome.OTHER, announced.pop().upper()
        elif not is_inside:
            outcome = Outcome.NOT_FOUND
    yield Compared(
        "EC-PDF-01", "BT-1", "Numéro", invoice.number, outcome, other, elsewhere=is_inside
    )


_ISSUED: Final = (
    r"date d'emission|date de (?:la )?(?:facture|facturation)|date (?:de l')?avoir|date facture|"
    r"facture du|avoir du|emise? le|invoice date|issue date|date of issue"
)
_DUE: Final = (
    r"(?:date d')?echeance|date limite de (?:paiement|reglement)|a payer avant le|payable le|"
    r"due date|payment due|due on"
)


def _dates(page: Page, invoice: Invoice) -> Iterator[Compared]:
    printed = page.days()
    for rule, term, label, words, day in (
        ("EC-PDF-02", "BT-2", "Date d'émission", _ISSUED, invoice.issue_date),
        ("EC-PDF-03", "BT-9", "Date d'échéance", _DUE, invoice.due_date),
    ):
        if day is None:
            continue
        is_anywhere = day in printed
        outcome, other = _judged(day, page.days_beside(words), is_anywhere=is_anywhere)
        yield Compared(
            rule, term, label, _day(day), outcome, _day(other) if other else "", is_anywhere
        )


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


_NET: Final = (
    r"(?:montant )?total (?:net )?(?:h\.?t\.?|hors taxes?)|net h\.?t\.?|"
    r"total excl(?:\.|uding) (?:vat|tax)|total without vat"
)
_VAT: Final = r"(?:montant )?total (?:de la )?(?:t\.?v\.?a\.?|taxes?)|total (?:vat|tax)|vat total"
_GROSS: Final = (
    r"(?:montant )?total (?:t\.?t\.?c\.?|toutes taxes comprises)|montant ttc|"
    r"total (?:incl(?:\.|uding)|with) (?:vat|tax)|grand total"
)
_TO_PAY: Final = (
    r"net a payer|net en votre faveur|solde (?:a payer|du)|reste (?:a payer|du)|"
    r"montant (?:du|a payer)|amount due|balance due|total due"
)


def _amounts(page: Page, invoice: Invoice) -> Iterator[Compared]:
    """The four totals people look at; a null one may go without saying.

    A credit note is positive in the XML and often negative on the page: signs do not count.
    """
    printed = page.amounts()
    places = decimals(invoice.currency)
    totals = invoice.totals or Totals()
    for rule, term, label, words, value in (
        ("EC-PDF-04", "BT-109", "Total HT", _NET, totals.net_total),
        ("EC-PDF-05", "BT-110", "Total TVA", _VAT, totals.vat_total),
        ("EC-PDF-06", "BT-112", "Total TTC", _GROSS, totals.gross_total),
        ("EC-PDF-07", "BT-115", "Net à payer", _TO_PAY, totals.amount_due),
    ):
        if not value:
            continue
        wanted = abs(value)
        is_anywhere = wanted in printed
        outcome, other = _judged(
            wanted, page.amounts_beside(words, places), is_anywhere=is_anywhere
        )
        yield Compared(
            rule,
            term,
            label,
            format_number(value, places),
            outcome,
            format_number(other, places) if other is not None else "",
            is_anywhere,
        )


def _identities(page: Page, invoice: Invoice) -> Iterator[Compared]:
    """The seller's SIREN (BT-30), and the account to pay (BT-84)."""
    siren = _siren(invoice.seller)
    if siren:
        known = {_siren(party) for party in _parties(invoice)}
        others = page.sirens() - known
        is_printed = siren in re.sub(r"[ .]", "", page.text)
        outcome = Outcome.PRINTED if is_printed else Outcome.NOT_FOUND
        if not is_printed and others:
            outcome = Outcome.OTHER
        # A page may carry the number of an agent only: worth a look, not an accusation.
        yield Compared(
            "EC-PDF-08",
            "BT-30",
            "SIREN du vendeur",
            Siren(siren).formatted(),
            outcome,
            ", ".join(Siren(other).formatted() for other in sorted(others)),
            elsewhere=True,
        )
    wanted = {_account(means.iban) for means in invoice.payment_means if means.iban}
    if wanted:
        allowed = wanted | {_account(means.debited_iban) for means in invoice.payment_means}
        printed = page.accounts()
        outcome = Outcome.NOT_FOUND
        if any(account.casefold() in page.compact for account in wanted):
            outcome = Outcome.PRINTED
        elif printed - allowed:
            outcome = Outcome.OTHER
        yield Compared(
            "EC-PDF-09",
            "BT-84",
            "IBAN",
            ", ".join(map(_grouped, sorted(wanted))),
            outcome,
            ", ".join(map(_grouped, sorted(printed - allowed))),
        )


def _parties(invoice: Invoice) -> list[Party | None]:
    return [invoice.seller, invoice.buyer, invoice.payee, invoice.tax_representative]


def _siren(party: Party | None) -> str:
    """A party's SIREN, from its legal number, its SIRET or its French VAT number; "" if none."""
    if party is None:
        return ""
    sirets = [item.value for item in party.global_identifiers if item.scheme == "0009"]
    legal = party.legal_id.value if party.legal_id else ""
    vat = party.vat_id[4:] if party.vat_id.startswith("FR") else ""
    candidates = (text.replace(" ", "")[:9] for text in (legal, *sirets, vat))
    return next((text for text in candidates if Siren.is_valid(text)), "")


def _account(text: str) -> str:
    return "".join(text.split()).upper()


def _grouped(account: str) -> str:
    return Iban(account).formatted() if Iban.is_valid(account) else account
