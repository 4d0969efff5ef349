"""What the printed page says: the facts of an invoice as texts, in the language of the reader.

The page and the XML come from the same :class:`~echeance.core.einvoice.model.Invoice`, so they
cannot disagree. The shape is documented at the top of ``templates/invoice.typ``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from echeance.core.creditor_reference import is_creditor_reference
from echeance.core.creditor_reference import printed as printed_reference
from echeance.core.einvoice.codes import CREDIT_NOTES
from echeance.core.einvoice.labels import LABELS, LANGUAGES, UNITS, country_name
from echeance.core.einvoice.model import (
    Address,
    AllowanceCharge,
    Invoice,
    InvoiceLine,
    Party,
    Period,
    Totals,
    VatBreakdown,
)
from echeance.core.identifiers import Iban, Siren, Siret
from echeance.core.payment_code import epc_text, qr_svg
from echeance.core.terms_words import printed_terms
from echeance.core.writing import amount_in, day_in, number_in, percent_in

# Notes that a program reads and a person does not: the routing of the document, the tax group.
_SILENT_NOTES: Final = frozenset({"BAR", "TXD"})
# UNTDID 4461: credit transfers, the SEPA one and the bank one.
_TRANSFERS: Final = frozenset({"30", "42", "58"})
_NOTE_FROM: Final = Decimal(25)
_CONSUMER_NOTE: Final = (
    "Note au sens de l'arrêté n° 83-50/A du 3 octobre 1983, dont un double est conservé deux ans"
)

__all__ = [
    "LANGUAGES",
    "Appearance",
    "Extras",
    "Instalment",
    "PayerPart",
    "invoice_view",
]


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a company's documents look.

    Attributes:
        color: Accent, ``#rrggbb``.
        logo: Name of a file given to the typesetter, "" for none.
        fonts: Families, first found first; Libertinus Serif is always there.
    """

    color: str = "#1f4e79"
    logo: str = ""
    fonts: tuple[str, ...] = ("Inter", "Libertinus Serif")


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of the amount due, and its day."""

    due_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PayerPart:
    """A share of the amount due that somebody else than the buyer pays."""

    name: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """What the page prints and the XML has no term for.

    Attributes:
        payment_qr: Draw the code that fills a transfer (EPC069-12), where there is one to make.
        payment_link: Address where the invoice is paid; "" for none.
        footer: Lines of the house below its identity.
        retained: Part of the amount due kept back, and the day it is paid (loi n° 71-584).
        payers: Who pays a share; the buyer pays what is left.
        exchange: Units of the currency for one euro, the day and the source of the rate.
        attached: Names of the pieces joined.
    """

    payment_qr: bool = False
    payment_link: str = ""
    footer: str = ""
    retained: tuple[Decimal, date] | None = None
    payers: Sequence[PayerPart] = field(default=())
    exchange: tuple[Decimal, date | None, str] | None = None
    attached: Sequence[str] = field(default=())


_NO_EXTRAS: Final = Extras()


def invoice_view(
    invoice: Invoice,
    *,
    appearance: Appearance,
    language: str = "fr",
    instalments: Sequence[Instalment] = (),
    mentions: Sequence[str] = (),
    duplicate: bool = False,
    extras: Extras = _NO_EXTRAS,
) -> dict[str, Any]:
    """The data of the house's template for one invoice or credit note.

    Args:
        invoice: The facts, as they are written in the XML.
        appearance: Colours, logo, fonts.
        language: One of ``LANGUAGES``; the texts inside the invoice are printed as they are.
        instalments: Printed as a schedule when there are several.
        mentions: Sentences the law wants on the page and the XML has no place for.
        duplicate: Marks a copy (BOI-TVA-DECLA-30-20-20-20).
        extras: Code and link to pay, retention, payers, rate, pieces joined.

    Returns:
        JSON values only.
    """
    page = _Page(invoice, language)
    return {
        "language": language,
        "fonts": list(appearance.fonts),
        "color": appearance.color,
        "logo": appearance.logo,
        "labels": page.labels(),
        "title": page.label(invoice.type_code),
        "number": invoice.number,
        "duplicate": duplicate,
        "seller": page.party(invoice.seller, with_contact=True),
        "buyer": page.party(invoice.buyer),
        "others": page.others(),
        "references": page.references(),
        "lines": [page.line(line) for line in invoice.lines],
        "vat": [page.vat(item) for item in invoice.vat_breakdown],
        "totals": page.totals(),
        "due": page.due(),
        "after": page.after(extras),
        "payment": page.payment(),
        "qr": page.payment_code(page.due_now(extras, instalments)) if extras.payment_qr else "",
        "link": extras.payment_link,
        "instalments": page.instalments(instalments),
        "mentions": [
            *(note.text for note in invoice.notes if note.subject_code not in _SILENT_NOTES),
            *mentions,
            *page.consumer_note(),
        ],
        "attached": list(extras.attached),
        "footer": "\n".join(text for text in (page.footer(), extras.footer.strip()) if text),
    }


class _Page:
    """The texts of one invoice in one language."""

    def __init__(self, invoice: Invoice, language: str) -> None:
        self._invoice = invoice
        self._totals = invoice.totals or Totals()
        self._language = language
        self._labels = LABELS[language]

    # Values as texts

    def label(self, key: str) -> str:
        """The word for a key, or the key itself: a code nobody named is printed as it is."""
        return self._labels.get(key, key)

    def labels(self) -> dict[str, str]:
        """Every word; « Duplicata » stays in French beside its translation."""
        duplicate = " / ".join(dict.fromkeys((LABELS["fr"]["duplicate"], self.label("duplicate"))))
        return {**self._labels, "duplicate": duplicate}

    def amount(self, value: Decimal, currency: str = "") -> str:
        return amount_in(self._language, value, currency or self._invoice.currency)

    def number(self, value: Decimal, fewest: int = 0) -> str:
        return number_in(self._language, value, fewest)

    def percent(self, value: Decimal) -> str:
        return percent_in(self._language, value)

    def day(self, value: date) -> str:
        return day_in(self._language, value)

    def period(self, value: Period | None) -> str:
        if value is None:
            return ""
        ends = ((self.label("from"), value.start), (self.label("to"), value.end))
        return " ".join(f"{word} {self.day(day)}" for word, day in ends if day)

    def unit(self, code: str) -> str:
        """Word of a unit; the code itself when it is not in the table."""
        return UNITS[self._language].get(code, code)

    # Parties

    def address(self, address: Address | None) -> list[str]:
        if address is None:
            return []
        seller = self._invoice.seller
        home = seller.address.country_code if seller and seller.address else ""
        country = address.country_code
        return [
            text
            for text in (
                address.line_one,
                address.line_two,
                address.line_three,
                f"{address.post_code} {address.city}".strip(),
                address.country_subdivision,
                country_name(country, self._language) if country not in {home, ""} else "",
            )
            if text
        ]

    def party(self, party: Party | None, *, with_contact: bool = False) -> dict[str, Any]:
        party = party or Party()
        contact = party.contact if with_contact else None
        return {
            "name": party.name,
            "lines": [
                *([party.trading_name] if party.trading_name else []),
                *self.address(party.address),
            ],
            "ids": self._identifiers(party),
            "contact": [text for text in (contact.telephone, contact.email) if text]
            if contact
            else [],
        }

    def _identifiers(self, party: Party) -> list[str]:
        sirets = [item.value for item in party.global_identifiers if item.scheme == "0009"]
        legal = party.legal_id.value if party.legal_id else ""
        texts = []
        if sirets and Siret.is_valid(sirets[0]):
            texts.append(f"SIRET {Siret(sirets[0]).formatted()}")
        elif legal:
            siren = Siren(legal).formatted() if Siren.is_valid(legal) else legal
            texts.append(f"SIREN {siren}")
        if party.vat_id:
            texts.append(f"{self.label('vat_id')} {party.vat_id}")
        return texts

    def others(self) -> list[dict[str, Any]]:
        """Whoever else the law wants named: place of delivery, payee, tax representative."""
        invoice = self._invoice
        blocks = []
        buyer = invoice.buyer or Party()
        delivery = invoice.delivery
        if delivery and delivery.address and delivery.address != buyer.address:
            blocks.append(
                {
                    "label": self.label("deliver_to"),
                    "lines": [delivery.name or buyer.name, *self.address(delivery.address)],
                }
            )
        for key, party in (
            ("payee", invoice.payee),
            ("representative", invoice.tax_representative),
        ):
            if party:
                lines = [party.name, *self.address(party.address), *self._identifiers(party)]
                blocks.append({"label": self.label(key), "lines": lines})
        return blocks

    def footer(self) -> str:
        seller = self._invoice.seller or Party()
        parts = (seller.name, seller.legal_information, *self._identifiers(seller))
        return " – ".join(part for part in parts if part)

    # Tables

    def references(self) -> list[list[str]]:
        """Label and value of what identifies the document, in the order of reading."""
        invoice = self._invoice
        delivered = invoice.delivery.delivery_date if invoice.delivery else None
        supply = "supply_date" if invoice.business_process.startswith("S") else "delivery_date"
        rows: list[tuple[str, str]] = [
            ("issue_date", self.day(invoice.issue_date) if invoice.issue_date else ""),
            ("due_date", self.day(invoice.due_date) if invoice.due_date else ""),
            (supply, self.day(delivered) if delivered else ""),
            ("period", self.period(invoice.period)),
            ("order_reference", invoice.order_reference),
            ("buyer_reference", invoice.buyer_reference),
            ("contract_reference", invoice.contract_reference),
            ("project_reference", invoice.project_reference),
            ("sales_order_reference", invoice.sales_order_reference),
            ("despatch_advice_reference", invoice.despatch_advice_reference),
        ]
        for item in invoice.preceding_invoices:
            dated = (
                f" {self.label('dated')}\u00a0{self.day(item.issue_date)}"
                if item.issue_date
                else ""
            )
            rows.append(("preceding", f"{item.number}{dated}"))
        return [[self.label(key), text] for key, text in rows if text]

    def line(self, line: InvoiceLine) -> dict[str, Any]:
        details = [line.description, line.note, self.period(line.period)]
        if line.gross_price is not None and line.gross_price != line.unit_price:
            details.append(f"{self.label('gross_price')} {self.number(line.gross_price, 2)}")
        details += [self._change("allowance", item, -1) for item in line.allowances]
        details += [self._change("charge", item, 1) for item in line.charges]
        price = self.number(line.unit_price, 2) if line.unit_price is not None else ""
        base = line.base_quantity or Decimal(1)
        per = f" / {self.number(base)}" if base != 1 else ""
        return {
            "reference": line.seller_item_id,
            "name": line.name,
            "details": [text for text in details if text],
            "quantity": self.number(line.quantity) if line.quantity is not None else "",
            "unit": self.unit(line.unit_code),
            "price": f"{price}{per}",
            "vat": self._rate(line.vat_category, line.vat_rate),
            "amount": self.amount(line.net_amount),
        }

    def _change(self, key: str, item: AllowanceCharge, sign: int) -> str:
        percent = f" {self.percent(item.percent)}" if item.percent is not None else ""
        reason = item.reason or self.label(key)
        colon = "\u00a0:" if self._language == "fr" else ":"
        return f"{reason}{percent}{colon} {self.amount(sign * item.amount)}"

    def _rate(self, category: str, rate: Decimal | None) -> str:
        if category == "S" and rate is not None:
            return self.percent(rate)
        return self.label(category)

    def vat(self, item: VatBreakdown) -> dict[str, str]:
        return {
            "rate": self._rate(item.vat_category, item.vat_rate),
            "base": self.amount(item.taxable_amount),
            "tax": self.amount(item.tax_amount),
            "reason": item.exemption_reason,
        }

    def totals(self) -> list[list[str]]:
        """Label and amount of each total above the amount due; a null one is not printed."""
        totals, invoice = self._totals, self._invoice
        rows: list[tuple[str, Decimal | None]] = []
        changes = [
            *(
                (item.reason or self.label("allowance"), -item.amount)
                for item in invoice.allowances
            ),
            *((item.reason or self.label("charge"), item.amount) for item in invoice.charges),
        ]
        if changes:
            rows = [(self.label("line_total"), totals.line_total), *changes]
        rows += [
            (self.label("net_total"), totals.net_total),
            (self.label("vat_total"), totals.vat_total or Decimal(0)),
            (self.label("gross_total"), totals.gross_total),
        ]
        if totals.prepaid_amount:
            rows.append((self.label("prepaid"), -totals.prepaid_amount))
        if totals.rounding_amount:
            rows.append((self.label("rounding"), totals.rounding_amount))
        return [[label, self.amount(value)] for label, value in rows if value is not None]

    def due(self) -> list[str]:
        credit = self._invoice.type_code in CREDIT_NOTES
        label = self.label("credit_due" if credit else "amount_due")
        return [label, self.amount(self._totals.amount_due)]

    def after(self, extras: Extras) -> list[list[str]]:
        """Label and amount below the amount due: VAT in euros, retention, shares of payers."""
        totals, invoice = self._totals, self._invoice
        rows: list[tuple[str, str]] = []
        if totals.vat_total_accounting is not None and invoice.accounting_currency:
            currency = invoice.accounting_currency
            rows.append(
                (
                    f"{self.label('vat_total_in')} {currency}",
                    self.amount(totals.vat_total_accounting, currency),
                )
            )
        if extras.exchange is not None:
            rate, on, source = extras.exchange
            when = ", ".join(text for text in (source, self.day(on) if on else "") if text)
            told = f"1 EUR = {self.number(rate, 4)} {invoice.currency}"
            rows.append((self.label("exchange_rate"), f"{told} ({when})" if when else told))
        if extras.retained is not None:
            amount, day = extras.retained
            rows.append((f"{self.label('retained')} {self.day(day)}", self.amount(amount)))
        for payer in extras.payers:
            reference = f" ({payer.reference})" if payer.reference else ""
            label = f"{self.label('payer_share')} {payer.name}{reference}"
            rows.append((label, self.amount(payer.amount)))
        if extras.payers:
            left = totals.amount_due - sum((one.amount for one in extras.payers), Decimal(0))
            rows.append((self.label("buyer_share"), self.amount(left)))
        return [[label, text] for label, text in rows]

    def due_now(self, extras: Extras, instalments: Sequence[Instalment]) -> Decimal:
        """What the buyer pays first: the first instalment of several, else its own share."""
        if len(instalments) > 1:
            return instalments[0].amount
        others = sum((one.amount for one in extras.payers), Decimal(0))
        retained = extras.retained[0] if extras.retained else Decimal(0)
        return self._totals.amount_due - others - retained

    def payment_code(self, amount: Decimal) -> str:
        """Drawing of the code that fills the transfer; "" for what no transfer in euros pays."""
        invoice = self._invoice
        means = next((one for one in invoice.payment_means if one.type_code in _TRANSFERS), None)
        if means is None or invoice.currency != "EUR" or invoice.type_code in CREDIT_NOTES:
            return ""
        payee = invoice.payee or invoice.seller or Party()
        return qr_svg(
            epc_text(
                name=means.account_name or payee.name,
                iban=means.iban,
                bic=means.bic,
                amount=amount,
                remittance=invoice.remittance_information or invoice.number,
            )
        )

    def consumer_note(self) -> list[str]:
        """The sentence that makes an invoice of services to a consumer the « note » of the law.

        Source: arrêté n° 83-50/A of 3 October 1983: services of 25 € or more, VAT included.
        """
        invoice = self._invoice
        to_consumer = any(
            note.subject_code == "BAR" and note.text in {"B2C", "B2CINT"} for note in invoice.notes
        )
        services = invoice.business_process[:1] in {"S", "M"}
        if (
            to_consumer
            and services
            and invoice.type_code not in CREDIT_NOTES
            and self._totals.gross_total >= _NOTE_FROM
        ):
            return [_CONSUMER_NOTE]
        return []

    def instalments(self, items: Sequence[Instalment]) -> list[list[str]]:
        """Day and amount of each; nothing when there is only one, the due date says it."""
        if len(items) < 2:
            return []
        return [[self.day(item.due_date), self.amount(item.amount)] for item in items]

    def payment(self) -> list[list[str]]:
        """Label and value of how to pay; empty when there is nothing to say."""
        invoice = self._invoice
        rows = [(self.label("terms"), self._terms())]
        for means in invoice.payment_means:
            name = means.text or self.label(means.type_code)
            account = means.iban or means.account_id
            if Iban.is_valid(means.iban):
                account = Iban(means.iban).formatted()
            rows += [
                (self.label("payment"), name),
                ("IBAN" if means.iban else self.label("payment"), account),
                ("BIC", means.bic),
                (self.label("holder"), means.account_name),
            ]
        rows += [
            (self.label("reference"), self._reference()),
            (self.label("mandate"), invoice.mandate_id),
            (self.label("creditor"), invoice.creditor_id),
        ]
        return [[label, text] for label, text in rows if text]

    def _terms(self) -> str:
        """BT-20 in the language of the page, where its sentence is one of the house's."""
        text = self._invoice.payment_terms
        for key in ("credit_terms", "paid_terms"):
            if text == LABELS["fr"][key]:
                return self.label(key)
        return printed_terms(text, self._language)

    def _reference(self) -> str:
        """BT-83; a creditor reference is printed in groups of four."""
        text = self._invoice.remittance_information
        return printed_reference(text) if is_creditor_reference(text) else text
