"""What a report of flux 10 is made from, read from issued documents and from the ledger.

A document belongs where its own note BAR put it when it was issued: a customer who moves or
becomes a firm later changes no report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.db.models import QuerySet, Sum

from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.billing.models import Invoice, InvoiceAllowance, InvoiceLine, InvoiceVat
from echeance.billing.rules import frozen
from echeance.billing.rules.taxes import EU_COUNTRIES, trimmed
from echeance.billing.types import CORRECTIVE, CREDIT_KINDS, SELF_BILLED_KINDS
from echeance.core.dates import DateRange
from echeance.core.einvoice import model as en16931
from echeance.core.reporting.gaps import Gap
from echeance.core.reporting.model import Content, Flow, ReportKind
from echeance.core.reporting.receipts import SettledItem, Settlement, payments
from echeance.core.reporting.sales import (
    OUT_OF_SCOPE,
    ConsumerLine,
    ConsumerSale,
    transactions,
)
from echeance.core.tax import Exigibility, Nature, VatCategory, VatShare
from echeance.ledger import queries as ledger
from echeance.ledger.types import CREDIT, DEBIT, RECEIVABLES, AllocationFacts, OpenItemFacts

Row = TypeVar("Row")
_CHUNK: Final = 500
_FLOWS: Final = {
    "B2BINT": Flow.INTERNATIONAL,
    "B2C": Flow.CONSUMERS,
    "B2CINT": Flow.CONSUMERS,
}
_TREATMENT: Final = "BAR"  # subject of the note that says the flow of a document
_MONEY: Final = frozenset({"receipt", "refund"})


@dataclass(frozen=True, slots=True)
class _Document:
    """An issued document that e-reporting tells."""

    pk: int
    number: str
    kind: str
    day: date
    flow: Flow

    @property
    def credit(self) -> bool:
        return self.kind in CREDIT_KINDS


def content_of(
    *, actor: Actor, kind: ReportKind, days: DateRange
) -> tuple[Content, tuple[Gap, ...]]:
    """What the books say now of a period, and what cannot be told of it.

    One query for the documents of the period and one for the company, then four a chunk of 500
    for transactions; six a chunk for payments.
    """
    if kind is ReportKind.PAYMENTS:
        return payments(days, _settled_items(actor, days))
    issued = Invoice.objects.filter(issue_date__gte=days.start, issue_date__lt=days.end)
    documents = _documents(actor, issued)
    abroad = [one.pk for one in documents if one.flow is Flow.INTERNATIONAL]
    consumers = [one for one in documents if one.flow is Flow.CONSUMERS]
    return transactions(
        days,
        _abroad(actor, abroad),
        _consumer_sales(actor, consumers),
        union=EU_COUNTRIES,
    )


def _documents(actor: Actor, rows: QuerySet[Invoice]) -> list[_Document]:
    """Those of some issued documents that e-reporting tells, in the order of issue. One query.

    What the company bills in a supplier's name is a purchase, not a sale.
    """
    issued = rows.filter(company=actor.company, status=Invoice.Status.ISSUED).exclude(
        kind__in=SELF_BILLED_KINDS
    )
    fields = ("pk", "number", "kind", "issue_date", "facts__document__notes")
    return [
        _Document(pk, number or "", kind, day, flow)
        for pk, number, kind, day, notes in issued.order_by("issue_date", "pk").values_list(*fields)
        if day is not None and (flow := _flow(notes))
    ]


def _flow(notes: Sequence[Mapping[str, Any]] | None) -> Flow | None:
    treatments = (
        note.get("text", "") for note in notes or () if note.get("subject_code") == _TREATMENT
    )
    return _FLOWS.get(next(treatments, ""))


# -- transactions ---------------------------------------------------------------------------------


def _abroad(actor: Actor, pks: Sequence[int]) -> Iterator[en16931.Invoice]:
    """Documents to firms abroad, less those whose lines are all outside e-reporting."""
    for chunk in _chunks(pks):
        told = InvoiceLine.objects.filter(company=actor.company, invoice__in=chunk).exclude(
            exemption__in=[case.value for case in OUT_OF_SCOPE]
        )
        rows = Invoice.objects.filter(
            company=actor.company, pk__in=chunk, lines__in=told
        ).distinct()
        for facts in rows.order_by("pk").values_list("facts", flat=True):
            assert facts is not None, "an issued document has its facts"
            yield frozen.thaw(facts).document


def _consumer_sales(actor: Actor, documents: Sequence[_Document]) -> Iterator[ConsumerSale]:
    since = Company.objects.values_list("vat_on_debits_since", flat=True).get(pk=actor.company.pk)
    for chunk in _chunks(documents):
        pks = [one.pk for one in chunk]
        lines = _consumer_lines(actor, pks)
        vat = _vat_charged(actor, pks)
        for one in chunk:
            yield ConsumerSale(
                number=one.number,
                day=one.day,
                lines=tuple(lines.get(one.pk, ())),
                vat=vat.get(one.pk, {}),
                credit=one.credit,
                on_debits=since is not None and since <= one.day,
            )


def _consumer_lines(actor: Actor, pks: Collection[int]) -> dict[int, list[ConsumerLine]]:
    """Lines by document, discounts and charges too, those taxed alike added up. Two queries."""
    rows = (
        InvoiceLine.objects.filter(company=actor.company, invoice__in=pks)
        .order_by()
        .values_list("invoice_id", "nature", "vat_category", "vat_rate", "exemption")
        .annotate(net=Sum("net_amount"))
    )
    found: dict[int, list[ConsumerLine]] = {}
    for pk, nature, category, rate, exemption, net in rows:
        line = ConsumerLine(Nature(nature), VatCategory(category), trimmed(rate), net, exemption)
        found.setdefault(pk, []).append(line)
    of_documents = InvoiceAllowance.objects.filter(
        company=actor.company, invoice__in=pks, line__isnull=True
    )
    for one in of_documents.order_by("pk"):
        amount = one.amount if one.is_charge else -one.amount
        line = ConsumerLine(
            Nature(one.nature),
            VatCategory(one.vat_category),
            trimmed(one.vat_rate or Decimal(0)),
            amount,
            one.exemption,
        )
        found.setdefault(one.invoice_id, []).append(line)
    return found


def _vat_charged(
    actor: Actor, pks: Collection[int]
) -> dict[int, dict[tuple[VatCategory, Decimal], Decimal]]:
    """VAT by document, category and rate. One query."""
    rows = (
        InvoiceVat.objects.filter(company=actor.company, invoice__in=pks)
        .order_by()
        .values_list("invoice_id", "category", "rate")
        .annotate(total=Sum("vat"))
    )
    found: dict[int, dict[tuple[VatCategory, Decimal], Decimal]] = {}
    for pk, category, rate, total in rows:
        found.setdefault(pk, {})[VatCategory(category), trimmed(rate)] = total
    return found


# -- payments -------------------------------------------------------------------------------------


def _settled_items(actor: Actor, days: DateRange) -> Iterator[SettledItem]:
    """Documents with something settled in the period, and all that settled them."""
    numbers = sorted(ledger.documents_settled(actor=actor, days=days))
    for names in _chunks(numbers):
        documents = {
            one.number: one for one in _documents(actor, Invoice.objects.filter(number__in=names))
        }
        if documents:
            yield from _with_settlements(actor, documents)


def _with_settlements(actor: Actor, documents: Mapping[str, _Document]) -> Iterator[SettledItem]:
    owners = {
        item.item_id: documents[number]
        for number, items in ledger.items_of_document(actor=actor, document_refs=documents).items()
        for item in items
        if item.account.startswith(RECEIVABLES)
        and item.side == (CREDIT if documents[number].credit else DEBIT)
    }
    allocations = _in_force(ledger.allocations_of(actor=actor, item_ids=owners))
    ends = {pk for one in allocations for pk in (one.debit_item_id, one.credit_item_id)}
    items = {one.item_id: one for one in ledger.items_for(actor=actor, item_ids=ends)}
    notes = {one.document_ref for one in items.values() if one.credits_ref}
    shares = _shares(actor, {*documents, *notes})
    corrective = set(
        Invoice.objects.filter(
            company=actor.company, number__in=notes, kind=CORRECTIVE
        ).values_list("number", flat=True)
        if notes
        else ()
    )
    settled: dict[str, list[Settlement]] = {number: [] for number in documents}
    for one in allocations:
        debit, credit = items[one.debit_item_id], items[one.credit_item_id]
        if debit.document_ref == credit.document_ref:
            # What was paid of an invoice pays the corrective one: it was told when it came.
            continue
        for pk, other in ((debit.item_id, credit), (credit.item_id, debit)):
            if owner := owners.get(pk):
                told = shares
                if other.document_ref in corrective:
                    # It takes back what was left of its original, of which it has no row.
                    told = {**shares, other.document_ref: shares.get(owner.number, ())}
                settled[owner.number].append(_settlement(one, items[pk], other, told))
    for number, owner in documents.items():
        yield SettledItem(
            number=number,
            issue_date=owner.day,
            flow=owner.flow,
            shares=shares.get(number, ()),
            settlements=tuple(settled[number]),
            credit=owner.credit,
        )


def _in_force(allocations: Iterable[AllocationFacts]) -> list[AllocationFacts]:
    """Those that were not undone, oldest first."""
    rows = list(allocations)
    undone = {one.reverses_id for one in rows}
    return [one for one in rows if one.reverses_id is None and one.allocation_id not in undone]


def _settlement(
    one: AllocationFacts,
    item: OpenItemFacts,
    other: OpenItemFacts,
    shares: Mapping[str, tuple[VatShare, ...]],
) -> Settlement:
    """What an allocation means for one of its items: money, a correction or a compensation."""
    on = other.document_date if other.kind in _MONEY else one.effective_date
    corrected = None
    if item.credits_ref and item.credits_ref == other.document_ref:
        corrected = shares.get(item.document_ref, ())
    elif other.credits_ref and other.credits_ref == item.document_ref:
        corrected = shares.get(other.document_ref, ())
    return Settlement(on, one.amount, corrected)


def _shares(actor: Actor, numbers: Collection[str]) -> dict[str, tuple[VatShare, ...]]:
    """VAT of documents by number, category, rate and exigibility. One query."""
    found: dict[str, tuple[VatShare, ...]] = {}
    rows = InvoiceVat.objects.filter(company=actor.company, invoice__number__in=numbers)
    fields = ("invoice__number", "category", "rate", "base", "vat", "exigibility")
    for number, category, rate, base, vat, exigibility in rows.order_by("pk").values_list(*fields):
        share = VatShare(VatCategory(category), trimmed(rate), base, vat, Exigibility(exigibility))
        found[number] = (*found.get(number, ()), share)
    return found


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
