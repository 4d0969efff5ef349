"""Payers learnt from answers that a person confirmed, listed and removable."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.errors import LinkRemovedError
from echeance.cash.events import PayerForgotten, PayerLearnt
from echeance.cash.models import Match, PayerLink, StatementEntry
from echeance.core.matching.references import key

Learnt = tuple[Match, StatementEntry, set[int]]
"""A match just accepted, its entry, and the parties it pays for."""
NAME_LENGTH_MIN = 4
"""A shorter name names too many."""


def learn(actor: Actor, learnt: Sequence[Learnt]) -> list[PayerLink]:
    """Remember payers by IBAN, or by name when the bank tells no IBAN. Three queries at most.

    Nothing is learnt from the assistant: its own applications would teach it what it believes.
    A fact known already is not learnt twice.
    """
    if actor.user is None or not learnt:
        return []
    wanted: dict[tuple[str, str, int], PayerLink] = {}
    for match, entry, party_ids in learnt:
        kind, value, shown = _recognised_by(entry)
        if not value:
            continue
        for party_id in sorted(party_ids):
            wanted.setdefault(
                (kind, value, party_id),
                PayerLink(
                    company=actor.company,
                    kind=kind,
                    value=value,
                    shown=shown,
                    party_id=party_id,
                    learnt_from=match,
                    learnt_at=clock.now(),
                    learnt_by=actor.name,
                ),
            )
    known = PayerLink.objects.filter(
        company=actor.company, removed_at=None, value__in={value for _, value, _ in wanted}
    ).values_list("kind", "value", "party_id")
    for place in set(known):
        wanted.pop(place, None)
    rows = PayerLink.objects.bulk_create(wanted.values())
    journal.record_many(
        [PayerLearnt(row.pk, row.party_id, row.kind, row.value) for row in rows], actor=actor
    )
    return rows


def _recognised_by(entry: StatementEntry) -> tuple[str, str, str]:
    if entry.payer_iban:
        compact = "".join(entry.payer_iban.split()).upper()
        return PayerLink.LinkKind.IBAN, compact, entry.payer_iban
    name = key(entry.payer_name)
    if len(name) < NAME_LENGTH_MIN:
        return PayerLink.LinkKind.NAME, "", ""
    return PayerLink.LinkKind.NAME, name[:140], entry.payer_name[:140]


@transaction.atomic
def forget_payers(*, actor: Actor, link_ids: Collection[int]) -> int:
    """Remove learnt payers; their rows stay, with who removed them.

    Raises:
        NotFoundError: One is not of this company.
        LinkRemovedError: One was removed before.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = _locked(actor, link_ids)
    for row in rows:
        if row.removed_at:
            raise LinkRemovedError(link_id=row.pk)
    PayerLink.objects.filter(pk__in=[row.pk for row in rows]).update(
        removed_at=clock.now(), removed_by=actor.name
    )
    journal.record_many(
        [PayerForgotten(row.pk, row.party_id, row.kind, row.value) for row in rows], actor=actor
    )
    return len(rows)


@transaction.atomic
def recall_payers(*, actor: Actor, link_ids: Collection[int]) -> int:
    """Undo the removal of learnt payers; one learnt again meanwhile is left as it is.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = [row for row in _locked(actor, link_ids) if row.removed_at]
    taken = set(
        PayerLink.objects.filter(
            company=actor.company, removed_at=None, value__in={row.value for row in rows}
        ).values_list("kind", "value", "party_id")
    )
    back = [row for row in rows if (row.kind, row.value, row.party_id) not in taken]
    PayerLink.objects.filter(pk__in=[row.pk for row in back]).update(removed_at=None, removed_by="")
    journal.record_many(
        [PayerLearnt(row.pk, row.party_id, row.kind, row.value) for row in back], actor=actor
    )
    return len(back)


def _locked(actor: Actor, link_ids: Collection[int]) -> list[PayerLink]:
    rows = list(
        PayerLink.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(link_ids))
        .order_by("pk")
    )
    if missing := set(link_ids) - {row.pk for row in rows}:
        raise NotFoundError(what=f"payeur connu n° {min(missing)}")
    return rows
