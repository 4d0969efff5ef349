"""Web face of letters: their course and its proofs, and the models they are set with."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.forms_letters import (
    FILE_BYTES_MAX,
    LetterModelForm,
    ProofForm,
    ProofListForm,
)
from echeance.collection.models import Reminder
from echeance.collection.types import PROOF_LABELS, ProofKind
from echeance.core.errors import EcheanceError
from echeance.core.letters import office
from echeance.core.letters.fields import MERGE_FIELDS
from echeance.core.letters.setting import house_template
from echeance.core.letters.word import starting_model
from echeance.transmission import registered

PAGE_SIZE = 30
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """Letters of reminders, the latest first, with where each stands. Six queries."""
    actor = http.actor_of(request)
    page = page_of(
        queries.letters(actor=actor),
        sort=_LATEST,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "letters": [(row, _stage(row)) for row in page.rows],
        "form": ProofListForm(),
        "has_registered": registered.has_provider(),
        "may_send": Right.SEND_REMINDERS in actor.rights,
    }
    return http.page(request, "collection/letters.html", context)


def _stage(row: Reminder) -> tuple[str, str]:
    """Tone and sentence of where a letter stands: its last proof, else its way."""
    proofs = list(row.proofs.all())
    if proofs:
        last = proofs[-1]
        tone = {"received": "good", "returned": "bad", "posted": "info"}.get(last.kind, "warn")
        return tone, f"{gettext(PROOF_LABELS[ProofKind(last.kind)])}, {last.on:%d/%m/%Y}"
    if row.cancelled_at:
        return "neutral", gettext("annulée")
    if row.letter:
        return "info", gettext(row.letter.get_state_display())
    if row.message:
        return "info", gettext(row.message.get_status_display())
    return "neutral", gettext("préparée")


@login_required
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """A letter, the chain of its proofs, and the next one to note."""
    actor = http.actor_of(request)
    row = queries.letter_for(actor=actor, reminder_id=reminder_id)
    form = ProofForm(request.POST or None, request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            commands.record_proof(
                actor=actor,
                reminder_id=row.pk,
                kind=ProofKind(facts["kind"]),
                on=facts["on"],
                tracking=facts["tracking"],
                file=_proof_file(facts["file"], row.pk),
                note=facts["note"],
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("La preuve est notée."))
            return redirect("collection:letter", row.pk)
    context = {
        "letter": row,
        "stage": _stage(row),
        "proofs": [(one, PROOF_LABELS[ProofKind(one.kind)]) for one in row.proofs.all()],
        "form": form,
        "may_send": Right.SEND_REMINDERS in actor.rights,
        "is_paper": row.channel in queries.ON_PAPER,
        "in_word_only": bool(row.word_file_id) and not office.is_available(),
    }
    status = 422 if form.errors else 200
    return http.page(request, "collection/letter.html", context, status=status)


def _proof_file(given: UploadedFile[bytes] | None, reminder_id: int) -> NewFile | None:
    if given is None or (given.size or 0) > FILE_BYTES_MAX:
        return None
    return NewFile(
        content=given.read(),
        filename=given.name or "preuve",
        media_type=given.content_type or "application/octet-stream",
        kind="letter_proof",
        subject=f"reminder:{reminder_id}",
        keep_until=retention_date(clock.today().replace(month=12, day=31)),
    )


@login_required
@require_POST
def letter_proofs(request: HttpRequest) -> HttpResponse:
    """Record a list of proofs, and show what became of each line."""
    actor = http.actor_of(request)
    form = ProofListForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["file"].size > FILE_BYTES_MAX:
        messages.error(request, gettext("Choisissez la liste des preuves, 10 Mo au plus."))
        return redirect("collection:letters")
    given = form.cleaned_data["file"]
    try:
        lines = commands.import_proofs(actor=actor, content=given.read(), filename=given.name)
    except EcheanceError as error:
        messages.error(request, translated(error))
        return redirect("collection:letters")
    done = sum(1 for line in lines if not line.problem)
    context = {"lines": lines, "done": done, "wrong": len(lines) - done}
    return http.page(request, "collection/letter_proofs.html", context)


@login_required
@require_POST
def letters_follow(request: HttpRequest) -> HttpResponse:
    """Ask the provider what became of electronic registered letters."""
    actor = http.actor_of(request)
    try:
        count = commands.follow_registered_letters(actor=actor)
    except EcheanceError as error:
        messages.error(request, translated(error))
    except OSError:
        messages.error(request, gettext("Le prestataire ne répond pas : réessayez plus tard."))
    else:
        messages.success(request, gettext("Preuves reçues : {number}.").format(number=count))
    return redirect("collection:letters")


@login_required
@require_http_methods(["GET", "POST"])
def letter_models(request: HttpRequest) -> HttpResponse:
    """Models of letters: those in force, those before, and a new one. Four queries."""
    actor = http.actor_of(request)
    levels = [
        (str(level.pk), f"{level.plan.name} · {level.label}")
        for level in queries.levels_of_company(actor=actor)
    ]
    form = LetterModelForm(request.POST or None, request.FILES or None, levels=levels)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        given = facts["file"]
        try:
            row = commands.add_letter_model(
                actor=actor,
                name=facts["name"],
                content=given.read(FILE_BYTES_MAX),
                syntax="typst" if given.name.lower().endswith(".typ") else "word",
                language=facts["language"],
                level_id=int(facts["level"]) if facts["level"] else None,
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("Le modèle « {name} » est employé dès la prochaine lettre.")
            messages.success(request, told.format(name=row.name))
            return redirect("collection:letter_models")
    context = {
        "models": list(queries.letter_models(actor=actor)[:100]),
        "form": form,
        "fields": MERGE_FIELDS,
        "may_edit": Right.EDIT_POLICY in actor.rights,
        "has_office": office.is_available(),
    }
    status = 422 if form.errors else 200
    return http.page(request, "collection/letter_models.html", context, status=status)


@login_required
@require_GET
def letter_model_start(request: HttpRequest, syntax: str, language: str) -> HttpResponse:
    """A model to start from, as a file."""
    http.actor_of(request)
    if syntax == "typst":
        return http.download(house_template().encode(), "modele-de-lettre.typ")
    chosen = language if language in {"fr", "en"} else "fr"
    return http.download(starting_model(chosen), f"modele-de-lettre-{chosen}.docx")


@login_required
@require_GET
def letter_model_sample(request: HttpRequest, model_id: int) -> HttpResponse:
    """A letter to nobody set with a model, to see what it gives."""
    actor = http.actor_of(request)
    content, suffix = queries.sample_with(actor=actor, model_id=model_id)
    return http.download(content, f"essai-de-lettre.{suffix}")


@login_required
@require_POST
def letter_model_end(request: HttpRequest, model_id: int) -> HttpResponse:
    """Take a model out of force, or put it back."""
    actor = http.actor_of(request)
    try:
        if request.POST.get("act") == "remettre":
            commands.restore_letter_model(actor=actor, model_id=model_id)
            told = gettext("Le modèle est de nouveau employé.")
        else:
            commands.end_letter_model(actor=actor, model_id=model_id)
            told = gettext("Le modèle n'est plus employé ; remettez-le quand vous voulez.")
    except EcheanceError as error:
        messages.error(request, translated(error))
    else:
        messages.success(request, told)
    return redirect("collection:letter_models")
