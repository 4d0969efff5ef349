"""Cheques, their slips, and the bank lines that bring lumps of money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import Cheque, ChequeDeposit, Match, StatementEntry, TillMovement
from echeance.cash.types import LumpProposal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

DAYS_BEFORE, DAYS_AFTER = 2, 30


def cheques(*, actor: Actor, standing: str = "") -> QuerySet[Cheque]:
    """Cheques, latest first, with party and slip. One query.

    Args:
        actor: Whose company.
        standing: ``held`` for those not handed to the bank, ``deposited``, ``unpaid``, or all that
            are not cancelled.
    """
    actor.require(Right.READ)
    rows = Cheque.objects.filter(company=actor.company, cancelled_at=None)
    if standing == "held":
        rows = rows.filter(deposit=None, unpaid_at=None)
    elif standing == "deposited":
        rows = rows.exclude(deposit=None).filter(unpaid_at=None)
    elif standing == "unpaid":
        rows = rows.exclude(unpaid_at=None)
    return rows.select_related("party", "deposit").order_by("-received_on", "-pk")


def cheque_for(*, actor: Actor, cheque_id: int) -> Cheque:
    """One cheque of the company, cancelled ones included. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    rows = Cheque.objects.filter(company=actor.company, pk=cheque_id)
    row = rows.select_related("party", "deposit").first()
    if row is None:
        raise NotFoundError(what=f"chèque n° {cheque_id}")
    return row


def cheque_deposits(*, actor: Actor) -> QuerySet[ChequeDeposit]:
    """Slips, latest first, with ``count`` and ``total`` of their cheques. One query."""
    actor.require(Right.READ)
    return (
        ChequeDeposit.objects.filter(company=actor.company)
        .annotate(count=Count("cheques"), total=Sum("cheques__amount"))
        .select_related("bank_account", "file", "match")
        .order_by("-deposited_on", "-pk")
    )


def lump_proposals(*, actor: Actor) -> list[LumpProposal]:
    """Slips, cash and cheques returned that a bank line could bring, with the only one that fits.

    A line fits when it is of the exact amount and way, of the slip's account, dated from two days
    before to thirty days after. It is proposed only when it alone fits, and fits nothing else.
    Four queries. Oldest first.
    """
    actor.require(Right.READ)
    lumps: list[tuple[str, int, str, date, Decimal, int | None]] = [
        ("cheques", *facts)
        for facts in ChequeDeposit.objects.filter(company=actor.company, match=None)
        .annotate(total=Sum("cheques__amount"))
        .filter(total__gt=0)
        .values_list("pk", "number", "deposited_on", "total", "bank_account_id")
    ]
    lumps += [
        ("till", one.pk, one.label, one.on, -one.amount, None)
        for one in TillMovement.objects.filter(
            company=actor.company, match=None, cancelled_at=None, kind__in=("deposit", "withdrawal")
        )
    ]
    return propose(actor, sorted(lumps, key=lambda one: (one[3], one[0], one[1])))


def propose(
    actor: Actor, lumps: Sequence[tuple[str, int, str, date, Decimal, int | None]]
) -> list[LumpProposal]:
    """The bank line that fits each lump (kind, id, reference, day, signed amount, account)."""
    if not lumps:
        return []
    explained = Match.objects.filter(company=actor.company, undone_at=None).values("entry")
    amounts = {abs(one[4]) for one in lumps}
    rows = list(
        StatementEntry.objects.filter(company=actor.company, amount__in=amounts)
        .exclude(pk__in=explained)
        .order_by("booking_date", "pk")
    )
    fits: list[list[StatementEntry]] = []
    uses: dict[int, int] = {}
    for _, _, _, on, amount, account_id in lumps:
        way = "CRDT" if amount > 0 else "DBIT"
        found = [
            row
            for row in rows
            if row.amount == abs(amount)
            and row.direction == way
            and account_id in (None, row.bank_account_id)
            and on - timedelta(days=DAYS_BEFORE)
            <= row.booking_date
            <= on + timedelta(days=DAYS_AFTER)
        ]
        fits.append(found)
        for row in found:
            uses[row.pk] = uses.get(row.pk, 0) + 1
    proposals = []
    for (kind, lump_id, reference, on, amount, _), found in zip(lumps, fits, strict=True):
        sure = found[0] if len(found) == 1 and uses[found[0].pk] == 1 else None
        proposals.append(
            LumpProposal(
                kind=kind,
                lump_id=lump_id,
                reference=reference,
                on=on,
                amount=amount,
                entry_id=sure.pk if sure else None,
                found=len(found),
                entry_text=f"{sure.booking_date:%d/%m/%Y} {sure.text}"[:120] if sure else "",
            )
        )
    return proposals


def unpaid_lines(*, actor: Actor, cheque: Cheque) -> list[StatementEntry]:
    """Debits that nothing explains, of the amount of a cheque, on the account it was put on.

    One query; oldest first.
    """
    actor.require(Right.READ)
    if cheque.deposit is None:
        return []
    explained = Match.objects.filter(company=actor.company, undone_at=None).values("entry")
    return list(
        StatementEntry.objects.filter(
            company=actor.company,
            bank_account=cheque.deposit.bank_account_id,
            direction=StatementEntry.Direction.DEBIT,
            amount=cheque.amount,
            booking_date__gte=cheque.deposit.deposited_on,
        )
        .exclude(pk__in=explained)
        .order_by("booking_date", "pk")[:20]
    )
