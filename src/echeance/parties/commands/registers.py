"""Public registers asked about parties; what they answer is kept, what they correct is proposed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.identifiers import strip_separators
from echeance.core.terms import CustomerKind
from echeance.parties import queries
from echeance.parties.commands.parties import change_parties, close_parties
from echeance.parties.commands.rows import lock, resolved_parties
from echeance.parties.errors import ProposalGoneError
from echeance.parties.events import RegisterAsked
from echeance.parties.models import Party, RegistryCheck
from echeance.parties.registers import configured
from echeance.parties.registers.http import Patience
from echeance.parties.rules import LABELS
from echeance.parties.types import RegistryAnswer

_CHUNK = 500
_UNION = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
    }
)  # fmt: skip


def check_registers(
    *, actor: Actor, party_ids: Collection[int], patience: Patience | None = None
) -> list[RegistryCheck]:
    """Ask SIRENE about French firms, VIES about VAT numbers of the Union, and keep the answers.

    The registers are asked outside of any transaction. A register that is not configured or does
    not answer is kept as ``unavailable`` with its reason, and raises nothing. Nothing of a party
    changes: see :func:`accept_registry_changes`. Parties without an identifier are passed over.

    Args:
        actor: Who asks; has the right to edit parties.
        party_ids: Parties of the company; merged ones stand for those they were merged into.
        patience: How long to wait for each register; the usual one when ``None``.

    Returns:
        The rows added, SIRENE's first.

    Raises:
        NotFoundError: One is not of this company; nobody is asked.
    """
    actor.require(Right.EDIT_PARTIES)
    found = resolved_parties(actor, party_ids)
    parties = {row.pk: row for row in found.values()}.values()
    answers = configured.ask_sirene(
        [(row.pk, row.siret or row.siren) for row in parties if _in_sirene(row)],
        patience=patience,
    )
    answers += configured.ask_vies(
        [(row.pk, row.vat_id) for row in parties if row.vat_id[:2] in _UNION],
        requester=strip_separators(actor.company.vat_id),
        patience=patience,
    )
    return record_registry_answers(actor=actor, answers=answers)


@transaction.atomic
def record_registry_answers(
    *, actor: Actor, answers: Sequence[RegistryAnswer]
) -> list[RegistryCheck]:
    """Keep what registers answered. Two queries, and the journal's.

    Raises:
        NotFoundError: A party is not of this company; nothing is kept.
    """
    actor.require(Right.EDIT_PARTIES)
    parties = resolved_parties(actor, {answer.party_id for answer in answers})
    now = clock.now()
    rows = RegistryCheck.objects.bulk_create(
        [
            RegistryCheck(
                company=actor.company,
                party=parties[answer.party_id],
                register=RegistryCheck.Register(answer.register),
                asked=answer.asked,
                outcome=RegistryCheck.Outcome(answer.outcome),
                facts=dict(answer.facts),
                reference=answer.reference,
                checked_at=now,
                checked_by=actor.name,
            )
            for answer in answers
        ],
        batch_size=_CHUNK,
    )
    journal.record_many(
        [
            RegisterAsked(row.party_id, row.register, row.asked, row.outcome, row.reference)
            for row in rows
        ],
        actor=actor,
    )
    return rows


def record_directory_answers(
    *, actor: Actor, answers: Sequence[RegistryAnswer]
) -> list[RegistryCheck]:
    """Keep what the directory of platforms answered, asked by a room above.

    ``facts["lines"]`` are the addresses of the firm (``0225:…``), separated by ``|``. Raises like
    :func:`record_registry_answers`.
    """
    directory = RegistryCheck.Register.DIRECTORY
    assert all(answer.register == directory for answer in answers), "answers of the directory"
    return record_registry_answers(actor=actor, answers=answers)


@transaction.atomic
def accept_registry_changes(
    *, actor: Actor, accepted: Mapping[int, Collection[str]]
) -> list[Party]:
    """Apply corrections that registers propose and a person has read. All or none.

    Args:
        actor: Who accepts; has the right to edit parties.
        accepted: Fields to correct, by party, among those still proposed
            (:func:`echeance.parties.queries.proposed_changes_of`); ``closed_at`` closes it.

    Returns:
        The parties corrected.

    Raises:
        NotFoundError: A party is not of this company.
        ProposalGoneError: A correction is no longer proposed: the record or the register changed.
        PartiesInvalidError: A corrected party would not stand.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    found = resolved_parties(actor, accepted)
    parties = {row.pk: row for row in found.values()}
    proposed = queries.proposed_changes_of(actor=actor, parties=parties.values())
    changes: dict[int, dict[str, object]] = {}
    closed: list[int] = []
    for party_id, names in accepted.items():
        row = found[party_id]
        offered = {change.field: change.new for change in proposed.get(row.pk, [])}
        for name in names:
            if name not in offered:
                raise ProposalGoneError(code_party=row.code, field=LABELS.get(name, name))
            if name == "closed_at":
                closed.append(row.pk)
            else:
                changes.setdefault(row.pk, {})[name] = offered[name]
    if changes:
        change_parties(actor=actor, changes=changes)
    if closed:
        close_parties(actor=actor, party_ids=closed)
    return [parties[pk] for pk in sorted({*changes, *closed})]


def _in_sirene(row: Party) -> bool:
    return bool(row.siret or row.siren) and row.category != CustomerKind.CONSUMER
