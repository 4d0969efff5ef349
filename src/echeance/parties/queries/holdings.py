"""Reads of what hangs on a party: establishments, services, mandates, accounts that changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.parties import rules
from echeance.parties.models import (
    BuyerService,
    Establishment,
    PartyBankAccount,
    SepaMandate,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CHUNK = 500


def establishments_of(*, actor: Actor, party_id: int) -> QuerySet[Establishment]:
    """Establishments of a party in use, the head office first, then by SIRET. One query."""
    actor.require(Right.READ)
    return Establishment.objects.filter(
        company=actor.company, party=party_id, ended_at=None
    ).order_by("-is_head_office", "siret")


def establishment_for(*, actor: Actor, party_id: int, establishment_id: int) -> Establishment:
    """One establishment in use of a party. One query.

    Raises:
        NotFoundError: Not one of that party, or not used any more.
    """
    row = establishments_of(actor=actor, party_id=party_id).filter(pk=establishment_id).first()
    if row is None:
        raise NotFoundError(what=f"établissement n° {establishment_id}")
    return row


def establishments_by_siret(*, actor: Actor, sirets: Collection[str]) -> dict[str, Establishment]:
    """Establishments in use by bare SIRET, with their party; unknown ones are absent.

    One query a chunk of 500.
    """
    actor.require(Right.READ)
    wanted = sorted(set(sirets))
    found: dict[str, Establishment] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Establishment.objects.filter(
            company=actor.company, siret__in=wanted[start : start + _CHUNK], ended_at=None
        ).select_related("party")
        for row in rows.order_by("-pk"):
            found[row.siret] = row
    return found


def services_of(*, actor: Actor, party_id: int) -> QuerySet[BuyerService]:
    """Services of a public buyer in use, by code. One query."""
    actor.require(Right.READ)
    return BuyerService.objects.filter(
        company=actor.company, party=party_id, ended_at=None
    ).order_by("code")


def mandates_of(*, actor: Actor, party_id: int) -> QuerySet[SepaMandate]:
    """Mandates of a party, revoked and dead ones too, the last signed first. One query."""
    actor.require(Right.READ)
    return (
        SepaMandate.objects.filter(company=actor.company, party=party_id)
        .select_related("bank_account")
        .order_by(F("revoked_at").asc(nulls_first=True), "-signed_on", "-pk")
    )


def in_force(mandate: SepaMandate, *, on: date) -> bool:
    """Whether something may be collected under a mandate in hand on a day. No query.

    Not revoked, signed by then, its account in use (``bank_account`` is read), used within 36
    months or signed within them, and never used when it is for one collection only.
    """
    used_up = mandate.sequence == SepaMandate.Sequence.ONE_OFF and mandate.last_used_on is not None
    return (
        mandate.revoked_at is None
        and mandate.bank_account.ended_at is None
        and mandate.signed_on <= on
        and not used_up
        and on < rules.mandate_ends_on(mandate.signed_on, mandate.last_used_on)
    )


def mandates_in_force(
    *, actor: Actor, party_ids: Collection[int], on: date
) -> dict[int, SepaMandate]:
    """The mandate each party is collected under on a day: the last signed of those in force.

    Parties without one are absent; ids are those of parties that stand (not merged). One query
    a chunk of 500.
    """
    actor.require(Right.READ)
    wanted = sorted(set(party_ids))
    found: dict[int, SepaMandate] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = SepaMandate.objects.filter(
            company=actor.company, party__in=wanted[start : start + _CHUNK], revoked_at=None
        ).select_related("bank_account")
        for row in rows.order_by("signed_on", "pk"):
            if in_force(row, on=on):
                found[row.party_id] = row
    return found


def mandate_in_force(*, actor: Actor, party_id: int, on: date) -> SepaMandate | None:
    """The mandate of one party; see :func:`mandates_in_force`."""
    return mandates_in_force(actor=actor, party_ids=[party_id], on=on).get(party_id)


def confirmed_accounts(
    *, actor: Actor, party_ids: Collection[int]
) -> dict[int, list[PartyBankAccount]]:
    """Accounts in use that a second person has confirmed, by party: those that may be paid.

    Ids are those of parties that stand (not merged); one without any is absent. Oldest first; one
    query a chunk of 500.
    """
    actor.require(Right.READ)
    wanted = sorted(set(party_ids))
    found: dict[int, list[PartyBankAccount]] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = PartyBankAccount.objects.filter(
            company=actor.company,
            party__in=wanted[start : start + _CHUNK],
            ended_at=None,
            confirmed_at__isnull=False,
        )
        for row in rows.order_by("pk"):
            found.setdefault(row.party_id, []).append(row)
    return found


def last_mandates(*, actor: Actor, party_ids: Collection[int]) -> dict[int, SepaMandate]:
    """The last signed mandate of each party, in force or not; parties without one are absent.

    With its account. One query a chunk of 500.
    """
    actor.require(Right.READ)
    wanted = sorted(set(party_ids))
    found: dict[int, SepaMandate] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = SepaMandate.objects.filter(
            company=actor.company, party__in=wanted[start : start + _CHUNK]
        ).select_related("bank_account")
        for row in rows.order_by("signed_on", "pk"):
            found[row.party_id] = row
    return found


def mandate_end(mandate: SepaMandate) -> date:
    """First day a mandate in hand is dead for want of use. No query."""
    return rules.mandate_ends_on(mandate.signed_on, mandate.last_used_on)


def changed_accounts(*, actor: Actor) -> QuerySet[PartyBankAccount]:
    """Accounts in use, unconfirmed, of parties that had another account before. One query.

    A new IBAN on a known party is the mark of a payment fraud: it is asked about before it is
    used. With their party, the latest first.
    """
    actor.require(Right.READ)
    earlier = PartyBankAccount.objects.filter(
        party=OuterRef("party"), added_at__lt=OuterRef("added_at")
    ).exclude(iban=OuterRef("iban"))
    return (
        PartyBankAccount.objects.filter(
            Exists(earlier), company=actor.company, ended_at=None, confirmed_at=None
        )
        .select_related("party")
        .order_by("-added_at", "-pk")
    )
