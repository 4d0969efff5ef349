"""Letters: given when a connected group of items settles to zero, taken back when it opens.

Source: FEC, EcritureLet and DateLet (LPF art. A47 A-1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Q, Sum

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.ledger import rules
from echeance.ledger.models import Allocation, Lettering, OpenItem

Place = tuple[int, int | None]  # account and party


def letter_closed(
    actor: Actor,
    items: Mapping[int, OpenItem],
    left: Mapping[int, Decimal],
    new: Sequence[Allocation],
    merged: Mapping[int, int],
) -> None:
    """Letter the groups that new allocations have closed.

    A group can have closed only if none of its items touched now has something left, so most
    groups are never looked up: a customer who never settles to zero costs nothing.

    Args:
        actor: Whose company.
        items: Items that were touched, by id, locked.
        left: What is left of each.
        new: Allocations just written.
        merged: Merged parties, with the one each stands for: a group is lettered on that one, after
            the letters of both.
    """
    candidates = {
        pk
        for group in rules.groups((one.debit_item_id, one.credit_item_id) for one in new)
        if not any(left[pk] for pk in group)
        for pk in group
    }
    if not candidates:
        return
    pairs, days = _connected(actor, candidates)
    members = {pk for pair in pairs for pk in pair}
    still_open = set(
        OpenItem.objects.filter(pk__in=members, open_amount__gt=0).values_list("pk", flat=True)
    )
    closed = [group for group in rules.groups(pairs) if not group & still_open]
    if closed:
        _write(actor, items, closed, days, merged)


def _connected(
    actor: Actor, start: Collection[int]
) -> tuple[list[tuple[int, int]], dict[int, date]]:
    """Pairs that hold now, of all the items connected to some, and the last day of each item.

    One query for each step away from the start.
    """
    pairs: set[tuple[int, int]] = set()
    days: dict[int, date] = {}
    seen: set[int] = set()
    frontier = set(start)
    while frontier:
        seen |= frontier
        rows = (
            Allocation.objects.filter(company=actor.company)
            .filter(Q(debit_item__in=frontier) | Q(credit_item__in=frontier))
            .order_by()
            .values_list("debit_item_id", "credit_item_id")
            .annotate(total=Sum("amount"), last=Max("effective_date"))
            .exclude(total=0)
        )
        frontier = set()
        for debit_id, credit_id, _, last in rows:
            pairs.add((debit_id, credit_id))
            for pk in (debit_id, credit_id):
                days[pk] = max(last, days.get(pk, last))
                frontier.add(pk)
        frontier -= seen
    return sorted(pairs), days


def _write(
    actor: Actor,
    items: Mapping[int, OpenItem],
    closed: Sequence[Collection[int]],
    days: Mapping[int, date],
    merged: Mapping[int, int],
) -> None:
    places = [_place(items, group, merged) for group in closed]
    last = _last_ranks(places, merged)
    now = clock.now()
    rows: list[Lettering] = []
    for place, group in zip(places, closed, strict=True):
        last[place] = rank = last.get(place, 0) + 1
        rows.append(
            Lettering(
                company=actor.company,
                account_id=place[0],
                party_id=place[1],
                rank=rank,
                letter=rules.letter(rank),
                lettered_on=max(days[pk] for pk in group),
                recorded_at=now,
            )
        )
    Lettering.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        # bulk_update would build one CASE branch an item, which costs more than all the rest.
        cursor.executemany(
            "UPDATE ledger_openitem SET lettering_id = %s WHERE id = %s",
            [(row.pk, pk) for row, group in zip(rows, closed, strict=True) for pk in group],
        )


def _place(
    items: Mapping[int, OpenItem], group: Collection[int], merged: Mapping[int, int]
) -> Place:
    """Account and party of a group: those of any of its items that was touched."""
    touched = next(items[pk] for pk in group if pk in items)
    return touched.account_id, _standing(touched.party_id, merged)


def _standing(party_id: int | None, merged: Mapping[int, int]) -> int | None:
    return None if party_id is None else merged.get(party_id, party_id)


def _last_ranks(places: Sequence[Place], merged: Mapping[int, int]) -> dict[Place, int]:
    """Highest rank given so far at each place. One query; the caller holds the accounts' locks."""
    wanted = {party for _, party in places if party}
    wanted |= {gone for gone, stays in merged.items() if stays in wanted}
    rows = (
        Lettering.objects.filter(account__in={account for account, _ in places})
        .filter(Q(party__in=wanted) | Q(party=None))
        .order_by()
        .values_list("account_id", "party_id")
        .annotate(last=Max("rank"))
    )
    found: dict[Place, int] = {}
    for account, party, last in rows:
        place = (account, _standing(party, merged))
        found[place] = max(last, found.get(place, 0))
    return found


def unletter(items: Mapping[int, OpenItem]) -> None:
    """Take back the letters of the groups of some items. Two queries."""
    ids = {item.lettering_id for item in items.values() if item.lettering_id}
    if ids:
        OpenItem.objects.filter(lettering__in=ids).update(lettering=None)
        Lettering.objects.filter(pk__in=ids).update(undone_at=clock.now())
