"""SEPA mandates: what customers allow to be collected from their accounts.

Sources: EPC016-06 (SDD Core rule book), EPC222-07 (SDD B2B), EPC217-08 (characters).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.identifiers import CreditorId
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line
from echeance.parties import rules
from echeance.parties.commands.rows import lock, resolved_parties, rows_of
from echeance.parties.errors import MandateInvalidError, MandateTakenError, ReasonMissingError
from echeance.parties.events import MandateChanged
from echeance.parties.models import Party, PartyBankAccount, SepaMandate
from echeance.parties.types import MandateFacts

_CHUNK = 500


@transaction.atomic
def add_mandates(*, actor: Actor, mandates: Sequence[MandateFacts]) -> list[SepaMandate]:
    """Keep mandates customers have signed. All or none; seven queries, and the journal's.

    Returns:
        One row for each given, in their order.

    Raises:
        NotFoundError: A party or an account is not of this company, or the account not in use.
        MandateInvalidError: A reference, a date or a scheme the rule books refuse, or no creditor
            identifier known.
        InvalidCreditorIdError: A creditor identifier whose key is wrong.
        MandateTakenError: A reference that a mandate has already, revoked or not.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    parties = resolved_parties(actor, {one.party_id for one in mandates})
    accounts = {
        row.pk: row
        for row in rows_of(
            PartyBankAccount.objects.filter(company=actor.company, ended_at=None),
            {one.bank_account_id for one in mandates},
            what="compte bancaire",
        )
    }
    usual = _usual_creditor(actor)
    made = _Numbers(actor)
    rows = []
    for one in mandates:
        party = parties[one.party_id]
        reference = rules.checked_reference(one.reference) if one.reference.strip() else ""
        reference = reference or made.next(party)
        _check(one, party, accounts[one.bank_account_id], reference)
        if not (one.creditor_id.strip() or usual):
            raise MandateInvalidError(
                reference, "donnez votre identifiant créancier SEPA (ICS), votre banque l'attribue."
            )
        rows.append(
            SepaMandate(
                company=actor.company,
                party=party,
                reference=reference,
                scheme=one.scheme,
                sequence=one.sequence,
                creditor_id=CreditorId.parse(one.creditor_id or usual).value,
                bank_account=accounts[one.bank_account_id],
                signed_on=one.signed_on,
                added_at=clock.now(),
                added_by=actor.name,
            )
        )
    _refuse_taken(actor, [row.reference for row in rows])
    SepaMandate.objects.bulk_create(rows, batch_size=_CHUNK)
    journal.record_many([_event(row, "mandate", "", _told(row)) for row in rows], actor=actor)
    return rows


def add_mandate(*, actor: Actor, mandate: MandateFacts) -> SepaMandate:
    """Keep one mandate; see :func:`add_mandates`."""
    return add_mandates(actor=actor, mandates=[mandate])[0]


@transaction.atomic
def revoke_mandates(
    *, actor: Actor, mandate_ids: Collection[int], reason: str
) -> list[SepaMandate]:
    """Collect nothing more under mandates; a revoked one never comes back. Two queries.

    One revoked already keeps its day and its reason.

    Raises:
        NotFoundError: One is not of this company; none is revoked.
        ReasonMissingError: No reason.
    """
    actor.require(Right.EDIT_PARTIES)
    told = clean_line(reason)[:200]
    if not told:
        raise ReasonMissingError
    rows = rows_of(SepaMandate.objects.filter(company=actor.company), mandate_ids, what="mandat")
    fresh = [row for row in rows if row.revoked_at is None]
    for row in fresh:
        row.revoked_at, row.revoked_by, row.revoked_reason = clock.now(), actor.name, told
    SepaMandate.objects.bulk_update(
        fresh, ["revoked_at", "revoked_by", "revoked_reason"], batch_size=_CHUNK
    )
    journal.record_many([_event(row, "revoked_reason", "", told) for row in fresh], actor=actor)
    return rows


@transaction.atomic
def note_collections(*, actor: Actor, days: Mapping[int, date]) -> None:
    """Note the day something was collected under mandates, which keeps them alive 36 months more.

    An earlier day than the one known changes nothing. Two queries, and the journal's.

    Raises:
        NotFoundError: One is not of this company; nothing is noted.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = rows_of(SepaMandate.objects.filter(company=actor.company), days, what="mandat")
    later = [row for row in rows if row.last_used_on is None or row.last_used_on < days[row.pk]]
    events = [
        _event(row, "last_used_on", str(row.last_used_on or ""), days[row.pk].isoformat())
        for row in later
    ]
    for row in later:
        row.last_used_on = days[row.pk]
    SepaMandate.objects.bulk_update(later, ["last_used_on"], batch_size=_CHUNK)
    journal.record_many(events, actor=actor)


class _Numbers:
    """References that are made: the company's SIREN, the party, its mandates counted."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._given: set[str] = set()

    def next(self, party: Party) -> str:
        """The next free one of a party. One query a mandate that has none of its own."""
        stem = f"{self._actor.company.siren}-{party.pk:06d}-"
        taken = self._given | set(
            SepaMandate.objects.filter(
                company=self._actor.company, reference__startswith=stem
            ).values_list("reference", flat=True)
        )
        rank = 1
        while f"{stem}{rank:03d}" in taken:
            rank += 1
        self._given.add(f"{stem}{rank:03d}")
        return f"{stem}{rank:03d}"


def _usual_creditor(actor: Actor) -> str:
    last = SepaMandate.objects.filter(company=actor.company).order_by("-pk").first()
    return last.creditor_id if last else ""


def _check(facts: MandateFacts, party: Party, account: PartyBankAccount, reference: str) -> None:
    if account.party_id != party.pk:
        raise MandateInvalidError(
            reference, f"le compte débité n'est pas celui de « {party.name} » : choisissez-en un."
        )
    if facts.scheme not in SepaMandate.Scheme.values:
        raise MandateInvalidError(reference, f"le schéma « {facts.scheme} » est inconnu.")
    if facts.sequence not in SepaMandate.Sequence.values:
        raise MandateInvalidError(reference, f"le type « {facts.sequence} » est inconnu.")
    if facts.scheme == SepaMandate.Scheme.B2B and party.category == CustomerKind.CONSUMER:
        raise MandateInvalidError(
            reference, "un particulier ne signe pas de mandat interentreprises : choisissez Core."
        )
    if facts.signed_on > clock.today():
        raise MandateInvalidError(
            reference, "la date de signature est dans l'avenir : corrigez-la."
        )
    if rules.mandate_ends_on(facts.signed_on, None) <= clock.today():
        raise MandateInvalidError(
            reference,
            "signé il y a plus de 36 mois sans avoir servi, il est caduc : faites-en signer un "
            "nouveau.",
        )


def _refuse_taken(actor: Actor, references: Sequence[str]) -> None:
    seen: set[str] = set()
    for reference in references:
        if reference in seen:
            raise MandateTakenError(reference=reference)
        seen.add(reference)
    taken = (
        SepaMandate.objects.filter(company=actor.company, reference__in=references)
        .values_list("reference", flat=True)
        .order_by("reference")
        .first()
    )
    if taken:
        raise MandateTakenError(reference=taken)


def _told(row: SepaMandate) -> str:
    return f"{row.reference}, {row.get_scheme_display()}, signé le {row.signed_on:%d/%m/%Y}"


def _event(row: SepaMandate, name: str, old: str, new: str) -> MandateChanged:
    return MandateChanged(row.party_id, row.pk, {f"mandat {row.reference} : {name}": (old, new)})
