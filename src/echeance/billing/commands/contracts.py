"""Contracts: made, amended, ended; their periods billed once, waived or given back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.credit import draft_credit_note
from echeance.billing.commands.drafts import discard_drafts
from echeance.billing.errors import (
    ContractDayError,
    ContractEndedError,
    ContractInvalidError,
    IndexInvalidError,
    PeriodTakenError,
    PieceTakenError,
)
from echeance.billing.events import (
    ContractAmended,
    ContractCreated,
    ContractPeriodsDrafted,
    ContractPeriodsReopened,
    ContractPeriodsWaived,
    ContractTerminated,
    IndexValueSaved,
)
from echeance.billing.models import (
    Contract,
    ContractLine,
    ContractPeriod,
    Invoice,
    InvoiceLine,
    Item,
    PriceIndex,
    PriceIndexValue,
)
from echeance.billing.queries import contracts as reads
from echeance.billing.queries.prices import expected_prices
from echeance.billing.rules import contracts as rules
from echeance.billing.rules.billable import Piece
from echeance.billing.types import (
    ContractFacts,
    ContractLineFacts,
    FormulaFacts,
    IndexValueFacts,
    PriceAsked,
    Termination,
)
from echeance.core.dates import ONE_DAY, DateRange, add_months
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.recurrence import Proration, due_periods, period_holding
from echeance.core.terms import parse_terms
from echeance.parties import queries as parties

_BATCH = 500
_NUMBERS = "billing.contracts"


@transaction.atomic
def create_contracts(*, actor: Actor, contracts: Sequence[ContractFacts]) -> list[Contract]:
    """Make contracts, in the order given; all or none. About ten queries, whatever their number.

    A line without a name or a price takes those of its article: the price agreed with the
    customer, else that of the catalogue.

    Raises:
        ContractInvalidError: Every problem of every contract.
    """
    actor.require(Right.IMPORT_ORDERS)
    buyers = parties.snapshots(actor=actor, party_ids={one.party_id for one in contracts})
    items = _items(actor, [line for one in contracts for line in one.lines])
    full = [_filled(actor, one, items) for one in contracts]
    problems = [problem for one in full for problem in _problems(actor, one, items, buyers)]
    numbers = [one.number for one in full if one.number]
    if len(set(numbers)) < len(numbers):
        problems.append("un numéro figure deux fois")
    taken = Contract.objects.filter(company=actor.company, number__in=numbers)
    problems += [
        f"le contrat {number} existe déjà" for number in taken.values_list("number", flat=True)
    ]
    if problems:
        raise ContractInvalidError(tuple(problems))
    unnumbered = len(full) - len(numbers)
    fresh = iter(
        counters.take(company=actor.company, name=_NUMBERS, count=unnumbered) if unnumbered else ()
    )
    now = clock.now()
    rows = Contract.objects.bulk_create(
        [
            Contract(
                company=actor.company,
                party_id=buyers[one.party_id].party_id,
                number=one.number or f"CT-{next(fresh):05d}",
                name=one.name.strip(),
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                step=one.step,
                timing=one.timing,
                calendar=one.calendar,
                proration=one.proration,
                order_reference=one.order_reference,
                currency=one.currency,
                payment_terms=parse_terms(one.payment_terms).code if one.payment_terms else "",
                formula=_kept_formula(one.formula),
                revised_every_months=one.revised_every_months,
                created_at=now,
                created_by=actor.name,
            )
            for one in full
        ],
        batch_size=_BATCH,
    )
    ContractLine.objects.bulk_create(
        [
            _line_row(row, rank, line, items)
            for row, one in zip(rows, full, strict=True)
            for rank, line in enumerate(one.lines, start=1)
        ],
        batch_size=_BATCH,
    )
    journal.record_many(
        [ContractCreated(row.pk, row.number, row.party_id) for row in rows], actor=actor
    )
    return rows


def _items(actor: Actor, lines: Sequence[ContractLineFacts]) -> dict[str, Item]:
    codes = {line.item_code for line in lines if line.item_code}
    rows = Item.objects.filter(company=actor.company, code__in=codes) if codes else ()
    return {row.code: row for row in rows}


def _filled(actor: Actor, facts: ContractFacts, items: dict[str, Item]) -> ContractFacts:
    """What the articles and the prices agreed bring to lines that do not say it."""
    asked = {
        rank: PriceAsked(
            facts.party_id, line.item_code, line.quantity, facts.starts_on, facts.currency
        )
        for rank, line in enumerate(facts.lines)
        if line.unit_price is None and line.item_code in items
    }
    prices = dict(zip(asked, expected_prices(actor=actor, lines=list(asked.values())), strict=True))
    lines = []
    for rank, line in enumerate(facts.lines):
        item = items.get(line.item_code)
        price = prices.get(rank)
        if item is not None:
            line = replace(  # noqa: PLW2901
                line,
                name=line.name or item.name,
                description=line.description or item.description,
                nature=item.nature,
                unit_code=item.unit_code,
                vat_rate=item.vat_rate if line.vat_rate is None else line.vat_rate,
                exemption=line.exemption or item.exemption,
                exemption_article=line.exemption_article or item.exemption_article,
                revenue_account=line.revenue_account or item.revenue_account,
            )
        if price is not None:
            line = replace(  # noqa: PLW2901
                line, unit_price=price.gross_price, discount_percent=price.discount_percent
            )
        lines.append(line)
    return replace(facts, lines=tuple(lines))


def _problems(
    actor: Actor, facts: ContractFacts, items: dict[str, Item], buyers: dict[int, Any]
) -> list[str]:
    name = facts.number or facts.name or "?"
    found = rules.contract_problems(facts)
    if facts.party_id not in buyers:
        found.append(f"{name} : le client n° {facts.party_id} est introuvable")
    found += [
        f"{name} : l'article {line.item_code} n'est pas au catalogue"
        for line in facts.lines
        if line.item_code and line.item_code not in items
    ]
    if facts.formula:
        known = set(queries.price_indexes(actor=actor).values_list("code", flat=True))
        found += [
            f"{name} : l'indice {code} est inconnu, créez-le d'abord"
            for code in facts.formula.weights
            if code not in known
        ]
    if facts.payment_terms:
        try:
            parse_terms(facts.payment_terms)
        except EcheanceError as error:
            found.append(f"{name} : {error}".rstrip("."))
    return found


def _kept_formula(formula: FormulaFacts | None) -> dict[str, Any] | None:
    if formula is None:
        return None
    return {
        "fixed": str(formula.fixed),
        "weights": {code: str(weight) for code, weight in formula.weights.items()},
        "bases": {code: str(base) for code, base in formula.bases.items()},
        "floor": str(formula.floor) if formula.floor is not None else None,
        "ceiling": str(formula.ceiling) if formula.ceiling is not None else None,
    }


def _line_row(
    row: Contract, rank: int, line: ContractLineFacts, items: dict[str, Item]
) -> ContractLine:
    assert line.unit_price is not None, "a line without a price was refused"
    return ContractLine(
        company_id=row.company_id,
        contract=row,
        position=rank,
        item=items.get(line.item_code),
        name=line.name.strip()[:200],
        description=line.description,
        nature=line.nature,
        quantity=line.quantity,
        unit_code=line.unit_code,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        vat_rate=line.vat_rate,
        exemption=line.exemption,
        exemption_article=line.exemption_article,
        revenue_account=line.revenue_account,
        is_revised=line.is_revised,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
    )


@transaction.atomic
def amend_contract(
    *,
    actor: Actor,
    contract_id: int,
    on: date,
    ended: Collection[int] = (),
    begun: Sequence[ContractLineFacts] = (),
) -> Contract:
    """Change a contract from a day on: lines end the day before, others begin that day.

    Nothing of what was billed changes, so the day comes after all that is billed or drafted.

    Raises:
        NotFoundError: Not one of this company, or a line is not its own.
        ContractEndedError: It was terminated.
        ContractDayError: The day is outside the contract, or in days already billed.
        ContractInvalidError: A new line cannot stand.
    """
    actor.require(Right.IMPORT_ORDERS)
    row = _locked(actor, contract_id)
    _refuse_day(actor, row, on)
    lines = list(reads.contract_lines(actor=actor, contract_id=row.pk))
    mine = {line.pk: line for line in lines}
    if missing := set(ended) - set(mine):
        raise NotFoundError(what=f"ligne n° {min(missing)} du contrat {row.number}")
    items = _items(actor, begun)
    facts = _filled(
        actor,
        ContractFacts(
            row.party_id,
            row.name,
            on,
            tuple(begun),
            number=row.number,
            currency=row.currency,
        ),
        items,
    )
    problems = [
        f"ligne {rank} : {problem}"
        for rank, line in enumerate(facts.lines, start=1)
        for problem in rules.line_problems(line)
    ]
    running = {pk for pk, line in mine.items() if line.ends_on is None or line.ends_on >= on}
    if set(ended) - running:
        problems.append("une ligne à terminer l'est déjà")
    if not begun and not ended:
        problems.append("cochez une ligne à terminer ou ajoutez-en une")
    if not begun and running <= set(ended):
        problems.append("toutes les lignes se termineraient : résiliez plutôt le contrat")
    if problems:
        raise ContractInvalidError(tuple(problems))
    ContractLine.objects.filter(pk__in=ended).update(ends_on=on - ONE_DAY)
    last = max((line.position for line in lines), default=0)
    made = ContractLine.objects.bulk_create(
        [
            _line_row(row, last + rank, replace(line, starts_on=line.starts_on or on), items)
            for rank, line in enumerate(facts.lines, start=1)
        ]
    )
    journal.record(
        ContractAmended(
            row.pk, row.number, on.isoformat(), sorted(ended), [one.pk for one in made]
        ),
        actor=actor,
    )
    return row


def _locked(actor: Actor, contract_id: int) -> Contract:
    row = Contract.objects.select_for_update().filter(company=actor.company, pk=contract_id).first()
    if row is None:
        raise NotFoundError(what=f"contrat n° {contract_id}")
    if row.terminated_at is not None:
        raise ContractEndedError(row.number)
    return row


def _refuse_day(actor: Actor, row: Contract, on: date) -> None:
    if on < row.starts_on or (row.ends_on is not None and on > row.ends_on):
        raise ContractDayError(row.number, on, "il est hors du contrat")
    billed = reads.billed_days(actor=actor, contract_ids=[row.pk]).get(row.pk, [])
    free = max((days.end for days in billed), default=row.starts_on)
    if on < free:
        raise ContractDayError(
            row.number,
            on,
            f"des jours à partir de lui sont déjà facturés ou en brouillon ; choisissez le "
            f"{free:%d/%m/%Y} ou après",
        )


@transaction.atomic
def terminate_contract(
    *, actor: Actor, contract_id: int, ends_on: date, reason: str
) -> Termination:
    """End a contract on its last day; what was billed beyond it becomes draft credit notes.

    Drafts that bill days beyond it are deleted: the next run makes them again, for the days left.

    Raises:
        NotFoundError: Not one of this company.
        ContractEndedError: It was terminated before.
        ContractDayError: The day is before the contract, or after its last one.
        ContractInvalidError: No reason is given.
    """
    actor.require(Right.IMPORT_ORDERS)
    row = _locked(actor, contract_id)
    if not reason.strip():
        raise ContractInvalidError((f"{row.number} : donnez le motif de la résiliation",))
    if ends_on < row.starts_on or (row.ends_on is not None and ends_on > row.ends_on):
        raise ContractDayError(row.number, ends_on, "il est hors du contrat")
    Contract.objects.filter(pk=row.pk).update(
        ends_on=ends_on, terminated_at=clock.now(), terminated_reason=reason.strip()[:200]
    )
    beyond = list(
        ContractPeriod.objects.filter(
            company=actor.company, contract=row, ends_on__gt=ends_on, invoice__isnull=False
        ).select_related("invoice")
    )
    drafts = {one.invoice.pk for one in beyond if one.invoice and one.invoice.number is None}
    discarded = discard_drafts(actor=actor, invoice_ids=drafts) if drafts else 0
    billed = sorted({one.invoice.pk for one in beyond if one.invoice and one.invoice.number})
    credited_one_by_one = (
        _credit_beyond(actor, row, invoice_id, beyond, ends_on) for invoice_id in billed
    )
    notes = [note for note in credited_one_by_one if note is not None]
    credited = sum((note.net_total for note in notes), ZERO)
    journal.record(
        ContractTerminated(row.pk, row.number, ends_on.isoformat(), reason.strip(), str(credited)),
        actor=actor,
    )
    return Termination(row.pk, ends_on, tuple(note.pk for note in notes), discarded, credited)


def _credit_beyond(
    actor: Actor,
    row: Contract,
    invoice_id: int,
    beyond: Sequence[ContractPeriod],
    ends_on: date,
) -> Invoice | None:
    mine = [one for one in beyond if one.invoice_id == invoice_id]
    billed = []
    for line in InvoiceLine.objects.filter(company=actor.company, invoice=invoice_id):
        start, last = line.period_start, line.period_end
        if start is None:
            # A document of one period may say its days for all its lines.
            start, last = mine[0].starts_on, mine[0].ends_on
        if not any(one.starts_on <= start <= one.ends_on for one in mine):
            continue
        days = DateRange(start, (last or start) + ONE_DAY)
        billed.append(rules.BilledLine(line.pk, days, line.quantity, line.net_amount))
    lines = rules.credit_beyond(
        billed,
        queries.lines_left(actor=actor, invoice_id=invoice_id),
        end=ends_on + ONE_DAY,
        proration=Proration(row.proration),
    )
    if not lines:
        return None
    return draft_credit_note(
        actor=actor,
        invoice_id=invoice_id,
        reason=f"Résiliation du contrat {row.number} au {ends_on:%d/%m/%Y}",
        lines=lines,
    )


@transaction.atomic
def waive_periods(
    *, actor: Actor, contract_id: int, starts_on: Collection[date], reason: str
) -> list[ContractPeriod]:
    """Decide that periods are not billed, named by their first day. All or none.

    Raises:
        NotFoundError: Not one of this company.
        PeriodTakenError: One is no period of the contract, or is billed or waived already.
        ContractInvalidError: No reason is given.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = Contract.objects.select_for_update().filter(company=actor.company, pk=contract_id).first()
    if row is None:
        raise NotFoundError(what=f"contrat n° {contract_id}")
    if not reason.strip() or not starts_on:
        raise ContractInvalidError((f"{row.number} : donnez la période et le motif",))
    terms = reads.terms_of(actor=actor, rows=[row])[row.pk]
    taken = reads.billed_days(actor=actor, contract_ids=[row.pk]).get(row.pk, [])
    horizon = add_months(max(starts_on), 24)
    now, made = clock.now(), []
    for day in sorted(set(starts_on)):
        period = next(
            (one for one in _periods_left(terms, horizon, taken) if one.start == day),
            None,
        )
        if period is None:
            raise PeriodTakenError(
                row.number, day, "elle est déjà facturée, en brouillon ou écartée, ou n'existe pas"
            )
        made.append(
            ContractPeriod(
                company=actor.company,
                contract=row,
                starts_on=period.start,
                ends_on=period.last,
                drafted_at=now,
                waived_at=now,
                waived_reason=reason.strip()[:200],
            )
        )
    _replace(row.pk, made)
    journal.record(
        ContractPeriodsWaived(row.pk, [one.starts_on.isoformat() for one in made], reason.strip()),
        actor=actor,
    )
    return made


def _periods_left(
    terms: rules.Terms, horizon: date, taken: Collection[DateRange]
) -> list[DateRange]:
    found = due_periods(terms.schedule, on=horizon, billed=taken)
    return [one.covered for one in found]


def _replace(contract_id: int, rows: Sequence[ContractPeriod]) -> None:
    """Write periods over rows that a discarded draft left free. Two queries."""
    starts = [one.starts_on for one in rows]
    ContractPeriod.objects.filter(
        contract=contract_id, starts_on__in=starts, invoice=None, waived_at=None
    ).delete()
    ContractPeriod.objects.bulk_create(rows, batch_size=_BATCH)


@transaction.atomic
def reopen_periods(*, actor: Actor, period_ids: Collection[int], reason: str) -> int:
    """Give periods back to the next run: waived ones, and billed ones wholly credited since.

    A credited invoice does not give its period back by itself: only a person knows whether it is
    to be billed again.

    Raises:
        NotFoundError: One is not of this company.
        PeriodTakenError: One is drafted, or its invoice is not wholly credited.
    """
    actor.require(Right.DRAFT_INVOICES)
    rows = list(
        ContractPeriod.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=set(period_ids))
        .select_related("contract", "invoice")
        .order_by("pk")
    )
    if missing := set(period_ids) - {row.pk for row in rows}:
        raise NotFoundError(what=f"période n° {min(missing)}")
    for row in rows:
        problem = _unreopenable(actor, row)
        if problem:
            raise PeriodTakenError(row.contract.number, row.starts_on, problem)
    by_contract: dict[int, list[str]] = {}
    for row in rows:
        by_contract.setdefault(row.contract_id, []).append(row.starts_on.isoformat())
    ContractPeriod.objects.filter(pk__in=[row.pk for row in rows]).delete()
    journal.record_many(
        [
            ContractPeriodsReopened(contract_id, days, reason.strip())
            for contract_id, days in by_contract.items()
        ],
        actor=actor,
    )
    return len(rows)


def _unreopenable(actor: Actor, row: ContractPeriod) -> str:
    if row.waived_at is not None or row.invoice is None:
        return ""
    if row.invoice.number is None:
        return "elle est en brouillon, supprimez le brouillon"
    left = queries.lines_left(actor=actor, invoice_id=row.invoice.pk)
    if any(one.net_amount > ZERO for one in left.values()):
        return f"la facture {row.invoice.number} n'est pas entièrement créditée"
    return ""


def tell_contracts(*, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
    """Write the document on the periods it bills. Seven queries or so a chunk.

    The contracts are locked first, then their days read: of two runs at once, one bills and the
    other is told.

    Raises:
        PieceTakenError: Days of a period were billed or waived meanwhile.
    """
    ids = sorted({piece.source_id for piece, _ in billed})
    rows = list(
        Contract.objects.select_for_update()
        .filter(company=actor.company, pk__in=ids)
        .order_by("pk")
    )
    taken = reads.billed_days(actor=actor, contract_ids=ids)
    terms = reads.terms_of(actor=actor, rows=rows)
    history = reads.index_history(actor=actor) if any(row.formula for row in rows) else {}
    now = clock.now()
    made: dict[int, list[ContractPeriod]] = {}
    for piece, invoice in billed:
        start, last = piece.period_start, piece.period_end
        assert start is not None, "a piece of a contract says its period"
        assert last is not None, "a piece of a contract says its period"
        days = DateRange(start, last + ONE_DAY)
        known = taken.setdefault(piece.source_id, [])
        if any(one.start < days.end and days.start < one.end for one in known):
            raise PieceTakenError(what=piece.number)
        known.append(days)
        made.setdefault(piece.source_id, []).append(
            ContractPeriod(
                company=actor.company,
                contract_id=piece.source_id,
                starts_on=start,
                ends_on=last,
                revision=_kept_revision(terms[piece.source_id], start, history),
                drafted_at=now,
                invoice=invoice,
            )
        )
    everything = [one for some in made.values() for one in some]
    ContractPeriod.objects.filter(
        company=actor.company, contract__in=ids, invoice=None, waived_at=None
    ).delete()
    ContractPeriod.objects.bulk_create(everything, batch_size=_BATCH)
    journal.record_many(
        [
            ContractPeriodsDrafted(
                contract_id,
                [one.starts_on.isoformat() for one in some],
                sorted({one.invoice_id for one in some if one.invoice_id is not None}),
            )
            for contract_id, some in made.items()
        ],
        actor=actor,
    )


def _kept_revision(
    terms: rules.Terms, start: date, history: reads.History
) -> dict[str, Any] | None:
    period = period_holding(terms.schedule, start)
    day = rules.revision_day(terms, period) if period else None
    revision = rules.revision_of(terms, day, history) if day else None
    if revision is None:
        return None
    return {
        "on": revision.on.isoformat(),
        "values": {
            code: {
                "label": one.label,
                "value": str(one.value),
                "published_on": one.published_on.isoformat(),
            }
            for code, one in revision.values.items()
        },
    }


# -- indexes --------------------------------------------------------------------------------------


@transaction.atomic
def save_index(*, actor: Actor, code: str, name: str) -> PriceIndex:
    """Create an index, or rename it.

    Raises:
        IndexInvalidError: It has no code or no name.
    """
    actor.require(Right.IMPORT_ORDERS)
    code, name = code.strip(), name.strip()
    if not code or not name or len(code) > 40:
        raise IndexInvalidError(("donnez un code de 40 signes au plus et un nom",))
    row, _ = PriceIndex.objects.update_or_create(
        company=actor.company, code=code, defaults={"name": name[:120]}
    )
    return row


@transaction.atomic
def save_index_values(*, actor: Actor, values: Sequence[IndexValueFacts]) -> list[PriceIndexValue]:
    """Add published values. The same value again changes nothing; another one is refused.

    Raises:
        IndexInvalidError: Every problem of every value.
    """
    actor.require(Right.IMPORT_ORDERS)
    indexes = {row.code: row for row in queries.price_indexes(actor=actor)}
    known = {
        (row.index.code, row.period): row
        for row in PriceIndexValue.objects.filter(
            company=actor.company, index__code__in={one.index_code for one in values}
        ).select_related("index")
    }
    problems, fresh, kept = [], [], []
    for one in values:
        name = f"{one.index_code} {one.period:%m/%Y}"
        before = known.get((one.index_code, one.period))
        if one.index_code not in indexes:
            problems.append(f"l'indice {one.index_code} est inconnu, créez-le d'abord")
        elif one.value <= ZERO or round(one.value, 6) != one.value:
            problems.append(f"{name} : la valeur est positive, à 6 décimales au plus")
        elif one.published_on < one.period:
            problems.append(f"{name} : une valeur se publie après le début de sa période")
        elif one.published_on > clock.today():
            problems.append(f"{name} : sa date de publication n'est pas encore venue")
        elif before is not None and (before.value, before.published_on) != (
            one.value,
            one.published_on,
        ):
            problems.append(f"{name} : une autre valeur est déjà enregistrée ({before.value})")
        elif before is not None:
            kept.append(before)
        else:
            fresh.append(
                PriceIndexValue(
                    company=actor.company,
                    index=indexes[one.index_code],
                    period=one.period,
                    value=one.value,
                    published_on=one.published_on,
                )
            )
    if len({(row.index_id, row.period) for row in fresh}) < len(fresh):
        problems.append("une période figure deux fois")
    if problems:
        raise IndexInvalidError(tuple(problems))
    made = PriceIndexValue.objects.bulk_create(fresh)
    journal.record_many(
        [
            IndexValueSaved(
                row.index_id,
                row.index.code,
                row.period.isoformat(),
                str(row.value),
                row.published_on.isoformat(),
            )
            for row in made
        ],
        actor=actor,
    )
    return [*kept, *made]
