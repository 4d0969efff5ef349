"""One error body for the whole API (RFC 9457 problem details)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse

from echeance.base.language import translated
from echeance.core.errors import EcheanceError, Kind

STATUS = {
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.REFUSED: HTTPStatus.CONFLICT,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem(_request: HttpRequest, error: EcheanceError) -> JsonResponse:
    """Turn a business error into its HTTP answer: stable type, facts as text.

    The title is French, or English when ``Accept-Language`` prefers it.
    """
    status = STATUS[error.kind]
    body = {
        "type": f"urn:echeance:{error.code}",
        "title": translated(error),
        "status": int(status),
        "facts": {name: str(value) for name, value in error.facts.items()},
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
