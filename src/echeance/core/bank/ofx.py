"""OFX, the files of « Money » and « Quicken »: SGML (1.x) and XML (2.x), bank and card accounts.

The grammar is read as a stream of tags: an element that holds a text is a value whether or not it
is closed, an aggregate is opened and closed. No entity but the five of XML and the numeric ones is
replaced, nothing outside the file is ever read. Source: Open Financial Exchange specification
1.6 and 2.2, chapters 2 (structure), 3 (data types) and 11 (banking).
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.bank.errors import (
    BankAnswerError,
    ClosingBalanceMissingError,
    CurrencyMismatchError,
    DoctypeRefusedError,
    InvestmentAccountError,
    MalformedLineError,
    MissingFieldError,
    NoStatementError,
    TruncatedFileError,
)
from echeance.core.bank.model import EntryDetail, Statement, StatementEntry, account_key
from echeance.core.bank.movements import (
    Movement,
    Movements,
    account_of,
    amount_of,
    currency_of,
    day_of_digits,
    one_line,
)

FORMAT: Final = "ofx"
_TOKEN = re.compile(r"<!\[CDATA\[(.*?)\]\]>|<(/?)([A-Za-z0-9.]{1,64})\s*/?>|<", re.DOTALL)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_TEXT_LIMIT = 10_000
# What opens and closes around others; every other element is a value.
_AGGREGATES: Final = frozenset(
    (
        *("OFX", "SONRS", "STATUS", "STMTTRNRS", "CCSTMTTRNRS", "STMTRS", "CCSTMTRS"),
        *("BANKACCTFROM", "CCACCTFROM", "BANKTRANLIST", "STMTTRN", "LEDGERBAL", "AVAILBAL"),
        *("PAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "INVSTMTRS"),
        *("BANKMSGSRSV1", "CREDITCARDMSGSRSV1", "SIGNONMSGSRSV1", "INVSTMTMSGSRSV1"),
        "SIGNUPMSGSRSV1",
    )
)
_STATEMENTS: Final = frozenset(("STMTRS", "CCSTMTRS"))


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag with the text that follows it."""

    name: str
    closes: bool
    text: str
    line: int
    start: int
    end: int


@dataclass(slots=True)
class _Values:
    """An aggregate being read: its values by name, those of its aggregates after a point."""

    line: int
    start: int
    texts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        return next((found for name in names if (found := self.texts.get(name, ""))), "")

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.line)


def is_ofx(start: bytes) -> bool:
    """Whether the first bytes of a file are those of OFX."""
    beginning = start[:4096].replace(b"\x00", b"").upper()
    return b"OFXHEADER" in beginning or b"<OFX>" in beginning


def read_ofx(content: bytes) -> tuple[Statement, ...]:
    """Read every bank and card statement of an OFX file.

    OFX has no opening balance: a statement with LEDGERBAL is of proof ``closing``, one without is
    of proof ``none``. FITID is the bank's reference, NAME the label, MEMO the remittance text.

    Raises:
        InvestmentAccountError: It holds securities.
        BankAnswerError: The bank's server answered by an error.
        BankFileError: Any other of ``echeance.core.bank.errors``, with the line.
    """
    return tuple(_Reader(_decoded(content)).statements())


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    if re.search(r"<!(?:DOCTYPE|ENTITY|ELEMENT)", text, re.IGNORECASE):
        raise DoctypeRefusedError
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tags(text: str) -> Iterator[_Tag]:
    """Yield the tags from OFX on; a CDATA is part of the text of its element."""
    start = text.upper().find("<OFX>")
    if start < 0:
        raise NoStatementError(format="OFX")
    line, counted = 1, 0
    pending: tuple[str, bool, int, int] | None = None
    pieces: list[str] = []
    at = start
    for found in _TOKEN.finditer(text, start):
        if pending:
            pieces.append(_plain(text[at : found.start()]))
        at = found.end()
        if found[1] is not None:
            pieces.append(found[1])
            continue
        if found[3] is None:  # a stray « < » is part of the text
            pieces.append("<")
            continue
        if pending:
            yield _tag(pending, pieces, found.start())
        line += text.count("\n", counted, found.start())
        counted = found.start()
        pending = (found[3].upper(), bool(found[2]), line, found.start())
        pieces = []
    if pending:
        pieces.append(_plain(text[at:]))
        yield _tag(pending, pieces, len(text))


def _tag(pending: tuple[str, bool, int, int], pieces: list[str], end: int) -> _Tag:
    name, closes, line, start = pending
    told = one_line("".join(pieces))
    if len(told) > _TEXT_LIMIT:
        raise MalformedLineError(line=line, text=told[:40], expected="une valeur plus courte")
    return _Tag(name, closes, told, line, start, end)


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


class _Reader:
    """One file; holds the statement and the movement that are open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._movements = Movements()
        self._stack: list[str] = []
        self._status: _Values | None = None
        self._answer: BankAnswerError | None = None
        self._statement: _Values | None = None
        self._transaction: _Values | None = None
        self._transactions: list[tuple[_Values, str]] = []
        self._line = 1

    def statements(self) -> Iterator[Statement]:
        found = False
        for tag in _tags(self._text):
            self._line = tag.line
            if tag.name in ("INVSTMTRS", "INVACCTFROM"):
                raise InvestmentAccountError(line=tag.line)
            if tag.closes:
                if tag.name in _STATEMENTS and self._statement:
                    found = True
                    yield self._close()
                elif tag.name in _AGGREGATES:
                    self._end(tag)
            elif tag.name in _AGGREGATES:
                self._begin(tag)
            else:
                self._value(tag)
        if self._stack:
            raise TruncatedFileError(line=self._line)
        if self._answer:
            raise self._answer
        if not found:
            raise NoStatementError(format="OFX")

    def _begin(self, tag: _Tag) -> None:
        if tag.name == "STMTTRN":
            if self._transaction or self._statement is None:
                raise MalformedLineError(line=tag.line, text="<STMTTRN>", expected="</STMTTRN>")
            self._transaction = _Values(tag.line, tag.start)
        elif tag.name in _STATEMENTS:
            self._statement = _Values(tag.line, tag.start)
            self._transactions = []
        elif tag.name == "STATUS":
            self._status = _Values(tag.line, tag.start)
        if len(self._stack) > 32:
            raise MalformedLineError(
                line=tag.line, text=f"<{tag.name}>", expected="moins de niveaux"
            )
        self._stack.append(tag.name)

    def _end(self, tag: _Tag) -> None:
        if tag.name not in self._stack:
            raise MalformedLineError(
                line=tag.line, text=f"</{tag.name}>", expected=f"<{tag.name}> avant"
            )
        while self._stack and self._stack[-1] != tag.name:
            if self._stack[-1] in ("STMTTRN", "LEDGERBAL", *_STATEMENTS):
                raise MalformedLineError(
                    line=tag.line, text=f"</{tag.name}>", expected=f"</{self._stack[-1]}>"
                )
            self._stack.pop()
        self._stack.pop()
        if tag.name == "STMTTRN" and self._transaction:
            source = self._text[self._transaction.start : tag.start] + "</STMTTRN>"
            self._transactions.append((self._transaction, source))
            self._transaction = None
        elif tag.name == "STATUS" and self._status:
            self._judge(self._status)
            self._status = None

    def _value(self, tag: _Tag) -> None:
        inner = self._stack[-1] if self._stack else ""
        if inner == "STATUS":
            target, name = self._status, tag.name
        elif self._transaction:
            target = self._transaction
            name = tag.name if inner == "STMTTRN" else f"{inner}.{tag.name}"
        else:
            target = self._statement
            name = tag.name if inner in _STATEMENTS else f"{inner}.{tag.name}"
        if target is not None and name not in target.texts:
            target.texts[name] = tag.text
            target.lines[name] = tag.line

    def _judge(self, status: _Values) -> None:
        if status.text("SEVERITY").upper() == "ERROR" and not self._answer:
            self._answer = BankAnswerError(
                line=status.line,
                status=status.text("CODE")[:20],
                answer=status.text("MESSAGE")[:200],
            )

    def _close(self) -> Statement:
        head = self._statement
        assert head is not None, "the caller has looked"
        while self._stack and self._stack[-1] not in _STATEMENTS:
            self._stack.pop()
        if self._stack:
            self._stack.pop()
        if self._transaction:
            raise TruncatedFileError(line=self._line)
        self._statement = None
        code = head.text("CURDEF")
        if not code:
            raise MissingFieldError(line=head.line, field="CURDEF", format="OFX")
        currency = currency_of(code, head.line_of("CURDEF"))
        iban, other = account_of(
            head.text("BANKACCTFROM.BANKID"),
            head.text("BANKACCTFROM.BRANCHID"),
            head.text("BANKACCTFROM.ACCTID", "CCACCTFROM.ACCTID"),
        )
        if not (iban or other):
            raise MissingFieldError(line=head.line, field="ACCTID", format="OFX")
        key = account_key(iban or other)
        entries = tuple(
            self._entry(key, currency, values, source) for values, source in self._transactions
        )
        closing, closing_date = self._balance(head, currency, key)
        days = [entry.booking_date for entry in entries]
        first = self._day(head, "BANKTRANLIST.DTSTART") or min(days, default=closing_date)
        last = self._day(head, "BANKTRANLIST.DTEND") or closing_date or max(days, default=None)
        last = closing_date or last
        if first is None or last is None:
            raise MissingFieldError(line=head.line, field="DTEND", format="OFX")
        return Statement(
            format=FORMAT,
            statement_id=f"{first:%Y%m%d}-{last:%Y%m%d}",
            sequence_number=None,
            account_iban=iban,
            account_id=other,
            account_key=key,
            currency=currency,
            opening_balance=None,
            closing_balance=closing,
            opening_date=min([first, *days]),
            closing_date=max([last, *days]),
            entries=entries,
            proof="none" if closing is None else "closing",
        )

    @staticmethod
    def _day(values: _Values, name: str) -> date | None:
        text = values.text(name)
        return day_of_digits(text[:8], values.line_of(name)) if text else None

    def _balance(
        self, head: _Values, currency: str, key: str
    ) -> tuple[Decimal | None, date | None]:
        if "LEDGERBAL.BALAMT" not in head.texts:
            return None, None
        text = head.text("LEDGERBAL.BALAMT")
        if not text:
            raise ClosingBalanceMissingError(format="OFX", statement_id=key)
        line = head.line_of("LEDGERBAL.BALAMT")
        day = self._day(head, "LEDGERBAL.DTASOF")
        if day is None:
            raise MissingFieldError(line=line, field="LEDGERBAL/DTASOF", format="OFX")
        return amount_of(text, currency, line), day

    def _entry(self, key: str, currency: str, values: _Values, source: str) -> StatementEntry:
        for needed in ("TRNAMT", "DTPOSTED"):
            if not values.text(needed):
                raise MissingFieldError(line=values.line, field=f"STMTTRN/{needed}", format="OFX")
        told = values.text("CURRENCY.CURSYM").upper()
        if told and told != currency:
            raise CurrencyMismatchError(
                line=values.line_of("CURRENCY.CURSYM"), currency=currency, found=told[:10]
            )
        amount = amount_of(values.text("TRNAMT"), currency, values.line_of("TRNAMT"))
        booked = day_of_digits(values.text("DTPOSTED")[:8], values.line_of("DTPOSTED"))
        name, memo = values.text("NAME", "PAYEE.NAME"), values.text("MEMO")
        other = account_of(
            values.text("BANKACCTTO.BANKID"),
            values.text("BANKACCTTO.BRANCHID"),
            values.text("BANKACCTTO.ACCTID"),
        )[0]
        credit = amount > 0
        party = values.text("PAYEE.NAME")
        detail = EntryDetail(
            amount=abs(amount),
            payer_name=party if credit else "",
            payer_iban=other if credit else "",
            payee_name="" if credit else party,
            payee_iban="" if credit else other,
            remittance_text=memo if name else "",
            original_currency=values.text("ORIGCURRENCY.CURSYM").upper()[:3],
            transaction_id=values.text("REFNUM", "SRVRTID", "CHECKNUM").strip("0"),
        )
        return self._movements.entry(
            key,
            Movement(
                amount=amount,
                booking_date=booked,
                value_date=self._day(values, "DTAVAIL") or self._day(values, "VALUEDATE") or booked,
                bank_reference=values.text("FITID"),
                bank_code=values.text("TRNTYPE").upper(),
                label=name or memo,
                details=(detail,),
                raw=source,
                line=values.line,
            ),
        )
