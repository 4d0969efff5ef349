"""Everything that would be wrong with a document, said at once, before it takes a number.

Sources: CGI ann. II 242 nonies A, C. com. L441-9 and L441-10, and the rules named by
:mod:`echeance.core.einvoice.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

from echeance.billing.findings import finding
from echeance.billing.rules import document, taxes
from echeance.billing.rules.amounts import Draft
from echeance.billing.rules.credit import Credit, hold_problem, limit_problem
from echeance.billing.rules.document import Composed
from echeance.billing.types import (
    INVOICE,
    BillingPolicy,
    Finding,
    PaymentAccount,
    SellerFacts,
    Severity,
)
from echeance.core.dates import add_months, month_start
from echeance.core.einvoice.checks import check
from echeance.core.einvoice.words.explained import explained
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO, round_amount
from echeance.core.tax import Exemption, VatCategory
from echeance.core.terms import CustomerKind, Sector, check_legal_caps

# Said in the words of the trade by this module, so not twice.
_SAID_HERE: Final = frozenset({"BR-FR-11", "BR-FR-21", "BR-16"})
USUAL_MIN: Final = 6
"""Documents a customer needs before its amounts have a habit."""
USUAL_LAST: Final = 24
"""Documents its habit is read from."""
_SPREAD: Final = Decimal("8.9")  # six times 1.4826, which makes of a MAD a standard deviation
_TIMES: Final = 3
_TENTH: Final = 10
_CODES_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and by whom documents are issued; the same for a whole run.

    Attributes:
        issue_date: BT-2 of the documents.
        today: The civil day; nothing is dated after it.
        last_issue_date: Date of the last document of the series; dates never go back.
        account: Bank account printed; none is only warned of.
        closed: Whether the books of that month are closed.
    """

    issue_date: date
    today: date
    seller: SellerFacts
    policy: BillingPolicy
    account: PaymentAccount | None
    last_issue_date: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Twin:
    """A document of the same customer and amount.

    Attributes:
        name: « la facture FA-2026-000012 », « le brouillon 7 ».
        on: Its issue date, or the day it was drafted.
        same: What else is the same, as a French noun (« le même bon de commande BC-7 »); empty
            when only the lines are.
    """

    name: str
    on: date
    gross: Decimal
    same: str


@dataclass(frozen=True, slots=True)
class Rebilled:
    """A line of an order that is billed beyond what was ordered."""

    line: int
    item: str
    ordered: str
    billed: str
    other: str


@dataclass(frozen=True, slots=True)
class ExpectedPrice:
    """What a line should cost: the price, and where it is said (« le catalogue »)."""

    price: Decimal
    origin: str


@dataclass(frozen=True, slots=True)
class Said:
    """A confirmation in force: the sentence somebody said yes to."""

    message: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of a draft beside itself; nothing by default.

    Attributes:
        usual: Net totals of the last documents issued to its customer, at most 24.
        prices: What its lines should cost, by position.
        credit: Where its customer stands, this draft counted; none when nothing can stop it, or
            when a person already let its order go.
        services: Codes of the services of a public buyer, and whether each wants an engagement.
        deposits_left: Before VAT, what deposits on its orders leave to deduct.
        span: First and last supply, of a document that bills several.
        confirmations: What somebody said yes to, by rule and place.
    """

    usual: tuple[Decimal, ...] = ()
    twin: Twin | None = None
    rebilled: tuple[Rebilled, ...] = ()
    prices: Mapping[int, ExpectedPrice] = field(default_factory=dict)
    credit: Credit | None = None
    services: Mapping[str, bool] = field(default_factory=dict)
    deposits_left: Decimal = ZERO
    span: tuple[date, date] | None = None
    confirmations: Mapping[tuple[str, str], Said] = field(default_factory=dict)


NOTHING_AROUND: Final = Around()


def date_problem(occasion: Occasion) -> str:
    """Why nothing can be issued at that date, as a French clause; empty when it can."""
    if occasion.issue_date > occasion.today:
        return f"elle est postérieure à aujourd'hui ({occasion.today:%d/%m/%Y})"
    last = occasion.last_issue_date
    if last and occasion.issue_date < last:
        return f"la série a déjà un document du {last:%d/%m/%Y}, les dates ne reculent pas"
    return ""


def examine(
    draft: Draft, occasion: Occasion, stand_in: str, around: Around = NOTHING_AROUND
) -> tuple[Composed | None, list[Finding]]:
    """The document a draft would become, and all that is wrong with it.

    Args:
        draft: The draft.
        occasion: Date, seller, policy.
        stand_in: A number of the series; the real one is taken once nothing blocks.
        around: What is known beside the draft.

    Returns:
        No document when it cannot even be composed; the findings then say why. A finding that
        somebody confirmed, and that still says the same, no longer stops.
    """
    composed, found = _examine(draft, occasion, stand_in, around)
    if not around.confirmations:
        return composed, found
    return composed, [_settled(one, around.confirmations) for one in found]


def _examine(
    draft: Draft, occasion: Occasion, stand_in: str, around: Around
) -> tuple[Composed | None, list[Finding]]:
    policy = occasion.policy
    findings = _kept(
        (
            *_draft_findings(draft, occasion),
            *_date_findings(draft, occasion, around),
            *_around_findings(draft, occasion, around),
        )
    )
    if not draft.lines:
        return None, findings
    try:
        composed = document.compose(
            draft,
            number=stand_in,
            issue_date=occasion.issue_date,
            seller=occasion.seller,
            account=occasion.account,
            policy=policy,
        )
    except EcheanceError as error:
        return None, [
            *findings,
            Finding(error.code, str(error), template=error.message, facts=error.facts),
        ]
    findings += taxes.tax_findings(
        composed.amounts.taxed,
        [line.tax.exemption for line in draft.lines],
        draft.buyer,
        draft.seller_or(occasion.seller),
        occasion.issue_date,
        policy=policy,
    )
    # What a deposit has paid whole asks for nothing more.
    whole = bool(draft.deposits) and composed.amounts.gross == ZERO
    if composed.amounts.gross <= ZERO and not whole:
        findings += _kept([finding("billing.total_not_positive", place="BT-112")])
    findings += _kept([_unusual(draft, composed.amounts.net, around, policy)])
    findings += _cap_findings(draft, occasion, around)
    findings += _native(draft, composed)
    return composed, findings


def _kept(findings: Iterable[Finding | None]) -> list[Finding]:
    """Those the policy lets be."""
    return [one for one in findings if one is not None]


def _settled(one: Finding, confirmations: Mapping[tuple[str, str], Said]) -> Finding:
    said = confirmations.get((one.code, one.place))
    if said is None or one.severity is not Severity.CONFIRMABLE or said.message != one.message:
        return one
    return replace(one, severity=Severity.CONFIRMED, confirmed_by=said.by, reason=said.reason)


def blocking(findings: Iterable[Finding]) -> bool:
    """Whether a finding stops the issue."""
    return any(one.stops for one in findings)


def _draft_findings(draft: Draft, occasion: Occasion) -> Iterator[Finding | None]:
    problem = date_problem(occasion)
    if problem:
        yield finding("billing.issue_date", place="BT-2", day=occasion.issue_date, problem=problem)
    buyer = draft.buyer
    at_home = buyer.country in {"FR", "MC"}
    if buyer.category != CustomerKind.CONSUMER and at_home and not buyer.siren:
        yield finding("billing.siren_missing", place="BT-47", name=buyer.name)
    absent = [
        label
        for label, value in (
            ("la rue", buyer.address_line),
            ("le code postal", buyer.postcode or not at_home),
            ("la ville", buyer.city),
        )
        if not value
    ]
    if absent:
        told = ", ".join(absent)
        yield finding("billing.address_missing", place="BG-8", name=buyer.name, absent=told)
    if not draft.lines:
        yield finding("billing.no_line", place="BG-25")
    for line in draft.lines:
        place = f"ligne {line.position}"
        for code, value in (
            ("billing.price_not_positive", line.unit_price),
            ("billing.quantity_not_positive", line.quantity),
        ):
            if value <= ZERO:
                yield finding(code, place=place, line=line.position, item=line.name)
    if buyer.order_reference_required and not draft.order_reference and not draft.is_credit_note:
        yield finding(
            "billing.order_reference_missing", occasion.policy, place="BT-13", name=buyer.name
        )
    if not draft.billing_email:
        yield finding("billing.no_billing_contact", name=buyer.name)
    if occasion.account is None and not draft.is_credit_note:
        yield finding("billing.no_payment_account", place="BT-84")


def _date_findings(draft: Draft, occasion: Occasion, around: Around) -> Iterator[Finding | None]:
    """The supply against the issue. Source: CGI 289 I-3."""
    on = occasion.issue_date
    if occasion.closed:
        yield finding("billing.period_closed", place="BT-2", month=f"{on:%m/%Y}")
    if around.span and not _one_month(*around.span):
        start, end = around.span
        yield finding("billing.months_mixed", place="BG-14", start=start, end=end)
    if draft.kind != INVOICE:
        return
    intra = any(line.tax.category is VatCategory.K for line in draft.lines)
    supplied = draft.delivery_date
    if intra and supplied is None and around.span is None:
        yield finding("billing.intra_delivery_missing", place="BT-72")
    if supplied is None:
        return
    if supplied > on:
        yield finding("billing.supply_in_future", place="BT-72", supplied=supplied)
    deadline = add_months(month_start(supplied), 1).replace(day=15)
    if any(_until_the_15th(line.tax.exemption) for line in draft.lines):
        if on > deadline:
            yield finding(
                "billing.intra_deadline", place="BT-72", deadline=deadline, supplied=supplied
            )
    elif (days := (on - supplied).days) > occasion.policy.late_days:
        yield finding(
            "billing.late_billing", occasion.policy, place="BT-72", supplied=supplied, days=days
        )


def _one_month(start: date, end: date) -> bool:
    return (start.year, start.month) == (end.year, end.month)


def _until_the_15th(exemption: str) -> bool:
    return exemption in {Exemption.INTRA_GOODS, Exemption.EU_SERVICES}


def _around_findings(draft: Draft, occasion: Occasion, around: Around) -> Iterator[Finding | None]:
    policy, name = occasion.policy, draft.buyer.name
    if draft.is_credit_note:
        return
    yield from _public_findings(draft, policy, around)
    for line in draft.lines:
        expected = around.prices.get(line.position)
        if expected and expected.price != line.unit_price:
            yield finding(
                "billing.price_differs",
                policy,
                place=f"ligne {line.position}",
                line=line.position,
                item=line.name,
                price=_price(line.unit_price),
                origin=expected.origin,
                expected=_price(expected.price),
                currency=draft.currency,
            )
    twin = around.twin
    if twin:
        yield finding(
            "billing.already_billed" if twin.same else "billing.same_lines",
            policy,
            name=name,
            other=twin.name,
            day=twin.on,
            gross=twin.gross,
            same=twin.same,
            currency=draft.currency,
        )
    for one in around.rebilled:
        yield finding(
            "billing.order_billed",
            place=f"ligne {one.line}",
            line=one.line,
            item=one.item,
            other=one.other,
            billed=one.billed,
            ordered=one.ordered,
        )
    if around.deposits_left > ZERO:
        yield finding(
            "billing.deposit_not_deducted",
            place="BG-20",
            name=name,
            amount=around.deposits_left,
            currency=draft.currency,
        )
    if around.credit:
        if problem := hold_problem(around.credit):
            yield finding("billing.party_on_hold", policy, name=name, problem=problem)
        if problem := limit_problem(around.credit):
            yield finding("billing.credit_limit", policy, name=name, problem=problem)


def _price(price: Decimal) -> Decimal | str:
    """An amount, or a text when it has more decimals than one."""
    cents = round_amount(price)
    return cents if cents == price else f"{price.normalize():f} €".replace(".", ",")


def _public_findings(
    draft: Draft, policy: BillingPolicy, around: Around
) -> Iterator[Finding | None]:
    """What Chorus Pro turns away. Source: facts of the buyer in the directory."""
    name = draft.buyer.name
    if draft.buyer.category != CustomerKind.PUBLIC:
        return
    code = draft.buyer_reference
    if not around.services:
        if not code and not draft.order_reference:
            yield finding("billing.public_references", place="BT-10", name=name)
        return
    known = sorted(around.services)
    codes = ", ".join(known[:_CODES_TOLD]) + (" …" if len(known) > _CODES_TOLD else "")
    if not code:
        yield finding("billing.service_code_missing", policy, place="BT-10", name=name, codes=codes)
    elif code not in around.services:
        yield finding(
            "billing.service_code_unknown",
            policy,
            place="BT-10",
            name=name,
            code=code,
            codes=codes,
        )
    elif around.services[code] and not draft.order_reference:
        yield finding("billing.engagement_missing", policy, place="BT-13", name=name, code=code)


def _unusual(draft: Draft, net: Decimal, around: Around, policy: BillingPolicy) -> Finding | None:
    """An amount far from those of the customer.

    Far is at once beyond six robust standard deviations of the median (1.4826 times the median
    of the distances to it), and above three times the median or below a tenth of it.
    """
    usual = around.usual
    if draft.is_credit_note or len(usual) < USUAL_MIN or policy.check_amount == "off":
        return None
    middle = median(usual)
    spread = _SPREAD * median([abs(one - middle) for one in usual])
    is_near = abs(net - middle) <= spread or middle / _TENTH <= net <= middle * _TIMES
    if is_near or net <= ZERO:
        return None
    return finding(
        "billing.unusual_amount",
        policy,
        place="BT-109",
        name=draft.buyer.name,
        net=net,
        median=middle,
        low=min(usual),
        high=max(usual),
        count=len(usual),
        currency=draft.currency,
    )


def _cap_findings(draft: Draft, occasion: Occasion, around: Around) -> Iterator[Finding]:
    """Delays of payment beyond the law; 45 days for a récapitulative (C. com. L441-10 I)."""
    if draft.is_credit_note or draft.buyer.category == CustomerKind.CONSUMER:
        return
    sector = Sector(occasion.policy.sector)
    if draft.buyer.category == CustomerKind.PUBLIC:
        sector = Sector.PUBLIC
    elif around.span and sector is Sector.GENERAL:
        sector = Sector.PERIODIC
    for found in check_legal_caps(
        document.parsed_terms(draft.terms),
        occasion.issue_date,
        sector=sector,
        delivery_date=draft.delivery_date,
    ):
        english = (
            f"The due date of {found.due_date:%d/%m/%Y} is later than the law allows "
            f"({found.latest:%d/%m/%Y}; {found.source}): shorten the payment terms."
        )
        yield Finding(found.code, found.message, place="BT-9", fix="draft", english=english)


def _native(draft: Draft, composed: Composed) -> Iterator[Finding]:
    for found in check(composed.document):
        if found.rule in _SAID_HERE:
            continue
        if draft.is_credit_note and found.rule == "TVA-ARRONDI":
            # The last credit takes the VAT that is left, a cent away from base x rate: it may
            # never exceed what was billed. The official rules allow that cent.
            continue
        severity = Severity.BLOCKING if found.severity == "fatal" else Severity.WARNING
        words = explained(found)
        yield Finding(
            found.rule,
            found.message,
            severity,
            found.location,
            english=f"{words.sentence_en} {words.todo_en}",
        )
