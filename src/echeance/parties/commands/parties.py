"""Parties created, changed, closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.bulk import update_rows
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.parties import rules
from echeance.parties.errors import PartiesInvalidError
from echeance.parties.events import PartyChanged, PartyCreated
from echeance.parties.models import Party
from echeance.parties.types import PartyFacts, PartyFinding

_CHUNK = 500
_FIELDS = tuple(field.name for field in fields(PartyFacts))


@transaction.atomic
def create_parties(*, actor: Actor, parties: Sequence[PartyFacts]) -> list[Party]:
    """Create customers and suppliers, in the order given. All or none.

    Four queries, plus three for each chunk of 500 parties.

    Raises:
        PartiesInvalidError: Every problem of every party, codes already taken included.
    """
    actor.require(Right.EDIT_PARTIES)
    _lock(actor)
    usual = actor.company.payment_terms
    kept, findings = _checked(
        [replace(one, payment_terms=one.payment_terms or usual) for one in parties]
    )
    findings += _taken(actor, [("", facts.code) for facts in kept])
    if findings:
        raise PartiesInvalidError(tuple(findings))
    now = clock.now()
    rows = Party.objects.bulk_create(
        (
            Party(
                company=actor.company,
                created_at=now,
                search_words=rules.search_words(facts),
                **rules.values_of(facts),
            )
            for facts in kept
        ),
        batch_size=_CHUNK,
    )
    journal.record_many(
        [
            PartyCreated(row.pk, {name: ("", text) for name, text in _texts(facts).items() if text})
            for row, facts in zip(rows, kept, strict=True)
        ],
        actor=actor,
    )
    return rows


def change_party(*, actor: Actor, party_id: int, changes: Mapping[str, object]) -> Party:
    """Change one party; see :func:`change_parties`."""
    return change_parties(actor=actor, changes={party_id: changes})[0]


@transaction.atomic
def change_parties(*, actor: Actor, changes: Mapping[int, Mapping[str, object]]) -> list[Party]:
    """Change fields of parties; issued documents keep the values they were issued with.

    The whole of each party is checked again with its new values. A territory or an electronic
    address that was deduced follows the postcode or SIREN it was deduced from. Four queries for
    each chunk of 500 parties.

    Args:
        actor: Who changes; has the right to edit parties.
        changes: New values by field of :class:`PartyFacts`, by party.

    Returns:
        The parties, in the order given.

    Raises:
        NotFoundError: One is not of this company; nothing is changed.
        PartiesInvalidError: Every problem of every party; nothing is changed.
    """
    actor.require(Right.EDIT_PARTIES)
    _lock(actor)
    rows = _rows(actor, changes)
    before = [_facts_of(row) for row in rows]
    wanted = [
        rules.with_changes(facts, changes[row.pk]) for row, facts in zip(rows, before, strict=True)
    ]
    kept, findings = _checked(wanted)
    findings += _taken(actor, [(old.code, new.code) for old, new in zip(before, kept, strict=True)])
    if findings:
        raise PartiesInvalidError(tuple(findings))
    events = []
    for row, old, new in zip(rows, before, kept, strict=True):
        changed = _differences(old, new)
        if changed:
            events.append(PartyChanged(row.pk, changed))
            for name in changed:
                setattr(row, name, getattr(new, name))
            row.search_words = rules.search_words(new)
    touched = {event.party_id for event in events}
    # Only the columns of which some value changes are written.
    changed_fields = sorted({name for event in events for name in event.changes})
    update_rows([row for row in rows if row.pk in touched], [*changed_fields, "search_words"])
    journal.record_many(events, actor=actor)
    return rows


@transaction.atomic
def close_parties(*, actor: Actor, party_ids: Collection[int]) -> None:
    """Close parties nothing is sold to or bought from any more; they stay readable.

    Raises:
        NotFoundError: One is not of this company; none is closed.
    """
    actor.require(Right.EDIT_PARTIES)
    now = clock.now()
    rows = [row for row in _rows(actor, party_ids) if row.closed_at is None]
    Party.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=now)
    journal.record_many(
        [PartyChanged(row.pk, {"closed_at": ("", now.isoformat())}) for row in rows], actor=actor
    )


def _lock(actor: Actor) -> None:
    """One writer of parties a company at a time: a code is not taken between check and write."""
    Company.objects.select_for_update().get(pk=actor.company.pk)


def _rows(actor: Actor, party_ids: Collection[int]) -> list[Party]:
    """Parties of the company, locked, in the order asked; one query a chunk of 500."""
    wanted = list(party_ids)
    found: dict[int, Party] = {}
    for start in range(0, len(wanted), _CHUNK):
        found |= (
            Party.objects.select_for_update()
            .filter(company=actor.company)
            .in_bulk(wanted[start : start + _CHUNK])
        )
    for party_id in wanted:
        if party_id not in found:
            raise NotFoundError(what=f"tiers n° {party_id}")
    return [found[party_id] for party_id in wanted]


def _checked(parties: Sequence[PartyFacts]) -> tuple[list[PartyFacts], list[PartyFinding]]:
    kept: list[PartyFacts] = []
    findings: list[PartyFinding] = []
    for rank, facts in enumerate(parties, start=1):
        one, problems = rules.checked(facts, party=f"tiers n° {rank}")
        kept.append(one)
        findings += problems
    return kept, findings


def _taken(actor: Actor, codes: Sequence[tuple[str, str]]) -> list[PartyFinding]:
    """Codes given twice, or that another party has; ``codes`` are pairs of old and new."""
    new = [after for _, after in codes]
    known: set[str] = set()
    for start in range(0, len(new), _CHUNK):
        known.update(
            Party.objects.filter(
                company=actor.company, code__in=new[start : start + _CHUNK]
            ).values_list("code", flat=True)
        )
    findings: list[PartyFinding] = []
    seen: set[str] = set()
    for before, after in codes:
        if after in seen or (after in known and before != after):
            findings.append(
                PartyFinding(
                    after,
                    "code",
                    after,
                    f"Le code « {after} » est déjà celui d'un tiers : choisissez-en un autre.",
                )
            )
        seen.add(after)
    return findings


def _facts_of(row: Party) -> PartyFacts:
    return PartyFacts(**{name: getattr(row, name) for name in _FIELDS})


def _texts(facts: PartyFacts) -> dict[str, str]:
    shown = {True: "oui", False: "non"}
    return {
        name: shown[value] if isinstance(value, bool) else value
        for name, value in rules.values_of(facts).items()
    }


def _differences(old: PartyFacts, new: PartyFacts) -> dict[str, tuple[str, str]]:
    before, after = _texts(old), _texts(new)
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}
