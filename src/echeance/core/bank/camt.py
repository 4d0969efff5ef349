"""ISO 20022 bank to customer messages: camt.053 statements, camt.052 reports, camt.054 notices.

The shape is the same in all versions, apart from wrappers that come and go (Pty around a party,
Cd inside a status); tags are read by their path whatever the version. Source: ISO 20022 message
definition reports, camt.052/.053/.054.001.01 to .001.14.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from lxml import etree

from echeance.core.bank.errors import (
    ClosingBalanceMissingError,
    CurrencyMismatchError,
    DoctypeRefusedError,
    InvalidAmountError,
    InvalidDateError,
    InvalidDirectionError,
    MalformedXmlError,
    MissingElementError,
    NoStatementError,
    OpeningBalanceMissingError,
    TruncatedFileError,
    UnknownFormatError,
    UnsupportedFormatError,
)
from echeance.core.bank.model import (
    Direction,
    EntryDetail,
    Statement,
    StatementEntry,
    account_key,
)
from echeance.core.bank.proof import Fingerprinter, prove, whole_cents

_NAMESPACE = re.compile(r"[\w:.\-/]*\b((?:camt|pain|pacs|acmt)\.\d{3}\.\d{3}\.\d{2})")
_READ = ("camt.052.", "camt.053.", "camt.054.")
# 18 digits of which 5 decimals: ISO 20022 ActiveOrHistoricCurrencyAndAmount.
_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{0,5})?")
_BOOKED = frozenset({"", "BOOK"})
# What libxml2 says when the input ends inside an element.
_PREMATURE_END: Final = (
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
    etree.ErrorTypes.ERR_GT_REQUIRED,
    etree.ErrorTypes.ERR_DOCUMENT_END,
)


class _Balance(NamedTuple):
    """A Bal element; ``amount`` is signed."""

    code: str
    amount: Decimal
    currency: str
    day: date
    line: int


class _Header(NamedTuple):
    """What a Stmt says before its entries."""

    statement_id: str
    sequence_number: int | None
    iban: str
    other_id: str
    currency: str
    opening: _Balance
    closing: _Balance

    @property
    def account_key(self) -> str:
        return account_key(self.iban or self.other_id)


def read_camt(content: bytes) -> tuple[Statement, ...]:
    """Read every statement of a camt file, balances proved.

    Only booked entries (Sts BOOK, or no status) are movements: a pending or informative entry
    is no part of a booked balance.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    try:
        return tuple(_Message(content).statements())
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        if getattr(error, "code", None) in _PREMATURE_END:
            raise TruncatedFileError(line=line) from error
        raise MalformedXmlError(line=line, detail=error.msg or "") from error


class _Message:
    """One message, read element by element so that memory holds one Ntry of XML at a time."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._paths: dict[str, str] = {}
        self._fingerprinter = Fingerprinter()
        self._entries_read = 0
        # The root is checked alone, before anything below it is read.
        _, root = next(iter(_parse(content, "start")))
        self._namespace, self._format = _open(root)

    def statements(self) -> Iterator[Statement]:
        """Yield the statements in the order of the file.

        Raises:
            NoStatementError: There is none.
        """
        entry_tag = self._path("Ntry")
        statement_tags = [self._path(tag) for tag in ("Stmt", "Rpt", "Ntfctn")]
        found = False
        header: _Header | None = None
        entries: list[StatementEntry] = []
        for _, element in _parse(self._content, "end", [entry_tag, *statement_tags]):
            if element.tag == entry_tag:
                # The schema puts the account and the balances before the entries.
                header = header or self._header(_parent(element))
                if self._text(element, "Sts", "Sts/Cd") in _BOOKED:
                    entries.append(self._entry(element, header))
            else:
                found = True
                yield self._statement(header or self._header(element), entries)
                header, entries = None, []
            element.clear()
        if not found:
            raise NoStatementError(format=self._format)

    def _path(self, path: str) -> str:
        """Put the namespace of the file on each step of ``path``."""
        expanded = self._paths.get(path)
        if expanded is None:
            expanded = "/".join(f"{{{self._namespace}}}{step}" for step in path.split("/"))
            self._paths[path] = expanded
        return expanded

    def _text(self, element: etree._Element, *paths: str) -> str:
        """Text of the first path that gives one, on one line; NOTPROVIDED is nothing."""
        for path in paths:
            text = element.findtext(self._path(path))
            if text and (found := " ".join(text.split())) and found != "NOTPROVIDED":
                return found
        return ""

    def _texts(self, element: etree._Element, path: str) -> list[str]:
        """The texts of every element at ``path``, each on one line."""
        texts = (
            " ".join((found.text or "").split()) for found in element.iterfind(self._path(path))
        )
        return [text for text in texts if text and text != "NOTPROVIDED"]

    def _header(self, statement: etree._Element) -> _Header:
        statement_id = self._text(statement, "Id")
        iban = self._text(statement, "Acct/Id/IBAN").replace(" ", "")
        other_id = self._text(
            statement, "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC"
        )
        if not (iban or other_id):
            raise MissingElementError(line=_line(statement), element="Acct/Id")
        balances = [self._balance(found) for found in statement.iterfind(self._path("Bal"))]
        opening = _opening(balances)
        if opening is None:
            raise OpeningBalanceMissingError(format=self._format, statement_id=statement_id)
        closing = _closing(balances, opening)
        if closing is None:
            raise ClosingBalanceMissingError(format=self._format, statement_id=statement_id)
        currency = self._text(statement, "Acct/Ccy") or opening.currency
        for balance in (opening, closing):
            _same_currency(currency, balance.currency, balance.line)
        number = self._text(statement, "ElctrncSeqNb", "LglSeqNb")
        return _Header(
            statement_id=statement_id,
            sequence_number=int(number) if number.isascii() and number.isdigit() else None,
            iban=iban,
            other_id=other_id,
            currency=currency,
            opening=opening,
            closing=closing,
        )

    def _statement(self, header: _Header, entries: list[StatementEntry]) -> Statement:
        opening, closing = header.opening, header.closing
        return prove(
            Statement(
                format=self._format,
                statement_id=header.statement_id,
                sequence_number=header.sequence_number,
                account_iban=header.iban,
                account_id=header.other_id,
                account_key=header.account_key,
                currency=header.currency,
                opening_balance=whole_cents(opening.amount, header.currency, opening.line),
                closing_balance=whole_cents(closing.amount, header.currency, closing.line),
                opening_date=opening.day,
                closing_date=closing.day,
                entries=tuple(entries),
            )
        )

    def _balance(self, element: etree._Element) -> _Balance:
        amount, currency = self._amount(element)
        day = self._day(element, "Dt")
        if day is None:
            raise MissingElementError(line=_line(element), element="Bal/Dt")
        return _Balance(
            code=self._text(element, "Tp/CdOrPrtry/Cd"),
            amount=amount if self._direction(element) == "CRDT" else -amount,
            currency=currency,
            day=day,
            line=_line(element),
        )

    def _entry(self, element: etree._Element, header: _Header) -> StatementEntry:
        self._entries_read += 1
        raw = etree.tostring(element, encoding="unicode", with_tail=False)
        line = _line(element)
        amount, currency = self._amount(element)
        _same_currency(header.currency, currency, line)
        amount = whole_cents(amount, currency, line)
        direction = self._direction(element)
        value_date = self._day(element, "ValDt")
        booking_date = self._day(element, "BookgDt") or value_date
        if booking_date is None:
            raise MissingElementError(line=line, element="Ntry/BookgDt")
        transactions = element.findall(self._path("NtryDtls/TxDtls"))
        details = tuple(
            self._detail(found, currency, amount if len(transactions) == 1 else None)
            for found in transactions
        )
        bank_reference = self._text(element, "AcctSvcrRef")
        label = self._text(element, "AddtlNtryInf")
        return StatementEntry(
            index=self._entries_read,
            direction=direction,
            amount=amount,
            reversal=self._text(element, "RvslInd") in {"true", "1"},
            booking_date=booking_date,
            value_date=value_date or booking_date,
            bank_reference=bank_reference,
            bank_code=self._bank_code(element),
            label=label,
            details=details,
            raw=raw,
            fingerprint=self._fingerprinter.fingerprint(
                account_key=header.account_key,
                direction=direction,
                amount=amount,
                booking_date=booking_date,
                value_date=value_date or booking_date,
                bank_reference=bank_reference,
                label=label,
                details=details,
            ),
        )

    def _bank_code(self, entry: etree._Element) -> str:
        domain = [
            self._text(entry, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")
        ]
        return "-".join(part for part in domain if part) or self._text(entry, "BkTxCd/Prtry/Cd")

    def _detail(
        self, element: etree._Element, currency: str, entry_amount: Decimal | None
    ) -> EntryDetail:
        references = self._texts(element, "RmtInf/Strd/CdtrRefInf/Ref") or self._texts(
            element, "RmtInf/Strd/CdtrRefInf/CdtrRef"
        )
        # A transfer has one reference; what a bank adds to it is kept with the free text.
        texts = [
            *self._texts(element, "RmtInf/Ustrd"),
            *self._texts(element, "RmtInf/Strd/AddtlRmtInf"),
            *references[1:],
        ]
        return EntryDetail(
            amount=self._detail_amount(element, currency, entry_amount),
            end_to_end_id=self._text(element, "Refs/EndToEndId"),
            mandate_id=self._text(element, "Refs/MndtId"),
            payer_name=self._party_name(element, "Dbtr"),
            payer_iban=self._text(element, "RltdPties/DbtrAcct/Id/IBAN").replace(" ", ""),
            payee_name=self._party_name(element, "Cdtr"),
            payee_iban=self._text(element, "RltdPties/CdtrAcct/Id/IBAN").replace(" ", ""),
            remittance_text=" ".join(texts),
            creditor_reference=references[0] if references else "",
            document_numbers=tuple(self._texts(element, "RmtInf/Strd/RfrdDocInf/Nb")),
            return_reason=self._text(element, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        )

    def _detail_amount(
        self, element: etree._Element, currency: str, entry_amount: Decimal | None
    ) -> Decimal | None:
        """The part of the entry that this transaction is, when told in the entry's currency."""
        for path in ("Amt", "AmtDtls/TxAmt/Amt"):
            found = element.find(self._path(path))
            if found is not None and found.get("Ccy") == currency:
                return whole_cents(_decimal(found), currency, _line(found))
        return entry_amount

    def _party_name(self, element: etree._Element, role: str) -> str:
        return self._text(
            element,
            f"RltdPties/{role}/Nm",
            f"RltdPties/{role}/Pty/Nm",
            f"RltdPties/{role}/Agt/FinInstnId/Nm",
            f"RltdPties/Ultmt{role}/Nm",
            f"RltdPties/Ultmt{role}/Pty/Nm",
        )

    def _amount(self, element: etree._Element) -> tuple[Decimal, str]:
        found = element.find(self._path("Amt"))
        if found is None:
            name = etree.QName(element).localname
            raise MissingElementError(line=_line(element), element=f"{name}/Amt")
        currency = found.get("Ccy", "")
        if not currency:
            raise MissingElementError(line=_line(found), element="Amt/@Ccy")
        return _decimal(found), currency

    def _direction(self, element: etree._Element) -> Direction:
        text = self._text(element, "CdtDbtInd")
        if text == "CRDT":
            return "CRDT"
        if text == "DBIT":
            return "DBIT"
        raise InvalidDirectionError(line=_line(element), text=text)

    def _day(self, element: etree._Element, name: str) -> date | None:
        """The civil day of a date choice (Dt or DtTm), in the bank's own time zone."""
        text = self._text(element, f"{name}/Dt", f"{name}/DtTm")
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            raise InvalidDateError(line=_line(element), text=text) from error


def _parse(
    content: bytes, event: Literal["start", "end"], tags: Sequence[str] | None = None
) -> etree.iterparse[tuple[str, etree._Element]]:
    """Parse hostile XML: no entity, no network, no DTD, libxml2's own limits kept."""
    return etree.iterparse(
        io.BytesIO(content),
        events=(event,),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _open(root: etree._Element) -> tuple[str, str]:
    """Check the root; return its namespace and the message name in it."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise DoctypeRefusedError
    if str(root.tag).count("}") > 1:
        # A brace inside a namespace is legal XML that lxml reads but cannot take apart.
        raise UnknownFormatError(beginning=f"<{str(root.tag)[:60]}>")
    name = etree.QName(root)
    namespace = name.namespace or ""
    message = _NAMESPACE.fullmatch(namespace)
    if name.localname != "Document" or message is None:
        raise UnknownFormatError(beginning=f"<{name.localname}>")
    if not message[1].startswith(_READ):
        raise UnsupportedFormatError(format=message[1])
    return namespace, message[1]


def _opening(balances: list[_Balance]) -> _Balance | None:
    """Opening booked, else the previous closing, else (next page) the first interim balance."""
    return _first(balances, "OPBD") or _first(balances, "PRCD") or _first(balances, "ITBD")


def _closing(balances: list[_Balance], opening: _Balance) -> _Balance | None:
    """Closing booked, else (page before the last) the last interim balance."""
    others = [balance for balance in balances if balance is not opening]
    return _first(others, "CLBD") or _first(others[::-1], "ITBD")


def _first(balances: list[_Balance], code: str) -> _Balance | None:
    return next((balance for balance in balances if balance.code == code), None)


def _same_currency(currency: str, found: str, line: int) -> None:
    if found != currency:
        raise CurrencyMismatchError(line=line, currency=currency, found=found)


def _decimal(element: etree._Element) -> Decimal:
    text = (element.text or "").strip()
    if not _AMOUNT.fullmatch(text):
        raise InvalidAmountError(line=_line(element), text=text)
    return Decimal(text)


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None, "an entry is never the root"
    return parent


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
