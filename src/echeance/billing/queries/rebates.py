"""Reads of year-end rebates: agreements, turnover, what is earned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.models import (
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    RebateAgreement,
    RebateSettlement,
)
from echeance.billing.rules.deposits import VatGroup
from echeance.billing.rules.rebates import Rebate, rebate, tiers_of
from echeance.billing.rules.taxes import trimmed
from echeance.billing.types import CORRECTIVE, CREDIT_NOTE, INVOICE, PREPAYMENT
from echeance.core.money import ZERO, round_amount
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

_COUNTED = (INVOICE, CORRECTIVE, CREDIT_NOTE)


def rebate_agreements(*, actor: Actor, open_only: bool = False) -> QuerySet[RebateAgreement]:
    """Agreements with their customer, the latest to end first. One query."""
    actor.require(Right.READ)
    rows = RebateAgreement.objects.filter(company=actor.company)
    if open_only:
        rows = rows.filter(closed_at=None)
    return rows.select_related("party").order_by("-ends_on", "-pk")


def rebate_for(*, actor: Actor, agreement_id: int) -> RebateAgreement:
    """One agreement of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = rebate_agreements(actor=actor).filter(pk=agreement_id).first()
    if row is None:
        raise NotFoundError(what=f"accord de remise n° {agreement_id}")
    return row


def rebate_settlements(*, actor: Actor, agreement_id: int) -> QuerySet[RebateSettlement]:
    """Settlements that have their credit note, latest first. One query.

    One whose draft was discarded is none.
    """
    actor.require(Right.READ)
    rows = RebateSettlement.objects.filter(
        company=actor.company, agreement=agreement_id, invoice__isnull=False
    )
    return rows.select_related("invoice").order_by("-starts_on")


@dataclass(frozen=True, slots=True)
class Turnover:
    """What documents of a period billed without VAT, credits taken off, by what is taxed alike."""

    by_group: dict[VatGroup, Decimal]

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum(self.by_group.values(), ZERO)


def turnover_of(
    *, actor: Actor, agreement: RebateAgreement, starts_on: date, ends_on: date
) -> Turnover:
    """Turnover an agreement counts, in euros, by date of issue. Five queries or so.

    Invoices and corrective invoices, less credit notes; discounts and charges of the documents are
    counted unless the agreement names articles. Deposits are no turnover: what deducts them is not
    taken off either. Rebates themselves, and credits of deposits, do not count.
    """
    actor.require(Right.READ)
    buyers = _buyers(actor, agreement)
    documents = {
        row.pk: row
        for row in Invoice.objects.filter(
            company=actor.company,
            buyer__in=buyers,
            status=Invoice.Status.ISSUED,
            kind__in=_COUNTED,
            issue_date__range=(starts_on, ends_on),
        )
        .exclude(preceding__kind=PREPAYMENT)
        .defer("facts")
    }
    found: dict[VatGroup, Decimal] = {}
    lines = InvoiceLine.objects.filter(invoice__in=documents)
    if agreement.item_codes:
        lines = lines.filter(item_code__in=agreement.item_codes)
    for line in lines.order_by("pk"):
        group = VatGroup(
            line.vat_category,
            trimmed(line.vat_rate),
            line.exemption,
            line.exemption_article,
            line.nature,
        )
        amount = _in_euros(documents[line.invoice_id], line.net_amount)
        found[group] = found.get(group, ZERO) + amount
    if agreement.item_codes:
        return Turnover(found)
    allowances = InvoiceAllowance.objects.filter(
        invoice__in=documents, line=None, deposit=None
    ).order_by("pk")
    for one in allowances:
        group = VatGroup(
            one.vat_category,
            trimmed(one.vat_rate or ZERO),
            one.exemption,
            one.exemption_article,
            one.nature,
        )
        amount = _in_euros(documents[one.invoice_id], one.amount)
        found[group] = found.get(group, ZERO) + (amount if one.is_charge else -amount)
    return Turnover(found)


def _in_euros(document: Invoice, amount: Decimal) -> Decimal:
    if document.exchange_rate:
        amount = round_amount(amount / document.exchange_rate)
    return -amount if document.is_credit_note else amount


def _buyers(actor: Actor, agreement: RebateAgreement) -> Collection[int]:
    """The customer, or every party of its group; those merged into them too."""
    wanted = [agreement.party_id]
    if agreement.for_group:
        found = parties.members_of(actor=actor, party_ids=wanted)
        wanted = found.get(agreement.party_id, wanted)
    return parties.with_merged(actor=actor, party_ids=wanted)


def rebate_earned(*, actor: Actor, agreement: RebateAgreement, on: date) -> tuple[Rebate, Turnover]:
    """What an agreement has earned from its first day to a day, or to its last. Five queries.

    The rate is the one reached by then: it may rise later in the period.
    """
    turnover = turnover_of(
        actor=actor,
        agreement=agreement,
        starts_on=agreement.starts_on,
        ends_on=min(on, agreement.ends_on),
    )
    return rebate(turnover.total, tiers_of(agreement.tiers), agreement.basis), turnover
