"""Double entry: what makes a journal entry acceptable.

Source: PCG art. 911-1 and following; FEC (LPF A47 A-1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import ZERO, round_amount


@dataclass(eq=False)
class UnbalancedEntryError(EcheanceError):
    """Debits and credits of an entry differ."""

    code = "bookkeeping.unbalanced_entry"
    kind = Kind.INVALID
    message = (
        "L'écriture ne s'équilibre pas : débit {debit}, crédit {credit}. "
        "Corrigez ses lignes avant de l'enregistrer."
    )

    debit: Decimal
    credit: Decimal


@dataclass(eq=False)
class InvalidEntryLineError(EcheanceError):
    """A line has an amount on exactly one side, positive, in whole cents."""

    code = "bookkeeping.invalid_entry_line"
    kind = Kind.INVALID
    message = (
        "La ligne du compte {account} est impossible (débit {debit}, crédit {credit}) : elle porte "
        "un seul montant, positif et en centimes entiers. Corrigez-la."
    )

    account: str
    debit: Decimal
    credit: Decimal


class EntryAmounts(Protocol):
    """Any line that has an account, a debit and a credit."""

    @property
    def account(self) -> str: ...  # noqa: D102
    @property
    def debit(self) -> Decimal: ...  # noqa: D102
    @property
    def credit(self) -> Decimal: ...  # noqa: D102


def check_balanced(lines: Iterable[EntryAmounts], currency: str = "EUR") -> Decimal:
    """Check the lines of one entry and give the total of each side.

    Raises:
        InvalidEntryLineError: a line with two sides or none, negative, or with a part of a cent.
        UnbalancedEntryError: the sides differ, or there is no line.
    """
    debit = credit = ZERO
    for line in lines:
        one_sided = (line.debit > ZERO) != (line.credit > ZERO)
        amount = line.debit + line.credit
        exact = amount == round_amount(amount, currency)
        if not (one_sided and min(line.debit, line.credit) == ZERO and exact):
            raise InvalidEntryLineError(line.account, line.debit, line.credit)
        debit += line.debit
        credit += line.credit
    if debit != credit or not debit:
        raise UnbalancedEntryError(debit, credit)
    return debit
