"""Cases of late payment on paper: read from JSON, reckoned to the cent, told line by line.

A case is one creditor and one debtor, some invoices, what was paid, and the day the sum stops::

    {"id": "dossier 12", "creditor": "company", "debtor": "professional",
     "invoices": [{"number": "F-1", "amount": "12000.00", "due_date": "2026-05-31"}],
     "payments": [{"date": "2026-07-20", "amount": "12000.00", "number": "F-1"}],
     "until": "2026-07-20", "contract_rate_percent": null, "insolvency_date": null}

A payment that names an invoice goes to it, and what it has too much goes nowhere. One that names
none is imputed as the law says: on what is due first; among those, on the debt that costs the most
(the higher rate); then on the oldest; then in proportion. A payment that a person did not name and
that exceeds all that is due goes on what is not due yet, the earliest first.

Sources: C. com. L441-10 II; C. civ. 1342-10, 1343-1; CCP R2192-31.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, NoReturn

from echeance.core.dates import Semester
from echeance.core.dunning.interest import (
    Imputation,
    Interest,
    Payment,
    RateTerms,
    RunningInterest,
    cents,
    euros,
    recovery_indemnity,
    running_interest,
)
from echeance.core.dunning.rates import RATES, NoLegalRateError, SemesterRates
from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import ZERO, allocate
from echeance.core.terms import CustomerKind

BYTES_MAX = 50_000_000
CASES_MAX = 100_000
ROWS_MAX = 20_000
"""Invoices, or payments, of one case."""

WORK_MAX = 2_000_000
"""Invoices × payments that name none, summed over the cases: each of them may touch each."""

AMOUNT_MAX = Decimal(10) ** 12
RATE_MAX = Decimal(100)
_NAME_MAX = 80
_YEAR_MAX = 9000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CENT = Decimal("0.01")
_MILLIONTH = Decimal("0.000001")


@dataclass(eq=False)
class UnreadableCasesError(EcheanceError):
    """The file is not a list of cases."""

    code = "dunning.unreadable_cases"
    kind = Kind.INVALID
    message = "Fichier de cas illisible : {problem}. Corrigez-le et relancez."

    problem: str


@dataclass(eq=False)
class BadCaseError(EcheanceError):
    """One field of one case is wrong; nothing was reckoned."""

    code = "dunning.bad_case"
    kind = Kind.INVALID
    message = "Cas {case}, {field} : {problem}. Corrigez ce champ et relancez."

    case: str
    field: str
    problem: str


@dataclass(eq=False)
class CaseRateUnknownError(EcheanceError):
    """Interest of a case would run over a semester whose rates are unknown."""

    code = "dunning.case_rate_unknown"
    kind = Kind.UNAVAILABLE
    message = (
        "Cas {case}, facture {number} : les taux du semestre {semester} ne sont pas connus. "
        "Ajoutez-les par « echeance collection rates add », ou arrêtez le calcul plus tôt."
    )

    case: str
    number: str
    semester: str


@dataclass(frozen=True, slots=True)
class CaseInvoice:
    """An invoice of a case: amount with VAT and due date."""

    number: str
    amount: Decimal
    due_date: date


@dataclass(frozen=True, slots=True)
class CasePayment:
    """Money, or a credit note, of a case; ``number`` is empty when it names no invoice."""

    day: date
    amount: Decimal
    number: str = ""
    is_credit_note: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A case as read; see the head of this module for its JSON."""

    case_id: str
    debtor: CustomerKind
    invoices: tuple[CaseInvoice, ...]
    payments: tuple[CasePayment, ...]
    until: date
    contract_rate: Decimal | None = None
    insolvency_date: date | None = None
    imputation: Imputation | None = None


@dataclass(frozen=True, slots=True)
class InvoiceAnswer:
    """What one invoice bears.

    Attributes:
        interest: Its interest, slice by slice.
        indemnity: Its 40 €.
    """

    invoice: CaseInvoice
    interest: Interest
    indemnity: Decimal

    @property
    def total(self) -> Decimal:
        """All that lateness costs: interest accrued and indemnity, whatever was paid of it."""
        return self.interest.total + self.indemnity


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What a case comes to.

    Attributes:
        invoices: In the order of the case.
        unapplied: Money that no debt of the case was left for.
    """

    case: Case
    imputation: Imputation
    invoices: tuple[InvoiceAnswer, ...]
    unapplied: Decimal


def reckon(
    case: Case,
    *,
    imputation: Imputation = Imputation.INTEREST_FIRST,
    rates: Mapping[Semester, SemesterRates] = RATES,
) -> CaseAnswer:
    """Interest, indemnity and what is left of every invoice of a case.

    Args:
        case: The facts.
        imputation: What a payment settles first, where the case does not say.
        rates: The table, by semester.

    Raises:
        CaseRateUnknownError: A day falls in a semester whose rates are unknown.
    """
    chosen = case.imputation or imputation
    terms = RateTerms(case.debtor, case.contract_rate, rates)
    book = _Book(case, terms, chosen)
    book.receive_all()
    answers = []
    for debt in book.debts:
        debt.run(debt.running.limit)
        late = [debt.invoice.due_date] if debt.was_late(case.until) else []
        indemnity = recovery_indemnity(case.debtor, late, case.insolvency_date)
        answers.append(InvoiceAnswer(debt.invoice, debt.running.told(), indemnity))
    return CaseAnswer(case, chosen, tuple(answers), euros(book.unapplied))


@dataclass(slots=True)
class _Debt:
    """An invoice as days pass."""

    case_id: str
    invoice: CaseInvoice
    running: RunningInterest
    paid_in_time: int = 0

    def run(self, stop: int) -> None:
        try:
            self.running.run(stop)
        except NoLegalRateError as error:
            raise CaseRateUnknownError(self.case_id, self.invoice.number, error.semester) from error

    def receive(self, payment: Payment, imputation: Imputation) -> None:
        self.run(payment.day.toordinal() + (0 if payment.is_credit_note else 1))
        before = self.running.principal
        self.running.receive(payment, imputation)
        if payment.day <= self.invoice.due_date:
            self.paid_in_time += before - self.running.principal

    def was_late(self, until: date) -> bool:
        """Whether something was owed after the due date."""
        return until > self.invoice.due_date and self.paid_in_time < cents(self.invoice.amount)


@dataclass(slots=True)
class _Book:
    """All debts of a case, and the money that came."""

    case: Case
    terms: RateTerms
    imputation: Imputation
    debts: list[_Debt] = field(default_factory=list)
    unapplied: int = 0

    def __post_init__(self) -> None:
        self.debts = [
            _Debt(
                self.case.case_id,
                invoice,
                running_interest(
                    invoice.amount,
                    invoice.due_date,
                    until=self.case.until,
                    terms=self.terms,
                    insolvency_date=self.case.insolvency_date,
                ),
            )
            for invoice in self.case.invoices
        ]

    def receive_all(self) -> None:
        """Take payments day by day: credit notes, then what names an invoice, then the rest."""
        by_number = {debt.invoice.number: debt for debt in self.debts}
        named: dict[tuple[date, bool, str], Decimal] = {}
        for one in self.case.payments:
            # What reached one debt on one day counts together, in whatever order it is listed.
            key = (one.day, not one.is_credit_note, one.number or "")
            if one.day <= self.case.until:
                named[key] = named.get(key, ZERO) + one.amount
        order = sorted(named, key=lambda key: (key[0], key[1], not key[2], key[2]))
        live = sorted(self.debts, key=lambda debt: debt.invoice.due_date)
        for key in order:
            day, is_money, number = key
            payment = Payment(day, named[key], is_credit_note=not is_money)
            if number:
                by_number[number].receive(payment, self.imputation)
                continue
            live = [debt for debt in live if self._owes(debt)]
            self._impute(live, payment)
        self.unapplied += sum(debt.running.excess for debt in self.debts)

    def _owes(self, debt: _Debt) -> bool:
        return bool(debt.running.principal or debt.running.interest_left)

    def _impute(self, live: Sequence[_Debt], payment: Payment) -> None:
        """Spread money that names no debt (C. civ. 1342-10), a group of equal debts at a time."""
        left = cents(payment.amount)
        stop = payment.day.toordinal() + (0 if payment.is_credit_note else 1)
        due = [debt for debt in live if debt.invoice.due_date <= payment.day]
        later = [debt for debt in live if debt.invoice.due_date > payment.day]
        for group in (*_groups(due, self._cost), *_groups(later, lambda _: ZERO)):
            if not left:
                return
            owed = []
            for debt in group:
                debt.run(stop)
                interest = 0 if payment.is_credit_note else debt.running.interest_left
                owed.append(debt.running.principal + interest)
            whole = sum(owed)
            if not whole:
                continue
            spent = min(left, whole)
            shares = owed if spent == whole else _shares(spent, owed)
            for debt, share in zip(group, shares, strict=True):
                if share:
                    part = Payment(payment.day, euros(share), payment.is_credit_note)
                    debt.receive(part, self.imputation)
            left -= spent
        self.unapplied += left

    def _cost(self, debt: _Debt) -> Decimal:
        # Between professionals all debts bear the same rate; a public buyer's keep their own.
        if self.case.debtor is not CustomerKind.PUBLIC:
            return ZERO
        try:
            return self.terms.rate_on(date.fromordinal(debt.running.first_day))
        except NoLegalRateError:
            return ZERO  # if interest runs on it, the missing rate is told then


def _groups(debts: Sequence[_Debt], cost: Callable[[_Debt], Decimal]) -> Iterator[list[_Debt]]:
    """Debts of the same cost and age together: the dearest first, then the oldest."""
    found: dict[tuple[Decimal, date], list[_Debt]] = {}
    for debt in debts:
        found.setdefault((-cost(debt), debt.invoice.due_date), []).append(debt)
    for key in sorted(found):
        yield found[key]


def _shares(spent: int, owed: Sequence[int]) -> list[int]:
    return [cents(part) for part in allocate(euros(spent), [euros(one) for one in owed])]


# Reading


def read_cases(content: bytes) -> tuple[list[Case], str]:
    """Cases of a JSON file: a list, an object with ``cases``, or one case.

    Amounts are strings or JSON numbers, read exactly. Keys that are not known are left aside,
    unless they look like a known one misspelt.

    Returns:
        The cases, and how they were given: ``list``, ``cases`` or ``case``.

    Raises:
        UnreadableCasesError: Not JSON, too large, not cases.
        BadCaseError: A field of a case is missing, of the wrong kind or out of bounds; an invoice
            twice; a payment that names none of the invoices.
    """
    if len(content) > BYTES_MAX:
        raise UnreadableCasesError(f"il dépasse {BYTES_MAX // 1_000_000} Mo")
    try:
        told = json.loads(
            content.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError as error:
        raise UnreadableCasesError("il n'est pas en UTF-8") from error
    except RecursionError as error:
        raise UnreadableCasesError("ses listes sont imbriquées sans fin") from error
    except json.JSONDecodeError as error:
        problem = f"ce n'est pas du JSON (ligne {error.lineno}, colonne {error.colno})"
        raise UnreadableCasesError(problem) from error
    except (ValueError, InvalidOperation) as error:
        raise UnreadableCasesError("un nombre ne peut pas être lu") from error
    shape = "list"
    if isinstance(told, dict):
        shape = "cases" if "cases" in told else "case"
        told = told.get("cases", [told])
    if not isinstance(told, list):
        raise UnreadableCasesError("une liste de cas est attendue")
    if len(told) > CASES_MAX:
        raise UnreadableCasesError(f"plus de {CASES_MAX} cas")
    cases = [_case(one, place) for place, one in enumerate(told, 1)]
    work = sum(
        len(case.invoices) * sum(1 for one in case.payments if not one.number) for case in cases
    )
    if work > WORK_MAX:
        raise UnreadableCasesError("trop de paiements sans numéro de facture : nommez-les")
    seen: set[str] = set()
    for case in cases:
        if case.case_id in seen:
            raise BadCaseError(case.case_id, "id", "deux cas portent cet identifiant")
        seen.add(case.case_id)
    return cases, shape


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise UnreadableCasesError(f"la clé « {twice[:_NAME_MAX]} » est donnée deux fois")
    return found


_CASE_KEYS = (
    "id",
    "creditor",
    "debtor",
    "invoices",
    "payments",
    "until",
    "contract_rate_percent",
    "insolvency_date",
    "imputation",
)
_INVOICE_KEYS = ("number", "amount", "due_date")
_PAYMENT_KEYS = ("date", "amount", "number", "kind")


def _case(told: Any, place: int) -> Case:
    reader = _Reader(f"n° {place}")
    if not isinstance(told, dict):
        reader.refuse("cas", "un objet est attendu")
    reader.case = reader.name(told.get("id"), "id")
    reader.check_keys(told, _CASE_KEYS, "cas")
    reader.one_of(told.get("creditor", "company"), "creditor", ("company",))
    debtor = CustomerKind(
        reader.one_of(told.get("debtor"), "debtor", [one.value for one in CustomerKind])
    )
    invoices = tuple(reader.invoices(told.get("invoices")))
    payments = tuple(reader.payments(told.get("payments"), {one.number for one in invoices}))
    rate = told.get("contract_rate_percent")
    insolvency = told.get("insolvency_date")
    imputation = told.get("imputation")
    return Case(
        case_id=reader.case,
        debtor=debtor,
        invoices=invoices,
        payments=payments,
        until=reader.day(told.get("until"), "until"),
        contract_rate=None if rate is None else reader.rate(rate, "contract_rate_percent"),
        insolvency_date=None if insolvency is None else reader.day(insolvency, "insolvency_date"),
        imputation=None
        if imputation is None
        else Imputation(reader.one_of(imputation, "imputation", [one.value for one in Imputation])),
    )


@dataclass(slots=True)
class _Reader:
    """Reads the fields of one case, and says which one is wrong."""

    case: str

    def refuse(self, field_name: str, problem: str) -> NoReturn:
        raise BadCaseError(self.case, field_name, problem)

    def check_keys(self, told: Mapping[str, Any], known: Sequence[str], where: str) -> None:
        for key in told.keys() - set(known):
            meant = get_close_matches(key[:_NAME_MAX], known, n=1, cutoff=3 / 4)
            if meant and meant[0] not in told:
                self.refuse(where, f"clé « {key[:_NAME_MAX]} » inconnue, « {meant[0]} » attendue")

    def rows(self, told: Any, field_name: str) -> Iterator[tuple[dict[str, Any], str]]:
        if not isinstance(told, list):
            self.refuse(field_name, "une liste est attendue")
        if len(told) > ROWS_MAX:
            self.refuse(field_name, f"plus de {ROWS_MAX} lignes")
        for place, row in enumerate(told, 1):
            where = f"{field_name}[{place}]"
            if not isinstance(row, dict):
                self.refuse(where, "un objet est attendu")
            yield row, where

    def invoices(self, told: Any) -> Iterator[CaseInvoice]:
        seen: set[str] = set()
        for row, where in self.rows(told, "invoices"):
            self.check_keys(row, _INVOICE_KEYS, where)
            number = self.name(row.get("number"), f"{where}.number")
            if number in seen:
                self.refuse(f"{where}.number", f"la facture {number} est donnée deux fois")
            seen.add(number)
            yield CaseInvoice(
                number,
                self.amount(row.get("amount"), f"{where}.amount"),
                self.day(row.get("due_date"), f"{where}.due_date"),
            )
        if not seen:
            self.refuse("invoices", "au moins une facture est attendue")

    def payments(self, told: Any, numbers: set[str]) -> Iterator[CasePayment]:
        for row, where in self.rows([] if told is None else told, "payments"):
            self.check_keys(row, _PAYMENT_KEYS, where)
            number = row.get("number")
            if number is not None:
                number = self.name(number, f"{where}.number")
                if number not in numbers:
                    self.refuse(f"{where}.number", f"le cas n'a pas de facture {number}")
            kind = self.one_of(
                row.get("kind", "payment"), f"{where}.kind", ("payment", "credit_note")
            )
            yield CasePayment(
                self.day(row.get("date"), f"{where}.date"),
                self.amount(row.get("amount"), f"{where}.amount"),
                number or "",
                is_credit_note=kind == "credit_note",
            )

    def name(self, told: Any, field_name: str) -> str:
        if isinstance(told, Decimal) and told == told.to_integral_value():
            told = str(told)
        if not isinstance(told, str) or not told.strip():
            self.refuse(field_name, "un texte est attendu")
        if len(told) > _NAME_MAX:
            self.refuse(field_name, f"plus de {_NAME_MAX} caractères")
        return told.strip()

    def one_of(self, told: Any, field_name: str, known: Sequence[str]) -> str:
        if not isinstance(told, str) or told not in known:
            self.refuse(field_name, f"une de ces valeurs est attendue : {', '.join(known)}")
        return told

    def day(self, told: Any, field_name: str) -> date:
        found = None
        if isinstance(told, str) and _DAY.fullmatch(told):
            with suppress(ValueError):
                found = date.fromisoformat(told)
        if found is None:
            self.refuse(field_name, "une date est attendue, écrite AAAA-MM-JJ")
        if found.year > _YEAR_MAX:
            self.refuse(field_name, "cette date est trop lointaine")
        return found

    def number(self, told: Any, field_name: str) -> Decimal:
        if isinstance(told, str):
            try:
                told = Decimal(told) if told.isascii() and "_" not in told else None
            except InvalidOperation:
                told = None
        if not isinstance(told, Decimal) or not told.is_finite():
            self.refuse(field_name, "un nombre est attendu")
        return told

    def amount(self, told: Any, field_name: str) -> Decimal:
        found = self.number(told, field_name)
        if found <= ZERO:
            self.refuse(field_name, "un montant au-dessus de zéro est attendu")
        if found > AMOUNT_MAX:
            self.refuse(field_name, "ce montant est trop grand")
        exact = found.quantize(_CENT)
        if exact != found:
            self.refuse(field_name, "un montant a deux décimales au plus")
        return exact

    def rate(self, told: Any, field_name: str) -> Decimal:
        found = self.number(told, field_name)
        if not ZERO <= found <= RATE_MAX:
            self.refuse(field_name, "un taux annuel entre 0 et 100 est attendu")
        if found.quantize(_MILLIONTH) != found:
            self.refuse(field_name, "un taux a six décimales au plus")
        return found


# Telling


def answer_told(answer: CaseAnswer) -> dict[str, Any]:
    """An answer as JSON: amounts are strings of two decimals, days are ISO dates.

    Of each invoice: ``slices`` (``from`` and ``to`` are the first and the last day counted, both
    included; ``days`` × ``base`` × ``rate`` / 365 = ``amount``), ``interest`` accrued,
    ``interest_paid`` and ``interest_left``, ``indemnity``, ``total`` (interest and indemnity),
    ``principal_left``, ``balance`` (all that is still owed). The same sums for the case, and
    ``unapplied``: money received beyond what was owed.
    """
    invoices = [_invoice_told(one) for one in answer.invoices]
    sums = (
        "interest",
        "interest_paid",
        "interest_left",
        "indemnity",
        "total",
        "principal_left",
        "balance",
    )
    return {
        "id": answer.case.case_id,
        "debtor": answer.case.debtor.value,
        "until": answer.case.until.isoformat(),
        "imputation": answer.imputation.value,
        "invoices": invoices,
        **{name: _text(sum((Decimal(one[name]) for one in invoices), ZERO)) for name in sums},
        "unapplied": _text(answer.unapplied),
    }


def _invoice_told(one: InvoiceAnswer) -> dict[str, Any]:
    interest = one.interest
    return {
        "number": one.invoice.number,
        "amount": _text(one.invoice.amount),
        "due_date": one.invoice.due_date.isoformat(),
        "slices": [
            {
                "from": part.start.isoformat(),
                "to": date.fromordinal(part.end.toordinal() - 1).isoformat(),
                "days": part.days,
                "base": _text(part.base),
                "rate": _rate_text(part.rate_percent),
                "amount": _text(part.amount),
            }
            for part in interest.slices
        ],
        "interest": _text(interest.total),
        "interest_paid": _text(interest.paid),
        "interest_left": _text(interest.left),
        "indemnity": _text(one.indemnity),
        "total": _text(one.total),
        "principal_left": _text(interest.principal_left),
        "balance": _text(interest.principal_left + interest.left + one.indemnity),
    }


def _text(value: Decimal) -> str:
    return f"{value:.2f}"


def _rate_text(rate: Decimal) -> str:
    """At least two decimals, more when the contract has more.

    >>> _rate_text(Decimal("12.1")), _rate_text(Decimal("7.125"))
    ('12.10', '7.125')
    """
    short = rate.normalize()
    exponent = short.as_tuple().exponent
    assert isinstance(exponent, int)
    return f"{short:.{max(2, -exponent)}f}"
