"""What customers owe, as the cases on it need it."""

from __future__ import annotations

from collections.abc import Collection

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.collection.errors import NotCustomerItemError
from echeance.collection.queries import CUSTOMERS
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts


def receivables(actor: Actor, item_ids: Collection[int]) -> list[tuple[OpenItemFacts, int]]:
    """Open items owed by customers, all of those asked for, each with its customer. One query.

    Raises:
        NotFoundError: One is not of this company.
        NotCustomerItemError: One is not an open receivable.
    """
    items = ledger.items_for(actor=actor, item_ids=item_ids)
    if len(items) != len(set(item_ids)):
        raise NotFoundError(what="une des échéances")
    found = []
    for item in items:
        owed = item.side == DEBIT and item.open_amount > ZERO
        if not owed or item.party_id is None or not item.account.startswith(CUSTOMERS):
            raise NotCustomerItemError(document_ref=item.document_ref)
        found.append((item, item.party_id))
    return found
