"""Payment terms: due dates exact to the day, instalments exact to the cent, legal caps.

« 45 jours fin de mois » has two lawful computations and the contract must choose one:

- A: the last day of the month in which invoice date + 45 days falls;
- B: the last day of the invoice's month, + 45 days.

Labels tell them apart (« 45 jours fin de mois », « fin de mois + 45 jours »), so that a label or
a code read back is the same terms.

Sources: C. com. L441-10, L441-11, L441-12; CCP R2192-10 and R2192-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Self

from echeance.core.dates import add_months, month_end
from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import ZERO, allocate, format_number

_HUNDRED = Decimal(100)
_DAYS_MAX = 365
_SHARES_MAX = 12
_TEXT_MAX = 600


class CustomerKind(StrEnum):
    """Who owes the money: the law of delays, mentions and penalties differs."""

    PROFESSIONAL = "professional"
    PUBLIC = "public"
    CONSUMER = "consumer"


class TermsKind(StrEnum):
    """How a due date is reckoned from the invoice date."""

    ON_RECEIPT = "on_receipt"
    DAYS_NET = "days_net"
    DAYS_THEN_MONTH_END = "days_then_month_end"  # computation A of « fin de mois »
    MONTH_END_THEN_DAYS = "month_end_then_days"  # computation B
    MONTH_END_THEN_DAY = "month_end_then_day"  # A, then a day of the following month
    INSTALMENTS = "instalments"


@dataclass(eq=False)
class UnreadableTermsError(EcheanceError):
    """A text that names no known terms."""

    code = "terms.unreadable"
    kind = Kind.INVALID
    message = (
        "Conditions de règlement illisibles : « {text} ». Écrivez par exemple « à réception », "
        "« 30 jours », « 45 jours fin de mois », « fin de mois + 45 jours » "
        "ou « 30 % à réception, 70 % à 30 jours »."
    )

    text: str


@dataclass(eq=False)
class InvalidTermsError(EcheanceError):
    """Terms whose figures make no sense."""

    code = "terms.invalid"
    kind = Kind.INVALID
    message = "Conditions de règlement impossibles : {reason}. Corrigez-les."

    reason: str


@dataclass(frozen=True, slots=True)
class Share:
    """One part of an instalment plan: a percentage of the gross total and its own terms."""

    percent: Decimal
    terms: PaymentTerms


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """Terms agreed with a customer or a supplier (BT-20).

    Attributes:
        kind: How the due date is reckoned.
        days: Number of days, 0 to 365.
        day: Day of the month, for ``MONTH_END_THEN_DAY`` alone (1 to 31).
        shares: Parts of an instalment plan, twelve at most, whose percentages sum to 100; else
            empty.
    """

    kind: TermsKind
    days: int = 0
    day: int = 0
    shares: tuple[Share, ...] = ()

    def __post_init__(self) -> None:
        reason = self._problem()
        if reason:
            raise InvalidTermsError(reason)

    def _problem(self) -> str:
        if not 0 <= self.days <= _DAYS_MAX:
            return f"{self.days} jours, il en faut entre 0 et {_DAYS_MAX}"
        if self.kind is TermsKind.MONTH_END_THEN_DAY and not 1 <= self.day <= 31:
            return f"le {self.day} n'est pas un jour du mois"
        if self.kind is TermsKind.INSTALMENTS:
            if len(self.shares) > _SHARES_MAX:
                return f"{len(self.shares)} échéances, il en faut {_SHARES_MAX} au plus"
            if any(share.terms.kind is TermsKind.INSTALMENTS for share in self.shares):
                return "une échéance ne se divise pas à son tour"
            if any(share.percent <= ZERO for share in self.shares):
                return "chaque part est supérieure à zéro"
            total = sum((share.percent for share in self.shares), ZERO)
            if total != _HUNDRED:
                return f"les parts font {total.normalize():f} % au lieu de 100 %"
        return ""

    @classmethod
    def on_receipt(cls) -> Self:
        """Due on the day of the invoice."""
        return cls(TermsKind.ON_RECEIPT)

    @classmethod
    def net(cls, days: int) -> Self:
        """Due so many days after the invoice."""
        return cls(TermsKind.DAYS_NET, days)

    @classmethod
    def month_end_a(cls, days: int) -> Self:
        """So many days, then the end of that month."""
        return cls(TermsKind.DAYS_THEN_MONTH_END, days)

    @classmethod
    def month_end_b(cls, days: int) -> Self:
        """The end of the invoice's month, then so many days."""
        return cls(TermsKind.MONTH_END_THEN_DAYS, days)

    @classmethod
    def month_end_then_day(cls, days: int, day: int) -> Self:
        """So many days, the end of that month, then a day of the next (or its last day)."""
        return cls(TermsKind.MONTH_END_THEN_DAY, days, day)

    @classmethod
    def instalments(cls, *parts: tuple[Decimal, PaymentTerms]) -> Self:
        """Several due dates, each with its percentage of the gross total."""
        return cls(
            TermsKind.INSTALMENTS, shares=tuple(Share(percent, terms) for percent, terms in parts)
        )

    @property
    def counts_to_month_end(self) -> bool:
        """Whether « fin de mois » is expressly stipulated."""
        return self.kind in {
            TermsKind.DAYS_THEN_MONTH_END,
            TermsKind.MONTH_END_THEN_DAYS,
            TermsKind.MONTH_END_THEN_DAY,
        }

    @property
    def label(self) -> str:
        """The French words printed on the invoice; ``parse_terms`` reads them back.

        >>> PaymentTerms.month_end_a(45).label, PaymentTerms.month_end_b(45).label
        ('45 jours fin de mois', 'fin de mois + 45 jours')
        """
        days = "1 jour" if self.days == 1 else f"{self.days} jours"
        match self.kind:
            case TermsKind.ON_RECEIPT:
                return "à réception"
            case TermsKind.DAYS_NET:
                return days
            case TermsKind.DAYS_THEN_MONTH_END:
                return f"{days} fin de mois" if self.days else "fin de mois"
            case TermsKind.MONTH_END_THEN_DAYS:
                return f"fin de mois + {days}"
            case TermsKind.MONTH_END_THEN_DAY:
                return f"{days} fin de mois le {self.day}".removeprefix("0 jours ")
            case TermsKind.INSTALMENTS:
                return ", ".join(_share_label(share) for share in self.shares)

    @property
    def english_label(self) -> str:
        """The same words in English, for a screen; they are not read back.

        >>> PaymentTerms.month_end_a(45).english_label, PaymentTerms.on_receipt().english_label
        ('45 days, end of month', 'on receipt')
        """
        days = "1 day" if self.days == 1 else f"{self.days} days"
        match self.kind:
            case TermsKind.ON_RECEIPT:
                return "on receipt"
            case TermsKind.DAYS_NET:
                return days
            case TermsKind.DAYS_THEN_MONTH_END:
                return f"{days}, end of month" if self.days else "end of month"
            case TermsKind.MONTH_END_THEN_DAYS:
                return f"end of month + {days}"
            case TermsKind.MONTH_END_THEN_DAY:
                return f"{days}, end of month, day {self.day}".removeprefix("0 days, ")
            case TermsKind.INSTALMENTS:
                return ", ".join(
                    f"{share.percent.normalize():f}% {share.terms.english_label}"
                    for share in self.shares
                )

    @property
    def code(self) -> str:
        """A short text for a database column; ``parse_terms`` reads it back.

        >>> PaymentTerms.month_end_then_day(30, 10).code
        'fdm30@10'
        """
        match self.kind:
            case TermsKind.ON_RECEIPT:
                return "reception"
            case TermsKind.DAYS_NET:
                return f"net{self.days}"
            case TermsKind.DAYS_THEN_MONTH_END:
                return f"fdm{self.days}"
            case TermsKind.MONTH_END_THEN_DAYS:
                return f"fdm+{self.days}"
            case TermsKind.MONTH_END_THEN_DAY:
                return f"fdm{self.days}@{self.day}"
            case TermsKind.INSTALMENTS:
                return "/".join(
                    f"{share.percent.normalize():f}%{share.terms.code}" for share in self.shares
                )

    def due_date(self, issue_date: date) -> date:
        """Last due date (BT-9 when there are instalments).

        >>> PaymentTerms.month_end_a(45).due_date(date(2026, 1, 15))
        datetime.date(2026, 3, 31)
        >>> PaymentTerms.month_end_b(45).due_date(date(2026, 1, 15))
        datetime.date(2026, 3, 17)
        """
        later = issue_date + timedelta(days=self.days)
        match self.kind:
            case TermsKind.ON_RECEIPT | TermsKind.DAYS_NET:
                return later
            case TermsKind.DAYS_THEN_MONTH_END:
                return month_end(later)
            case TermsKind.MONTH_END_THEN_DAYS:
                return month_end(issue_date) + timedelta(days=self.days)
            case TermsKind.MONTH_END_THEN_DAY:
                last = month_end(add_months(later, 1))
                return last.replace(day=min(self.day, last.day))
            case TermsKind.INSTALMENTS:
                return max(share.terms.due_date(issue_date) for share in self.shares)


DEFAULT_TERMS = PaymentTerms.net(30)
"""What the law gives when nothing was agreed, reckoned from the receipt of the goods or service."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """One due date and the amount then due."""

    due_date: date
    amount: Decimal


def due_dates(
    terms: PaymentTerms, issue_date: date, gross: Decimal, currency: str = "EUR"
) -> tuple[Instalment, ...]:
    """Amounts due and when, earliest first; they sum to ``gross`` exactly.

    Parts due the same day make one instalment; a part rounded to nothing makes none, unless the
    whole amount is zero.

    >>> plan = parse_terms("30 % à réception, 70 % à 30 jours")
    >>> [str(part.amount) for part in due_dates(plan, date(2026, 1, 15), Decimal("99.99"))]
    ['30.00', '69.99']
    """
    if terms.kind is not TermsKind.INSTALMENTS:
        return (Instalment(terms.due_date(issue_date), gross),)
    amounts = allocate(gross, [share.percent for share in terms.shares], currency)
    by_day: dict[date, Decimal] = {}
    for share, amount in zip(terms.shares, amounts, strict=True):
        day = share.terms.due_date(issue_date)
        by_day[day] = by_day.get(day, ZERO) + amount
    due = tuple(Instalment(day, by_day[day]) for day in sorted(by_day) if by_day[day])
    return due or (Instalment(max(by_day), gross),)


def terms_label(terms: PaymentTerms, issue_date: date, gross: Decimal) -> str:
    """The text of BT-20: the terms, and each due date with its amount when there are several.

    >>> plan = parse_terms("50 % à réception, 50 % à 30 jours")
    >>> terms_label(plan, date(2026, 1, 15), Decimal("100.00"))
    '50 % à réception, 50 % à 30 jours (50,00 le 15/01/2026 ; 50,00 le 14/02/2026)'
    """
    instalments = due_dates(terms, issue_date, gross)
    if len(instalments) == 1:
        return terms.label
    parts = " ; ".join(f"{format_number(i.amount)} le {i.due_date:%d/%m/%Y}" for i in instalments)
    return f"{terms.label} ({parts})"


# -- reading --------------------------------------------------------------------------------------

_UNIT = r"(?:jours?|jrs?|j|days?|d)\b\.?"
_DAYS = rf"(?P<days>\d{{1,3}})\s*{_UNIT}"
_MONTH_END = r"(?:fin\s+(?:de\s+|du\s+)?mois|f\.?d?\.?m\b\.?|e\.?o\.?m\b\.?|end\s+of\s+month)"
_DAYS_MONTH_END = rf"(?:à\s+)?(?:(?P<days>\d{{1,3}})\s*(?:{_UNIT})?\s*)?{_MONTH_END}"
_SIGHT = r"(?:réception|reception|comptant|immédiate?|immediate?|due\s+on\s+receipt|on\s+receipt)"

_CODES: tuple[tuple[str, Callable[[re.Match[str]], PaymentTerms]], ...] = (
    ("reception", lambda _: PaymentTerms.on_receipt()),
    (r"net(?P<days>\d{1,3})", lambda m: PaymentTerms.net(int(m["days"]))),
    (r"fdm(?P<days>\d{1,3})", lambda m: PaymentTerms.month_end_a(int(m["days"]))),
    (r"fdm\+(?P<days>\d{1,3})", lambda m: PaymentTerms.month_end_b(int(m["days"]))),
    (
        r"fdm(?P<days>\d{1,3})@(?P<day>\d{1,2})",
        lambda m: PaymentTerms.month_end_then_day(int(m["days"]), int(m["day"])),
    ),
)
_LABELS: tuple[tuple[str, Callable[[re.Match[str]], PaymentTerms]], ...] = (
    (
        rf"(?:paiement\s+|payable\s+)?(?:[àa]\s+)?{_SIGHT}(?:\s+de\s+(?:la\s+)?facture)?",
        lambda _: PaymentTerms.on_receipt(),
    ),
    (
        rf"{_DAYS_MONTH_END}\s*le\s+(?P<day>\d{{1,2}})",
        lambda m: PaymentTerms.month_end_then_day(int(m["days"] or 0), int(m["day"])),
    ),
    (_DAYS_MONTH_END, lambda m: PaymentTerms.month_end_a(int(m["days"] or 0))),
    (rf"{_MONTH_END}\s*\+?\s*{_DAYS}", lambda m: PaymentTerms.month_end_b(int(m["days"]))),
    (
        rf"(?:[àa]\s+)?{_DAYS}\s*(?:nets?|date\s+de\s+(?:la\s+)?facture|après\s+facture)?",
        lambda m: PaymentTerms.net(int(m["days"])),
    ),
    (r"(?:net\s*)?(?P<days>\d{1,3})", lambda m: PaymentTerms.net(int(m["days"]))),
)
_PATTERNS = [(re.compile(pattern), build) for pattern, build in (*_CODES, *_LABELS)]
_SHARE = re.compile(r"(?P<percent>\d{1,3}(?:[.,]\d{1,6})?)\s*%\s*(?P<terms>.+)")


def parse_terms(text: str) -> PaymentTerms:
    """Read a code, a label, or the usual ways of writing terms in customer files.

    « 45 jours fin de mois », « 45 j FDM », « 45 FM » are computation A; « fin de mois + 45 jours »
    is B. A bare number is a number of days.

    Raises:
        UnreadableTermsError: the text names no known terms.
        InvalidTermsError: its figures make no sense (percentages that do not sum to 100…).

    >>> parse_terms("45 j. FDM").code, parse_terms("30 jours fin de mois le 10").code
    ('fdm45', 'fdm30@10')
    """
    if len(text) > _TEXT_MAX:
        raise UnreadableTermsError(text[:60] + "…")
    bare = " ".join(text.lower().split())
    if "%" in bare:
        parts = re.split(r"\s*[/;]\s*|\s*,\s+|\s+puis\s+|\s+et\s+", bare)
        return PaymentTerms.instalments(*(_parse_share(part, text) for part in parts))
    for pattern, build in _PATTERNS:
        match = pattern.fullmatch(bare)
        if match:
            return build(match)
    raise UnreadableTermsError(text.strip())


def _parse_share(part: str, text: str) -> tuple[Decimal, PaymentTerms]:
    match = _SHARE.fullmatch(part)
    if match is None or "%" in match["terms"]:
        raise UnreadableTermsError(text.strip())
    return Decimal(match["percent"].replace(",", ".")), parse_terms(match["terms"])


def _share_label(share: Share) -> str:
    percent = f"{share.percent.normalize():f}".replace(".", ",")
    label = share.terms.label
    return f"{percent} % à {label}" if label[0].isdigit() else f"{percent} % {label}"


# -- legal caps -----------------------------------------------------------------------------------


class Sector(StrEnum):
    """What was sold, or to whom, where the law sets its own longest delay."""

    GENERAL = "general"
    PERIODIC = "periodic"  # « facture récapitulative »
    TRANSPORT = "transport"  # road freight, vehicle rental, freight and customs agents
    PERISHABLE_FOOD = "perishable_food"
    LIVE_CATTLE = "live_cattle"  # and fresh meat
    ALCOHOL = "alcohol"  # drinks of CGI art. 403
    PUBLIC = "public"  # State, local authorities
    PUBLIC_HOSPITAL = "public_hospital"
    PUBLIC_COMPANY = "public_company"


@dataclass(frozen=True, slots=True)
class _Cap:
    """A delay, counted from the invoice, the delivery, or the end of the delivery month."""

    days: int
    start: str
    source: str
    words: str


_CAPS = {
    Sector.GENERAL: _Cap(
        60, "invoice", "C. com. L441-10 I", "60 jours après la facture, ou 45 jours fin de mois"
    ),
    Sector.PERIODIC: _Cap(
        45, "invoice", "C. com. L441-10 I", "45 jours après une facture périodique"
    ),
    Sector.TRANSPORT: _Cap(30, "invoice", "C. com. L441-11 II 5°", "30 jours après la facture"),
    Sector.PERISHABLE_FOOD: _Cap(
        30, "delivery", "C. com. L441-11 II 1°", "30 jours après la livraison"
    ),
    Sector.LIVE_CATTLE: _Cap(
        20, "delivery", "C. com. L441-11 II 2°", "20 jours après la livraison"
    ),
    Sector.ALCOHOL: _Cap(
        30, "delivery_month", "C. com. L441-11 II 3°", "30 jours après le mois de livraison"
    ),
    Sector.PUBLIC: _Cap(30, "invoice", "CCP R2192-10", "30 jours pour un acheteur public"),
    Sector.PUBLIC_HOSPITAL: _Cap(
        50, "invoice", "CCP R2192-11", "50 jours pour un établissement public de santé"
    ),
    Sector.PUBLIC_COMPANY: _Cap(
        60, "invoice", "CCP R2192-11", "60 jours pour une entreprise publique"
    ),
}


@dataclass(frozen=True, slots=True)
class TermsFinding:
    """Terms longer than the law allows.

    Attributes:
        code: Stable name of the rule.
        message: French sentence: what is wrong, what to do.
        due_date: The date the terms give.
        latest: The last lawful date.
        source: The article.
    """

    code: str
    message: str
    due_date: date
    latest: date
    source: str


def latest_due_date(
    terms: PaymentTerms,
    issue_date: date,
    *,
    sector: Sector = Sector.GENERAL,
    delivery_date: date | None = None,
) -> date:
    """Last lawful due date between professionals, or towards a public buyer.

    The general cap is 60 days, or 45 days « fin de mois » where the terms expressly say so, in the
    computation they use.

    >>> latest_due_date(PaymentTerms.net(60), date(2026, 1, 15))
    datetime.date(2026, 3, 16)
    """
    cap = _CAPS[sector]
    delivered = delivery_date or issue_date
    start = {
        "invoice": issue_date,
        "delivery": delivered,
        "delivery_month": month_end(delivered),
    }[cap.start]
    latest = start + timedelta(days=cap.days)
    if sector is Sector.GENERAL and terms.counts_to_month_end:
        by_b = terms.kind is TermsKind.MONTH_END_THEN_DAYS
        month_end_cap = PaymentTerms.month_end_b(45) if by_b else PaymentTerms.month_end_a(45)
        latest = max(latest, month_end_cap.due_date(issue_date))
    return latest


def check_legal_caps(
    terms: PaymentTerms,
    issue_date: date,
    *,
    sector: Sector = Sector.GENERAL,
    delivery_date: date | None = None,
) -> tuple[TermsFinding, ...]:
    """One finding for each due date that is later than the law allows.

    Consumers have no cap: do not ask for them.

    >>> check_legal_caps(PaymentTerms.net(60), date(2026, 1, 15))
    ()
    """
    cap = _CAPS[sector]
    findings = []
    for part in [share.terms for share in terms.shares] or [terms]:
        due = part.due_date(issue_date)
        latest = latest_due_date(part, issue_date, sector=sector, delivery_date=delivery_date)
        if due > latest:
            message = (
                f"L'échéance du {due:%d/%m/%Y} dépasse le délai légal ({cap.words}, soit le "
                f"{latest:%d/%m/%Y} ; {cap.source}) : raccourcissez les conditions de règlement."
            )
            findings.append(TermsFinding("terms.over_legal_cap", message, due, latest, cap.source))
    return tuple(findings)
