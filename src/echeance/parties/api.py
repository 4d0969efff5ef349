"""Programming interface of the parties; the door authenticates and puts the actor in ``auth``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from echeance.base import clock
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


class EstablishmentOut(Schema):
    """An establishment in use of a firm."""

    id: int
    siret: str
    name: str
    is_head_office: bool
    address_line: str
    address_extra: str
    postcode: str
    city: str
    country: str
    electronic_address: str


class MandateOut(Schema):
    """A SEPA mandate; ``in_force`` says whether something may be collected under it today."""

    id: int
    reference: str
    scheme: str
    sequence: str
    creditor_id: str
    iban: str
    signed_on: date
    last_used_on: date | None
    revoked_at: datetime | None
    revoked_reason: str
    in_force: bool


class CreditTermsOut(Schema):
    """What a party and its group may owe; limits are absent where nobody set one."""

    party_id: int
    limit: str | None
    group_id: int
    group_limit: str | None
    held: bool
    hold_reason: str


class RegistryCheckOut(Schema):
    """One answer of a public register (``sirene``, ``vies``, ``directory``)."""

    id: int
    registry: str
    asked: str
    outcome: str
    facts: dict[str, str]
    reference: str
    checked_at: datetime
    checked_by: str


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


@router.get(
    "/{party_id}/establishments",
    response=list[EstablishmentOut],
    summary="Lister les établissements d'un tiers",
)
def party_establishments(request: HttpRequest, party_id: int) -> list[EstablishmentOut]:
    """Establishments in use, the head office first."""
    actor = _actor(request)
    party = queries.party_for(actor=actor, party_id=party_id)
    return [
        EstablishmentOut(**{name: getattr(row, name) for name in EstablishmentOut.model_fields})
        for row in queries.establishments_of(actor=actor, party_id=party.pk)
    ]


@router.get(
    "/{party_id}/mandates", response=list[MandateOut], summary="Lister les mandats d'un tiers"
)
def party_mandates(request: HttpRequest, party_id: int) -> list[MandateOut]:
    """SEPA mandates, revoked ones last."""
    actor = _actor(request)
    party = queries.party_for(actor=actor, party_id=party_id)
    return [
        MandateOut(
            id=row.pk,
            reference=row.reference,
            scheme=row.scheme,
            sequence=row.sequence,
            creditor_id=row.creditor_id,
            iban=row.bank_account.iban,
            signed_on=row.signed_on,
            last_used_on=row.last_used_on,
            revoked_at=row.revoked_at,
            revoked_reason=row.revoked_reason,
            in_force=queries.in_force(row, on=clock.today()),
        )
        for row in queries.mandates_of(actor=actor, party_id=party.pk)
    ]


@router.get(
    "/{party_id}/credit", response=CreditTermsOut, summary="Lire l'encours autorisé d'un tiers"
)
def party_credit(request: HttpRequest, party_id: int) -> CreditTermsOut:
    """Its own limit, that of its group, whether it is on hold."""
    actor = _actor(request)
    party = queries.party_for(actor=actor, party_id=party_id)
    terms = queries.credit_terms(actor=actor, party_ids=[party.pk])[party.pk]
    return CreditTermsOut(
        party_id=terms.party_id,
        limit=None if terms.limit is None else f"{terms.limit:.2f}",
        group_id=terms.group_id,
        group_limit=None if terms.group_limit is None else f"{terms.group_limit:.2f}",
        held=terms.held,
        hold_reason=terms.hold_reason,
    )


@router.get(
    "/{party_id}/registry-checks",
    response=list[RegistryCheckOut],
    summary="Lire les réponses des registres sur un tiers",
)
def party_registry_checks(request: HttpRequest, party_id: int) -> list[RegistryCheckOut]:
    """The hundred last answers, the latest first."""
    actor = _actor(request)
    party = queries.party_for(actor=actor, party_id=party_id)
    return [
        RegistryCheckOut(
            id=row.pk,
            registry=row.register,
            asked=row.asked,
            outcome=row.outcome,
            facts=row.facts,
            reference=row.reference,
            checked_at=row.checked_at,
            checked_by=row.checked_by,
        )
        for row in queries.registry_checks(actor=actor, party_id=party.pk)[:100]
    ]
