"""Confirmations: a person read a finding of the preflight and says yes, with the why."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import (
    InvoiceAlreadyIssuedError,
    NotConfirmableError,
    ReasonNeededError,
)
from echeance.billing.events import FindingsConfirmed
from echeance.billing.models import Confirmation, Invoice
from echeance.billing.types import Finding, Severity

CREDIT_RULES = frozenset({"billing.credit_limit", "billing.party_on_hold"})
"""What only a person who may grant credit says yes to."""


@transaction.atomic
def confirm_findings(
    *, actor: Actor, invoice_id: int, codes: Collection[tuple[str, str]], reason: str
) -> list[Finding]:
    """Say yes to findings of a draft; all or none.

    What was read is kept, word for word: a finding whose figures change later is asked again.

    Args:
        actor: Who says yes.
        invoice_id: The draft.
        codes: Rule and place of each finding.
        reason: Why, kept with the name.

    Raises:
        RightMissingError: The actor may not issue, or may not grant credit where that is asked.
        NotFoundError: Not one of this company.
        InvoiceAlreadyIssuedError: It has its number.
        ReasonNeededError: No reason.
        NotConfirmableError: A finding blocks by law, or is not said of this draft now.
    """
    actor.require(Right.ISSUE_INVOICES)
    told = reason.strip()[:200]
    if not told:
        raise ReasonNeededError
    row = Invoice.objects.select_for_update().filter(company=actor.company, pk=invoice_id).first()
    if row is None:
        raise NotFoundError(what=f"facture n° {invoice_id}")
    if row.number:
        raise InvoiceAlreadyIssuedError(row.number)
    found = {
        (one.code, one.place): one
        for one in queries.preflight(actor=actor, invoice_ids=[row.pk]).get(row.pk, ())
        if one.severity is Severity.CONFIRMABLE
    }
    if unknown := sorted(set(codes) - set(found)):
        raise NotConfirmableError(what=unknown[0][0])
    chosen = [found[one] for one in dict.fromkeys(codes)]
    if not chosen:
        raise NotConfirmableError(what="aucune anomalie choisie")
    if any(one.code in CREDIT_RULES for one in chosen):
        actor.require(Right.GRANT_CREDIT)
    _keep(actor, row, chosen, told)
    return chosen


def _keep(actor: Actor, row: Invoice, chosen: Collection[Finding], reason: str) -> None:
    now = clock.now()
    rules = [one.code for one in chosen]
    old = Confirmation.objects.filter(invoice=row, code__in=rules, withdrawn_at=None)
    places = {(one.code, one.place) for one in chosen}
    stale = [one.pk for one in old if (one.code, one.place) in places]
    Confirmation.objects.filter(pk__in=stale).update(withdrawn_at=now)
    Confirmation.objects.bulk_create(
        [
            Confirmation(
                company=actor.company,
                invoice=row,
                code=one.code,
                place=one.place,
                message=one.message,
                reason=reason,
                confirmed_at=now,
                confirmed_by=actor.name,
            )
            for one in chosen
        ]
    )
    journal.record(
        FindingsConfirmed(row.pk, rules, [one.message for one in chosen], reason), actor=actor
    )
