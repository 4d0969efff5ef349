"""What the web faces of the rooms share: who asks, page or fragment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from echeance.base import queries
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import User

COMPANY_KEY = "company_id"


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
