"""Campaigns of payment: prepared, changed, proposed, approved by another person, cancelled.

None of it touches the ledger, nor leaves the house. Sources: EPC125-05 (SCT), EPC016-06 and
EPC222-07 (SDD); segregation of duties, two persons for each payment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash import queries, rules_campaigns
from echeance.cash.commands.bills import take_bills_back
from echeance.cash.commands.campaign_rows import (
    CHUNK,
    Kind,
    State,
    Status,
    check_date,
    check_lines,
    locked,
    moved,
    new_campaign,
    usable_account,
)
from echeance.cash.errors import (
    AccountNotOrderableError,
    CampaignStateError,
    ExecutionDateError,
    InstructionFixedError,
    NothingToOrderError,
    SecondApproverNeededError,
)
from echeance.cash.events import InstructionChanged
from echeance.cash.models import (
    BankAccount,
    InstructedItem,
    PaymentCampaign,
    PaymentInstruction,
)
from echeance.cash.rules_campaigns import Order, Owed
from echeance.cash.types import InstructionChange
from echeance.core.bank.charset import sepa_text
from echeance.core.bank.orders import NAME_LENGTH
from echeance.core.errors import ConfirmationNeededError
from echeance.core.identifiers import CreditorId
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import CREDIT, DEBIT, OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.parties.models import SepaMandate

SHORT_NOTICE: Final = "prenotification"
"""Key of the confirmation that a shorter notice than fourteen days is agreed."""
NOT_SENT: Final = "not_sent"
"""Key of the confirmation that the file was not given to the bank."""
SUPPLIERS: Final = "401"
CUSTOMERS: Final = "411"
ONE_OFF: Final = "one_off"
EXCLUDED: Final = "exclu par une personne."


def set_order_identifiers(
    *, actor: Actor, account_id: int, creditor_id: str = "", issuer_number: str = ""
) -> BankAccount:
    """Note what the bank gave for orders on an account: the ICS for debits, the NNE for bills.

    Raises:
        NotFoundError: Not an account of this company.
        InvalidCreditorIdError: The key of the ICS is wrong.
    """
    actor.require(Right.EDIT_BANK_DETAILS)
    account = BankAccount.objects.filter(company=actor.company, pk=account_id).first()
    if account is None:
        raise NotFoundError(what=f"compte bancaire n° {account_id}")
    account.creditor_id = CreditorId.parse(creditor_id).value if creditor_id.strip() else ""
    account.issuer_number = issuer_number.strip()[:6]
    account.save(update_fields=["creditor_id", "issuer_number"])
    return account


@transaction.atomic
def prepare_transfers(
    *,
    actor: Actor,
    account_id: int,
    execution_date: date,
    due_until: date | None = None,
    item_ids: Collection[int] | None = None,
) -> PaymentCampaign:
    """Prepare the transfers that pay suppliers, or refund customers. Nothing is sent or booked.

    One order a party. Credits of a supplier are deducted. Money goes only to an account that a
    second person has confirmed: a party without one, or with several, is an excluded line that
    says so. About twelve queries, whatever the number of items.

    Args:
        actor: Needs the right to prepare payments.
        account_id: Account of the company to debit.
        execution_date: Today or later.
        due_until: Supplier items due by then; the execution date when absent.
        item_ids: Only those items: supplier items (401), credits of customers to refund (411).
            Without it no customer is refunded.

    Raises:
        AccountNotOrderableError: Not a bank account in use with an IBAN.
        ExecutionDateError: In the past.
        NothingToOrderError: No item that is not in another campaign.
        NotFoundError: The account is not one of this company.
    """
    actor.require(Right.PREPARE_PAYMENTS)
    account = usable_account(actor, account_id)
    check_date(execution_date, clock.today())
    last = due_until or execution_date
    wanted = None if item_ids is None else set(item_ids)
    items = [
        item
        for item in ledger_queries.open_items(actor=actor, account_prefix=SUPPLIERS)
        if (item.item_id in wanted if wanted is not None else _is_due(item, CREDIT, last))
    ]
    if wanted:
        items += [
            item
            for item in ledger_queries.open_items(
                actor=actor, account_prefix=CUSTOMERS, side=CREDIT
            )
            if item.item_id in wanted
        ]
    orders = _orders(actor, items, positive=CREDIT)
    snapshots = parties.snapshots(actor=actor, party_ids=orders)
    accounts = parties.confirmed_accounts(actor=actor, party_ids=orders)
    lines = []
    for party_id, order in orders.items():
        known = accounts.get(party_id, [])
        chosen = known[0] if len(known) == 1 else None
        name = (chosen.holder if chosen else "") or snapshots[party_id].name
        reason = order.reason
        if not known:
            reason = reason or "aucun de ses comptes n'est confirmé par une seconde personne."
        elif chosen is None:
            reason = reason or "plusieurs comptes sont confirmés : choisissez celui à payer."
        else:
            reason = reason or rules_campaigns.payee_reason(name, chosen.iban)
        lines.append(
            PaymentInstruction(
                party_id=party_id,
                name=_name(name),
                iban=chosen.iban if chosen else "",
                bic=chosen.bic if chosen else "",
                amount=order.amount,
                remittance_text=order.remittance_text,
                status_reason=reason and "excluded",
                status_text=reason,
            )
        )
    campaign = new_campaign(actor, Kind.TRANSFER, account, execution_date)
    return _fill(actor, campaign, lines, orders)


def _is_due(item: OpenItemFacts, positive: str, last: date) -> bool:
    return item.side != positive or item.due_date <= last


@transaction.atomic
def prepare_direct_debits(
    *,
    actor: Actor,
    account_id: int,
    collection_date: date,
    item_ids: Collection[int] | None = None,
    final_mandate_ids: Collection[int] = (),
) -> PaymentCampaign:
    """Prepare the collection of what customers owe under their mandates. Nothing is sent.

    One order a customer: its items due by the collection date, less its open credits. Customers
    that never signed a mandate are left out; those whose mandate is dead, revoked or used up are
    excluded lines that say so. Sequence types follow the mandate: OOFF, FRST the first time, RCUR,
    FNAL when asked. About twelve queries, whatever the number of items.

    Args:
        actor: Needs the right to prepare payments.
        account_id: Account of the company to credit; it has an ICS.
        collection_date: Tomorrow or later; the notice of fourteen days is checked on proposing.
        item_ids: Only those items; those due by then, and every credit, when absent.
        final_mandate_ids: Mandates collected for the last time.

    Raises:
        AccountNotOrderableError: Not a bank account in use with an IBAN and an ICS.
        ExecutionDateError: Too early.
        NothingToOrderError: No item of a customer with a mandate.
        NotFoundError: The account is not one of this company.
    """
    actor.require(Right.PREPARE_PAYMENTS)
    account = usable_account(actor, account_id)
    if not account.creditor_id:
        raise AccountNotOrderableError(
            account.name, "donnez-lui votre identifiant créancier SEPA (ICS)."
        )
    lead = timedelta(days=rules_campaigns.DEBIT_LEAD_DAYS)
    check_date(collection_date, clock.today() + lead)
    wanted = None if item_ids is None else set(item_ids)
    items = [
        item
        for item in ledger_queries.open_items(actor=actor, account_prefix=CUSTOMERS)
        if (item.item_id in wanted if wanted is not None else _is_due(item, DEBIT, collection_date))
    ]
    orders = _orders(actor, items, positive=DEBIT)
    live = parties.mandates_in_force(actor=actor, party_ids=orders, on=collection_date)
    last = parties.last_mandates(actor=actor, party_ids=orders)
    orders = {party_id: order for party_id, order in orders.items() if party_id in last}
    snapshots = parties.snapshots(actor=actor, party_ids=orders)
    under_way = queries.mandates_under_way(
        actor=actor, mandate_ids=[one.pk for one in (*live.values(), *last.values())]
    )
    lines = []
    for party_id, order in orders.items():
        mandate = live.get(party_id, last[party_id])
        bank_account = mandate.bank_account
        name = bank_account.holder or snapshots[party_id].name
        reason = (
            order.reason
            or ("" if party_id in live else _dead(mandate, collection_date))
            or (
                "son mandat ponctuel est déjà dans une autre campagne."
                if mandate.sequence == ONE_OFF and mandate.pk in under_way
                else ""
            )
            or (
                "son mandat est donné à un autre identifiant créancier."
                if mandate.creditor_id != account.creditor_id
                else ""
            )
            or rules_campaigns.payee_reason(name, bank_account.iban)
        )
        lines.append(
            PaymentInstruction(
                party_id=party_id,
                name=_name(name),
                iban=bank_account.iban,
                bic=bank_account.bic,
                amount=order.amount,
                remittance_text=order.remittance_text,
                mandate=mandate,
                sequence_type=rules_campaigns.sequence_type(
                    one_off=mandate.sequence == ONE_OFF,
                    used=mandate.last_used_on is not None or mandate.pk in under_way,
                    last=mandate.pk in final_mandate_ids,
                ),
                due_date=collection_date,
                status_reason=reason and "excluded",
                status_text=reason,
            )
        )
    campaign = new_campaign(actor, Kind.DIRECT_DEBIT, account, collection_date)
    return _fill(actor, campaign, lines, orders)


def _name(text: str) -> str:
    return sepa_text(text, NAME_LENGTH) or "?"


def _dead(mandate: SepaMandate, on: date) -> str:
    return rules_campaigns.mandate_reason(
        revoked=mandate.revoked_at is not None,
        account_ended=mandate.bank_account.ended_at is not None,
        used_up=mandate.sequence == ONE_OFF and mandate.last_used_on is not None,
        ends_on=parties.mandate_end(mandate),
        on=on,
    )


def _orders(actor: Actor, items: Sequence[OpenItemFacts], *, positive: str) -> dict[int, Order]:
    """One order for each party, by party id; items held by another campaign are left out."""
    held = queries.items_in_campaigns(actor=actor, item_ids=[item.item_id for item in items])
    merged = parties.merged_parties(actor=actor)
    by_party: dict[int, list[Owed]] = {}
    for item in items:
        if item.item_id in held or item.party_id is None or item.currency != "EUR":
            continue
        amount = item.open_amount if item.side == positive else -item.open_amount
        owed = Owed(item.item_id, item.document_ref, item.payment_ref, amount)
        by_party.setdefault(merged.get(item.party_id, item.party_id), []).append(owed)
    orders = {}
    for party_id in sorted(by_party):
        order = rules_campaigns.order_of(by_party[party_id])
        if order is not None:
            orders[party_id] = order
    return orders


def _fill(
    actor: Actor,
    campaign: PaymentCampaign,
    lines: Sequence[PaymentInstruction],
    orders: Mapping[int, Order],
) -> PaymentCampaign:
    if not lines:
        raise NothingToOrderError
    for place, line in enumerate(lines, 1):
        line.company, line.campaign = actor.company, campaign
        line.end_to_end_id = f"{campaign.reference}-{place}"
        line.status = Status.EXCLUDED if line.status_reason else Status.WAITING
    PaymentInstruction.objects.bulk_create(lines, batch_size=CHUNK)
    InstructedItem.objects.bulk_create(
        (
            InstructedItem(
                company=actor.company,
                instruction=line,
                open_item_id=owed.item_id,
                amount=owed.amount,
            )
            for line in lines
            for owed in orders[line.party_id].items
        ),
        batch_size=CHUNK,
    )
    moved(actor, campaign)
    return campaign


@transaction.atomic
def change_instructions(
    *, actor: Actor, campaign_id: int, changes: Sequence[InstructionChange]
) -> PaymentCampaign:
    """Exclude lines of a campaign in preparation, take them back, choose the account to pay.

    A line excluded because nothing can be ordered (no confirmed account, dead mandate, nothing
    left) is only taken back once that is cured; its items must be free. Five queries and one a
    line changed.

    Raises:
        NotFoundError: A line is not of the campaign, or an account not a confirmed one of its
            party.
        CampaignStateError: The campaign is not in preparation.
        InstructionFixedError: A line cannot be taken back.
    """
    actor.require(Right.PREPARE_PAYMENTS)
    campaign = locked(actor, campaign_id, State.DRAFT)
    usable_account(actor, campaign.bank_account_id)
    rows = {row.pk: row for row in queries.instructions(actor=actor, campaign_id=campaign_id)}
    for change in changes:
        if change.instruction_id not in rows:
            raise NotFoundError(what=f"ligne n° {change.instruction_id}")
    touched = [rows[change.instruction_id] for change in changes]
    accounts = parties.confirmed_accounts(actor=actor, party_ids={row.party_id for row in touched})
    for change, row in zip(changes, touched, strict=True):
        if change.account_id is not None:
            chosen = {one.pk: one for one in accounts.get(row.party_id, [])}.get(change.account_id)
            if chosen is None or campaign.kind != Kind.TRANSFER:
                raise NotFoundError(what=f"compte confirmé n° {change.account_id}")
            row.iban, row.bic = chosen.iban, chosen.bic
            row.name = _name(chosen.holder or row.party.name)
        if change.include:
            _take_back(actor, campaign, row, [one.iban for one in accounts.get(row.party_id, [])])
            row.status, row.status_reason, row.status_text = Status.WAITING, "", ""
        else:
            row.status, row.status_reason = Status.EXCLUDED, "excluded"
            row.status_text = (change.reason.strip() or EXCLUDED)[:300]
        row.save(update_fields=["status", "status_reason", "status_text", "iban", "bic", "name"])
    journal.record_many(
        [
            InstructionChanged(campaign.pk, row.end_to_end_id, row.status, row.status_text)
            for row in touched
        ],
        actor=actor,
    )
    return campaign


def _take_back(
    actor: Actor, campaign: PaymentCampaign, row: PaymentInstruction, confirmed: Sequence[str]
) -> None:
    if row.status == Status.WAITING:
        return
    reason = ""
    parts = list(row.items.all())
    held = queries.items_in_campaigns(actor=actor, item_ids=[part.open_item_id for part in parts])
    if held:
        reason = "ses échéances sont dans une autre campagne."
    elif sum(part.amount for part in parts) != row.amount:
        reason = "ses avoirs couvrent ce qui est dû."
    elif campaign.kind == Kind.TRANSFER and not row.iban:
        reason = "choisissez d'abord le compte confirmé à payer."
    elif campaign.kind == Kind.TRANSFER and row.iban not in confirmed:
        reason = "son compte n'est plus confirmé."
    elif row.mandate is not None and not parties.in_force(row.mandate, on=campaign.execution_date):
        reason = _dead(row.mandate, campaign.execution_date)
    elif row.mandate is not None and row.mandate.creditor_id != campaign.bank_account.creditor_id:
        reason = "son mandat est donné à un autre identifiant créancier."
    elif row.iban:
        reason = rules_campaigns.payee_reason(row.name, row.iban)
    if reason:
        raise InstructionFixedError(row.name, reason)


@transaction.atomic
def note_prenotifications(
    *, actor: Actor, campaign_id: int, on: date, instruction_ids: Collection[int] | None = None
) -> int:
    """Note the day customers were told the amount and the date of their debit.

    An invoice that gives both, with the mandate and the ICS, is such a notice.

    Args:
        actor: Needs the right to prepare payments.
        campaign_id: Of direct debits, in preparation.
        on: Not later than today.
        instruction_ids: Only those lines; all of them when absent.

    Returns:
        How many lines were noted.

    Raises:
        CampaignStateError: Not in preparation.
        ExecutionDateError: In the future.
    """
    actor.require(Right.PREPARE_PAYMENTS)
    campaign = locked(actor, campaign_id, State.DRAFT)
    if on > clock.today():
        raise ExecutionDateError(on, clock.today())
    rows = PaymentInstruction.objects.filter(
        company=actor.company, campaign=campaign, mandate__isnull=False
    )
    if instruction_ids is not None:
        rows = rows.filter(pk__in=instruction_ids)
    return rows.update(notified_on=on)


@transaction.atomic
def propose_campaign(
    *, actor: Actor, campaign_id: int, confirmed: Collection[str] = ()
) -> PaymentCampaign:
    """Hand a campaign to the person who approves; its lines are fixed from then on.

    Raises:
        CampaignStateError: Not in preparation.
        CampaignEmptyError: Every line is excluded.
        InstructionStaleError: What a line pays has changed.
        ConfirmationNeededError: Customers were not told of their debit fourteen days before
            (``prenotification``): is a shorter notice agreed?
    """
    actor.require(Right.PREPARE_PAYMENTS)
    campaign = locked(actor, campaign_id, State.DRAFT)
    lines = check_lines(actor, campaign)
    if campaign.kind == Kind.DIRECT_DEBIT and SHORT_NOTICE not in confirmed:
        late = rules_campaigns.late_notices(
            ((line.end_to_end_id, line.notified_on) for line in lines),
            campaign.execution_date,
            rules_campaigns.NOTICE_DAYS,
        )
        if late:
            raise ConfirmationNeededError(
                SHORT_NOTICE,
                gettext(
                    "Des prélèvements n'ont pas de préavis de 14 jours avant le {on:%d/%m/%Y} "
                    "({count} sur cette campagne) : un délai plus court est-il convenu avec ces "
                    "clients ?"
                ).format(on=campaign.execution_date, count=len(late)),
            )
    campaign.state = State.PROPOSED
    campaign.proposed_at, campaign.proposed_by = clock.now(), actor.name
    campaign.save(update_fields=["state", "proposed_at", "proposed_by"])
    moved(actor, campaign)
    return campaign


@transaction.atomic
def approve_campaign(*, actor: Actor, campaign_id: int) -> PaymentCampaign:
    """Approve a campaign, as a person who did not propose it.

    Raises:
        SecondApproverNeededError: The actor proposed it, or is the assistant.
        CampaignStateError: Not proposed.
        InstructionStaleError: What a line pays has changed.
        ExecutionDateError: Its date has passed.
    """
    actor.require(Right.APPROVE_PAYMENTS)
    campaign = locked(actor, campaign_id, State.PROPOSED)
    if actor.user is None or actor.name == campaign.proposed_by:
        raise SecondApproverNeededError(campaign.reference, campaign.proposed_by)
    check_date(campaign.execution_date, clock.today())
    check_lines(actor, campaign)
    campaign.state = State.APPROVED
    campaign.approved_at, campaign.approved_by = clock.now(), actor.name
    campaign.save(update_fields=["state", "approved_at", "approved_by"])
    moved(actor, campaign)
    return campaign


@transaction.atomic
def withdraw_campaign(*, actor: Actor, campaign_id: int) -> PaymentCampaign:
    """Bring a proposed or approved campaign back to preparation; it is proposed again later.

    Raises:
        CampaignStateError: Neither proposed nor approved.
    """
    actor.require(Right.PREPARE_PAYMENTS)
    campaign = locked(actor, campaign_id, State.PROPOSED, State.APPROVED)
    campaign.state = State.DRAFT
    campaign.proposed_at, campaign.proposed_by = None, ""
    campaign.approved_at, campaign.approved_by = None, ""
    campaign.save(
        update_fields=["state", "proposed_at", "proposed_by", "approved_at", "approved_by"]
    )
    moved(actor, campaign)
    return campaign


@transaction.atomic
def cancel_campaign(
    *, actor: Actor, campaign_id: int, confirmed: Collection[str] = ()
) -> PaymentCampaign:
    """Cancel a campaign: its items are free again, nothing else has changed.

    An exported one asks whether its file was given to the bank; bills remitted come back to the
    portfolio.

    Raises:
        CampaignStateError: Cancelled already, or the bank has answered on one of its lines.
        ConfirmationNeededError: It was exported (``not_sent``).
    """
    actor.require(Right.PREPARE_PAYMENTS)
    campaign = locked(
        actor, campaign_id, State.DRAFT, State.PROPOSED, State.APPROVED, State.EXPORTED
    )
    if campaign.state == State.EXPORTED:
        answered = PaymentInstruction.objects.filter(campaign=campaign).exclude(
            status__in=[Status.SENT, Status.EXCLUDED], match=None
        )
        if answered.exists():
            raise CampaignStateError(campaign.reference, State(campaign.state).label)
        if NOT_SENT not in confirmed:
            raise ConfirmationNeededError(
                NOT_SENT,
                gettext(
                    "Le fichier de la campagne {reference} a été remis le {on:%d/%m/%Y}. "
                    "N'est-il pas parti à la banque ?"
                ).format(reference=campaign.reference, on=campaign.exported_at),
            )
    if campaign.kind == Kind.BILLS:
        take_bills_back(actor, campaign)
    campaign.state = State.CANCELLED
    campaign.cancelled_at, campaign.cancelled_by = clock.now(), actor.name
    campaign.save(update_fields=["state", "cancelled_at", "cancelled_by"])
    moved(actor, campaign)
    return campaign
