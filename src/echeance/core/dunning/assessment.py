"""Whether a customer is reminded today, held, or left out, and why: pure.

Nothing leaves while the picture may be wrong. *Hold* is an obstacle that time or a file lifts;
*Excluded* needs a person or has no object. Every reason is given, not only the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from echeance.core.dates import add_business_days, is_business_day, roll_forward
from echeance.core.dunning.ladder import Level, Plan, next_level, next_level_day
from echeance.core.money import ZERO, format_amount


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pause decided by a person: its reason, and its last day if it has one."""

    reason: str
    until: date | None = None

    def runs(self, on: date) -> bool:
        """Whether it still holds on a day."""
        return self.until is None or on <= self.until


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open item of the customer.

    Attributes:
        item_id: The ledger's.
        document_ref: Invoice number.
        due_date: Due date.
        open_amount: Still owed, positive.
        disputed_amount: Part under dispute; only the rest is chased.
        last_rank: Rank of the last level sent for it; 0 for none.
        promised_on: Day of payment the customer promised, if a promise runs.
        payment_announced: The platform gave status 211.
        suspension: Pause on this item alone.
    """

    item_id: int
    document_ref: str
    due_date: date
    open_amount: Decimal
    disputed_amount: Decimal = ZERO
    last_rank: int = 0
    promised_on: date | None = None
    payment_announced: bool = False
    suspension: Suspension | None = None


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is known of one customer on the day.

    Attributes:
        items: Open items on the debit side.
        unapplied: Money received and credit notes not yet allocated.
        in_question: Money on the bank that seems theirs and that nobody has explained yet.
        has_contact: Someone may be written to.
        unread_reply: A message of theirs was not read yet.
        last_contact: Day of the last reminder.
        insolvency_date: Opening judgment.
        suspension: Pause on the whole customer.
    """

    items: tuple[OpenItem, ...]
    unapplied: Decimal = ZERO
    in_question: Decimal = ZERO
    has_contact: bool = True
    unread_reply: bool = False
    last_contact: date | None = None
    insolvency_date: date | None = None
    suspension: Suspension | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """State of the world and limits of the policy.

    Attributes:
        bank_date: Last day the bank is known for; none if never.
        bank_business_days_max: Business days after which that is stale.
        floor_amount: Below it no reminder leaves.
        business_days_only: Nothing leaves on weekends and holidays.
    """

    bank_date: date | None
    bank_business_days_max: int = 2
    floor_amount: Decimal = ZERO
    business_days_only: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code, a French sentence, and the day it ends if known."""

    code: str
    text: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ChasedItem:
    """An item named in the message: the amount asked and the rank it has after sending."""

    item_id: int
    document_ref: str
    due_date: date
    amount: Decimal
    rank: int


@dataclass(frozen=True, slots=True)
class Send:
    """A reminder may leave.

    Attributes:
        level: Highest level any item has newly reached.
        items: Undisputed open items named, oldest first.
        reasons: Why this level, and what was left aside.
    """

    level: Level
    items: tuple[ChasedItem, ...]
    reasons: tuple[Reason, ...]

    @property
    def total(self) -> Decimal:
        """Amount asked: the sum of the items."""
        return sum((item.amount for item in self.items), ZERO)


@dataclass(frozen=True, slots=True)
class Hold:
    """Not today: the reasons pass by themselves or with the next file."""

    reasons: tuple[Reason, ...]

    @property
    def until(self) -> date | None:
        """First day worth looking again, when every reason has one."""
        days = [reason.until for reason in self.reasons]
        return max((day for day in days if day), default=None) if all(days) else None


@dataclass(frozen=True, slots=True)
class Excluded:
    """Not by reminders: nothing to ask for, or a person must decide."""

    reasons: tuple[Reason, ...]


Assessment = Send | Hold | Excluded


def assess(facts: CustomerFacts, gates: Gates, plan: Plan, on: date) -> Assessment:
    """Decide for one customer on one day.

    Items under dispute, promise, announced payment or pause are left aside; the others may be
    chased. Then the gates of the customer apply, all of them.
    """
    concerned = [item for item in facts.items if item.due_date < on or _level(plan, item, on)]
    if not concerned:
        return Excluded((Reason("nothing_due", "Rien n'est échu."),))
    aside = [reason for item in concerned for reason in _aside(item, on)]
    items = [item for item in concerned if not _is_aside(item, on)]
    items.sort(key=lambda item: (item.due_date, item.item_id))
    levels = [level for item in items if (level := _level(plan, item, on))]
    chased = tuple(_chased(plan, item, on) for item in items)

    excluded = list(_exclusions(facts, gates, on, chased))
    if items and all(item.last_rank >= len(plan.levels) for item in items):
        text = "Toutes les relances du plan sont parties : décidez de la suite."
        excluded.append(Reason("ladder_finished", text))
    held = list(_holds(facts, gates, plan, on, chased))
    if not levels:
        held += aside
        held += _waiting(plan, items)

    if excluded:
        return Excluded((*excluded, *held))
    if held:
        return Hold(tuple(held))
    level = max(levels, key=lambda one: one.rank)
    return Send(level, chased, (_why(level, chased, on), *aside))


def _level(plan: Plan, item: OpenItem, on: date) -> Level | None:
    return next_level(plan, (on - item.due_date).days, item.last_rank)


def _chased(plan: Plan, item: OpenItem, on: date) -> ChasedItem:
    level = _level(plan, item, on)
    return ChasedItem(
        item.item_id,
        item.document_ref,
        item.due_date,
        item.open_amount - item.disputed_amount,
        level.rank if level else item.last_rank,
    )


def _is_aside(item: OpenItem, on: date) -> bool:
    return item.disputed_amount >= item.open_amount or any(True for _ in _running(item, on))


def _aside(item: OpenItem, on: date) -> Iterator[Reason]:
    """Everything that takes the item, or a part of it, out of the message."""
    if item.disputed_amount > ZERO:
        text = (
            f"{item.document_ref} : {format_amount(item.disputed_amount)} en litige, "
            "non réclamés tant qu'il est ouvert."
        )
        yield Reason("disputed", text)
    yield from _running(item, on)


def _running(item: OpenItem, on: date) -> Iterator[Reason]:
    if item.payment_announced:
        text = f"{item.document_ref} : paiement annoncé par la plateforme (statut 211)."
        yield Reason("payment_announced", text)
    if item.promised_on is not None and on <= item.promised_on:
        text = f"{item.document_ref} : paiement promis pour le {item.promised_on:%d/%m/%Y}."
        yield Reason("promise", text, item.promised_on + timedelta(days=1))
    if item.suspension is not None and item.suspension.runs(on):
        yield _suspended(item.suspension, f"{item.document_ref} : relance suspendue")


def _suspended(suspension: Suspension, opening: str) -> Reason:
    if suspension.until is None:
        return Reason("suspended", f"{opening} sans date de fin ({suspension.reason}).")
    text = f"{opening} jusqu'au {suspension.until:%d/%m/%Y} ({suspension.reason})."
    return Reason("suspended", text, suspension.until + timedelta(days=1))


def _exclusions(
    facts: CustomerFacts, gates: Gates, on: date, chased: tuple[ChasedItem, ...]
) -> Iterator[Reason]:
    total = sum((item.amount for item in chased), ZERO)
    if facts.insolvency_date is not None and facts.insolvency_date <= on:
        text = (
            f"Procédure collective ouverte le {facts.insolvency_date:%d/%m/%Y} : déclarez la "
            "créance, ne relancez pas."
        )
        yield Reason("insolvency", text)
    if not facts.has_contact:
        yield Reason("no_contact", "Aucun contact de relance : ajoutez une adresse à ce client.")
    if chased and total < gates.floor_amount:
        text = (
            f"{format_amount(total)} à réclamer, sous le seuil de relance de "
            f"{format_amount(gates.floor_amount)}."
        )
        yield Reason("under_floor", text)
    if facts.suspension is not None and facts.suspension.until is None:
        yield _suspended(facts.suspension, "Relances du client suspendues")


def _holds(
    facts: CustomerFacts, gates: Gates, plan: Plan, on: date, chased: tuple[ChasedItem, ...]
) -> Iterator[Reason]:
    total = sum((item.amount for item in chased), ZERO)
    if gates.bank_date is None:
        yield Reason("bank_stale", "Aucun relevé bancaire importé : importez la banque d'abord.")
    elif add_business_days(gates.bank_date, gates.bank_business_days_max) < on:
        text = (
            f"La banque n'est connue que jusqu'au {gates.bank_date:%d/%m/%Y} : importez le dernier "
            "relevé d'abord."
        )
        yield Reason("bank_stale", text)
    if chased and facts.unapplied >= total:
        text = (
            f"{format_amount(facts.unapplied)} reçus et non affectés couvrent les "
            f"{format_amount(total)} dus : affectez-les d'abord."
        )
        yield Reason("unapplied_cash", text)
    if facts.in_question > ZERO:
        text = (
            f"Un encaissement de {format_amount(facts.in_question)} qui semble de ce client attend "
            "votre réponse : rapprochez-le d'abord."
        )
        yield Reason("payment_in_question", text)
    if facts.unread_reply:
        yield Reason("unread_reply", "Un message de ce client n'a pas été lu : lisez-le d'abord.")
    if facts.suspension is not None and facts.suspension.until and facts.suspension.runs(on):
        yield _suspended(facts.suspension, "Relances du client suspendues")
    if facts.last_contact is not None:
        earliest = facts.last_contact + timedelta(days=plan.days_between_contacts)
        if on < earliest:
            text = (
                f"Dernière relance le {facts.last_contact:%d/%m/%Y} : pas de nouveau message avant "
                f"le {earliest:%d/%m/%Y}."
            )
            yield Reason("too_soon", text, earliest)
    if gates.business_days_only and not is_business_day(on):
        text = f"Le {on:%d/%m/%Y} n'est pas un jour ouvré."
        yield Reason("not_business_day", text, roll_forward(on))


def _waiting(plan: Plan, items: list[OpenItem]) -> Iterator[Reason]:
    days = [next_level_day(plan, item.due_date, item.last_rank) for item in items]
    coming = min((day for day in days if day is not None), default=None)
    if coming is not None:
        text = f"Prochain niveau de relance atteint le {coming:%d/%m/%Y}."
        yield Reason("next_level_later", text, coming)


def _why(level: Level, chased: tuple[ChasedItem, ...], on: date) -> Reason:
    oldest = (on - chased[0].due_date).days
    count = len(chased)
    invoices = "1 échéance ouverte" if count == 1 else f"{count} échéances ouvertes"
    age = f"échue depuis {oldest} jours" if oldest > 0 else "pas encore échue"
    text = f"{level.label} : {invoices}, la plus ancienne {age}."
    return Reason("level_reached", text)
