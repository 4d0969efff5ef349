"""Write orders to a bank: pain.001.001.09 (transfers) and pain.008.001.08 (direct debits).

Every file is checked against the schema of ISO 20022 before it is returned. The same order gives
the same bytes. Source: ISO 20022 messages pain.001.001.09 and pain.008.001.08; EPC132-08 (credit
transfer) and EPC130-08, EPC131-08 (direct debit), customer-to-bank guidelines of 2025.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lxml import etree

from echeance.core.bank.charset import has_words, sepa_reference, sepa_text
from echeance.core.bank.orders import (
    EEA,
    LARGEST,
    NAME_LENGTH,
    REFERENCE_LENGTH,
    REMITTANCE_LENGTH,
    SEPA,
    SMALLEST,
    AccountHolder,
    CreditTransfer,
    DirectDebit,
    DirectDebitOrder,
    OrderFileInvalidError,
    OrderRefusedError,
    PostalAddress,
    TransferOrder,
)
from echeance.core.creditor_reference import is_creditor_reference
from echeance.core.identifiers import Bic, CreditorId, Iban
from echeance.core.money import ZERO, round_amount

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

TRANSFERS: Final = "pain.001.001.09"
DEBITS: Final = "pain.008.001.08"
SEQUENCES: Final = ("FRST", "RCUR", "FNAL", "OOFF")
SCHEMES: Final = ("CORE", "B2B")
ADDRESS_LINES: Final = 2
_NOT_PROVIDED: Final = "NOTPROVIDED"


def write_pain001(order: TransferOrder) -> bytes:
    """Write transfers as pain.001.001.09, UTF-8: one PmtInf, service level SEPA, fees shared.

    Raises:
        OrderRefusedError: A name without a letter, a wrong IBAN or BIC, an account out of SEPA,
            an amount out of bounds, a reference given twice, an address without town or country.
        OrderFileInvalidError: The schema refuses the file.
    """
    _check_order(order.message_id, order.transfers)
    document = _Document(TRANSFERS)
    message = document.child(document.root, "CstmrCdtTrfInitn")
    _header(document, message, order, len(order.transfers))
    payment = document.child(message, "PmtInf")
    document.leaf(payment, "PmtInfId", sepa_reference(f"{order.message_id}-1"))
    document.leaf(payment, "PmtMtd", "TRF")
    document.leaf(payment, "BtchBookg", "true")
    document.leaf(payment, "NbOfTxs", str(len(order.transfers)))
    document.leaf(payment, "CtrlSum", _figure(order.total))
    document.leaf(payment, "PmtTpInf/SvcLvl/Cd", "SEPA")
    document.leaf(payment, "ReqdExctnDt/Dt", order.execution_date.isoformat())
    _holder(document, payment, "Dbtr", order.debtor, order.message_id)
    _account(document, payment, "DbtrAcct", order.debtor.iban, order.message_id)
    _agent(document, payment, "DbtrAgt", order.debtor.bic, order.message_id)
    document.leaf(payment, "ChrgBr", "SLEV")
    for one in order.transfers:
        _transfer(document, document.child(payment, "CdtTrfTxInf"), one)
    return document.checked()


def _transfer(document: _Document, parent: etree._Element, one: CreditTransfer) -> None:
    _within(one.end_to_end_id, one.amount)
    document.leaf(parent, "PmtId/EndToEndId", one.end_to_end_id)
    document.amount(document.child(parent, "Amt"), "InstdAmt", one.amount)
    if one.payee.bic:
        _agent(document, parent, "CdtrAgt", one.payee.bic, one.end_to_end_id)
    _holder(document, parent, "Cdtr", one.payee, one.end_to_end_id)
    _account(document, parent, "CdtrAcct", one.payee.iban, one.end_to_end_id)
    if one.creditor_reference:
        if not is_creditor_reference(one.creditor_reference):
            raise OrderRefusedError(
                one.end_to_end_id, f"la référence RF « {one.creditor_reference} » est fausse."
            )
        reference = document.child(document.child(parent, "RmtInf"), "Strd")
        reference = document.child(reference, "CdtrRefInf")
        kind = document.child(reference, "Tp")
        document.leaf(kind, "CdOrPrtry/Cd", "SCOR")
        document.leaf(kind, "Issr", "ISO")
        document.leaf(reference, "Ref", one.creditor_reference)
    else:
        document.leaf(parent, "RmtInf/Ustrd", sepa_text(one.remittance_text, REMITTANCE_LENGTH))


def write_pain008(order: DirectDebitOrder) -> bytes:
    """Write direct debits as pain.008.001.08, UTF-8.

    One PmtInf for each scheme, sequence type and collection day, in that order.

    Raises:
        OrderRefusedError: As for transfers; or a mandate, a sequence, a scheme or a creditor
            identifier that the rule books refuse.
        OrderFileInvalidError: The schema refuses the file.
    """
    _check_order(order.message_id, order.debits)
    if not CreditorId.is_valid(order.creditor_id):
        raise OrderRefusedError(
            order.message_id, f"l'identifiant créancier (ICS) « {order.creditor_id} » est faux."
        )
    groups: dict[tuple[str, str, date], list[DirectDebit]] = {}
    for one in order.debits:
        if one.scheme not in SCHEMES or one.sequence_type not in SEQUENCES:
            raise OrderRefusedError(
                one.end_to_end_id,
                f"le schéma « {one.scheme} » ou la séquence « {one.sequence_type} » n'existe pas.",
            )
        key = (one.scheme, one.sequence_type, one.collection_date)
        groups.setdefault(key, []).append(one)
    document = _Document(DEBITS)
    message = document.child(document.root, "CstmrDrctDbtInitn")
    _header(document, message, order, len(order.debits))
    for place, key in enumerate(sorted(groups), 1):
        payment = document.child(message, "PmtInf")
        _collection(document, payment, order, place, groups[key])
    return document.checked()


def _collection(
    document: _Document,
    payment: etree._Element,
    order: DirectDebitOrder,
    place: int,
    debits: Sequence[DirectDebit],
) -> None:
    first = debits[0]
    number = f"-{place}"
    stem = sepa_reference(order.message_id)[: REFERENCE_LENGTH - len(number)]
    document.leaf(payment, "PmtInfId", stem + number)
    document.leaf(payment, "PmtMtd", "DD")
    document.leaf(payment, "BtchBookg", "true")
    document.leaf(payment, "NbOfTxs", str(len(debits)))
    document.leaf(payment, "CtrlSum", _figure(sum((one.amount for one in debits), ZERO)))
    kind = document.child(payment, "PmtTpInf")
    document.leaf(kind, "SvcLvl/Cd", "SEPA")
    document.leaf(kind, "LclInstrm/Cd", first.scheme)
    document.leaf(kind, "SeqTp", first.sequence_type)
    document.leaf(payment, "ReqdColltnDt", first.collection_date.isoformat())
    _holder(document, payment, "Cdtr", order.creditor, order.message_id)
    _account(document, payment, "CdtrAcct", order.creditor.iban, order.message_id)
    _agent(document, payment, "CdtrAgt", order.creditor.bic, order.message_id)
    document.leaf(payment, "ChrgBr", "SLEV")
    scheme = document.child(payment, "CdtrSchmeId")
    identifier = document.child(document.child(document.child(scheme, "Id"), "PrvtId"), "Othr")
    document.leaf(identifier, "Id", order.creditor_id)
    document.leaf(identifier, "SchmeNm/Prtry", "SEPA")
    for one in debits:
        _debit(document, document.child(payment, "DrctDbtTxInf"), one)


def _debit(document: _Document, parent: etree._Element, one: DirectDebit) -> None:
    _within(one.end_to_end_id, one.amount)
    mandate_id = sepa_reference(one.mandate_id)
    if not mandate_id or mandate_id != one.mandate_id:
        raise OrderRefusedError(
            one.end_to_end_id, f"la référence de mandat « {one.mandate_id} » n'est pas admise."
        )
    if one.debtor.iban[:2] not in EEA and one.debtor.address is None:
        raise OrderRefusedError(
            one.end_to_end_id,
            "l'adresse du débiteur (ville et pays) est exigée hors de l'Espace économique "
            "européen.",
        )
    document.leaf(parent, "PmtId/EndToEndId", one.end_to_end_id)
    document.amount(parent, "InstdAmt", one.amount)
    mandate = document.child(document.child(parent, "DrctDbtTx"), "MndtRltdInf")
    document.leaf(mandate, "MndtId", mandate_id)
    document.leaf(mandate, "DtOfSgntr", one.signed_on.isoformat())
    if one.original_mandate_id or one.original_iban:
        document.leaf(mandate, "AmdmntInd", "true")
        details = document.child(mandate, "AmdmntInfDtls")
        document.leaf(details, "OrgnlMndtId", sepa_reference(one.original_mandate_id))
        if one.original_iban:
            _account(document, details, "OrgnlDbtrAcct", one.original_iban, one.end_to_end_id)
    _agent(document, parent, "DbtrAgt", one.debtor.bic, one.end_to_end_id)
    _holder(document, parent, "Dbtr", one.debtor, one.end_to_end_id)
    _account(document, parent, "DbtrAcct", one.debtor.iban, one.end_to_end_id)
    document.leaf(parent, "RmtInf/Ustrd", sepa_text(one.remittance_text, REMITTANCE_LENGTH))


def _check_order(message_id: str, orders: Iterable[CreditTransfer | DirectDebit]) -> None:
    if not message_id or sepa_reference(message_id) != message_id:
        raise OrderRefusedError(
            message_id, "la référence du fichier compte 1 à 35 caractères admis par les banques."
        )
    seen: set[str] = set()
    for one in orders:
        reference = one.end_to_end_id
        if not reference or sepa_reference(reference) != reference:
            raise OrderRefusedError(
                reference, "sa référence compte 1 à 35 caractères admis par les banques."
            )
        if reference in seen:
            raise OrderRefusedError(reference, "sa référence est donnée deux fois.")
        seen.add(reference)
    if not seen:
        raise OrderRefusedError(message_id, "il ne contient aucune opération.")


def _within(reference: str, amount: Decimal) -> None:
    if not SMALLEST <= amount <= LARGEST or amount != round_amount(amount):
        raise OrderRefusedError(
            reference, f"le montant {amount} n'est pas compris entre 0,01 et 999 999 999,99 €."
        )


def _figure(amount: Decimal) -> str:
    return f"{round_amount(amount):f}"


def _header(
    document: _Document,
    message: etree._Element,
    order: TransferOrder | DirectDebitOrder,
    count: int,
) -> None:
    holder = order.debtor if isinstance(order, TransferOrder) else order.creditor
    header = document.child(message, "GrpHdr")
    document.leaf(header, "MsgId", order.message_id)
    document.leaf(header, "CreDtTm", order.created_at.isoformat(timespec="seconds"))
    document.leaf(header, "NbOfTxs", str(count))
    document.leaf(header, "CtrlSum", _figure(order.total))
    document.leaf(header, "InitgPty/Nm", _name(holder, order.message_id))


def _name(holder: AccountHolder, reference: str) -> str:
    name = sepa_text(holder.name, NAME_LENGTH)
    if not has_words(name):
        raise OrderRefusedError(
            reference, f"le nom « {holder.name[:40]} » n'a aucune lettre que les banques acceptent."
        )
    return name


def _holder(
    document: _Document, parent: etree._Element, role: str, holder: AccountHolder, reference: str
) -> None:
    party = document.child(parent, role)
    document.leaf(party, "Nm", _name(holder, reference))
    if holder.address is not None:
        _address(document, document.child(party, "PstlAdr"), holder.address, reference)


def _address(
    document: _Document, parent: etree._Element, address: PostalAddress, reference: str
) -> None:
    city = sepa_text(address.city, 35)
    if not has_words(city) or len(address.country) != 2:
        raise OrderRefusedError(
            reference, "une adresse donne au moins la ville et le pays (depuis le 15/11/2026)."
        )
    document.leaf(parent, "PstCd", sepa_text(address.postcode, 16))
    document.leaf(parent, "TwnNm", city)
    document.leaf(parent, "Ctry", address.country.upper())
    for line in address.lines[:ADDRESS_LINES]:
        document.leaf(parent, "AdrLine", sepa_text(line, 70))


def _account(
    document: _Document, parent: etree._Element, role: str, iban: str, reference: str
) -> None:
    if not Iban.is_valid(iban) or Iban.parse(iban).value != iban:
        raise OrderRefusedError(reference, f"l'IBAN « {iban} » est faux.")
    if iban[:2] not in SEPA:
        raise OrderRefusedError(
            reference, f"le compte {Iban(iban).masked()} est hors de l'espace SEPA."
        )
    document.leaf(parent, f"{role}/Id/IBAN", iban)


def _agent(
    document: _Document,
    parent: etree._Element,
    role: str,
    bic: str,
    reference: str,
) -> None:
    if bic and not Bic.is_valid(bic):
        raise OrderRefusedError(reference, f"le BIC « {bic} » est faux.")
    agent = document.child(document.child(parent, role), "FinInstnId")
    if bic:
        document.leaf(agent, "BICFI", Bic.parse(bic).value)
    else:
        document.leaf(agent, "Othr/Id", _NOT_PROVIDED)


class _Document:
    """A message of ISO 20022 being written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._namespace = f"urn:iso:std:iso:20022:tech:xsd:{name}"
        self.root = etree.fromstring(f'<Document xmlns="{self._namespace}"/>')

    def child(self, parent: etree._Element, name: str) -> etree._Element:
        """A new element at the end of ``parent``."""
        return etree.SubElement(parent, f"{{{self._namespace}}}{name}")

    def leaf(self, parent: etree._Element, path: str, text: str) -> None:
        """A text at a new path; an empty one writes nothing."""
        if text:
            for step in path.split("/"):
                parent = self.child(parent, step)
            parent.text = text

    def amount(self, parent: etree._Element, name: str, amount: Decimal) -> None:
        """An amount in euros."""
        element = self.child(parent, name)
        element.set("Ccy", "EUR")
        element.text = _figure(amount)

    def checked(self) -> bytes:
        """The file, once its schema accepts it."""
        _check(self.root, self.name)
        etree.indent(self.root, space=" ")
        return bytes(etree.tostring(self.root, xml_declaration=True, encoding="UTF-8"))


def _check(root: etree._Element, name: str) -> None:
    try:
        _schema(name).assertValid(root)
    except etree.DocumentInvalid as error:
        raise OrderFileInvalidError(name, str(error)[:200]) from error


@cache
def _schema(name: str) -> etree.XMLSchema:
    # The schemas come with sepaxml, of which no code is run.
    spec = find_spec("sepaxml")
    assert spec is not None, "sepaxml is a dependency"
    assert spec.origin is not None, "sepaxml is a package"
    return etree.XMLSchema(etree.parse(Path(spec.origin).parent / "schemas" / f"{name}.xsd"))


def validate(content: bytes, *, name: str) -> None:
    """Check a file against the schema ``name`` of ISO 20022.

    Raises:
        OrderFileInvalidError: It does not pass.
    """
    _check(parse(content, name=name), name)


def parse(content: bytes, *, name: str) -> etree._Element:
    """The root of an XML file, its entities left as they are, its document type refused.

    Raises:
        OrderFileInvalidError: It is not XML, or it has a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise OrderFileInvalidError(name, str(error)[:200]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise OrderFileInvalidError(name, "un type de document (DOCTYPE) y est déclaré")
    return root
