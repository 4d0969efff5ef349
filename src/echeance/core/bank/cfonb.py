"""CFONB 120, the French statement of account: fixed records of 120 characters.

Record 01 is the opening balance, 04 a movement, 05 its complements, 07 the closing balance.
Source: CFONB, « Relevé de compte sur support informatique », brochure of July 2004 and the SEPA
complements; columns are quoted 1-based as in the brochure.

A complement (05) is read by its qualifier (columns 46-48):

- LIB free text of the bank; LCC and LC2 what the payer wrote, 70 characters each; LCS its
  structured reference;
- NPY, NBE, NPO, NBU names of the payer, the beneficiary and the ultimate ones; IPY, IBE their
  identifiers, CPY and CBE their accounts;
- RCN end-to-end reference and purpose, 35 characters each; REF the bank's reference and, from the
  36th character, its own of the transaction; RUM the mandate;
- MMO the original amount, FEE the charges: currency, number of decimals, 14 digits; one that
  cannot be read tells nothing, since it moves no balance;
- RET why it came back, beside the code of columns 41-42 (``reject_codes``).

Any other qualifier stays in ``raw``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from stdnum import iban

from echeance.core import money
from echeance.core.bank.errors import (
    AccountMismatchError,
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidDateError,
    NoStatementError,
    OverpunchError,
    RecordSequenceError,
    TruncatedFileError,
    UnknownCurrencyError,
)
from echeance.core.bank.lines import Source, records
from echeance.core.bank.model import (
    EntryDetail,
    Statement,
    StatementEntry,
    StatementFoot,
    StatementHead,
    StatementItem,
)
from echeance.core.bank.proof import Fingerprinter, check_balances, collect, whole_cents
from echeance.core.bank.reject_codes import meaning_of
from echeance.core.einvoice.code_lists import CURRENCIES

FORMAT: Final = "cfonb120"
RECORD_LENGTH: Final = 120

# The last character of an amount carries its last digit and its sign.
POSITIVE: Final = "{ABCDEFGHI"
NEGATIVE: Final = "}JKLMNOPQR"
_LAST: Final = {
    **{last: (digit, 1) for digit, last in enumerate(POSITIVE)},
    **{last: (digit, -1) for digit, last in enumerate(NEGATIVE)},
}

# Two-digit years: no bank file is older than 1980.
_PIVOT = 80
# Francs were still told in files of the years 1980 to 2001.
_WITHDRAWN = frozenset({"FRF"})

_OPENING, _MOVEMENT, _COMPLEMENT, _CLOSING = "01", "04", "05", "07"
_TOLD_AMOUNT = re.compile(r"([A-Z]{3})([0-9]) *([0-9]{1,14}) *")
_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,7}")


def read_cfonb120(content: bytes) -> tuple[Statement, ...]:
    """Read every statement (01 to 07) of a CFONB 120 file, whole; see ``stream_cfonb120``.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    return collect(stream_cfonb120(io.BytesIO(content)))


def stream_cfonb120(source: Source) -> Iterator[StatementItem]:
    """Read a CFONB 120 file record by record: a head, its entries, its foot, for each statement.

    Records may be separated by CRLF, LF or nothing; blank lines are skipped. A record is
    ISO 8859-1, or UTF-8 when only that gives its 120 characters. The foot proves the balances.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    fingerprinter = Fingerprinter()
    opened: _OpenStatement | None = None
    found = False
    entries_read = 0
    line = 0
    for line, record in records(source, RECORD_LENGTH):
        kind = record[:2]
        if opened is None:
            if kind != _OPENING:
                raise RecordSequenceError(line=line, record=kind, expected="01 (solde initial)")
            opened = _OpenStatement(line, record, entries_read, fingerprinter)
            found = True
            yield opened.head
            continue
        opened.check_same_account(line, record)
        if kind == _COMPLEMENT:
            opened.add_complement(line, record)
        elif kind == _MOVEMENT:
            entry = opened.flush()
            opened.add_movement(line, record)
            if entry is not None:
                yield entry
        elif kind == _CLOSING:
            entry = opened.flush()
            if entry is not None:
                yield entry
            foot = opened.close(line, record)
            entries_read += foot.entries
            yield foot
            opened = None
        else:
            raise RecordSequenceError(
                line=line, record=kind, expected="04 (mouvement), 05 (complément) ou 07 (solde)"
            )
    if opened is not None:
        raise TruncatedFileError(line=line)
    if not found:
        raise NoStatementError(format="CFONB 120")


class _OpenStatement:
    """A statement whose closing balance has not been met yet."""

    def __init__(
        self, line: int, record: str, entries_before: int, fingerprinter: Fingerprinter
    ) -> None:
        self._account = _account(record)
        self._currency = record[16:19]
        if self._currency not in CURRENCIES and self._currency not in _WITHDRAWN:
            raise UnknownCurrencyError(line=line, text=self._currency)
        # A movement may carry the bank code of the establishment that executed it: not compared.
        self._branch_and_currency = record[11:19]
        self._number = record[21:32]
        self._opening_date = day_of(record[34:40], line)
        self._opening_balance = _amount(record, self._currency, line)
        self._entries_before = entries_before
        self._fingerprinter = fingerprinter
        self._entries = 0
        self._movements = money.ZERO
        self._line = 0
        self._movement = ""
        self._complements: list[str] = []

    @property
    def head(self) -> StatementHead:
        """What record 01 says."""
        return StatementHead(
            format=FORMAT,
            kind="statement",
            statement_id="",
            sequence_number=None,
            account_iban="",
            account_id=self._account,
            account_key=self._account,
            currency=self._currency,
            opening_balance=self._opening_balance,
            opening_date=self._opening_date,
        )

    def check_same_account(self, line: int, record: str) -> None:
        """Refuse a record of another account or currency, and a second opening balance."""
        if (
            record[11:19] == self._branch_and_currency
            and record[21:32] == self._number
            and record[:2] != _OPENING
        ):
            return
        if record[:2] == _OPENING:
            raise RecordSequenceError(
                line=line, record=_OPENING, expected="07 (solde final du relevé précédent)"
            )
        found = _account(record)
        if found.split("-")[1:] != self._account.split("-")[1:]:
            raise AccountMismatchError(line=line, account=self._account, found=found)
        raise CurrencyMismatchError(line=line, currency=self._currency, found=record[16:19])

    def add_movement(self, line: int, record: str) -> None:
        """Take a 04 record; the one before it is complete and has been flushed."""
        self._line = line
        self._movement = record
        self._complements = []

    def add_complement(self, line: int, record: str) -> None:
        """Take a 05 record: it completes the last 04."""
        if not self._movement:
            raise RecordSequenceError(line=line, record=_COMPLEMENT, expected="04 (mouvement)")
        self._complements.append(record)

    def close(self, line: int, record: str) -> StatementFoot:
        """Take the 07 record and prove the balances.

        Raises:
            BalanceMismatchError: The movements do not lead to it.
        """
        closing_date = day_of(record[34:40], line)
        closing = _amount(record, self._currency, line)
        statement_id = f"{self._opening_date:%Y%m%d}-{closing_date:%Y%m%d}"
        check_balances(self.head, statement_id, self._opening_balance, self._movements, closing)
        return StatementFoot(
            statement_id=statement_id,
            closing_balance=closing,
            closing_date=closing_date,
            proof="balances",
            entries=self._entries,
            movements=self._movements,
        )

    def flush(self) -> StatementEntry | None:
        """The movement met before, with its complements; ``None`` when there was none."""
        record, line = self._movement, self._line
        if not record:
            return None
        self._movement = ""
        signed = _amount(record, self._currency, line)
        amount = abs(signed)
        booking_date = day_of(record[34:40], line)
        value = record[42:48]
        value_date = day_of(value, line) if value.strip(" 0") else booking_date
        texts: dict[str, str] = {}
        payer_text = ""
        bank_texts: list[str] = []
        for complement in self._complements:
            qualifier = complement[45:48]
            text = complement[48:118]
            if qualifier == "LIB":
                bank_texts.append(text)
            elif qualifier in {"LCC", "LC2"}:
                # Cut at 70 characters by the format: put end to end.
                payer_text += text
            elif qualifier in texts:
                texts[qualifier] += text
            else:
                texts[qualifier] = text
        label = one_line(record[48:79])
        reference = texts.get("REF", "")
        bank_reference = one_line(reference) or record[104:120].strip() or record[81:88].strip(" 0")
        detail, recognised = self._detail(record, amount, texts, payer_text, bank_texts)
        self._entries += 1
        self._movements += signed
        return StatementEntry(
            index=self._entries_before + self._entries,
            direction="DBIT" if record[103] in NEGATIVE else "CRDT",
            amount=amount,
            reversal=False,
            booking_date=booking_date,
            value_date=value_date,
            bank_reference=bank_reference,
            bank_code=record[32:34].strip(),
            label=label,
            details=(detail,),
            raw="\n".join([record, *self._complements]),
            fingerprint=self._fingerprinter.fingerprint(
                account_key=self._account,
                direction="DBIT" if record[103] in NEGATIVE else "CRDT",
                amount=amount,
                booking_date=booking_date,
                value_date=value_date,
                bank_reference=bank_reference,
                label=label,
                details=(recognised,),
            ),
            line=line,
        )

    def _detail(
        self,
        record: str,
        amount: Decimal,
        texts: dict[str, str],
        payer_text: str,
        bank_texts: list[str],
    ) -> tuple[EntryDetail, EntryDetail]:
        """The transaction, and the same without the accounts that older readings left out.

        A movement is recognised in another file by its fingerprint, which must not change with
        what the reader learns to read.
        """
        code = record[40:42].strip()
        remittance = one_line(" ".join([payer_text, *bank_texts]))
        if not texts:
            detail = EntryDetail(
                amount=amount,
                remittance_text=remittance,
                return_reason=code,
                return_text=meaning_of(code),
            )
            return detail, detail
        told = texts.get
        client = told("RCN", "")
        payer, payee = told("IPY", ""), told("IBE", "")
        original, original_currency = _told_amount(told("MMO", ""))
        charges, charges_currency = _told_amount(told("FEE", ""))
        creditor_id = payee.split(" ", 1)[0]
        ultimate_payer = one_line(told("NPO", ""))
        detail = EntryDetail(
            amount=amount,
            # RCN: the reference in 35 characters, then the purpose code.
            end_to_end_id=_provided(client[:35]),
            mandate_id=_provided(told("RUM", "")[:35]),
            payer_name=one_line(told("NPY", "")) or ultimate_payer,
            payer_iban=_iban(payer),
            payee_name=one_line(told("NBE", "")) or one_line(told("NBU", "")),
            payee_iban=_iban(payee),
            remittance_text=remittance,
            creditor_reference=_provided(told("LCS", "")),
            return_reason=code,
            return_text=one_line(told("RET", "")) or meaning_of(code),
            ultimate_payer_name=ultimate_payer,
            original_amount=original,
            original_currency=original_currency,
            charges=charges if charges_currency == self._currency else None,
            creditor_id=creditor_id if _CREDITOR_ID.fullmatch(creditor_id) else "",
            transaction_id=_provided(told("REF", "")[35:70]),
            purpose=_provided(client[35:70]),
        )
        if "CPY" not in texts and "CBE" not in texts:
            return detail, detail
        return (
            replace(
                detail,
                payer_iban=detail.payer_iban or _iban(told("CPY", "")),
                payee_iban=detail.payee_iban or _iban(told("CBE", "")),
            ),
            detail,
        )


def _account(record: str) -> str:
    """Bank, branch and account number: columns 3-7, 12-16, 22-32."""
    return f"{record[2:7]}-{record[11:16]}-{record[21:32]}"


def _amount(record: str, currency: str, line: int) -> Decimal:
    """Columns 91-104, with the number of decimals of column 20 and the sign of column 104."""
    digits, last, places = record[90:103], record[103], record[19]
    if not (digits.isascii() and digits.isdigit() and places in "0123456789"):
        raise InvalidAmountError(line=line, text=record[90:104])
    found = _LAST.get(last)
    if found is None:
        raise OverpunchError(line=line, text=record[90:104])
    digit, sign = found
    value = Decimal(sign * (int(digits) * 10 + digit)).scaleb(-int(places))
    return whole_cents(value, currency, line)


def _told_amount(text: str) -> tuple[Decimal | None, str]:
    """Currency, number of decimals and 14 digits; nothing when that is not what stands there."""
    found = _TOLD_AMOUNT.fullmatch(text[:18])
    if found is None or found[1] not in CURRENCIES:
        return None, ""
    return Decimal(int(found[3])).scaleb(-int(found[2])), found[1]


def day_of(text: str, line: int) -> date:
    """Read JJMMAA."""
    day = _known_date(text)
    if day is None:
        raise InvalidDateError(line=line, text=text)
    return day


@lru_cache(maxsize=4096)
def _known_date(text: str) -> date | None:
    if not (text.isascii() and text.isdigit()):
        return None
    year = int(text[4:])
    try:
        return date(year + (1900 if year >= _PIVOT else 2000), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None


def one_line(text: str) -> str:
    """The words of a text of fixed columns."""
    return " ".join(text.split())


def _provided(text: str) -> str:
    found = one_line(text)
    return "" if found == "NOTPROVIDED" else found


def _iban(text: str) -> str:
    """The IBAN that an identification record starts with, if its check digits agree."""
    first = text.split(" ", 1)[0]
    # The shortest IBAN, of Norway, has 15 characters.
    return first if len(first) >= 15 and _is_iban(first) else ""


@lru_cache(maxsize=65536)
def _is_iban(text: str) -> bool:
    return bool(iban.is_valid(text, check_country=False))
