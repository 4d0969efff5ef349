"""What the bank room tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BankAccountAdded:
    """Compte bancaire ajouté."""

    action: ClassVar[str] = "cash.bank_account_added"

    bank_account_id: int
    account_key: str

    @property
    def subject(self) -> str:
        """The account."""
        return f"bank_account:{self.bank_account_id}"


@dataclass(frozen=True, slots=True)
class StatementImported:
    """Relevé importé."""

    action: ClassVar[str] = "cash.statement_imported"

    statement_id: int
    filename: str
    new_entries: int
    known_entries: int

    @property
    def subject(self) -> str:
        """The statement."""
        return f"statement:{self.statement_id}"


@dataclass(frozen=True, slots=True)
class CampaignMoved:
    """Campagne de paiement préparée, proposée, approuvée, remise ou annulée."""

    action: ClassVar[str] = "cash.campaign_moved"

    campaign_id: int
    reference: str
    state: str
    total: Decimal

    @property
    def subject(self) -> str:
        """The campaign."""
        return f"payment_campaign:{self.campaign_id}"


@dataclass(frozen=True, slots=True)
class InstructionChanged:
    """Ordre d'une campagne exclu, repris, ou dont la banque a dit ce qu'il devient."""

    action: ClassVar[str] = "cash.instruction_changed"

    campaign_id: int
    end_to_end_id: str
    status: str
    reason: str

    @property
    def subject(self) -> str:
        """The campaign."""
        return f"payment_campaign:{self.campaign_id}"


@dataclass(frozen=True, slots=True)
class BillMoved:
    """Effet de commerce enregistré, remis, payé, impayé ou annulé."""

    action: ClassVar[str] = "cash.bill_moved"

    bill_id: int
    reference: str
    state: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The bill."""
        return f"bill_of_exchange:{self.bill_id}"


@dataclass(frozen=True, slots=True)
class EntryMatched:
    """Ligne rapprochée."""

    action: ClassVar[str] = "cash.entry_matched"

    entry_id: int
    match_id: int
    kind: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class MatchUndone:
    """Rapprochement annulé."""

    action: ClassVar[str] = "cash.match_undone"

    entry_id: int
    match_id: int

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class EntryHeld:
    """Ligne mise en attente."""

    action: ClassVar[str] = "cash.entry_held"

    entry_id: int
    until: str
    note: str

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class EntryReleased:
    """Ligne remise à traiter."""

    action: ClassVar[str] = "cash.entry_released"

    entry_id: int

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class EntryFlagged:
    """Ligne à vérifier."""

    action: ClassVar[str] = "cash.entry_flagged"

    entry_id: int
    to_check: bool

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class PaymentReturned:
    """Paiement revenu."""

    action: ClassVar[str] = "cash.payment_returned"

    entry_id: int
    match_id: int
    returned_match_id: int
    reason_code: str
    amount: Decimal
    cost: Decimal

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class PayerLearnt:
    """Payeur appris."""

    action: ClassVar[str] = "cash.payer_learnt"

    link_id: int
    party_id: int
    kind: str
    value: str

    @property
    def subject(self) -> str:
        """The party it pays for."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PayerForgotten:
    """Payeur retiré."""

    action: ClassVar[str] = "cash.payer_forgotten"

    link_id: int
    party_id: int
    kind: str
    value: str

    @property
    def subject(self) -> str:
        """The party it paid for."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ChequeRecorded:
    """Chèque reçu."""

    action: ClassVar[str] = "cash.cheque_recorded"

    cheque_id: int
    number: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The cheque."""
        return f"cheque:{self.cheque_id}"


@dataclass(frozen=True, slots=True)
class ChequeChanged:
    """Chèque annulé, impayé, ou de nouveau payé."""

    action: ClassVar[str] = "cash.cheque_changed"

    cheque_id: int
    change: str

    @property
    def subject(self) -> str:
        """The cheque."""
        return f"cheque:{self.cheque_id}"


@dataclass(frozen=True, slots=True)
class ChequesDeposited:
    """Chèques remis en banque."""

    action: ClassVar[str] = "cash.cheques_deposited"

    deposit_id: int
    number: str
    count: int
    amount: Decimal

    @property
    def subject(self) -> str:
        """The slip."""
        return f"cheque_deposit:{self.deposit_id}"


@dataclass(frozen=True, slots=True)
class DepositCancelled:
    """Remise de chèques annulée."""

    action: ClassVar[str] = "cash.deposit_cancelled"

    deposit_id: int

    @property
    def subject(self) -> str:
        """The slip."""
        return f"cheque_deposit:{self.deposit_id}"


@dataclass(frozen=True, slots=True)
class TillMoved:
    """Mouvement de caisse."""

    action: ClassVar[str] = "cash.till_moved"

    movement_id: int
    kind: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The movement."""
        return f"till_movement:{self.movement_id}"


@dataclass(frozen=True, slots=True)
class TillCounted:
    """Caisse comptée: what was there, and what the book said."""

    action: ClassVar[str] = "cash.till_counted"

    till_id: int
    on: str
    counted: Decimal
    expected: Decimal

    @property
    def subject(self) -> str:
        """The till."""
        return f"bank_account:{self.till_id}"


@dataclass(frozen=True, slots=True)
class TillMovementCancelled:
    """Mouvement de caisse annulé."""

    action: ClassVar[str] = "cash.till_movement_cancelled"

    movement_id: int

    @property
    def subject(self) -> str:
        """The movement."""
        return f"till_movement:{self.movement_id}"


@dataclass(frozen=True, slots=True)
class RemittanceReceived:
    """Avis de règlement reçu."""

    action: ClassVar[str] = "cash.remittance_received"

    advice_id: int
    filename: str
    lines: int
    total: Decimal | None

    @property
    def subject(self) -> str:
        """The advice."""
        return f"remittance_advice:{self.advice_id}"


@dataclass(frozen=True, slots=True)
class PayoutImported:
    """Versement d'un prestataire importé."""

    action: ClassVar[str] = "cash.payout_imported"

    batch_id: int
    reference: str
    net: Decimal
    unknown_lines: int

    @property
    def subject(self) -> str:
        """The payout."""
        return f"payout:{self.batch_id}"


@dataclass(frozen=True, slots=True)
class PayoutLineIdentified:
    """Opération d'un versement attribuée à une facture."""

    action: ClassVar[str] = "cash.payout_line_identified"

    batch_id: int
    line_id: int
    open_item_id: int

    @property
    def subject(self) -> str:
        """The payout."""
        return f"payout:{self.batch_id}"


@dataclass(frozen=True, slots=True)
class NettingAgreed:
    """Convention de compensation enregistrée, ou terminée."""

    action: ClassVar[str] = "cash.netting_agreed"

    agreement_id: int
    party_id: int
    ended: bool = False

    @property
    def subject(self) -> str:
        """The party."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class NettingChanged:
    """Compensation faite, ou annulée."""

    action: ClassVar[str] = "cash.netting_changed"

    netting_id: int
    amount: Decimal
    undone: bool = False

    @property
    def subject(self) -> str:
        """The netting."""
        return f"netting:{self.netting_id}"


@dataclass(frozen=True, slots=True)
class ReceivablesAssigned:
    """Créances cédées, rendues, réglées au cessionnaire, ou cession annulée."""

    action: ClassVar[str] = "cash.receivables_assigned"

    assignment_id: int
    change: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The assignment."""
        return f"assignment:{self.assignment_id}"


@dataclass(frozen=True, slots=True)
class BankAccountClosed:
    """Compte bancaire clos."""

    action: ClassVar[str] = "cash.bank_account_closed"

    bank_account_id: int

    @property
    def subject(self) -> str:
        """The account."""
        return f"bank_account:{self.bank_account_id}"


@dataclass(frozen=True, slots=True)
class LayoutConfirmed:
    """Disposition des fichiers CSV confirmée."""

    action: ClassVar[str] = "cash.layout_confirmed"

    bank_account_id: int

    @property
    def subject(self) -> str:
        """The account."""
        return f"bank_account:{self.bank_account_id}"


@dataclass(frozen=True, slots=True)
class EntriesDetailed:
    """Lignes de relevé complétées par un avis."""

    action: ClassVar[str] = "cash.entries_detailed"

    bank_account_id: int
    source: str
    entries: int

    @property
    def subject(self) -> str:
        """The account."""
        return f"bank_account:{self.bank_account_id}"


@dataclass(frozen=True, slots=True)
class FileHeld:
    """Fichier bancaire mis en quarantaine."""

    action: ClassVar[str] = "cash.file_held"

    held_file_id: int
    code: str

    @property
    def subject(self) -> str:
        """The held file."""
        return f"held_file:{self.held_file_id}"


@dataclass(frozen=True, slots=True)
class HeldFileResolved:
    """Fichier en quarantaine réglé."""

    action: ClassVar[str] = "cash.held_file_resolved"

    held_file_id: int
    resolution: str

    @property
    def subject(self) -> str:
        """The held file."""
        return f"held_file:{self.held_file_id}"
