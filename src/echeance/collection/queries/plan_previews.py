"""What a level would say to a real customer, before it is saved."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection import rules, rules_plans
from echeance.collection.queries.dunning import CUSTOMERS
from echeance.collection.types import LevelDraft, PlanDraft, ReminderLine
from echeance.core.dunning import late_interest, recovery_indemnity
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.base.actor import Actor
    from echeance.parties.types import PartySnapshot

OFFERED = 20
LINES_MAX = 50


def customers_to_preview(*, actor: Actor, on: date) -> list[PartySnapshot]:
    """Customers who owe most, to try a text on: twenty at most. Five queries."""
    rows = ledger.aged_balance(actor=actor, on=on).rows
    owing = sorted(
        (row for row in rows if row.party_id is not None and row.owed), key=lambda row: -row.owed
    )
    ids = [row.party_id for row in owing[:OFFERED] if row.party_id is not None]
    found = parties.snapshots(actor=actor, party_ids=ids)
    return [found[party_id] for party_id in ids if party_id in found]


def preview_level(
    *, actor: Actor, level: LevelDraft, party_id: int | None, on: date
) -> tuple[str, str, str]:
    """Name of the customer, subject and body of a level as it would be written to it.

    Its open items are all named, late or not, so that the text can be judged on any customer;
    without a customer, or with nothing open, an invented invoice stands in. Nothing is sent.

    Raises:
        NotFoundError: No such customer.
    """
    actor.require(Right.READ)
    (done,) = rules_plans.completed(PlanDraft("", (level,))).levels
    texts = {language: rules.Template(language, *text) for language, *text in done.texts}
    language, name, kind = "fr", "Dupont SA", CustomerKind.PROFESSIONAL
    lines: list[ReminderLine] = []
    if party_id is not None:
        party = parties.party_for(actor=actor, party_id=party_id)
        language, name, kind = party.language, party.name, CustomerKind(party.category)
        ids = parties.with_merged(actor=actor, party_ids=[party.pk])
        items = ledger.open_items(actor=actor, account_prefix=CUSTOMERS, party_ids=list(ids))
        owed = sorted(
            (one for one in items if one.side == DEBIT), key=lambda one: (one.due_date, one.item_id)
        )
        lines = [
            _line(one.document_ref, one.due_date, one.open_amount, on, kind)
            for one in owed[:LINES_MAX]
        ]
    if not lines:
        due = on - timedelta(days=max(level.days_after_due, 1))
        lines = [_line("FA-0000-000000", due, Decimal("1200.00"), on, kind)]
    subject, body = rules.write(
        texts.get(language) or texts["fr"],
        lines,
        client=name,
        sender=_sender(actor),
        on=on,
        customer=kind,
        shows_penalties=level.shows_penalties,
    )
    return name, subject, body


def _line(number: str, due: date, amount: Decimal, on: date, kind: CustomerKind) -> ReminderLine:
    late = due < on
    interest = late_interest(amount, due, until=on, customer=kind) if late else None
    return ReminderLine(
        item_id=0,
        document_ref=number,
        due_date=due,
        days_late=max((on - due).days, 0),
        amount=amount,
        disputed=ZERO,
        rank=1,
        slices=interest.slices if interest else (),
        indemnity=recovery_indemnity(kind, [due]) if late else ZERO,
    )


def _sender(actor: Actor) -> rules.Sender:
    account = next((one for one in cash.bank_accounts(actor=actor) if one.iban), None)
    if account is None:
        return rules.Sender(actor.company.name)
    return rules.Sender(actor.company.name, account.iban, account.bic)
