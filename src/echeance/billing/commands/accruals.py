"""Month-end accruals: posted on the closing day, reversed on the next, once each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import AccrualRefusedError
from echeance.billing.events import AccrualPosted, AccrualReversed
from echeance.billing.models import Accrual
from echeance.billing.rules import accruals as rules
from echeance.billing.types import AccrualLine
from echeance.core.dates import ONE_DAY
from echeance.ledger import commands as ledger


@transaction.atomic
def post_accruals(*, actor: Actor, closing: date) -> list[Accrual]:
    """Post what a closing should hold: 4181 for what is to be invoiced, 4198 to be credited.

    The lines are kept as they were. Harmless when repeated: a kind already posted for that day is
    given back as it is.

    Args:
        actor: Needs the right to post entries.
        closing: Last day of the period; not to come.

    Raises:
        AccrualRefusedError: The day has not come, nothing is to be accrued, or the accrual of that
            day was reversed after it: the next closing takes over.
        PeriodClosedError: The month is closed.
        NoFiscalYearError: No open fiscal year holds the day.
    """
    actor.require(Right.POST_ENTRIES)
    # One poster at a time: two would each find nothing posted.
    Company.objects.select_for_update().get(pk=actor.company.pk)
    if closing > clock.today():
        raise AccrualRefusedError(closing, "ce jour n'est pas encore venu")
    before = {row.kind: row for row in Accrual.objects.filter(company=actor.company,
              closing=closing).select_related("reversal").order_by("pk")}  # fmt: skip
    proposal = queries.propose_accruals(actor=actor, closing=closing)
    made = []
    for kind, lines in (
        (rules.TO_INVOICE, proposal.to_invoice),
        (rules.TO_CREDIT, proposal.to_credit),
    ):
        known = before.get(kind)
        if known is not None and known.reversal is None:
            made.append(known)
        elif known is not None and known.reversal and known.reversal.entry_date > closing:
            raise AccrualRefusedError(
                closing, "elle est déjà passée et contrepassée, la clôture suivante prend la suite"
            )
        elif any(line.net for line in lines):
            made.append(_post(actor, kind, closing, lines))
    if not made:
        raise AccrualRefusedError(closing, "rien n'est à régulariser à cette date")
    return made


def _post(actor: Actor, kind: str, closing: date, lines: Sequence[AccrualLine]) -> Accrual:
    lines = [line for line in lines if line.net]
    entry = ledger.post_entries(actor=actor, entries=[rules.entry_of(kind, closing, lines)])[0]
    net, vat = rules.totals(lines)
    row = Accrual.objects.create(
        company=actor.company,
        kind=kind,
        closing=closing,
        net_total=net,
        vat_total=vat,
        lines=queries.kept_lines(lines),
        entry_id=entry.entry_id,
        posted_at=clock.now(),
        posted_by=actor.name,
    )
    journal.record(AccrualPosted(row.pk, kind, closing.isoformat(), str(net)), actor=actor)
    return row


@transaction.atomic
def reverse_accruals(*, actor: Actor, closing: date, on: date | None = None) -> list[Accrual]:
    """Reverse the accruals of a closing on the first day of the next period (contrepassation).

    Harmless when repeated: those reversed already are given back as they are.

    Args:
        actor: Needs the right to post entries.
        closing: Day they were posted on.
        on: Day of the reversal; the day after the closing when absent. The closing day itself
            cancels them: they may then be posted again.

    Raises:
        AccrualRefusedError: Nothing was posted on that day, or ``on`` is before it.
        PeriodClosedError: The month of the reversal is closed.
        NoFiscalYearError: No open fiscal year holds that day.
    """
    actor.require(Right.POST_ENTRIES)
    day = on or closing + ONE_DAY
    if day < closing:
        raise AccrualRefusedError(closing, "elle se contrepasse au plus tôt le jour même")
    rows = list(
        Accrual.objects.select_for_update(of=("self",))
        .filter(company=actor.company, closing=closing)
        .order_by("pk")
    )
    if not rows:
        raise AccrualRefusedError(closing, "rien n'a été passé à cette date")
    left = [row for row in rows if row.reversal_id is None]
    # Reversing settles items with each other; an accrual has none.
    poster = replace(actor, rights=actor.rights | {Right.MATCH_PAYMENTS})
    posted = ledger.reverse_entries(actor=poster, entry_ids=[row.entry_id for row in left], on=day)
    for row, entry in zip(left, posted, strict=True):
        row.reversal_id = entry.entry_id
    Accrual.objects.bulk_update(left, ["reversal"])
    journal.record_many([AccrualReversed(row.pk, day.isoformat()) for row in left], actor=actor)
    return rows
