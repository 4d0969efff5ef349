"""What the web faces of the rooms share: who asks, page or fragment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from echeance.base import queries
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import User

COMPANY_KEY = "company_id"
BACK_FIELD = "retour"
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "txt": "text/plain; charset=us-ascii",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "typ": "text/plain; charset=utf-8",
}


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person in the company they chose (kept in the session). One query a request.

    Raises:
        NotFoundError: They are a member of no company.
    """
    kept: Actor | None = getattr(request, "echeance_actor", None)
    if kept is None:
        user = request.user
        assert isinstance(user, User), "views are behind the sign-in"
        try:
            kept = queries.actor_for(user=user, company_id=request.session.get(COMPANY_KEY))
        except NotFoundError:
            # They have left the company they had chosen: the first of the others, if any.
            request.session.pop(COMPANY_KEY, None)
            kept = queries.actor_for(user=user)
        request.echeance_actor = kept  # type: ignore[attr-defined]
    return kept


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page (not a boosted navigation or a history restore)."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not (htmx.boosted or htmx.history_restore_request)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page, or its fragment when htmx asks for it; same address, ``Vary`` set."""
    name = fragment if fragment and wants_fragment(request) else template
    response = render(request, name, dict(context), status=status)
    response.headers["Vary"] = "HX-Request"
    return response


def back_address(request: HttpRequest, default: str) -> str:
    """The page of ours that the form names in its field ``retour``, else the one of that name."""
    asked = request.POST.get(BACK_FIELD, "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}):
        return asked
    return resolve_url(default)


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """After a write: to the page the form came from."""
    return redirect(back_address(request, default))


def download(content: bytes, filename: str) -> HttpResponse:
    """A file made for the person, offered under a name; its type follows the extension."""
    media_type = MEDIA_TYPES[filename.rpartition(".")[2]]
    response = HttpResponse(content, content_type=media_type)
    header = content_disposition_header(as_attachment=True, filename=filename)
    response.headers["Content-Disposition"] = header or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
