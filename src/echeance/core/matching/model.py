"""The facts that matching reads and the answers it gives. No score: a proof, or a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from echeance.core.money import ZERO

Decision = Literal["apply", "ask", "unknown"]
DifferenceKind = Literal["bank_charges", "discount", "rounding", "retention", "small", "exchange"]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A receivable, or a credit, that is still open.

    Attributes:
        debtor_names: Every name the debtor is known by, the one to show first. A name is proof
            of the payer when one debtor of the items bears it: leave out a name that a customer
            without any open item bears too.
        document_number: Invoice or credit note number (BT-1); instalments of one invoice share it.
        order_reference: The buyer's order (BT-13), or empty.
        open_amount: What is left, negative for a credit.
        amount: What it was at first; ``None`` when not known.
        kind: ``invoice``, ``credit_note``, ``receipt`` (money not yet given to an invoice) or
            ``other``.
        customer_codes: Codes the debtor is known by (ours for him, his for us).
        payment_references: End-to-end ids, mandates and RF references we gave for its payment.
        group_id: Group of companies of the debtor: a member may pay for another.
        discount_amount: Early-payment discount offered, VAT included, positive.
        discount_until: Last day of the discount.
    """

    item_id: int
    debtor_id: int
    debtor_names: tuple[str, ...]
    document_number: str
    order_reference: str
    issue_date: date
    due_date: date
    open_amount: Decimal
    currency: str
    amount: Decimal | None = None
    kind: str = "invoice"
    customer_codes: tuple[str, ...] = ()
    payment_references: tuple[str, ...] = ()
    group_id: int | None = None
    discount_amount: Decimal = ZERO
    discount_until: date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank movement to explain.

    Attributes:
        direction: ``CRDT`` or ``DBIT``; only money in pays a receivable. To explain money going
            out, give payables as items and the payment as ``CRDT``.
        text: Every free text of the movement; fragments are positions in it.
        references: Structured and end-to-end references.
        mandate_ids: SEPA mandates told by the bank.
        charges: What banks kept on the way, in the payment's currency; ``None`` when not told.
        original_amount: What the payer ordered, in ``original_currency``, when told.
        parts: The transactions of a batch (cheque slip, direct debits, cards), each with its own
            amount, payer and text; their sum is the amount, or they are not given.
        reversal: The bank says that it undoes another movement, or is a payment come back.
    """

    entry_id: int
    direction: str
    amount: Decimal
    booking_date: date
    text: str
    references: tuple[str, ...]
    payer_name: str
    payer_iban: str
    currency: str
    mandate_ids: tuple[str, ...] = ()
    charges: Decimal | None = None
    original_amount: Decimal | None = None
    original_currency: str = ""
    parts: tuple[Payment, ...] = ()
    reversal: bool = False


@dataclass(frozen=True, slots=True)
class PayerLink:
    """A payer learnt from answers that a person confirmed.

    Attributes:
        kind: ``iban``, ``name`` (letters and digits of it) or ``text`` (words of the bank's text).
        value: Compact, upper case.
        debtor_ids: Whose documents it pays: one, or the members of a group, or an agent's clients.
    """

    kind: Literal["iban", "name", "text"]
    value: str
    debtor_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class DifferenceRule:
    """Line of the policy: a difference that may be explained, within a limit.

    A difference that two lines explain is explained by none: it is asked.

    Attributes:
        kind: ``bank_charges``, ``discount`` (early payment), ``rounding``, ``retention`` (of
            guarantee), ``small`` (not worth asking) or ``exchange``.
        account: Key of the chart that takes it (``core.bookkeeping.chart``).
        vat: ``none``, or ``prorata`` when it lowers the price and therefore the VAT (CGI art. 272,
            discounts); the VAT on the part left is the same share of each rate.
        limit_amount: Largest difference for a payment, positive; ``None``: no limit in euros.
        limit_percent: Largest share of what the documents owe; ``None``: no limit in per cent.
        direction: ``short`` the payer pays less, ``over`` more, or ``both``.
        evidence: ``none``; ``told``: the bank tells the charges or the original amount; ``word``:
            the text says so; ``terms``: the document offers it (discount and its date).
        alone: The assistant may apply it without asking.
    """

    kind: DifferenceKind
    account: str
    vat: Literal["none", "prorata"] = "none"
    limit_amount: Decimal | None = None
    limit_percent: Decimal | None = None
    direction: Literal["short", "over", "both"] = "short"
    evidence: Literal["none", "told", "word", "terms"] = "none"
    alone: bool = True


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """The bounds within which uniqueness is proved; beyond them the answer is a question.

    Attributes:
        reference_length_min: Letters and digits a number needs to be recognised in a text.
        sum_work_max: Largest table of sums, in cents times items, that is worked out.
        alternatives_max: Explanations shown with a question.
        differences: What may explain that an amount is not exact; none by default.
        part_payments: A payment that cites one document whole, from its debtor, and for which no
            other explanation stands, may pay part of it; the rest stays open.
        solver_seconds: Longest time given to the solver for one payment; reached, it asks.
    """

    reference_length_min: int = 4
    sum_work_max: int = 200_000_000
    alternatives_max: int = 5
    differences: tuple[DifferenceRule, ...] = ()
    part_payments: bool = True
    solver_seconds: int = 2


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a payment set against an item: the item's sign, never beyond what is open."""

    item_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """What a payment lacks (negative) or has in excess (positive), and the line that explains it.

    ``kind`` is that of a rule, or ``unapplied`` for an excess left on the debtor's account.
    ``account`` and ``vat`` are the rule's. ``item_id`` is the document it is taken on, if one.
    """

    kind: str
    amount: Decimal
    account: str = ""
    vat: str = "none"
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One way to explain a payment: the allocations plus the differences are its amount."""

    allocations: tuple[Allocation, ...]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a French sentence, with the position in the payment's text of what shows it."""

    code: str
    sentence: str
    fragment: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer for one payment.

    Attributes:
        decision: ``apply`` proved; ``ask`` a person must choose; ``unknown`` nothing to propose.
        allocations: What to apply; empty unless ``apply``.
        differences: What explains that allocations are not the amount; empty unless ``apply``.
        alternatives: Explanations to choose from; empty when ``apply``.
        debtor_id: Whose payment it is, when that is sure.
        question: In French; empty when ``apply``.
        missing_fact: What would settle the question, in French: a number, a remittance advice.
        method: What proved it: ``reference``, ``amount``, ``enumeration``, ``solver`` or ``parts``.
    """

    entry_id: int
    decision: Decision
    allocations: tuple[Allocation, ...]
    reasons: tuple[Reason, ...]
    alternatives: tuple[Explanation, ...]
    debtor_id: int | None
    question: str
    differences: tuple[Difference, ...] = ()
    missing_fact: str = ""
    method: str = ""
