"""A piece to bill: what every source says of what it has to bill, whatever it is.

Orders, deliveries, time, contracts, milestones, statements, disbursements give pieces; the run
groups them into drafts and tells each source the document that bills it. No database, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.billing.types import (
    INVOICE,
    AllowanceFacts,
    AttachmentFacts,
    DraftLine,
    PayerFacts,
)

ORDER = "order"
DELIVERY = "delivery"
TIME = "time"
CONTRACT = "contract"
MILESTONE = "milestone"
STATEMENT = "statement"
DEPOSIT = "deposit"
DISBURSEMENT = "disbursement"


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that can be billed, alone or with others.

    Attributes:
        source: Who gives it: one of the names of this module.
        source_id: Its row there; for a contract, the contract, and ``period_start`` says which
            period of it.
        number: What a person calls it: an order number, a delivery note, a period.
        party_id: The customer, as the source names it; the run resolves mergers.
        supplied_on: Day of the supply, or first day of the period; of an order that says no
            delivery day, its date.
        net: Before VAT, after discounts, deposits not deducted.
        lines: What is billed. A source with many rows leaves them empty and gives them later,
            a chunk at a time: see :class:`echeance.billing.queries.to_bill.Source`.
        members: Rows of the source it bills when they are several; ``source_id`` is one of them.
        kind: BT-3 of the document that bills it.
        delivered_on: BT-72, where it is known.
        payment_terms: Code of ``core.terms``; empty for those of the customer.
        frame: BT-23; empty lets the rules choose.
        not_before: First day it may be billed, for a source that has its own calendar.
        waits: Why it cannot be billed yet, as a French clause; empty when it can.
        alone: Never with another piece: a final invoice, a statement of works.
    """

    source: str
    source_id: int
    number: str
    party_id: int
    supplied_on: date
    net: Decimal
    lines: tuple[DraftLine, ...] = ()
    members: tuple[int, ...] = ()
    kind: str = INVOICE
    delivered_on: date | None = None
    currency: str = "EUR"
    order_reference: str = ""
    sales_order_reference: str = ""
    delivery_reference: str = ""
    contract_reference: str = ""
    project_reference: str = ""
    buyer_reference: str = ""
    establishment_id: int | None = None
    payment_terms: str = ""
    frame: str = ""
    note: str = ""
    period_start: date | None = None
    period_end: date | None = None
    retained_amount: Decimal = Decimal(0)
    retained_until: date | None = None
    allowances: tuple[AllowanceFacts, ...] = ()
    payers: tuple[PayerFacts, ...] = ()
    attachments: tuple[AttachmentFacts, ...] = ()
    not_before: date | None = None
    waits: str = ""
    alone: bool = False

    @property
    def key(self) -> tuple[str, int, date | None]:
        """What tells it from every other piece."""
        return self.source, self.source_id, self.period_start

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of the source it bills."""
        return self.members or (self.source_id,)
