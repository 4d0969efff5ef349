"""Background work of billing. Every job may run twice: sealing again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

from django_tasks import task

from echeance.base import clock
from echeance.base.actor import system
from echeance.base.models import Company
from echeance.billing import commands
from echeance.billing.models import Invoice
from echeance.core.reporting.model import ReportKind
from echeance.parties import queries as parties
from echeance.transmission.platform.configured import has_platform

LEFT_AFTER = timedelta(minutes=5)
TURN = 200


@task()
def seal_invoices(company_id: int, invoice_ids: Sequence[int]) -> dict[str, int]:
    """Seal the documents of one issuing chunk."""
    company = Company.objects.get(pk=company_id)
    return asdict(commands.seal_invoices(actor=system(company), invoice_ids=invoice_ids))


@task()
def seal_left() -> dict[str, int]:
    """Seal what an earlier job left behind (nobody could judge it, the worker was killed)."""
    waiting = (
        Invoice.objects.filter(
            status=Invoice.Status.ISSUED,
            sealed_at=None,
            verdict__isnull=True,
            issued_at__lt=clock.now() - LEFT_AFTER,
        )
        .values_list("company_id", flat=True)
        .distinct()
    )
    total = {"sealed": 0, "refused": 0, "not_validated": 0}
    for company in Company.objects.filter(pk__in=list(waiting)):
        report = asdict(commands.seal_invoices(actor=system(company), limit=TURN))
        total = {name: total[name] + count for name, count in report.items()}
    return total


@task()
def release_invoices() -> dict[str, int]:
    """Check once more the documents whose hold is over, and let them go to the sender."""
    total = {"released": 0, "withdrawn": 0}
    for company in Company.objects.order_by("pk"):
        report = commands.release_invoices(actor=system(company), now=clock.now())
        total["released"] += len(report.released)
        total["withdrawn"] += len(report.withdrawn)
    return total


@task()
def prepare_report(company_id: int, kind: str, day: str, *, leave_out: bool) -> dict[str, object]:
    """Prepare the report of one period, and queue its deposit."""
    company = Company.objects.get(pk=company_id)
    result = commands.prepare_report(
        actor=system(company),
        kind=ReportKind(kind),
        day=date.fromisoformat(day),
        leave_out=leave_out,
    )
    return {"outcome": result.outcome.value, "number": result.number}


@task()
def ask_for_reports() -> dict[str, int]:
    """Ask for the reports that are due in every company."""
    companies = Company.objects.order_by("pk")
    return {"asked": sum(commands.ask_for_reports(actor=system(one)) for one in companies)}


@task()
def look_up_routes() -> dict[str, int]:
    """Ask the directory about customers nobody asked about for a month, 200 at a time."""
    total = {"checked": 0}
    if not has_platform():
        return total
    now = clock.now()
    for company in Company.objects.filter(is_practice=False).order_by("pk"):
        actor = system(company)
        party_ids = parties.to_check(
            actor=actor,
            registers=["directory"],
            answered_before=now - timedelta(days=30),
            tried_before=now - timedelta(hours=20),
            limit=TURN,
        )
        total["checked"] += len(commands.look_up_routes(actor=actor, party_ids=party_ids))
    return total
