"""Files handed to the browser, and attached to records."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from echeance.archive import commands, queries
from echeance.archive.forms import PIECE_LABELS, PieceForm
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile, NewLink
from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.base.http import actor_of, page, wants_fragment
from echeance.base.language import translated
from echeance.base.queries import history
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError

SHOWN_INLINE = frozenset(
    {"application/pdf", "application/xml", "text/xml", "text/plain", "text/csv"}
    | {"image/png", "image/jpeg"}
)


@login_required
@require_safe
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file of the company, as it was stored; never run, whatever is in it.

    What a browser could run (HTML, SVG, anything unknown) is offered as a download. A content
    never changes under its number, so the browser may keep it.
    """
    actor = actor_of(request)
    row = queries.file_for(actor=actor, file_id=file_id)
    inline = row.media_type.partition(";")[0].strip() in SHOWN_INLINE
    response = HttpResponse(
        queries.content(actor=actor, file_id=file_id), content_type=row.media_type
    )
    response.headers["Content-Disposition"] = (
        content_disposition_header(not inline, row.filename) or "inline"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def party_pieces(request: HttpRequest, party_id: int) -> HttpResponse:
    """Files attached to a customer: a fragment of its page, else a page to attach one more."""
    return _pieces(request, f"party:{party_id}", "parties:customer", party_id)


@login_required
@require_POST
def party_piece_remove(request: HttpRequest, party_id: int, link_id: int) -> HttpResponse:
    """Take a file off a customer; it stays in the archive until its term."""
    commands.detach_files(actor=actor_of(request), subject=f"party:{party_id}", link_ids=[link_id])
    messages.success(request, gettext("Pièce retirée de la fiche ; l'archive la garde."))
    return redirect("parties:customer", party_id)


def _pieces(request: HttpRequest, subject: str, back: str, number: int) -> HttpResponse:
    actor = actor_of(request)
    if not history(actor=actor, subject=subject).exists():
        raise NotFoundError(what=f"fiche n° {number}")
    form = PieceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            row = commands.store_file(
                actor=actor,
                file=NewFile(
                    content=facts["file"].read(),
                    filename=facts["file"].name,
                    media_type=form.media_type(),
                    kind=facts["kind"],
                    subject=subject,
                    # The fiscal year is the ledger's, above; the civil year ends no earlier.
                    keep_until=retention_date(date(clock.today().year + 1, 12, 31)),
                    text=facts["label"],
                ),
            )
            commands.attach_files(
                actor=actor, links=[NewLink(row.pk, subject, facts["kind"], facts["label"])]
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Pièce jointe à la fiche."))
            return redirect(back, number)
    labels = dict(PIECE_LABELS)
    context = {
        "links": [
            (row, labels.get(row.kind, row.kind))
            for row in queries.links_of(actor=actor, subjects=[subject])
        ],
        "form": form,
        "number": number,
        "may_attach": Right.STORE_FILES in actor.rights,
        "alone": not wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    return page(
        request,
        "archive/pieces.html",
        context,
        fragment="archive/_pieces.html",
        status=status,
    )
