"""Reads of debts that may not be paid: what is doubtful, allowed for, lost, received since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Case, F, Sum, When

from echeance.base import policy
from echeance.base.errors import NotFoundError
from echeance.base.fields import AmountField
from echeance.base.rights import Right
from echeance.collection import rules_unpaid as rules
from echeance.collection.models import InsolvencyCase, UnpaidEntry
from echeance.collection.queries.insolvency import insolvent_parties
from echeance.collection.types import (
    CollectionPolicy,
    InsolvencyKind,
    PreviewLine,
    UnpaidEntryKind,
    UnpaidRow,
    UnpaidTotals,
)
from echeance.core.bookkeeping import account_number, net_of_vat
from echeance.core.money import ZERO
from echeance.core.tabular import Cell, write_xlsx
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

_DOUBTFUL = account_number("doubtful_customers")[:3]
_ALLOWANCE = account_number("doubtful_allowance")[:3]
_RETENTION = "4117"
SHEET = ("Client", "Code", "Pièce", "Échéance", "Jours de retard", "Reste ouvert TTC", "Hors TVA",
         "TVA en attente", "TVA exigible", "Dépréciation", "Taux")  # fmt: skip


def unpaid_entries(
    *, actor: Actor, party_id: int | None = None, standing: bool = False
) -> QuerySet[UnpaidEntry]:
    """Acts booked on unpaid debts, the latest first, each with its customer. One query.

    Args:
        actor: Who asks.
        party_id: Only those of that customer, under whichever of its numbers.
        standing: Without those that were undone.
    """
    actor.require(Right.READ)
    rows = UnpaidEntry.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if standing:
        rows = rows.filter(undone_at=None)
    return rows.select_related("party", "file").order_by("-on", "-pk")


def unpaid_entry_for(*, actor: Actor, entry_id: int) -> UnpaidEntry:
    """One act. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = unpaid_entries(actor=actor).filter(pk=entry_id).first()
    if row is None:
        raise NotFoundError(what=f"écriture de créance douteuse n° {entry_id}")
    return row


def unpaid_entries_of(*, actor: Actor, entry_ids: Collection[int]) -> list[UnpaidEntry]:
    """Acts by id. One query.

    Raises:
        NotFoundError: One is not of this company.
    """
    wanted = set(entry_ids)
    rows = list(unpaid_entries(actor=actor).filter(pk__in=wanted))
    if len(rows) != len(wanted):
        raise NotFoundError(what="une des écritures de créances douteuses")
    return rows


def allowances(*, actor: Actor, item_ids: Collection[int] | None = None) -> dict[int, Decimal]:
    """Allowance that stands for each item, zero left out. One query."""
    actor.require(Right.READ)
    rows = UnpaidEntry.objects.filter(
        company=actor.company,
        undone_at=None,
        kind__in=(UnpaidEntryKind.ALLOWANCE, UnpaidEntryKind.REVERSAL),
    )
    if item_ids is not None:
        rows = rows.filter(open_item__in=set(item_ids))
    signed = Case(
        When(kind=UnpaidEntryKind.ALLOWANCE, then=F("amount")),
        default=-F("amount"),
        output_field=AmountField(),
    )
    sums = rows.order_by().values_list("open_item_id").annotate(total=Sum(signed))
    return {item_id: total for item_id, total in sums if item_id and total}


def recovered(*, actor: Actor, loss_ids: Collection[int]) -> dict[int, Decimal]:
    """What was received since of some losses, by loss; zero left out. Two queries."""
    actor.require(Right.READ)
    closings = dict(
        UnpaidEntry.objects.filter(
            company=actor.company, pk__in=set(loss_ids), kind=UnpaidEntryKind.LOSS
        ).values_list("replaces_id", "pk")
    )
    sums = (
        UnpaidEntry.objects.filter(
            company=actor.company,
            kind=UnpaidEntryKind.RECOVERED,
            undone_at=None,
            replaces__in=[pk for pk in closings if pk],
        )
        .order_by()
        .values_list("replaces_id")
        .annotate(total=Sum("amount"))
    )
    return {closings[closing]: total for closing, total in sums}


def liquidated_parties(*, actor: Actor, party_ids: Collection[int]) -> dict[int, date]:
    """Customers whose liquidation was opened, and by which judgment, closed cases too. Two queries.

    The judgment that opened the liquidation is where the VAT of their debts may be claimed back
    from (CGI art. 272-1).
    """
    actor.require(Right.READ)
    rows = InsolvencyCase.objects.filter(
        company=actor.company,
        kind=InsolvencyKind.LIQUIDATION,
        party__in=parties.family(actor=actor, party_ids=party_ids),
    ).order_by("-judgment_on")
    facts = list(rows.values_list("party_id", "judgment_on"))
    if not facts:
        return {}
    merged = parties.merged_parties(actor=actor)
    heads = {merged.get(party_id, party_id): day for party_id, day in facts}
    return {one: heads[head] for one in party_ids if (head := merged.get(one, one)) in heads}


def same_customer(*, actor: Actor, one: int | None, other: int) -> bool:
    """Whether two numbers are of one customer, merges counted. One query."""
    merged = parties.merged_parties(actor=actor)
    return one is not None and merged.get(one, one) == merged.get(other, other)


def doubtful_debts(*, actor: Actor, on: date) -> list[UnpaidRow]:
    """What is open on 416, by customer then due date. A dozen queries."""
    items = [
        one for one in ledger.open_items(actor=actor, account_prefix=_DOUBTFUL) if one.side == DEBIT
    ]
    return _rows(actor, items, on, {})


def to_doubt(*, actor: Actor, on: date) -> list[UnpaidRow]:
    """Debts on 411 that should be doubtful by now: very late, or their customer is insolvent.

    Very late by ``doubtful_after_days`` of the policy. A dozen queries.
    """
    days = policy.read(actor.company, CollectionPolicy).doubtful_after_days
    limit = on - timedelta(days=days)
    insolvent = insolvent_parties(actor=actor)
    items, reasons = [], {}
    for one in ledger.open_items(actor=actor, account_prefix="411", side=DEBIT):
        if one.party_id is None or one.account.startswith(_RETENTION):
            continue
        found = insolvent.get(one.party_id)
        if found and one.document_date < found.judgment_on:
            items.append(one)
            reasons[one.item_id] = f"procédure collective du {found.judgment_on:%d/%m/%Y}"
        elif one.due_date < limit:
            items.append(one)
            reasons[one.item_id] = f"plus de {days} jours de retard"
    return _rows(actor, items, on, reasons)


def _rows(
    actor: Actor, items: list[OpenItemFacts], on: date, reasons: Mapping[int, str]
) -> list[UnpaidRow]:
    ids = [one.item_id for one in items]
    vat = ledger.vat_open(actor=actor, item_ids=ids)
    names = parties.snapshots(
        actor=actor, party_ids={one.party_id for one in items if one.party_id}
    )
    booked = allowances(actor=actor, item_ids=ids)
    acts: dict[int, UnpaidEntry] = {}
    rates: dict[int, Decimal | None] = {}
    for row in UnpaidEntry.objects.filter(
        company=actor.company, open_item__in=ids, undone_at=None
    ).order_by("pk"):
        if row.kind == UnpaidEntryKind.DOUBTFUL:
            acts[row.open_item_id or 0] = row
        elif row.kind == UnpaidEntryKind.ALLOWANCE:
            rates[row.open_item_id or 0] = row.rate_percent
    insolvent = insolvent_parties(actor=actor)
    found = []
    for one in items:
        owner = names[one.party_id or 0]
        taxes = rules.open_vat(vat.get(one.item_id, ()))
        act = acts.get(one.item_id)
        proceedings = insolvent.get(one.party_id or 0)
        found.append(
            UnpaidRow(
                item_id=one.item_id,
                party_id=owner.party_id,
                party_name=owner.name,
                party_code=owner.code,
                document_ref=one.document_ref,
                due_date=one.due_date,
                days_late=max(0, (on - one.due_date).days),
                amount=one.open_amount,
                net=net_of_vat(one.open_amount, taxes),
                vat_deferred=sum((tax.vat for tax in taxes if tax.deferred), ZERO),
                vat_due=sum((tax.vat for tax in taxes if not tax.deferred), ZERO),
                allowance=booked.get(one.item_id, ZERO),
                rate_percent=rates.get(one.item_id),
                entry_id=act.pk if act else None,
                reason=act.reason if act else reasons.get(one.item_id, ""),
                judgment_on=proceedings.judgment_on if proceedings else None,
            )
        )
    return sorted(found, key=lambda row: (row.party_name, row.due_date, row.item_id))


def unpaid_totals(*, actor: Actor) -> UnpaidTotals:
    """Doubtful debts, allowances and losses, beside the balances of 416 and 491. Six queries."""
    actor.require(Right.READ)
    items = ledger.open_items(actor=actor, account_prefix=_DOUBTFUL)
    losses = dict(
        UnpaidEntry.objects.filter(
            company=actor.company, kind=UnpaidEntryKind.LOSS, undone_at=None
        ).values_list("pk", "amount")
    )
    back = recovered(actor=actor, loss_ids=losses)
    return UnpaidTotals(
        doubtful=sum(
            (one.open_amount if one.side == DEBIT else -one.open_amount for one in items), ZERO
        ),
        account_doubtful=ledger.account_balance(actor=actor, account=_DOUBTFUL),
        allowance=sum(allowances(actor=actor).values(), ZERO),
        account_allowance=-ledger.account_balance(actor=actor, account=_ALLOWANCE),
        losses=sum(losses.values(), ZERO) - sum(back.values(), ZERO),
    )


def lines_of_entries(*, actor: Actor, entry_ids: Collection[int]) -> list[PreviewLine]:
    """Lines of entries, in their order. One query."""
    return [
        PreviewLine(
            document_ref=line.entry.document_ref,
            account=line.account.number,
            account_label=line.account.label,
            label=line.label,
            debit=line.debit,
            credit=line.credit,
        )
        for line in ledger.lines_of(actor=actor, entry_ids=entry_ids)
    ]


def losses(*, actor: Actor) -> list[tuple[UnpaidEntry, Decimal]]:
    """Losses that stand, the latest first, each with what came of it since. Three queries."""
    rows = list(unpaid_entries(actor=actor, standing=True).filter(kind=UnpaidEntryKind.LOSS))
    back = recovered(actor=actor, loss_ids=[row.pk for row in rows])
    return [(row, back.get(row.pk, ZERO)) for row in rows]


def doubtful_sheet(*, actor: Actor, on: date) -> bytes:
    """The doubtful debts as a workbook, one line each. A dozen queries."""
    rows: list[list[Cell]] = [
        [
            one.party_name,
            one.party_code,
            one.document_ref,
            one.due_date,
            Decimal(one.days_late),
            one.amount,
            one.net,
            one.vat_deferred,
            one.vat_due,
            one.allowance,
            one.rate_percent,
        ]
        for one in doubtful_debts(actor=actor, on=on)
    ]
    return write_xlsx(SHEET, rows)
