"""The last check of the reminders, each minute; the watch over limitation, each day."""

from __future__ import annotations

from django_tasks import task

from echeance.base import clock
from echeance.base.actor import system
from echeance.base.queries import companies
from echeance.collection import commands, queries
from echeance.collection.registers.bodacc import configured_client


@task()
def release_reminders() -> dict[str, int]:
    """Let go, in every company, the reminders that are still right."""
    now = clock.now()
    reports = [
        commands.release_reminders(actor=system(company), now=now)
        for company in queries.companies_to_release(now=now)
    ]
    return {
        "released": sum(len(report.released) for report in reports),
        "waiting": sum(len(report.waiting) for report in reports),
        "cancelled": sum(len(report.cancelled) for report in reports),
    }


@task()
def follow_disputes() -> dict[str, int]:
    """Draw, in every company, what follows from credit notes, answers, payments and days."""
    reports = [
        commands.follow_disputes(actor=system(company))
        for company in queries.companies_with_disputes()
    ]
    return {
        "credited": sum(len(report.credited) for report in reports),
        "answered": sum(len(report.answered) for report in reports),
    }


@task()
def release_payment_plans() -> dict[str, int]:
    """Let go, in every company, the messages of payment plans that are still right."""
    now = clock.now()
    reports = [
        commands.release_payment_plans(actor=system(company), now=now)
        for company in queries.companies_with_payment_plans()
    ]
    return {
        "released": sum(len(report.released) for report in reports),
        "cancelled": sum(len(report.cancelled) for report in reports),
    }


@task()
def watch_limitations() -> dict[str, int]:
    """Ask, in every company, about the debts whose last day to sue comes near."""
    today = clock.today()
    opened = [
        commands.watch_limitations(actor=system(company), on=today) for company in companies()
    ]
    return {"opened": sum(opened)}


@task()
def watch_insolvencies() -> dict[str, int]:
    """Ask the BODACC, for every company, about the customers that owe something; once a day.

    Companies of practice have customers that do not exist: they are passed over.
    """
    client = configured_client()
    if client is None:
        return {"new": 0}
    try:
        reports = [
            commands.watch_insolvencies(actor=system(company), client=client)
            for company in companies()
            if not company.is_practice
        ]
    finally:
        client.close()
    return {"new": sum(report.new for report in reports)}


@task()
def reckon_payers() -> dict[str, int]:
    """Profiles of the payers and expected days of every company, once a night."""
    reports = [
        commands.reckon_payers(actor=system(company), on=clock.today()) for company in companies()
    ]
    return {
        "profiles": sum(report.profiles for report in reports),
        "predictions": sum(report.predictions for report in reports),
    }


@task()
def release_statements() -> dict[str, int]:
    """Let go, in every company, the statements of account that are still right."""
    now = clock.now()
    reports = [
        commands.release_statements(actor=system(company), now=now) for company in companies()
    ]
    return {
        "released": sum(len(report.released) for report in reports),
        "cancelled": sum(len(report.cancelled) for report in reports),
    }


@task()
def follow_registered_letters() -> dict[str, int]:
    """Ask, for every company, what became of its electronic registered letters."""
    return {
        company.siren: commands.follow_registered_letters(actor=system(company))
        for company in companies()
    }


@task()
def build_recovery_file(
    *, company_id: int, party_id: int, item_ids: list[int], for_agency: bool
) -> dict[str, int]:
    """Build the recovery file of many debts; run again, it gives the same file."""
    company = next(one for one in companies() if one.pk == company_id)
    file = commands.build_recovery_file(
        actor=system(company), party_id=party_id, item_ids=item_ids, for_agency=for_agency
    )
    return {"file_id": file.pk}


@task()
def check_rates() -> dict[str, int]:
    """Ask, once a day in every company, for rates that are unknown or still to be confirmed."""
    today = clock.today()
    asked = [commands.check_rates(actor=system(one), on=today) for one in companies()]
    return {"asked": sum(asked)}
