"""Cheques: received, put on a slip, credited by the bank, sometimes returned unpaid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.commands.lumps import (
    CUSTOMERS,
    Counterpart,
    PartyMoney,
    book_entry,
    exact_reason,
    house,
    lock_entry,
    post_money,
    signed,
    standing_allocations,
    unpost,
)
from echeance.cash.commands.undoing import UNDO_HOOKS
from echeance.cash.errors import (
    ChequeKnownError,
    ChequeStateError,
    DepositStateError,
    LumpAmountError,
)
from echeance.cash.events import (
    ChequeChanged,
    ChequeRecorded,
    ChequesDeposited,
    DepositCancelled,
)
from echeance.cash.models import (
    BankAccount,
    Cheque,
    ChequeDeposit,
    Match,
    ReturnedPayment,
    TillMovement,
)
from echeance.cash.types import NewCheque
from echeance.core.bank.cheque_slip import ChequeSlip, SlipCheque, write_cheque_slip
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import NewAllocation

CHEQUES = account_number("cheques")
SLIP_KIND = "cheque_slip"


@transaction.atomic
def record_cheques(*, actor: Actor, cheques: Sequence[NewCheque]) -> list[int]:
    """Record cheques received: D 511200, C 411, the invoices they pay settled that day.

    VAT on receipts is due from the day the cheque is handed over.

    Returns:
        Cheque ids, in order. Constant queries, whatever their number.

    Raises:
        ChequeKnownError: Same customer, number and amount as another cheque.
        AllocationExceedsReceiptError: Invoices are given more than the cheque.
    """
    actor.require(Right.MATCH_PAYMENTS)
    seen = set(
        Cheque.objects.filter(
            company=actor.company, cancelled_at=None, number__in=[one.number for one in cheques]
        ).values_list("party_id", "number", "amount")
    )
    for one in cheques:
        if (place := (one.party_id, one.number, one.amount)) in seen:
            raise ChequeKnownError(number=one.number, amount=one.amount)
        seen.add(place)
    posted = post_money(
        actor,
        [
            PartyMoney(
                journal_code="BQ",
                on=one.received_on,
                reference=f"CHQ {one.number}",
                label=f"Chèque n° {one.number} {one.bank_name}".strip(),
                account=CHEQUES,
                party_id=one.party_id,
                amount=one.amount,
                items=one.items,
            )
            for one in cheques
        ],
    )
    now = clock.now()
    rows = Cheque.objects.bulk_create(
        Cheque(
            company=actor.company,
            party_id=one.party_id,
            number=one.number,
            bank_name=one.bank_name[:80],
            amount=one.amount,
            received_on=one.received_on,
            journal_entry_id=done.entry_id,
            receipt_item_id=done.item_id,
            recorded_at=now,
            recorded_by=actor.name,
        )
        for one, done in zip(cheques, posted, strict=True)
    )
    journal.record_many([ChequeRecorded(row.pk, row.number, row.amount) for row in rows],
                        actor=actor)  # fmt: skip
    return [row.pk for row in rows]


def _locked(actor: Actor, cheque_ids: Collection[int]) -> list[Cheque]:
    wanted = sorted(set(cheque_ids))
    rows = list(
        Cheque.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        missing = min(set(wanted) - {row.pk for row in rows})
        raise NotFoundError(what=f"chèque n° {missing}")
    for row in rows:
        if row.cancelled_at:
            raise ChequeStateError(
                row.number, gettext("est annulé"), gettext("enregistrez-le de nouveau")
            )
        if row.unpaid_at:
            raise ChequeStateError(
                row.number, gettext("est revenu impayé"), gettext("annulez d'abord ce rejet")
            )
    return rows


@transaction.atomic
def cancel_cheques(*, actor: Actor, cheque_ids: Collection[int]) -> int:
    """Cancel cheques not handed to the bank: the invoices they paid are open again.

    Raises:
        ChequeStateError: One is on a slip, unpaid or cancelled.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = _locked(actor, cheque_ids)
    for row in rows:
        if row.deposit_id:
            raise ChequeStateError(
                row.number, gettext("est remis en banque"), gettext("annulez d'abord la remise")
            )
    unpost(actor, [row.journal_entry_id for row in rows], [row.receipt_item_id for row in rows])
    Cheque.objects.filter(pk__in=[row.pk for row in rows]).update(cancelled_at=clock.now())
    journal.record_many([ChequeChanged(row.pk, "cancelled") for row in rows], actor=actor)
    return len(rows)


@transaction.atomic
def deposit_cheques(
    *, actor: Actor, bank_account_id: int, cheque_ids: Collection[int], deposited_on: date
) -> ChequeDeposit:
    """Put cheques on a numbered slip; its PDF is archived. The books move when the bank credits.

    Raises:
        ChequeStateError: A cheque is on another slip, unpaid or cancelled.
        DepositStateError: No cheque was chosen, or the account has no IBAN to print.
    """
    actor.require(Right.MATCH_PAYMENTS)
    account = BankAccount.objects.filter(company=actor.company, pk=bank_account_id).first()
    if account is None:
        raise NotFoundError(what=f"compte bancaire n° {bank_account_id}")
    rows = _locked(actor, cheque_ids)
    if not rows:
        raise DepositStateError(
            gettext("nouvelle"), gettext("est vide"), gettext("choisissez au moins un chèque")
        )
    if not account.iban:
        raise DepositStateError(
            gettext("nouvelle"),
            gettext("ne peut aller sur « {account} »").format(account=account.name),
            gettext("choisissez un compte avec un IBAN"),
        )
    for row in rows:
        if row.deposit_id:
            raise ChequeStateError(
                row.number, gettext("est déjà sur une remise"), gettext("retirez-le du choix")
            )
    [rank] = counters.take(company=actor.company, name="cheque_deposit")
    deposit = ChequeDeposit.objects.create(
        company=actor.company,
        bank_account=account,
        number=f"RC{rank:06d}",
        deposited_on=deposited_on,
        created_at=clock.now(),
        created_by=actor.name,
    )
    Cheque.objects.filter(pk__in=[row.pk for row in rows]).update(deposit=deposit)
    company = actor.company
    drawn = Cheque.objects.filter(deposit=deposit).select_related("party").order_by("pk")
    content = write_cheque_slip(
        ChequeSlip(
            number=deposit.number,
            deposited_on=deposited_on,
            holder=tuple(
                line
                for line in (
                    company.name,
                    f"SIREN {company.siren}",
                    company.address_line,
                    f"{company.postcode} {company.city}".strip(),
                )
                if line
            ),
            bank_name=account.bank_name,
            iban=account.iban,
            cheques=tuple(
                SlipCheque(row.number, row.bank_name, row.party.name, row.amount) for row in drawn
            ),
            made_at=deposit.created_at,
        )
    )
    deposit.file = archive.store_file(
        actor=house(actor),
        file=NewFile(
            content=content,
            filename=f"remise-{deposit.number}.pdf",
            media_type="application/pdf",
            kind=SLIP_KIND,
            subject=f"cheque_deposit:{deposit.pk}",
            keep_until=ledger_queries.keep_until(actor=actor, day=deposited_on),
        ),
    )
    deposit.save(update_fields=["file"])
    total = sum((row.amount for row in rows), ZERO)
    journal.record(ChequesDeposited(deposit.pk, deposit.number, len(rows), total), actor=actor)
    return deposit


def _deposit(actor: Actor, deposit_id: int) -> ChequeDeposit:
    row = (
        ChequeDeposit.objects.select_for_update(of=("self",))
        .select_related("bank_account")
        .filter(company=actor.company, pk=deposit_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"remise n° {deposit_id}")
    if row.match_id:
        raise DepositStateError(
            row.number, gettext("est portée en banque"), gettext("annulez ce rapprochement")
        )
    return row


@transaction.atomic
def cancel_deposit(*, actor: Actor, deposit_id: int) -> int:
    """Take the cheques off a slip that the bank has not credited; its number is not used again.

    Returns:
        How many cheques wait again.

    Raises:
        DepositStateError: The bank has credited it, or it is empty already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    deposit = _deposit(actor, deposit_id)
    count = Cheque.objects.filter(deposit=deposit).update(deposit=None)
    if not count:
        raise DepositStateError(
            deposit.number, gettext("est déjà annulée"), gettext("il n'y a rien à faire")
        )
    journal.record(DepositCancelled(deposit.pk), actor=actor)
    return count


@transaction.atomic
def clear_deposit(*, actor: Actor, deposit_id: int, entry_id: int) -> int:
    """Book the bank line that credits a slip, to the cent: D 512, C 511200.

    Returns:
        The match; ``undo_matches`` takes it back and the slip waits again.

    Raises:
        LumpAmountError: Another amount, account or way.
    """
    actor.require(Right.MATCH_PAYMENTS)
    deposit = _deposit(actor, deposit_id)
    entry = lock_entry(actor, entry_id)
    total: Decimal = sum((row.amount for row in deposit.cheques.all()), ZERO)
    reference = f"la remise {deposit.number}"
    if not total or signed(entry) != total or entry.bank_account_id != deposit.bank_account_id:
        raise LumpAmountError(reference, signed(entry), total)
    match = book_entry(
        actor,
        entry,
        Match.MatchKind.CLEARING,
        label=f"Remise de chèques {deposit.number}",
        counterparts=[Counterpart(CHEQUES, -total)],
        reasons=[exact_reason(f"Remise {deposit.number}", total)],
    )
    ChequeDeposit.objects.filter(pk=deposit.pk).update(match=match)
    return match.pk


@transaction.atomic
def return_cheque(*, actor: Actor, cheque_id: int, entry_id: int) -> int:
    """Book the bank line that takes an unpaid cheque back: what it paid is open again that day.

    D 411, C 512; the receipt of the cheque is set against this debit.

    Returns:
        The match; ``undo_matches`` restores what the cheque paid.

    Raises:
        ChequeStateError: The bank has not credited it, or it came back already.
        LumpAmountError: The line is not the debit of that amount.
    """
    actor.require(Right.MATCH_PAYMENTS)
    [cheque] = _locked(actor, [cheque_id])
    deposit = cheque.deposit
    if deposit is None or deposit.match_id is None:
        raise ChequeStateError(
            cheque.number,
            gettext("n'est pas encore porté en banque"),
            gettext("annulez-le, ou rapprochez sa remise"),
        )
    entry = lock_entry(actor, entry_id)
    if signed(entry) != -cheque.amount or entry.bank_account_id != deposit.bank_account_id:
        raise LumpAmountError(f"le chèque n° {cheque.number}", signed(entry), -cheque.amount)
    # Taken before the reversals are recorded: undoing finds them by what came after.
    now = clock.now()
    standing = standing_allocations(actor, [cheque.receipt_item_id])
    if standing:
        ledger.unallocate(actor=actor, allocation_ids=standing, on=entry.booking_date)
    match = book_entry(
        actor,
        entry,
        Match.MatchKind.CLEARING,
        label=f"Chèque impayé n° {cheque.number}",
        counterparts=[
            Counterpart(
                CUSTOMERS,
                cheque.amount,
                party_id=cheque.party_id,
                settles=((cheque.receipt_item_id, cheque.amount),),
                kind="other",
            )
        ],
        reasons=[f"Chèque n° {cheque.number} revenu impayé : ce qu'il réglait est de nouveau dû."],
    )
    Cheque.objects.filter(pk=cheque.pk).update(unpaid_at=now)
    ReturnedPayment.objects.create(
        company=actor.company,
        match=match,
        returned_match_id=deposit.match_id,
        party_id=cheque.party_id,
        reason_code=entry.return_reason,
        amount=cheque.amount,
        action="contact",
    )
    journal.record(ChequeChanged(cheque.pk, "unpaid"), actor=actor)
    return match.pk


def _clearing_undone(actor: Actor, matches: Sequence[Match]) -> None:
    """A slip or a till movement waits for its bank line again; an unpaid cheque is paid again."""
    returned = ReturnedPayment.objects.filter(company=actor.company, match__in=matches)
    for row in returned:
        _pay_again(actor, row)
    deposits = ChequeDeposit.objects.filter(company=actor.company, match__in=matches)
    back = Cheque.objects.filter(deposit__in=deposits).exclude(unpaid_at=None).first()
    if back:
        raise ChequeStateError(
            back.number, gettext("est revenu impayé"), gettext("annulez d'abord ce rejet")
        )
    deposits.update(match=None)
    TillMovement.objects.filter(company=actor.company, match__in=matches).update(match=None)


def _pay_again(actor: Actor, row: ReturnedPayment) -> None:
    taken = {part.open_item_id for part in row.match.allocations.all()}
    cheque = (
        Cheque.objects.filter(company=actor.company, receipt_item__in=taken)
        .exclude(unpaid_at=None)
        .get()
    )
    assert cheque.unpaid_at is not None, "filtered"
    reversals = [
        one
        for one in ledger_queries.allocations_of(actor=actor, item_ids=[cheque.receipt_item_id])
        if one.reverses_id and one.recorded_at >= cheque.unpaid_at
    ]
    ours = set(row.match.allocations.values_list("allocation_id", flat=True))
    ledger.allocate(
        actor=actor,
        allocations=[
            NewAllocation(one.debit_item_id, one.credit_item_id, -one.amount, one.effective_date)
            for one in reversals
            if one.reverses_id not in ours
        ],
    )
    Cheque.objects.filter(pk=cheque.pk).update(unpaid_at=None)
    journal.record(ChequeChanged(cheque.pk, "paid_again"), actor=actor)


UNDO_HOOKS[Match.MatchKind.CLEARING] = _clearing_undone
