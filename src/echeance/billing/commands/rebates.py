"""Year-end rebates: agreed, settled by one credit note a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.drafts import draft_documents
from echeance.billing.errors import RebateRefusedError
from echeance.billing.events import RebateAgreed, RebateSettled
from echeance.billing.models import RebateAgreement, RebateSettlement
from echeance.billing.rules import rebates as rules
from echeance.billing.types import GLOBAL_CREDIT, DraftFacts, RebateTier

_ITEMS_MAX = 200


@transaction.atomic
def agree_rebate(
    *,
    actor: Actor,
    party_id: int,
    number: str,
    starts_on: date,
    ends_on: date,
    tiers: Sequence[RebateTier],
    basis: str = rules.WHOLE,
    for_group: bool = False,
    item_codes: Sequence[str] = (),
) -> RebateAgreement:
    """Record an agreement on a year-end rebate.

    Args:
        actor: Who records.
        party_id: The customer that gets the credit note.
        number: Of the contract (BT-12), once a company.
        starts_on: First day of the turnover.
        ends_on: Last day.
        tiers: From a turnover on, a rate.
        basis: ``whole``: the rate reached, on all; ``slices``: each slice at its rate.
        for_group: The turnover is that of the whole group of the customer.
        item_codes: Only these articles count; none for all.

    Raises:
        NotFoundError: The customer is unknown.
        RebateRefusedError: The tiers cannot be applied, or the number is taken.
    """
    actor.require(Right.EDIT_PARTIES)
    number = number.strip()[:60]
    reason = rules.problem(tiers)
    if not number:
        reason = "donnez-lui un numéro de contrat, il est imprimé"
    elif basis not in RebateAgreement.Basis.values:
        reason = "le calcul est « whole » ou « slices »"
    elif ends_on < starts_on:
        reason = "elle finit avant de commencer"
    elif len(item_codes) > _ITEMS_MAX:
        reason = f"elle nomme plus de {_ITEMS_MAX} articles"
    elif RebateAgreement.objects.filter(company=actor.company, number=number).exists():
        reason = "ce numéro est déjà pris, choisissez-en un autre"
    if reason:
        raise RebateRefusedError(number, reason)
    row = RebateAgreement.objects.create(
        company=actor.company,
        party_id=queries.buyer_of(actor=actor, party_id=party_id),
        number=number,
        for_group=for_group,
        starts_on=starts_on,
        ends_on=ends_on,
        basis=basis,
        tiers=rules.kept_tiers(tiers),
        item_codes=list(item_codes),
    )
    journal.record(RebateAgreed(row.pk, number), actor=actor)
    return row


@transaction.atomic
def settle_rebate(*, actor: Actor, agreement_id: int) -> RebateSettlement:
    """Draft the credit note (262) of a rebate whose period is over, with its reckoning kept.

    Its VAT is spread over the rates in the proportion of the turnover, no cent lost. A settlement
    whose draft was discarded is settled again.

    Raises:
        NotFoundError: The agreement is unknown.
        RebateRefusedError: The period runs, it is settled already, or nothing is earned.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = (
        RebateAgreement.objects.select_for_update()
        .filter(company=actor.company, pk=agreement_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"accord de remise n° {agreement_id}")
    if row.ends_on >= clock.today():
        raise RebateRefusedError(row.number, "sa période n'est pas finie")
    settled = RebateSettlement.objects.filter(agreement=row, starts_on=row.starts_on)
    if settled.filter(invoice__isnull=False).exists():
        raise RebateRefusedError(row.number, "elle est déjà arrêtée pour cette période")
    settled.delete()
    found, turnover = queries.rebate_earned(actor=actor, agreement=row, on=row.ends_on)
    if not found.amount:
        raise RebateRefusedError(row.number, "aucun palier n'est atteint")
    invoice = draft_documents(
        actor=actor,
        drafts=[
            DraftFacts(
                buyer_id=row.party_id,
                kind=GLOBAL_CREDIT,
                lines=rules.credit_lines(found, turnover.by_group, row.starts_on, row.ends_on),
                contract_reference=row.number,
                period_start=row.starts_on,
                period_end=row.ends_on,
                reason=f"Remise de fin d'année, contrat {row.number}",
            )
        ],
    )[0]
    settlement = RebateSettlement.objects.create(
        company=actor.company,
        agreement=row,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        turnover=found.turnover,
        amount=found.amount,
        detail={"steps": found.detail},
        settled_at=clock.now(),
        settled_by=actor.name,
        invoice=invoice,
    )
    journal.record(
        RebateSettled(row.pk, str(found.turnover), str(found.amount), invoice.pk), actor=actor
    )
    return settlement
