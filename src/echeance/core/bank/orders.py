"""Orders to a bank: transfers to make, debits to collect, bills to collect; and what they refuse.

Pure facts, in euros. Texts are brought to the characters of the banks when they are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import ZERO

NAME_LENGTH: Final = 70
REMITTANCE_LENGTH: Final = 140
REFERENCE_LENGTH: Final = 35
SMALLEST: Final = Decimal("0.01")
LARGEST: Final = Decimal("999999999.99")
"""Bounds of an amount of the SEPA schemes. Source: EPC115-06 (credit transfer), EPC130-08."""

EEA: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE"),
        *("SI", "SK"),
    }
)
"""European Economic Area by ISO 3166 code."""
SEPA: Final = EEA | {
    *("AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"),
}
"""Countries whose IBANs a SEPA order may name. State of November 2026. Source: EPC409-09."""


@dataclass(eq=False)
class OrderRefusedError(EcheanceError):
    """An order that no bank would take; nothing was written."""

    code = "bank.order_refused"
    kind = Kind.INVALID
    message = "L'ordre {reference} ne peut pas être écrit : {reason}"

    reference: str
    reason: str


@dataclass(eq=False)
class OrderFileInvalidError(EcheanceError):
    """The file written does not pass the schema of its standard; it is not given out."""

    code = "bank.order_file_invalid"
    kind = Kind.INVALID
    message = (
        "Le fichier {format} n'est pas conforme à son schéma ({reason}) : il n'est pas remis. "
        "Corrigez la donnée citée, puis recommencez."
    )

    format: str
    reason: str


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Address in its structured or hybrid form; the free form is refused since 15/11/2026.

    Attributes:
        city: TwnNm, at most 35 characters; needed.
        country: Ctry, ISO 3166.
        postcode: PstCd, at most 16 characters.
        lines: AdrLine, at most two of 70 characters.
    """

    city: str
    country: str
    postcode: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountHolder:
    """A party with the account that pays or is paid.

    Attributes:
        name: Nm, at most 70 characters of the banks.
        iban: Bare.
        bic: May be empty: the bank finds it from the IBAN.
        address: ``None`` when it is not told.
    """

    name: str
    iban: str
    bic: str = ""
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One transfer (CdtTrfTxInf).

    Attributes:
        end_to_end_id: At most 35 characters, once a file; comes back on the statement.
        amount: In euros, 0.01 to 999 999 999.99.
        payee: Who is paid.
        remittance_text: Ustrd, at most 140 characters.
        creditor_reference: RF reference of ISO 11649; then it is written instead of the text.
    """

    end_to_end_id: str
    amount: Decimal
    payee: AccountHolder
    remittance_text: str = ""
    creditor_reference: str = ""


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """A file of transfers (pain.001), debited from one account on one day.

    Attributes:
        message_id: MsgId, at most 35 characters, never used twice.
        created_at: CreDtTm; part of the bytes.
        execution_date: ReqdExctnDt.
        debtor: The company and its account.
        transfers: At least one.
    """

    message_id: str
    created_at: datetime
    execution_date: date
    debtor: AccountHolder
    transfers: tuple[CreditTransfer, ...]

    @property
    def total(self) -> Decimal:
        """CtrlSum."""
        return sum((one.amount for one in self.transfers), ZERO)


@dataclass(frozen=True, slots=True)
class DirectDebit:
    """One collection (DrctDbtTxInf).

    Attributes:
        end_to_end_id: At most 35 characters, once a file.
        amount: In euros, 0.01 to 999 999 999.99.
        debtor: Who is debited.
        mandate_id: MndtId (RUM).
        signed_on: DtOfSgntr.
        sequence_type: ``FRST``, ``RCUR``, ``FNAL`` or ``OOFF``.
        scheme: ``CORE`` or ``B2B``.
        collection_date: ReqdColltnDt.
        remittance_text: Ustrd, at most 140 characters.
        original_mandate_id: OrgnlMndtId when the reference of the mandate has changed.
        original_iban: OrgnlDbtrAcct when the account of the debtor has changed.
    """

    end_to_end_id: str
    amount: Decimal
    debtor: AccountHolder
    mandate_id: str
    signed_on: date
    sequence_type: str
    scheme: str
    collection_date: date
    remittance_text: str = ""
    original_mandate_id: str = ""
    original_iban: str = ""


@dataclass(frozen=True, slots=True)
class DirectDebitOrder:
    """A file of collections (pain.008), credited to one account.

    Attributes:
        message_id: MsgId, at most 35 characters, never used twice.
        created_at: CreDtTm; part of the bytes.
        creditor: The company and its account.
        creditor_id: ICS.
        debits: At least one; those of one sequence, scheme and day make one PmtInf.
    """

    message_id: str
    created_at: datetime
    creditor: AccountHolder
    creditor_id: str
    debits: tuple[DirectDebit, ...]

    @property
    def total(self) -> Decimal:
        """CtrlSum."""
        return sum((one.amount for one in self.debits), ZERO)
