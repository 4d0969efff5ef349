"""What is booked of a debt that may not be paid: allowance, loss, VAT given back, late receipt.

Sources: PCG art. 214-25 and 944-41 (416, 491, 6817, 654, 7817); CGI art. 272-1;
BOI-TVA-DED-40-10-20.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.bookkeeping.vat import vat_due_on_receipt
from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import ZERO, round_amount

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class OpenVat:
    """VAT of what is open of a debt, at one rate.

    Attributes:
        base: Amount without VAT.
        deferred: It waits for the payment (44574): it was never due.
    """

    rate: Decimal
    base: Decimal
    vat: Decimal
    deferred: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """How the loss of a debt is booked.

    Attributes:
        expense: To 654.
        deferred: VAT that will never be due, taken off 44574.
        recovered: VAT already due and claimed back, to 44571.
    """

    expense: Decimal
    deferred: Decimal
    recovered: Decimal

    @property
    def total(self) -> Decimal:
        """What leaves the customer's account, VAT included."""
        return self.expense + self.deferred + self.recovered


def net_of_vat(amount: Decimal, vat: tuple[OpenVat, ...]) -> Decimal:
    """What is open without its VAT: the most an allowance may reach.

    >>> goods = OpenVat(Decimal(20), Decimal("100.00"), Decimal("20.00"), deferred=False)
    >>> str(net_of_vat(Decimal("120.00"), (goods,)))
    '100.00'
    """
    return amount - sum((one.vat for one in vat), ZERO)


def allowance_due(net: Decimal, rate_percent: Decimal, booked: Decimal) -> Decimal:
    """What to add to an allowance to bring it to a rate of what is open without VAT.

    Args:
        net: Open amount without VAT.
        rate_percent: Share that is thought lost, 0 to 100.
        booked: Allowance that stands.

    Returns:
        To book on 6817 when positive, to take back on 7817 when negative.

    >>> str(allowance_due(Decimal("1000.00"), Decimal(50), Decimal("300.00")))
    '200.00'
    >>> str(allowance_due(Decimal("400.00"), Decimal(50), Decimal("500.00")))
    '-300.00'
    """
    assert ZERO <= rate_percent <= _HUNDRED, "a share of the debt"
    return min(round_amount(net * rate_percent / _HUNDRED), net) - booked


def loss_of(amount: Decimal, vat: tuple[OpenVat, ...], *, recovers: bool) -> Loss:
    """Share of a lost debt between the expense and its VAT.

    VAT on receipts was never due: it is simply taken off. VAT due from the invoice is claimed
    back where the law allows it; else it is a part of the loss.

    Args:
        amount: Lost, VAT included.
        vat: VAT in it, by rate.
        recovers: The conditions of CGI art. 272-1 are met.

    >>> goods = OpenVat(Decimal(20), Decimal("100.00"), Decimal("20.00"), False)
    >>> loss = loss_of(Decimal("120.00"), (goods,), recovers=True)
    >>> str(loss.expense), str(loss.recovered)
    ('100.00', '20.00')
    >>> str(loss_of(Decimal("120.00"), (goods,), recovers=False).expense)
    '120.00'
    """
    deferred = sum((one.vat for one in vat if one.deferred), ZERO)
    due = sum((one.vat for one in vat if not one.deferred), ZERO)
    recovered = due if recovers else ZERO
    return Loss(amount - deferred - recovered, deferred, recovered)


def vat_owed_again(
    vat: Decimal, lost: Decimal, received_total: Decimal, owed_before: Decimal
) -> Decimal:
    """VAT due again on what is received of a lost debt, one rate, on totals so that none drifts.

    Source: CGI art. 272-1; BOI-TVA-DED-40-10-20 (VAT claimed back is owed again as it is paid).

    Args:
        vat: VAT of the lost amount that was not paid to the State, or was claimed back.
        lost: The lost amount, VAT included, above zero.
        received_total: All received of it since, this time too.
        owed_before: VAT owed again for the earlier receipts.

    >>> str(vat_owed_again(Decimal("20.00"), Decimal("120.00"), Decimal(40), ZERO))
    '6.67'
    >>> str(vat_owed_again(Decimal("20.00"), Decimal("120.00"), Decimal(120), Decimal("6.67")))
    '13.33'
    """
    return vat_due_on_receipt(vat, lost, received_total, owed_before)


def vat_claim_limit(proved_on: date) -> date:
    """Last day to claim back the VAT of an unpaid invoice: 31 December of the second year after.

    Source: CGI ann. II art. 208; BOI-TVA-DED-40-10-20.

    >>> vat_claim_limit(date(2026, 3, 10))
    datetime.date(2028, 12, 31)
    """
    return date(proved_on.year + 2, 12, 31)


@dataclass(eq=False)
class VatNotRecoverableError(EcheanceError):
    """The VAT of an unpaid invoice is not, or not yet, claimed back."""

    code = "bookkeeping.vat_not_recoverable"
    kind = Kind.REFUSED
    message = "La TVA de {document_ref} ne se récupère pas : {why}"

    document_ref: str
    why: str


def vat_refusal(
    vat: tuple[OpenVat, ...], *, liquidation: bool, proof: str, proved_on: date | None, on: date
) -> str:
    """Why the VAT of an unpaid invoice cannot be claimed back; empty when it can.

    Args:
        vat: VAT of what is open.
        liquidation: A judgment opened the liquidation of the customer.
        proof: What else proves that the debt is lost; empty for nothing.
        proved_on: Day of the judgment or of the proof.
        on: Day of the claim.

    >>> vat_refusal((), liquidation=True, proof="", proved_on=date(2026, 1, 5), on=date(2026, 2, 1))
    'cette facture est sans TVA.'
    """
    if not any(one.vat for one in vat):
        return "cette facture est sans TVA."
    if all(one.deferred for one in vat if one.vat):
        return (
            "elle est due à l'encaissement et ne l'a jamais été : il n'y a rien à récupérer, elle "
            "quitte le compte d'attente 44574 avec la perte."
        )
    if proved_on is None or not (liquidation or proof.strip()):
        return (
            "il faut un jugement de liquidation, ou la preuve que la créance est définitivement "
            "irrécouvrable (certificat du mandataire, procès-verbal de carence) : notez-la."
        )
    if proved_on > on:
        return f"la preuve date du {proved_on:%d/%m/%Y} : attendez ce jour."
    if on > vat_claim_limit(proved_on):
        return (
            f"le délai a expiré le {vat_claim_limit(proved_on):%d/%m/%Y} (31 décembre de la "
            "deuxième année suivante) : passez la perte TTC."
        )
    return ""
