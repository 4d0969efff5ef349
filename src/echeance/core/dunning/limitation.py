"""Prescription: the last day on which a debt can be claimed in court, and what moves it.

Terms: five years between professionals (C. com. art. L110-4, C. civ. art. 2224), two years
against a consumer (C. conso. art. L218-2), one year for carriage (C. com. art. L133-6), four civil
years against a public buyer (loi n° 68-1250, art. 1). Counted by whole days, the first one left
out, the last one included (C. civ. art. 2228, 2229): due on 31 March 2021, a debt between
professionals can be sued for until 31 March 2026 at midnight. Article 642 of the CPC is one of
procedure: a last day that is a Sunday or a holiday stays where it is.

An interrupting act wipes out the time elapsed, and the whole term runs again (art. 2231).
A reminder, a formal notice, even by registered letter, interrupts nothing
(Cass. com. 18 May 2022, n° 20-23.204), except before a public buyer (loi n° 68-1250, art. 2).
Suspensions (art. 2234 to 2239: mediation, force majeure) are not reckoned: they only add time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from echeance.core.dates import add_years
from echeance.core.terms import CustomerKind


class DebtNature(StrEnum):
    """Which law limits a debt."""

    COMMERCIAL = "commercial"
    CONSUMER = "consumer"
    CARRIAGE = "carriage"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class LimitationRule:
    """Term of a nature of debt.

    Attributes:
        years: Whole years.
        source: The article, as a French reader knows it.
        from_january: Counted from 1 January after the act, to a 31 December.
        to_confirm: Facts the record may not hold bend it: a person confirms the date.
    """

    years: int
    source: str
    from_january: bool = False
    to_confirm: bool = False


LIMITATION_RULES = {
    DebtNature.COMMERCIAL: LimitationRule(5, "C. com. art. L110-4 et C. civ. art. 2224"),
    DebtNature.CONSUMER: LimitationRule(2, "C. conso. art. L218-2"),
    DebtNature.CARRIAGE: LimitationRule(1, "C. com. art. L133-6", to_confirm=True),
    DebtNature.PUBLIC: LimitationRule(
        4, "loi n° 68-1250 du 31 décembre 1968, art. 1", from_january=True, to_confirm=True
    ),
}

TITLE_YEARS = 10
"""A court's title is enforced within ten years (CPCE art. L111-4)."""

_TITLE = LimitationRule(TITLE_YEARS, "CPCE art. L111-4")

BACKSTOP_YEARS = 20
"""An acknowledgement carries no term beyond twenty years from the debt (C. civ. art. 2232)."""


class InterruptionCause(StrEnum):
    """What makes the whole term run again."""

    ACKNOWLEDGEMENT = "acknowledgement"
    PART_PAYMENT = "part_payment"
    COURT_ACTION = "court_action"
    ENFORCEMENT = "enforcement"
    CLAIM = "claim"
    WRITTEN_DEMAND = "written_demand"


_WORDS = {
    InterruptionCause.ACKNOWLEDGEMENT: "reconnaissance de dette (C. civ. art. 2240)",
    InterruptionCause.PART_PAYMENT: "paiement partiel (C. civ. art. 2240)",
    InterruptionCause.COURT_ACTION: "demande en justice (C. civ. art. 2241)",
    InterruptionCause.ENFORCEMENT: "mesure d'exécution (C. civ. art. 2244)",
    InterruptionCause.CLAIM: "déclaration de créance (C. com. art. L622-25-1)",
    InterruptionCause.WRITTEN_DEMAND: "demande écrite (loi n° 68-1250, art. 2)",
}
_FROM_DUE_DATE = {DebtNature.COMMERCIAL, DebtNature.CONSUMER}
_LASTING = {InterruptionCause.COURT_ACTION, InterruptionCause.CLAIM}
_BACKSTOPPED = {InterruptionCause.ACKNOWLEDGEMENT, InterruptionCause.PART_PAYMENT}


@dataclass(frozen=True, slots=True)
class InterruptingAct:
    """An act of a day; a court action and a claim last until they end.

    Attributes:
        cause: What it is.
        on: Its day; that of the service, for an order to pay.
        until: Day the proceedings ended; ``None`` while they run (C. civ. art. 2242). Not read
            for the other causes.
        has_title: They ended with a title: its enforcement is limited, no more the debt.
    """

    cause: InterruptionCause
    on: date
    until: date | None = None
    has_title: bool = False


@dataclass(frozen=True, slots=True)
class LimitationDate:
    """Until when a debt can be claimed in court.

    Attributes:
        nature: Which law.
        since: Day the running term is counted from, itself left out.
        last_day: Last day to act, included; ``None`` while proceedings keep the term from running.
        sentence: Why, in French, with the article.
        to_confirm: A person confirms the date on the pieces before relying on it.
    """

    nature: DebtNature
    since: date
    last_day: date | None
    sentence: str
    to_confirm: bool = False

    def is_expired(self, on: date) -> bool:
        """Whether that day is too late to sue; the debt may still be paid (natural obligation)."""
        return self.last_day is not None and on > self.last_day

    def days_left(self, on: date) -> int | None:
        """Days after that day on which one may still act; negative once it is over."""
        return None if self.last_day is None else (self.last_day - on).days


def debt_nature(customer: CustomerKind, *, is_carriage: bool = False) -> DebtNature:
    """Which law limits what a customer owes.

    Carriage has its own term whoever owes it; the State's four years are of public order.
    """
    if customer is CustomerKind.PUBLIC:
        return DebtNature.PUBLIC
    if is_carriage:
        return DebtNature.CARRIAGE
    return DebtNature.CONSUMER if customer is CustomerKind.CONSUMER else DebtNature.COMMERCIAL


def limitation(
    nature: DebtNature,
    *,
    due_date: date,
    born_on: date,
    acts: Iterable[InterruptingAct] = (),
) -> LimitationDate:
    """The last day to sue for a debt.

    Args:
        nature: Which law.
        due_date: The term starts the day after it. Carriage and public debts, whose law reckons
            from the delivery or from the service done, start from ``born_on`` when it is earlier.
        born_on: Day of the delivery, of the service or of the invoice, the earliest known.
        acts: Interrupting acts not withdrawn, in any order. One done after the term was over
            revives nothing and is left out (its giving up, C. civ. art. 2250, is a person's to
            tell), as is one earlier than the start.

    Returns:
        The date and why. The shortest reading is taken where two are possible.
    """
    rule = LIMITATION_RULES[nature]
    since = due_date if nature in _FROM_DUE_DATE else min(born_on, due_date)
    why = f"à compter du {since:%d/%m/%Y}"
    last_day: date | None = _term(rule, since)
    backstop = max(add_years(born_on, BACKSTOP_YEARS), _term(rule, due_date))
    title_on: date | None = None
    for act in _in_order(acts):
        if last_day is not None and act.on > last_day:
            break
        if act.cause is InterruptionCause.WRITTEN_DEMAND and nature is not DebtNature.PUBLIC:
            continue
        if act.cause in _LASTING and act.until is None:
            since, last_day = act.on, None
            why = f"{_WORDS[act.cause]} du {act.on:%d/%m/%Y}, en cours : rien ne court"
            break
        start = max(act.on, act.until or act.on) if act.cause in _LASTING else act.on
        if start < since:
            continue
        if act.has_title:
            title_on = start
        again = add_years(start, TITLE_YEARS) if title_on else _term(rule, start)
        if act.cause in _BACKSTOPPED and nature is not DebtNature.PUBLIC and not title_on:
            again = min(again, backstop)
        since, last_day = start, again
        why = f"{_WORDS[act.cause]} du {act.on:%d/%m/%Y}"
    if title_on:
        why += f", titre du {title_on:%d/%m/%Y}"
        rule = _TITLE
    return LimitationDate(
        nature,
        since,
        last_day,
        _sentence(rule, why, last_day),
        to_confirm=LIMITATION_RULES[nature].to_confirm,
    )


def _in_order(acts: Iterable[InterruptingAct]) -> Sequence[InterruptingAct]:
    return sorted(acts, key=lambda act: (act.on, act.until or date.max, act.cause, act.has_title))


def _term(rule: LimitationRule, since: date) -> date:
    if rule.from_january:
        return date(since.year + rule.years, 12, 31)
    return add_years(since, rule.years)


def _sentence(rule: LimitationRule, why: str, last_day: date | None) -> str:
    years = "un an" if rule.years == 1 else f"{rule.years} ans"
    until = "" if last_day is None else f" : jusqu'au {last_day:%d/%m/%Y} inclus"
    return f"Prescription de {years} ({rule.source}), {why}{until}."
