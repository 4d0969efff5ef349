"""Write statements as a bank would: for a simulated bank, and to prove the readers.

A written statement is read back equal, apart from ``format``, ``raw`` and what the target format
cannot carry (said in each function).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from echeance.core import money
from echeance.core.bank.cfonb import NEGATIVE, POSITIVE, RECORD_LENGTH
from echeance.core.bank.model import EntryDetail, Statement, StatementEntry

CAMT_FORMAT: Final = "camt.053.001.08"
_NAMESPACE: Final = f"urn:iso:std:iso:20022:tech:xsd:{CAMT_FORMAT}"
_COMPLEMENT_WIDTH: Final = 70


def write_camt053(*statements: Statement) -> bytes:
    """Write camt.053.001.08, UTF-8."""
    root = etree.fromstring(f'<Document xmlns="{_NAMESPACE}"/>')
    message = _child(root, "BkToCstmrStmt")
    header = _child(message, "GrpHdr")
    _leaf(header, "MsgId", statements[0].statement_id)
    _leaf(header, "CreDtTm", f"{statements[0].closing_date.isoformat()}T23:00:00")
    for statement in statements:
        _write_statement(_child(message, "Stmt"), statement)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _write_statement(parent: etree._Element, statement: Statement) -> None:
    _leaf(parent, "Id", statement.statement_id)
    if statement.sequence_number is not None:
        _leaf(parent, "ElctrncSeqNb", str(statement.sequence_number))
    _leaf(parent, "CreDtTm", f"{statement.closing_date.isoformat()}T23:00:00")
    account = _child(parent, "Acct")
    identifier = _child(account, "Id")
    if statement.account_iban:
        _leaf(identifier, "IBAN", statement.account_iban)
    else:
        _leaf(identifier, "Othr/Id", statement.account_id)
    _leaf(account, "Ccy", statement.currency)
    for code, amount, day in (
        ("OPBD", statement.opening_balance, statement.opening_date),
        ("CLBD", statement.closing_balance, statement.closing_date),
    ):
        if amount is None:
            continue
        balance = _child(parent, "Bal")
        _leaf(balance, "Tp/CdOrPrtry/Cd", code)
        _amount(balance, abs(amount), statement.currency)
        _leaf(balance, "CdtDbtInd", "DBIT" if amount < money.ZERO else "CRDT")
        _leaf(balance, "Dt/Dt", day.isoformat())
    for entry in statement.entries:
        _write_entry(_child(parent, "Ntry"), entry, statement.currency)


def _write_entry(parent: etree._Element, entry: StatementEntry, currency: str) -> None:
    _amount(parent, entry.amount, currency)
    _leaf(parent, "CdtDbtInd", entry.direction)
    if entry.reversal:
        _leaf(parent, "RvslInd", "true")
    _leaf(parent, "Sts/Cd", "BOOK")
    _leaf(parent, "BookgDt/Dt", entry.booking_date.isoformat())
    _leaf(parent, "ValDt/Dt", entry.value_date.isoformat())
    _leaf(parent, "AcctSvcrRef", entry.bank_reference)
    code = _child(parent, "BkTxCd")
    parts = entry.bank_code.split("-")
    if len(parts) == 3:
        domain = _child(code, "Domn")
        _leaf(domain, "Cd", parts[0])
        family = _child(domain, "Fmly")
        _leaf(family, "Cd", parts[1])
        _leaf(family, "SubFmlyCd", parts[2])
    else:
        _leaf(code, "Prtry/Cd", entry.bank_code)
    if entry.details:
        details = _child(parent, "NtryDtls")
        for detail in entry.details:
            _write_detail(_child(details, "TxDtls"), detail, entry, currency)
    _leaf(parent, "AddtlNtryInf", entry.label)


def _write_detail(
    parent: etree._Element, detail: EntryDetail, entry: StatementEntry, currency: str
) -> None:
    references = _child(parent, "Refs")
    _leaf(references, "EndToEndId", detail.end_to_end_id or "NOTPROVIDED")
    _leaf(references, "MndtId", detail.mandate_id)
    if detail.amount is not None:
        _amount(parent, detail.amount, currency)
        _leaf(parent, "CdtDbtInd", entry.direction)
    if detail.charges is not None:
        charges = etree.SubElement(_child(parent, "Chrgs"), f"{{{_NAMESPACE}}}TtlChrgsAndTaxAmt")
        charges.set("Ccy", currency)
        charges.text = f"{detail.charges:f}"
    if detail.payer_name or detail.payer_iban or detail.payee_name or detail.payee_iban:
        parties = _child(parent, "RltdPties")
        for role, name, iban in (
            ("Dbtr", detail.payer_name, detail.payer_iban),
            ("Cdtr", detail.payee_name, detail.payee_iban),
        ):
            _leaf(parties, f"{role}/Pty/Nm", name)
            _leaf(parties, f"{role}Acct/Id/IBAN", iban)
    if detail.remittance_text or detail.creditor_reference or detail.document_numbers:
        remittance = _child(parent, "RmtInf")
        _leaf(remittance, "Ustrd", detail.remittance_text)
        if detail.creditor_reference or detail.document_numbers:
            structured = _child(remittance, "Strd")
            for number in detail.document_numbers:
                _leaf(structured, "RfrdDocInf/Nb", number)
            _leaf(structured, "CdtrRefInf/Ref", detail.creditor_reference)
    if detail.return_reason:
        _leaf(parent, "RtrInf/Rsn/Cd", detail.return_reason)


def _child(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}")


def _leaf(parent: etree._Element, path: str, text: str) -> None:
    """Write ``text`` at a new ``path``; an empty text writes nothing."""
    if text:
        for step in path.split("/"):
            parent = _child(parent, step)
        parent.text = text


def _amount(parent: etree._Element, amount: Decimal, currency: str) -> None:
    element = _child(parent, "Amt")
    element.set("Ccy", currency)
    element.text = f"{amount:f}"


def write_cfonb120(*statements: Statement) -> bytes:
    """Write CFONB 120, ISO 8859-1, CRLF.

    The account must be French: its key gives bank, branch and number. CFONB carries one
    transaction per movement, labels of 31 characters, interbank codes of 2, reject codes of 2;
    longer ones are cut (a longer label is repeated whole in a LIB complement), and a character
    outside ISO 8859-1 becomes a question mark. Statement id, sequence number, reversal and
    document numbers have no place in it.
    """
    records = [record for statement in statements for record in _records(statement)]
    assert all(len(record) == RECORD_LENGTH for record in records), "a field overflows"
    return "".join(f"{record}\r\n" for record in records).encode("iso-8859-1", "replace")


def _records(statement: Statement) -> Iterator[str]:
    bank, branch, account = statement.account_key.split("-")
    decimals = money.decimals(statement.currency)

    def record(kind: str, code: str, day: date, tail: str) -> str:
        # Columns 1-40; the internal operation code (8-11) is left blank.
        head = f"{kind}{bank}    {branch}{statement.currency}{decimals} {account}"
        return f"{head}{code:2.2}{day:%d%m%y}{tail}".ljust(RECORD_LENGTH)

    def balance(kind: str, day: date, amount: Decimal) -> str:
        return record(kind, "", day, " " * 50 + _overpunch(amount, decimals))

    assert statement.opening_balance is not None, "CFONB 120 has balances"
    assert statement.closing_balance is not None, "CFONB 120 has balances"
    yield balance("01", statement.opening_date, statement.opening_balance)
    for entry in statement.entries:
        assert len(entry.details) <= 1, "CFONB 120 has no batch details: write one entry each"
        detail = entry.details[0] if entry.details else EntryDetail()
        short = len(entry.bank_reference) <= 16
        yield record(
            "04",
            entry.bank_code,
            entry.booking_date,
            f"{detail.return_reason:2.2}{entry.value_date:%d%m%y}{entry.label:31.31}  0000000  "
            f"{_overpunch(entry.signed, decimals)}{entry.bank_reference if short else '':16}",
        )
        for qualifier, text in _complements(entry, detail):
            yield record("05", entry.bank_code, entry.booking_date, f"     {qualifier}{text:70}")
    yield balance("07", statement.closing_date, statement.closing_balance)


def _complements(entry: StatementEntry, detail: EntryDetail) -> Iterator[tuple[str, str]]:
    """Yield (qualifier, text of at most 70 characters)."""
    if len(entry.label) > 31:
        for text in textwrap.wrap(entry.label, _COMPLEMENT_WIDTH):
            yield "LIB", text
    for qualifier, text in (
        ("NPY", detail.payer_name),
        ("IPY", detail.payer_iban),
        ("NBE", detail.payee_name),
        ("IBE", detail.payee_iban),
        ("RCN", detail.end_to_end_id[:35]),
        ("RUM", detail.mandate_id[:35]),
        ("LCS", detail.creditor_reference),
        ("REF", entry.bank_reference if len(entry.bank_reference) > 16 else ""),
    ):
        if text:
            yield qualifier, text[:_COMPLEMENT_WIDTH]
    remittance = detail.remittance_text
    if len(remittance) <= 2 * _COMPLEMENT_WIDTH:
        # The two halves are read end to end: no word is lost at the cut.
        if remittance:
            yield "LCC", remittance[:_COMPLEMENT_WIDTH]
        if len(remittance) > _COMPLEMENT_WIDTH:
            yield "LC2", remittance[_COMPLEMENT_WIDTH:]
    else:
        for text in textwrap.wrap(remittance, _COMPLEMENT_WIDTH):
            yield "LIB", text


def _overpunch(amount: Decimal, decimals: int) -> str:
    """14 characters: 13 digits, then the last digit with the sign.

    >>> _overpunch(Decimal("-12.30"), 2)
    '0000000000123}'
    """
    units = int(abs(amount).scaleb(decimals))
    codes = NEGATIVE if amount < money.ZERO else POSITIVE
    return f"{units // 10:013d}{codes[units % 10]}"
