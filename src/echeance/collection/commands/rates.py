"""The table of legal rates goes on, one semester after the other."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.collection.errors import (
    RateGapError,
    RateKnownError,
    RateOutOfBoundsError,
    RateTooEarlyError,
)
from echeance.collection.events import RatesRecorded
from echeance.collection.models import LegalRate
from echeance.collection.queries.rates import rates_in_force
from echeance.core.dates import Semester, semester
from echeance.core.words import clean_line

EARLY_DAYS = 31
"""The order that sets the legal rate appears in the last weeks before its semester."""

CONFIRM_WITHIN_DAYS = 60
_RATE_MAX = Decimal(100)
_CENT = Decimal("0.01")


@transaction.atomic
def record_rates(
    *,
    actor: Actor,
    half: Semester,
    legal_individuals: Decimal,
    legal_professionals: Decimal,
    ecb: Decimal,
    source: str = "",
    to_confirm: bool = False,
) -> LegalRate:
    """Continue the table by one semester, or correct one that was still to confirm.

    The table is the same for all companies of the installation.

    Args:
        actor: Needs the right to edit the policy.
        half: The semester: the one after the last known, or one still to confirm.
        legal_individuals: Legal rate when the creditor is a person outside business, per cent.
        legal_professionals: Legal rate in all other cases.
        ecb: Main refinancing rate of the ECB on the first day of the semester.
        source: Where it was read: the order and its date.
        to_confirm: A figure was not yet checked on the official text.

    Raises:
        RateGapError: A semester before it is unknown, or it is older than the table.
        RateKnownError: It is known and confirmed.
        RateTooEarlyError: It starts in more than a month: nobody knows its rates.
        RateOutOfBoundsError: Not a rate of two decimals between 0 and 100.
    """
    actor.require(Right.EDIT_POLICY)
    for rate in (legal_individuals, legal_professionals, ecb):
        if not Decimal(0) <= rate <= _RATE_MAX or rate.quantize(_CENT) != rate:
            raise RateOutOfBoundsError(rate=rate)
    # Two people may record one semester: the second waits here, then is told it is known.
    list(LegalRate.objects.select_for_update().filter(replaced_at=None))
    known = rates_in_force()
    last = max(known)
    if half in known and not known[half].to_confirm:
        raise RateKnownError(semester=str(half))
    if half not in known and half != last.next:
        raise RateGapError(semester=str(half), expected=str(last.next))
    if half.start > clock.today() + timedelta(days=EARLY_DAYS):
        raise RateTooEarlyError(semester=str(half), day=half.start)
    LegalRate.objects.filter(year=half.year, half=half.half, replaced_at=None).update(
        replaced_at=clock.now()
    )
    row = LegalRate.objects.create(
        year=half.year,
        half=half.half,
        legal_individuals=legal_individuals,
        legal_professionals=legal_professionals,
        ecb=ecb,
        to_confirm=to_confirm,
        source=clean_line(source)[:200],
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    journal.record(
        RatesRecorded(
            semester=str(half),
            legal_individuals=legal_individuals,
            legal_professionals=legal_professionals,
            ecb=ecb,
            to_confirm=to_confirm,
            source=row.source,
        ),
        actor=actor,
    )
    if not to_confirm:
        base.close_work_items(actor=actor, keys=[_key(half)], answer="recorded")
    return row


def check_rates(*, actor: Actor, on: date) -> int:
    """Ask for the rates of the semester when they are unknown, or unconfirmed for sixty days.

    A question whose rates have been recorded since is closed.

    Returns:
        How many questions were opened. Four queries.
    """
    half = semester(on)
    found = rates_in_force().get(half)
    confirm_by = half.start + timedelta(days=CONFIRM_WITHIN_DAYS)
    if found is not None and not (found.to_confirm and on > confirm_by):
        base.close_work_items(actor=actor, keys=[_key(half)], answer="recorded")
        return 0
    title = (
        f"Les taux du {half} sont à confirmer sur les textes officiels : les pénalités de retard "
        "s'en servent."
        if found
        else f"Les taux du {half} ne sont pas connus : aucune pénalité de retard n'est calculée."
    )
    return base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=_key(half),
                kind="collection.rates",
                subject=f"legal_rate:{half}",
                title=title,
                evidence={"semester": str(half)},
                answers=(Answer("update_rates", "Je mets la table à jour"),),
            )
        ],
    )


def _key(half: Semester) -> str:
    return f"collection.rates:{half}"
