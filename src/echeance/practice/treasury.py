"""What the bank of Atelier Morel tells of the 24th: charges kept on the way, fees, a transfer.

A second file beside that of the 23rd (:func:`echeance.practice.world.bank_file`), and the savings
account it sends money to.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.cash import commands as cash
from echeance.core import bank
from echeance.core.money import ZERO
from echeance.practice import world

DAY = date(2026, 11, 24)
SAVINGS_IBAN = "FR7630006000010987654321028"
OPENING, SAVINGS_OPENING = Decimal("24499.30"), Decimal("12000.00")


class Line(NamedTuple):
    """A line of a statement: amount (negative when it goes out), label, payer, words, charges."""

    amount: str
    label: str
    payer: str = ""
    text: str = ""
    charges: str = ""


CURRENT: tuple[Line, ...] = (
    # 3,744.00 owed; the bank tells that 8.00 were kept on the way.
    Line("3736.00", "VIR INTERNATIONAL", "ATELIERS DU RHONE", "FA-2026-000012", "8.00"),
    Line("-14.90", "FRAIS TENUE DE COMPTE"),
    Line("-5000.00", "VIREMENT INTERNE LIVRET"),
)
SAVINGS: tuple[Line, ...] = (Line("5000.00", "VIREMENT INTERNE ATELIER MOREL"),)


def open_savings(actor: Actor) -> None:
    """Declare the savings account."""
    with clock.at(datetime(2026, 9, 1, 8, 0, tzinfo=UTC)):
        cash.add_bank_account(
            actor=actor, name="Livret", iban=SAVINGS_IBAN, ledger_account="512100"
        )


def bank_files() -> dict[str, bytes]:
    """The two camt.053 of the day, by file name."""
    return {
        "releve-2026-11-24.xml": _file(world.IBAN, 228, OPENING, CURRENT),
        "livret-2026-11-24.xml": _file(SAVINGS_IBAN, 12, SAVINGS_OPENING, SAVINGS),
    }


def _file(iban: str, number: int, opening: Decimal, lines: tuple[Line, ...]) -> bytes:
    entries = tuple(_entry(place, line) for place, line in enumerate(lines, 1))
    return bank.write_camt053(
        bank.Statement(
            format="camt.053.001.08",
            statement_id=f"RELEVE-{DAY}-{number}",
            sequence_number=number,
            account_iban=iban,
            account_id="",
            account_key=bank.account_key(iban),
            currency="EUR",
            opening_balance=opening,
            closing_balance=opening + sum((one.signed for one in entries), ZERO),
            opening_date=DAY,
            closing_date=DAY,
            entries=entries,
        )
    )


def _entry(place: int, line: Line) -> bank.StatementEntry:
    amount = Decimal(line.amount)
    return bank.StatementEntry(
        index=place,
        direction="CRDT" if amount > ZERO else "DBIT",
        amount=abs(amount),
        reversal=False,
        booking_date=DAY,
        value_date=DAY,
        bank_reference=f"20261124-{place:04d}",
        bank_code="",
        label=line.label,
        details=(
            bank.EntryDetail(
                amount=abs(amount),
                payer_name=line.payer,
                remittance_text=line.text,
                charges=Decimal(line.charges) if line.charges else None,
            ),
        ),
        raw="",
        fingerprint="",
    )
