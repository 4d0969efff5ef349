"""What changed between a report that was sent and what the books say now, in words.

A report is never amended: a corrective message (TT-4 ``RE``) tells the whole period again and
stands in for the former one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from echeance.core.money import ZERO, format_amount
from echeance.core.reporting.model import Category, Content, RatePaid, Transactions

_CREDIT_NOTES: Final = frozenset({"261", "381", "396", "502", "503"})


class ChangeKind(StrEnum):
    """How a fact differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    OTHERWISE = "otherwise"  # same amount, something else is not the same


class SubjectKind(StrEnum):
    """What a fact is about."""

    INVOICE = "invoice"
    DAY = "day"
    INVOICE_PAYMENT = "invoice_payment"
    DAY_PAYMENT = "day_payment"


SUBJECT_LABELS: Final[Mapping[SubjectKind, str]] = {
    SubjectKind.INVOICE: "{number}, hors TVA",
    SubjectKind.DAY: "ventes du {day:%d/%m/%Y} ({category}), hors TVA",
    SubjectKind.INVOICE_PAYMENT: "encaissement de {number} le {day:%d/%m/%Y}",
    SubjectKind.DAY_PAYMENT: "encaissements du {day:%d/%m/%Y}",
}
CHANGE_LABELS: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.ADDED: "{subject} : {after} s'ajoutent.",
    ChangeKind.REMOVED: "{subject} : {before} disparaissent.",
    ChangeKind.CHANGED: "{subject} : {before} deviennent {after}.",
    ChangeKind.OTHERWISE: "{subject} : {after}, montant inchangé, détail corrigé.",
}
CATEGORY_LABELS: Final[Mapping[Category, str]] = {
    Category.GOODS: "biens",
    Category.SERVICES: "services",
    Category.NOT_TAXED: "non soumis à la TVA française",
    Category.MARGIN: "TVA sur la marge",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: How it differs.
        subject: What it is about.
        facts: Values of the label of the subject.
        before: Amount sent; ``None`` when it was not.
        after: Amount now; ``None`` when there is none.
    """

    kind: ChangeKind
    subject: SubjectKind
    facts: tuple[tuple[str, object], ...]
    before: Decimal | None
    after: Decimal | None

    def words(self, say: Callable[[str], str] = str) -> str:
        """One sentence.

        Args:
            say: Translates a French text; itself when absent.
        """
        facts: dict[str, Any] = dict(self.facts)
        if "category" in facts:
            facts["category"] = say(CATEGORY_LABELS[facts["category"]])
        subject = say(SUBJECT_LABELS[self.subject]).format(**facts)
        return say(CHANGE_LABELS[self.kind]).format(
            subject=subject,
            before="" if self.before is None else format_amount(self.before),
            after="" if self.after is None else format_amount(self.after),
        )


_Key = tuple[SubjectKind, tuple[tuple[str, object], ...]]


def changes(before: Content, after: Content) -> tuple[Change, ...]:
    """Differences between two contents of one period, those of ``before`` first.

    >>> from datetime import date
    >>> empty = Transactions(date(2026, 9, 1), date(2026, 9, 10))
    >>> changes(empty, empty)
    ()
    """
    old, new = dict(_facts(before)), dict(_facts(after))
    found = []
    for key in dict.fromkeys([*old, *new]):
        told, now = old.get(key), new.get(key)
        if told == now:
            continue
        kind = ChangeKind.CHANGED
        if told is None or now is None:
            kind = ChangeKind.ADDED if told is None else ChangeKind.REMOVED
        elif told[0] == now[0]:
            kind = ChangeKind.OTHERWISE
        found.append(Change(kind, *key, told[0] if told else None, now[0] if now else None))
    return tuple(found)


def _facts(content: Content) -> Iterator[tuple[_Key, tuple[Decimal, object]]]:
    """Each fact of a content under what names it, with its amount and itself."""
    if isinstance(content, Transactions):
        for invoice in content.invoices:
            net = invoice.net_total or ZERO
            amount = -net if invoice.type_code in _CREDIT_NOTES else net
            yield (SubjectKind.INVOICE, (("number", invoice.number),)), (amount, invoice)
        for day in content.days:
            named = (("day", day.day), ("category", day.category), ("option", day.tax_point_code))
            yield (SubjectKind.DAY, named), (day.net, day)
        return
    for payment in content.invoices:
        key = (("number", payment.number), ("day", payment.paid_on))
        yield (SubjectKind.INVOICE_PAYMENT, key), (_total(payment.parts), payment)
    for paid in content.days:
        yield (SubjectKind.DAY_PAYMENT, (("day", paid.paid_on),)), (_total(paid.parts), paid)


def _total(parts: tuple[RatePaid, ...]) -> Decimal:
    return sum((part.amount for part in parts), ZERO)
