"""Duties about what is to be billed: orders, invoices, their files, and their sending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from echeance.assistant import inbox
from echeance.assistant.duties.day import Day
from echeance.assistant.duties.deposits import RECENT
from echeance.assistant.duties.works import by_time
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.base import clock, policy
from echeance.base import commands as base
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import OrderFileKnownError
from echeance.billing.models import Invoice
from echeance.billing.rules.channels import DEPOSITED, WORDS, Channel
from echeance.billing.types import (
    BillingPolicy,
    Finding,
    LeftToBill,
    OrderImportReport,
    SecondChannel,
)
from echeance.core.errors import EcheanceError
from echeance.core.money import format_amount
from echeance.transmission import queries as transmission

LINES_TOLD = 10


def take_orders(day: Day) -> list[NewDecision]:
    """Import the order files that wait; each line is taken, waits, or is listed with its reason."""
    if day.inbox is None:
        return []
    return [_take_orders(day, one) for one in inbox.orders(day.inbox, day.actor.company.siren)]


def _take_orders(day: Day, file: inbox.Incoming) -> NewDecision:
    subject = f"order_file:{file.path.name}"[:80]
    try:
        report = billing.import_orders(
            actor=day.actor, content=file.read(), filename=file.path.name, source=file.source
        )
    except OrderFileKnownError as error:
        file.done()
        return NewDecision(
            Duty.TAKE_ORDERS, subject, Outcome.REFUSED, "commandes déjà importées", (str(error),)
        )
    except EcheanceError as error:
        file.refused(str(error))
        return NewDecision(
            Duty.TAKE_ORDERS, subject, Outcome.REFUSED, "fichier de commandes refusé", (str(error),)
        )
    file.done()
    return NewDecision(
        Duty.TAKE_ORDERS,
        subject,
        Outcome.ACTED,
        "commandes importées",
        _told(report),
        Reversal.INTERNAL,
    )


def _told(report: OrderImportReport) -> tuple[str, ...]:
    whole = (
        f"{report.rows} lignes : {report.orders} commandes à facturer, {report.cancellations} "
        f"annulations rattachées, {report.waiting} documents en attente, "
        f"{len(report.rejected)} lignes rejetées."
    )
    lines = [f"Ligne {one.row} : {one.reason}" for one in report.rejected[:LINES_TOLD]]
    if len(report.rejected) > LINES_TOLD:
        lines.append(f"… et {len(report.rejected) - LINES_TOLD} autres lignes rejetées.")
    return (whole, *lines)


def bill(day: Day) -> list[NewDecision]:
    """Draft what is due of every source, issue what nothing stops, ask about the rest.

    A draft made by hand is somebody's work in progress: it is left alone.
    """
    billing.recheck_orders(actor=day.actor)
    planned = queries.groups_to_bill(actor=day.actor, on=day.on)
    billing.draft_groups(actor=day.actor, groups=planned.due, rules=planned.rules)
    waiting = [*by_time(day), *(_waits(one) for one in planned.left if one.why)]
    drafts = {row.pk: row for row in queries.drafts_of_sources(actor=day.actor)}
    if not drafts:
        return waiting
    found = queries.preflight(actor=day.actor, invoice_ids=list(drafts), issue_date=day.on)
    limit = policy.read(day.actor.company, BillingPolicy).auto_issue_max
    blocked = {pk for pk, findings in found.items() if _blocking(findings)}
    dear = {pk for pk, row in drafts.items() if row.gross_total > limit} - blocked
    alone = [pk for pk in drafts if pk not in blocked | dear] if day.policy.issue else []
    results = (
        billing.issue_invoices(actor=day.actor, invoice_ids=alone, issue_date=day.on)
        if alone
        else []
    )
    numbers = {one.invoice_id: one.number for one in results if one.number}
    late_findings = {one.invoice_id: list(one.findings) for one in results if not one.number}
    asked = [pk for pk in drafts if pk not in numbers and pk not in blocked | set(late_findings)]
    base.open_work_items(actor=day.actor, items=[_agreement(drafts[pk]) for pk in asked])
    return [
        *waiting,
        *(_issued(drafts[pk], number) for pk, number in numbers.items()),
        *(_stopped(drafts[pk], found[pk]) for pk in sorted(blocked)),
        *(_stopped(drafts[pk], findings) for pk, findings in late_findings.items()),
        *(_proposed(drafts[pk]) for pk in asked),
    ]


def _waits(one: LeftToBill) -> NewDecision:
    """What cannot be billed yet; told again only when its reason changes."""
    return NewDecision(
        Duty.BILL,
        f"{one.source}:{one.source_id}",
        Outcome.REFUSED,
        f"{one.number} de {one.party_name} n'est pas facturée : "
        f"{format_amount(one.net, one.currency)} HT"[:200],
        (one.why[:1].upper() + one.why[1:] + ".",),
        party_id=one.party_id,
    )


def _blocking(findings: Sequence[Finding]) -> bool:
    return any(one.stops for one in findings)


def _issued(row: Invoice, number: str) -> NewDecision:
    return NewDecision(
        Duty.BILL,
        f"invoice:{number}",
        Outcome.ACTED,
        f"{number} émise à {row.buyer_name} : {format_amount(row.gross_total)}"[:200],
        ("Le contrôle avant émission ne trouve rien.",),
        Reversal.LEGAL,
        party_id=row.buyer_id,
    )


def _stopped(row: Invoice, findings: Sequence[Finding]) -> NewDecision:
    return NewDecision(
        Duty.BILL,
        f"draft:{row.pk}",
        Outcome.REFUSED,
        f"brouillon de {row.buyer_name} non émis : {format_amount(row.gross_total)}"[:200],
        tuple(one.message for one in findings if one.stops),
        party_id=row.buyer_id,
    )


def _proposed(row: Invoice) -> NewDecision:
    return NewDecision(
        Duty.BILL,
        f"draft:{row.pk}",
        Outcome.ASKED,
        f"émission à confirmer : {row.buyer_name}, {format_amount(row.gross_total)}"[:200],
        ("Vos règles demandent un accord pour cette facture.",),
        party_id=row.buyer_id,
    )


def _agreement(row: Invoice) -> WorkItemFacts:
    return WorkItemFacts(
        key=f"billing.issue:{row.pk}",
        kind="billing.issue",
        subject=f"draft:{row.pk}",
        title=f"Émettre la facture de {format_amount(row.gross_total)} à {row.buyer_name} ?"[:300],
        evidence={"reasons": ["Rien ne manque ; son montant dépasse ce que vos règles laissent."]},
        answers=(
            Answer("issue", "Émettre", Reversal.LEGAL.value),
            Answer("later", "Laisser en brouillon"),
        ),
        amount=row.gross_total,
        due_date=None,
    )


def seal(day: Day) -> list[NewDecision]:
    """Make and judge the files of what is issued: the day waits for them."""
    waiting = list(queries.to_seal(actor=day.actor).values_list("pk", flat=True))
    if not waiting:
        return []
    billing.seal_invoices(actor=day.actor, invoice_ids=waiting)
    rows = queries.invoices(actor=day.actor).filter(pk__in=waiting).order_by("pk")
    return [_sealed(row) for row in rows]


def _sealed(row: Invoice) -> NewDecision:
    subject = f"invoice:{row.number}"
    if row.sealed_at:
        return NewDecision(
            Duty.SEAL,
            subject,
            Outcome.ACTED,
            f"fichier Factur-X de {row.number} scellé",
            ("Les règles officielles l'acceptent ; il est archivé.",),
            party_id=row.buyer_id,
        )
    if row.verdict is None:
        reason = "Le contrôle officiel n'a pas pu la juger : le prochain passage la reprend."
        return NewDecision(
            Duty.SEAL, subject, Outcome.REFUSED, f"{row.number} non scellée", (reason,)
        )
    reason = "Les règles officielles refusent le fichier : rien ne part, une question est ouverte."
    return NewDecision(
        Duty.SEAL,
        subject,
        Outcome.ASKED,
        f"fichier de {row.number} refusé",
        (reason,),
        party_id=row.buyer_id,
    )


def send(day: Day) -> list[NewDecision]:
    """Make sealed documents leave by their way; let go those whose hold is over.

    What failed by one way takes the customer's second one first. What leaves by the platform is
    the duty of deposits.
    """
    if not day.policy.send:
        return []
    second = [_second_way(one) for one in billing.take_second_channels(actor=day.actor)]
    sealed = queries.to_dispatch(actor=day.actor).select_related("preceding")
    waiting = {f"invoice:{row.pk}": row for row in sealed}
    told = transmission.messages_of(actor=day.actor, subjects=list(waiting))
    deposits = transmission.deposits_of(actor=day.actor, subjects=list(waiting))
    rows = {
        row.pk: row
        for subject, row in waiting.items()
        if not told.get(subject) and not deposits.get(subject)
    }
    ways = queries.ways(actor=day.actor, rows=list(rows.values()))
    rows = {
        pk: row
        for pk, row in rows.items()
        if ways[pk].choice.channel not in DEPOSITED
        or row.issue_date is None
        or row.issue_date <= day.on - RECENT  # too old for the duty of deposits: a person decides
    }
    internal = queries.internal_credit_notes(actor=day.actor, rows=rows.values())
    report = billing.queue_invoices(actor=day.actor, invoice_ids=list(rows))
    released = billing.release_invoices(actor=day.actor, now=clock.now())
    day.released += len(released.released)
    return [
        *second,
        *(_queued(rows[pk]) for pk in report.message_ids),
        *(_by_hand(rows[pk], _LETTER) for pk in report.letter_ids),
        *(_by_hand(rows[pk], _PORTAL.format(portal=name)) for pk, name in report.portals.items()),
        *(
            _not_queued(rows[pk], reason, internal=pk in internal)
            for pk, reason in report.skipped.items()
        ),
    ]


_LETTER: Final = "Son courrier attend d'être imprimé avec le prochain lot."
_PORTAL: Final = "Elle attend d'être déposée à la main sur le portail {portal}."


def _by_hand(row: Invoice, reason: str) -> NewDecision:
    return NewDecision(
        Duty.SEND,
        f"invoice:{row.number}",
        Outcome.ACTED,
        f"{row.number} préparée pour {row.buyer_name}"[:200],
        (reason,),
        Reversal.HELD,
        party_id=row.buyer_id,
    )


def _second_way(one: SecondChannel) -> NewDecision:
    failed = f"{WORDS[Channel(one.failed)].capitalize()} a échoué : {one.failure}."
    if not one.taken:
        return NewDecision(
            Duty.SEND,
            f"invoice:{one.number}",
            Outcome.ASKED,
            f"{one.number} n'est pas arrivée"[:200],
            (failed, f"{one.why[:1].upper()}{one.why[1:]}."),
            party_id=one.buyer_id,
        )
    return NewDecision(
        Duty.SEND,
        f"invoice:{one.number}",
        Outcome.ACTED,
        f"{one.number} repart par {WORDS[Channel(one.taken)]}"[:200],
        (failed, f"{one.why[:1].upper()}{one.why[1:]}."),
        Reversal.HELD,
        party_id=one.buyer_id,
    )


def _queued(row: Invoice) -> NewDecision:
    return NewDecision(
        Duty.SEND,
        f"invoice:{row.number}",
        Outcome.ACTED,
        f"{row.number} mise au départ vers {row.buyer_name}"[:200],
        ("Retenue le temps prévu, puis vérifiée une dernière fois.",),
        Reversal.HELD,
        party_id=row.buyer_id,
    )


def _not_queued(row: Invoice, reason: str, *, internal: bool) -> NewDecision:
    return NewDecision(
        Duty.SEND,
        f"invoice:{row.number}",
        Outcome.REFUSED if internal else Outcome.ASKED,
        f"{row.number} n'est pas envoyée"[:200],
        (reason,),
        party_id=row.buyer_id,
    )
