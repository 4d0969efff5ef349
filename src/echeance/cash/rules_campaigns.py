"""What a payment campaign orders of the open items of a party. No database, no clock.

Sources: EPC016-06 (SDD Core) and EPC222-07 (SDD B2B): sequence types, notice of 14 days;
EPC125-05 (SCT): 140 characters of remittance text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from echeance.core.bank.charset import has_words, sepa_text
from echeance.core.bank.orders import LARGEST, NAME_LENGTH, REMITTANCE_LENGTH, SEPA
from echeance.core.creditor_reference import is_creditor_reference
from echeance.core.money import ZERO, format_amount

NOTICE_DAYS: Final = 14
"""Notice of a direct debit when nothing shorter is agreed. Source: EPC016-06, 4.4.1."""
DEBIT_LEAD_DAYS: Final = 1
"""A direct debit reaches the bank at least one banking day before. Source: EPC016-06."""


@dataclass(frozen=True, slots=True)
class Owed:
    """An open item as a campaign sees it.

    Attributes:
        item_id: The open item.
        document_ref: Number of its document.
        payment_ref: Reference asked for with the payment (RF), empty otherwise.
        amount: What is ordered for it; negative when it is deducted.
    """

    item_id: int
    document_ref: str
    payment_ref: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """What is ordered for a party.

    Attributes:
        amount: Above zero.
        items: What it pays and deducts, with signs; their sum is the amount unless excluded.
        remittance_text: At most 140 characters.
        reason: Why it is excluded, a French phrase; empty when it is not.
    """

    amount: Decimal
    items: tuple[Owed, ...]
    remittance_text: str
    reason: str = ""


def order_of(items: Sequence[Owed]) -> Order | None:
    """One order for the items of a party; ``None`` when nothing is owed.

    Deductions that reach what is owed leave nothing to order: the line is excluded, with what
    is owed as its amount.

    >>> order_of([Owed(1, "F-1", "", Decimal("100.00")), Owed(2, "AV-1", "", Decimal("-30.00"))])
    ... # doctest: +ELLIPSIS
    Order(amount=Decimal('70.00'), items=(...), remittance_text='F-1 AV-1', reason='')
    """
    owed = sum((one.amount for one in items if one.amount > ZERO), ZERO)
    if owed <= ZERO:
        return None
    net = sum((one.amount for one in items), ZERO)
    text = remittance_text(items)
    if net <= ZERO:
        deducted = format_amount(owed - net)
        return Order(owed, tuple(items), text, f"les avoirs ({deducted}) couvrent ce qui est dû.")
    if net > LARGEST:
        return Order(net, tuple(items), text, "le montant dépasse 999 999 999,99 €.")
    return Order(net, tuple(items), text)


def remittance_text(items: Sequence[Owed]) -> str:
    """Document numbers in 140 characters; the RF reference alone when one item asks for it.

    >>> remittance_text([Owed(1, "F-1", "RF18539007547034", Decimal(1))])
    'RF18539007547034'
    >>> remittance_text([Owed(n, f"FA2026-{n:06d}", "", Decimal(1)) for n in range(1, 12)])[-28:]
    'FA2026-000008 FA2026-000009 +2'[-28:]
    """
    if len(items) == 1 and is_creditor_reference(items[0].payment_ref):
        return items[0].payment_ref
    numbers = list(dict.fromkeys(sepa_text(one.document_ref, 35) for one in items))
    whole = " ".join(numbers)
    if len(whole) <= REMITTANCE_LENGTH:
        return whole
    kept: list[str] = []
    for number in numbers:
        tail = f" +{len(numbers) - len(kept) - 1}"
        if len(" ".join([*kept, number])) + len(tail) > REMITTANCE_LENGTH:
            break
        kept.append(number)
    return " ".join([*kept, f"+{len(numbers) - len(kept)}"])


def payee_reason(name: str, iban: str) -> str:
    """Why an account cannot be named in a SEPA order, a French phrase; empty when it can."""
    if iban[:2] not in SEPA:
        return "son compte est hors de l'espace SEPA."
    if not has_words(sepa_text(name, NAME_LENGTH)):
        return "son nom n'a aucune lettre que les banques acceptent."
    return ""


def sequence_type(*, one_off: bool, used: bool, last: bool = False) -> str:
    """SeqTp of a collection; ``used`` when one was collected, or ordered, before.

    >>> sequence_type(one_off=False, used=False)
    'FRST'
    """
    if one_off:
        return "OOFF"
    if last:
        return "FNAL"
    return "RCUR" if used else "FRST"


def mandate_reason(
    *, revoked: bool, account_ended: bool, used_up: bool, ends_on: date, on: date
) -> str:
    """Why nothing may be collected under the last mandate of a party, a French phrase."""
    if revoked:
        return "son mandat est révoqué."
    if account_ended:
        return "le compte de son mandat n'est plus en usage."
    if used_up:
        return "son mandat ponctuel a déjà servi."
    if on >= ends_on:
        return "son mandat n'a pas servi depuis 36 mois, il est caduc."
    return "son mandat n'est pas encore signé à cette date."


def late_notices(
    notices: Iterable[tuple[str, date | None]], collection_date: date, notice_days: int
) -> list[str]:
    """References of the collections announced too late, or not at all, for the notice."""
    latest = collection_date - timedelta(days=notice_days)
    return [reference for reference, on in notices if on is None or on > latest]
