"""Read back the orders of a pain.001.001.09 or a pain.008.001.08, after their schema.

For files written here, and for those of another tool that are taken over: what is not a SEPA order
in euros (cheques, other currencies) is refused. Control sums are proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from echeance.core.bank import pain
from echeance.core.bank.orders import (
    AccountHolder,
    CreditTransfer,
    DirectDebit,
    DirectDebitOrder,
    OrderFileInvalidError,
    PostalAddress,
    TransferOrder,
)
from echeance.core.money import ZERO

if TYPE_CHECKING:
    from lxml import etree

MAX_BYTES: Final = 60_000_000


def read_pain001(content: bytes) -> tuple[TransferOrder, ...]:
    """Orders of a file of transfers, one for each PmtInf.

    Raises:
        OrderFileInvalidError: Not a pain.001.001.09, or its counts or sums do not hold.
    """
    message = _Message(content, pain.TRANSFERS, "CstmrCdtTrfInitn")
    orders = []
    for payment in message.all(message.body, "PmtInf"):
        transfers = tuple(
            CreditTransfer(
                end_to_end_id=message.text(one, "PmtId/EndToEndId"),
                amount=message.amount(one, "Amt/InstdAmt"),
                payee=message.holder(one, "Cdtr"),
                remittance_text=message.text(one, "RmtInf/Ustrd"),
                creditor_reference=message.text(one, "RmtInf/Strd/CdtrRefInf/Ref"),
            )
            for one in message.all(payment, "CdtTrfTxInf")
        )
        message.prove(payment, [one.amount for one in transfers])
        orders.append(
            TransferOrder(
                message_id=message.text(message.body, "GrpHdr/MsgId"),
                created_at=message.created_at,
                execution_date=date.fromisoformat(message.text(payment, "ReqdExctnDt/Dt")),
                debtor=message.holder(payment, "Dbtr"),
                transfers=transfers,
            )
        )
    header = message.all(message.body, "GrpHdr")[0]
    message.prove(header, [one.amount for order in orders for one in order.transfers])
    return tuple(orders)


def read_pain008(content: bytes) -> DirectDebitOrder:
    """The order of a file of direct debits, its PmtInf put end to end.

    Raises:
        OrderFileInvalidError: Not a pain.008.001.08, its counts or sums do not hold, or it credits
            several accounts.
    """
    message = _Message(content, pain.DEBITS, "CstmrDrctDbtInitn")
    debits: list[DirectDebit] = []
    creditors: set[tuple[AccountHolder, str]] = set()
    for payment in message.all(message.body, "PmtInf"):
        found = [
            DirectDebit(
                end_to_end_id=message.text(one, "PmtId/EndToEndId"),
                amount=message.amount(one, "InstdAmt"),
                debtor=message.holder(one, "Dbtr"),
                mandate_id=message.text(one, "DrctDbtTx/MndtRltdInf/MndtId"),
                signed_on=date.fromisoformat(message.text(one, "DrctDbtTx/MndtRltdInf/DtOfSgntr")),
                sequence_type=message.text(payment, "PmtTpInf/SeqTp"),
                scheme=message.text(payment, "PmtTpInf/LclInstrm/Cd"),
                collection_date=date.fromisoformat(message.text(payment, "ReqdColltnDt")),
                remittance_text=message.text(one, "RmtInf/Ustrd"),
                original_mandate_id=message.text(
                    one, "DrctDbtTx/MndtRltdInf/AmdmntInfDtls/OrgnlMndtId"
                ),
                original_iban=message.text(
                    one, "DrctDbtTx/MndtRltdInf/AmdmntInfDtls/OrgnlDbtrAcct/Id/IBAN"
                ),
            )
            for one in message.all(payment, "DrctDbtTxInf")
        ]
        message.prove(payment, [one.amount for one in found])
        creditors.add(
            (
                message.holder(payment, "Cdtr"),
                message.text(payment, "CdtrSchmeId/Id/PrvtId/Othr/Id"),
            )
        )
        debits += found
    header = message.all(message.body, "GrpHdr")[0]
    message.prove(header, [one.amount for one in debits])
    if len(creditors) != 1:
        raise OrderFileInvalidError(pain.DEBITS, "plusieurs comptes ou créanciers")
    [(creditor, creditor_id)] = creditors
    return DirectDebitOrder(
        message_id=message.text(message.body, "GrpHdr/MsgId"),
        created_at=message.created_at,
        creditor=creditor,
        creditor_id=creditor_id,
        debits=tuple(debits),
    )


class _Message:
    """One message of ISO 20022, read by paths."""

    def __init__(self, content: bytes, name: str, body: str) -> None:
        self.name = name
        if len(content) > MAX_BYTES:
            raise OrderFileInvalidError(name, f"plus de {MAX_BYTES // 1_000_000} Mo")
        pain.validate(content, name=name)
        self._namespace = f"{{urn:iso:std:iso:20022:tech:xsd:{name}}}"
        root = pain.parse(content, name=name)
        self.body = self.all(root, body)[0]

    @property
    def created_at(self) -> datetime:
        """CreDtTm."""
        return datetime.fromisoformat(self.text(self.body, "GrpHdr/CreDtTm"))

    def _path(self, path: str) -> str:
        return "/".join(f"{self._namespace}{step}" for step in path.split("/"))

    def all(self, parent: etree._Element, path: str) -> list[etree._Element]:
        """Elements at a path."""
        return parent.findall(self._path(path))

    def text(self, parent: etree._Element, path: str) -> str:
        """Text of the first element at a path; empty without one."""
        return (parent.findtext(self._path(path)) or "").strip()

    def amount(self, parent: etree._Element, path: str) -> Decimal:
        """An amount in euros."""
        for element in self.all(parent, path):
            if element.get("Ccy") == "EUR":
                return Decimal(element.text or "")
        raise OrderFileInvalidError(self.name, "une opération n'est pas en euros")

    def holder(self, parent: etree._Element, role: str) -> AccountHolder:
        """A party, its account and its bank."""
        address = None
        for found in self.all(parent, f"{role}/PstlAdr"):
            address = PostalAddress(
                city=self.text(found, "TwnNm"),
                country=self.text(found, "Ctry"),
                postcode=self.text(found, "PstCd"),
                lines=tuple(line.text or "" for line in self.all(found, "AdrLine")),
            )
        return AccountHolder(
            name=self.text(parent, f"{role}/Nm"),
            iban=self.text(parent, f"{role}Acct/Id/IBAN"),
            bic=self.text(parent, f"{role}Agt/FinInstnId/BICFI"),
            address=address,
        )

    def prove(self, parent: etree._Element, amounts: Sequence[Decimal]) -> None:
        """Check NbOfTxs and CtrlSum where they are given."""
        count, total = self.text(parent, "NbOfTxs"), self.text(parent, "CtrlSum")
        if count and int(count) != len(amounts):
            raise OrderFileInvalidError(
                self.name, f"{count} opérations annoncées, {len(amounts)} présentes"
            )
        if total and Decimal(total) != sum(amounts, ZERO):
            raise OrderFileInvalidError(
                self.name, f"total annoncé {total}, trouvé {sum(amounts, ZERO)}"
            )
