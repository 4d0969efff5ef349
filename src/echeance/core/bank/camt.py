"""ISO 20022 bank to customer messages: camt.053 statements, camt.052 reports, camt.054 notices.

The shape is the same in all versions, apart from wrappers that come and go (Pty around a party,
Cd inside a status, NtryDtls around the transactions); tags are read by their path whatever the
version. Source: ISO 20022 message definition reports, camt.052/.053/.054.001.01 to .001.14.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from lxml import etree

from echeance.core import money
from echeance.core.bank.errors import (
    ClosingBalanceMissingError,
    CurrencyMismatchError,
    DetailTotalError,
    InvalidAmountError,
    InvalidDirectionError,
    MissingElementError,
    NoStatementError,
    OpeningBalanceMissingError,
    TotalsMismatchError,
    UnknownCurrencyError,
    UnsupportedFormatError,
)
from echeance.core.bank.iso20022 import (
    Facts,
    Paths,
    day_of,
    let_go,
    line_of,
    open_message,
    parse_message,
    xml_error,
)
from echeance.core.bank.lines import Source
from echeance.core.bank.model import (
    Direction,
    EntryDetail,
    Proof,
    ReferredDocument,
    Statement,
    StatementEntry,
    StatementFoot,
    StatementHead,
    StatementItem,
    StatementKind,
    account_key,
)
from echeance.core.bank.proof import AMOUNT, Fingerprinter, check_balances, collect, whole_cents
from echeance.core.einvoice.code_lists import CURRENCIES

_KINDS: Final[dict[str, StatementKind]] = {
    "camt.052.": "report",
    "camt.053.": "statement",
    "camt.054.": "notice",
}
_STATEMENT_TAGS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")
_BOOKED = frozenset({"", "BOOK"})
# Currencies that ISO 4217 has withdrawn since the first camt files.
_WITHDRAWN = frozenset({"BGN", "HRK", "SLL", "VEF", "ZWL", "ANG"})


class _Balance(NamedTuple):
    """A Bal element; ``amount`` is signed."""

    code: str
    amount: Decimal
    currency: str
    day: date
    line: int


class _Totals(NamedTuple):
    """What TxsSummry tells of all, of the credits or of the debits; ``None`` when it does not."""

    element: str
    line: int
    entries: int | None
    amount: Decimal | None


class _Opened(NamedTuple):
    """A statement whose entries are being read."""

    head: StatementHead
    closing_balance: Decimal | None
    closing_date: date
    totals: tuple[_Totals, ...]


def read_camt(content: bytes) -> tuple[Statement, ...]:
    """Read every statement of a camt file, whole; see ``stream_camt``.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    return collect(stream_camt(io.BytesIO(content)))


def stream_camt(source: Source) -> Iterator[StatementItem]:
    """Read a camt file entry by entry: a head, its entries, its foot, for each statement.

    Memory holds one entry at a time. A camt.053 has balances that its entries prove, or it is
    refused at its foot. A camt.052 or .054 is proved by its opening and closing balances when it
    has both, by its summary (TxsSummry) when that tells counts and sums, and by nothing otherwise.
    Only booked entries (Sts BOOK, or no status) are movements: a pending or informative entry is
    counted in the foot and is no part of a booked balance.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    try:
        yield from _Message(source).items()
    except etree.XMLSyntaxError as error:
        raise xml_error(error) from error


class _Message:
    """One message, read element by element so that memory holds one Ntry of XML at a time."""

    def __init__(self, source: Source) -> None:
        self._source, self._namespace, self._format = open_message(source)
        kind = _KINDS.get(self._format[:9])
        if kind is None:
            raise UnsupportedFormatError(format=self._format)
        self._kind: StatementKind = kind
        # One tree of paths for what stands above the entries, one for an entry, one for a
        # transaction, one for their parts.
        self._above, self._of_entry, self._of_detail, self._parts = (
            Paths(self._namespace) for _ in range(4)
        )
        self._structured_tag = f"{{{self._namespace}}}Strd"
        self._transaction_tag = f"{{{self._namespace}}}TxDtls"
        self._fingerprinter = Fingerprinter()
        self._entries_read = 0
        self._created: date | None = None

    def items(self) -> Iterator[StatementItem]:
        """Yield the statements in the order of the file.

        Raises:
            NoStatementError: There is none.
        """
        tags = [f"{{{self._namespace}}}{tag}" for tag in ("Ntry", *sorted(_STATEMENT_TAGS))]
        entry_tag = tags[0]
        found = False
        opened: _Opened | None = None
        tally = _Tally()
        for _, element in parse_message(self._source, tags):
            if element.tag == entry_tag:
                if opened is None:
                    # The schema puts the account and the balances before the entries.
                    parent = element.getparent()
                    if parent is None or parent.tag not in tags[1:]:
                        raise MissingElementError(line=line_of(element), element="Stmt")
                    opened = self._open(parent, element)
                    yield opened.head
                entry = self._entry(element, opened, tally)
                if entry is not None:
                    yield entry
                self._source.entry_read(line_of(element))
            else:
                found = True
                if opened is None:
                    opened = self._open(element, None)
                    yield opened.head
                yield self._close(opened, tally)
                opened, tally = None, _Tally()
            let_go(element)
        if not found:
            raise NoStatementError(format=self._format)

    def _open(self, statement: etree._Element, entry: etree._Element | None) -> _Opened:
        """Read what stands before the entries; ``entry`` is the first of them."""
        facts = Facts()
        found: list[etree._Element] = []
        summary: etree._Element | None = None
        for child in statement:
            below = self._above.of(child)
            if below.path == "Bal":
                found.append(child)
            elif below.path == "TxsSummry":
                summary = child
            elif below.path != "Ntry":
                facts.one(child, below)
        statement_id = facts.first("Id")
        iban = facts.first("Acct/Id/IBAN").replace(" ", "")
        other_id = facts.first(
            "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC"
        )
        if not (iban or other_id):
            raise MissingElementError(line=line_of(statement), element="Acct/Id")
        balances = [self._balance(one) for one in found]
        opening, closing = self._proving(balances, statement_id)
        currency = facts.first("Acct/Ccy")
        if not currency and balances:
            currency = (opening or balances[0]).currency
        if not currency and entry is not None:
            currency = self._first_currency(entry)
        if not currency:
            raise MissingElementError(line=line_of(statement), element="Acct/Ccy")
        if currency not in CURRENCIES and currency not in _WITHDRAWN:
            raise UnknownCurrencyError(line=line_of(statement), text=currency[:20])
        opening_balance: Decimal | None = None
        closing_balance: Decimal | None = None
        if opening and closing:
            for balance in (opening, closing):
                _same_currency(currency, balance.currency, balance.line)
            opening_balance = whole_cents(opening.amount, currency, opening.line)
            closing_balance = whole_cents(closing.amount, currency, closing.line)
            first_day, last_day = opening.day, closing.day
        else:
            first_day, last_day = self._period(statement, facts)
        number = facts.first("ElctrncSeqNb", "LglSeqNb")
        return _Opened(
            head=StatementHead(
                format=self._format,
                kind=self._kind,
                statement_id=statement_id,
                sequence_number=_sequence_number(number),
                account_iban=iban,
                account_id=other_id,
                account_key=account_key(iban or other_id),
                currency=currency,
                opening_balance=opening_balance,
                opening_date=first_day,
            ),
            closing_balance=closing_balance,
            closing_date=last_day,
            totals=() if summary is None else self._summary(summary),
        )

    def _proving(
        self, balances: list[_Balance], statement_id: str
    ) -> tuple[_Balance | None, _Balance | None]:
        """The two balances that the entries lie between; a statement must have them."""
        if self._kind != "statement":
            # An interim balance of a report stands anywhere in the day: it proves nothing.
            opening = _first(balances, "OPBD") or _first(balances, "PRCD")
            return opening, _first(balances, "CLBD")
        opening = _opening(balances)
        if opening is None:
            raise OpeningBalanceMissingError(format=self._format, statement_id=statement_id)
        closing = _closing(balances, opening)
        if closing is None:
            raise ClosingBalanceMissingError(format=self._format, statement_id=statement_id)
        return opening, closing

    def _period(self, statement: etree._Element, facts: Facts) -> tuple[date, date]:
        """First and last day of a report without balances: FrToDt, else the day it was made."""
        line = line_of(statement)
        made = facts.first("CreDtTm")
        day = day_of(made, line) if made else self._message_day(statement)
        first = facts.first("FrToDt/FrDtTm", "FrToDt/FrDt")
        last = facts.first("FrToDt/ToDtTm", "FrToDt/ToDt")
        first_day = day_of(first, line) if first else day
        last_day = day_of(last, line) if last else day
        if first_day is None or last_day is None:
            raise MissingElementError(line=line, element="CreDtTm")
        return first_day, last_day

    def _message_day(self, statement: etree._Element) -> date | None:
        """GrpHdr/CreDtTm, kept for the statements that follow the first."""
        message = statement.getparent()
        if self._created is None and message is not None:
            for child in message:
                if child.tag == f"{{{self._namespace}}}GrpHdr":
                    facts = Facts()
                    facts.take(child, self._parts)
                    text = facts.first("CreDtTm")
                    self._created = day_of(text, line_of(child)) if text else None
                    break
        return self._created

    def _first_currency(self, entry: etree._Element) -> str:
        found = entry.find(f"{{{self._namespace}}}Amt")
        return "" if found is None else found.get("Ccy", "")

    def _balance(self, element: etree._Element) -> _Balance:
        facts = Facts()
        facts.take(element, self._parts)
        amount, currency = _amount_of(facts.amounts.get("Amt"), element)
        text = facts.first("Dt/Dt", "Dt/DtTm")
        if not text:
            raise MissingElementError(line=line_of(element), element="Bal/Dt")
        return _Balance(
            code=facts.first("Tp/CdOrPrtry/Cd", "Tp/Cd"),
            amount=amount if _direction(facts, element) == "CRDT" else -amount,
            currency=currency,
            day=day_of(text, line_of(element)),
            line=line_of(element),
        )

    def _summary(self, element: etree._Element) -> tuple[_Totals, ...]:
        """The counts and sums of TxsSummry, signed only for the net of all."""
        facts = Facts()
        facts.take(element, self._parts)
        line = line_of(element)
        net = facts.first("TtlNtries/TtlNetNtry/Amt", "TtlNtries/TtlNetNtryAmt")
        side = facts.first("TtlNtries/TtlNetNtry/CdtDbtInd", "TtlNtries/CdtDbtInd")
        amount = _plain(net, line)
        return (
            _Totals(
                "TtlNtries/NbOfNtries",
                line,
                _count(facts.first("TtlNtries/NbOfNtries"), line),
                None,
            ),
            _Totals("TtlNtries/Sum", line, None, _plain(facts.first("TtlNtries/Sum"), line)),
            _Totals(
                "TtlNtries/TtlNetNtry", line, None, -amount if amount and side == "DBIT" else amount
            ),
            *(
                _Totals(
                    f"{part}/Sum",
                    line,
                    _count(facts.first(f"{part}/NbOfNtries"), line),
                    _plain(facts.first(f"{part}/Sum"), line),
                )
                for part in ("TtlCdtNtries", "TtlDbtNtries")
            ),
        )

    def _entry(
        self, element: etree._Element, opened: _Opened, tally: _Tally
    ) -> StatementEntry | None:
        """Read an entry; ``None`` when it is not booked."""
        head = opened.head
        facts = Facts()
        transactions: list[etree._Element] = []
        charged: list[etree._Element] = []
        for child in element:
            below = self._of_entry.of(child)
            path = below.path
            if path == "NtryDtls":
                transactions += child.iterchildren(self._transaction_tag)
            elif path == "TxDtls":
                transactions.append(child)
            elif path == "Chrgs":
                charged.append(child)
            else:
                facts.one(child, below)
        line = line_of(element)
        amount, currency = _amount_of(facts.amounts.get("Amt"), element)
        booked = facts.first("Sts", "Sts/Cd") in _BOOKED
        if not booked:
            tally.pend(amount, facts.first("CdtDbtInd"))
            return None
        self._entries_read += 1
        _same_currency(head.currency, currency, line)
        amount = whole_cents(amount, currency, line)
        direction = _direction(facts, element)
        tally.add(amount, direction)
        value = facts.first("ValDt/Dt", "ValDt/DtTm")
        booking = facts.first("BookgDt/Dt", "BookgDt/DtTm") or value
        if booking:
            booking_date = day_of(booking, line)
        elif self._kind == "statement":
            raise MissingElementError(line=line, element="Ntry/BookgDt")
        else:
            booking_date = opened.closing_date
        value_date = day_of(value, line) if value else booking_date
        charges = _charges(charged, currency, self._parts) if charged else None
        only = amount if len(transactions) == 1 else None
        read = [self._detail(found, currency, direction, only) for found in transactions]
        details = tuple(detail for detail, _, _ in read)
        _check_details(read, amount, charges, currency, line)
        texts = facts.texts
        label = texts.get("AddtlNtryInf", "")
        bank_reference = texts.get("AcctSvcrRef", "")
        domain = [
            texts[path]
            for path in ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")
            if path in texts
        ]
        extra = dict.fromkeys(text for _, _, text in read if text) if not label else ()
        return StatementEntry(
            index=self._entries_read,
            direction=direction,
            amount=amount,
            reversal=texts.get("RvslInd") in {"true", "1"},
            booking_date=booking_date,
            value_date=value_date,
            bank_reference=bank_reference,
            bank_code="-".join(domain) or texts.get("BkTxCd/Prtry/Cd", ""),
            label=label or " ".join(extra),
            details=details,
            raw=etree.tostring(element, encoding="unicode", with_tail=False),
            # What the bank says of a transaction stands in no other format: it is no part of what
            # recognises the movement.
            fingerprint=self._fingerprinter.fingerprint(
                account_key=head.account_key,
                direction=direction,
                amount=amount,
                booking_date=booking_date,
                value_date=value_date,
                bank_reference=bank_reference,
                label=label,
                details=details,
            ),
            charges=charges,
            line=line,
        )

    def _detail(
        self,
        element: etree._Element,
        currency: str,
        direction: Direction,
        entry_amount: Decimal | None,
    ) -> tuple[EntryDetail, bool, str]:
        """A transaction, whether it moves the other way than its entry, what the bank adds."""
        facts = Facts()
        structured: list[etree._Element] = []
        charged: list[etree._Element] = []
        for child in element:
            below = self._of_detail.of(child)
            if below.path == "Chrgs":
                charged.append(child)
                continue
            facts.one(child, below)
            if below.path == "RmtInf":
                structured += child.iterchildren(self._structured_tag)
        references: list[str] = []
        texts = facts.all("RmtInf/Ustrd")
        if structured:
            references = facts.all("RmtInf/Strd/CdtrRefInf/Ref") or facts.all(
                "RmtInf/Strd/CdtrRefInf/CdtrRef"
            )
            # A transfer has one reference; what a bank adds to it is kept with the free text.
            texts += [*facts.all("RmtInf/Strd/AddtlRmtInf"), *references[1:]]
        amount, told = _detail_amount(facts, currency)
        original, original_currency = _original(facts, currency)
        opposite = told and facts.first("CdtDbtInd") not in {"", direction}
        get = facts.texts.get
        detail = EntryDetail(
            amount=amount if told else entry_amount,
            end_to_end_id=get("Refs/EndToEndId", ""),
            mandate_id=get("Refs/MndtId", ""),
            payer_name=_party_name(facts, "Dbtr"),
            payer_iban=get("RltdPties/DbtrAcct/Id/IBAN", "").replace(" ", ""),
            payee_name=_party_name(facts, "Cdtr"),
            payee_iban=get("RltdPties/CdtrAcct/Id/IBAN", "").replace(" ", ""),
            remittance_text=" ".join(texts),
            creditor_reference=references[0] if references else "",
            document_numbers=(tuple(facts.all("RmtInf/Strd/RfrdDocInf/Nb")) if structured else ()),
            return_reason=get("RtrInf/Rsn/Cd") or get("RtrInf/Rsn/Prtry", ""),
            return_text=" ".join(facts.all("RtrInf/AddtlInf"))
            if "RtrInf/AddtlInf" in facts.texts
            else "",
            payer_bic=get("RltdAgts/DbtrAgt/FinInstnId/BICFI")
            or get("RltdAgts/DbtrAgt/FinInstnId/BIC", ""),
            ultimate_payer_name=get("RltdPties/UltmtDbtr/Nm")
            or get("RltdPties/UltmtDbtr/Pty/Nm", ""),
            original_amount=original,
            original_currency=original_currency,
            charges=_charges(charged, currency, self._parts) if charged else None,
            creditor_id=_creditor_id(facts),
            transaction_id=get("Refs/TxId") or get("Refs/UETR") or get("Refs/AcctSvcrRef", ""),
            purpose=get("Purp/Cd") or get("Purp/Prtry", ""),
            documents=(
                _documents(structured, self._parts)
                if "RmtInf/Strd/RfrdDocInf/Nb" in facts.texts
                else ()
            ),
        )
        return detail, opposite, get("AddtlTxInf", "")

    def _close(self, opened: _Opened, tally: _Tally) -> StatementFoot:
        """Prove what has been read.

        Raises:
            BalanceMismatchError: The entries do not lead to the closing balance.
            TotalsMismatchError: The summary tells another count or sum.
        """
        head = opened.head
        proof: Proof = "none"
        if head.opening_balance is not None and opened.closing_balance is not None:
            check_balances(
                head, head.statement_id, head.opening_balance, tally.net, opened.closing_balance
            )
            proof = "balances"
        elif opened.totals:
            proof = _check_totals(opened.totals, tally)
        return StatementFoot(
            statement_id=head.statement_id,
            closing_balance=opened.closing_balance if proof == "balances" else None,
            closing_date=opened.closing_date,
            proof=proof,
            entries=tally.counts["CRDT"] + tally.counts["DBIT"],
            movements=tally.net,
            pending=sum(tally.pending_counts.values()),
        )


class _Tally:
    """Counts and sums of the entries of one statement, booked and pending apart."""

    def __init__(self) -> None:
        self.counts = {"CRDT": 0, "DBIT": 0}
        self.sums = {"CRDT": money.ZERO, "DBIT": money.ZERO}
        self.pending_counts = {"CRDT": 0, "DBIT": 0}
        self.pending_sums = {"CRDT": money.ZERO, "DBIT": money.ZERO}

    def add(self, amount: Decimal, direction: Direction) -> None:
        """Count a booked entry."""
        self.counts[direction] += 1
        self.sums[direction] += amount

    def pend(self, amount: Decimal, direction: str) -> None:
        """Count an entry that is not booked; without a direction it counts as a debit."""
        side = "CRDT" if direction == "CRDT" else "DBIT"
        self.pending_counts[side] += 1
        self.pending_sums[side] += amount

    @property
    def net(self) -> Decimal:
        """Signed sum of the booked entries."""
        return self.sums["CRDT"] - self.sums["DBIT"]


def _check_totals(totals: tuple[_Totals, ...], tally: _Tally) -> Proof:
    """Compare a summary with the booked entries, or with all of them: banks do either.

    Returns:
        ``totals`` when a count and a sum were told and agree, ``none`` when there was not enough.
    """
    booked_counts, booked_sums = tally.counts, tally.sums
    every_count = {side: booked_counts[side] + tally.pending_counts[side] for side in booked_counts}
    every_sum = {side: booked_sums[side] + tally.pending_sums[side] for side in booked_sums}
    first: TotalsMismatchError | None = None
    for counts, sums in ((booked_counts, booked_sums), (every_count, every_sum)):
        error = _totals_error(totals, counts, sums)
        if error is None:
            counted = any(one.entries is not None for one in totals)
            summed = any(one.amount is not None for one in totals)
            return "totals" if counted and summed else "none"
        first = first or error
    assert first is not None, "both comparisons failed"
    raise first


def _totals_error(
    totals: tuple[_Totals, ...], counts: dict[str, int], sums: dict[str, Decimal]
) -> TotalsMismatchError | None:
    both = Decimal(sum(counts.values()))
    found: dict[str, tuple[Decimal, Decimal]] = {
        "TtlNtries/NbOfNtries": (both, money.ZERO),
        "TtlNtries/Sum": (money.ZERO, sums["CRDT"] + sums["DBIT"]),
        "TtlNtries/TtlNetNtry": (money.ZERO, sums["CRDT"] - sums["DBIT"]),
        "TtlCdtNtries/Sum": (Decimal(counts["CRDT"]), sums["CRDT"]),
        "TtlDbtNtries/Sum": (Decimal(counts["DBIT"]), sums["DBIT"]),
    }
    for one in totals:
        count, amount = found[one.element]
        if one.entries is not None and Decimal(one.entries) != count:
            name = one.element.replace("/Sum", "/NbOfNtries")
            return TotalsMismatchError(
                line=one.line, element=name, told=Decimal(one.entries), found=count
            )
        if one.amount is not None and one.amount != amount:
            return TotalsMismatchError(
                line=one.line, element=one.element, told=one.amount, found=amount
            )
    return None


def _check_details(
    read: list[tuple[EntryDetail, bool, str]],
    amount: Decimal,
    charges: Decimal | None,
    currency: str,
    line: int,
) -> None:
    """Refuse an entry whose transactions, all told, are not its sum.

    What banks kept on the way may lie between the two: the entry is then net of charges told in
    the entry or in its transactions, or includes them.
    """
    total = money.ZERO
    kept = charges or money.ZERO
    for detail, opposite, _ in read:
        if detail.amount is None:
            return
        total += -detail.amount if opposite else detail.amount
        if charges is None and detail.charges is not None:
            kept += detail.charges
    if read and total != amount and amount not in {total - kept, total + kept}:
        raise DetailTotalError(line=line, currency=currency, amount=amount, total=total)


def _detail_amount(facts: Facts, currency: str) -> tuple[Decimal | None, bool]:
    """The part of the entry that this transaction is, when told in the entry's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = facts.amounts.get(path)
        if found is not None and found.get("Ccy") == currency:
            return _exact(found, currency), True
    return None, False


def _original(facts: Facts, currency: str) -> tuple[Decimal | None, str]:
    """What was ordered (InstdAmt), else what is told in another currency than the entry's."""
    found = facts.amounts.get("AmtDtls/InstdAmt/Amt")
    if found is None:
        for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt"):
            found = facts.amounts.get(path)
            if found is not None and found.get("Ccy", currency) != currency:
                break
        else:
            return None, ""
    ordered_currency = found.get("Ccy", "")
    if ordered_currency not in CURRENCIES and ordered_currency not in _WITHDRAWN:
        raise UnknownCurrencyError(line=line_of(found), text=ordered_currency[:20])
    return _decimal(found), ordered_currency


def _charges(elements: list[etree._Element], currency: str, paths: Paths) -> Decimal | None:
    """What banks kept, in the account's currency: the total told, else the sum of the records.

    A charge given back (CRDT) counts less. ``None`` when it is told in another currency only.
    """
    total: Decimal | None = None
    for element in elements:
        facts = Facts()
        facts.take(element, paths)
        told = facts.amounts.get("TtlChrgsAndTaxAmt")
        if told is not None and told.get("Ccy", currency) == currency:
            total = (total or money.ZERO) + _exact(told, currency)
            continue
        records = [child for child in element if paths.of(child).path == "Rcrd"] or [element]
        for record in records:
            of_record = Facts()
            of_record.take(record, paths)
            amount = of_record.amounts.get("Amt")
            if amount is not None and amount.get("Ccy", currency) == currency:
                value = _exact(amount, currency)
                back = of_record.first("CdtDbtInd") == "CRDT"
                total = (total or money.ZERO) + (-value if back else value)
    return total


def _documents(structured: list[etree._Element], paths: Paths) -> tuple[ReferredDocument, ...]:
    """The documents told with a kind, a day or amounts; a bare number is not repeated here."""
    documents = []
    for element in structured:
        facts = Facts()
        facts.take(element, paths)
        number = facts.first("RfrdDocInf/Nb")
        if not number:
            continue
        line = line_of(element)
        day = facts.first("RfrdDocInf/RltdDt", "RfrdDocInf/RltdDt/Dt")
        document = ReferredDocument(
            number=number,
            kind=facts.first("RfrdDocInf/Tp/CdOrPrtry/Cd", "RfrdDocInf/Tp/CdOrPrtry/Prtry"),
            day=day_of(day, line) if day else None,
            due_amount=_document_amount(facts, "DuePyblAmt"),
            remitted_amount=_document_amount(facts, "RmtdAmt"),
            credit_amount=_document_amount(facts, "CdtNoteAmt"),
            discount_amount=_document_amount(facts, "DscntApldAmt"),
        )
        if document != ReferredDocument(number=number):
            documents.append(document)
    return tuple(documents)


def _document_amount(facts: Facts, name: str) -> Decimal | None:
    """RfrdDocAmt/``name``; early versions and later ones wrap the amount differently."""
    for path in (f"RfrdDocAmt/{name}", f"RfrdDocAmt/{name}/Amt", f"RfrdDocAmt/RmtAmtAndTp/{name}"):
        found = facts.amounts.get(path)
        if found is not None:
            return _decimal(found)
    return None


def _creditor_id(facts: Facts) -> str:
    """The SEPA creditor identifier (ICS) among the private identifiers of the creditor."""
    for base in ("RltdPties/Cdtr/Id/PrvtId/Othr/", "RltdPties/Cdtr/Pty/Id/PrvtId/Othr/"):
        found = facts.texts.get(base + "Id")
        if found is not None:
            scheme = facts.first(base + "SchmeNm/Prtry", base + "SchmeNm/Cd")
            if scheme == "SEPA" or ("Refs/MndtId" in facts.texts and _CREDITOR_ID.fullmatch(found)):
                return found
    return ""


_PARTY_PATHS: Final = {
    role: (
        f"RltdPties/{role}/Nm",
        f"RltdPties/{role}/Pty/Nm",
        f"RltdPties/{role}/Agt/FinInstnId/Nm",
        f"RltdPties/Ultmt{role}/Nm",
        f"RltdPties/Ultmt{role}/Pty/Nm",
    )
    for role in ("Dbtr", "Cdtr")
}


def _party_name(facts: Facts, role: str) -> str:
    return facts.first(*_PARTY_PATHS[role])


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


def _amount_of(found: etree._Element | None, element: etree._Element) -> tuple[Decimal, str]:
    """The Amt of an element and its currency, both needed."""
    if found is None:
        raise MissingElementError(
            line=line_of(element), element=f"{element.tag.rpartition('}')[2]}/Amt"
        )
    currency = found.get("Ccy", "")
    if not currency:
        raise MissingElementError(line=line_of(found), element="Amt/@Ccy")
    return _decimal(found), currency


def _exact(element: etree._Element, currency: str) -> Decimal:
    return whole_cents(_decimal(element), currency, line_of(element))


def _decimal(element: etree._Element) -> Decimal:
    text = (element.text or "").strip()
    if not AMOUNT.fullmatch(text):
        raise InvalidAmountError(line=line_of(element), text=text[:40])
    return Decimal(text)


def _plain(text: str, line: int) -> Decimal | None:
    """An amount without a currency, in a summary; its sign is told apart or with a dash."""
    if not text:
        return None
    if not AMOUNT.fullmatch(text.removeprefix("-")):
        raise InvalidAmountError(line=line, text=text[:40])
    return Decimal(text)


def _count(text: str, line: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise InvalidAmountError(line=line, text=text[:40])
    return int(text)


def _sequence_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _direction(facts: Facts, element: etree._Element) -> Direction:
    text = facts.texts.get("CdtDbtInd", "")
    if text == "CRDT":
        return "CRDT"
    if text == "DBIT":
        return "DBIT"
    raise InvalidDirectionError(line=line_of(element), text=text[:20])
