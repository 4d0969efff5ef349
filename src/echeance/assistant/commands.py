"""Writes of the assistant: run the day, record what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from echeance.assistant import duties, interrupted, queries
from echeance.assistant.models import DayRun, Decision
from echeance.assistant.rules import fingerprint
from echeance.assistant.types import (
    DayPolicy,
    DayReport,
    Duty,
    Founding,
    NewDecision,
    Outcome,
)
from echeance.base import clock, policy
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.models import Company, User
from echeance.base.rights import Right
from echeance.base.types import CompanyFacts
from echeance.billing import commands as billing
from echeance.billing.commands.setup import HOUSE_COLOR
from echeance.billing.types import BillingPolicy
from echeance.cash import commands as cash
from echeance.collection import commands as collection
from echeance.collection.types import CollectionPolicy
from echeance.core.dates import add_years
from echeance.ledger import commands as ledger

Progress = Callable[[Duty, int, int], None]


@transaction.atomic
def found_company(
    *, facts: CompanyFacts, founding: Founding | None = None, owner: User | None = None
) -> Company:
    """Create a company ready to work: books, series, look, plan of reminders, bank account.

    The web's first page and ``echeance init`` both do this; it stands here because this is the
    lowest room that knows all the others. All of it or nothing.

    Args:
        facts: Its identity.
        founding: What it starts with.
        owner: Its administrator.

    Raises:
        CompanyExistsError: The SIREN is taken.
        InvalidIbanError: The key of the IBAN is wrong.
        SeriesInvalidError: A prefix cannot be used.
        StyleInvalidError: The colour or the logo cannot be used.
    """
    start = founding or Founding()
    company = base.create_company(facts=facts, owner=owner)
    actor = system(company)
    first = start.fiscal_year_start or date(clock.today().year, 1, 1)
    ledger.set_up_books(
        actor=actor,
        fiscal_year_start=first,
        fiscal_year_end=add_years(first, 1) - timedelta(days=1),
    )
    billing.set_up_billing(
        actor=actor,
        invoice_prefix=start.invoice_prefix,
        credit_note_prefix=start.credit_note_prefix,
    )
    collection.set_up_plan(actor=actor)
    if start.iban:
        cash.add_bank_account(actor=actor, name=start.account_name, iban=start.iban, bic=start.bic)
    if start.penalty_rate_percent is not None:
        rate = str(start.penalty_rate_percent)
        document = {
            BillingPolicy.SECTION: {"penalty_rate_percent": rate},
            CollectionPolicy.SECTION: {"contract_rate": rate},
        }
        base.save_policy(actor=actor, document=document, note="Taux des conditions de vente.")
    if start.color or start.logo:
        billing.save_style(actor=actor, logo=start.logo, color=start.color or HOUSE_COLOR)
    return company


def run_day(
    *,
    actor: Actor,
    on: date,
    inbox: Path | None = None,
    progress: Progress | None = None,
) -> DayReport:
    """Run the duties of a day in their order, and record every act and non-act.

    Each duty works in the transactions of the rooms it calls: a run killed anywhere is completed
    by the next one, which finds done what is done and writes down what was not. The day waits
    for its invoices' files to be sealed. Running it again the same day records nothing new.

    Args:
        actor: Needs the right to run the day.
        on: The civil day; what is due, issued and reminded is judged on it.
        inbox: Drop folder of the installation; ``None`` takes nothing in.
        progress: Called with the duty, its place from 1, and how many there are.

    Returns:
        The decisions that are new, and what left.
    """
    actor.require(Right.RUN_DAY)
    number, document = policy.current(actor.company)
    day = duties.Day(
        actor=actor,
        on=on,
        policy=policy.parse(DayPolicy, document.get(DayPolicy.SECTION, {})),
        inbox=inbox,
    )
    run = DayRun.objects.create(
        company=actor.company, on=on, started_at=clock.now(), policy_version=number
    )
    late = interrupted.unwritten(actor=actor, run=run)
    new = record_decisions(actor=actor, run=run, decisions=late)
    for place, (duty, perform) in enumerate(duties.DUTIES, 1):
        if progress:
            progress(duty, place, len(duties.DUTIES))
        new += record_decisions(actor=actor, run=run, decisions=perform(day))
    report = DayReport(on=on, decisions=tuple(new), released=day.released, sent=day.sent)
    DayRun.objects.filter(pk=run.pk).update(
        finished_at=clock.now(),
        acted=report.count(Outcome.ACTED),
        asked=report.count(Outcome.ASKED),
        refused=report.count(Outcome.REFUSED),
    )
    return report


@transaction.atomic
def record_decisions(
    *, actor: Actor, run: DayRun, decisions: Sequence[NewDecision]
) -> list[NewDecision]:
    """Record the decisions that say something new about their subject.

    Returns:
        Those recorded, in order. Three queries a duty.
    """
    latest = queries.latest_fingerprints(
        company=actor.company, keys=[(one.duty.value, one.subject) for one in decisions]
    )
    fresh = [one for one in decisions if latest.get((one.duty, one.subject)) != fingerprint(one)]
    Decision.objects.bulk_create(
        (
            Decision(
                company=actor.company,
                run=run,
                on=run.on,
                recorded_at=clock.now(),
                duty=one.duty.value,
                subject=one.subject,
                party_id=one.party_id,
                outcome=one.outcome.value,
                act=one.act,
                reasons=list(one.reasons),
                reversal=one.reversal.value,
                facts=dict(one.facts),
                fingerprint=fingerprint(one),
            )
            for one in fresh
        ),
        batch_size=500,
    )
    return fresh
