"""The till: cash received and spent, carried to the bank and back, counted; never negative."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.commands.lumps import (
    CUSTOMERS,
    Counterpart,
    PartyMoney,
    book_entry,
    exact_reason,
    house,
    lock_entry,
    post_money,
    posting,
    signed,
    unpost,
)
from echeance.cash.errors import (
    CashCeilingError,
    LumpAmountError,
    NotATillError,
    TillMovementError,
    TillNegativeError,
)
from echeance.cash.events import (
    BankAccountAdded,
    TillCounted,
    TillMoved,
    TillMovementCancelled,
)
from echeance.cash.models import BankAccount, Match, TillMovement
from echeance.cash.types import NewTillMovement
from echeance.core.bookkeeping import account_number
from echeance.core.cash_ceiling import RESIDENT_OR_BUSINESS, cash_ceiling, excess
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, Posting
from echeance.parties import queries as parties

SUPPLIERS = account_number("suppliers")
TRANSFERS = account_number("transfers")
VAT_DEDUCTIBLE = account_number("vat_deductible")
SHORT = account_number("misc_expenses")
OVER = account_number("misc_income")
Kinds = TillMovement.MovementKind
IN = {Kinds.RECEIPT, Kinds.WITHDRAWAL}


@transaction.atomic
def add_till(*, actor: Actor, name: str, ledger_account: str = "530000") -> BankAccount:
    """Open a till, one an account of the books (530…); opened again, it is the same row.

    Args:
        actor: Needs the right on bank details.
        name: What people call it.
        ledger_account: Its account in the books; opened in the chart when it lacks.
    """
    actor.require(Right.EDIT_BANK_DETAILS)
    ledger.open_accounts(actor=house(actor), numbers={ledger_account: f"Caisse {name}"[:120]})
    till, created = BankAccount.objects.get_or_create(
        company=actor.company,
        account_key=f"TILL-{ledger_account}",
        defaults={
            "name": name,
            "kind": BankAccount.AccountKind.TILL,
            "ledger_account": ledger_account,
            "created_at": clock.now(),
        },
    )
    if created:
        journal.record(BankAccountAdded(till.pk, till.account_key), actor=actor)
    return till


def _lock_tills(actor: Actor, till_ids: Collection[int]) -> dict[int, BankAccount]:
    rows = BankAccount.objects.select_for_update().filter(company=actor.company, pk__in=till_ids)
    tills = {row.pk: row for row in rows.order_by("pk")}
    for till_id in till_ids:
        if till_id not in tills:
            raise NotFoundError(what=f"caisse n° {till_id}")
        till = tills[till_id]
        if till.kind != BankAccount.AccountKind.TILL or till.closed_at:
            raise NotATillError(name=till.name)
    return tills


@transaction.atomic
def record_till_movements(*, actor: Actor, movements: Sequence[NewTillMovement]) -> list[int]:
    """Record cash that enters or leaves tills; all of it or nothing.

    Receipt: D 530, C 411. Expense: D 6xx and 445660 (or 401 for a supplier), C 530. Deposit and
    withdrawal go through 580000 until the bank line comes.

    Returns:
        Movement ids, in order.

    Raises:
        CashCeilingError: A debt would be paid in cash beyond the law (CMF art. L112-6).
        TillNegativeError: A till would hold less than nothing at the end of a day.
        TillMovementError: What its kind needs is missing.
        NotATillError: Not an open till.
    """
    actor.require(Right.MATCH_PAYMENTS)
    tills = _lock_tills(actor, {one.till_id for one in movements})
    for one in movements:
        _check(one)
    _check_ceiling(actor, movements)
    rows: list[TillMovement] = []
    now = clock.now()
    for one in movements:
        till = tills[one.till_id]
        entry_id, item_id = _post(actor, till, one)
        rows.append(
            TillMovement(
                company=actor.company,
                till=till,
                kind=one.kind,
                on=one.on,
                amount=one.amount if one.kind in IN else -one.amount,
                party_id=one.party_id,
                label=one.label[:120],
                piece_ref=one.piece_ref[:80],
                journal_entry_id=entry_id,
                receipt_item_id=item_id,
                recorded_at=now,
                recorded_by=actor.name,
            )
        )
    TillMovement.objects.bulk_create(rows)
    for till in tills.values():
        _check_balance(actor, till)
    journal.record_many([TillMoved(row.pk, row.kind, row.amount) for row in rows], actor=actor)
    return [row.pk for row in rows]


def _check(one: NewTillMovement) -> None:
    problem = ""
    if one.amount <= ZERO:
        problem = "donnez un montant positif"
    elif one.kind not in {Kinds.RECEIPT, Kinds.EXPENSE, Kinds.DEPOSIT, Kinds.WITHDRAWAL}:
        problem = "cette nature ne s'enregistre pas ainsi, choisissez-en une de la liste"
    elif one.kind == Kinds.RECEIPT and one.party_id is None:
        problem = "choisissez le client qui paie"
    elif one.kind == Kinds.EXPENSE and one.party_id is None and not one.account.startswith("6"):
        problem = "choisissez un compte de charge (classe 6) ou le fournisseur payé"
    elif one.vat < ZERO or one.vat >= one.amount:
        problem = "la TVA est comprise dans le montant et moindre que lui"
    elif one.on > clock.today():
        problem = "la date est à venir, donnez celle du mouvement"
    if problem:
        raise TillMovementError(label=one.label, problem=problem)


def _check_ceiling(actor: Actor, movements: Sequence[NewTillMovement]) -> None:
    """Sum what each debt is paid in cash, before and now. Four queries."""
    paid_by = [one for one in movements if one.party_id is not None]
    party_ids = {one.party_id for one in paid_by if one.party_id is not None}
    if not party_ids:
        return
    snapshots = parties.snapshots(actor=actor, party_ids=party_ids)
    before = queries.paid_in_cash(actor=actor, party_ids=party_ids)
    items = {
        item.item_id: item.document_ref
        for item in ledger_queries.items_for(
            actor=actor, item_ids=[part.item_id for one in paid_by for part in one.items]
        )
    }
    for one in paid_by:
        assert one.party_id is not None, "filtered"
        payer = snapshots.get(one.party_id)
        if payer is None:
            raise NotFoundError(what=f"tiers n° {one.party_id}")
        # A supplier is paid by the company, which acts for a business.
        ceiling = (
            cash_ceiling(is_business=payer.category != "consumer", country=payer.country)
            if one.kind == Kinds.RECEIPT
            else RESIDENT_OR_BUSINESS
        )
        new: dict[str, Decimal] = {}
        for part in one.items:
            debt = items.get(part.item_id, "")
            new[debt] = new.get(debt, ZERO) + part.amount
        rest = one.amount - sum(new.values(), ZERO)
        if rest > ZERO:
            new[""] = new.get("", ZERO) + rest
        paid = before.setdefault(one.party_id, {})
        over = excess(new, paid, ceiling)
        if over:
            raise CashCeilingError(
                debt=over.debt or "ce versement sans facture",
                amount=new[over.debt],
                total=over.paid + new[over.debt],
                ceiling=over.ceiling,
            )
        for debt, amount in new.items():
            paid[debt] = paid.get(debt, ZERO) + amount


def _post(actor: Actor, till: BankAccount, one: NewTillMovement) -> tuple[int, int | None]:
    reference = one.piece_ref or f"CAISSE {one.on:%d/%m/%Y}"
    if one.party_id is not None and one.kind in {Kinds.RECEIPT, Kinds.EXPENSE}:
        received = one.kind == Kinds.RECEIPT
        [done] = post_money(
            actor,
            [
                PartyMoney(
                    journal_code="CA",
                    on=one.on,
                    reference=reference,
                    label=one.label,
                    account=till.ledger_account,
                    party_id=one.party_id,
                    amount=one.amount,
                    items=one.items,
                    party_account=CUSTOMERS if received else SUPPLIERS,
                    received=received,
                )
            ],
        )
        return done.entry_id, done.item_id
    enters = one.amount if one.kind in IN else -one.amount
    against = (
        (Posting(one.account, debit=one.amount - one.vat), Posting(VAT_DEDUCTIBLE, debit=one.vat))
        if one.kind == Kinds.EXPENSE
        else (posting(TRANSFERS, -enters),)
    )
    entry_id = _write(actor, till, enters, against, on=one.on, reference=reference, label=one.label)
    return entry_id, None


def _write(
    actor: Actor,
    till: BankAccount,
    enters: Decimal,
    against: Sequence[Posting],
    *,
    on: date,
    reference: str,
    label: str,
) -> int:
    facts = EntryFacts(
        journal_code="CA",
        entry_date=on,
        document_ref=reference,
        document_date=on,
        label=label,
        postings=(posting(till.ledger_account, enters), *against),
    )
    return ledger.post_entries(actor=actor, entries=[facts])[0].entry_id


def _check_balance(actor: Actor, till: BankAccount) -> None:
    """Whatever the day a movement is dated of, no day ends below zero."""
    lowest = queries.lowest_till_balance(actor=actor, till_id=till.pk)
    if lowest and lowest[1] < ZERO:
        raise TillNegativeError(name=till.name, balance=lowest[1], on=lowest[0])


@transaction.atomic
def count_till(*, actor: Actor, till_id: int, on: date, counted: Decimal) -> int | None:
    """Write down what was counted in a till at the end of a day, and book the difference.

    Missing cash goes to 658000, cash in excess to 758000.

    Returns:
        The movement of the difference, or ``None`` when there is none; the count itself is in
        the journal either way.

    Raises:
        TillMovementError: Counted below zero, or on a day to come.
        TillNegativeError: The difference would leave a later day below zero.
    """
    actor.require(Right.MATCH_PAYMENTS)
    till = _lock_tills(actor, {till_id})[till_id]
    if counted < ZERO or on > clock.today():
        raise TillMovementError(
            label="comptage", problem="donnez un montant positif ou nul, et un jour passé"
        )
    expected = queries.till_balance(actor=actor, till_id=till_id, on=on)
    journal.record(TillCounted(till_id, on.isoformat(), counted, expected), actor=actor)
    gap = counted - expected
    if not gap:
        return None
    label = f"Écart de comptage du {on:%d/%m/%Y}"
    against = posting(OVER if gap > ZERO else SHORT, -gap)
    entry_id = _write(
        actor, till, gap, (against,), on=on, reference=f"CAISSE {on:%d/%m/%Y}", label=label
    )
    row = TillMovement.objects.create(
        company=actor.company,
        till=till,
        kind=Kinds.COUNT,
        on=on,
        amount=gap,
        label=label,
        journal_entry_id=entry_id,
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    _check_balance(actor, till)
    journal.record(TillMoved(row.pk, row.kind, gap), actor=actor)
    return row.pk


@transaction.atomic
def cancel_till_movements(*, actor: Actor, movement_ids: Collection[int]) -> int:
    """Cancel movements: entries reversed today, what they paid open again; the book says so.

    Raises:
        TillMovementError: One is cancelled already, or its bank line is matched.
        TillNegativeError: Without it a day would end below zero.
    """
    actor.require(Right.MATCH_PAYMENTS)
    wanted = sorted(set(movement_ids))
    rows = list(
        TillMovement.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFoundError(what="mouvement de caisse")
    tills = _lock_tills(actor, {row.till_id for row in rows})
    for row in rows:
        if row.cancelled_at:
            raise TillMovementError(label=row.label, problem="il est déjà annulé")
        if row.match_id:
            raise TillMovementError(
                label=row.label, problem="la banque l'a vu, annulez d'abord ce rapprochement"
            )
    unpost(
        actor,
        [row.journal_entry_id for row in rows],
        [row.receipt_item_id for row in rows if row.receipt_item_id],
    )
    TillMovement.objects.filter(pk__in=wanted).update(
        cancelled_at=clock.now(), cancelled_by=actor.name
    )
    for till in tills.values():
        _check_balance(actor, till)
    journal.record_many([TillMovementCancelled(row.pk) for row in rows], actor=actor)
    return len(rows)


@transaction.atomic
def clear_till_movement(*, actor: Actor, movement_id: int, entry_id: int) -> int:
    """Book the bank line of a deposit or a withdrawal of cash, to the cent, against 580000.

    Returns:
        The match; ``undo_matches`` takes it back.

    Raises:
        LumpAmountError: Another amount or way.
        TillMovementError: Not carried to the bank, cancelled, or matched already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    row = (
        TillMovement.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=movement_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"mouvement de caisse n° {movement_id}")
    if row.match_id or row.cancelled_at or row.kind not in {Kinds.DEPOSIT, Kinds.WITHDRAWAL}:
        raise TillMovementError(label=row.label, problem="il n'attend aucune ligne de banque")
    entry = lock_entry(actor, entry_id)
    if signed(entry) != -row.amount:
        raise LumpAmountError(f"« {row.label} »", signed(entry), -row.amount)
    match = book_entry(
        actor,
        entry,
        Match.MatchKind.CLEARING,
        label=row.label,
        counterparts=[Counterpart(TRANSFERS, row.amount)],
        reasons=[exact_reason(row.label, abs(row.amount))],
    )
    TillMovement.objects.filter(pk=row.pk).update(match=match)
    return match.pk
