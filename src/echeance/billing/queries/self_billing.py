"""Reads of self-billing: mandates, documents made in the name of suppliers, their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.models import Invoice, SelfBillingMandate
from echeance.billing.rules.self_billing import answer_by, in_force
from echeance.billing.types import SELF_BILLED_KINDS
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet


def mandates(*, actor: Actor, supplier_id: int | None = None) -> QuerySet[SelfBillingMandate]:
    """Mandates with their supplier, latest first. One query."""
    actor.require(Right.READ)
    rows = SelfBillingMandate.objects.filter(company=actor.company)
    if supplier_id is not None:
        rows = rows.filter(supplier__in=parties.family(actor=actor, party_ids=[supplier_id]))
    return rows.select_related("supplier").order_by("-pk")


def mandate_for(*, actor: Actor, mandate_id: int) -> SelfBillingMandate:
    """One mandate of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = mandates(actor=actor).filter(pk=mandate_id).first()
    if row is None:
        raise NotFoundError(what=f"mandat n° {mandate_id}")
    return row


def mandate_holds(row: SelfBillingMandate, day: date) -> bool:
    """Whether a mandate is in force on a day. No query."""
    return in_force(
        signed_on=row.signed_on,
        ends_on=row.ends_on,
        revoked_on=row.revoked_at.date() if row.revoked_at else None,
        day=day,
    )


def self_billed(*, actor: Actor) -> QuerySet[Invoice]:
    """Documents made in the name of suppliers with mandate and answer, latest first. One query."""
    actor.require(Right.READ)
    return (
        Invoice.objects.filter(company=actor.company, kind__in=SELF_BILLED_KINDS)
        .select_related("mandate__supplier", "answer")
        .defer("facts")
        .order_by("-pk")
    )


@dataclass(frozen=True, slots=True)
class Awaited:
    """A document a supplier has not answered, and until when it may contest."""

    invoice: Invoice
    answer_by: date


def awaited_answers(*, actor: Actor) -> list[Awaited]:
    """Issued documents without an answer, the first to be accepted by silence first. One query."""
    rows = self_billed(actor=actor).filter(
        status=Invoice.Status.ISSUED, answer__isnull=True, issue_date__isnull=False
    )
    found = [
        Awaited(row, answer_by(row.issue_date, row.mandate.contest_days))
        for row in rows
        if row.issue_date is not None and row.mandate is not None
    ]
    return sorted(found, key=lambda one: (one.answer_by, one.invoice.pk))
