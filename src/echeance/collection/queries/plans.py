"""Reads of the plans: which one a customer follows, and what each says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection import rules
from echeance.collection.errors import NoPlanError
from echeance.collection.models import CustomerReply, DunningLevel, DunningPlan, PlanChoice
from echeance.collection.types import Grouping
from echeance.core import dunning
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan and its texts, read whole.

    Attributes:
        templates: By key of level and language; every level has a French one.
        floor_amount: Below it nothing is asked; ``None`` for the policy's.
        ceiling_amount: Above it a person decides; ``None`` for no such amount.
    """

    plan_id: int
    name: str
    plan: dunning.Plan
    templates: Mapping[tuple[str, str], rules.Template]
    floor_amount: Decimal | None = None
    ceiling_amount: Decimal | None = None
    grouping: Grouping = Grouping.CUSTOMER
    category: str = ""
    is_default: bool = False
    version: int = 1

    def template(self, level: dunning.Level, language: str) -> rules.Template:
        """The text of a level in a language, in French when it has none."""
        return self.templates.get((level.key, language)) or self.templates[level.key, "fr"]


@dataclass(frozen=True, slots=True)
class PlanBook:
    """Every plan in force, and which customer follows which.

    Attributes:
        default: The plan of the company.
        plans: By number.
        by_category: Plans of a category of customers, by category.
        choices: Plans chosen for a customer, by the customer as it stands; ids of :attr:`plans`.
        parents: The party each customer depends on.
    """

    default: PlanFacts
    plans: Mapping[int, PlanFacts]
    by_category: Mapping[str, PlanFacts] = field(default_factory=dict)
    choices: Mapping[int, int] = field(default_factory=dict)
    parents: Mapping[int, int] = field(default_factory=dict)

    def of(self, party_id: int, category: str) -> PlanFacts:
        """The plan a customer follows: its own, its nearest parent's, its category's, the usual.

        Args:
            party_id: The customer as it stands, never one that was merged into another.
            category: ``professional``, ``public`` or ``consumer``.
        """
        for one in self._line(party_id):
            if one in self.choices:
                return self.plans[self.choices[one]]
        return self.by_category.get(category, self.default)

    def _line(self, party_id: int) -> Iterator[int]:
        """A customer, then those it depends on, the nearest first."""
        seen: set[int] = set()
        above: int | None = party_id
        while above is not None and above not in seen:
            seen.add(above)
            yield above
            above = self.parents.get(above)


def plan_book(*, actor: Actor) -> PlanBook:
    """Every plan in force and who follows which. Six queries, whatever the number of customers.

    Raises:
        NoPlanError: None was set up.
    """
    actor.require(Right.READ)
    plans = [
        facts_of(row)
        for row in DunningPlan.objects.filter(
            company=actor.company, archived_at=None
        ).prefetch_related("levels__texts")
        if row.levels.all()
    ]
    default = next((one for one in plans if one.is_default), None)
    if default is None:
        raise NoPlanError
    by_id = {one.plan_id: one for one in plans}
    merged = parties.merged_parties(actor=actor)
    inherited: dict[int, int] = {}
    own: dict[int, int] = {}
    for party_id, plan_id in choices(actor=actor).values_list("party_id", "plan_id"):
        if plan_id in by_id:
            (inherited if party_id in merged else own)[merged.get(party_id, party_id)] = plan_id
    return PlanBook(
        default=default,
        plans=by_id,
        by_category={one.category: one for one in plans if one.category},
        # What was chosen for the customer that stays wins over what the merged one followed.
        choices=inherited | own,
        parents=parties.parents_of_all(actor=actor),
    )


def facts_of(row: DunningPlan) -> PlanFacts:
    """A plan as the rules read it, its levels and texts read ahead. No query then."""
    levels = sorted(row.levels.all(), key=lambda level: level.rank)
    return PlanFacts(
        plan_id=row.pk,
        name=row.name,
        plan=dunning.Plan(tuple(level.facts for level in levels), row.days_between_contacts),
        templates={
            (level.key, text.language): rules.Template(text.language, text.subject, text.body)
            for level in levels
            for text in level.texts.all()
        },
        floor_amount=row.floor_amount,
        ceiling_amount=row.ceiling_amount,
        grouping=Grouping(row.grouping),
        category=row.category,
        is_default=row.is_default,
        version=row.version,
    )


def choices(*, actor: Actor) -> QuerySet[PlanChoice]:
    """Choices of plan that stand, oldest first. One query."""
    actor.require(Right.READ)
    return PlanChoice.objects.filter(company=actor.company, ended_at=None).order_by("pk")


def plan_in_force(*, actor: Actor) -> PlanFacts:
    """The plan of the company, that customers without another follow. Three queries.

    Raises:
        NoPlanError: None was set up.
    """
    actor.require(Right.READ)
    row = (
        DunningPlan.objects.filter(company=actor.company, is_default=True)
        .prefetch_related("levels__texts")
        .first()
    )
    if row is None:
        raise NoPlanError
    return facts_of(row)


def level_for(*, actor: Actor, rank: int) -> DunningLevel:
    """A level of the plan of the company. One query.

    Raises:
        NotFoundError: The plan has no such rank.
    """
    row = DunningLevel.objects.filter(
        company=actor.company, plan__is_default=True, rank=rank
    ).first()
    if row is None:
        raise NotFoundError(what=f"niveau de relance {rank}")
    return row


def unread_replies(*, actor: Actor, party_ids: Collection[int] | None = None) -> set[int]:
    """Customers with a reply nobody has read, as they stand: their reminders wait. Two queries.

    Args:
        actor: Whose company.
        party_ids: Only those customers, whatever the number they are asked by.
    """
    actor.require(Right.READ)
    rows = CustomerReply.objects.filter(company=actor.company, read_at=None)
    if party_ids is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    merged = parties.merged_parties(actor=actor)
    return {merged.get(party_id, party_id) for party_id in rows.values_list("party", flat=True)}
