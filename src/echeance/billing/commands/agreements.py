"""What is agreed with a customer: how its documents are grouped, when, at which prices."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from echeance.base import journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import BillingRuleInvalidError
from echeance.billing.events import BillingRuleSaved
from echeance.billing.models import BillingRule, PriceList
from echeance.billing.rules.agreements import problem_of
from echeance.billing.types import BillingRuleFacts
from echeance.parties import queries as parties


@transaction.atomic
def save_billing_rule(*, actor: Actor, party_id: int, facts: BillingRuleFacts) -> BillingRule:
    """Say how a customer is billed; documents already drafted stay as they are. Five queries.

    Raises:
        NotFoundError: Not a customer of this company.
        BillingRuleInvalidError: A word that is none, a day that is none, or a list not in use.
    """
    actor.require(Right.EDIT_PARTIES)
    party = parties.snapshots(actor=actor, party_ids=[party_id]).get(party_id)
    if party is None:
        raise NotFoundError(what=f"client n° {party_id}")
    problem = problem_of(facts)
    lists = PriceList.objects.filter(company=actor.company, closed_at=None)
    if facts.price_list_id is not None and not lists.filter(pk=facts.price_list_id).exists():
        problem = problem or "ce tarif n'est pas en usage"
    if problem:
        raise BillingRuleInvalidError(problem)
    row, _ = BillingRule.objects.update_or_create(
        party_id=party.party_id, defaults={"company": actor.company, **asdict(facts)}
    )
    journal.record(BillingRuleSaved(party.party_id, asdict(facts)), actor=actor)
    return row
