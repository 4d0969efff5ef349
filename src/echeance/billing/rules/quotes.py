"""Quotes: what they come to with the options ticked, and the digest of what is accepted.

Source: Code civil art. 1113 and 1118 (a contract is made when an offer is accepted as it is),
art. 1366 (an electronic writing is proof when its author is known and it is kept whole).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from echeance.billing.rules import taxes
from echeance.billing.rules.pricing import HUNDRED, discounted, plain
from echeance.billing.types import DraftLine, QuoteFacts, QuoteTotals, SellerFacts
from echeance.core.money import ZERO, round_amount
from echeance.core.tax import ACCEPTED_RATES, Exemption, breakdown
from echeance.parties.types import PartySnapshot

USUAL_DAYS: Final = timedelta(days=30)
LINES_MAX: Final = 200
AMOUNT_MAX: Final = Decimal(10) ** 10

EXPIRED: Final = "expired"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a quote, as it is reckoned."""

    position: int
    name: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    nature: str = "goods"
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    is_option: bool = False
    is_chosen: bool = True
    item_code: str = ""
    description: str = ""
    unit_code: str = "C62"

    @property
    def net_price(self) -> Decimal:
        """After discount, six decimals at most."""
        if not self.discount_percent:
            return self.unit_price
        return discounted(self.unit_price, self.discount_percent)

    @property
    def net(self) -> Decimal:
        """Before VAT, to the cent."""
        return round_amount(self.quantity * self.net_price)


def state_of(status: str, valid_until: date, today: date) -> str:
    """The status of a quote, or ``expired`` for one sent whose last day has passed.

    >>> state_of("sent", date(2026, 11, 24), date(2026, 11, 24))
    'sent'
    >>> state_of("sent", date(2026, 11, 23), date(2026, 11, 24))
    'expired'
    """
    return EXPIRED if status == "sent" and valid_until < today else status


def counted(lines: Sequence[Line], options: Collection[int] | None = None) -> list[Line]:
    """Lines that count: those that are no option, and the options of these positions.

    Without positions, the options already chosen.
    """
    return [
        line
        for line in lines
        if not line.is_option or (line.is_chosen if options is None else line.position in options)
    ]


def totals_of(
    lines: Sequence[Line],
    *,
    buyer: PartySnapshot,
    seller: SellerFacts,
    on: date,
    deposit_percent: Decimal = ZERO,
) -> QuoteTotals:
    """Totals of lines that count, VAT as an invoice of that day would bear it.

    Raises:
        NoVatRateError: No rate is known there and then.
    """
    taxed = [
        taxes.taxed_line(
            net_amount=line.net,
            nature=line.nature,
            tax=taxes.tax_of(
                DraftLine(
                    line.name,
                    line.quantity,
                    line.net_price,
                    vat_rate=line.vat_rate,
                    exemption=line.exemption,
                    exemption_article=line.exemption_article,
                    nature=line.nature,
                ),
                buyer,
                seller,
                on,
            ),
            on=on,
        )
        for line in lines
    ]
    net = sum((line.net_amount for line in taxed), ZERO)
    vat = sum((group.vat for group in breakdown(taxed)), ZERO)
    deposit = round_amount((net + vat) * deposit_percent / HUNDRED)
    return QuoteTotals(net, vat, net + vat, deposit)


def content_of(
    *,
    number: str,
    version: int,
    title: str,
    seller: str,
    buyer: str,
    valid_until: date,
    payment_terms: str,
    note: str,
    deposit_percent: Decimal,
    lines: Sequence[Line],
    totals: QuoteTotals,
) -> dict[str, Any]:
    """What somebody accepts, numbers as texts, in an order that never changes."""
    return {
        "number": number,
        "version": version,
        "title": title,
        "seller": seller,
        "buyer": buyer,
        "valid_until": valid_until.isoformat(),
        "payment_terms": payment_terms,
        "note": note,
        "deposit_percent": plain(deposit_percent),
        "lines": [
            {
                "position": line.position,
                "name": line.name,
                "description": line.description,
                "quantity": plain(line.quantity),
                "unit": line.unit_code,
                "unit_price": plain(line.unit_price),
                "discount_percent": plain(line.discount_percent),
                "net": str(line.net),
                "vat_rate": None if line.vat_rate is None else plain(line.vat_rate),
                "exemption": line.exemption,
                "is_option": line.is_option,
            }
            for line in lines
        ],
        "net": str(totals.net),
        "vat": str(totals.vat),
        "gross": str(totals.gross),
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a content, the same wherever it is reckoned.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def token_digest(token: str) -> str:
    """What is kept of the secret of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def problems_of(facts: QuoteFacts, today: date) -> list[str]:
    """Everything wrong in the facts of a quote, as French clauses; prices filled before."""
    found = []
    if not facts.title.strip():
        found.append("donnez un objet")
    if facts.valid_until is not None and facts.valid_until < today:
        found.append(f"sa validité s'arrête le {facts.valid_until:%d/%m/%Y}, avant aujourd'hui")
    if not ZERO <= facts.deposit_percent <= HUNDRED:
        found.append("l'acompte est compris entre 0 et 100 %")
    if not 1 <= len(facts.lines) <= LINES_MAX:
        found.append(f"un devis a entre 1 et {LINES_MAX} lignes")
    elif all(line.is_option for line in facts.lines):
        found.append("une ligne au moins n'est pas une option")
    for rank, line in enumerate(facts.lines, start=1):
        place = f"ligne {rank}"
        if not line.name.strip():
            found.append(f"{place} : donnez une désignation")
        if line.unit_price is None or line.unit_price <= ZERO:
            found.append(f"{place} : le prix doit être supérieur à zéro")
        elif round(line.unit_price, 6) != line.unit_price or line.unit_price > AMOUNT_MAX:
            found.append(f"{place} : le prix a 6 décimales au plus et tient en 10 chiffres")
        if line.quantity <= ZERO or round(line.quantity, 4) != line.quantity:
            found.append(f"{place} : la quantité est positive, à 4 décimales au plus")
        elif line.quantity > AMOUNT_MAX:
            found.append(f"{place} : la quantité tient en 10 chiffres")
        if not ZERO <= line.discount_percent < HUNDRED:
            found.append(f"{place} : la remise est comprise entre 0 et 100 %")
        if line.nature not in {"goods", "services"}:
            found.append(f"{place} : la nature est « goods » ou « services »")
        if line.vat_rate is not None and line.vat_rate not in ACCEPTED_RATES:
            found.append(f"{place} : le taux de TVA {plain(line.vat_rate)} % n'existe pas")
        if line.exemption and line.exemption not in set(Exemption):
            found.append(f"{place} : le motif d'exonération « {line.exemption} » est inconnu")
    return found
