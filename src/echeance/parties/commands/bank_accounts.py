"""Accounts that parties pay from, or are paid to."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.core.identifiers import Bic, Iban
from echeance.core.words import clean_line
from echeance.parties.commands.contacts import require_parties
from echeance.parties.errors import PersonNeededError, SecondPersonNeededError
from echeance.parties.events import BankAccountChanged
from echeance.parties.models import PartyBankAccount
from echeance.parties.types import BankAccountFacts

_CHUNK = 500


@transaction.atomic
def add_bank_accounts(
    *, actor: Actor, accounts: Sequence[BankAccountFacts]
) -> list[PartyBankAccount]:
    """Add accounts to parties, unconfirmed; one a party already has is left as it is.

    An unconfirmed account recognises payments, nothing is ever paid to it. Three queries for
    each chunk of 500, and the journal's.

    Returns:
        One row for each account given, in their order.

    Raises:
        InvalidIbanError, InvalidBicError: An account is not one; nothing is added.
        NotFoundError: A party is not of this company; nothing is added.
    """
    actor.require(Right.EDIT_PARTIES)
    kept = [
        BankAccountFacts(
            party_id=account.party_id,
            iban=Iban.parse(account.iban).value,
            bic=Bic.parse(account.bic).value if account.bic else "",
            holder=clean_line(account.holder)[:120],
        )
        for account in accounts
    ]
    party_ids = sorted({account.party_id for account in kept})
    require_parties(actor, party_ids)
    rows: dict[tuple[int, str], PartyBankAccount] = {}
    for start in range(0, len(party_ids), _CHUNK):
        known = PartyBankAccount.objects.filter(
            company=actor.company, party__in=party_ids[start : start + _CHUNK], ended_at=None
        )
        rows |= {(row.party_id, row.iban): row for row in known}
    fresh: list[PartyBankAccount] = []
    for facts in kept:
        if (facts.party_id, facts.iban) not in rows:
            row = PartyBankAccount(
                company=actor.company,
                party_id=facts.party_id,
                iban=facts.iban,
                bic=facts.bic,
                holder=facts.holder,
                added_at=clock.now(),
                added_by=actor.name,
            )
            rows[facts.party_id, facts.iban] = row
            fresh.append(row)
    PartyBankAccount.objects.bulk_create(fresh, batch_size=_CHUNK)
    journal.record_many([_event(row, "iban", "", row.iban) for row in fresh], actor=actor)
    return [rows[facts.party_id, facts.iban] for facts in kept]


def add_bank_account(
    *, actor: Actor, party_id: int, iban: str, bic: str = "", holder: str = ""
) -> PartyBankAccount:
    """Add one account; see :func:`add_bank_accounts`."""
    facts = BankAccountFacts(party_id=party_id, iban=iban, bic=bic, holder=holder)
    return add_bank_accounts(actor=actor, accounts=[facts])[0]


@transaction.atomic
def confirm_bank_account(*, actor: Actor, account_id: int) -> PartyBankAccount:
    """Confirm, as a person who has called the party, that the account is its own.

    Who added it is not who confirms it: only a confirmed account is paid anything, and that takes
    two persons. A confirmed account keeps its first
    confirmation.

    Raises:
        RightMissingError: The actor may not touch bank details.
        PersonNeededError: The assistant tried by itself.
        SecondPersonNeededError: The actor has added it.
        NotFoundError: Not a running account of this company.
    """
    actor.require(Right.EDIT_BANK_DETAILS)
    row = _running(actor, account_id)
    if actor.user is None:
        raise PersonNeededError(iban=Iban(row.iban).masked())
    if row.confirmed_at is None:
        if row.added_by == actor.name:
            raise SecondPersonNeededError(iban=Iban(row.iban).masked(), name=row.added_by)
        row.confirmed_at, row.confirmed_by = clock.now(), actor.name
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        journal.record(_event(row, "confirmed_by", "", actor.name), actor=actor)
    return row


@transaction.atomic
def end_bank_account(*, actor: Actor, account_id: int) -> PartyBankAccount:
    """Stop using an account: it recognises no payment any more.

    Raises:
        RightMissingError: The actor may not touch bank details.
        NotFoundError: Not a running account of this company.
    """
    actor.require(Right.EDIT_BANK_DETAILS)
    row = _running(actor, account_id)
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    journal.record(_event(row, "iban", row.iban, ""), actor=actor)
    return row


def _running(actor: Actor, account_id: int) -> PartyBankAccount:
    row = (
        PartyBankAccount.objects.select_for_update()
        .filter(company=actor.company, pk=account_id, ended_at=None)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"compte bancaire n° {account_id}")
    return row


def _event(row: PartyBankAccount, name: str, old: str, new: str) -> BankAccountChanged:
    return BankAccountChanged(row.party_id, row.pk, {f"compte {row.pk} : {name}": (old, new)})
