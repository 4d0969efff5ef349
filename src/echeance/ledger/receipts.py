"""What VAT on receipts depends on, read from the database for the commands and for the proof."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db.models import Q, Sum

from echeance.base.models import Company
from echeance.core.money import ZERO
from echeance.ledger import rules
from echeance.ledger.models import Allocation, OpenItem, OpenItemVat

Settlements = dict[int, dict[int, Decimal]]  # item id: amount by id of what settles it


def vat_rows(item_ids: Collection[int]) -> dict[int, list[OpenItemVat]]:
    """VAT on receipts of items; those that have none are left out. One query."""
    found: dict[int, list[OpenItemVat]] = {}
    receipts = OpenItemVat.Exigibility.RECEIPTS
    for row in OpenItemVat.objects.filter(item__in=item_ids, exigibility=receipts).order_by("pk"):
        found.setdefault(row.item_id, []).append(row)
    return found


def add(settled: Settlements, debit_id: int, credit_id: int, amount: Decimal) -> None:
    """Count an allocation, or its reversal, on both of its ends."""
    for pk, other in ((debit_id, credit_id), (credit_id, debit_id)):
        others = settled.setdefault(pk, {})
        others[other] = others.get(other, ZERO) + amount


def settlements(company: Company, item_ids: Collection[int]) -> Settlements:
    """What settles each item now, reversals deducted; the other ends are in it too. One query."""
    settled: Settlements = {}
    pairs = (
        Allocation.objects.filter(company=company)
        .filter(Q(debit_item__in=item_ids) | Q(credit_item__in=item_ids))
        .order_by()
        .values_list("debit_item_id", "credit_item_id")
        .annotate(total=Sum("amount"))
    )
    for debit_id, credit_id, total in pairs:
        add(settled, debit_id, credit_id, total)
    return settled


def settled_items(
    items: Mapping[int, OpenItem],
    rows: Mapping[int, list[OpenItemVat]],
    others: Collection[int],
) -> dict[int, rules.SettledItem]:
    """Facts of items whose VAT rows are known, and of others by id. Two queries at most."""
    known, vat = dict(items), dict(rows)
    if others:
        known |= OpenItem.objects.in_bulk(others)
        vat |= vat_rows(others)
    return {
        pk: rules.SettledItem(
            document_ref=item.document_ref,
            credits_ref=item.credits_ref,
            amount=item.amount,
            vat={(row.category, row.rate): row.vat for row in vat.get(pk, ())},
        )
        for pk, item in known.items()
    }
