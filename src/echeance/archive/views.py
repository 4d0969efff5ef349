"""Files handed to the browser."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from echeance.archive import queries
from echeance.base.http import actor_of

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
