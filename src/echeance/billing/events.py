"""What billing tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MappingSaved:
    """Correspondance enregistrée."""

    action: ClassVar[str] = "billing.mapping_saved"

    source: str
    mapping: dict[str, object]

    @property
    def subject(self) -> str:
        """The source."""
        return f"source:{self.source}"


@dataclass(frozen=True, slots=True)
class OrdersImported:
    """Commandes importées."""

    action: ClassVar[str] = "billing.orders_imported"

    import_id: int
    source: str
    rows: int
    orders: int
    rejected: int

    @property
    def subject(self) -> str:
        """The import."""
        return f"order_import:{self.import_id}"


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    """Commande acceptée telle qu'elle est, by a person."""

    action: ClassVar[str] = "billing.order_accepted"

    order_id: int
    number: str
    waited_for: str

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True)
class FindingsConfirmed:
    """Contrôle confirmé: a person read what the preflight said and said yes."""

    action: ClassVar[str] = "billing.findings_confirmed"

    invoice_id: int
    rules: list[str]
    sentences: list[str]
    reason: str

    @property
    def subject(self) -> str:
        """The draft."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class OrderReleased:
    """Commande débloquée: its customer may owe it now, or a person took the risk."""

    action: ClassVar[str] = "billing.order_released"

    order_id: int
    number: str
    waited_for: str
    reason: str

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True)
class OrderSetAside:
    """Commande écartée: it will not be billed."""

    action: ClassVar[str] = "billing.order_set_aside"

    order_id: int
    number: str
    reason: str

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True)
class ContractCreated:
    """Contrat créé."""

    action: ClassVar[str] = "billing.contract_created"

    contract_id: int
    number: str
    party_id: int

    @property
    def subject(self) -> str:
        """The contract."""
        return f"contract:{self.contract_id}"


@dataclass(frozen=True, slots=True)
class ContractAmended:
    """Avenant: lines end, others begin."""

    action: ClassVar[str] = "billing.contract_amended"

    contract_id: int
    number: str
    on: str
    ended: list[int]
    begun: list[int]

    @property
    def subject(self) -> str:
        """The contract."""
        return f"contract:{self.contract_id}"


@dataclass(frozen=True, slots=True)
class ContractTerminated:
    """Contrat résilié."""

    action: ClassVar[str] = "billing.contract_terminated"

    contract_id: int
    number: str
    ends_on: str
    reason: str
    credited: str

    @property
    def subject(self) -> str:
        """The contract."""
        return f"contract:{self.contract_id}"


@dataclass(frozen=True, slots=True)
class ContractPeriodsDrafted:
    """Périodes mises en brouillon."""

    action: ClassVar[str] = "billing.contract_periods_drafted"

    contract_id: int
    periods: list[str]
    invoice_ids: list[int]

    @property
    def subject(self) -> str:
        """The contract."""
        return f"contract:{self.contract_id}"


@dataclass(frozen=True, slots=True)
class ContractPeriodsWaived:
    """Périodes non facturées, by a person."""

    action: ClassVar[str] = "billing.contract_periods_waived"

    contract_id: int
    periods: list[str]
    reason: str

    @property
    def subject(self) -> str:
        """The contract."""
        return f"contract:{self.contract_id}"


@dataclass(frozen=True, slots=True)
class ContractPeriodsReopened:
    """Périodes remises à facturer, by a person."""

    action: ClassVar[str] = "billing.contract_periods_reopened"

    contract_id: int
    periods: list[str]
    reason: str

    @property
    def subject(self) -> str:
        """The contract."""
        return f"contract:{self.contract_id}"


@dataclass(frozen=True, slots=True)
class IndexValueSaved:
    """Valeur d'indice enregistrée."""

    action: ClassVar[str] = "billing.index_value_saved"

    index_id: int
    code: str
    period: str
    value: str
    published_on: str

    @property
    def subject(self) -> str:
        """The index."""
        return f"price_index:{self.index_id}"


@dataclass(frozen=True, slots=True)
class BillingRuleSaved:
    """Règles de facturation of a customer."""

    action: ClassVar[str] = "billing.billing_rule_saved"

    party_id: int
    rule: dict[str, object]

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PriceListSaved:
    """Tarif enregistré."""

    action: ClassVar[str] = "billing.price_list_saved"

    price_list_id: int
    code: str
    breaks: int

    @property
    def subject(self) -> str:
        """The list."""
        return f"price_list:{self.price_list_id}"


@dataclass(frozen=True, slots=True)
class PriceListClosed:
    """Tarif retiré."""

    action: ClassVar[str] = "billing.price_list_closed"

    price_list_id: int
    code: str

    @property
    def subject(self) -> str:
        """The list."""
        return f"price_list:{self.price_list_id}"


@dataclass(frozen=True, slots=True)
class DeliveryRecorded:
    """Livraison enregistrée."""

    action: ClassVar[str] = "billing.delivery_recorded"

    delivery_id: int
    number: str
    order_id: int
    confirmed: bool

    @property
    def subject(self) -> str:
        """The delivery."""
        return f"delivery:{self.delivery_id}"


@dataclass(frozen=True, slots=True)
class BillingByDeliveryChosen:
    """Facturation à la livraison, chosen or left."""

    action: ClassVar[str] = "billing.billing_by_delivery_chosen"

    order_id: int
    number: str
    by_delivery: bool

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True)
class TimeRecorded:
    """Temps enregistré."""

    action: ClassVar[str] = "billing.time_recorded"

    entry_id: int
    party_id: int
    hours: str

    @property
    def subject(self) -> str:
        """The hours."""
        return f"time_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class TimeApproved:
    """Temps validé."""

    action: ClassVar[str] = "billing.time_approved"

    entry_id: int
    hours: str

    @property
    def subject(self) -> str:
        """The hours."""
        return f"time_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class RateSaved:
    """Cours enregistré."""

    action: ClassVar[str] = "billing.rate_saved"

    currency: str
    on: str
    rate: str
    source: str

    @property
    def subject(self) -> str:
        """The currency."""
        return f"currency:{self.currency}"


@dataclass(frozen=True, slots=True)
class QuoteDrafted:
    """Devis préparé."""

    action: ClassVar[str] = "billing.quote_drafted"

    quote_id: int
    number: str
    version: int
    gross_total: str

    @property
    def subject(self) -> str:
        """The quote."""
        return f"quote:{self.quote_id}"


@dataclass(frozen=True, slots=True)
class QuoteChanged:
    """Devis modifié before it leaves."""

    action: ClassVar[str] = "billing.quote_changed"

    quote_id: int
    gross_total: str

    @property
    def subject(self) -> str:
        """The quote."""
        return f"quote:{self.quote_id}"


@dataclass(frozen=True, slots=True)
class QuoteSent:
    """Devis envoyé: its link exists."""

    action: ClassVar[str] = "billing.quote_sent"

    quote_id: int
    number: str
    version: int
    content_sha256: str

    @property
    def subject(self) -> str:
        """The quote."""
        return f"quote:{self.quote_id}"


@dataclass(frozen=True, slots=True)
class QuoteReplaced:
    """Devis remplacé by a new version."""

    action: ClassVar[str] = "billing.quote_replaced"

    quote_id: int
    number: str
    by_id: int

    @property
    def subject(self) -> str:
        """The quote."""
        return f"quote:{self.quote_id}"


@dataclass(frozen=True, slots=True)
class QuoteAnswered:
    """Devis accepté or refusé, through its link or by a person of the company."""

    action: ClassVar[str] = "billing.quote_answered"

    quote_id: int
    number: str
    accepted: bool
    by: str
    gross_total: str
    content_sha256: str
    order_id: int | None

    @property
    def subject(self) -> str:
        """The quote."""
        return f"quote:{self.quote_id}"


@dataclass(frozen=True, slots=True)
class InvoiceDrafted:
    """Brouillon créé."""

    action: ClassVar[str] = "billing.invoice_drafted"

    invoice_id: int
    kind: str
    gross_total: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class DraftDiscarded:
    """Brouillon supprimé."""

    action: ClassVar[str] = "billing.draft_discarded"

    invoice_id: int
    gross_total: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """Document émis."""

    action: ClassVar[str] = "billing.invoice_issued"

    invoice_id: int
    number: str
    issue_date: str
    gross_total: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class InvoiceSealed:
    """Document scellé: its file is archived."""

    action: ClassVar[str] = "billing.invoice_sealed"

    invoice_id: int
    file_id: int
    sha256: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class InvoiceFileRefused:
    """Fichier refusé by the official rules."""

    action: ClassVar[str] = "billing.invoice_file_refused"

    invoice_id: int
    number: str
    rules: list[str]

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class StyleSaved:
    """Présentation enregistrée."""

    action: ClassVar[str] = "billing.style_saved"

    company_id: int
    color: str
    template_sha256: str
    logo_sha256: str

    @property
    def subject(self) -> str:
        """The company."""
        return f"company:{self.company_id}"


@dataclass(frozen=True, slots=True)
class CreditApproved:
    """Avoir approuvé by somebody else than who prepared it."""

    action: ClassVar[str] = "billing.credit_approved"

    invoice_id: int
    net_total: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class CreditUsed:
    """Avoir employé: refunded, deducted from an invoice, or kept for later."""

    action: ClassVar[str] = "billing.credit_used"

    invoice_id: int
    use: str
    amount: str
    target: str

    @property
    def subject(self) -> str:
        """The credit note."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class CreditUseUndone:
    """Emploi d'un avoir annulé."""

    action: ClassVar[str] = "billing.credit_use_undone"

    invoice_id: int
    use: str
    amount: str
    target: str

    @property
    def subject(self) -> str:
        """The credit note."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class SeriesChanged:
    """Série changée: relabelled, chosen as the usual one, or closed."""

    action: ClassVar[str] = "billing.series_changed"

    series_id: int
    prefix: str
    change: str

    @property
    def subject(self) -> str:
        """The series."""
        return f"series:{self.series_id}"


@dataclass(frozen=True, slots=True)
class SeriesCreated:
    """Série créée."""

    action: ClassVar[str] = "billing.series_created"

    series_id: int
    prefix: str
    kind: str

    @property
    def subject(self) -> str:
        """The series."""
        return f"series:{self.series_id}"


@dataclass(frozen=True, slots=True)
class ChannelChosen:
    """Canal choisi pour un document."""

    action: ClassVar[str] = "billing.channel_chosen"

    invoice_id: int
    channel: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class CustomerChannelSet:
    """Canal d'envoi d'un client enregistré."""

    action: ClassVar[str] = "billing.customer_channel_set"

    party_id: int
    channel: str
    second_channel: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ChannelTaken:
    """Document parti par un canal."""

    action: ClassVar[str] = "billing.channel_taken"

    invoice_id: int
    channel: str
    why: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class ChannelFailed:
    """Canal d'un document en échec."""

    action: ClassVar[str] = "billing.channel_failed"

    invoice_id: int
    channel: str
    failure: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class HandoverRecorded:
    """Dépôt sur le portail d'un client noté."""

    action: ClassVar[str] = "billing.handover_recorded"

    invoice_id: int
    portal: str
    status: str
    reference: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class DuplicateMade:
    """Duplicata fait."""

    action: ClassVar[str] = "billing.duplicate_made"

    invoice_id: int
    file_id: int

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class AttachmentJoined:
    """Pièce jointe à un brouillon."""

    action: ClassVar[str] = "billing.attachment_joined"

    invoice_id: int
    file_id: int
    code: str
    is_embedded: bool

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class AttachmentRemoved:
    """Pièce retirée d'un brouillon."""

    action: ClassVar[str] = "billing.attachment_removed"

    invoice_id: int
    file_id: int

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """Brouillon modifié by hand: each part of it with its old and new value."""

    action: ClassVar[str] = "billing.draft_changed"

    invoice_id: int
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The draft."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """Commande modifiée before it is billed: each field with its old and new value."""

    action: ClassVar[str] = "billing.order_changed"

    order_id: int
    number: str
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True)
class ItemClosed:
    """Article retiré of the catalogue, or put back."""

    action: ClassVar[str] = "billing.item_closed"

    item_id: int
    code: str
    reopened: bool

    @property
    def subject(self) -> str:
        """The article."""
        return f"item:{self.item_id}"


@dataclass(frozen=True, slots=True)
class ItemSaved:
    """Article enregistré."""

    action: ClassVar[str] = "billing.item_saved"

    item_id: int
    code: str

    @property
    def subject(self) -> str:
        """The article."""
        return f"item:{self.item_id}"


@dataclass(frozen=True, slots=True)
class MarketSaved:
    """Marché enregistré."""

    action: ClassVar[str] = "billing.market_saved"

    market_id: int
    number: str
    net_total: str

    @property
    def subject(self) -> str:
        """The market."""
        return f"market:{self.market_id}"


@dataclass(frozen=True, slots=True)
class StatementDrafted:
    """Situation préparée."""

    action: ClassVar[str] = "billing.statement_drafted"

    market_id: int
    rank: int
    invoice_id: int
    net_total: str
    is_final: bool

    @property
    def subject(self) -> str:
        """The market."""
        return f"market:{self.market_id}"


@dataclass(frozen=True, slots=True)
class MilestoneReached:
    """Jalon atteint, or no longer when the day is empty."""

    action: ClassVar[str] = "billing.milestone_reached"

    market_id: int
    position: int
    on: str

    @property
    def subject(self) -> str:
        """The market."""
        return f"market:{self.market_id}"


@dataclass(frozen=True, slots=True)
class WorksAccepted:
    """Réception prononcée: the retention is due one year later."""

    action: ClassVar[str] = "billing.works_accepted"

    market_id: int
    on: str
    release_on: str
    documents: list[str]

    @property
    def subject(self) -> str:
        """The market."""
        return f"market:{self.market_id}"


@dataclass(frozen=True, slots=True)
class DepositAsked:
    """Acompte demandé."""

    action: ClassVar[str] = "billing.deposit_asked"

    deposit_id: int
    invoice_id: int
    net_amount: str

    @property
    def subject(self) -> str:
        """The deposit."""
        return f"deposit:{self.deposit_id}"


@dataclass(frozen=True, slots=True)
class DepositCancelled:
    """Acompte abandonné."""

    action: ClassVar[str] = "billing.deposit_cancelled"

    deposit_id: int
    net_amount: str

    @property
    def subject(self) -> str:
        """The deposit."""
        return f"deposit:{self.deposit_id}"


@dataclass(frozen=True, slots=True)
class DisbursementRecorded:
    """Débours enregistré."""

    action: ClassVar[str] = "billing.disbursement_recorded"

    disbursement_id: int
    supplier_reference: str
    amount: str

    @property
    def subject(self) -> str:
        """The disbursement."""
        return f"disbursement:{self.disbursement_id}"


@dataclass(frozen=True, slots=True)
class PayerShareSaved:
    """Prise en charge enregistrée."""

    action: ClassVar[str] = "billing.payer_share_saved"

    share_id: int
    party_id: int
    payer_id: int
    share: str

    @property
    def subject(self) -> str:
        """The buyer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PayerShareEnded:
    """Prise en charge retirée."""

    action: ClassVar[str] = "billing.payer_share_ended"

    share_id: int
    party_id: int

    @property
    def subject(self) -> str:
        """The buyer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class RebateAgreed:
    """Accord de remise de fin d'année enregistré."""

    action: ClassVar[str] = "billing.rebate_agreed"

    agreement_id: int
    number: str

    @property
    def subject(self) -> str:
        """The agreement."""
        return f"rebate:{self.agreement_id}"


@dataclass(frozen=True, slots=True)
class RebateSettled:
    """Remise de fin d'année arrêtée."""

    action: ClassVar[str] = "billing.rebate_settled"

    agreement_id: int
    turnover: str
    amount: str
    invoice_id: int

    @property
    def subject(self) -> str:
        """The agreement."""
        return f"rebate:{self.agreement_id}"


@dataclass(frozen=True, slots=True)
class AccrualPosted:
    """Régularisation passée."""

    action: ClassVar[str] = "billing.accrual_posted"

    accrual_id: int
    kind: str
    closing: str
    net_total: str

    @property
    def subject(self) -> str:
        """The accrual."""
        return f"accrual:{self.accrual_id}"


@dataclass(frozen=True, slots=True)
class AccrualReversed:
    """Régularisation contrepassée."""

    action: ClassVar[str] = "billing.accrual_reversed"

    accrual_id: int
    on: str

    @property
    def subject(self) -> str:
        """The accrual."""
        return f"accrual:{self.accrual_id}"


@dataclass(frozen=True, slots=True)
class MandateSaved:
    """Mandat d'autofacturation enregistré."""

    action: ClassVar[str] = "billing.mandate_saved"

    mandate_id: int
    reference: str
    prefix: str

    @property
    def subject(self) -> str:
        """The mandate."""
        return f"mandate:{self.mandate_id}"


@dataclass(frozen=True, slots=True)
class MandateRevoked:
    """Mandat d'autofacturation révoqué."""

    action: ClassVar[str] = "billing.mandate_revoked"

    mandate_id: int
    reference: str

    @property
    def subject(self) -> str:
        """The mandate."""
        return f"mandate:{self.mandate_id}"


@dataclass(frozen=True, slots=True)
class SelfBillingAnswered:
    """Réponse d'un fournisseur to an invoice made in its name."""

    action: ClassVar[str] = "billing.self_billing_answered"

    invoice_id: int
    number: str
    answer: str
    reason: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class ReportPrepared:
    """E-reporting préparé: its message is valid and archived."""

    action: ClassVar[str] = "billing.report_prepared"

    report_id: int
    number: str
    file_id: int
    stands_in_for: str
    left_out: list[str]

    @property
    def subject(self) -> str:
        """The message."""
        return f"sales_report:{self.report_id}"
