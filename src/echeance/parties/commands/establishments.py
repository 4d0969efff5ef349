"""Establishments of firms, services of public buyers, groups of parties."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line
from echeance.parties import queries, rules
from echeance.parties.commands.rows import lock, resolved_parties, rows_of
from echeance.parties.errors import GroupLoopError, NotPublicBuyerError, ServiceCodeInvalidError
from echeance.parties.events import EstablishmentChanged, GroupChanged, ServiceChanged
from echeance.parties.models import BuyerService, Establishment, Party
from echeance.parties.types import EstablishmentFacts, ServiceFacts

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CHUNK = 500
_FIELDS = tuple(field.name for field in fields(EstablishmentFacts) if field.name != "party_id")
_SERVICE_LENGTH = 100


@transaction.atomic
def add_establishments(
    *, actor: Actor, establishments: Sequence[EstablishmentFacts]
) -> list[Establishment]:
    """Add establishments to firms; a SIRET a firm has already is left as it is.

    A new head office takes the title from the one that had it. Five queries, two more for each
    chunk of 500 rows, and the journal's.

    Returns:
        One row for each given, in their order; known ones are those found.

    Raises:
        NotFoundError: A party is not of this company.
        InvalidSiretError, EstablishmentMismatchError, EstablishmentInvalidError,
        InvalidElectronicAddressError: One cannot stand; none is added.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    parties = resolved_parties(actor, {one.party_id for one in establishments})
    kept: list[tuple[Party, EstablishmentFacts]] = []
    for one in establishments:
        party = parties[one.party_id]
        kept.append((party, rules.checked_establishment(one, name=party.name, siren=party.siren)))
    known = _known(actor, {party.pk for party, _ in kept})
    fresh: list[Establishment] = []
    rows: list[Establishment] = []
    for party, facts in kept:
        row = known.get((party.pk, facts.siret))
        if row is None:
            row = Establishment(company=actor.company, **(asdict(facts) | {"party_id": party.pk}))
            known[party.pk, facts.siret] = row
            fresh.append(row)
        rows.append(row)
    # The last head office given is the one; a firm has one.
    heads = {row.party_id: row for row in fresh if row.is_head_office}
    for row in fresh:
        row.is_head_office = heads.get(row.party_id) is row
    moved = _step_down(actor, heads)
    Establishment.objects.bulk_create(fresh, batch_size=_CHUNK)
    events = [
        _event(
            row,
            {
                name: ("", _text(row, name))
                for name in _FIELDS
                if getattr(row, name) and (name, getattr(row, name)) != ("country", "FR")
            },
        )
        for row in fresh
    ]
    journal.record_many(moved + events, actor=actor)
    return rows


@transaction.atomic
def change_establishments(
    *, actor: Actor, changes: Mapping[int, Mapping[str, object]]
) -> list[Establishment]:
    """Change establishments in use; the SIRET of one never changes: it is another one.

    Args:
        actor: Who changes; has the right to edit parties.
        changes: New values by field of :class:`EstablishmentFacts`, by establishment.

    Raises:
        NotFoundError: One is not in use in this company; none is changed.
        EstablishmentInvalidError, InvalidElectronicAddressError: One cannot stand.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    for given in changes.values():
        unknown = set(given) - (set(_FIELDS) - {"siret"})
        assert not unknown, f"not fields to change of an establishment: {unknown}"
    rows = rows_of(_running(actor).select_related("party"), changes, what="établissement")
    heads: dict[int, Establishment] = {}
    events = []
    for row in rows:
        present = {name: getattr(row, name) for name in _FIELDS}
        facts = rules.checked_establishment(
            EstablishmentFacts(row.party_id, **{**present, **changes[row.pk]}),
            name=row.party.name,
            siren=row.party.siren,
        )
        before = {name: _text(row, name) for name in _FIELDS}
        for name in _FIELDS:
            setattr(row, name, getattr(facts, name))
        if row.is_head_office and not present["is_head_office"]:
            heads[row.party_id] = row
        changed = {
            name: (old, _text(row, name)) for name, old in before.items() if old != _text(row, name)
        }
        if changed:
            events.append(_event(row, changed))
    moved = _step_down(actor, heads)
    Establishment.objects.bulk_update(rows, _FIELDS, batch_size=_CHUNK)
    journal.record_many(moved + events, actor=actor)
    return rows


@transaction.atomic
def end_establishments(*, actor: Actor, establishment_ids: Collection[int]) -> None:
    """Stop using establishments; what was issued to them keeps their values.

    Raises:
        NotFoundError: One is not in use in this company; none is ended.
    """
    actor.require(Right.EDIT_PARTIES)
    rows = rows_of(_running(actor), establishment_ids, what="établissement")
    Establishment.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=clock.now())
    journal.record_many([_event(row, {"siret": (row.siret, "")}) for row in rows], actor=actor)


@transaction.atomic
def add_services(*, actor: Actor, services: Sequence[ServiceFacts]) -> list[BuyerService]:
    """Add services to public buyers; a code known already takes the new name and requirement.

    Five queries, and the journal's.

    Returns:
        One row for each given, in their order.

    Raises:
        NotFoundError: A party is not of this company.
        NotPublicBuyerError: A party is not a public buyer; none is added.
        ServiceCodeInvalidError: A code is empty or too long; none is added.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    parties = resolved_parties(actor, {one.party_id for one in services})
    for party in parties.values():
        if party.category != CustomerKind.PUBLIC:
            raise NotPublicBuyerError(name=party.name)
    known = {
        (row.party_id, row.code): row
        for row in BuyerService.objects.filter(
            company=actor.company, party__in=[row.pk for row in parties.values()], ended_at=None
        )
    }
    fresh: list[BuyerService] = []
    changed: dict[int, BuyerService] = {}
    events: list[ServiceChanged] = []
    rows: list[BuyerService] = []
    for one in services:
        party, code = parties[one.party_id], clean_line(one.code)
        if not 0 < len(code) <= _SERVICE_LENGTH:
            raise ServiceCodeInvalidError(service=code[:120])
        row = known.get((party.pk, code))
        name = clean_line(one.name)[:200]
        if row is None:
            row = BuyerService(company=actor.company, party=party, code=code)
            known[party.pk, code] = row
            fresh.append(row)
        elif row.pk and (row.name, row.engagement_required) != (name, one.engagement_required):
            changed[row.pk] = row
        row.name, row.engagement_required = name, one.engagement_required
        rows.append(row)
    BuyerService.objects.bulk_create(fresh, batch_size=_CHUNK)
    BuyerService.objects.bulk_update(
        changed.values(), ["name", "engagement_required"], batch_size=_CHUNK
    )
    for row in (*fresh, *changed.values()):
        told = f"{row} (engagement exigé)" if row.engagement_required else str(row)
        events.append(
            ServiceChanged(row.party_id, row.pk, {f"service {row.code} : service": ("", told)})
        )
    journal.record_many(events, actor=actor)
    return rows


@transaction.atomic
def end_services(*, actor: Actor, service_ids: Collection[int]) -> None:
    """Stop addressing invoices to services.

    Raises:
        NotFoundError: One is not in use in this company; none is ended.
    """
    actor.require(Right.EDIT_PARTIES)
    running = BuyerService.objects.filter(company=actor.company, ended_at=None)
    rows = rows_of(running, service_ids, what="service")
    BuyerService.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=clock.now())
    journal.record_many(
        [
            ServiceChanged(row.party_id, row.pk, {f"service {row.code} : service": (str(row), "")})
            for row in rows
        ],
        actor=actor,
    )


@transaction.atomic
def set_parents(*, actor: Actor, parents: Mapping[int, int | None]) -> list[Party]:
    """Put parties under the head of their group, or take them out of it with ``None``.

    Merged parties stand for those they were merged into, on both sides. Five queries and one for
    the writes, whatever the number of parties; and the journal's.

    Args:
        actor: Who changes; has the right to edit parties.
        parents: The party each depends on, by party.

    Returns:
        The parties, in the order given.

    Raises:
        NotFoundError: A party is not of this company; nothing is changed.
        GroupLoopError: A party would depend on itself; nothing is changed.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    ids = {*parents, *(above for above in parents.values() if above is not None)}
    found = resolved_parties(actor, ids)
    links = queries.parents_of_all(actor=actor)
    for party_id, parent_id in parents.items():
        links.pop(found[party_id].pk, None)
        if parent_id is not None:
            links[found[party_id].pk] = found[parent_id].pk
    for party_id, parent_id in parents.items():
        row = found[party_id]
        if parent_id is not None and rules.depends_on(found[parent_id].pk, row.pk, links):
            raise GroupLoopError(name=row.name, parent=found[parent_id].name)
    above_ids = {row.parent_id for row in found.values() if row.parent_id}
    codes = dict(Party.objects.filter(pk__in=above_ids).values_list("pk", "code"))
    codes |= {row.pk: row.code for row in found.values()}
    events = []
    rows = []
    for party_id, parent_id in parents.items():
        row = found[party_id]
        new = found[parent_id].pk if parent_id is not None else None
        if row.parent_id != new:
            before = codes[row.parent_id] if row.parent_id else ""
            after = codes[new] if new else ""
            events.append(GroupChanged(row.pk, {"parent": (before, after)}))
            row.parent_id = new
        rows.append(row)
    Party.objects.bulk_update(rows, ["parent"], batch_size=_CHUNK)
    journal.record_many(events, actor=actor)
    return rows


def set_parent(*, actor: Actor, party_id: int, parent_id: int | None) -> Party:
    """Put one party under another; see :func:`set_parents`."""
    return set_parents(actor=actor, parents={party_id: parent_id})[0]


def _running(actor: Actor) -> QuerySet[Establishment]:
    return Establishment.objects.filter(company=actor.company, ended_at=None)


def _known(actor: Actor, party_ids: Collection[int]) -> dict[tuple[int, str], Establishment]:
    wanted = sorted(party_ids)
    found: dict[tuple[int, str], Establishment] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = _running(actor).filter(party__in=wanted[start : start + _CHUNK])
        found |= {(row.party_id, row.siret): row for row in rows}
    return found


def _step_down(actor: Actor, heads: Mapping[int, Establishment]) -> list[EstablishmentChanged]:
    """Take the title of head office from those another one takes it from."""
    others = list(
        _running(actor)
        .filter(party__in=list(heads), is_head_office=True)
        .exclude(pk__in=[row.pk for row in heads.values() if row.pk])
    )
    Establishment.objects.filter(pk__in=[row.pk for row in others]).update(is_head_office=False)
    return [_event(row, {"is_head_office": ("oui", "non")}) for row in others]


def _text(row: Establishment, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


def _event(row: Establishment, changes: dict[str, tuple[str, str]]) -> EstablishmentChanged:
    named = {f"établissement {row.siret} : {name}": values for name, values in changes.items()}
    return EstablishmentChanged(row.party_id, row.pk, named)
