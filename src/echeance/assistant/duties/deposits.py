"""Duties about what goes to the platform: invoices, and the statuses the company gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from echeance.assistant.duties.day import Day
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.billing import commands as billing
from echeance.billing import queries as billing_queries
from echeance.billing.models import Invoice
from echeance.billing.rules.channels import DEPOSITED, Channel
from echeance.core.money import ZERO, format_amount
from echeance.transmission import commands as transmission
from echeance.transmission import queries
from echeance.transmission.platform import configured
from echeance.transmission.types import StatusFacts

RECENT: Final = timedelta(days=7)


def deposit(day: Day) -> list[NewDecision]:
    """Prepare the deposit of sealed documents for customers who have a platform.

    Only of those issued in the last days: the day a platform is configured, what customers have
    had otherwise for months is not deposited behind their back.
    """
    if not (day.policy.send and configured.has_platform()):
        return []
    sealed = (
        billing_queries.to_send(actor=day.actor)
        .exclude(buyer__electronic_address="")
        .filter(issue_date__gt=day.on - RECENT)
    )
    waiting = {f"invoice:{row.pk}": row for row in sealed}
    known = queries.deposits_of(actor=day.actor, subjects=list(waiting))
    rows = {row.pk: row for subject, row in waiting.items() if not known[subject]}
    ways = billing_queries.ways(actor=day.actor, rows=list(rows.values()))
    # Those with a way of their own are the duty of sending; those bound here say why they stay.
    rows = {
        pk: row
        for pk, row in rows.items()
        if not ways[pk].taken
        and (
            ways[pk].choice.channel in DEPOSITED
            or ways[pk].facts.of_customer in {Channel.AUTO, *DEPOSITED}
        )
    }
    report = billing.deposit_invoices(actor=day.actor, invoice_ids=list(rows))
    return [
        *(_deposited(rows[pk]) for pk in report.flow_ids),
        *(_not_deposited(rows[pk], reason) for pk, reason in report.skipped.items()),
    ]


def _deposited(row: Invoice) -> NewDecision:
    return NewDecision(
        Duty.DEPOSIT,
        f"invoice:{row.number}",
        Outcome.ACTED,
        f"{row.number} mise en dépôt pour {row.buyer_name}"[:200],
        ("Son client a une adresse dans l'annuaire des plateformes.",),
        Reversal.LEGAL,
        party_id=row.buyer_id,
    )


def _not_deposited(row: Invoice, reason: str) -> NewDecision:
    return NewDecision(
        Duty.DEPOSIT,
        f"invoice:{row.number}",
        Outcome.REFUSED,
        f"{row.number} n'est pas déposée"[:200],
        (f"{reason[0].upper()}{reason[1:]}.",),
        party_id=row.buyer_id,
    )


def tell_receipts(day: Day) -> list[NewDecision]:
    """Tell the platform what was cashed of its invoices, by VAT rate (status 212).

    Whatever other status the company has given since leaves with it.
    """
    report = billing.report_receipts(actor=day.actor)
    transmission.deposit_statuses(actor=day.actor)
    return [
        *(_told_receipt(one) for one in report.given),
        *(
            NewDecision(
                Duty.TELL_RECEIPTS,
                f"invoice:{number}"[:80],
                Outcome.REFUSED,
                f"encaissement de {number} non déclaré à la plateforme"[:200],
                (reason,),
            )
            for number, reason in report.refused.items()
        ),
    ]


def _told_receipt(one: StatusFacts) -> NewDecision:
    parts = [
        f"{format_amount(part.amount)} à {part.rate} %".replace(".", ",")
        for part in one.event.receipts
        if part.amount is not None
    ]
    total = sum((part.amount or ZERO for part in one.event.receipts), ZERO)
    return NewDecision(
        Duty.TELL_RECEIPTS,
        f"invoice:{one.document_ref}"[:80],
        Outcome.ACTED,
        f"encaissement de {one.document_ref} à déclarer : {format_amount(total)}"[:200],
        (f"Par taux de TVA : {', '.join(parts)}.",),
        Reversal.SENT,
        {"status_id": one.status_id},
    )
