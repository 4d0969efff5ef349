"""What the collection room tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PlanSetUp:
    """Plan de relance créé."""

    action: ClassVar[str] = "collection.plan_set_up"

    plan_id: int
    levels: int

    @property
    def subject(self) -> str:
        """The plan."""
        return f"dunning_plan:{self.plan_id}"


@dataclass(frozen=True, slots=True)
class InsolvencyNoticeRead:
    """Annonce du BODACC lue about a customer."""

    action: ClassVar[str] = "collection.insolvency_notice_read"

    notice_id: int
    party_id: int
    reference: str
    kind: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class InsolvencyNoticeSettled:
    """Annonce traitée: a case was recorded or completed from it, or it was set aside."""

    action: ClassVar[str] = "collection.insolvency_notice_settled"

    notice_id: int
    party_id: int
    answer: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class InsolvencyRecorded:
    """Procédure collective notée."""

    action: ClassVar[str] = "collection.insolvency_recorded"

    case_id: int
    party_id: int
    kind: str
    judgment_on: date
    claim_due_on: date | None

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class InsolvencyChanged:
    """Procédure collective complétée ou close: what changed, from what to what."""

    action: ClassVar[str] = "collection.insolvency_changed"

    case_id: int
    party_id: int
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class UnpaidBooked:
    """Créance douteuse, dépréciée, perdue ou recouvrée: what was booked of it."""

    action: ClassVar[str] = "collection.unpaid_booked"

    unpaid_entry_id: int
    party_id: int
    kind: str
    document_ref: str
    amount: Decimal
    vat_amount: Decimal
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class UnpaidUndone:
    """Écriture de créance douteuse annulée: by a reversal, or carried back to the usual account."""

    action: ClassVar[str] = "collection.unpaid_undone"

    unpaid_entry_id: int
    party_id: int
    kind: str
    document_ref: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class LevelTextChanged:
    """Texte d'un niveau modifié, with the text it replaces."""

    action: ClassVar[str] = "collection.level_text_changed"

    plan_id: int
    rank: int
    language: str
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The plan."""
        return f"dunning_plan:{self.plan_id}"


@dataclass(frozen=True, slots=True)
class PlanSaved:
    """Plan de relance enregistré: its version, what changed, and both whole.

    Attributes:
        changes: By field, or ``level.field``: before and after.
        before: The plan it replaces, to come back to it; empty for a new one.
    """

    action: ClassVar[str] = "collection.plan_saved"

    plan_id: int
    version: int
    changes: dict[str, tuple[object, object]]
    customers: int
    before: dict[str, object]
    after: dict[str, object]

    @property
    def subject(self) -> str:
        """The plan."""
        return f"dunning_plan:{self.plan_id}"


@dataclass(frozen=True, slots=True)
class PlanArchived:
    """Plan de relance archivé, or taken up again."""

    action: ClassVar[str] = "collection.plan_archived"

    plan_id: int
    archived: bool

    @property
    def subject(self) -> str:
        """The plan."""
        return f"dunning_plan:{self.plan_id}"


@dataclass(frozen=True, slots=True)
class PlanChosen:
    """Plan de relance d'un client choisi; ``None`` for the one of its category."""

    action: ClassVar[str] = "collection.plan_chosen"

    party_id: int
    plan_id: int | None
    former_id: int | None

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ReminderTextEdited:
    """Texte d'une relance retouché before it leaves, its figures kept."""

    action: ClassVar[str] = "collection.reminder_text_edited"

    reminder_id: int
    party_id: int
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ReplyRecorded:
    """Réponse d'un client notée: its reminders wait until it is read."""

    action: ClassVar[str] = "collection.reply_recorded"

    reply_id: int
    party_id: int
    channel: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ReplyRead:
    """Réponse d'un client lue, or marked unread again."""

    action: ClassVar[str] = "collection.reply_read"

    reply_id: int
    party_id: int
    read: bool

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PenaltyNoteIssued:
    """Pénalités facturées."""

    action: ClassVar[str] = "collection.penalty_note_issued"

    note_id: int
    party_id: int
    number: str
    interest: Decimal
    indemnity: Decimal

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PenaltiesWaived:
    """Pénalités remises."""

    action: ClassVar[str] = "collection.penalties_waived"

    waiver_id: int
    party_id: int
    number: str
    amount: Decimal
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PenaltyWaiverUndone:
    """Remise de pénalités annulée."""

    action: ClassVar[str] = "collection.penalty_waiver_undone"

    waiver_id: int
    party_id: int
    number: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class RatesRecorded:
    """Taux d'un semestre notés, or corrected."""

    action: ClassVar[str] = "collection.rates_recorded"

    semester: str
    legal_individuals: Decimal
    legal_professionals: Decimal
    ecb: Decimal
    to_confirm: bool
    source: str

    @property
    def subject(self) -> str:
        """The semester."""
        return f"legal_rate:{self.semester}"


@dataclass(frozen=True, slots=True)
class ReminderPrepared:
    """Relance préparée."""

    action: ClassVar[str] = "collection.reminder_prepared"

    reminder_id: int
    party_id: int
    rank: int
    total: Decimal

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ReminderApproved:
    """Relance approuvée by a person."""

    action: ClassVar[str] = "collection.reminder_approved"

    reminder_id: int
    party_id: int

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ReminderReleased:
    """Relance contrôlée une dernière fois, and let go."""

    action: ClassVar[str] = "collection.reminder_released"

    reminder_id: int
    party_id: int

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class ReminderCancelled:
    """Relance retirée before it left."""

    action: ClassVar[str] = "collection.reminder_cancelled"

    reminder_id: int
    party_id: int
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PayersReckoned:
    """Profils et prévisions calculés, with how good the foreseen days are; amounts of days."""

    action: ClassVar[str] = "collection.payers_reckoned"

    on: date
    profiles: int
    predictions: int
    model: str = ""
    tested: int = 0
    model_error_days: Decimal = Decimal(0)
    median_error_days: Decimal = Decimal(0)
    before_expected_percent: Decimal = Decimal(0)
    between_percent: Decimal = Decimal(0)

    @property
    def subject(self) -> str:
        """All payers of the company."""
        return "payers"


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """Litige ouvert."""

    action: ClassVar[str] = "collection.dispute_opened"

    dispute_id: int
    party_id: int
    document_ref: str
    amount: Decimal
    reason_code: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class DisputeClosed:
    """Litige clos."""

    action: ClassVar[str] = "collection.dispute_closed"

    dispute_id: int
    party_id: int
    outcome: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class DisputeMoved:
    """Étape d'un litige changée."""

    action: ClassVar[str] = "collection.dispute_moved"

    dispute_id: int
    before: str
    after: str

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeAssigned:
    """Litige confié, to nobody when the address is empty."""

    action: ClassVar[str] = "collection.dispute_assigned"

    dispute_id: int
    email: str

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeDeadlineSet:
    """Délai d'un litige changé."""

    action: ClassVar[str] = "collection.dispute_deadline_set"

    dispute_id: int
    before: date | None
    after: date

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputePieceAdded:
    """Pièce demandée."""

    action: ClassVar[str] = "collection.dispute_piece_added"

    dispute_id: int
    piece_id: int
    label: str

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputePieceProvided:
    """Pièce reçue, with its file when there is one."""

    action: ClassVar[str] = "collection.dispute_piece_provided"

    dispute_id: int
    piece_id: int
    file_id: int | None

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputePieceWaived:
    """Pièce écartée, or asked for again."""

    action: ClassVar[str] = "collection.dispute_piece_waived"

    dispute_id: int
    piece_id: int
    waived: bool

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeCreditDrafted:
    """Avoir d'un litige préparé."""

    action: ClassVar[str] = "collection.dispute_credit_drafted"

    dispute_id: int
    invoice_id: int
    gross: Decimal

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeCreditDropped:
    """Avoir d'un litige abandonné: its draft was deleted."""

    action: ClassVar[str] = "collection.dispute_credit_dropped"

    dispute_id: int
    before: str

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeRefused:
    """Refus motivé préparé; ``message_id`` of the outbox, if it goes by mail."""

    action: ClassVar[str] = "collection.dispute_refused"

    dispute_id: int
    message_id: int | None
    pieces: int

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeRefusalSent:
    """Refus motivé envoyé."""

    action: ClassVar[str] = "collection.dispute_refusal_sent"

    dispute_id: int
    message_id: int

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeCloseUndone:
    """Clôture d'un litige annulée."""

    action: ClassVar[str] = "collection.dispute_close_undone"

    dispute_id: int
    outcome: str

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class DisputeLearned:
    """Cause et leçon d'un litige notées."""

    action: ClassVar[str] = "collection.dispute_learned"

    dispute_id: int
    cause: str
    lesson: str

    @property
    def subject(self) -> str:
        """The dispute."""
        return f"dispute:{self.dispute_id}"


@dataclass(frozen=True, slots=True)
class RemindersHeld:
    """Relances suspendues, for the customer or for one item."""

    action: ClassVar[str] = "collection.reminders_held"

    hold_id: int
    party_id: int
    item_id: int | None
    reason: str
    until: date | None

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class LetterTypeset:
    """Lettre de relance composée, with its file."""

    action: ClassVar[str] = "collection.letter_typeset"

    reminder_id: int
    party_id: int
    file_id: int

    @property
    def subject(self) -> str:
        """The reminder."""
        return f"reminder:{self.reminder_id}"


@dataclass(frozen=True, slots=True)
class StatementMade:
    """Relevé de compte établi."""

    action: ClassVar[str] = "collection.statement_made"

    statement_id: int
    party_id: int
    on: str
    balance: Decimal

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class LetterProved:
    """Preuve d'une lettre notée: deposit, passage, receipt."""

    action: ClassVar[str] = "collection.letter_proved"

    reminder_id: int
    party_id: int
    kind: str
    on: str
    tracking: str

    @property
    def subject(self) -> str:
        """The reminder."""
        return f"reminder:{self.reminder_id}"


@dataclass(frozen=True, slots=True)
class RegisteredConsent:
    """Accord d'un particulier pour le recommandé électronique."""

    action: ClassVar[str] = "collection.registered_consent"

    party_id: int
    note: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class LetterModelAdded:
    """Modèle de lettre mis en service."""

    action: ClassVar[str] = "collection.letter_model_added"

    model_id: int
    name: str
    syntax: str
    language: str
    level_id: int | None
    file_id: int

    @property
    def subject(self) -> str:
        """The model."""
        return f"letter_template:{self.model_id}"


@dataclass(frozen=True, slots=True)
class LetterModelEnded:
    """Modèle de lettre retiré."""

    action: ClassVar[str] = "collection.letter_model_ended"

    model_id: int
    name: str

    @property
    def subject(self) -> str:
        """The model."""
        return f"letter_template:{self.model_id}"


@dataclass(frozen=True, slots=True)
class ReminderPosted:
    """Lettre de relance confiée à la poste, or to the provider of registered letters."""

    action: ClassVar[str] = "collection.reminder_posted"

    reminder_id: int
    party_id: int
    channel: str

    @property
    def subject(self) -> str:
        """The reminder."""
        return f"reminder:{self.reminder_id}"


@dataclass(frozen=True, slots=True)
class RemindersResumed:
    """Suspension levée."""

    action: ClassVar[str] = "collection.reminders_resumed"

    hold_id: int
    party_id: int

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PromiseWithdrawn:
    """Promesse retirée: taken back, replaced by another one, or noted by mistake."""

    action: ClassVar[str] = "collection.promise_withdrawn"

    promise_id: int
    party_id: int
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PromiseRestored:
    """Promesse remise en cours: the one that replaced it was noted by mistake."""

    action: ClassVar[str] = "collection.promise_restored"

    promise_id: int
    party_id: int

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PromiseJudged:
    """Promesse jugée: ``before`` is the verdict it corrects, empty the first time."""

    action: ClassVar[str] = "collection.promise_judged"

    promise_id: int
    party_id: int
    verdict: str
    paid: Decimal
    before: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class CallCancelled:
    """Appel devenu sans objet."""

    action: ClassVar[str] = "collection.call_cancelled"

    call_id: int
    party_id: int
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PaymentPlanDrafted:
    """Échéancier préparé."""

    action: ClassVar[str] = "collection.payment_plan_drafted"

    plan_id: int
    party_id: int
    total: Decimal
    instalments: int

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PaymentPlanProposed:
    """Échéancier proposé."""

    action: ClassVar[str] = "collection.payment_plan_proposed"

    plan_id: int
    party_id: int

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PaymentPlanAccepted:
    """Échéancier accepté."""

    action: ClassVar[str] = "collection.payment_plan_accepted"

    plan_id: int
    party_id: int
    accepted_on: date
    accepted_by: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PaymentPlanEnded:
    """Échéancier soldé, rompu ou annulé."""

    action: ClassVar[str] = "collection.payment_plan_ended"

    plan_id: int
    party_id: int
    state: str
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PaymentPlanReopened:
    """Échéancier remis en cours, or its acceptance taken back."""

    action: ClassVar[str] = "collection.payment_plan_reopened"

    plan_id: int
    party_id: int
    state: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class CallMade:
    """Appel passé, et son issue."""

    action: ClassVar[str] = "collection.call_made"

    call_id: int
    party_id: int
    outcome: str
    note: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class CallUndone:
    """Issue d'appel annulée: the call is to be made again."""

    action: ClassVar[str] = "collection.call_undone"

    call_id: int
    party_id: int
    outcome: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class CallAssigned:
    """Appel confié à une personne, or to nobody in particular."""

    action: ClassVar[str] = "collection.call_assigned"

    call_id: int
    party_id: int
    to: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class CallAsked:
    """Appel à passer."""

    action: ClassVar[str] = "collection.call_asked"

    call_id: int
    party_id: int
    reason: str
    due_on: date

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PaymentPromised:
    """Promesse de paiement recorded."""

    action: ClassVar[str] = "collection.payment_promised"

    promise_id: int
    party_id: int
    document_ref: str
    amount: Decimal
    promised_on: date

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class InterruptionRecorded:
    """Acte interruptif de prescription noté."""

    action: ClassVar[str] = "collection.interruption_recorded"

    act_id: int
    party_id: int
    document_ref: str
    cause: str
    on: date

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class InterruptionEnded:
    """Instance éteinte, with the title it gave if any."""

    action: ClassVar[str] = "collection.interruption_ended"

    act_id: int
    party_id: int
    document_ref: str
    until: date
    title: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class InterruptionWithdrawn:
    """Acte interruptif retiré."""

    action: ClassVar[str] = "collection.interruption_withdrawn"

    act_id: int
    party_id: int
    document_ref: str
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class RecoveryStepOpened:
    """Étape de recouvrement engagée, with what was confirmed to go on."""

    action: ClassVar[str] = "collection.recovery_step_opened"

    step_id: int
    party_id: int
    kind: str
    amount: Decimal
    counterpart: str
    confirmed: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class RecoveryStepEnded:
    """Étape de recouvrement finie."""

    action: ClassVar[str] = "collection.recovery_step_ended"

    step_id: int
    party_id: int
    kind: str
    outcome: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class RecoveryStepUndone:
    """Étape de recouvrement annulée."""

    action: ClassVar[str] = "collection.recovery_step_undone"

    step_id: int
    party_id: int
    kind: str
    reason: str

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class RecoveryFileBuilt:
    """Dossier de recouvrement constitué."""

    action: ClassVar[str] = "collection.recovery_file_built"

    file_id: int
    party_id: int
    sha256: str
    pieces: int
    missing: int

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class OrderEventRecorded:
    """Événement d'une injonction de payer noté."""

    action: ClassVar[str] = "collection.order_event_recorded"

    step_id: int
    party_id: int
    event: str
    on: date

    @property
    def subject(self) -> str:
        """The customer."""
        return f"party:{self.party_id}"
