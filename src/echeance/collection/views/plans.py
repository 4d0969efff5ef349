"""Web face of the plans: list, editor, who changes, coming back, giving one to customers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.collection import commands, queries, rules_plans
from echeance.collection.forms import TextForm
from echeance.collection.forms_plans import (
    FOLLOWERS_LABELS,
    PREFIX,
    LevelForm,
    LevelFormSet,
    NewPlanForm,
    PlanForm,
    draft_from,
    initial_of,
)
from echeance.collection.rules import MERGE_FIELDS
from echeance.collection.texts import STARTING_PLANS
from echeance.collection.types import CHANGE_LABELS, ChangeKind, PlanDraft
from echeance.core.errors import ConfirmationNeededError
from echeance.core.money import ZERO

SHOWN = 50
HISTORY = 20
LANGUAGE_LABELS = {"fr": "Français", "en": "Anglais"}
DOCUMENT_MAX = 300_000
"""Signs of a draft carried from a page to the next; twelve levels of two texts are well below."""


@login_required
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """The plans, what each does, who follows it. Seven queries."""
    actor = http.actor_of(request)
    rows = list(queries.plans(actor=actor))
    chosen = Counter(queries.choices(actor=actor).values_list("plan_id", flat=True))
    context = {
        "plans": [
            (row, row.levels.all(), _followers(row.is_default, row.category), chosen[row.pk])
            for row in rows
        ],
        "archived": queries.plans(actor=actor, archived=True),
        "form": NewPlanForm(plans=_copies(rows)),
        "may_edit": Right.EDIT_POLICY in actor.rights,
    }
    return http.page(request, "collection/plans.html", context)


def _followers(is_default: bool, category: str) -> str:  # noqa: FBT001
    return gettext(FOLLOWERS_LABELS["default" if is_default else category])


def _copies(rows: Sequence[Any]) -> dict[str, str]:
    return {str(row.pk): gettext("Copie de {name}").format(name=row.name) for row in rows}


@login_required
@require_POST
def plan_new(request: HttpRequest) -> HttpResponse:
    """A new plan, from one of those offered or a copy; then its editor."""
    actor = http.actor_of(request)
    form = NewPlanForm(request.POST, plans=_copies(list(queries.plans(actor=actor))))
    if not form.is_valid():
        messages.error(request, gettext("Donnez un nom au plan et choisissez d'où partir."))
        return redirect("collection:plan")
    source = form.cleaned_data["source"]
    if source in STARTING_PLANS:
        draft = STARTING_PLANS[source]
    else:
        draft = queries.draft_of(queries.plan_for(actor=actor, plan_id=int(source)))
    row = commands.create_plan(actor=actor, draft=replace(draft, name=form.cleaned_data["name"]))
    messages.success(request, gettext("Plan créé : personne ne le suit encore."))
    return redirect("collection:plan_edit", row.pk)


@login_required
@require_http_methods(["GET", "POST"])
def plan_edit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Edit a plan; what is sent is first shown with those whose next step changes."""
    actor = http.actor_of(request)
    row = queries.plan_for(actor=actor, plan_id=plan_id)
    if request.method == "GET":
        return _editor(request, row, queries.draft_of(row))
    if "reprendre" in request.POST:
        return _editor(request, row, _document(request))
    plan_form = PlanForm(request.POST)
    levels = LevelFormSet(request.POST, prefix=PREFIX)
    if not (plan_form.is_valid() and levels.is_valid()):
        return _page(request, row, plan_form, levels, status=422)
    draft = draft_from(plan_form.cleaned_data, [form.cleaned_data for form in levels])
    if "ajouter" in request.POST:
        return _editor(request, row, draft, extra=1)
    draft = rules_plans.completed(rules_plans.ordered(draft))
    found = rules_plans.faults(draft)
    if row.is_default and not draft.is_default:
        found.append(rules_plans.Fault(0, "", rules_plans.STAYS_DEFAULT))
    if found:
        return _page(request, row, plan_form, levels, faults=found, status=422)
    return _review(request, row, draft)


def _document(request: HttpRequest) -> PlanDraft:
    """The draft a page carried to the next; made by hand, it is refused as a bad form is."""
    text = request.POST.get("plan", "")[:DOCUMENT_MAX]
    try:
        return rules_plans.draft_of(json.loads(text))
    except ValueError:
        return PlanDraft("", ())


def _editor(request: HttpRequest, row: Any, draft: PlanDraft, *, extra: int = 0) -> HttpResponse:
    plan, levels = initial_of(draft)
    blank = {"step": "reminder", "channel": "mail", "tone": "courteous", "is_automatic": True}
    levels += [{**blank, "attaches_invoices": True} for _ in range(extra)]
    forms = LevelFormSet(prefix=PREFIX, initial=levels)
    return _page(request, row, PlanForm(initial=plan), forms)


def _page(
    request: HttpRequest,
    row: Any,
    plan_form: PlanForm,
    levels: BaseFormSet[LevelForm],
    *,
    faults: Sequence[rules_plans.Fault] = (),
    status: int = 200,
) -> HttpResponse:
    actor = http.actor_of(request)
    context = {
        "plan": row,
        "form": plan_form,
        "levels": levels,
        "faults": faults,
        "fields": ", ".join(f"{{{name}}}" for name in MERGE_FIELDS),
        "customers": [
            (one.party_id, one.name)
            for one in queries.customers_to_preview(actor=actor, on=clock.today())
        ],
        "history": queries.plan_versions(actor=actor, plan_id=row.pk)[:HISTORY],
        "may_edit": Right.EDIT_POLICY in actor.rights,
    }
    return http.page(request, "collection/plan_edit.html", context, status=status)


def _review(
    request: HttpRequest, row: Any, draft: PlanDraft, *, warning: str = "", status: int = 200
) -> HttpResponse:
    """Who changes if the draft is saved: counts for all, a page of them, the button that saves."""
    actor = http.actor_of(request)
    changes = queries.who_changes(actor=actor, plan_id=row.pk, draft=draft, on=clock.today())
    counts = Counter(change.kind for change in changes)
    asked = request.POST.get("page", "1")
    last = max(1, -(-len(changes) // SHOWN))
    number = min(max(int(asked), 1), last) if asked.isdecimal() else 1
    context = {
        "plan": row,
        "draft": draft,
        "document": json.dumps(rules_plans.document_of(draft)),
        "digest": rules_plans.digest_of(draft, changes),
        "version": request.POST.get("version") or row.version,
        "changes": changes[(number - 1) * SHOWN : number * SHOWN],
        "count": len(changes),
        "total": sum((change.amount for change in changes), ZERO),
        "kinds": [
            (gettext(CHANGE_LABELS[kind]), counts[kind]) for kind in ChangeKind if counts[kind]
        ],
        "later": queries.who_changes_later(
            actor=actor, plan_id=row.pk, draft=draft, on=clock.today()
        ),
        "edits": rules_plans.differences(queries.draft_of(row), draft),
        "page": number,
        "last": last,
        "warning": warning,
        "may_edit": Right.EDIT_POLICY in actor.rights,
    }
    return http.page(request, "collection/plan_review.html", context, status=status)


@login_required
@require_POST
def plan_save(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Save what was looked at; when the list has changed since, it is shown again."""
    actor = http.actor_of(request)
    draft = _document(request)
    row = queries.plan_for(actor=actor, plan_id=plan_id)
    if "page" in request.POST:
        found = rules_plans.faults(draft)
        return _editor(request, row, draft) if found else _review(request, row, draft)
    version = request.POST.get("version", "")
    try:
        saved = commands.save_plan(
            actor=actor,
            plan_id=plan_id,
            draft=draft,
            confirmed=request.POST.get("confirmed", ""),
            version=int(version) if version.isdecimal() else None,
        )
    except ConfirmationNeededError:
        told = gettext("La liste a changé depuis que vous l'avez vue : relisez-la.")
        return _review(request, row, draft, warning=told, status=409)
    undo = reverse("collection:plan_version", args=[saved.pk, row.version])
    told = gettext("Plan « {name} » enregistré.").format(name=saved.name)
    messages.success(request, told, extra_tags=undo if saved.version > row.version else "")
    return redirect("collection:plan_edit", saved.pk)


@login_required
@require_POST
def plan_version(request: HttpRequest, plan_id: int, version: int) -> HttpResponse:
    """A former version, to come back to: shown with who changes, saved by the same button."""
    actor = http.actor_of(request)
    row = queries.plan_for(actor=actor, plan_id=plan_id)
    draft = queries.former_draft(actor=actor, plan_id=plan_id, version=version)
    if row.is_default and not draft.is_default:
        draft = replace(draft, is_default=True, category="")
    return _review(request, row, draft)


@login_required
@require_POST
def plan_archive(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Take a plan nobody follows out of the list, or take it up again."""
    again = "reprise" in request.GET
    row = commands.archive_plan(actor=http.actor_of(request), plan_id=plan_id, archived=not again)
    undo = reverse("collection:plan_archive", args=[plan_id])
    if again:
        told = gettext("Plan « {name} » repris.").format(name=row.name)
        messages.success(request, told, extra_tags=undo)
    else:
        told = gettext("Plan « {name} » archivé.").format(name=row.name)
        messages.success(request, told, extra_tags=f"{undo}?reprise=1")
    return redirect("collection:plan")


@login_required
@require_POST
def plan_preview(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A level as it is written in the form, on a real customer. Nothing is saved or sent."""
    actor = http.actor_of(request)
    queries.plan_for(actor=actor, plan_id=plan_id)
    levels = LevelFormSet(request.POST, prefix=PREFIX)
    levels.is_valid()
    asked, party = request.GET.get("niveau", ""), request.POST.get("apercu", "")
    place = int(asked) if asked.isdecimal() else 0
    facts: Mapping[str, Any] = {}
    if place < len(levels.forms) and levels.forms[place].is_valid():
        facts = levels.forms[place].cleaned_data
    context: dict[str, Any] = {"faults": [gettext("Corrigez d'abord les champs de ce niveau.")]}
    if facts:
        context = _written(request, facts, int(party) if party.isdecimal() else None)
    return http.page(
        request,
        "collection/plan_preview.html",
        context,
        fragment="collection/_plan_preview.html",
        status=200 if facts else 422,
    )


def _written(
    request: HttpRequest, facts: Mapping[str, Any], party_id: int | None
) -> dict[str, Any]:
    plan = {"name": "x", "followers": "", "grouping": "customer", "days_between_contacts": 7}
    amounts = {"floor_amount": None, "ceiling_amount": None}
    draft = draft_from({**plan, **amounts}, [{**facts, "DELETE": False}])
    (level,) = draft.levels
    about_texts = [fault.text for fault in rules_plans.faults(draft) if "texte" in fault.text]
    if about_texts:
        return {"faults": about_texts}
    name, subject, body = queries.preview_level(
        actor=http.actor_of(request), level=level, party_id=party_id, on=clock.today()
    )
    return {"level": level, "name": name, "subject": subject, "body": body}


@login_required
@require_POST
def plan_choose(request: HttpRequest) -> HttpResponse:
    """Give a plan to the customers ticked."""
    asked = request.POST.get("plan_choisi", "")
    report = commands.choose_plan(
        actor=http.actor_of(request),
        party_ids=[int(one) for one in request.POST.getlist("chosen") if one.isdecimal()],
        plan_id=int(asked) if asked.isdecimal() else None,
    )
    count = len({*report.made}) or len(report.ended)
    told = counted(
        "{number} client suit ce plan désormais.", "{number} clients suivent ce plan désormais.",
        count,
    )  # fmt: skip
    marks = ",".join(map(str, report.made)), ",".join(map(str, report.ended))
    undo = f"{reverse('collection:plan_choose_undo')}?faits={marks[0]}&finis={marks[1]}"
    messages.success(request, told, extra_tags=undo if count else "")
    return http.back(request, "collection:reminders")


@login_required
@require_POST
def plan_choose_undo(request: HttpRequest) -> HttpResponse:
    """Put customers back on the plan they followed."""
    made, ended = (
        [int(one) for one in request.GET.get(name, "").split(",") if one.isdecimal()]
        for name in ("faits", "finis")
    )
    count = commands.undo_plan_choice(actor=http.actor_of(request), made=made, ended=ended)
    told = counted(
        "{number} client a retrouvé son plan.", "{number} clients ont retrouvé leur plan.", count
    )
    messages.success(request, told)
    return http.back(request, "collection:reminders")


@login_required
@require_POST
def plan_set_up(request: HttpRequest) -> HttpResponse:
    """Give the company the usual plan."""
    commands.set_up_plan(actor=http.actor_of(request))
    messages.success(request, gettext("Le plan habituel est en place : relisez ses textes."))
    return redirect("collection:plan")


@login_required
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, rank: int, language: str) -> HttpResponse:
    """Change what a level says; messages already prepared keep their text."""
    actor = http.actor_of(request)
    level = queries.level_for(actor=actor, rank=rank)
    template = queries.plan_in_force(actor=actor).template(level.facts, language)
    form = TextForm(
        request.POST or None, initial={"subject": template.subject, "body": template.body}
    )
    if request.method == "POST" and form.is_valid():
        commands.change_text(
            actor=actor, rank=rank, language=template.language, **form.cleaned_data
        )
        told = gettext("Texte de « {level} » enregistré.").format(level=gettext(level.label))
        messages.success(request, told)
        return redirect("collection:plan")
    context = {
        "form": form,
        "level": level,
        "language": gettext(LANGUAGE_LABELS[template.language]),
        "fields": [f"{{{name}}}" for name in MERGE_FIELDS],
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "collection/text.html", context, status=status)
