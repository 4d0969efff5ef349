"""Reads of what public registers answered, and of what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, Q

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.identifiers import Siren, Siret, VatId, strip_separators
from echeance.parties import rules
from echeance.parties.models import Party, RegistryCheck
from echeance.parties.registers import configured
from echeance.parties.registers.http import Patience
from echeance.parties.types import ProposedChange, RegistryAnswer

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CHUNK = 500
_Register = RegistryCheck.Register
_Outcome = RegistryCheck.Outcome


def look_up(*, actor: Actor, identifier: str, patience: Patience | None = None) -> RegistryAnswer:
    """What a register says of a firm nobody has entered yet. Nothing is kept; no query.

    Args:
        actor: Who asks; has the right to edit parties.
        identifier: A SIREN, a SIRET or a VAT number, with its blanks.
        patience: How long to wait; the usual one when ``None``.

    Returns:
        The answer of SIRENE for French firms, of VIES for others; its ``party_id`` is 0.

    Raises:
        InvalidSirenError: None of the three.
    """
    actor.require(Right.EDIT_PARTIES)
    if Siret.is_valid(identifier):
        asked = Siret.parse(identifier).value
    elif VatId.is_valid(identifier):
        number = VatId.parse(identifier)
        if number.siren is None:
            requester = strip_separators(actor.company.vat_id)
            question = [(0, number.value)]
            return configured.ask_vies(question, requester=requester, patience=patience)[0]
        asked = number.siren.value
    else:
        asked = Siren.parse(identifier).value
    return configured.ask_sirene([(0, asked)], patience=patience)[0]


def registry_checks(*, actor: Actor, party_id: int) -> QuerySet[RegistryCheck]:
    """Everything registers answered about a party, the latest first. One query."""
    actor.require(Right.READ)
    return RegistryCheck.objects.filter(company=actor.company, party=party_id).order_by("-pk")


def last_checks(
    *, actor: Actor, party_ids: Collection[int] | None = None
) -> dict[int, dict[str, RegistryCheck]]:
    """The last answer of each register about each party, by register; silence is no answer.

    Args:
        actor: Who asks.
        party_ids: Parties that stand, not merged; ``None`` for all of the company.

    One query, or one a chunk of 500 parties.
    """
    actor.require(Right.READ)
    answered = RegistryCheck.objects.filter(company=actor.company).exclude(
        outcome=_Outcome.UNAVAILABLE
    )
    found: dict[int, dict[str, RegistryCheck]] = {}
    for wanted in _chunks(party_ids):
        rows = answered if wanted is None else answered.filter(party__in=wanted)
        # Rows are added in the order of the answers: the last one has the highest number.
        latest = rows.order_by().values("party", "register").annotate(last=Max("pk"))
        for row in RegistryCheck.objects.filter(pk__in=latest.values("last")).order_by("pk"):
            found.setdefault(row.party_id, {})[row.register] = row
    return found


def _chunks(party_ids: Collection[int] | None) -> Iterable[list[int] | None]:
    if party_ids is None:
        return [None]
    wanted = sorted(set(party_ids))
    return [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]


def proposed_changes_of(
    *, actor: Actor, parties: Collection[Party]
) -> dict[int, list[ProposedChange]]:
    """What registers would correct in parties in hand; those with nothing to correct are absent.

    An answer about an identifier the party no longer has is not used. Nothing is ever written by
    itself: see :func:`echeance.parties.commands.accept_registry_changes`. One query, or one a
    chunk of 500 parties.
    """
    checks = last_checks(actor=actor, party_ids=[party.pk for party in parties])
    found: dict[int, list[ProposedChange]] = {}
    for party in parties:
        proposed = [
            change
            for check in checks.get(party.pk, {}).values()
            for change in changes_of(party, check)
        ]
        if proposed:
            found[party.pk] = _first_of_each(proposed)
    return found


def proposed_changes(*, actor: Actor, party: Party) -> list[ProposedChange]:
    """What registers would correct in one party in hand. One query."""
    return proposed_changes_of(actor=actor, parties=[party]).get(party.pk, [])


def to_check(
    *,
    actor: Actor,
    registers: Collection[str],
    answered_before: datetime,
    tried_before: datetime,
    limit: int,
) -> list[int]:
    """Customers in use that registers are to be asked about again, by number. One query.

    Firms with a SIREN or a VAT number of which none of these registers has said anything since
    ``answered_before``, and about which none was asked since ``tried_before``.
    """
    actor.require(Right.READ)
    fresh = RegistryCheck.objects.filter(
        Q(checked_at__gte=tried_before)
        | (Q(checked_at__gte=answered_before) & ~Q(outcome=_Outcome.UNAVAILABLE)),
        party=OuterRef("pk"),
        register__in=list(registers),
    )
    rows = (
        Party.objects.filter(
            ~Exists(fresh), company=actor.company, is_customer=True, closed_at=None
        )
        .exclude(category=Party.Category.CONSUMER)
        .exclude(siren="", vat_id="")
        .order_by("pk")
    )
    return list(rows.values_list("pk", flat=True)[:limit])


def changes_of(party: Party, check: RegistryCheck) -> list[ProposedChange]:
    """What one answer would correct in the party it is about. No query."""
    present = {name: str(getattr(party, name)) for name in rules.COMPARED}
    said = {name: str(value) for name, value in check.facts.items()}
    pairs: list[tuple[str, str, str]] = []
    if check.register == _Register.SIRENE and check.asked in {party.siren, party.siret}:
        if check.outcome == _Outcome.CLOSED and said.get("state") == "closed":
            if party.closed_at is None:
                pairs = [("closed_at", "", said.get("closed_on", "") or "cessée")]
        elif check.outcome == _Outcome.FOUND:
            pairs = rules.differences(present, said)
    elif check.register == _Register.VIES and check.asked == party.vat_id:
        # A French name comes from SIRENE; the address of VIES is one text of any shape.
        if check.outcome == _Outcome.FOUND and not party.vat_id.startswith("FR"):
            pairs = rules.differences({"name": party.name}, {"name": said.get("name", "")})
    elif check.register == _Register.DIRECTORY and check.asked == party.siren:
        lines = [line.strip() for line in said.get("lines", "").split("|") if line.strip()]
        route = rules.route_among(party.electronic_address, lines, party.siren)
        if route and route != party.electronic_address:
            pairs = [("electronic_address", party.electronic_address, route)]
    return [
        ProposedChange(party.pk, name, old, new, check.register, check.checked_at)
        for name, old, new in pairs
    ]


def _first_of_each(proposed: list[ProposedChange]) -> list[ProposedChange]:
    """One proposal a field: two registers may name the same firm differently."""
    kept: dict[str, ProposedChange] = {}
    for change in proposed:
        kept.setdefault(change.field, change)
    return list(kept.values())
