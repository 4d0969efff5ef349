"""What the commands of campaigns share: rows locked, accounts and lines checked."""

from __future__ import annotations

from datetime import date
from typing import Final

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.cash import queries
from echeance.cash.errors import (
    AccountNotOrderableError,
    CampaignEmptyError,
    CampaignStateError,
    ExecutionDateError,
    InstructionStaleError,
)
from echeance.cash.events import CampaignMoved
from echeance.cash.models import BankAccount, PaymentCampaign, PaymentInstruction
from echeance.parties import queries as parties

Kind = PaymentCampaign.CampaignKind
State = PaymentCampaign.State
Status = PaymentInstruction.Status
PREFIXES: Final = {Kind.TRANSFER: "VIR", Kind.DIRECT_DEBIT: "PRE", Kind.BILLS: "EFF"}
CHUNK: Final = 500


def usable_account(actor: Actor, account_id: int) -> BankAccount:
    """The account, with all those of the company locked: campaigns are prepared one by one.

    Raises:
        NotFoundError: Not one of this company.
        AccountNotOrderableError: Not a bank, closed, or without an IBAN.
    """
    rows = BankAccount.objects.select_for_update().filter(company=actor.company).order_by("pk")
    account = {row.pk: row for row in rows}.get(account_id)
    if account is None:
        raise NotFoundError(what=f"compte bancaire n° {account_id}")
    if account.kind != BankAccount.AccountKind.BANK:
        raise AccountNotOrderableError(account.name, "ce n'est pas un compte bancaire.")
    if account.closed_at:
        raise AccountNotOrderableError(account.name, "il est clos, choisissez-en un autre.")
    if not account.iban:
        raise AccountNotOrderableError(account.name, "donnez d'abord son IBAN.")
    return account


def check_date(on: date, earliest: date) -> None:
    """Refuse a day before the earliest one.

    Raises:
        ExecutionDateError: It is before.
    """
    if on < earliest:
        raise ExecutionDateError(on, earliest)


def new_campaign(actor: Actor, kind: str, account: BankAccount, on: date) -> PaymentCampaign:
    """A draft with the next reference of its kind."""
    [number] = counters.take(company=actor.company, name=f"cash.campaign.{kind}")
    return PaymentCampaign.objects.create(
        company=actor.company,
        bank_account=account,
        kind=kind,
        reference=f"{PREFIXES[Kind(kind)]}-{number:06d}",
        execution_date=on,
        created_at=clock.now(),
        created_by=actor.name,
    )


def moved(actor: Actor, campaign: PaymentCampaign) -> None:
    """Tell the journal where a campaign stands."""
    total = queries.total_of(actor=actor, campaign_id=campaign.pk)
    journal.record(
        CampaignMoved(campaign.pk, campaign.reference, campaign.state, total), actor=actor
    )


def locked(actor: Actor, campaign_id: int, *states: str) -> PaymentCampaign:
    """The campaign, locked, in one of some states.

    Raises:
        NotFoundError: Not one of this company.
        CampaignStateError: In another state.
    """
    row = (
        PaymentCampaign.objects.select_for_update(of=("self",))
        .select_related("bank_account", "company")
        .filter(company=actor.company, pk=campaign_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"campagne n° {campaign_id}")
    if row.state not in states:
        raise CampaignStateError(row.reference, State(row.state).label)
    return row


def check_lines(actor: Actor, campaign: PaymentCampaign) -> list[PaymentInstruction]:
    """Lines that leave, once what they pay is known to be still open and still theirs to pay.

    Raises:
        CampaignEmptyError: None leaves.
        InstructionStaleError: An item was settled meanwhile, an account is no longer confirmed, a
            mandate no longer in force.
    """
    lines = [
        line
        for line in queries.instructions(actor=actor, campaign_id=campaign.pk)
        if line.status == Status.WAITING
    ]
    if not lines:
        raise CampaignEmptyError(campaign.reference)
    accounts = (
        parties.confirmed_accounts(actor=actor, party_ids={line.party_id for line in lines})
        if campaign.kind == Kind.TRANSFER
        else {}
    )
    mandates = (
        parties.last_mandates(actor=actor, party_ids={line.party_id for line in lines})
        if campaign.kind == Kind.DIRECT_DEBIT
        else {}
    )
    for line in lines:
        reason = _stale_items(line)
        if campaign.kind == Kind.TRANSFER and line.iban not in {
            one.iban for one in accounts.get(line.party_id, [])
        }:
            reason = reason or "le compte à payer n'est plus confirmé."
        known = mandates.get(line.party_id)
        if line.mandate is not None:
            mandate = known if known is not None and known.pk == line.mandate_id else None
            ended = line.mandate.revoked_at is not None or (
                mandate is not None and not parties.in_force(mandate, on=campaign.execution_date)
            )
            if ended:
                reason = reason or "son mandat n'est plus en vigueur."
        if reason:
            raise InstructionStaleError(line.end_to_end_id, line.name, reason)
    return lines


def _stale_items(line: PaymentInstruction) -> str:
    for part in line.items.all():
        if part.open_item.open_amount < abs(part.amount):
            return f"{part.open_item.document_ref} a été réglé depuis, en tout ou partie."
    return ""
