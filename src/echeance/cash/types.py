"""Facts handed to the bank room, and told by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from echeance.core.matching.model import Difference, DifferenceRule

DifferenceLine = DifferenceRule
"""A line of the policy on differences, as the matcher reads it."""

USUAL_DIFFERENCES: tuple[DifferenceRule, ...] = (
    DifferenceRule("bank_charges", "bank_fees", limit_amount=Decimal("30.00"), evidence="told"),
    DifferenceRule("rounding", "misc_expenses", limit_amount=Decimal("0.05"), alone=False),
    DifferenceRule(
        "rounding", "misc_income", limit_amount=Decimal("0.05"), direction="over", alone=False
    ),
    DifferenceRule(
        "discount", "discounts_given", "prorata", limit_percent=Decimal(3), evidence="terms"
    ),
    DifferenceRule(
        "retention",
        "customers_retention",
        limit_percent=Decimal(5),
        evidence="word",
        alone=False,
    ),
    DifferenceRule(
        "exchange",
        "fx_losses_trade",
        limit_percent=Decimal(5),
        direction="both",
        evidence="told",
        alone=False,
    ),
    DifferenceRule("small", "misc_expenses", limit_amount=Decimal("1.00"), alone=False),
)


@dataclass(frozen=True, slots=True)
class CashPolicy:
    """What the assistant does by itself with the bank.

    Attributes:
        auto_apply: Apply alone the payments whose explanation is proved unique.
        auto_apply_limit: Largest payment applied alone; larger ones are proposed. ``None``: any.
        differences: What may explain that a payment is not what its documents owe. The assistant
            takes alone the lines that say so; a person goes beyond them with the right to write
            off.
    """

    SECTION: ClassVar[str] = "cash"

    auto_apply: bool = True
    auto_apply_limit: Decimal | None = None
    differences: tuple[DifferenceRule, ...] = USUAL_DIFFERENCES


@dataclass(frozen=True, slots=True)
class MatchedItem:
    """Part of a payment given to one open item of the ledger; positive, in euros."""

    item_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NewMatch:
    """An explanation of one statement entry, to be booked.

    Items and differences sum to the entry, what stays unapplied counted: of an invoice of 120.00
    paid 118.00, two euros being the bank's, the item is 120.00 and the difference -2.00.

    Attributes:
        entry_id: The statement entry.
        items: What it settles. Money in settles items of the debit side, money out those of the
            credit side; items of the other side are deducted by the payer.
        party_id: Whose money it is; needed when part of it stays unapplied.
        reasons: French sentences kept with the match.
        differences: What the entry lacks (negative) or has in excess (positive). ``account`` is a
            key of the chart, that of the policy line when empty; a kind with neither leaves the
            lack open. ``unapplied`` says nothing more than ``party_id``.
        method: What proved it, as the matcher says it.
        account: Account of what stays unapplied: customers for money in, suppliers for money out,
            unless it is given.
        remember: A person asks that the payer be recognised from now on.
    """

    entry_id: int
    items: tuple[MatchedItem, ...]
    party_id: int | None = None
    reasons: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    method: str = ""
    account: str = ""
    remember: bool = False


@dataclass(frozen=True, slots=True)
class NewBooking:
    """An entry booked on an account that is nobody's: fees, interest, a tax, a wage.

    Attributes:
        account: Number in the chart, not a party account.
        vat: Deductible VAT inside the amount of the entry (of fees), positive.
        label: Wording of the entry; the bank's text when empty.
    """

    entry_id: int
    account: str
    vat: Decimal = Decimal(0)
    label: str = ""


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """Money moved between two accounts of the company: the line it left by, the line it came by.

    One of them may be missing: its bank has not told it yet, and 580 keeps the amount meanwhile.
    """

    out_entry_id: int | None
    in_entry_id: int | None


@dataclass(frozen=True, slots=True)
class NewReturn:
    """A payment that came back: the line that takes the money back, and what it undoes.

    Attributes:
        entry_id: The debit line.
        match_id: The explanation of the receipt that came back, whole or in part.
        item_ids: What it reopens; all that the receipt paid when empty.
        reason_code: ISO reason or CFONB reject code; that of the line when empty.
    """

    entry_id: int
    match_id: int
    item_ids: tuple[int, ...] = ()
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class ReturnProposal:
    """What a debit line takes back, as far as it can be told.

    Attributes:
        decision: ``apply`` when one receipt only fits, ``ask`` when several do, ``unknown``.
        candidates: Receipts it may be, best first.
        cost: What the line takes beyond the receipt, for the only candidate.
        reasons: French sentences.
    """

    entry_id: int
    decision: Literal["apply", "ask", "unknown"]
    candidates: tuple[NewReturn, ...]
    cost: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstructionChange:
    """A change to a line of a campaign in preparation.

    Attributes:
        instruction_id: The line.
        include: Whether it leaves with the file.
        reason: Why it does not, when a person excludes it.
        account_id: Confirmed account of the party to pay, when it has several.
    """

    instruction_id: int
    include: bool
    reason: str = ""
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class InstructedPart:
    """What an order sent to the bank pays: one open item of it.

    Attributes:
        instruction_id: The order.
        end_to_end_id: Its reference, that the statement brings back.
        kind: ``transfer``, ``direct_debit`` or ``bills``.
        party_id: Whose item it is.
        item_id: The open item.
        amount: Part of the order given to it; negative for a credit deducted.
    """

    instruction_id: int
    end_to_end_id: str
    kind: str
    party_id: int
    item_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NewBill:
    """A bill of exchange accepted by a customer, or a promissory note it signed.

    Attributes:
        party_id: The drawee.
        kind: ``lcr`` or ``bor``.
        items: Debit items of the customer that it pays; their sum is its amount.
        due_date: Day it is to be paid.
        created_on: Day it was drawn.
        iban: French account of the drawee.
        reference: At most ten characters; made when empty.
        accepted: Whether the drawee has signed an LCR.
    """

    party_id: int
    kind: str
    items: tuple[MatchedItem, ...]
    due_date: date
    created_on: date
    iban: str
    reference: str = ""
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a status message of the bank changed.

    Attributes:
        reference: Of the campaign.
        accepted: Orders the bank took or carried out.
        rejected: Orders it refused.
        unknown: References of the message that are of no order of the campaign.
    """

    reference: str
    accepted: int
    rejected: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementReport:
    """What an import did: one line a statement of the file.

    Attributes:
        statement_id: 0 for a report or a notice, which is not a statement.
        known_entries: Told already by another file; for a notice, the entries it completes.
        proof: As ``core.bank.Statement``: ``balances``, ``totals``, ``closing`` or ``none``.
        kind: ``statement``, ``report`` or ``notice``.
        waiting: Operations of a notice that no statement has told yet.
    """

    statement_id: int
    account_name: str
    closing_date: date
    closing_balance: Decimal
    new_entries: int
    known_entries: int
    proof: str = "balances"
    kind: str = "statement"
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class StatementGap:
    """Two statements of an account that do not follow each other.

    Attributes:
        statement_id: The later one.
        missing_numbers: First and last numbers that the bank counted in between.
    """

    statement_id: int
    bank_account_id: int
    account_name: str
    closed_on: date
    closing_balance: Decimal
    opened_on: date
    opening_balance: Decimal
    missing_numbers: tuple[int, int] | None = None

    @property
    def difference(self) -> Decimal:
        """What the missing movements add up to."""
        return self.opening_balance - self.closing_balance


@dataclass(frozen=True, slots=True)
class BalancePoint:
    """A proved balance of an account at the end of a day."""

    on: date
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to explain a payment, as shown to a person."""

    items: tuple[MatchedItem, ...]
    label: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchProposal:
    """What the matcher says of one entry.

    Attributes:
        decision: ``apply`` (proved unique), ``ask`` (several or inexact) or ``unknown``.
        reasons: French sentences.
        question: What to ask when it does not apply.
        candidates: Ways to explain it, best first; one when it applies.
        fragments: Places in the text of the entry that the reasons rest on.
        missing_fact: What would settle the question, in French.
        method: What proved it, as the matcher says it.
    """

    entry_id: int
    decision: str
    reasons: tuple[str, ...]
    question: str = ""
    party_id: int | None = None
    candidates: tuple[Candidate, ...] = ()
    fragments: tuple[tuple[int, int], ...] = ()
    missing_fact: str = ""
    method: str = ""

    @property
    def first(self) -> NewMatch:
        """What booking its first explanation takes; the only one when it is proved."""
        chosen = self.candidates[0]
        return NewMatch(
            self.entry_id,
            chosen.items,
            self.party_id,
            self.reasons,
            chosen.differences,
            self.method,
        )


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One document of an explanation. Credits are negative.

    Attributes:
        open_amount: What is left of it.
        amount: What the explanation takes of it.
        is_cited: Its number stands in the text of the bank.
    """

    document_ref: str
    party_name: str
    due_date: date
    open_amount: Decimal
    amount: Decimal
    is_cited: bool


@dataclass(frozen=True, slots=True)
class QuestionOption:
    """An explanation as a person reads it.

    Attributes:
        left: What it leaves of the payment.
        is_payer: All of its documents are those of the payer recognised.
        differences: French label and amount of what the payment lacks or has beyond them.
    """

    candidate: Candidate
    lines: tuple[QuestionLine, ...]
    left: Decimal
    is_payer: bool
    differences: tuple[tuple[str, Decimal], ...] = ()

    @property
    def is_cited(self) -> bool:
        """Whether the text of the bank names every one of its documents."""
        return all(line.is_cited for line in self.lines)

    @property
    def still_due(self) -> Decimal:
        """What its documents would still owe."""
        return sum((line.open_amount - line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Question:
    """A proposal as a person reads it.

    Attributes:
        pieces: The text of the bank, cut: each piece, and whether a reason rests on it.
        payer: Name of the customer recognised, or nothing.
    """

    entry_id: int
    proposal: MatchProposal
    title: str
    pieces: tuple[tuple[str, bool], ...]
    payer: str
    options: tuple[QuestionOption, ...]

    @property
    def is_recommended(self) -> bool:
        """Whether the first explanation has more for it than the next: else none is put forward."""
        weights = [(one.is_cited, one.is_payer, not one.still_due) for one in self.options[:2]]
        return len(weights) < 2 or weights[0] > weights[1]


@dataclass(frozen=True, slots=True)
class NewCheque:
    """A cheque received from a customer, and the invoices it pays.

    Attributes:
        number: As printed on the cheque.
        amount: Positive, in euros; what ``items`` leave of it stays on the customer's account.
    """

    party_id: int
    number: str
    amount: Decimal
    received_on: date
    items: tuple[MatchedItem, ...] = ()
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class NewTillMovement:
    """Money that enters or leaves a till.

    Attributes:
        kind: ``receipt``, ``expense``, ``deposit`` (to the bank) or ``withdrawal`` (from it).
        amount: Positive whatever the way.
        party_id: Customer of a receipt; supplier whose invoice an expense pays.
        items: Open items that a receipt or a supplier's payment settles.
        account: Expense account (class 6) when no supplier is named.
        vat: Deductible VAT included in ``amount`` of an expense.
    """

    till_id: int
    kind: str
    on: date
    amount: Decimal
    label: str
    party_id: int | None = None
    items: tuple[MatchedItem, ...] = ()
    account: str = ""
    vat: Decimal = Decimal(0)
    piece_ref: str = ""


@dataclass(frozen=True, slots=True)
class TillLine:
    """A line of the till's book, with what is in the till after it."""

    movement_id: int
    on: date
    kind: str
    label: str
    piece_ref: str
    party_name: str
    received: Decimal
    paid: Decimal
    balance: Decimal
    recorded_by: str
    in_bank: bool


@dataclass(frozen=True, slots=True)
class TillBook:
    """Livre de caisse of a period: opening + received - paid = closing."""

    opening: Decimal
    lines: tuple[TillLine, ...]

    @property
    def received(self) -> Decimal:
        """All that came in."""
        return sum((line.received for line in self.lines), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """All that went out."""
        return sum((line.paid for line in self.lines), Decimal(0))

    @property
    def closing(self) -> Decimal:
        """What is in the till at the end."""
        return self.opening + self.received - self.paid


@dataclass(frozen=True, slots=True)
class LumpProposal:
    """Money on its way to the bank, and the bank line that brought it.

    Attributes:
        kind: ``cheques`` (a slip), ``till`` (a deposit or a withdrawal) or ``payout``.
        lump_id: The slip, the movement or the payout.
        entry_id: The only line that fits, when it fits no other lump; else ``None``.
        found: How many lines fit.
    """

    kind: str
    lump_id: int
    reference: str
    on: date
    amount: Decimal
    entry_id: int | None
    found: int
    entry_text: str = ""


@dataclass(frozen=True, slots=True)
class NettingSide:
    """An item of a netting and the part of it that is set off."""

    item_id: int
    document_ref: str
    due_date: date
    open_amount: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NettingProposal:
    """What a party owes, set against what it is owed, the oldest due first.

    Attributes:
        receivables: Items of 411; their amounts sum to ``amount``.
        payables: Items of 401; so do theirs.
    """

    party_id: int
    on: date
    amount: Decimal
    receivables: tuple[NettingSide, ...]
    payables: tuple[NettingSide, ...]


@dataclass(frozen=True, slots=True)
class DormantCredit:
    """A credit of a customer that nobody uses.

    Attributes:
        age_days: Since the day of its document.
        prescribed_on: Day from which it can no longer be claimed (C. civ. art. 2224).
    """

    item_id: int
    party_id: int
    party_name: str
    document_ref: str
    kind: str
    on: date
    open_amount: Decimal
    age_days: int
    prescribed_on: date


@dataclass(frozen=True, slots=True)
class ReconcilingLine:
    """Something that only one of the two knows; signed, above zero increases its side."""

    on: date
    reference: str
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """État de rapprochement of an account of the books with its bank, at the end of a day.

    ``ledger_balance + not_booked - not_on_bank + opening + gap = bank_balance``, always.

    Attributes:
        ledger_balance: Debit less credit of the account.
        bank_balance: Closing balances of the latest statements to that day, moved by the entries
            that came after; ``None`` when no statement was imported.
        not_booked: Lines of the bank that no entry explains.
        not_on_bank: Lines of the books that no bank line brought.
        opening: Balance of the bank before its first statement, where the books do not open with
            the same.
        gap: What the statements do not explain between themselves: a statement is missing.
    """

    account: str
    on: date
    statement_date: date | None
    ledger_balance: Decimal
    bank_balance: Decimal | None
    not_booked: tuple[ReconcilingLine, ...]
    not_on_bank: tuple[ReconcilingLine, ...]
    opening: Decimal
    gap: Decimal

    @property
    def difference(self) -> Decimal:
        """Bank less books; zero when they agree."""
        return (self.bank_balance or Decimal(0)) - self.ledger_balance

    @property
    def explained(self) -> Decimal:
        """What the lines explain of the difference."""
        return (
            sum((line.amount for line in self.not_booked), Decimal(0))
            - sum((line.amount for line in self.not_on_bank), Decimal(0))
            + self.opening
            + self.gap
        )

    @property
    def unexplained(self) -> Decimal:
        """Zero, always: the report proves itself."""
        return self.difference - self.explained


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """Receivables to assign to a factor or, by a « bordereau Dailly », to a bank.

    Attributes:
        kind: ``factoring`` or ``dailly``.
        assignee_id: The factor or the bank, a party.
        item_ids: Open items of customers, whole.
        guarantee_percent: Kept by the assignee until the debtors have paid.
        commission, interest, vat: Its fees, and the deductible VAT of the commission.
    """

    kind: str
    assignee_id: int
    reference: str
    on: date
    item_ids: tuple[int, ...]
    financed_percent: Decimal = Decimal(90)
    guarantee_percent: Decimal = Decimal(10)
    commission: Decimal = Decimal(0)
    interest: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    is_notified: bool = True
