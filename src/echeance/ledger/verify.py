"""Proof of the books: each check returns all that is wrong, with the document and the figures.

What commands keep as an index (open amounts, letters, VAT that became due) is reckoned again from
what they only ever add (lines, allocations, moves).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice

from django.db.models import (
    Case,
    Count,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from echeance.base.fields import AmountField
from echeance.base.models import Company, Counter
from echeance.core.money import ZERO, format_amount
from echeance.ledger import receipts, rules
from echeance.ledger.models import (
    Allocation,
    EntryLine,
    JournalEntry,
    OpenItem,
    OpenItemVat,
    Period,
    VatMove,
)
from echeance.ledger.types import LedgerFinding
from echeance.parties import queries as parties

_BATCH = 1000


def verify(company: Company) -> list[LedgerFinding]:
    """Everything wrong in a company's books, nothing when they are right.

    About fifteen queries, and four a thousand items with VAT on receipts. Sums are made by the
    database; memory is that of the parties and of the groups that are not settled.
    """
    checks: tuple[Callable[[Company], Iterator[LedgerFinding]], ...] = (
        unbalanced_entries,
        entry_numbers,
        entry_dates,
        party_accounts,
        allocation_pairs,
        open_amounts,
        vat_due,
        vat_entries,
        letters,
        missing_letters,
    )
    return [finding for check in checks for finding in check(company)]


def unbalanced_entries(company: Company) -> Iterator[LedgerFinding]:
    """Debits of each entry equal its credits, and it has lines."""
    rows = (
        JournalEntry.objects.filter(company=company)
        .annotate(debit=_sum("lines__debit"), credit=_sum("lines__credit"))
        .exclude(debit=F("credit"), debit__gt=0)
        .order_by("pk")
    )
    for pk, reference, debit, credit in rows.values_list("pk", "document_ref", "debit", "credit"):
        yield LedgerFinding(
            "ledger.unbalanced_entry",
            f"journal_entry:{pk}",
            f"L'écriture {reference} (n° {pk}) ne s'équilibre pas : débit "
            f"{format_amount(debit)}, crédit {format_amount(credit)}.",
        )


def entry_numbers(company: Company) -> Iterator[LedgerFinding]:
    """Numbers run from 1 without a hole in each journal and year, as far as their counter."""
    counters = dict(
        Counter.objects.filter(company=company, name__startswith="entry:").values_list(
            "name", "last"
        )
    )
    rows = (
        JournalEntry.objects.filter(company=company)
        .order_by()
        .values_list("journal__code", "fiscal_year_id")
        .annotate(first=Min("number"), last=Max("number"), count=Count("pk"))
    )
    for code, year_id, first, last, count in rows:
        counter = counters.get(f"entry:{code}:{year_id}", 0)
        if not (first == 1 and last == count == counter):
            yield LedgerFinding(
                "ledger.entry_numbers",
                f"fiscal_year:{year_id}",
                f"Journal {code} : {count} écritures numérotées de {first} à {last}, compteur à "
                f"{counter}.",
            )


def entry_dates(company: Company) -> Iterator[LedgerFinding]:
    """Each entry stands in its fiscal year, and was posted before its month was closed."""
    closed_at = Period.objects.filter(
        company=company,
        starts_on__lte=OuterRef("entry_date"),
        ends_on__gte=OuterRef("entry_date"),
    ).values("closed_at")
    rows = (
        JournalEntry.objects.filter(company=company)
        .annotate(month_closed_at=Subquery(closed_at[:1]))
        .filter(
            Q(entry_date__lt=F("fiscal_year__starts_on"))
            | Q(entry_date__gt=F("fiscal_year__ends_on"))
            | Q(posted_at__gt=F("month_closed_at"))
        )
        .order_by("pk")
    )
    for pk, reference, day in rows.values_list("pk", "document_ref", "entry_date"):
        yield LedgerFinding(
            "ledger.entry_date",
            f"journal_entry:{pk}",
            f"L'écriture {reference} du {day:%d/%m/%Y} est hors de son exercice, ou a été passée "
            "après la clôture du mois.",
        )


def party_accounts(company: Company) -> Iterator[LedgerFinding]:
    """The balance of each party account is what is open on it.

    Parties that are merged, or were for a time, settle each other's items: they count as one.
    """
    together = _together(company)
    lines = (
        EntryLine.objects.filter(company=company, account__is_party=True)
        .order_by()
        .values_list("account__number", "party__code")
        .annotate(total=Sum(F("debit") - F("credit"), output_field=AmountField()))
    )
    signed = Case(
        When(side=OpenItem.Side.DEBIT, then=F("open_amount")),
        default=-F("open_amount"),
        output_field=AmountField(),
    )
    items = (
        OpenItem.objects.filter(company=company, account__is_party=True)
        .order_by()
        .values_list("account__number", "party__code")
        .annotate(total=Sum(signed))
    )
    balances: dict[tuple[str, str | None], Decimal] = {}
    left: dict[tuple[str, str | None], Decimal] = {}
    for found, sums in ((balances, lines), (left, items)):
        for account, code, total in sums:
            place = (account, together.get(code, code))
            found[place] = found.get(place, ZERO) + total
    for account, party in sorted(balances.keys() | left.keys(), key=str):
        balance, open_amount = (
            balances.get((account, party), ZERO),
            left.get((account, party), ZERO),
        )
        if balance != open_amount:
            yield LedgerFinding(
                "ledger.party_account",
                f"account:{account}",
                f"Compte {account}, tiers {party} : solde {format_amount(balance)}, échéances "
                f"ouvertes {format_amount(open_amount)}.",
            )


def allocation_pairs(company: Company) -> Iterator[LedgerFinding]:
    """An allocation joins a debit and a credit of one account and party, once both exist.

    Parties that are merged, or were for a time, count as one.
    """
    together = _together(company)
    joined = (
        Q(debit_item__side=OpenItem.Side.DEBIT, credit_item__side=OpenItem.Side.CREDIT)
        & Q(debit_item__account=F("credit_item__account"))
        & Q(effective_date__gte=F("debit_item__entry_date"))
        & Q(effective_date__gte=F("credit_item__entry_date"))
    )
    rows = (
        Allocation.objects.filter(company=company)
        .annotate(joined=Case(When(joined, then=Value(value=True)), default=Value(value=False)))
        .exclude(
            joined
            & (
                Q(debit_item__party=F("credit_item__party"))
                | Q(debit_item__party=None, credit_item__party=None)
            )
        )
        .order_by("pk")
        .values_list(
            "pk",
            "debit_item__document_ref",
            "credit_item__document_ref",
            "debit_item__party__code",
            "credit_item__party__code",
            "joined",
        )
    )
    for pk, debit_ref, credit_ref, owing, paying, joined in rows:
        if joined and owing and together.get(owing, owing) == together.get(paying, paying):
            continue
        yield LedgerFinding(
            "ledger.allocation_pair",
            f"allocation:{pk}",
            f"L'affectation n° {pk} joint {debit_ref} et {credit_ref}, qui ne peuvent pas se "
            "solder ainsi (sens, compte, tiers ou date).",
        )


def open_amounts(company: Company) -> Iterator[LedgerFinding]:
    """What is open of an item is its amount less its allocations."""
    rows = (
        OpenItem.objects.filter(company=company)
        .annotate(told=F("amount") - _allocated("debit_item") - _allocated("credit_item"))
        .exclude(open_amount=F("told"))
        .order_by("pk")
    )
    for pk, reference, kept, told in rows.values_list("pk", "document_ref", "open_amount", "told"):
        yield LedgerFinding(
            "ledger.open_amount",
            f"open_item:{pk}",
            f"{reference} : {format_amount(kept)} ouverts, {format_amount(told)} d'après ses "
            "affectations.",
        )


def _together(company: Company) -> dict[str | None, str]:
    """The code that stands for each party that is merged or ever was. One query."""
    pairs = parties.ever_merged(company=company)
    return {code: min(group) for group in rules.groups(pairs) for code in group}


def _sum(column: str) -> Coalesce:
    """Sum of a column of related rows, zero where there is none."""
    return Coalesce(Sum(column), ZERO, output_field=AmountField())


def _allocated(end: str) -> Coalesce:
    sums = (
        Allocation.objects.filter(**{end: OuterRef("pk")})
        .order_by()
        .values(end)
        .values(total=Sum("amount"))
    )
    units = AmountField()
    return Coalesce(Subquery(sums, output_field=units), Value(ZERO, output_field=units))


def vat_due(company: Company) -> Iterator[LedgerFinding]:
    """VAT on receipts that became due is what the settlements of its item make due."""
    rows = (
        OpenItemVat.objects.filter(company=company, exigibility=OpenItemVat.Exigibility.RECEIPTS)
        .annotate(told=_sum("moves__amount"))
        .order_by("item_id")
        .values_list("item_id", "category", "rate", "moved", "told")
        .iterator(_BATCH)
    )
    while batch := list(islice(rows, _BATCH)):
        items = OpenItem.objects.in_bulk({item_id for item_id, *_ in batch})
        settled = receipts.settlements(company, items)
        others = {other for of_item in settled.values() for other in of_item} - items.keys()
        facts = receipts.settled_items(items, receipts.vat_rows(items), others)
        for item_id, category, rate, moved, told in batch:
            due = rules.vat_due(
                facts[item_id],
                ((facts[other], amount) for other, amount in settled.get(item_id, {}).items()),
            )[category, rate]
            if not moved == told == due:
                yield LedgerFinding(
                    "ledger.vat_due",
                    f"open_item:{item_id}",
                    f"{items[item_id].document_ref}, TVA à {rate.normalize():f} % : "
                    f"{format_amount(moved)} exigibles, {format_amount(told)} d'après ses "
                    f"mouvements, {format_amount(due)} d'après ses règlements.",
                )


def vat_entries(company: Company) -> Iterator[LedgerFinding]:
    """Each VAT entry says what its moves say."""
    signed = Case(
        When(item_vat__item__side=OpenItem.Side.DEBIT, then=F("amount")),
        default=-F("amount"),
        output_field=AmountField(),
    )
    moves = VatMove.objects.filter(company=company).order_by()
    told: dict[int, Decimal] = dict(moves.values_list("entry_id").annotate(total=Sum(signed)))
    posted: dict[int, Decimal] = dict(
        EntryLine.objects.filter(
            entry__in=moves.values("entry_id"), account__key__in=("vat_collected", "vat_deductible")
        )
        .order_by()
        .values_list("entry_id")
        .annotate(total=Sum(F("credit") - F("debit"), output_field=AmountField()))
    )
    for entry_id, total in sorted(told.items()):
        if posted.get(entry_id, ZERO) != total:
            yield LedgerFinding(
                "ledger.vat_entry",
                f"journal_entry:{entry_id}",
                f"L'écriture n° {entry_id} porte {format_amount(posted.get(entry_id, ZERO))} de "
                f"TVA exigible, ses mouvements {format_amount(total)}.",
            )


def letters(company: Company) -> Iterator[LedgerFinding]:
    """A letter stands for one group that settles to zero, and for the whole of it."""
    signed = Case(
        When(side=OpenItem.Side.DEBIT, then=F("amount")),
        default=-F("amount"),
        output_field=AmountField(),
    )
    groups = (
        OpenItem.objects.filter(company=company, lettering__isnull=False)
        .order_by()
        .values_list("lettering_id", "lettering__letter")
        .annotate(total=Sum(signed), undone_at=Max("lettering__undone_at"))
        .exclude(total=0, undone_at=None)
    )
    for lettering_id, letter, total, _ in groups:
        yield LedgerFinding(
            "ledger.letter",
            f"lettering:{lettering_id}",
            f"La lettre {letter} laisse un écart de {format_amount(total)}, ou a été retirée.",
        )
    torn = (
        Allocation.objects.filter(company=company)
        .exclude(debit_item__lettering=None, credit_item__lettering=None)
        .exclude(debit_item__lettering=F("credit_item__lettering"))
        .order_by()
        .values_list(
            "debit_item_id",
            "credit_item_id",
            "debit_item__document_ref",
            "credit_item__document_ref",
        )
        .annotate(live=Sum("amount"))
        .exclude(live=0)
    )
    for pk, _, debit_ref, credit_ref, _ in torn:
        yield LedgerFinding(
            "ledger.letter",
            f"open_item:{pk}",
            f"{debit_ref} et {credit_ref} se soldent sans porter la même lettre.",
        )


def missing_letters(company: Company) -> Iterator[LedgerFinding]:
    """A group that settles to zero has its letter."""
    rows = (
        Allocation.objects.filter(
            company=company, debit_item__lettering=None, credit_item__lettering=None
        )
        .order_by()
        .values_list("debit_item_id", "credit_item_id")
        .annotate(live=Sum("amount"))
        .exclude(live=0)
    )
    still_open = set(
        OpenItem.objects.filter(company=company, open_amount__gt=0).values_list("pk", flat=True)
    )
    for group in rules.groups((debit_id, credit_id) for debit_id, credit_id, _ in rows):
        if not group & still_open:
            yield LedgerFinding(
                "ledger.letter_missing",
                f"open_item:{min(group)}",
                f"Les échéances n° {', '.join(map(str, sorted(group)))} se soldent sans lettre.",
            )
