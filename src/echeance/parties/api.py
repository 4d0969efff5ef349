"""Programming interface of the parties; the door authenticates and puts the actor in ``auth``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from echeance.base.actor import Actor
from echeance.parties import commands, queries
from echeance.parties.models import Party
from echeance.parties.types import PartyFacts

router = Router(tags=["Tiers"])


class PartyOut(Schema):
    """A party as documents print it."""

    id: int
    code: str
    name: str
    category: str
    is_customer: bool
    is_supplier: bool
    legal_form: str
    siren: str
    siret: str
    vat_id: str
    language: str
    address_line: str
    address_extra: str
    postcode: str
    city: str
    country: str
    territory: str
    electronic_address: str
    payment_terms: str
    order_reference_required: bool
    vat_exemption: str
    closed_at: datetime | None


class PartyList(Schema):
    """A page of parties, by number; ``next`` is the cursor of the following page."""

    items: list[PartyOut]
    next: int | None


class PartyIn(Schema):
    """Facts of a party to create."""

    code: str
    name: str
    category: str = "professional"
    is_customer: bool = True
    is_supplier: bool = False
    legal_form: str = ""
    siren: str = ""
    siret: str = ""
    vat_id: str = ""
    language: str = "fr"
    address_line: str = ""
    address_extra: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    territory: str = ""
    electronic_address: str = ""
    payment_terms: str = ""
    order_reference_required: bool = False
    vat_exemption: str = ""


class PartyChanges(Schema):
    """New values of a party; what is absent stays."""

    code: str | None = None
    name: str | None = None
    category: str | None = None
    is_customer: bool | None = None
    is_supplier: bool | None = None
    legal_form: str | None = None
    siren: str | None = None
    siret: str | None = None
    vat_id: str | None = None
    language: str | None = None
    address_line: str | None = None
    address_extra: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    territory: str | None = None
    electronic_address: str | None = None
    payment_terms: str | None = None
    order_reference_required: bool | None = None
    vat_exemption: str | None = None


class PartyFilters(Schema):
    """What to list."""

    text: str = ""
    customers: bool | None = None
    suppliers: bool | None = None
    closed: bool = False
    after: int = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class FieldChangeOut(Schema):
    """One line of a history."""

    at: datetime
    by: str
    action: str
    field: str
    old: str
    new: str


def _actor(request: HttpRequest) -> Actor:
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates"
    return actor


def _out(row: Party) -> PartyOut:
    facts = asdict(queries.snapshot_of(row))
    return PartyOut(id=facts.pop("party_id"), closed_at=row.closed_at, **facts)


@router.get("", response=PartyList, summary="Lister les tiers")
def list_parties(request: HttpRequest, filters: Query[PartyFilters]) -> PartyList:
    """Parties by number, after a cursor."""
    rows = queries.parties(
        actor=_actor(request),
        text=filters.text,
        customers=filters.customers,
        suppliers=filters.suppliers,
        closed=filters.closed,
    )
    page = list(rows.filter(pk__gt=filters.after).order_by("pk")[: filters.limit + 1])
    has_more = len(page) > filters.limit
    items = [_out(row) for row in page[: filters.limit]]
    return PartyList(items=items, next=items[-1].id if has_more else None)


@router.get("/{party_id}", response=PartyOut, summary="Lire un tiers")
def get_party(request: HttpRequest, party_id: int) -> PartyOut:
    """One party; a merged one is the one it was merged into."""
    return _out(queries.party_for(actor=_actor(request), party_id=party_id))


@router.post("", response={201: PartyOut}, summary="Créer un tiers")
def create_party(request: HttpRequest, facts: PartyIn) -> Status[PartyOut]:
    """Create one party."""
    (row,) = commands.create_parties(
        actor=_actor(request), parties=[PartyFacts(**facts.model_dump())]
    )
    return Status(201, _out(row))


@router.patch("/{party_id}", response=PartyOut, summary="Modifier un tiers")
def change_party(request: HttpRequest, party_id: int, changes: PartyChanges) -> PartyOut:
    """Change fields of one party."""
    given = {name: value for name, value in changes.model_dump().items() if value is not None}
    row = commands.change_party(actor=_actor(request), party_id=party_id, changes=given)
    return _out(row)


@router.get("/{party_id}/history", response=list[FieldChangeOut], summary="Historique d'un tiers")
def party_history(request: HttpRequest, party_id: int) -> list[FieldChangeOut]:
    """Every value it had, with who and when, latest first."""
    return [
        FieldChangeOut(**asdict(change))
        for change in queries.field_history(actor=_actor(request), party_id=party_id)
    ]
