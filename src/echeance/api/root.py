"""The API: every room's router, one way to say who asks, one error body."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.security import HttpBearer

from echeance.api.einvoice import router as einvoice
from echeance.api.problems import problem
from echeance.base import queries
from echeance.base.actor import Actor
from echeance.billing.api import router as billing
from echeance.collection.api import router as collection
from echeance.collection.api_calls import router as collection_calls
from echeance.core.errors import EcheanceError
from echeance.ledger.api import router as ledger
from echeance.parties.api import router as parties
from echeance.transmission.api import router as transmission


class Token(HttpBearer):
    """``Authorization: Bearer ech_…``: the token says the company, never the request."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002
        """The actor behind a token, ``request.auth`` in the routers."""
        return queries.actor_from_token(token=token)


api = NinjaAPI(title="Échéance", version="1", auth=Token())
api.add_router("/billing", billing)
api.add_router("/collection", collection)
api.add_router("/collection", collection_calls)
api.add_router("/einvoice", einvoice)
api.add_router("/ledger", ledger)
api.add_router("/parties", parties)
api.add_router("/outbox", transmission)
api.exception_handler(EcheanceError)(problem)
