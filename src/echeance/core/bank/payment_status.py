"""pain.002, what the bank answers to a file of transfers or direct debits: accepted or refused.

Source: ISO 20022 CustomerPaymentStatusReport, pain.002.001.03 to .001.14; EPC132-08 and EPC130-08
for its use in SEPA.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lxml import etree

from echeance.core.bank.errors import (
    FileTooLargeError,
    InvalidAmountError,
    MissingElementError,
    TotalsMismatchError,
    UnsupportedFormatError,
)
from echeance.core.bank.iso20022 import (
    Facts,
    Paths,
    let_go,
    line_of,
    open_message,
    parse_message,
    xml_error,
)
from echeance.core.bank.proof import AMOUNT

_PREFIX: Final = "pain.002."
MEGABYTE: Final = 1024 * 1024
SIZE_LIMIT_MB: Final = 50

REFUSED: Final = frozenset({"RJCT", "CANC"})
"""Statuses after which nothing is executed."""

SETTLED: Final = frozenset({"ACSC", "ACCC", "ACSP"})
"""Statuses of what is executed or being so."""


@dataclass(frozen=True, slots=True)
class InstructionStatus:
    """What became of one instruction (TxInfAndSts).

    Attributes:
        payment_information_id: OrgnlPmtInfId, the batch it was sent in.
        status: TxSts (``ACCP``, ``ACSC``, ``RJCT``, ``PDNG``); that of its batch, else that of the
            message, when it has none of its own.
        reason_code: ISO 20022 code of the reason (``AC04``), else the bank's own; empty when none.
        reason_text: What the bank adds, one line.
        amount: OrgnlTxRef/Amt/InstdAmt, in ``currency``; ``None`` when not told.
        line: 1-based line of the file.
    """

    end_to_end_id: str
    instruction_id: str
    payment_information_id: str
    status: str
    reason_code: str
    reason_text: str
    amount: Decimal | None
    currency: str
    mandate_id: str
    line: int

    @property
    def refused(self) -> bool:
        """Whether nothing will be executed."""
        return self.status in REFUSED


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """What became of a batch (OrgnlPmtInfAndSts) as a whole.

    Attributes:
        status: PmtInfSts; empty when only its instructions, or the message, have one.
    """

    payment_information_id: str
    status: str
    reason_code: str
    reason_text: str


@dataclass(frozen=True, slots=True)
class PaymentStatusReport:
    """One pain.002.

    Attributes:
        message_id: Of the report itself.
        original_message_id: MsgId of the pain.001 or pain.008 that it answers.
        original_message_name: ``pain.001.001.09``; empty when not told.
        group_status: GrpSts; empty when each batch has its own.
        instructions: Only those that the bank names: an accepted file may name none.
    """

    format: str
    message_id: str
    original_message_id: str
    original_message_name: str
    group_status: str
    reason_code: str
    reason_text: str
    batches: tuple[BatchStatus, ...]
    instructions: tuple[InstructionStatus, ...]

    @property
    def refused(self) -> bool:
        """Whether the whole file is refused."""
        return self.group_status in REFUSED


def read_payment_status(content: bytes) -> PaymentStatusReport:
    """Read a pain.002 of version 03 or later.

    A count told for a status (NbOfTxsPerSts) below the instructions of that status that are named
    is refused; one above is not, since banks name only what they refuse.

    Raises:
        BankFileError: Not a pain.002, hostile or cut XML, no original message.
    """
    if len(content) > SIZE_LIMIT_MB * MEGABYTE:
        raise FileTooLargeError(size_mb=-(-len(content) // MEGABYTE), limit_mb=SIZE_LIMIT_MB)
    try:
        return _read(content)
    except etree.XMLSyntaxError as error:
        raise xml_error(error) from error


def _read(content: bytes) -> PaymentStatusReport:
    source, namespace, name = open_message(io.BytesIO(content))
    if not name.startswith(_PREFIX) or int(name[-2:]) < 3:
        raise UnsupportedFormatError(format=name)
    paths = Paths(namespace)
    group = Facts()
    batches: list[BatchStatus] = []
    instructions: list[InstructionStatus] = []
    pending: list[tuple[Facts, int]] = []
    counts: list[tuple[str, str, int]] = []
    batch_counts: list[tuple[str, str, int]] = []
    top = 1
    tags = ["TxInfAndSts", "OrgnlPmtInfAndSts", "OrgnlGrpInfAndSts", "GrpHdr"]
    for _, element in parse_message(source, [f"{{{namespace}}}{tag}" for tag in tags]):
        tag = element.tag.rpartition("}")[2]
        if tag == "TxInfAndSts":
            facts = Facts()
            facts.take(element, paths)
            pending.append((facts, line_of(element)))
            source.entry_read(line_of(element))
            element.clear()
            continue
        if tag == "OrgnlPmtInfAndSts":
            facts = Facts()
            for child in element:
                below = paths.of(child)
                if below.path == "NbOfTxsPerSts":
                    batch_counts.append(_told_count(child, below))
                elif below.path != "TxInfAndSts":
                    facts.one(child, below)
            batch = _batch(facts)
            batches.append(batch)
            instructions += [
                _instruction(one, line, batch, group.first("GrpSts")) for one, line in pending
            ]
            pending = []
        else:
            top = line_of(element)
            for child in element:
                below = paths.of(child)
                if below.path == "NbOfTxsPerSts":
                    counts.append(_told_count(child, below))
                else:
                    group.one(child, below)
        let_go(element)
    whole = BatchStatus("", "", "", "")
    instructions += [_instruction(one, line, whole, group.first("GrpSts")) for one, line in pending]
    original = group.first("OrgnlMsgId")
    if not original:
        raise MissingElementError(line=top, element="OrgnlGrpInfAndSts/OrgnlMsgId")
    _check_counts(counts, batch_counts, instructions)
    return PaymentStatusReport(
        format=name,
        message_id=group.first("MsgId"),
        original_message_id=original,
        original_message_name=group.first("OrgnlMsgNmId"),
        group_status=group.first("GrpSts"),
        reason_code=_reason(group),
        reason_text=" ".join(group.all("StsRsnInf/AddtlInf")),
        batches=tuple(batches),
        instructions=tuple(instructions),
    )


def _reason(facts: Facts) -> str:
    return facts.first("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")


def _batch(facts: Facts) -> BatchStatus:
    return BatchStatus(
        payment_information_id=facts.first("OrgnlPmtInfId"),
        status=facts.first("PmtInfSts"),
        reason_code=_reason(facts),
        reason_text=" ".join(facts.all("StsRsnInf/AddtlInf")),
    )


def _instruction(facts: Facts, line: int, batch: BatchStatus, group: str) -> InstructionStatus:
    amount = facts.amounts.get("OrgnlTxRef/Amt/InstdAmt")
    value: Decimal | None = None
    if amount is not None:
        text = (amount.text or "").strip()
        if not AMOUNT.fullmatch(text):
            raise InvalidAmountError(line=line, text=text[:40])
        value = Decimal(text)
    own = facts.first("TxSts")
    return InstructionStatus(
        end_to_end_id=facts.first("OrgnlEndToEndId"),
        instruction_id=facts.first("OrgnlInstrId"),
        payment_information_id=batch.payment_information_id,
        status=own or batch.status or group,
        reason_code=_reason(facts) or ("" if own else batch.reason_code),
        reason_text=" ".join(facts.all("StsRsnInf/AddtlInf")),
        amount=value,
        currency="" if amount is None else amount.get("Ccy", ""),
        mandate_id=facts.first(
            "OrgnlTxRef/MndtRltdInf/MndtId", "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId"
        ),
        line=line,
    )


def _told_count(element: etree._Element, paths: Paths) -> tuple[str, str, int]:
    facts = Facts()
    facts.take(element, paths)
    return (
        facts.first("NbOfTxsPerSts/DtldSts"),
        facts.first("NbOfTxsPerSts/DtldNbOfTxs"),
        line_of(element),
    )


def _check_counts(
    counts: list[tuple[str, str, int]],
    batch_counts: list[tuple[str, str, int]],
    instructions: list[InstructionStatus],
) -> None:
    """Refuse a count below what is named; that of the message wins over those of its batches."""
    told: dict[str, tuple[int, int]] = {}
    for status, text, line in batch_counts:
        told[status] = (told.get(status, (0, 0))[0] + _number(text, line), line)
    told |= {status: (_number(text, line), line) for status, text, line in counts}
    for status, (number, line) in told.items():
        named = sum(1 for one in instructions if one.status == status)
        if named > number:
            raise TotalsMismatchError(
                line=line,
                element=f"NbOfTxsPerSts {status}",
                told=Decimal(number),
                found=Decimal(named),
            )


def _number(text: str, line: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise InvalidAmountError(line=line, text=text[:40])
    return int(text)
