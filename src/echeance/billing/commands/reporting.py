"""E-reporting: the message of a period, reckoned, judged, archived and queued for the platform.

Preparing again is harmless: as long as the books say the same, the message stands; when they say
something else, a corrective message tells the whole period again. A preparation killed anywhere
leaves at most an archived file that no row names.

Sources: CGI art. 290 and 290 A, ann. II art. 242 nonies M to P.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal, policy, queue
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import queries, rendering, reporting
from echeance.billing.commands.setup import kept_until, with_archive
from echeance.billing.errors import (
    PlatformUnknownError,
    ReportChangedError,
    ReportIncompleteError,
    ReportNotJudgedError,
    ReportRefusedError,
)
from echeance.billing.events import ReportPrepared
from echeance.billing.models import SalesReport
from echeance.billing.types import BillingPolicy, PreparedReport, ReportOutcome, ReportStand
from echeance.core.dates import ONE_DAY, DateRange, add_months
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.reporting.correction import changes
from echeance.core.reporting.gaps import Gap
from echeance.core.reporting.model import (
    Content,
    Declarant,
    Platform,
    Report,
    ReportKind,
    Submission,
)
from echeance.core.reporting.periods import ReportingPeriod
from echeance.core.reporting.xml import write_report
from echeance.transmission import commands as transmission
from echeance.transmission.platform.types import FlowSyntax, ProcessingRule
from echeance.transmission.types import NewDeposit

_PARIS: Final = ZoneInfo("Europe/Paris")
_SHOWN: Final = 10
_ASKED_MONTHS: Final = 3


def prepare_report(
    *,
    actor: Actor,
    kind: ReportKind,
    day: date,
    leave_out: bool = False,
    dry_run: bool = False,
    validator: OfficialValidator | None = None,
) -> PreparedReport:
    """Prepare the report of the period that holds a day, or its correction, and queue its deposit.

    Args:
        actor: Needs the right to send documents.
        kind: Transactions (10.1 and 10.3) or payments (10.2 and 10.4).
        day: Any day of the period.
        leave_out: Prepare it without what cannot be told, knowingly.
        dry_run: Only say what it would tell; nothing is written and gaps refuse nothing.
        validator: Judges the message; that of the process when None.

    Raises:
        ReportPeriodError: The period is not over, or lies before the obligation.
        PlatformUnknownError: The policy does not name the platform.
        ReportIncompleteError: Something cannot be told and ``leave_out`` was not given.
        ReportRefusedError: The official rules refuse the message.
        ReportNotJudgedError: Nobody could judge it.
        ReportChangedError: The same period was prepared meanwhile.
    """
    actor.require(Right.SEND_DOCUMENTS)
    period = queries.report_period(actor=actor, kind=kind, day=day)
    content, gaps = reporting.content_of(actor=actor, kind=kind, days=period.days)
    former = queries.report_in_force(actor=actor, kind=kind, first_day=period.days.start)
    left_out = tuple(gap.words(gettext) for gap in gaps)
    if former is None and content.empty and (leave_out or dry_run or not left_out):
        return _result(period, ReportOutcome.NOTHING, left_out=left_out)
    told = queries.report_content(actor=actor, report=former) if former else None
    if told == content:
        return _result(period, ReportOutcome.UNCHANGED, former)
    differences = tuple(one.words(gettext) for one in changes(told, content)) if told else ()
    if dry_run:
        return _result(period, ReportOutcome.PREPARED, None, differences, left_out)
    if left_out and not leave_out:
        raise ReportIncompleteError(left_out)
    report = _report(actor, period, content, former)
    written = write_report(report)
    _judge(written, report.number, validator or rendering.validator())
    row = _keep(actor, period, report, written, former=former, gaps=gaps)
    return _result(period, ReportOutcome.PREPARED, row, differences, left_out)


@transaction.atomic
def request_report(*, actor: Actor, kind: ReportKind, day: date, leave_out: bool = False) -> None:
    """Ask the worker to prepare a report now; asking twice prepares it once."""
    actor.require(Right.SEND_DOCUMENTS)
    queue.add(
        "echeance.billing.jobs.prepare_report",
        company=actor.company,
        company_id=actor.company.pk,
        kind=kind.value,
        day=day.isoformat(),
        leave_out=leave_out,
    )


def ask_for_reports(*, actor: Actor) -> int:
    """Open a question for each report that is due, and for each that no longer says the truth.

    Periods of the last three months. A question whose matter is settled is closed; one that was
    put off comes back the next time. About ten queries a period.

    Returns:
        How many questions were opened.
    """
    actor.require(Right.SEND_DOCUMENTS)
    stands = queries.report_stands(actor=actor, since=add_months(clock.today(), -_ASKED_MONTHS))
    asked = [(stand, _question(actor, stand)) for stand in stands]
    settled = {_key(stand.kind, stand.first_day) for stand, question in asked if question is None}
    with transaction.atomic():
        base.close_work_items(actor=actor, keys=settled, answer="done")
        return base.open_work_items(
            actor=actor, items=[question for _, question in asked if question is not None]
        )


def _key(kind: str, first_day: date) -> str:
    return f"billing.report:{kind}:{first_day:%Y%m%d}"


def _question(actor: Actor, stand: ReportStand) -> WorkItemFacts | None:
    kind = ReportKind(stand.kind)
    days = DateRange(stand.first_day, stand.last_day + ONE_DAY)
    content, gaps = reporting.content_of(actor=actor, kind=kind, days=days)
    told = None
    if stand.report_id is not None:
        row = queries.report_for(actor=actor, report_id=stand.report_id)
        told = queries.report_content(actor=actor, report=row)
        if not changes(told, content):
            return None
    elif content.empty and not gaps:
        return None
    what = "des ventes" if kind is ReportKind.TRANSACTIONS else "des encaissements"
    period = f"{what} du {stand.first_day:%d/%m/%Y} au {stand.last_day:%d/%m/%Y}"
    title = (
        f"L'e-reporting {period} ne dit plus ce que disent les livres : le corriger ?"
        if told
        else f"L'e-reporting {period} est à déposer pour le {stand.due_on:%d/%m/%Y} : le préparer ?"
    )
    answers = [Answer("prepare_report", "Le préparer et le déposer")]
    if gaps:
        answers.append(Answer("prepare_without", "Le préparer sans ce qui ne peut être déclaré"))
    return WorkItemFacts(
        key=_key(stand.kind, stand.first_day),
        kind="billing.report",
        subject=f"company:{actor.company.pk}",
        title=title,
        evidence={
            "kind": kind.value,
            "day": stand.first_day.isoformat(),
            "changes": [one.words() for one in changes(told, content)] if told else [],
            "left_out": [gap.words() for gap in gaps],
        },
        answers=(*answers, Answer("put_off", "Attendre")),
        due_date=stand.due_on,
    )


def _platform(actor: Actor) -> Platform:
    rules = policy.read(actor.company, BillingPolicy)
    if not rules.platform_number or not rules.platform_name:
        raise PlatformUnknownError
    return Platform(rules.platform_number, rules.platform_name)


def _report(
    actor: Actor,
    period: ReportingPeriod,
    content: Content,
    former: SalesReport | None,
) -> Report:
    company = Company.objects.get(pk=actor.company.pk)
    rank = former.rank + 1 if former else 1
    letter = "T" if period.kind is ReportKind.TRANSACTIONS else "P"
    return Report(
        number=f"ER-{company.siren}-{letter}-{period.days.start:%Y%m%d}-{rank}",
        issued_at=_civil(clock.now()),
        submission=Submission.CORRECTIVE if former else Submission.INITIAL,
        platform=_platform(actor),
        declarant=Declarant(company.siren, company.name),
    ).telling(content)


def _civil(instant: datetime) -> datetime:
    """The clock of Paris to the second, without a zone: TT-3 has no room for one."""
    return instant.astimezone(_PARIS).replace(microsecond=0, tzinfo=None)


def _judge(written: bytes, number: str, validator: OfficialValidator) -> None:
    verdict = validator.validate(written, f"{number}.xml")
    sentences = [finding.message for finding in verdict.findings]
    if not verdict.validated:
        raise ReportNotJudgedError(" ".join(sentences[:1]))
    if not verdict.valid:
        raise ReportRefusedError(sentences[:_SHOWN])


def _keep(
    actor: Actor,
    period: ReportingPeriod,
    report: Report,
    written: bytes,
    *,
    former: SalesReport | None,
    gaps: tuple[Gap, ...],
) -> SalesReport:
    """Archive the message, then write its row, its deposit and the answer to its question."""
    file = archive.store_file(actor=with_archive(actor), file=_file(actor, period, report, written))
    with transaction.atomic():
        # Two preparations at once would both correct the same message.
        Company.objects.select_for_update().get(pk=actor.company.pk)
        latest = queries.report_in_force(actor=actor, kind=period.kind, first_day=period.days.start)
        if latest != former:
            raise ReportChangedError(str(latest))
        row = SalesReport.objects.create(
            company=actor.company,
            kind=period.kind.value,
            first_day=period.days.start,
            last_day=period.days.last,
            due_on=period.due_on,
            rank=former.rank + 1 if former else 1,
            number=report.number,
            stands_in_for=former,
            file=file,
            left_out=[asdict(gap) for gap in gaps],
            prepared_at=clock.now(),
            prepared_by=actor.name,
        )
        event = ReportPrepared(
            report_id=row.pk,
            number=row.number,
            file_id=file.pk,
            stands_in_for=former.number if former else "",
            left_out=[gap.number for gap in gaps],
        )
        journal.record(event, actor=actor)
        transmission.queue_deposits(actor=actor, deposits=[_deposit(row)])
        base.close_work_items(actor=actor, keys={_key(row.kind, row.first_day)}, answer="done")
    return row


def _file(actor: Actor, period: ReportingPeriod, report: Report, written: bytes) -> NewFile:
    return NewFile(
        content=written,
        filename=f"{report.number}.xml",
        media_type="application/xml",
        kind="sales_report",
        subject=f"company:{actor.company.pk}",
        keep_until=kept_until(actor, period.days.last),
        text=report.number,
    )


def _deposit(row: SalesReport) -> NewDeposit:
    return NewDeposit(
        key=row.number,
        subject=row.subject,
        document_ref=row.number,
        file_id=row.file_id,
        syntax=FlowSyntax.FRR,
        rule=ProcessingRule.NOT_APPLICABLE,
    )


def _result(
    period: ReportingPeriod,
    outcome: ReportOutcome,
    row: SalesReport | None = None,
    differences: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
) -> PreparedReport:
    return PreparedReport(
        outcome=outcome,
        first_day=period.days.start,
        last_day=period.days.last,
        due_on=period.due_on,
        report_id=row.pk if row else None,
        number=row.number if row else "",
        corrective=bool(row and row.rank > 1),
        changes=differences,
        left_out=left_out,
    )
