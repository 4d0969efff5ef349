"""What a customer may owe, and whether anything is sold to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.money import round_amount
from echeance.core.words import clean_line
from echeance.parties.commands.rows import lock, resolved_parties
from echeance.parties.errors import CreditLimitInvalidError, ReasonMissingError
from echeance.parties.events import CreditChanged
from echeance.parties.models import Party

_CHUNK = 500
_LARGEST = Decimal("9999999999.99")


@transaction.atomic
def set_credit_limits(*, actor: Actor, limits: Mapping[int, Decimal | None]) -> list[Party]:
    """Set what parties may owe; ``None`` takes the limit away. Four queries, and the journal's.

    The limit of the head of a group also holds for the group as a whole
    (:func:`echeance.parties.queries.credit_terms`).

    Returns:
        The parties, in the order given; a merged one is the one that stays.

    Raises:
        RightMissingError: The actor may not grant credit.
        NotFoundError: One is not of this company; nothing is changed.
        CreditLimitInvalidError: Negative, beyond ten billions, or not whole cents.
    """
    actor.require(Right.GRANT_CREDIT)
    lock(actor)
    found = resolved_parties(actor, limits)
    rows: dict[int, Party] = {}
    events: list[CreditChanged] = []
    for party_id, limit in limits.items():
        row = rows.setdefault(found[party_id].pk, found[party_id])
        if limit is not None:
            _check(row, limit)
        if row.credit_limit != limit:
            change = (_amount(row.credit_limit), _amount(limit))
            events.append(CreditChanged(row.pk, {"credit_limit": change}))
            row.credit_limit = limit
    Party.objects.bulk_update(rows.values(), ["credit_limit"], batch_size=_CHUNK)
    journal.record_many(events, actor=actor)
    return [rows[found[party_id].pk] for party_id in limits]


@transaction.atomic
def hold_parties(*, actor: Actor, party_ids: Collection[int], reason: str) -> list[Party]:
    """Sell nothing more to parties until somebody releases them; the reason is kept.

    One already on hold keeps its day and its reason. Four queries, and the journal's.

    Raises:
        NotFoundError: One is not of this company; none is put on hold.
        ReasonMissingError: No reason.
    """
    actor.require(Right.EDIT_PARTIES)
    told = _reason(reason)
    lock(actor)
    found = resolved_parties(actor, party_ids)
    rows = {row.pk: row for row in found.values()}
    fresh = [row for row in rows.values() if row.on_hold_since is None]
    for row in fresh:
        row.on_hold_since, row.on_hold_reason = clock.now(), told
    Party.objects.bulk_update(fresh, ["on_hold_since", "on_hold_reason"], batch_size=_CHUNK)
    journal.record_many(
        [CreditChanged(row.pk, {"on_hold_reason": ("", told)}) for row in fresh], actor=actor
    )
    return list(rows.values())


@transaction.atomic
def release_parties(*, actor: Actor, party_ids: Collection[int], reason: str) -> list[Party]:
    """Sell to parties again; why is kept beside who. Four queries, and the journal's.

    Raises:
        RightMissingError: The actor may not grant credit.
        NotFoundError: One is not of this company; none is released.
        ReasonMissingError: No reason.
    """
    actor.require(Right.GRANT_CREDIT)
    told = _reason(reason)
    lock(actor)
    found = resolved_parties(actor, party_ids)
    rows = {row.pk: row for row in found.values()}
    held = [row for row in rows.values() if row.on_hold_since is not None]
    events = [
        CreditChanged(
            row.pk, {"on_hold_reason": (row.on_hold_reason, ""), "release_reason": ("", told)}
        )
        for row in held
    ]
    for row in held:
        row.on_hold_since, row.on_hold_reason = None, ""
    Party.objects.bulk_update(held, ["on_hold_since", "on_hold_reason"], batch_size=_CHUNK)
    journal.record_many(events, actor=actor)
    return list(rows.values())


def _check(row: Party, limit: Decimal) -> None:
    if not limit.is_finite() or not 0 <= limit <= _LARGEST or round_amount(limit) != limit:
        raise CreditLimitInvalidError(code_party=row.code, amount=str(limit)[:40])


def _amount(limit: Decimal | None) -> str:
    return "" if limit is None else f"{limit:.2f}"


def _reason(text: str) -> str:
    told = clean_line(text)[:200]
    if not told:
        raise ReasonMissingError
    return told
