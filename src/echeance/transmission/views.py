"""Letters on a page: what waits, the batches to print, and the day they were posted."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError
from echeance.transmission import commands, queries
from echeance.transmission.forms import PostedForm
from echeance.transmission.types import PostalState

PAGE_SIZE = 30
WAITING_SHOWN = 200
PROOF_BYTES_MAX = 10_000_000
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_GET
def post(request: HttpRequest) -> HttpResponse:
    """Letters to print, then the batches, the latest first. Five queries."""
    actor = http.actor_of(request)
    waiting = queries.letters(actor=actor, states=[PostalState.QUEUED]).order_by("pk")
    page = page_of(
        queries.postal_batches(actor=actor),
        sort=_LATEST,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    context = {
        "waiting": list(waiting[:WAITING_SHOWN]),
        "waiting_count": waiting.count(),
        "page": page,
        "form": PostedForm(initial={"on": clock.today()}),
        "may_send": Right.SEND_DOCUMENTS in actor.rights,
    }
    return http.page(request, "transmission/post.html", context)


@login_required
@require_POST
def print_letters(request: HttpRequest) -> HttpResponse:
    """Make one batch of the letters ticked, or of all that wait."""
    actor = http.actor_of(request)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()]
    try:
        batch = commands.print_batch(actor=actor, item_ids=chosen or None)
    except EcheanceError as error:
        messages.error(request, translated(error))
    else:
        told = gettext("Le lot {number} est prêt : imprimez-le recto verso, puis notez sa remise.")
        messages.success(request, told.format(number=batch.number))
    return redirect("transmission:post")


@login_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back the letters ticked, before they are printed."""
    actor = http.actor_of(request)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()]
    count = commands.withdraw_letters(actor=actor, item_ids=chosen)
    messages.success(request, gettext("Courriers retirés : {number}.").format(number=count))
    return redirect("transmission:post")


@login_required
@require_POST
def posted(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Note that a batch was posted, with its proof."""
    actor = http.actor_of(request)
    form = PostedForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Donnez le jour où le lot a été posté."))
        return redirect("transmission:post")
    facts = form.cleaned_data
    given = facts["proof"]
    if given and given.size > PROOF_BYTES_MAX:
        messages.error(request, gettext("La preuve dépasse 10 Mo : réduisez-la."))
        return redirect("transmission:post")
    proof = (
        NewFile(
            content=given.read(),
            filename=given.name,
            media_type=given.content_type or "application/octet-stream",
            kind="postal_proof",
            subject=f"postal_batch:{batch_id}",
            keep_until=retention_date(date(clock.today().year, 12, 31)),
        )
        if given
        else None
    )
    try:
        commands.post_batch(
            actor=actor, batch_id=batch_id, on=facts["on"], proof=proof, note=facts["note"]
        )
    except EcheanceError as error:
        messages.error(request, translated(error))
    else:
        messages.success(request, gettext("Le lot est noté posté."))
    return redirect("transmission:post")
