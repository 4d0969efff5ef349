"""How a payment is spread over what it pays. Pure: facts in, answer out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from echeance.core.money import ZERO


@dataclass(frozen=True, slots=True)
class PaidItem:
    """One open item of a match, with what the ledger knows of it.

    Attributes:
        side: ``debit`` for what is owed, ``credit`` for a credit note the payer deducted.
        amount: Part of it that the match uses, positive.
    """

    item_id: int
    party_id: int
    side: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PartyShare:
    """What a payment brings to one customer: the amount received, and how it is spread.

    Attributes:
        received: Credit posted on the customer's account, positive.
        credits: (invoice item, credit note item, amount) settled between themselves.
        receipts: (invoice item, amount) settled by the money received.
    """

    party_id: int
    received: Decimal
    credits: tuple[tuple[int, int, Decimal], ...]
    receipts: tuple[tuple[int, Decimal], ...]


def spread(items: Sequence[PaidItem], amount: Decimal, party_id: int | None) -> list[PartyShare]:
    """Spread a payment: credit notes settle invoices first, money settles the rest.

    What no item uses stays unapplied on the account of ``party_id``.

    Args:
        items: What the payment pays, in the order to settle.
        amount: Money received, positive.
        party_id: Owner of what stays unapplied.

    Returns:
        One share a customer that receives money or settles items; shares sum to ``amount`` when
        ``party_id`` is given, else to what the items use.
    """
    parties = list(dict.fromkeys(item.party_id for item in items))
    shares = [_share([item for item in items if item.party_id == party]) for party in parties]
    left = amount - sum((share.received for share in shares), ZERO)
    if left and party_id is not None:
        shares = _add_unapplied(shares, party_id, left)
    return shares


def _share(items: list[PaidItem]) -> PartyShare:
    left = {item.item_id: item.amount for item in items if item.side == "debit"}
    settled: list[tuple[int, int, Decimal]] = []
    for credit in (item for item in items if item.side == "credit"):
        to_use = credit.amount
        for item_id, owed in left.items():
            used = min(to_use, owed)
            if used:
                settled.append((item_id, credit.item_id, used))
                left[item_id] = owed - used
                to_use -= used
    receipts = tuple((item_id, rest) for item_id, rest in left.items() if rest)
    received = sum(left.values(), ZERO)
    return PartyShare(items[0].party_id, received, tuple(settled), receipts)


def _add_unapplied(shares: list[PartyShare], party_id: int, left: Decimal) -> list[PartyShare]:
    if not any(share.party_id == party_id for share in shares):
        return [*shares, PartyShare(party_id, left, (), ())]
    return [
        PartyShare(share.party_id, share.received + left, share.credits, share.receipts)
        if share.party_id == party_id
        else share
        for share in shares
    ]
