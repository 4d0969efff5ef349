"""What a person means by the numbers of documents typed in a form."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.errors import MixedPartiesError
from echeance.cash.types import MatchedItem
from echeance.ledger import queries as ledger
from echeance.ledger.types import RECEIVABLES
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.base.actor import Actor


def party_by_code(*, actor: Actor, code: str) -> int:
    """The party of a code, whatever spaces surround it. One query.

    Raises:
        NotFoundError: No party has that code.
    """
    actor.require(Right.READ)
    found = parties.by_codes(actor=actor, codes=[code.strip()])
    if code.strip() not in found:
        raise NotFoundError(what=f"tiers de code « {code.strip()} »")
    return found[code.strip()].pk


def shares_of_documents(
    *, actor: Actor, numbers: str, amount: Decimal, party_code: str = "", prefix: str = "411"
) -> tuple[int | None, tuple[MatchedItem, ...]]:
    """Give money to documents in the order typed, each up to what it leaves open. Two queries.

    Args:
        actor: Who asks.
        numbers: Numbers of documents, between commas, semicolons or spaces; may be empty.
        amount: The money; what is left of it is given to none.
        party_code: Whose money it is; that of the documents when empty.
        prefix: ``411`` for invoices to customers, ``401`` for those of suppliers.

    Returns:
        The party, if any is named, and the shares.

    Raises:
        NotFoundError: A number or the code is unknown.
        MixedPartiesError: The documents are of several parties, or of another than the code's.
    """
    words = [word for word in re.split(r"[\s,;]+", numbers) if word]
    party_id = party_by_code(actor=actor, code=party_code) if party_code.strip() else None
    documents = ledger.items_of_document(actor=actor, document_refs=words)
    side = "debit" if prefix == "411" else "credit"
    wanted = RECEIVABLES if prefix == "411" else prefix
    shares: list[MatchedItem] = []
    for word in words:
        items = [
            item
            for item in documents.get(word, ())
            if item.account.startswith(wanted) and item.side == side
        ]
        if not items:
            raise NotFoundError(what=f"facture {word}")
        owner = items[0].party_id
        if party_id is None:
            party_id = owner
        elif owner != party_id:
            raise MixedPartiesError(number=word)
        for item in items:
            part = min(item.open_amount, amount)
            if part > 0:
                amount -= part
                shares.append(MatchedItem(item.item_id, part))
    return party_id, tuple(shares)


def item_of_document(*, actor: Actor, number: str) -> int:
    """An item of a customer's document, one with something left first. One query.

    Raises:
        NotFoundError: No document of a customer has that number.
    """
    items = [
        item
        for item in ledger.items_of_document(actor=actor, document_refs=[number]).get(number, ())
        if item.account.startswith(RECEIVABLES)
    ]
    if not items:
        raise NotFoundError(what=f"facture {number}")
    return next((item for item in items if item.open_amount), items[0]).item_id
