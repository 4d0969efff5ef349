"""What a contract has to bill: its periods, their prices, and what a termination gives back.

Sources: :mod:`echeance.core.recurrence` (periods, proration, revision); CMF art. L112-1 and L112-2
(indexes); CGI 269-1 a bis and 289 I-3 (a continuing supply is billed at the latest with the period
it ends).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.rules import billable, pricing
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.crediting import LineLeft
from echeance.billing.types import ContractFacts, ContractLineFacts, CreditLine, DraftLine
from echeance.core.dates import ONE_DAY, DateRange, add_months
from echeance.core.money import ZERO, round_amount
from echeance.core.recurrence import (
    BillingPeriod,
    Formula,
    IndexValue,
    MissingIndexError,
    Proration,
    Schedule,
    Step,
    Timing,
    due_periods,
    part_of,
    periods,
    prorated,
    revised,
)
from echeance.core.tax import ACCEPTED_RATES, Exemption

ONE: Final = Decimal(1)
LINES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a contract; ``ends_on`` is its last day."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    item_code: str = ""
    nature: str = "services"
    unit_code: str = "C62"
    discount_percent: Decimal = ZERO
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    revenue_account: str = ""
    is_revised: bool = True
    starts_on: date | None = None
    ends_on: date | None = None
    eco_contribution: Decimal | None = None
    eco_label: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """A contract as its billing needs it."""

    contract_id: int
    number: str
    party_id: int
    schedule: Schedule
    proration: Proration
    lines: tuple[Line, ...]
    order_reference: str = ""
    currency: str = "EUR"
    payment_terms: str = ""
    formula: Formula | None = None
    revised_every_months: int = 12


@dataclass(frozen=True, slots=True)
class Revision:
    """The values a revision applies, from a day on."""

    on: date
    values: Mapping[str, IndexValue]


def revision_day(terms: Terms, period: BillingPeriod) -> date | None:
    """The revision in force for a period: the last anniversary at or before its first whole day.

    A revision never changes a price inside a period. None before the first anniversary, and for a
    contract without a formula.
    """
    if terms.formula is None:
        return None
    start, every = terms.schedule.start, terms.revised_every_months
    count = 0
    while add_months(start, every * (count + 1)) <= period.whole.start:
        count += 1
    return add_months(start, every * count) if count else None


def revision_of(
    terms: Terms, day: date, history: Mapping[str, Sequence[IndexValue]]
) -> Revision | None:
    """The values of a revision: for each index, the last one published by that day.

    A value published before the revision before it is no value of this one: the newer one is
    missing, and an old one would be a guess.

    Raises:
        MissingIndexError: An index has no value published since the revision before.
    """
    if terms.formula is None:
        return None
    before = add_months(day, -terms.revised_every_months)
    values = {}
    for index in terms.formula.weights:
        known = [one for one in history.get(index, ()) if before < one.published_on <= day]
        if not known:
            label = f"publiée entre le {before + ONE_DAY:%d/%m/%Y} et le {day:%d/%m/%Y}"
            raise MissingIndexError(index, label)
        values[index] = max(known, key=lambda one: one.published_on)
    return Revision(day, values)


def lines_of(terms: Terms, period: BillingPeriod, revision: Revision | None) -> list[DraftLine]:
    """Lines of a period: each for the days it and the contract cover, at its revised price.

    A part of a period is reckoned on the price of a whole one, once, half up: to the cent for one
    unit, to six decimals for several, so that quantity times price is the amount.
    """
    found = []
    for line in terms.lines:
        days = _common(period.covered, line)
        if days is None:
            continue
        part = BillingPeriod(period.whole, days, period.bill_on)
        price, told = line.unit_price, line.description
        if line.is_revised and revision is not None and terms.formula is not None:
            price = revised(price, terms.formula, revision.values, places=_places(price))
            told = "\n".join(
                text for text in (told, _revision_told(terms.formula, revision)) if text
            )
        found.append(_draft_line(line, part, price, told, terms.proration))
    return found


def _draft_line(
    line: Line, part: BillingPeriod, price: Decimal, told: str, proration: Proration
) -> DraftLine:
    share = ONE if part.complete else part_of(part, proration)
    if part.complete:
        gross = price
        net = pricing.discounted(price, line.discount_percent) if line.discount_percent else price
    elif line.quantity == 1:
        gross = prorated(price, part, proration)
        net = round_amount(gross * (pricing.HUNDRED - line.discount_percent) / pricing.HUNDRED)
    else:
        gross = pricing.discounted(price * share)
        net = pricing.discounted(price * share, line.discount_percent)
    return DraftLine(
        name=line.name,
        quantity=line.quantity,
        unit_price=net,
        description=told,
        item_code=line.item_code,
        unit_code=line.unit_code,
        vat_rate=line.vat_rate,
        exemption=line.exemption,
        exemption_article=line.exemption_article,
        nature=line.nature,
        revenue_account=line.revenue_account,
        gross_price=gross if gross != net else None,
        price_discount=gross - net if gross != net else None,
        period_start=part.covered.start,
        period_end=part.covered.last,
        allowances=pricing.eco_charges(
            line.eco_contribution, line.eco_label, line.quantity, (share,)
        ),
    )


def _common(days: DateRange, line: Line) -> DateRange | None:
    """The days of a period a line covers."""
    start = max(days.start, line.starts_on or days.start)
    end = days.end if line.ends_on is None else min(days.end, line.ends_on + ONE_DAY)
    return DateRange(start, end) if start < end else None


def _places(price: Decimal) -> int:
    """Decimals of a revised price: those of the price of the origin, two at least."""
    exponent = price.normalize().as_tuple().exponent
    return max(2, -exponent) if isinstance(exponent, int) else 2


def _revision_told(formula: Formula, revision: Revision) -> str:
    parts = ", ".join(
        f"{index} {one.label} : {pricing.plain(one.value)} "
        f"(origine : {pricing.plain(formula.bases[index])})"
        for index, one in revision.values.items()
    )
    return f"Prix révisé au {revision.on:%d/%m/%Y}. {parts}."


def net_of(lines: Sequence[DraftLine]) -> Decimal:
    """Before VAT, each line rounded, its charges counted."""
    total = ZERO
    for line in lines:
        total += round_amount(line.quantity * line.unit_price)
        total += sum((one.amount for one in line.allowances if one.is_charge), ZERO)
    return total


def pieces_of(
    terms: Terms,
    *,
    on: date,
    billed: Collection[DateRange],
    history: Mapping[str, Sequence[IndexValue]],
) -> list[Piece]:
    """What is left to bill of a contract on a day, missed periods included, oldest first.

    One piece a period, never two in one: each month keeps its own document. A period that needs
    an index nobody entered waits and says which.
    """
    found = (
        piece_of(terms, period, history)
        for period in due_periods(terms.schedule, on=on, billed=billed)
    )
    return [piece for piece in found if piece is not None]


def piece_of(
    terms: Terms, period: BillingPeriod, history: Mapping[str, Sequence[IndexValue]]
) -> Piece | None:
    """A period as a piece; none when no line covers it."""
    waits, revision = "", None
    day = revision_day(terms, period)
    if day is not None and any(line.is_revised for line in terms.lines):
        try:
            revision = revision_of(terms, day, history)
        except MissingIndexError as error:
            waits = f"renseignez l'indice {error.index}, valeur {error.label}"
    lines = lines_of(terms, period, revision)
    if not lines:
        return None
    start, last = period.covered.start, period.covered.last
    advance = terms.schedule.timing is Timing.ADVANCE
    return Piece(
        source=billable.CONTRACT,
        source_id=terms.contract_id,
        number=f"{terms.number} du {start:%d/%m/%Y} au {last:%d/%m/%Y}",
        party_id=terms.party_id,
        supplied_on=start if advance else last,
        net=net_of(lines),
        lines=tuple(lines),
        currency=terms.currency,
        order_reference=terms.order_reference,
        contract_reference=terms.number,
        payment_terms=terms.payment_terms,
        period_start=start,
        period_end=last,
        not_before=period.bill_on,
        waits=waits,
    )


def next_period(terms: Terms, *, on: date, billed: Collection[DateRange]) -> BillingPeriod | None:
    """The first period to bill after a day; none once the contract has ended."""
    horizon = add_months(on, 25)
    later = due_periods(terms.schedule, on=horizon, billed=billed)
    return next((one for one in later if one.bill_on > on), None)


def period_starting(terms: Terms, day: date, *, until: date) -> BillingPeriod | None:
    """The period whose first covered day is that one."""
    return next(
        (one for one in periods(terms.schedule, until=until) if one.covered.start == day), None
    )


# -- termination ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice that billed days of a contract; ``days`` are those it says."""

    line_id: int
    days: DateRange
    quantity: Decimal
    net_amount: Decimal


def credit_beyond(
    lines: Sequence[BilledLine],
    left: Mapping[int, LineLeft],
    *,
    end: date,
    proration: Proration,
) -> list[CreditLine]:
    """What to give back of lines billed beyond the end of a contract, never more than is left.

    The part kept is reckoned and rounded, what is given back is the rest: kept and credited make
    what was billed, to the cent.

    Args:
        lines: Lines that billed the contract.
        left: What earlier credit notes have left of each.
        end: First day without the contract.
        proration: How a part is counted.
    """
    given_back = []
    for line in lines:
        if line.days.end <= end:
            continue
        kept = ZERO
        if line.days.start < end:
            used = BillingPeriod(line.days, DateRange(line.days.start, end), line.days.start)
            kept = prorated(line.net_amount, used, proration)
        given = line.net_amount - kept
        still = left[line.line_id]
        if still.net_amount <= ZERO or given <= ZERO:
            continue
        if given >= still.net_amount:
            given_back.append(CreditLine(line.line_id))
        else:
            given_back.append(
                CreditLine(line.line_id, line.quantity, pricing.discounted(given / line.quantity))
            )
    return given_back


# -- what cannot stand ----------------------------------------------------------------------------


def contract_problems(facts: ContractFacts) -> list[str]:
    """Everything wrong in the facts of a contract, as French clauses; prices filled before."""
    name = facts.number or facts.name or "?"
    found = []
    if not facts.name.strip():
        found.append(f"{name} : donnez un objet")
    if facts.ends_on is not None and facts.ends_on < facts.starts_on:
        found.append(f"{name} : le dernier jour précède le premier")
    if facts.step not in set(Step):
        found.append(f"{name} : la période est « month », « quarter », « half_year » ou « year »")
    if facts.timing not in set(Timing):
        found.append(f"{name} : le terme est « advance » ou « arrears »")
    if facts.proration not in set(Proration):
        found.append(f"{name} : le prorata est « days » ou « thirtieths »")
    if not 1 <= facts.revised_every_months <= 120:
        found.append(f"{name} : la révision se fait tous les 1 à 120 mois")
    if facts.formula is not None:
        found += [f"{name} : {one}" for one in formula_problems(facts)]
    if not 1 <= len(facts.lines) <= LINES_MAX:
        found.append(f"{name} : un contrat a entre 1 et {LINES_MAX} lignes")
    return found + [
        f"{name}, ligne {rank} : {problem}"
        for rank, line in enumerate(facts.lines, start=1)
        for problem in line_problems(line)
    ]


def line_problems(line: ContractLineFacts) -> list[str]:
    """Everything wrong in a line, as French clauses."""
    found = []
    if not line.name.strip():
        found.append("donnez une désignation")
    if line.unit_price is None or line.unit_price <= ZERO:
        found.append("le prix doit être supérieur à zéro")
    elif round(line.unit_price, 6) != line.unit_price:
        found.append("le prix a plus de 6 décimales")
    if line.quantity <= ZERO or round(line.quantity, 4) != line.quantity:
        found.append("la quantité est positive et a 4 décimales au plus")
    if not ZERO <= line.discount_percent < pricing.HUNDRED:
        found.append("la remise est comprise entre 0 et 100 %")
    if line.nature not in {"goods", "services"}:
        found.append("la nature est « goods » ou « services »")
    if line.vat_rate is not None and line.vat_rate not in ACCEPTED_RATES:
        found.append(f"le taux de TVA {pricing.plain(line.vat_rate)} % n'existe pas")
    if line.exemption and line.exemption not in set(Exemption):
        found.append(f"le motif d'exonération « {line.exemption} » est inconnu")
    if line.starts_on and line.ends_on and line.ends_on < line.starts_on:
        found.append("son dernier jour précède le premier")
    return found


def formula_problems(facts: ContractFacts) -> list[str]:
    """Everything wrong in a formula, as French clauses."""
    formula = facts.formula
    assert formula is not None, "only a contract with a formula is asked"
    found = []
    total = formula.fixed + sum(formula.weights.values(), ZERO)
    if total != ONE:
        found.append(f"la part fixe et les poids font {pricing.plain(total)}, ils doivent faire 1")
    if any(weight <= ZERO for weight in formula.weights.values()) or formula.fixed < ZERO:
        found.append("les poids sont positifs")
    if not formula.weights:
        found.append("la formule ne nomme aucun indice")
    if set(formula.weights) != set(formula.bases) or any(
        base <= ZERO for base in formula.bases.values()
    ):
        found.append("chaque indice a sa valeur d'origine, supérieure à zéro")
    if (
        formula.floor is not None
        and formula.ceiling is not None
        and formula.floor > formula.ceiling
    ):
        found.append("le plancher dépasse le plafond")
    return found
