"""The bank statement as it is read, whatever the file format.

Names follow ISO 20022 camt.053: ``Statement`` is Stmt, ``StatementEntry`` is Ntry,
``EntryDetail`` is NtryDtls/TxDtls. A text that the bank did not give is an empty string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Direction = Literal["CRDT", "DBIT"]
Proof = Literal["balances", "totals", "closing", "none"]
StatementKind = Literal["statement", "report", "notice", "payout"]

# A French or Monegasque IBAN: country, check digits, bank, branch, account, RIB key.
_FRENCH_IBAN = re.compile(r"(?:FR|MC)\d{2}(\d{5})(\d{5})([0-9A-Z]{11})\d{2}")


def account_key(identifier: str) -> str:
    """Normalise what a bank account is recognised by, in whatever format it is written.

    A French IBAN and the same account in a CFONB file (bank, branch, account number) give the
    same key; any other identifier is kept, upper case, without spaces.

    >>> account_key("FR76 3000 6000 0112 3456 7890 189")
    '30006-00001-12345678901'
    >>> account_key("30006-00001-12345678901")
    '30006-00001-12345678901'
    >>> account_key("be68 5390 0754 7034")
    'BE68539007547034'
    """
    compact = "".join(identifier.split()).upper()
    french = _FRENCH_IBAN.fullmatch(compact)
    return "-".join(french.groups()) if french else compact


@dataclass(frozen=True, slots=True)
class ReferredDocument:
    """A document that a payment names (RfrdDocInf), with what it pays of it (RfrdDocAmt).

    Attributes:
        kind: ISO 20022 code (``CINV`` invoice, ``CREN`` credit note), or the bank's own.
        due_amount: What was due (DuePyblAmt); ``None`` when not told, as for the others.
        remitted_amount: What is paid of it (RmtdAmt).
        credit_amount: Credit note deducted (CdtNoteAmt).
        discount_amount: Early payment discount taken (DscntApldAmt).
    """

    number: str
    kind: str = ""
    day: date | None = None
    due_amount: Decimal | None = None
    remitted_amount: Decimal | None = None
    credit_amount: Decimal | None = None
    discount_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One transaction inside a statement entry: who paid whom, and what for.

    Attributes:
        amount: In the account's currency; ``None`` when the bank gives it in another currency.
        payer_name: Debtor of the transfer (Dbtr), the customer on a credit.
        payee_name: Creditor of the transfer (Cdtr).
        remittance_text: Free text (Ustrd, or CFONB LCC/LC2 and LIB), one line.
        creditor_reference: Structured reference (CdtrRefInf, or CFONB LCS).
        document_numbers: Referred documents (RfrdDocInf/Nb).
        return_reason: ISO reason code of a returned payment, or the CFONB reject code.
        return_text: What the bank says of the return, in its own words.
        original_amount: What the payer ordered, in ``original_currency``, when the bank tells it
            (InstdAmt, CFONB MMO).
        charges: What banks kept on the way, in the account's currency; ``None`` when not told.
        creditor_id: SEPA creditor identifier (ICS) of a direct debit.
        transaction_id: The bank's own reference of the transaction (TxId, UETR, AcctSvcrRef).
        purpose: Purp (``SALA``, ``SUPP``), or the second half of the CFONB RCN.
        documents: Documents told with their kind or amounts; all are in ``document_numbers`` too.
    """

    amount: Decimal | None = None
    end_to_end_id: str = ""
    mandate_id: str = ""
    payer_name: str = ""
    payer_iban: str = ""
    payee_name: str = ""
    payee_iban: str = ""
    remittance_text: str = ""
    creditor_reference: str = ""
    document_numbers: tuple[str, ...] = ()
    return_reason: str = ""
    return_text: str = ""
    payer_bic: str = ""
    ultimate_payer_name: str = ""
    original_amount: Decimal | None = None
    original_currency: str = ""
    charges: Decimal | None = None
    creditor_id: str = ""
    transaction_id: str = ""
    purpose: str = ""
    documents: tuple[ReferredDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One booked movement of an account.

    Attributes:
        index: 1-based rank of the movement in the file, all its statements together.
        direction: ``CRDT`` money in, ``DBIT`` money out, as booked (a reversal included).
        amount: Never negative, whole cents of the account's currency.
        reversal: The bank says that this movement undoes another (RvslInd).
        bank_reference: AcctSvcrRef, or the CFONB reference.
        bank_code: BkTxCd (``PMNT-RCDT-ESCT`` or the bank's own), or the CFONB interbank code.
        raw: The source of the movement, so that nothing of the file is lost.
        fingerprint: SHA-256 that recognises the same movement in another file.
        charges: What banks kept on the whole movement, in the account's currency.
        line: 1-based line of the file where it stands; 0 when the format has no lines.
    """

    index: int
    direction: Direction
    amount: Decimal
    reversal: bool
    booking_date: date
    value_date: date
    bank_reference: str
    bank_code: str
    label: str
    details: tuple[EntryDetail, ...]
    raw: str
    fingerprint: str
    charges: Decimal | None = None
    line: int = 0

    @property
    def signed(self) -> Decimal:
        """The amount as it moves the balance: positive for a credit."""
        return self.amount if self.direction == "CRDT" else -self.amount

    @property
    def text(self) -> str:
        """Every text that a payer may have written, one per line, label first."""
        texts = (self.label, *(detail.remittance_text for detail in self.details))
        return "\n".join(dict.fromkeys(text for text in texts if text))

    @property
    def references(self) -> tuple[str, ...]:
        """Structured references and end-to-end ids of all the details, without repetition."""
        found = (
            reference
            for detail in self.details
            for reference in (
                detail.creditor_reference,
                *detail.document_numbers,
                detail.end_to_end_id,
            )
        )
        return tuple(dict.fromkeys(reference for reference in found if reference))


@dataclass(frozen=True, slots=True)
class Statement:
    """A period of one account, with what proves that it is complete.

    Attributes:
        format: ``camt.053.001.08``, ``cfonb120``.
        statement_id: Stmt/Id, or the dates of a CFONB statement.
        sequence_number: ElctrncSeqNb (else LglSeqNb); ``None`` when the bank does not count.
        account_iban: Empty when the file does not give an IBAN.
        account_id: The account's other identifier; ``bank-branch-account`` in CFONB.
        account_key: See ``account_key``: what the account is recognised by.
        opening_balance: Signed, in the currency's cents; ``None`` when the format has none.
        closing_balance: Signed, in the currency's cents; ``None`` when the format has none.
        proof: ``balances``: opening plus entries is closing; ``totals``: the file's own counts
            and sums agree with its entries; ``closing``: only the closing balance is told, the
            statement before must lead to it; ``none``: nothing proves that no entry is missing.
        kind: ``statement`` (booked, camt.053), ``report`` (intraday, camt.052), ``notice`` (details
            of what is or will be booked, camt.054, CFONB 240) or ``payout`` (an acquirer's report).
        pending: Entries of the file that are not booked (Sts PDNG, INFO, FUTR): counted, not read.
    """

    format: str
    statement_id: str
    sequence_number: int | None
    account_iban: str
    account_id: str
    account_key: str
    currency: str
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    opening_date: date
    closing_date: date
    entries: tuple[StatementEntry, ...]
    proof: Proof = "balances"
    kind: StatementKind = "statement"
    pending: int = 0

    @property
    def movements(self) -> Decimal:
        """Signed sum of the entries."""
        return sum((entry.signed for entry in self.entries), Decimal(0))


@dataclass(frozen=True, slots=True)
class StatementHead:
    """What a statement says before its entries, when it is read without being held whole.

    Attributes:
        statement_id: Empty when the format only tells it at the end (CFONB).
    """

    format: str
    kind: StatementKind
    statement_id: str
    sequence_number: int | None
    account_iban: str
    account_id: str
    account_key: str
    currency: str
    opening_balance: Decimal | None
    opening_date: date


@dataclass(frozen=True, slots=True)
class StatementFoot:
    """What a statement says after its entries: only now is it known to be complete.

    Attributes:
        proof: As in ``Statement``; a statement that fails its proof has no foot, it is refused.
        entries: Number of entries since the head.
        movements: Their signed sum.
    """

    statement_id: str
    closing_balance: Decimal | None
    closing_date: date
    proof: Proof
    entries: int
    movements: Decimal
    pending: int = 0


StatementItem = StatementHead | StatementEntry | StatementFoot
