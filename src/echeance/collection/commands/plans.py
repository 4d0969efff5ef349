"""The plan of reminders and its texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import F

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection import queries, rules, rules_plans
from echeance.collection.errors import (
    DayPastError,
    LegalStepSkippedError,
    PlanChangedError,
    PlanInUseError,
    PlanRefusedError,
    ReasonMissingError,
)
from echeance.collection.events import (
    LevelTextChanged,
    PlanArchived,
    PlanChosen,
    PlanSaved,
    PlanSetUp,
    RemindersHeld,
)
from echeance.collection.models import (
    DunningLevel,
    DunningPlan,
    DunningText,
    Hold,
    LetterTemplate,
    PlanChoice,
)
from echeance.collection.texts import STARTING_TEXTS
from echeance.collection.types import PlanChoiceReport, PlanDraft
from echeance.core.dunning import DEFAULT_PLAN
from echeance.core.errors import ConfirmationNeededError
from echeance.core.words import clean_line
from echeance.parties import queries as parties

_MOVED = 1000
"""Added to ranks and days while levels change places: no two of them are alike meanwhile."""


@transaction.atomic
def set_up_plan(*, actor: Actor) -> DunningPlan:
    """Give the company the usual plan of three levels and its texts, unless it has a plan."""
    actor.require(Right.EDIT_POLICY)
    plan, created = DunningPlan.objects.get_or_create(
        company=actor.company,
        is_default=True,
        defaults={
            "name": "Plan habituel",
            "days_between_contacts": DEFAULT_PLAN.days_between_contacts,
            "created_at": clock.now(),
        },
    )
    if not created:
        return plan
    levels = [
        DunningLevel(
            company=actor.company,
            plan=plan,
            rank=level.rank,
            key=level.key,
            label=level.label,
            days_after_due=level.days_after_due,
            channel=level.channel,
            tone=level.tone,
            shows_penalties=level.shows_penalties,
        )
        for level in DEFAULT_PLAN.levels
    ]
    DunningLevel.objects.bulk_create(levels)
    DunningText.objects.bulk_create(
        DunningText(
            company=actor.company,
            level=level,
            language=language,
            subject=texts[level.key][0],
            body=texts[level.key][1],
        )
        for level in levels
        for language, texts in STARTING_TEXTS.items()
    )
    journal.record(PlanSetUp(plan_id=plan.pk, levels=len(levels)), actor=actor)
    return plan


@transaction.atomic
def change_text(
    *, actor: Actor, rank: int, subject: str, body: str, language: str = "fr"
) -> DunningText:
    """Change what a level says in one language; messages already prepared keep theirs.

    Raises:
        NotFoundError: The plan has no such rank.
        UnknownMergeFieldError: The text names a field that does not exist.
        MissingMergeFieldError: The body lacks the invoices or the total.
    """
    actor.require(Right.EDIT_POLICY)
    assert language in rules.LANGUAGES, "the form offers the languages there are"
    rules.check_template(rules.Template(language, subject, body))
    level = queries.level_for(actor=actor, rank=rank)
    text = DunningText.objects.select_for_update().get(level=level, language=language)
    changes = {
        name: (old, new)
        for name, old, new in (("subject", text.subject, subject), ("body", text.body, body))
        if old != new
    }
    if changes:
        text.subject, text.body = subject, body
        text.save(update_fields=list(changes))
        DunningPlan.objects.filter(pk=level.plan_id).update(version=F("version") + 1)
        journal.record(
            LevelTextChanged(plan_id=level.plan_id, rank=rank, language=language, changes=changes),
            actor=actor,
        )
    return text


@transaction.atomic
def create_plan(*, actor: Actor, draft: PlanDraft) -> DunningPlan:
    """A new plan, that nobody follows yet: its category is given by an edit, which shows who moves.

    Raises:
        LegalStepSkippedError: It would skip a step that the law, or proof, needs.
        PlanRefusedError: It could not be followed, or its name is taken.
    """
    actor.require(Right.EDIT_POLICY)
    draft = rules_plans.completed(
        replace(rules_plans.ordered(draft), category="", is_default=False)
    )
    _check(actor, draft, plan_id=None)
    row = DunningPlan.objects.create(
        company=actor.company,
        name=draft.name,
        grouping=draft.grouping,
        days_between_contacts=draft.days_between_contacts,
        floor_amount=draft.floor_amount,
        ceiling_amount=draft.ceiling_amount,
        created_at=clock.now(),
    )
    _write_levels(actor, row, draft)
    journal.record(
        PlanSaved(row.pk, row.version, {}, 0, {}, rules_plans.document_of(draft)), actor=actor
    )
    return row


@transaction.atomic
def save_plan(
    *,
    actor: Actor,
    plan_id: int,
    draft: PlanDraft,
    confirmed: str = "",
    version: int | None = None,
) -> DunningPlan:
    """Save a plan as one edit, once the customers whose next step changes were seen.

    Messages already prepared keep what they say. A category, or being the usual plan, is taken
    from the plan that had it. The journal keeps both versions whole: coming back is another edit.

    Args:
        actor: Needs the right to edit the policy.
        plan_id: The plan.
        draft: As it is to be.
        confirmed: Digest of the changes a person has seen; needless when nobody changes.
        version: The one the person started from; another one since is a conflict.

    Raises:
        NotFoundError: Not a plan in force of this company.
        PlanChangedError: It was saved meanwhile.
        LegalStepSkippedError: It would skip a step that the law, or proof, needs.
        PlanRefusedError: It could not be followed.
        ConfirmationNeededError: Customers change, and not as confirmed.
    """
    actor.require(Right.EDIT_POLICY)
    DunningPlan.objects.select_for_update().filter(company=actor.company, pk=plan_id).first()
    row = queries.plan_for(actor=actor, plan_id=plan_id)
    if row.archived_at:
        raise NotFoundError(what=f"plan de relance n° {plan_id}")
    if version is not None and version != row.version:
        raise PlanChangedError(name=row.name, version=row.version)
    before = queries.draft_of(row)
    draft = rules_plans.completed(rules_plans.ordered(draft))
    _check(actor, draft, plan_id=plan_id)
    if before.is_default and not draft.is_default:
        raise PlanRefusedError(name=draft.name, problem=rules_plans.STAYS_DEFAULT)
    changes = rules_plans.differences(before, draft)
    if not changes:
        return row
    moved = queries.who_changes(actor=actor, plan_id=plan_id, draft=draft, on=clock.today())
    digest = rules_plans.digest_of(draft, moved)
    if moved and confirmed != digest:
        question = (
            "Un client change d'étape : regardez lequel, puis confirmez."
            if len(moved) == 1
            else f"{len(moved)} clients changent d'étape : regardez lesquels, puis confirmez."
        )
        raise ConfirmationNeededError(key=digest, question=question)
    others = DunningPlan.objects.filter(company=actor.company, archived_at=None).exclude(pk=plan_id)
    if draft.is_default and not before.is_default:
        others.filter(is_default=True).update(is_default=False, version=F("version") + 1)
    if draft.category:
        others.filter(category=draft.category).update(category="", version=F("version") + 1)
    row.name = draft.name
    row.category = draft.category
    row.is_default = draft.is_default
    row.grouping = draft.grouping.value
    row.days_between_contacts = draft.days_between_contacts
    row.floor_amount = draft.floor_amount
    row.ceiling_amount = draft.ceiling_amount
    row.version += 1
    row.save()
    _write_levels(actor, row, draft)
    journal.record(
        PlanSaved(
            plan_id=row.pk,
            version=row.version,
            changes=changes,
            customers=len(moved),
            before=rules_plans.document_of(before),
            after=rules_plans.document_of(draft),
        ),
        actor=actor,
    )
    return row


def _check(actor: Actor, draft: PlanDraft, *, plan_id: int | None) -> None:
    found = rules_plans.faults(draft)
    for fault in found:
        if fault.legal:
            raise LegalStepSkippedError(step=fault.step, reason=fault.text)
    if found:
        raise PlanRefusedError(name=draft.name, problem=" ".join(one.text for one in found))
    same = DunningPlan.objects.filter(company=actor.company, archived_at=None, name=draft.name)
    if same.exclude(pk=plan_id or 0).exists():
        problem = "un autre plan porte déjà ce nom : choisissez-en un autre."
        raise PlanRefusedError(name=draft.name, problem=problem)


def _write_levels(actor: Actor, row: DunningPlan, draft: PlanDraft) -> None:
    """The levels as drafted: those whose key stays are the same ones, so their letters stay."""
    known = {level.key: level for level in DunningLevel.objects.filter(plan=row)}
    gone = [
        level.pk for key, level in known.items() if key not in {one.key for one in draft.levels}
    ]
    DunningText.objects.filter(level__plan=row).delete()
    templates = LetterTemplate.objects.filter(level__in=gone)
    templates.filter(ended_at=None).update(ended_at=clock.now())
    templates.update(level=None)
    DunningLevel.objects.filter(pk__in=gone).delete()
    DunningLevel.objects.filter(plan=row).update(
        rank=F("rank") + _MOVED, days_after_due=F("days_after_due") + 10 * _MOVED
    )
    levels = []
    for rank, one in enumerate(draft.levels, 1):
        level = known.get(one.key) or DunningLevel(company=actor.company, plan=row, key=one.key)
        level.rank = rank
        level.label = one.label
        level.days_after_due = one.days_after_due
        level.step = one.step.value
        level.channel = one.channel.value
        level.tone = one.tone.value
        level.shows_penalties = one.shows_penalties
        level.is_automatic = one.is_automatic
        level.attaches_invoices = one.attaches_invoices
        level.attaches_statement = one.attaches_statement
        level.signed_by = one.signed_by
        level.signed_as = one.signed_as
        level.save()
        levels.append(level)
    DunningText.objects.bulk_create(
        DunningText(
            company=actor.company, level=level, language=language, subject=subject, body=body
        )
        for level, one in zip(levels, draft.levels, strict=True)
        for language, subject, body in one.texts
    )


@transaction.atomic
def archive_plan(*, actor: Actor, plan_id: int, archived: bool = True) -> DunningPlan:
    """Take a plan that nobody follows out of the choices; ``archived=False`` takes it up again.

    Raises:
        NotFoundError: Not one of this company.
        PlanInUseError: It is the usual one, that of a category, or customers follow it.
    """
    actor.require(Right.EDIT_POLICY)
    row = DunningPlan.objects.select_for_update().filter(company=actor.company, pk=plan_id).first()
    if row is None:
        raise NotFoundError(what=f"plan de relance n° {plan_id}")
    if archived == (row.archived_at is not None):
        return row
    if archived:
        following = queries.choices(actor=actor).filter(plan=row).count()
        if row.is_default or row.category:
            reason = "des clients le suivent d'office. Désignez d'abord le plan qui le remplace."
            raise PlanInUseError(name=row.name, reason=reason)
        if following:
            whose = "1 client le suit" if following == 1 else f"{following} clients le suivent"
            reason = f"{whose}. Donnez-leur d'abord un autre plan."
            raise PlanInUseError(name=row.name, reason=reason)
    elif queries.plans(actor=actor).filter(name=row.name).exists():
        problem = "un autre plan porte déjà ce nom : renommez-le d'abord."
        raise PlanRefusedError(name=row.name, problem=problem)
    row.archived_at = clock.now() if archived else None
    row.save(update_fields=["archived_at"])
    journal.record(PlanArchived(row.pk, archived), actor=actor)
    return row


@transaction.atomic
def choose_plan(
    *, actor: Actor, party_ids: Collection[int], plan_id: int | None
) -> PlanChoiceReport:
    """Give a plan to customers, or give them back that of their category with ``None``.

    Messages already prepared keep what they say. Eight queries, whatever the number.

    Raises:
        NotFoundError: A customer, or the plan, is not of this company or is archived.
    """
    actor.require(Right.PREPARE_REMINDERS)
    stands = _standing(actor, party_ids)
    if plan_id is not None and not queries.plans(actor=actor).filter(pk=plan_id).exists():
        raise NotFoundError(what=f"plan de relance n° {plan_id}")
    former = {
        row.party_id: row
        for row in queries.choices(actor=actor)
        .filter(party__in=parties.family(actor=actor, party_ids=stands))
        .select_for_update()
    }
    merged = parties.merged_parties(actor=actor)
    follows = {merged.get(party, party): row.plan_id for party, row in former.items()}
    follows |= {party: row.plan_id for party, row in former.items() if party not in merged}
    fresh = [party_id for party_id in stands if follows.get(party_id) != plan_id]
    ended = [row for party, row in former.items() if merged.get(party, party) in set(fresh)]
    now = clock.now()
    PlanChoice.objects.filter(pk__in=[row.pk for row in ended]).update(ended_at=now)
    made = []
    if plan_id is not None:
        made = PlanChoice.objects.bulk_create(
            PlanChoice(
                company=actor.company,
                party_id=party_id,
                plan_id=plan_id,
                chosen_at=now,
                chosen_by=actor.name,
            )
            for party_id in fresh
        )
    journal.record_many(
        [PlanChosen(party_id, plan_id, follows.get(party_id)) for party_id in fresh], actor=actor
    )
    return PlanChoiceReport(
        made=tuple(row.pk for row in made),
        ended=tuple(row.pk for row in ended),
        unchanged=len(stands) - len(fresh),
    )


@transaction.atomic
def undo_plan_choice(
    *, actor: Actor, made: Collection[int] = (), ended: Collection[int] = ()
) -> int:
    """Put customers back on the plan they followed, unless somebody chose again since.

    Args:
        actor: Needs the right to prepare reminders.
        made: Choices to take back.
        ended: Choices they replaced, to write again.

    Returns:
        How many customers were put back.

    Raises:
        NotFoundError: A choice is not of this company.
    """
    actor.require(Right.PREPARE_REMINDERS)
    mine = PlanChoice.objects.select_for_update().filter(company=actor.company)
    rows = list(mine.filter(pk__in={*made, *ended}).select_related("plan"))
    if len(rows) != len({*made, *ended}):
        raise NotFoundError(what="un des choix de plan")
    now = clock.now()
    back = [row for row in rows if row.pk in set(made) and row.ended_at is None]
    PlanChoice.objects.filter(pk__in=[row.pk for row in back]).update(ended_at=now)
    parties_back = {row.party_id for row in rows if row.pk in set(made)}
    busy = set(
        queries.choices(actor=actor)
        .filter(party__in=[row.party_id for row in rows])
        .values_list("party_id", flat=True)
    )
    taken_back = {row.party_id: row.plan_id for row in back}
    again = [
        row
        for row in rows
        if row.pk in set(ended)
        and row.party_id not in busy
        and row.plan.archived_at is None
        and (row.party_id in taken_back or row.party_id not in parties_back)
    ]
    PlanChoice.objects.bulk_create(
        PlanChoice(
            company=actor.company,
            party_id=row.party_id,
            plan_id=row.plan_id,
            chosen_at=now,
            chosen_by=actor.name,
        )
        for row in again
    )
    restored = {row.party_id: row.plan_id for row in again}
    touched = sorted(taken_back.keys() | restored.keys())
    journal.record_many(
        [
            PlanChosen(party_id, restored.get(party_id), taken_back.get(party_id))
            for party_id in touched
        ],
        actor=actor,
    )
    return len(touched)


def _standing(actor: Actor, party_ids: Collection[int]) -> list[int]:
    """The customers asked for as they stand, all of them of the company."""
    wanted = set(party_ids)
    found = parties.snapshots(actor=actor, party_ids=wanted)
    if len(found) != len(wanted):
        raise NotFoundError(what="un des clients")
    return sorted({snapshot.party_id for snapshot in found.values()})


@transaction.atomic
def hold_customers(
    *, actor: Actor, party_ids: Collection[int], reason: str, until: date | None = None
) -> list[Hold]:
    """Pause the reminders of several customers; undone by lifting the pauses.

    Raises:
        NotFoundError: A customer is not of this company.
        ReasonMissingError: Nobody would know why.
        DayPastError: The last day is over.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if not clean_line(reason):
        raise ReasonMissingError
    if until is not None and until < clock.today():
        raise DayPastError(day=until)
    now = clock.now()
    rows = Hold.objects.bulk_create(
        Hold(
            company=actor.company,
            party_id=party_id,
            reason=clean_line(reason)[:200],
            until=until,
            placed_at=now,
            placed_by=actor.name,
        )
        for party_id in _standing(actor, party_ids)
    )
    journal.record_many(
        [RemindersHeld(row.pk, row.party_id, None, row.reason, until) for row in rows], actor=actor
    )
    return rows
