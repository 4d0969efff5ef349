"""What the matcher is told: payments as the bank told them, items with all that names them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from echeance.base import clock, policy
from echeance.cash.models import InstructedItem, PaymentInstruction, StatementEntry
from echeance.cash.types import CashPolicy
from echeance.core import matching
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.types import RECEIVABLES, OpenItemFacts, SettledDocument
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.base.actor import Actor

RETENTION = account_number("customers_retention")
SETTLED_DAYS = 400
"""How long ago a document settled since may still be cited: a payment made twice, an old list."""
TAIL = 4
"""Digits of a settled number that the bank's text must hold for the matcher to hear of it."""
PARTS_MAX = 5_000
Status = PaymentInstruction.Status
ORDERED = (Status.SENT, Status.ACCEPTED, Status.EXECUTED)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read beside the items: names of their parties, codes, groups, orders."""

    stays: Mapping[int, int]
    names: Mapping[int, tuple[str, ...]]
    codes: Mapping[int, tuple[str, ...]]
    groups: Mapping[int, int]
    orders: Mapping[int, tuple[str, ...]]


def payment(entry: StatementEntry) -> matching.Payment:
    """A statement entry as the matcher reads it; money out is turned round."""
    money_in = entry.direction == StatementEntry.Direction.CREDIT
    name, iban = entry.payer_name, entry.payer_iban
    if not money_in:
        name, iban = _payee(entry)
    return matching.Payment(
        entry_id=entry.pk,
        direction="CRDT",
        amount=entry.amount,
        booking_date=entry.booking_date,
        text=entry.text,
        references=tuple(map(str, entry.references)),
        payer_name=name,
        payer_iban=iban,
        currency="EUR",
        mandate_ids=tuple(map(str, entry.mandate_ids)),
        charges=entry.charges,
        original_amount=entry.original_amount,
        original_currency=entry.original_currency,
        parts=_parts(entry) if money_in else (),
    )


def _payee(entry: StatementEntry) -> tuple[str, str]:
    names = {str(one.get("payee_name") or "") for one in entry.details} - {""}
    ibans = {str(one.get("payee_iban") or "") for one in entry.details} - {""}
    return (names.pop() if len(names) == 1 else ""), (ibans.pop() if len(ibans) == 1 else "")


def _parts(entry: StatementEntry) -> tuple[matching.Payment, ...]:
    """The transactions of a batch, when they are told whole and sum to the entry."""
    if not 1 < len(entry.details) <= PARTS_MAX:
        return ()
    amounts = [_amount(one.get("amount")) for one in entry.details]
    if any(one is None for one in amounts) or sum(filter(None, amounts), ZERO) != entry.amount:
        return ()
    return tuple(
        matching.Payment(
            entry_id=entry.pk,
            direction="CRDT",
            amount=amount or ZERO,
            booking_date=entry.booking_date,
            text=str(one.get("remittance_text") or ""),
            references=tuple(
                str(part)
                for part in (
                    one.get("creditor_reference"),
                    *(one.get("document_numbers") or ()),
                    one.get("end_to_end_id"),
                )
                if part
            ),
            payer_name=str(one.get("payer_name") or ""),
            payer_iban=str(one.get("payer_iban") or ""),
            currency="EUR",
            mandate_ids=(str(one["mandate_id"]),) if one.get("mandate_id") else (),
            charges=_amount(one.get("charges")),
            original_amount=_amount(one.get("original_amount")),
            original_currency=str(one.get("original_currency") or ""),
        )
        for one, amount in zip(entry.details, amounts, strict=True)
    )


def _amount(value: Any) -> Decimal | None:
    if value in {None, ""}:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def receivables(*, actor: Actor) -> list[OpenItemFacts]:
    """What customers owe, doubtful or not, and their credits; a guarantee (4117) once due."""
    today = clock.today()
    return [
        item
        for item in ledger.open_items(actor=actor, account_prefix=RECEIVABLES)
        if item.account != RETENTION or item.due_date <= today
    ]


def payables(*, actor: Actor) -> list[OpenItemFacts]:
    """What is owed to suppliers, and what they owe."""
    return ledger.open_items(actor=actor, account_prefix="401")


def matcher_items(
    *,
    actor: Actor,
    items: Sequence[OpenItemFacts],
    side: str = "debit",
    settled: Iterable[SettledDocument] = (),
) -> list[matching.OpenItem]:
    """Items as the matcher reads them, positive on a side; settled documents have nothing left.

    Seven queries, and one more a chunk of 500 parties.
    """
    settled = list(settled)
    ids = {one.party_id for one in items if one.party_id is not None}
    ids |= {one.party_id for one in settled}
    known = _known(actor, ids, [item.item_id for item in items])
    found = [
        matching.OpenItem(
            item_id=item.item_id,
            debtor_id=known.stays[item.party_id],
            debtor_names=known.names[item.party_id],
            document_number=item.document_ref,
            order_reference=item.order_ref,
            issue_date=item.document_date,
            due_date=item.due_date,
            open_amount=item.open_amount if item.side == side else -item.open_amount,
            currency=item.currency,
            amount=item.amount if item.side == side else -item.amount,
            kind=item.kind if item.kind in {"invoice", "credit_note", "receipt"} else "other",
            customer_codes=known.codes[item.party_id],
            payment_references=(
                *((item.payment_ref,) if item.payment_ref and item.kind == "invoice" else ()),
                *known.orders.get(item.item_id, ()),
            ),
            group_id=known.groups.get(known.stays[item.party_id]),
        )
        for item in items
        if item.party_id is not None and item.party_id in known.stays and item.open_amount
    ]
    found += [
        matching.OpenItem(
            item_id=one.item_id,
            debtor_id=known.stays[one.party_id],
            debtor_names=known.names[one.party_id],
            document_number=one.document_ref,
            order_reference="",
            issue_date=one.document_date,
            due_date=one.document_date,
            open_amount=ZERO,
            currency="EUR",
            amount=one.amount if one.side == side else -one.amount,
        )
        for one in settled
        if one.party_id in known.stays
    ]
    return found


def _known(actor: Actor, party_ids: Collection[int], item_ids: Sequence[int]) -> _Known:
    snapshots = parties.snapshots(actor=actor, party_ids=party_ids)
    stays = {asked: one.party_id for asked, one in snapshots.items()}
    shared = parties.names_of_others(
        actor=actor,
        names={one.name for one in snapshots.values()},
        party_ids=set(stays.values()) | set(party_ids),
    )
    return _Known(
        stays=stays,
        names={
            asked: (one.name,) if one.name not in shared else () for asked, one in snapshots.items()
        },
        codes={asked: (one.code,) if one.code else () for asked, one in snapshots.items()},
        groups=_groups(parties.parents_of_all(actor=actor)),
        orders=_orders(actor, item_ids),
    )


def _groups(parents: Mapping[int, int]) -> dict[int, int]:
    """The head of the group of each party that has one; heads are of their own group."""
    heads: dict[int, int] = {}
    for start in parents:
        head, seen = start, {start}
        while (above := parents.get(head)) is not None and above not in seen:
            seen.add(above)
            head = above
        for one in (start, head):
            heads[one] = head
    return heads


def _orders(actor: Actor, item_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """End-to-end references of the orders given to the bank for each item. One query."""
    rows = InstructedItem.objects.filter(
        company=actor.company, instruction__status__in=ORDERED, open_item__open_amount__gt=0
    ).values_list("open_item_id", "instruction__end_to_end_id")
    wanted = set(item_ids)
    found: dict[int, list[str]] = {}
    for item_id, reference in rows:
        if item_id in wanted:
            found.setdefault(item_id, []).append(reference)
    return {item_id: tuple(references) for item_id, references in found.items()}


def settled_cited(
    *, actor: Actor, entries: Sequence[StatementEntry], account_prefix: str = "411"
) -> list[SettledDocument]:
    """Documents settled already whose last digits stand in the text of a payment. One query.

    Without them a payment made twice would look like that of another document of the same amount.
    """
    first = min(entry.booking_date for entry in entries) - timedelta(days=SETTLED_DAYS)
    text = _digits(part for entry in entries for part in (entry.text, *map(str, entry.references)))
    return [
        one
        for one in ledger.settled_documents(actor=actor, since=first, account_prefix=account_prefix)
        if (tail := _tail(one.document_ref)) and tail in text
    ]


def _digits(texts: Iterable[str]) -> str:
    return "|".join("".join(sign for sign in text if sign.isdigit()) for text in texts)


def _tail(number: str) -> str:
    digits = "".join(sign for sign in number if sign.isdigit()).lstrip("0")
    return digits[-TAIL:]


def matching_rules(*, actor: Actor) -> matching.MatchingRules:
    """The bounds of the proof under the policy of the company. One query.

    A loss for want of asking (``small``) is never proposed: a person thinks of it.
    """
    lines = policy.read(actor.company, CashPolicy).differences
    return matching.MatchingRules(
        differences=tuple(line for line in lines if line.alone or line.kind != "small")
    )
