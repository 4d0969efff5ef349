"""Web face of the reminders: the dry run is the screen, then what was prepared and its course."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import counted
from echeance.base.paging import Page, Sort, page_of
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.errors import NoPlanError
from echeance.collection.forms import HoldForm
from echeance.collection.forms_plans import CHANNEL_LABELS, EditForm
from echeance.collection.models import Reminder
from echeance.collection.rules_desk import REASON_LABELS, STATE_LABELS
from echeance.collection.types import DECISION_LABELS, Decision
from echeance.core.dunning import Channel
from echeance.core.money import ZERO
from echeance.transmission.types import Status

PREPARED = "preparees"
VIEWS = {Decision.SEND: "a-envoyer", Decision.HOLD: "en-attente", Decision.EXCLUDED: "ecartes"}
TONES = {
    Status.SENT: "good",
    Status.REFUSED: "bad",
    Status.BOUNCED: "bad",
    Status.UNKNOWN: "warn",
    Status.EXPIRED: "warn",
    Status.WITHDRAWN: "neutral",
}
FILTERS = ("niveau", "motif", "plan", "canal", "etat", "q")
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_GET
def reminders(request: HttpRequest) -> HttpResponse:
    """What would leave today, what waits, what is left out, what is prepared.

    The dry run is read once for all customers, a hundred are shown; twelve queries more.
    """
    actor = http.actor_of(request)
    view = request.GET.get("vue", VIEWS[Decision.SEND])
    decision = next((one for one, name in VIEWS.items() if name == view), Decision.SEND)
    view = view if view in {*VIEWS.values(), PREPARED} else VIEWS[Decision.SEND]
    try:
        desk = queries.reminder_desk(
            actor=actor,
            on=clock.today(),
            decision=decision,
            wanted=_wanted(request.GET),
            page=_number(request.GET.get("page", "1")) or 1,
        )
    except NoPlanError:
        may_set_up = Right.EDIT_POLICY in actor.rights
        return http.page(request, "collection/no_plan.html", {"may_set_up": may_set_up})
    names = {row.pk: row.name for row in queries.plans(actor=actor)}
    waiting = list(queries.to_approve(actor=actor))
    sends = desk.decisions[Decision.SEND]
    context = {
        "today": clock.today(),
        "view": view,
        "tabs": [
            *(
                (name, gettext(DECISION_LABELS[one]), desk.decisions[one].customers)
                for one, name in VIEWS.items()
            ),
            (PREPARED, gettext("Préparées"), None),
        ],
        "desk": desk,
        "rows": [(row, names.get(row.plan_id, "")) for row in desk.rows],
        "filters": {name: request.GET.get(name, "") for name in FILTERS},
        "query": _query(request.GET),
        "options": _options(desk, names),
        "plans": sorted(names.items(), key=lambda pair: pair[1]),
        "waiting": waiting,
        "waiting_total": sum((one.total for one in waiting), ZERO),
        "totals": {"count": sends.customers, "asked": sends.amount},
        "replies": list(queries.replies(actor=actor, unread_only=True)[:5]),
        "reply_count": len(queries.unread_replies(actor=actor)),
        "hold_form": _hold_form("liste_%s"),
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
        "may_send": Right.SEND_REMINDERS in actor.rights,
    }
    if view == PREPARED:
        context |= _prepared(request)
    return http.page(request, "collection/reminders.html", context)


def _hold_form(auto_id: str) -> HoldForm:
    """A pause inside another form: it must not prevent the others of its buttons."""
    form = HoldForm(auto_id=auto_id)
    form.use_required_attribute = False
    return form


def _wanted(asked: QueryDict) -> queries.DeskFilter:
    return queries.DeskFilter(
        level=asked.get("niveau", ""),
        reason=asked.get("motif", ""),
        plan_id=_number(asked.get("plan", "")),
        channel=asked.get("canal", ""),
        text=asked.get("q", "")[:80],
    )


def _query(asked: QueryDict) -> str:
    """The filters of the page as an address carries them."""
    kept = {name: asked.get(name, "") for name in ("vue", *FILTERS)}
    return urlencode({name: value for name, value in kept.items() if value})


def _options(desk: queries.Desk, names: dict[int, str]) -> dict[str, list[tuple[object, str]]]:
    channels = {one.value: gettext(label) for one, label in CHANNEL_LABELS.items()}
    return {
        "levels": [(label, label) for label in desk.levels],
        "reasons": [
            (code, gettext(REASON_LABELS.get(code, "autre motif"))) for code in desk.reasons
        ],
        "plans": [(str(pk), names[pk]) for pk in desk.plans if pk in names],
        "channels": [(code, channels[code]) for code in desk.channels if code in channels],
    }


def _prepared(request: HttpRequest) -> dict[str, object]:
    actor = http.actor_of(request)
    asked = request.GET
    rows = queries.prepared(
        actor=actor,
        state=asked.get("etat", ""),
        label=asked.get("niveau", ""),
        text=asked.get("q", "")[:80],
    )
    page: Page[Reminder] = page_of(
        rows,
        sort=_LATEST,
        after=asked.get("apres", ""),
        before=asked.get("avant", ""),
        size=queries.DESK_PAGE,
    )
    waits = rows.filter(queries.PREPARED_STATES["a-approuver"]).count()
    return {
        "page": page,
        "prepared": [(one, tone_of(one), queries.is_held(one)) for one in page.rows],
        "waiting_shown": waits,
        "options": {
            "levels": [(label, label) for label in queries.prepared_labels(actor=actor)],
            "states": [(name, gettext(label)) for name, label in STATE_LABELS.items()],
        },
    }


def tone_of(row: Reminder) -> str:
    """Colour of what became of a reminder."""
    if row.message is not None:
        return TONES.get(Status(row.message.status), "info")
    return "good" if row.released_at else "info"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None


def _numbers(texts: Iterable[str]) -> list[int]:
    return [number for text in texts if (number := _number(text)) is not None]


@login_required
@require_GET
def preview(request: HttpRequest, party_id: int) -> HttpResponse:
    """The message of one customer as it would leave, and how its figures are reckoned."""
    actor = http.actor_of(request)
    row = queries.preview(actor=actor, party_id=party_id, on=clock.today())
    context = {
        "row": row,
        "label": gettext(DECISION_LABELS[row.decision]),
        "channel": _channel(row.channel),
        "attachments": queries.attachments_of(actor=actor, row=row),
        "hold_form": _hold_form("volet_%s"),
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
        "may_send": Right.SEND_REMINDERS in actor.rights,
    }
    return http.page(
        request, "collection/preview.html", context, fragment="collection/_preview.html"
    )


def _channel(code: str) -> str:
    known = {one.value for one in Channel}
    return gettext(CHANNEL_LABELS[Channel(code)]) if code in known else ""


@login_required
@require_GET
def reminder(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """One reminder as it was prepared, and what became of it. Eight queries."""
    actor = http.actor_of(request)
    row = queries.reminder_for(actor=actor, reminder_id=reminder_id)
    subject, body = queries.text_of(row)
    context = {
        "reminder": row,
        "subject": subject,
        "body": body,
        "channel": _channel(row.channel),
        "tone": tone_of(row),
        "files": row.message.files.select_related("file") if row.message else (),
        "replies": queries.replies(actor=actor).filter(reminder=row),
        "is_held": queries.is_held(row),
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
        "may_send": Right.SEND_REMINDERS in actor.rights,
    }
    return http.page(
        request, "collection/reminder.html", context, fragment="collection/_reminder.html"
    )


@login_required
@require_http_methods(["GET", "POST"])
def reminder_edit(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Rewrite the sentences of a reminder that waits; a figure that moves is refused."""
    actor = http.actor_of(request)
    row = queries.reminder_for(actor=actor, reminder_id=reminder_id)
    subject, body = queries.text_of(row)
    form = EditForm(request.POST or None, initial={"subject": subject, "body": body})
    if request.method == "POST" and form.is_valid():
        commands.edit_text(actor=actor, reminder_id=reminder_id, **form.cleaned_data)
        messages.success(request, gettext("Texte retouché : les chiffres n'ont pas bougé."))
        return redirect(_prepared_page())
    context = {"form": form, "reminder": row}
    status = 422 if form.is_bound else 200
    return http.page(request, "collection/reminder_edit.html", context, status=status)


@login_required
@require_POST
def reminder_test(request: HttpRequest) -> HttpResponse:
    """Send a message to oneself: one prepared, or the one a customer would get."""
    actor = http.actor_of(request)
    reminder_id = _number(request.POST.get("relance", ""))
    if reminder_id is not None:
        row = queries.reminder_for(actor=actor, reminder_id=reminder_id)
        subject, body = queries.text_of(row)
    else:
        party_id = _number(request.POST.get("client", "")) or 0
        shown = queries.preview(actor=actor, party_id=party_id, on=clock.today())
        subject, body = shown.subject, shown.body
    address = commands.send_test(actor=actor, subject=subject, body=body)
    told = gettext("Essai envoyé à {address} : le client n'en sait rien.")
    messages.success(request, told.format(address=address))
    return http.back(request, "collection:reminders")


@login_required
@require_POST
def reminders_prepare(request: HttpRequest) -> HttpResponse:
    """Prepare the messages of the customers ticked, else of all those the filters show."""
    actor = http.actor_of(request)
    chosen = _numbers(request.POST.getlist("seul")) or _numbers(request.POST.getlist("chosen"))
    wanted = _wanted(request.POST)
    if not chosen and wanted != queries.DeskFilter():
        desk = queries.reminder_desk(
            actor=actor, on=clock.today(), decision=Decision.SEND, wanted=wanted
        )
        chosen = list(desk.ids)
        if not chosen:
            messages.warning(request, gettext("Aucun client ne correspond à ces filtres."))
            return redirect("collection:reminders")
    report = commands.prepare_reminders(actor=actor, on=clock.today(), party_ids=chosen or None)
    count = len(report.reminder_ids)
    told = counted(
        "{number} relance préparée. Rien n'est encore parti.",
        "{number} relances préparées. Rien n'est encore parti.",
        count,
    )
    waiting = counted(
        "{number} relance attend votre accord.",
        "{number} relances attendent votre accord.",
        report.to_approve,
    )
    messages.success(request, f"{told} {waiting}" if report.to_approve else told)
    return redirect(_prepared_page())


def _prepared_page() -> str:
    return f"{reverse('collection:reminders')}?vue={PREPARED}"


def _asked(request: HttpRequest) -> list[int]:
    """Reminders ticked, the one of the row, or all those the filters show that wait for a yes."""
    if one := _numbers(request.POST.getlist("seul")):
        return one
    if "tous" not in request.POST:
        return _numbers(request.POST.getlist("chosen"))
    rows = queries.prepared(
        actor=http.actor_of(request),
        state="a-approuver",
        label=request.POST.get("niveau", ""),
        text=request.POST.get("q", "")[:80],
    )
    return list(rows.values_list("pk", flat=True))


@login_required
@require_POST
def reminders_approve(request: HttpRequest) -> HttpResponse:
    """Let reminders leave, once checked a last time: those ticked, or all of a level."""
    count = commands.approve_reminders(actor=http.actor_of(request), reminder_ids=_asked(request))
    told = counted(
        "{number} relance approuvée : départ après une dernière vérification.",
        "{number} relances approuvées : départ après une dernière vérification.",
        count,
    )
    messages.success(request, told)
    return redirect(_prepared_page())


@login_required
@require_POST
def reminders_cancel(request: HttpRequest) -> HttpResponse:
    """Take back the reminders ticked."""
    count = commands.cancel_reminders(
        actor=http.actor_of(request),
        reminder_ids=_asked(request),
        reason="Annulée par une personne.",
    )
    told = counted(
        "{number} relance annulée : ce qu'elle demandait reste dû.",
        "{number} relances annulées : ce qu'elles demandaient reste dû.",
        count,
    )
    messages.success(request, told)
    return redirect(_prepared_page())


@login_required
@require_POST
def customers_hold(request: HttpRequest) -> HttpResponse:
    """Pause the reminders of the customers ticked, with a reason and perhaps a last day."""
    chosen = _numbers(request.POST.getlist("seul")) or _numbers(request.POST.getlist("chosen"))
    form = HoldForm(request.POST)
    form.is_valid()
    until: date | None = form.cleaned_data.get("until")
    rows = commands.hold_customers(
        actor=http.actor_of(request),
        party_ids=chosen,
        reason=form.cleaned_data.get("reason", ""),
        until=until,
    )
    told = counted(
        "Relances suspendues pour {number} client.",
        "Relances suspendues pour {number} clients.",
        len(rows),
    )
    marks = ",".join(str(row.pk) for row in rows)
    undo = f"{reverse('collection:customers_resume')}?pauses={marks}"
    messages.success(request, told, extra_tags=undo if rows else "")
    return http.back(request, "collection:reminders")


@login_required
@require_POST
def customers_resume(request: HttpRequest) -> HttpResponse:
    """Lift several pauses: the undo of a pause in bulk."""
    marks = _numbers(request.GET.get("pauses", "").split(","))
    commands.resume_reminders(actor=http.actor_of(request), hold_ids=marks)
    messages.success(request, gettext("Les relances reprennent à la prochaine campagne."))
    return http.back(request, "collection:reminders")
