"""The plan of reminders and its texts."""

from __future__ import annotations

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.collection import queries, rules
from echeance.collection.events import LevelTextChanged, PlanSetUp
from echeance.collection.models import DunningLevel, DunningPlan, DunningText
from echeance.collection.texts import STARTING_TEXTS
from echeance.core.dunning import DEFAULT_PLAN


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
        journal.record(
            LevelTextChanged(plan_id=level.plan_id, rank=rank, language=language, changes=changes),
            actor=actor,
        )
    return text
