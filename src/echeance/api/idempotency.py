"""``Idempotency-Key`` on every write of the API: the same key and facts give the first answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from echeance.api.problems import problem
from echeance.base import commands, queries
from echeance.base.errors import IdempotencyConflictError, RequestUnderWayError

PREFIX = "/api/v1/"
KEY_LENGTH_MAX = 120
JSON, PROBLEM = "application/json", "application/problem+json"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class IdempotencyMiddleware:
    """Answers a repeated write from memory; outside the API, or without a key, it does nothing.

    The key belongs to the company of the token. A key already used for other facts is refused
    with a conflict, never answered with what it did before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look the key up, carry the request out, keep its answer."""
        key = request.headers.get("Idempotency-Key", "")[:KEY_LENGTH_MAX]
        if not key or request.method not in WRITES or not request.path.startswith(PREFIX):
            return self.get_response(request)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        actor = queries.actor_from_token(token=token) if scheme == "Bearer" else None
        if actor is None:
            return self.get_response(request)  # which refuses it
        facts = b"\n".join((request.method.encode(), request.path.encode(), request.body))
        try:
            kept = commands.reserve_answer(actor=actor, key=key, request=facts)
        except (IdempotencyConflictError, RequestUnderWayError) as error:
            return problem(request, error)
        if kept is not None:
            return HttpResponse(
                kept.body,
                status=kept.status,
                content_type=JSON if kept.status < HTTPStatus.BAD_REQUEST else PROBLEM,
                headers={"Idempotent-Replayed": "true"},
            )
        response = self.get_response(request)
        body = response.content.decode() if isinstance(response, HttpResponse) else ""
        commands.remember_answer(actor=actor, key=key, status=response.status_code, body=body)
        return response
