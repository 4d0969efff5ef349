"""Items carried to another due date or account: an entry closes one and opens another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.ledger.commands.posting import RIGHTS_BY_JOURNAL, write_entries
from echeance.ledger.commands.settling import allocate
from echeance.ledger.errors import UnknownItemError
from echeance.ledger.models import OpenItem
from echeance.ledger.types import EntryFacts, ItemVat, NewAllocation, NewOpenItem, Posting

JOURNAL = "OD"


@transaction.atomic
def redate_items(
    *,
    actor: Actor,
    item_ids: Collection[int],
    due_date: date | None = None,
    on: date,
    account: str = "",
) -> dict[int, int]:
    """Carry what is left of debit items to a new due date or account; no item is edited.

    Each has an entry of its own: a credit that corrects its document closes it, and a debit of the
    same amount opens a new item, with the VAT that is not due yet. What the customer owes and the
    VAT are the same before and after.

    Args:
        actor: Needs the right to post in OD, and to match payments.
        item_ids: Items of customers; those with nothing left, or already so, are left as is.
        due_date: New due date; none keeps that of each.
        on: Date of the entries.
        account: Party account they go to; empty for the one they are on.

    Returns:
        The new item by the one it stands in for. About forty queries, whatever their number.

    Raises:
        UnknownItemError: Not an item of this company.
        UnknownAccountError: Not an account of its chart.
        NoFiscalYearError: No open fiscal year holds ``on``.
        PeriodClosedError: ``on`` is in a closed month.
    """
    usual = RIGHTS_BY_JOURNAL[JOURNAL]
    actor.require(usual if usual in actor.rights else Right.POST_ENTRIES)
    rows = (
        OpenItem.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=set(item_ids))
        .select_related("account")
        .prefetch_related("vat")
        .order_by("pk")
    )
    known = {row.pk: row for row in rows}
    for pk in item_ids:
        if pk not in known:
            raise UnknownItemError(item_id=pk)
    moved = [
        row
        for row in known.values()
        if row.open_amount
        and (
            row.due_date != (due_date or row.due_date)
            or row.account.number != (account or row.account.number)
        )
    ]
    if not moved:
        return {}
    posted = write_entries(
        actor, [_carried(row, due_date or row.due_date, account, on) for row in moved]
    )
    allocate(
        actor=actor,
        allocations=[
            NewAllocation(row.pk, entry.item_ids[0], row.open_amount, on)
            for row, entry in zip(moved, posted, strict=True)
        ],
    )
    return {row.pk: entry.item_ids[1] for row, entry in zip(moved, posted, strict=True)}


def _carried(row: OpenItem, due_date: date, account: str, on: date) -> EntryFacts:
    """Both items are whole at birth: what is left of the first, and its VAT not due yet."""
    vat = tuple(
        ItemVat(one.category, one.rate, one.base, one.vat - one.moved, one.exigibility)
        for one in sorted(row.vat.all(), key=lambda one: one.pk)
    )
    return EntryFacts(
        journal_code=JOURNAL,
        entry_date=on,
        document_ref=row.document_ref,
        document_date=row.document_date,
        label=f"Report d'échéance de {row.document_ref} au {due_date:%d/%m/%Y}",
        postings=(
            Posting(row.account.number, credit=row.open_amount, party_id=row.party_id),
            Posting(account or row.account.number, debit=row.open_amount, party_id=row.party_id),
        ),
        items=(
            NewOpenItem(
                posting_index=0,
                due_date=row.due_date,
                kind="other",
                document_ref=row.document_ref,
                credits_ref=row.document_ref,
                vat=vat,
            ),
            NewOpenItem(
                posting_index=1,
                due_date=due_date,
                kind=row.kind,
                document_ref=row.document_ref,
                order_ref=row.order_ref,
                payment_ref=row.payment_ref,
                vat=vat,
            ),
        ),
    )
