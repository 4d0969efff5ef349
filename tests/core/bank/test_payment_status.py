"""Goal: what the bank answers to a payment file is read per instruction, hostile XML refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from echeance.core import bank
from echeance.core.bank.errors import BankFileError
from echeance.core.bank.payment_status import BatchStatus, InstructionStatus

TRANSACTION = """<TxInfAndSts><OrgnlInstrId>I-1</OrgnlInstrId><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId>
<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>COMPTE</AddtlInf>
<AddtlInf>CLOS</AddtlInf></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">120.50</InstdAmt></Amt>
<MndtRltdInf><MndtId>RUM-1</MndtId></MndtRltdInf></OrgnlTxRef></TxInfAndSts>"""


def report(group: str = "", *batches: str, version: str = "10") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>ACK-9</MsgId><CreDtTm>2026-11-24T08:00:00</CreDtTm></GrpHdr>"
        "<OrgnlGrpInfAndSts><OrgnlMsgId>LOT-1</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>"
        f"{''.join(batches)}</CstmrPmtStsRpt></Document>"
    ).encode()


def batch(*parts: str) -> str:
    return (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>P-1</OrgnlPmtInfId>{''.join(parts)}</OrgnlPmtInfAndSts>"
    )


@pytest.mark.parametrize("version", ["03", "06", "09", "10", "14"])
def test_a_refused_instruction_is_told_with_its_reason(version):
    found = bank.read_payment_status(
        report("<GrpSts>PART</GrpSts>", batch(TRANSACTION), version=version)
    )

    assert (found.format, found.message_id) == (f"pain.002.001.{version}", "ACK-9")
    assert (found.original_message_id, found.original_message_name) == ("LOT-1", "pain.008.001.08")
    assert (found.group_status, found.refused) == ("PART", False)
    assert found.batches == (BatchStatus("P-1", "", "", ""),)
    assert found.instructions == (
        InstructionStatus(
            end_to_end_id="E2E-1",
            instruction_id="I-1",
            payment_information_id="P-1",
            status="RJCT",
            reason_code="AC04",
            reason_text="COMPTE CLOS",
            amount=Decimal("120.50"),
            currency="EUR",
            mandate_id="RUM-1",
            line=2,
        ),
    )
    assert found.instructions[0].refused


@pytest.mark.parametrize("status", ["ACTC", "ACCP", "ACSC", "RJCT"])
def test_a_file_may_be_answered_as_a_whole(status):
    found = bank.read_payment_status(report(f"<GrpSts>{status}</GrpSts>"))

    assert (found.group_status, found.refused) == (status, status == "RJCT")
    assert found.instructions == ()


def test_a_file_refused_as_a_whole_says_why():
    reason = "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn><AddtlInf>XSD</AddtlInf></StsRsnInf>"

    found = bank.read_payment_status(report(f"<GrpSts>RJCT</GrpSts>{reason}"))

    assert (found.reason_code, found.reason_text) == ("FF01", "XSD")


def test_an_instruction_without_a_status_has_that_of_its_batch():
    silent = "<TxInfAndSts><OrgnlEndToEndId>E2E-2</OrgnlEndToEndId></TxInfAndSts>"
    reason = "<StsRsnInf><Rsn><Cd>MD01</Cd></Rsn></StsRsnInf>"

    found = bank.read_payment_status(
        report("", batch("<PmtInfSts>RJCT</PmtInfSts>", reason, silent))
    )

    assert [(one.status, one.reason_code) for one in found.instructions] == [("RJCT", "MD01")]


def test_more_instructions_than_the_bank_counts_are_refused():
    counted = "<NbOfTxsPerSts><DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>RJCT</DtldSts></NbOfTxsPerSts>"

    assert bank.read_payment_status(report("", batch(counted, TRANSACTION))).instructions
    with pytest.raises(BankFileError) as refused:
        bank.read_payment_status(report("", batch(counted, TRANSACTION, TRANSACTION)))

    assert refused.value.code == "bank.totals_mismatch"


PLAIN = report("<GrpSts>PART</GrpSts>", batch(TRANSACTION))
REFUSED = [
    ("doctype", PLAIN.replace(b"<Document", b"<!DOCTYPE d><Document", 1), "bank.doctype_refused"),
    ("cut", PLAIN[:-30], "bank.truncated_file"),
    ("broken", PLAIN.replace(b"<TxSts>", b"<TxSts", 1), "bank.malformed_xml"),
    ("version 02", PLAIN.replace(b"001.10", b"001.02"), "bank.unsupported_format"),
    ("statement", PLAIN.replace(b"pain.002.001.10", b"camt.053.001.08"), "bank.unsupported_format"),
    ("no original", PLAIN.replace(b"OrgnlMsgId", b"OtherId"), "bank.missing_element"),
    ("amount", PLAIN.replace(b"120.50", b"1e9"), "bank.invalid_amount"),
    ("not XML", b"RJCT", "bank.malformed_xml"),
    ("another document", b"<html/>", "bank.unknown_format"),
    ("deep", PLAIN.replace(b"<TxSts>", b"<a>" * 300 + b"<TxSts>", 1), "bank.xml_too_complex"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_is_no_answer_of_a_bank_is_refused(content, code):
    with pytest.raises(BankFileError) as refused:
        bank.read_payment_status(content)

    assert refused.value.code == code
