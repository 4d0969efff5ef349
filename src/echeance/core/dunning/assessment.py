"""Whether a customer is reminded today, held, or left out, and why: pure.

Nothing leaves while the picture may be wrong. *Hold* is an obstacle that time or a file lifts;
*Excluded* needs a person or has no object. Every reason is given, not only the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from echeance.core.dates import add_business_days, is_business_day, roll_forward
from echeance.core.dunning.ladder import (
    Channel,
    Level,
    Plan,
    Step,
    earliest_day,
    lawful_level,
    next_level,
)
from echeance.core.money import ZERO, format_amount

_ONE_DAY = timedelta(days=1)
_LETTERS = frozenset({Channel.POST, Channel.REGISTERED})
_WRITTEN_TO = frozenset({Channel.MAIL, Channel.E_REGISTERED})

FINAL = frozenset({"insolvency", "handed_over", "handover_due", "not_sent"})
"""Reasons that time alone does not lift: an item left out by one of them waits for a person."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pause decided by a person: its reason, and its last day if it has one."""

    reason: str
    until: date | None = None

    def runs(self, on: date) -> bool:
        """Whether it still holds on a day."""
        return self.until is None or on <= self.until


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code, a French sentence, and the day it ends if known."""

    code: str
    text: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open item of the customer.

    Attributes:
        item_id: The ledger's.
        document_ref: Invoice number.
        due_date: Due date.
        open_amount: Still owed, positive.
        disputed_amount: Part under dispute; only the rest is chased.
        last_rank: Rank, in the plan, of the last level sent for it; 0 for none.
        promised_on: Day of payment the customer promised, if a promise runs.
        payment_announced: The platform gave status 211.
        suspension: Pause on this item alone.
        last_sent_on: Day of the last message that raised its level, under any plan.
        stops: Whatever else leaves it out: a payment plan, an agency, an invoice never sent.
        claim_date: Day the claim was born (the supply); ``None`` when unknown, which counts as
            before any judgment.
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
    last_sent_on: date | None = None
    stops: tuple[Reason, ...] = ()
    claim_date: date | None = None


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is known of one customer on the day.

    Attributes:
        items: Open items on the debit side.
        unapplied: Money received and credit notes not yet allocated.
        in_question: Money on the bank that seems theirs and that nobody has explained yet.
        has_contact: Someone may be written to by mail.
        unread_reply: A message of theirs was not read yet.
        last_contact: Day of the last reminder.
        insolvency_date: Opening judgment; claims born before it are declared, not chased
            (C. com. art. L622-21), those born after it stay due (L622-17).
        suspension: Pause on the whole customer.
        postal_problem: Why no letter can be posted to it, as a French clause; empty when it can.
        has_phone: A number is known.
        closed: Why nobody is chased under that name any more: closed, or its data erased.
    """

    items: tuple[OpenItem, ...]
    unapplied: Decimal = ZERO
    in_question: Decimal = ZERO
    has_contact: bool = True
    unread_reply: bool = False
    last_contact: date | None = None
    insolvency_date: date | None = None
    suspension: Suspension | None = None
    postal_problem: str = ""
    has_phone: bool = True
    closed: Reason | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """State of the world and limits of the policy.

    Attributes:
        bank_date: Last day the bank is known for; none if never.
        bank_business_days_max: Business days after which that is stale.
        floor_amount: Below it no reminder leaves.
        business_days_only: Nothing leaves on weekends and holidays.
        ceiling_amount: Above it a person decides; ``None`` for no such amount.
        absent_channels: Channels nothing can leave by here.
    """

    bank_date: date | None
    bank_business_days_max: int = 2
    floor_amount: Decimal = ZERO
    business_days_only: bool = True
    ceiling_amount: Decimal | None = None
    absent_channels: frozenset[Channel] = frozenset()


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
        asks: It is above the ceiling: a person lets it leave.
    """

    level: Level
    items: tuple[ChasedItem, ...]
    reasons: tuple[Reason, ...]
    asks: bool = False

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


def assess(
    facts: CustomerFacts, gates: Gates, plan: Plan, on: date, *, asked: int = 0
) -> Assessment:
    """Decide for one customer on one day.

    Items under dispute, promise, announced payment or pause are left aside; the others may be
    chased. Then the gates of the customer apply, all of them.

    Args:
        facts: The customer.
        gates: The day.
        plan: Its ladder.
        on: The day.
        asked: Rank of the level a person asks for, whatever the days of lateness; 0 for the one
            the plan has reached. Every gate applies all the same.
    """
    aside: list[Reason] = []
    chased: list[ChasedItem] = []
    kept: list[OpenItem] = []
    top: Level | None = None
    concerned = insolvent = False
    judgment = facts.insolvency_date
    if judgment is not None and judgment > on:
        judgment = None
    for item in facts.items:
        level = level_of(plan, item, on, asked)
        if level is None and item.due_date >= on:
            continue
        concerned = True
        if judgment is not None and (item.claim_date is None or item.claim_date < judgment):
            insolvent = True
            continue
        out = False
        if item.disputed_amount > ZERO:
            aside.append(_disputed(item))
            out = item.disputed_amount >= item.open_amount
        for reason in _running(item, on):
            aside.append(reason)
            out = True
        if out:
            continue
        if level is not None and level.step is Step.HANDOVER:
            aside.append(_handover(item))
            continue
        kept.append(item)
        amount = item.open_amount - item.disputed_amount
        rank = item.last_rank if level is None else level.rank
        chased.append(ChasedItem(item.item_id, item.document_ref, item.due_date, amount, rank))
        if level is not None and (top is None or level.rank > top.rank):
            top = level
    if not concerned:
        return Excluded((Reason("nothing_due", "Rien n'est échu."),))
    chased.sort(key=_oldest)
    total = sum((item.amount for item in chased), ZERO)

    excluded = list(_exclusions(facts, gates, total if chased else None, judgment, insolvent))
    if insolvent and kept:
        aside.insert(0, excluded.pop(0))
    excluded += _unreachable(facts, gates, top or _coming(plan, kept))
    if asked and kept and top is None:
        excluded += _refused(plan, kept, plan.levels[asked - 1])
    elif kept and all(item.last_rank >= len(plan.levels) for item in kept):
        text = "Toutes les relances du plan sont parties : décidez de la suite."
        excluded.append(Reason("ladder_finished", text))
    held = list(_holds(facts, gates, plan, on, total if chased else None))
    if top is None:
        if not kept and aside and {reason.code for reason in aside} <= FINAL:
            excluded += aside
        else:
            held += aside
        held += _waiting(plan, kept)

    if excluded:
        return Excluded((*excluded, *held))
    if held:
        return Hold(tuple(held))
    assert top is not None, "an item that is chased has a level, or waits for one"
    above = gates.ceiling_amount is not None and total > gates.ceiling_amount
    over = [_above(total, gates.ceiling_amount)] if above and gates.ceiling_amount else []
    return Send(top, tuple(chased), (_why(top, chased, on), *over, *aside), asks=above)


def level_of(plan: Plan, item: OpenItem, on: date, asked: int = 0) -> Level | None:
    """The level an item receives on a day, if any: no legal step comes too soon or is skipped."""
    if asked:
        level = plan.levels[asked - 1] if item.last_rank < asked else None
        if level is not None and level.days_after_due >= 0 and item.due_date >= on:
            return None
    else:
        level = next_level(plan, (on - item.due_date).days, item.last_rank)
    if level is None or level.step not in _LEGAL:
        return level
    sent_on = item.last_sent_on
    lawful = lawful_level(plan, level, item.last_rank, reminded=_reminded(item))
    if lawful.rank <= item.last_rank or (asked and lawful is not level):
        return None
    level = lawful
    if sent_on is not None and on < earliest_day(plan, level, item.last_rank, sent_on):
        return None
    return level


def _reminded(item: OpenItem) -> bool:
    return item.last_rank > 0 or item.last_sent_on is not None


def _refused(plan: Plan, items: Sequence[OpenItem], level: Level) -> Iterator[Reason]:
    """Why the level a person asks for reaches none of the items, when the course forbids it."""
    ahead = [item for item in items if item.last_rank < level.rank]
    if not ahead:
        text = f"« {level.label} » est déjà partie pour tout ce qui est échu."
        yield Reason("level_already_sent", text)
        return
    for item in ahead:
        before = lawful_level(plan, level, item.last_rank, reminded=_reminded(item))
        if before is not level:
            text = f"« {before.label} » n'est pas encore partie pour {item.document_ref}."
            yield Reason("legal_step_skipped", text)


_LEGAL = frozenset({Step.FORMAL_NOTICE, Step.HANDOVER})


def _oldest(item: ChasedItem) -> tuple[date, int]:
    return item.due_date, item.item_id


def _disputed(item: OpenItem) -> Reason:
    text = (
        f"{item.document_ref} : {format_amount(item.disputed_amount)} en litige, "
        "non réclamés tant qu'il est ouvert."
    )
    return Reason("disputed", text)


def _handover(item: OpenItem) -> Reason:
    text = (
        f"{item.document_ref} : la mise en demeure est restée sans effet. Décidez de la suite : "
        "recouvreur, commissaire de justice, injonction de payer ou assignation."
    )
    return Reason("handover_due", text)


def _running(item: OpenItem, on: date) -> Iterator[Reason]:
    """Everything that takes the whole item out of the message."""
    if item.payment_announced:
        text = f"{item.document_ref} : paiement annoncé par la plateforme (statut 211)."
        yield Reason("payment_announced", text)
    if item.promised_on is not None and on <= item.promised_on:
        text = f"{item.document_ref} : paiement promis pour le {item.promised_on:%d/%m/%Y}."
        yield Reason("promise", text, item.promised_on + _ONE_DAY)
    if item.suspension is not None and item.suspension.runs(on):
        yield _suspended(item.suspension, f"{item.document_ref} : relance suspendue")
    yield from item.stops


def _suspended(suspension: Suspension, opening: str) -> Reason:
    if suspension.until is None:
        return Reason("suspended", f"{opening} sans date de fin ({suspension.reason}).")
    text = f"{opening} jusqu'au {suspension.until:%d/%m/%Y} ({suspension.reason})."
    return Reason("suspended", text, suspension.until + _ONE_DAY)


def _exclusions(
    facts: CustomerFacts,
    gates: Gates,
    total: Decimal | None,
    judgment: date | None,
    insolvent: bool,  # noqa: FBT001  a claim was born before the judgment
) -> Iterator[Reason]:
    if insolvent:
        text = (
            f"Procédure collective ouverte le {judgment:%d/%m/%Y} : déclarez la "
            "créance, ne relancez pas."
        )
        yield Reason("insolvency", text)
    if facts.closed is not None:
        yield facts.closed
    if total is not None and total < gates.floor_amount:
        text = (
            f"{format_amount(total)} à réclamer, sous le seuil de relance de "
            f"{format_amount(gates.floor_amount)}."
        )
        yield Reason("under_floor", text)
    if facts.suspension is not None and facts.suspension.until is None:
        yield _suspended(facts.suspension, "Relances du client suspendues")


def _unreachable(facts: CustomerFacts, gates: Gates, level: Level | None) -> Iterator[Reason]:
    """Why a message of that level could not go by its channel; by mail when there is none."""
    channel = Channel.MAIL if level is None else level.channel
    if channel in gates.absent_channels:
        text = (
            f"Rien ne part d'ici par {CHANNEL_WORDS[channel]} : choisissez un autre canal pour ce "
            "niveau du plan."
        )
        yield Reason("channel_absent", text)
    elif channel in _WRITTEN_TO and not facts.has_contact:
        yield Reason("no_contact", "Aucun contact de relance : ajoutez une adresse à ce client.")
    elif channel is Channel.SMS and not facts.has_phone:
        text = "Aucun téléphone de relance : ajoutez un numéro à ce client."
        yield Reason("no_phone", text)
    elif channel in _LETTERS and facts.postal_problem:
        text = f"Aucune lettre ne peut partir : {facts.postal_problem}. Complétez l'adresse."
        yield Reason("no_address", text)


CHANNEL_WORDS = {
    Channel.MAIL: "courriel",
    Channel.PHONE: "téléphone",
    Channel.POST: "courrier",
    Channel.REGISTERED: "lettre recommandée",
    Channel.E_REGISTERED: "recommandé électronique",
    Channel.SMS: "SMS",
}


def _coming(plan: Plan, items: Sequence[OpenItem]) -> Level | None:
    """The level that comes next for the item that has gone the least far, if one does."""
    rank = min((item.last_rank for item in items), default=len(plan.levels))
    return plan.levels[rank] if rank < len(plan.levels) else None


def _holds(
    facts: CustomerFacts, gates: Gates, plan: Plan, on: date, total: Decimal | None
) -> Iterator[Reason]:
    if gates.bank_date is None:
        yield Reason("bank_stale", "Aucun relevé bancaire importé : importez la banque d'abord.")
    elif add_business_days(gates.bank_date, gates.bank_business_days_max) < on:
        text = (
            f"La banque n'est connue que jusqu'au {gates.bank_date:%d/%m/%Y} : importez le dernier "
            "relevé d'abord."
        )
        yield Reason("bank_stale", text)
    if total is not None and facts.unapplied >= total:
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


def _waiting(plan: Plan, items: Sequence[OpenItem]) -> Iterator[Reason]:
    coming = min((day for item in items if (day := next_day(plan, item))), default=None)
    if coming is not None:
        text = f"Prochain niveau de relance atteint le {coming:%d/%m/%Y}."
        yield Reason("next_level_later", text, coming)


def next_day(plan: Plan, item: OpenItem) -> date | None:
    """First day on which an item reaches its next level; none after the last one."""
    if item.last_rank >= len(plan.levels):
        return None
    level = plan.levels[item.last_rank]
    level = lawful_level(plan, level, item.last_rank, reminded=_reminded(item))
    reached = item.due_date + timedelta(days=level.days_after_due)
    return max(reached, earliest_day(plan, level, item.last_rank, item.last_sent_on))


def _above(total: Decimal, ceiling: Decimal) -> Reason:
    text = (
        f"{format_amount(total)} à réclamer, au-delà de {format_amount(ceiling)} : une personne "
        "décide."
    )
    return Reason("above_ceiling", text)


def _why(level: Level, chased: Sequence[ChasedItem], on: date) -> Reason:
    oldest = (on - chased[0].due_date).days
    count = len(chased)
    invoices = "1 échéance ouverte" if count == 1 else f"{count} échéances ouvertes"
    age = f"échue depuis {oldest} jours" if oldest > 0 else "pas encore échue"
    text = f"{level.label} : {invoices}, la plus ancienne {age}."
    return Reason("level_reached", text)
