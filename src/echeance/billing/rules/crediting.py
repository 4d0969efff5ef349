"""How much of an invoice may still be credited: line by line, discount by discount, by VAT group.

A credit note gives back lines, or an amount spread over what is left of the VAT groups. Whatever
the order of the credit notes, their sum is never more than the invoice, and the last one clears
each group to the cent.

Source: CGI 272-1; settled point 5: VAT credited by rate never exceeds what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from echeance.billing.errors import CreditRefusedError
from echeance.billing.rules.amounts import VatKey
from echeance.billing.types import CreditLine
from echeance.core.bookkeeping import VatLeft, credit_vat, split_credit
from echeance.core.money import CENT, ZERO, allocate, round_amount
from echeance.core.tax import Exigibility, Nature, VatCategory

RateKey = tuple[VatCategory, Decimal, str]
"""VAT category, rate and nature of a line: what a discount is spread over."""


# -- why ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreditReason:
    """Why a credit note is made.

    Attributes:
        label: French words, printed when the person gives none.
        dispute: Reason of a dispute on a platform it answers (XP Z12-012, status 207).
    """

    label: str
    dispute: str


REASONS: Final[Mapping[str, CreditReason]] = {
    "return": CreditReason("Retour de marchandise", "ART_ERR"),
    "price": CreditReason("Erreur de prix", "PU_ERR"),
    "quantity": CreditReason("Erreur de quantité", "QTE_ERR"),
    "delivery": CreditReason("Livraison incomplète", "LIVR_INCOMP"),
    "quality": CreditReason("Défaut de qualité", "QUALITE_ERR"),
    "discount": CreditReason("Remise oubliée", "REM_ERR"),
    "vat": CreditReason("Erreur de TVA", "TX_TVA_ERR"),
    "order": CreditReason("Erreur de commande", "CMD_ERR"),
    "duplicate": CreditReason("Facture en double", "DOUBLE_FACT"),
    "cancelled": CreditReason("Vente annulée", "TRANSAC_INC"),
    "contract": CreditReason("Contrat terminé", "CONTRAT_TERM"),
    "gesture": CreditReason("Geste commercial", "AUTRE"),
    "rebate": CreditReason("Remise de fin d'année", "AUTRE"),
    "bad_debt": CreditReason("Créance irrécouvrable", "AUTRE"),
    "refused": CreditReason("Facture refusée ou rejetée", "AUTRE"),
    "other": CreditReason("Autre motif", "AUTRE"),
}


# -- what is left ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineLeft:
    """What earlier credit notes have left of a line.

    Attributes:
        quantity: Units not given back at the price billed.
        net_amount: Amount not given back.
        rate: What it is taxed at.
    """

    line_id: int
    position: int
    unit_price: Decimal
    ordered: Decimal
    quantity: Decimal
    net_amount: Decimal
    rate: RateKey = (VatCategory.S, ZERO, Nature.GOODS.value)


@dataclass(frozen=True, slots=True)
class AllowanceLeft:
    """What earlier credit notes have left of a discount or a charge of the document.

    Attributes:
        amount: Not taken back, positive whichever it is.
        deducts: It deducts a deposit: only a credit of all that is left takes it back.
    """

    allowance_id: int
    rate: RateKey
    amount: Decimal
    is_charge: bool = False
    deducts: bool = False

    @property
    def signed(self) -> Decimal:
        """What it adds to the invoice; a discount is below zero."""
        return self.amount if self.is_charge else -self.amount


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an invoice.

    Attributes:
        groups: Base and VAT by category, rate and exigibility.
        replaced_by: Number of the corrective invoice that annuls it, or a clause for a draft one;
            empty when there is none.
        retained: What is still kept back of it.
        payers: What is left of each other payer's share.
    """

    lines: Mapping[int, LineLeft]
    allowances: Mapping[int, AllowanceLeft] = field(default_factory=dict)
    groups: Mapping[VatKey, VatLeft] = field(default_factory=dict)
    replaced_by: str = ""
    retained: Decimal = ZERO
    payers: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """Before VAT."""
        return sum((one.base for one in self.groups.values()), ZERO)

    @property
    def gross(self) -> Decimal:
        """VAT included."""
        return sum((one.gross for one in self.groups.values()), ZERO)


def spread(
    lines: Sequence[LineLeft],
    allowances: Sequence[AllowanceLeft],
    given: Mapping[RateKey, Decimal],
) -> tuple[list[LineLeft], list[AllowanceLeft]]:
    """What is left of lines and discounts once amounts were given back without naming a line.

    Each rate's amount lowers its lines and discounts in proportion, to the cent.

    >>> table = LineLeft(1, 1, Decimal(60), Decimal(1), Decimal(1), Decimal("60.00"))
    >>> chair = LineLeft(2, 2, Decimal(30), Decimal(1), Decimal(1), Decimal("30.00"))
    >>> lines, _ = spread([table, chair], [], {table.rate: Decimal("10.00")})
    >>> [str(line.net_amount) for line in lines]
    ['53.33', '26.67']
    """
    lines, allowances = list(lines), list(allowances)
    for rate, amount in given.items():
        mine = [place for place, line in enumerate(lines) if line.rate == rate]
        others = [place for place, one in enumerate(allowances) if one.rate == rate]
        whole = sum((lines[place].net_amount for place in mine), ZERO) + sum(
            (allowances[place].signed for place in others), ZERO
        )
        weights = [lines[place].net_amount for place in mine]
        if whole <= ZERO or not any(weights):
            continue
        target = whole - amount
        for place in others:
            one = allowances[place]
            allowances[place] = replace(one, amount=round_amount(one.amount * target / whole))
        rest = target - sum((allowances[place].signed for place in others), ZERO)
        for place, left in zip(mine, allocate(max(rest, ZERO), weights), strict=True):
            lines[place] = replace(lines[place], net_amount=left)
    return lines, allowances


# -- by line --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """What a credit note gives back of a line."""

    line_id: int
    quantity: Decimal
    unit_price: Decimal
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditedAllowance:
    """What a credit note takes back of a discount, or gives back of a charge."""

    allowance_id: int
    amount: Decimal


def credited_lines(
    number: str, left: Mapping[int, LineLeft], wanted: Sequence[CreditLine] | None
) -> list[CreditedLine]:
    """Lines of a credit note on an invoice.

    Args:
        number: The invoice, for the sentences.
        left: What is left of each of its lines.
        wanted: What to give back; None for all that is left.

    Raises:
        CreditRefusedError: Nothing is left, or a line gives back more than is left of it.
    """
    if wanted is None:
        wanted = [CreditLine(line_id) for line_id, one in left.items() if one.net_amount > ZERO]
    if not wanted:
        raise CreditRefusedError(number, "tout a déjà été crédité")
    if len({one.line_id for one in wanted}) < len(wanted):
        raise CreditRefusedError(number, "une ligne y figure deux fois, réunissez-les")
    return [_credited(number, left, one) for one in wanted]


def _credited(number: str, left: Mapping[int, LineLeft], wanted: CreditLine) -> CreditedLine:
    line = left.get(wanted.line_id)
    if line is None:
        raise CreditRefusedError(number, "une ligne n'est pas de cette facture")
    if line.net_amount <= ZERO:
        raise CreditRefusedError(number, f"la ligne {line.position} est entièrement créditée")
    full_price = wanted.unit_price is None or wanted.unit_price == line.unit_price
    price = line.unit_price if wanted.unit_price is None else wanted.unit_price
    if full_price and not line.quantity and wanted.quantity is None:
        # All its units were given back, at a part of their price: the rest is an amount.
        return CreditedLine(line.line_id, Decimal(1), line.net_amount, line.net_amount)
    most = line.quantity if full_price else line.ordered
    quantity = most if wanted.quantity is None else wanted.quantity
    if not (ZERO < quantity <= most and ZERO < price <= line.unit_price):
        raise CreditRefusedError(
            number,
            f"ligne {line.position}, il reste {most} unité(s) à créditer, au plus au prix de "
            f"{line.unit_price}",
        )
    if full_price and quantity == line.quantity:
        # The last units take what is left: parts rounded one by one may not sum to the line.
        return _as_written(CreditedLine(line.line_id, quantity, price, line.net_amount))
    net_amount = round_amount(quantity * price)
    if not ZERO < net_amount <= line.net_amount:
        raise CreditRefusedError(
            number, f"ligne {line.position}, il ne reste que {line.net_amount} HT à créditer"
        )
    return CreditedLine(line.line_id, quantity, price, net_amount)


def _as_written(line: CreditedLine) -> CreditedLine:
    """The same with a price that gives its amount, where a discount or a credit came before.

    A cent of rounding is left as it is.
    """
    if abs(round_amount(line.quantity * line.unit_price) - line.net_amount) <= CENT:
        return line
    price = round(line.net_amount / line.quantity, 6)
    if round_amount(price * line.quantity) == line.net_amount:
        return replace(line, unit_price=price)
    return replace(line, quantity=Decimal(1), unit_price=line.net_amount)


def credited_allowances(
    left: Left, credited: Sequence[CreditedLine], *, everything: bool
) -> list[CreditedAllowance]:
    """Discounts and charges of the document that go with the lines given back.

    A line given back takes its part of the discounts and charges of its rate, in proportion; the
    last lines of a rate take what is left of them. A deposit deducted is taken back only with all
    that is left.

    >>> table = LineLeft(1, 1, Decimal(400), Decimal(1), Decimal(1), Decimal("400.00"))
    >>> chair = LineLeft(2, 2, Decimal(600), Decimal(1), Decimal(1), Decimal("600.00"))
    >>> off = AllowanceLeft(9, table.rate, Decimal("100.00"))
    >>> back = [CreditedLine(1, Decimal(1), Decimal(400), Decimal("400.00"))]
    >>> [str(one.amount) for one in
    ...  credited_allowances(Left({1: table, 2: chair}, {9: off}), back, everything=False)]
    ['40.00']
    """
    whole: dict[RateKey, Decimal] = {}
    for line in left.lines.values():
        whole[line.rate] = whole.get(line.rate, ZERO) + line.net_amount
    back: dict[RateKey, Decimal] = {}
    for one in credited:
        rate = left.lines[one.line_id].rate
        back[rate] = back.get(rate, ZERO) + one.net_amount
    found = []
    for pk, allowance in left.allowances.items():
        rate = allowance.rate
        if everything or (not allowance.deducts and back.get(rate) == whole.get(rate, ZERO)):
            amount = allowance.amount
        elif allowance.deducts or rate not in back:
            continue
        else:
            amount = round_amount(allowance.amount * back[rate] / whole[rate])
        if amount > ZERO:
            found.append(CreditedAllowance(pk, min(amount, allowance.amount)))
    return found


def check_groups(
    number: str,
    left: Left,
    lines: Sequence[CreditedLine],
    allowances: Sequence[CreditedAllowance],
) -> None:
    """Refuse a credit note that gives back more of a rate than is left of it.

    Lines may ask for more than the invoice did: a deposit was deducted from them.

    Raises:
        CreditRefusedError: A rate has less left.
    """
    asked: dict[tuple[VatCategory, Decimal], Decimal] = {}
    for line in lines:
        rate = left.lines[line.line_id].rate[:2]
        asked[rate] = asked.get(rate, ZERO) + line.net_amount
    for one in allowances:
        of = left.allowances[one.allowance_id]
        signed = one.amount if of.is_charge else -one.amount
        asked[of.rate[:2]] = asked.get(of.rate[:2], ZERO) + signed
    for rate, amount in asked.items():
        most = sum((one.base for key, one in left.groups.items() if key[:2] == rate), ZERO)
        if amount > most:
            raise CreditRefusedError(
                number,
                f"au taux de {rate[1]} %, il ne reste que {most} HT à créditer (un acompte y est "
                "déduit : créditez tout ce qui reste, puis la facture d'acompte)",
            )


# -- by amount ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreditedGroup:
    """What a credit note given as an amount takes of a VAT group."""

    key: VatKey
    base: Decimal
    vat: Decimal


def credited_amount(
    number: str,
    groups: Mapping[VatKey, VatLeft],
    *,
    gross: Decimal | None = None,
    net: Decimal | None = None,
) -> list[CreditedGroup]:
    """An amount spread over the VAT groups in proportion of what is left of them.

    The parts sum to the amount exactly, VAT included or not as it was given. A part that leaves
    some VAT always leaves some base, so that a later credit note may take it.

    Args:
        number: The invoice, for the sentences.
        groups: What is left of it.
        gross: VAT included; or
        net: without VAT.

    Raises:
        CreditRefusedError: Nothing is left, the amount is not a positive number of cents, or is
            more than is left.
    """
    assert (gross is None) != (net is None), "an amount with VAT or without"
    amount = net if gross is None else gross
    assert amount is not None
    open_groups = {key: one for key, one in groups.items() if one.gross > ZERO}
    most = sum(
        (one.base if gross is None else one.gross for one in open_groups.values()),
        ZERO,
    )
    if not most:
        raise CreditRefusedError(number, "tout a déjà été crédité")
    if amount <= ZERO or amount != round_amount(amount):
        raise CreditRefusedError(number, "le montant est au centime, supérieur à zéro")
    if amount > most:
        word = "HT" if gross is None else "TTC"
        raise CreditRefusedError(number, f"il ne reste que {most} {word} à créditer")
    rows = list(open_groups.values())
    if gross is None:
        bases = allocate(amount, [row.base for row in rows])
        parts = [(base, credit_vat(base, row)) for base, row in zip(bases, rows, strict=True)]
    else:
        parts = [(one.base, one.vat) for one in split_credit(gross, rows)]
        parts = [_leaving_base(part, row) for part, row in zip(parts, rows, strict=True)]
    found = [
        CreditedGroup(key, base, vat)
        for key, (base, vat) in zip(open_groups, parts, strict=True)
        if base or vat
    ]
    if any(one.base <= ZERO for one in found):
        raise CreditRefusedError(
            number, "ce montant est trop petit pour être réparti, choisissez plutôt les lignes"
        )
    return found


def _leaving_base(part: tuple[Decimal, Decimal], row: VatLeft) -> tuple[Decimal, Decimal]:
    base, vat = part
    if base == row.base and vat < row.vat:
        return base - CENT, vat + CENT
    return part


def of_lines(left: Left, group: CreditedGroup) -> list[tuple[int, Decimal, Decimal]]:
    """A group cut between the lines it stands for: line, base, VAT. None takes more than is left.

    Lines taxed alike are weighed with their discounts, first by nature, then one by one.
    """
    dues = {key[2] for key in left.groups if key[:2] == group.key[:2]}
    natures: dict[str, list[LineLeft]] = {}
    for line in left.lines.values():
        if line.rate[:2] == group.key[:2] and line.net_amount > ZERO:
            due = Exigibility.RECEIPTS if line.rate[2] == Nature.SERVICES else Exigibility.DEBITS
            if len(dues) == 1 or due is group.key[2]:
                natures.setdefault(line.rate[2], []).append(line)
    weights = []
    for lines in natures.values():
        weight = sum((line.net_amount for line in lines), ZERO)
        for one in left.allowances.values():
            weight += one.signed if one.rate == lines[0].rate else ZERO
        weights.append(max(weight, ZERO))
    bases: list[tuple[int, Decimal]] = []
    for lines, base in zip(natures.values(), shared(group.base, weights), strict=True):
        parts = shared(base, (line.net_amount for line in lines))
        bases += [(line.line_id, part) for line, part in zip(lines, parts, strict=True)]
    vats = shared(group.vat, (base for _, base in bases))
    return [(pk, base, vat) for (pk, base), vat in zip(bases, vats, strict=True) if base]


def shared(amount: Decimal, left: Iterable[Decimal]) -> list[Decimal]:
    """An amount given back to those who owe an invoice, in proportion of what is left of each.

    >>> [str(one) for one in shared(Decimal("10.00"), [Decimal("70.00"), Decimal("30.00")])]
    ['7.00', '3.00']
    """
    weights = list(left)
    return allocate(amount, weights) if any(weights) else [ZERO] * len(weights)
