"""The list of calls: what is said on the telephone, in which order, what each outcome leads to.

Pure: facts in, French sentences out. Nothing here is shown to the customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from echeance.collection.types import (
    PROMISE_VERDICT_LABELS,
    CallFacts,
    CallOutcome,
    PromiseVerdict,
)
from echeance.core.dates import add_business_days
from echeance.core.money import format_amount

OUTCOME_KEYS = {str(rank): outcome for rank, outcome in enumerate(CallOutcome, 1)}
"""The key of each outcome on the page of a call."""

ATTEMPTS_MAX = 3
INSOLVENCY_CHECK_DAYS = 5
"""Business days without a reminder to whoever says that proceedings were opened."""
NAMED_MAX = 5
DAYS_TO_CALL_AGAIN = {
    CallOutcome.NO_ANSWER: 1,
    CallOutcome.MESSAGE_LEFT: 2,
    CallOutcome.PAID_ALREADY: 3,
    CallOutcome.WRONG_NUMBER: 0,
}
"""Business days after which the next call is due."""

NEEDS_DAY = frozenset({CallOutcome.PROMISED, CallOutcome.CALL_BACK, CallOutcome.PAID_ALREADY})


def stake(amount: Decimal, days_late: int) -> Decimal:
    """What the order of the list goes by: money × days late, a day at least.

    >>> stake(Decimal("100.00"), 0) < stake(Decimal("60.00"), 2)
    True
    """
    return amount * max(days_late, 1)


def next_call_day(outcome: CallOutcome, on: date, paid_on: date | None = None) -> date:
    """The day of the call that follows an outcome.

    >>> next_call_day(CallOutcome.NO_ANSWER, date(2026, 11, 20))  # a Friday
    datetime.date(2026, 11, 23)
    """
    start = max(on, paid_on) if paid_on else on
    return add_business_days(start, DAYS_TO_CALL_AGAIN[outcome])


def script(facts: CallFacts, on: date) -> list[str]:
    """What to say, sentence by sentence, from what is known of the customer."""
    return list(_script(facts, on))


def _script(facts: CallFacts, on: date) -> Iterator[str]:
    whom = facts.contact_name or "le service comptable"
    yield f"Bonjour, {facts.company_name} à l'appareil. Puis-je joindre {whom} ?"
    if not facts.items:
        yield "Plus rien n'est échu à ce jour : remerciez, et notez l'issue."
        return
    count = len(facts.items)
    oldest = max(item.days_late for item in facts.items)
    what = "votre facture" if count == 1 else f"vos {count} factures échues"
    yield (
        f"Je vous appelle au sujet de {what}, {format_amount(facts.total)} au total, la plus "
        f"ancienne échue depuis {oldest} {'jour' if oldest == 1 else 'jours'}."
    )
    named = [
        f"{item.document_ref} : {format_amount(item.amount)}, échue le {item.due_date:%d/%m/%Y}"
        for item in facts.items[:NAMED_MAX]
    ]
    if count > NAMED_MAX:
        named.append(f"et {count - NAMED_MAX} autres")
    yield "À citer : " + " ; ".join(named) + "."
    if facts.last_promise is not None:
        day, verdict = facts.last_promise
        if verdict in {PromiseVerdict.BROKEN.value, PromiseVerdict.PARTLY.value}:
            told = PROMISE_VERDICT_LABELS[PromiseVerdict(verdict)]
            yield (
                f"Un paiement était promis pour le {day:%d/%m/%Y} ; la promesse est {told} : "
                "que s'est-il passé ?"
            )
        elif not verdict and day >= on:
            yield f"Un paiement est déjà promis pour le {day:%d/%m/%Y} : faites-le confirmer."
    if facts.disputed:
        yield (
            f"{format_amount(facts.disputed)} sont contestés : ne les réclamez pas, demandez ce "
            "qu'il manque pour clore le litige."
        )
    if facts.in_question:
        yield (
            f"{format_amount(facts.in_question)} reçus semblent de ce client et ne sont pas "
            "affectés : demandez de quelle facture il s'agit avant de réclamer."
        )
    yield "À obtenir : un jour de paiement précis et un montant, ou la raison du retard."


def unreachable(attempts: int) -> bool:
    """Whether calling once more is no longer the next thing to do.

    >>> unreachable(2), unreachable(3)
    (False, True)
    """
    return attempts >= ATTEMPTS_MAX
