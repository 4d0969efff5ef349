"""Facts handed to the ground floor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """Identity of a company; see :class:`echeance.base.models.Company` for each field."""

    name: str
    siren: str
    legal_form: str = ""
    share_capital: Decimal | None = None
    siret: str = ""
    vat_id: str = ""
    rcs_city: str = ""
    address_line: str = ""
    address_extra: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    email: str = ""
    phone: str = ""
    electronic_address: str = ""
    vat_regime: str = "monthly"
    vat_on_debits_since: date | None = None
    payment_terms: str = "net30"
    size: str = "small"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer offered to a question: its key, its French label, its reversal class."""

    key: str
    label: str
    reversal: str = "internal"


@dataclass(frozen=True, slots=True)
class WorkItemFacts:
    """A question to open.

    Attributes:
        key: The matter, e.g. ``cash.match:412``; one open item a matter.
        kind: Sort of question, ``<room>.<noun>``.
        subject: ``kind:id`` of the object.
        title: The question, one French sentence.
        evidence: What the person needs to answer, JSON-ready.
        answers: Two to four answers.
        amount: Money at stake, for the order of the queue.
        due_date: Answer before that day.
    """

    key: str
    kind: str
    subject: str
    title: str
    evidence: dict[str, object] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    amount: Decimal = Decimal(0)
    due_date: date | None = None
