"""Duty about platforms: what they say of invoices is heeded, once, and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from echeance.assistant.duties.day import Day
from echeance.assistant.events import StatusHeeded
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.base import commands as base
from echeance.base import counters, journal
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import queries as billing_queries
from echeance.billing.models import Invoice
from echeance.collection import commands as collection
from echeance.collection.errors import DisputeTooLargeError
from echeance.collection.models import Dispute
from echeance.collection.types import DisputeReason
from echeance.core.lifecycle import ACTIONS, REASONS, Event, label
from echeance.core.money import ZERO, format_amount
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.transmission import queries as transmission
from echeance.transmission.types import CompanyRole, StatusFacts

READER: Final = "assistant.statuses"
_BATCH: Final = 100
_CUSTOMERS: Final = "411"
_DAYS_FOR_A_TRANSFER: Final = 5
"""A payment that is sent without its day is waited for that long."""
_INADMISSIBLE: Final = 501
_NOT_APPROVED: Final = "MNATTC"
_APPROVED: Final = "MAPTTC"
_PAID: Final = "MPA"


@dataclass(frozen=True, slots=True)
class _Signal:
    """A status with the invoice it is about and what is owed on it."""

    day: Day
    told: StatusFacts
    invoice: Invoice
    items: Sequence[OpenItemFacts]

    @property
    def event(self) -> Event:
        return self.told.event

    @property
    def number(self) -> str:
        return self.told.document_ref

    @property
    def reasons(self) -> tuple[str, ...]:
        return (_when(self.event), *_why(self.event))


def heed(day: Day) -> list[NewDecision]:
    """Act on the statuses told since the last time: each is heeded once, in order.

    A batch, its acts, its questions and the place of the reader are one transaction; the decisions
    are in the journal with it, for the run that would come after a stop.
    """
    # What became of open disputes first: a credit note issued since leaves nothing to contest.
    collection.follow_disputes(actor=day.actor)
    decisions: list[NewDecision] = []
    while (batch := _heed_batch(day)) is not None:
        decisions += batch
    return decisions


@transaction.atomic
def _heed_batch(day: Day) -> list[NewDecision] | None:
    """What the next batch led to; ``None`` when no status is left to read."""
    place = counters.hold(company=day.actor.company, name=READER)
    told = transmission.statuses_since(actor=day.actor, cursor=place, limit=_BATCH)
    if not told:
        return None
    found = [(one, _heed_one(day, one)) for one in told if _is_signal(one)]
    journal.record_many(
        [
            StatusHeeded(one.status_id, one.document_ref, one.event.code, _plain(decision))
            for one, decision in found
        ],
        actor=day.actor,
    )
    counters.move(company=day.actor.company, name=READER, to=told[-1].status_id)
    return [decision for _, decision in found]


def _is_signal(one: StatusFacts) -> bool:
    if one.company_role is not CompanyRole.SELLER:
        return False
    return bool(one.anomaly) or one.event.code in _REACTIONS or _not_transmitted(one.event)


def _heed_one(day: Day, told: StatusFacts) -> NewDecision:
    number = told.document_ref
    if told.anomaly:
        return _contradiction(day, told)
    invoice = billing_queries.by_numbers(actor=day.actor, numbers=[number]).get(number)
    if invoice is None:
        return _stray(day, told)
    items = ledger.items_of_document(actor=day.actor, document_refs=[number]).get(number, [])
    owed = [
        item
        for item in items
        if item.side == DEBIT and item.open_amount and item.account.startswith(_CUSTOMERS)
    ]
    return _REACTIONS.get(told.event.code, _astray)(_Signal(day, told, invoice, owed))


# -- what each status leads to --------------------------------------------------------------------


def _disputed(signal: _Signal) -> NewDecision:
    """207: all that is owed is disputed."""
    return _dispute(signal, sum((item.open_amount for item in signal.items), ZERO), ())


def _partly_approved(signal: _Signal) -> NewDecision:
    """206: the part that is not approved is disputed; all, when its amount is not told."""
    owed = sum((item.open_amount for item in signal.items), ZERO)
    part = _not_approved(signal)
    if part is None:
        return _dispute(signal, owed, ("Le montant refusé n'est pas dit : le tout est suspendu.",))
    return _dispute(signal, min(part, owed), ())


def _dispute(signal: _Signal, amount: Decimal, more: tuple[str, ...]) -> NewDecision:
    opened: list[Dispute] = []
    for item in signal.items:
        part = min(amount - sum((one.amount for one in opened), ZERO), item.open_amount)
        if part > ZERO and (dispute := _open_dispute(signal, item.item_id, part)):
            opened.append(dispute)
    ids = [one.pk for one in opened]
    _ask(
        signal,
        "contested",
        f"{signal.invoice.buyer_name} conteste {signal.number} : {_first_reason(signal.event)}",
        (
            Answer("credit", "Faire un avoir", Reversal.LEGAL.value),
            Answer("unfounded", "Le litige n'est pas fondé : relancer de nouveau"),
        ),
        evidence={"dispute_ids": ids},
        amount=amount,
    )
    if not opened:
        return _decision(
            signal, Outcome.ASKED, f"litige reçu sur {signal.number} : rien de plus à suspendre"
        )
    stopped = sum((one.amount for one in opened), ZERO)
    return _decision(
        signal,
        Outcome.ACTED,
        f"litige ouvert sur {signal.number} : {format_amount(stopped)} ne sont plus relancés",
        more,
        reversal=Reversal.INTERNAL,
        facts={"dispute_ids": ids},
    )


def _open_dispute(signal: _Signal, item_id: int, amount: Decimal) -> Dispute | None:
    """The dispute of an item, less what a person has opened one for; ``None`` when all is."""
    code = next((one.code for one in signal.event.reasons if one.code in _DISPUTABLE), "AUTRE")
    note = " ".join(one.text for one in signal.event.reasons if one.text)[:500]
    try:
        return collection.open_dispute(
            actor=signal.day.actor,
            item_id=item_id,
            reason_code=DisputeReason(code),
            amount=amount,
            note=note,
        )
    except DisputeTooLargeError as error:
        return _open_dispute(signal, item_id, error.left) if error.left > ZERO else None


def _suspended(signal: _Signal) -> NewDecision:
    """208: the buyer waits for something; nothing is asked of him meanwhile."""
    held = _hold(signal, f"Suspendue par le client : {_first_reason(signal.event)}")
    _ask(
        signal,
        "suspended",
        f"{signal.invoice.buyer_name} attend une pièce pour {signal.number} : "
        f"{_first_reason(signal.event)}",
        (
            Answer("completed", "C'est envoyé : le dire à la plateforme"),
            Answer("later", "Pas encore"),
        ),
        evidence={"hold_ids": held},
        amount=signal.invoice.gross_total,
    )
    return _decision(
        signal,
        Outcome.ACTED if held else Outcome.ASKED,
        f"{signal.number} suspendue par le client : relances en pause, pièce demandée",
        reversal=Reversal.INTERNAL if held else Reversal.NONE,
        facts={"hold_ids": held},
    )


def _turned_away(signal: _Signal) -> NewDecision:
    """210, 213: it has ended; an internal credit note, then another invoice."""
    held = _hold(signal, f"{label(signal.event.code)} : {_first_reason(signal.event)}")
    _ask(
        signal,
        "turned_away",
        f"{signal.number} est {label(signal.event.code).lower()} : {_first_reason(signal.event)}",
        (
            Answer("credit_internal", "Faire l'avoir interne", Reversal.LEGAL.value),
            Answer("later", "Plus tard"),
        ),
        evidence={"hold_ids": held, "invoice_id": signal.invoice.pk},
        amount=signal.invoice.gross_total,
    )
    return _decision(
        signal,
        Outcome.ASKED,
        f"{signal.number} {label(signal.event.code).lower()} : avoir interne, puis nouvelle "
        "facture sous un nouveau numéro",
        reversal=Reversal.INTERNAL if held else Reversal.NONE,
        facts={"hold_ids": held},
    )


def _paying(signal: _Signal) -> NewDecision:
    """211: the money is on its way; it counts as a promise."""
    if not signal.items:
        return _decision(signal, Outcome.REFUSED, f"paiement annoncé de {signal.number}, déjà reçu")
    told = [one.on for one in signal.event.amounts if one.kind == _PAID and one.on]
    on = max(timezone.localdate(one) for one in told) if told else _after(signal.event)
    on = max(on, signal.day.on)
    collection.promise(
        actor=signal.day.actor,
        item_ids=[item.item_id for item in signal.items],
        promised_on=on,
        note="Paiement annoncé par le client sur la plateforme (statut 211).",
    )
    return _decision(
        signal,
        Outcome.ACTED,
        f"paiement de {signal.number} attendu le {on:%d/%m/%Y} : pas de relance d'ici là",
        ("La pause s'éteint d'elle-même ce jour-là.",),
    )


def _astray(signal: _Signal) -> NewDecision:
    """221, 501, or 200 without transmission: it did not reach the customer."""
    again = (
        Answer("deposit_again", "Le déposer de nouveau")
        if signal.event.code == _INADMISSIBLE
        else Answer("check_directory", "Vérifier son adresse")
    )
    _ask(
        signal,
        "astray",
        f"{signal.number} n'est pas parvenue à {signal.invoice.buyer_name} : "
        f"{_first_reason(signal.event)}",
        (again, Answer("by_hand", "La remettre autrement")),
        amount=signal.invoice.gross_total,
    )
    return _decision(signal, Outcome.ASKED, f"{signal.number} n'est pas parvenue au client")


def _contradiction(day: Day, told: StatusFacts) -> NewDecision:
    name, number = label(told.event.code), told.document_ref
    base.open_work_items(
        actor=day.actor,
        items=[
            WorkItemFacts(
                key=f"platform.contradiction:{told.status_id}",
                kind="platform.contradiction",
                subject=f"invoice:{number}"[:80],
                title=f"La plateforme dit {number} « {name} », ce qui contredit la suite : "
                f"{told.anomaly}",
                evidence={"reasons": [told.anomaly]},
                answers=(Answer("done", "C'est réglé"),),
            )
        ],
    )
    return NewDecision(
        Duty.HEED,
        f"invoice:{number}"[:80],
        Outcome.ASKED,
        f"statut « {name} » de {number} écarté"[:200],
        (_when(told.event), told.anomaly),
    )


def _stray(day: Day, told: StatusFacts) -> NewDecision:
    name, number = label(told.event.code), told.document_ref
    why = "Aucune facture ne porte ce numéro ici."
    base.open_work_items(
        actor=day.actor,
        items=[
            WorkItemFacts(
                key=f"platform.stray:{number}"[:120],
                kind="platform.stray",
                subject=f"invoice:{number}"[:80],
                title=f"Un statut « {name} » est arrivé pour {number}, que cette société n'a pas "
                "émise. Voyez avec la plateforme.",
                evidence={"reasons": [why, *_why(told.event)]},
                answers=(Answer("done", "C'est réglé"),),
            )
        ],
    )
    return NewDecision(
        Duty.HEED,
        f"invoice:{number}"[:80],
        Outcome.ASKED,
        f"statut « {name} » d'une facture inconnue : {number}"[:200],
        (_when(told.event), why),
    )


_DISPUTABLE: Final = frozenset(reason.value for reason in DisputeReason)
_REACTIONS: Final[dict[int, Callable[[_Signal], NewDecision]]] = {
    206: _partly_approved,
    207: _disputed,
    208: _suspended,
    210: _turned_away,
    211: _paying,
    213: _turned_away,
    221: _astray,
    _INADMISSIBLE: _astray,
}
"""The other statuses only update what is known of the invoice."""


# -- parts of them --------------------------------------------------------------------------------


def _not_transmitted(event: Event) -> bool:
    return event.code == 200 and bool(event.reasons)


def _not_approved(signal: _Signal) -> Decimal | None:
    """The part that is refused, VAT included; ``None`` when no amount tells it."""
    sums = dict.fromkeys((_NOT_APPROVED, _APPROVED), ZERO)
    told = [one for one in signal.event.amounts if one.kind in sums and one.amount is not None]
    for one in told:
        sums[one.kind] += one.amount or ZERO
    kinds = {one.kind for one in told}
    if _NOT_APPROVED in kinds:
        part = sums[_NOT_APPROVED]
    elif _APPROVED in kinds:
        part = signal.invoice.gross_total - sums[_APPROVED]
    else:
        return None
    return part if part > ZERO else None


def _hold(signal: _Signal, reason: str) -> list[int]:
    return [
        collection.hold_reminders(
            actor=signal.day.actor,
            party_id=item.party_id,
            reason=reason.rstrip("."),
            item_id=item.item_id,
        ).pk
        for item in signal.items
        if item.party_id is not None
    ]


def _ask(
    signal: _Signal,
    kind: str,
    title: str,
    answers: tuple[Answer, ...],
    *,
    evidence: dict[str, object] | None = None,
    amount: Decimal = ZERO,
) -> None:
    base.open_work_items(
        actor=signal.day.actor,
        items=[
            WorkItemFacts(
                key=f"platform.{kind}:{signal.told.status_id}",
                kind=f"platform.{kind}",
                subject=f"invoice:{signal.invoice.pk}",
                title=title[:300],
                evidence={"reasons": list(signal.reasons), **(evidence or {})},
                answers=answers,
                amount=amount,
            )
        ],
    )


def _decision(
    signal: _Signal,
    outcome: Outcome,
    act: str,
    more: tuple[str, ...] = (),
    *,
    reversal: Reversal = Reversal.NONE,
    facts: dict[str, object] | None = None,
) -> NewDecision:
    return NewDecision(
        Duty.HEED,
        f"invoice:{signal.number}"[:80],
        outcome,
        act[:200],
        (*signal.reasons, *more),
        reversal,
        {"status_id": signal.told.status_id, **(facts or {})},
        signal.invoice.buyer_id,
    )


def _plain(decision: NewDecision) -> dict[str, object]:
    """A decision as the journal keeps it; :mod:`echeance.assistant.interrupted` reads it."""
    return {
        "subject": decision.subject,
        "outcome": decision.outcome.value,
        "act": decision.act,
        "reasons": list(decision.reasons),
        "reversal": decision.reversal.value,
        "facts": dict(decision.facts),
        "party_id": decision.party_id,
    }


def _after(event: Event) -> date:
    return timezone.localdate(event.at) + timedelta(days=_DAYS_FOR_A_TRANSFER)


def _when(event: Event) -> str:
    at = timezone.localtime(event.at)
    return f"Statut {event.code} « {label(event.code)} » du {at:%d/%m/%Y à %H h %M}."


def _why(event: Event) -> Iterator[str]:
    """The reasons in plain French: what is wrong, in whose words, what is asked, what to do."""
    for reason in event.reasons:
        known = REASONS.get(reason.code)
        yield known.sentence if known else f"Motif {reason.code}."
        if reason.text:
            yield f"Le client écrit : « {reason.text} »."
        if reason.action in ACTIONS:
            yield ACTIONS[reason.action]
        if reason.action_text:
            yield f"Il précise : « {reason.action_text} »."
        if known:
            yield known.advice


def _first_reason(event: Event) -> str:
    known = next((REASONS[one.code] for one in event.reasons if one.code in REASONS), None)
    return known.sentence if known else "aucun motif n'est donné."
