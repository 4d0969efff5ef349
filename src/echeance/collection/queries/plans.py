"""Reads of the plans: which one a customer follows, and what each says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.base.models import JournalEvent
from echeance.base.rights import Right
from echeance.collection import rules, rules_plans
from echeance.collection.errors import NoPlanError
from echeance.collection.events import PlanSaved
from echeance.collection.models import CustomerReply, DunningLevel, DunningPlan, PlanChoice
from echeance.collection.types import Grouping, LevelDraft, PlanDraft
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

    def replaced(self, plan_id: int, draft: PlanDraft) -> PlanBook:
        """The book as it would be with a plan written like this: it takes its category over."""
        former = self.plans[plan_id]
        is_default = draft.is_default or former.is_default
        facts = PlanFacts(
            plan_id=plan_id,
            name=draft.name,
            plan=rules_plans.plan_of(draft),
            templates=rules_plans.templates_of(draft),
            floor_amount=draft.floor_amount,
            ceiling_amount=draft.ceiling_amount,
            grouping=draft.grouping,
            category=draft.category,
            is_default=is_default,
            version=former.version + 1,
        )
        by_category = {
            category: one for category, one in self.by_category.items() if one.plan_id != plan_id
        }
        if draft.category:
            by_category[draft.category] = facts
        return replace(
            self,
            default=facts if is_default else self.default,
            plans={**self.plans, plan_id: facts},
            by_category=by_category,
        )

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


def plans(*, actor: Actor, archived: bool = False) -> QuerySet[DunningPlan]:
    """Plans of the company, the usual one first, then by name; levels read ahead. Two queries."""
    actor.require(Right.READ)
    return (
        DunningPlan.objects.filter(company=actor.company, archived_at__isnull=not archived)
        .prefetch_related("levels")
        .order_by("-is_default", "name", "pk")
    )


def plan_for(*, actor: Actor, plan_id: int) -> DunningPlan:
    """One plan of the company, its levels and texts read ahead. Three queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        DunningPlan.objects.filter(company=actor.company, pk=plan_id)
        .prefetch_related("levels__texts")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"plan de relance n° {plan_id}")
    return row


def draft_of(row: DunningPlan) -> PlanDraft:
    """A plan as a draft of itself, its levels and texts read ahead. No query then."""
    return PlanDraft(
        name=row.name,
        category=row.category,
        is_default=row.is_default,
        grouping=Grouping(row.grouping),
        days_between_contacts=row.days_between_contacts,
        floor_amount=row.floor_amount,
        ceiling_amount=row.ceiling_amount,
        levels=tuple(
            LevelDraft(
                key=level.key,
                label=level.label,
                days_after_due=level.days_after_due,
                step=level.facts.step,
                channel=level.facts.channel,
                tone=level.facts.tone,
                shows_penalties=level.shows_penalties,
                is_automatic=level.is_automatic,
                attaches_invoices=level.attaches_invoices,
                attaches_statement=level.attaches_statement,
                signed_by=level.signed_by,
                signed_as=level.signed_as,
                texts=tuple(
                    sorted((text.language, text.subject, text.body) for text in level.texts.all())
                ),
            )
            for level in sorted(row.levels.all(), key=lambda one: one.rank)
        ),
    )


def plan_versions(*, actor: Actor, plan_id: int) -> QuerySet[JournalEvent]:
    """What was saved of a plan, the latest first. One query."""
    actor.require(Right.READ)
    return JournalEvent.objects.filter(
        company=actor.company, action=PlanSaved.action, subject=f"dunning_plan:{plan_id}"
    ).order_by("-pk")


def former_draft(*, actor: Actor, plan_id: int, version: int) -> PlanDraft:
    """A plan as it was in a version, read from what the journal kept of it. One query.

    Raises:
        NotFoundError: The journal does not have that version.
    """
    rows = plan_versions(actor=actor, plan_id=plan_id)
    for row in rows:
        if row.facts["version"] == version:
            return rules_plans.draft_of(row.facts["after"])
        if row.facts["version"] == version + 1 and row.facts["before"]:
            return rules_plans.draft_of(row.facts["before"])
    raise NotFoundError(what=f"version {version} du plan")


def choices_of(*, actor: Actor, party_ids: Collection[int]) -> dict[int, PlanChoice]:
    """The standing choice of each customer asked for that has one, merged ones included."""
    merged = parties.with_merged(actor=actor, party_ids=party_ids)
    rows = choices(actor=actor).filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    found: dict[int, PlanChoice] = {}
    for row in rows.select_related("plan"):
        asked = merged[row.party_id]
        if asked not in found or row.party_id == asked:
            found[asked] = row
    return found


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
