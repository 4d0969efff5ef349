"""Facts handed to the collection room, and told by it. Amounts are in euros, positive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from echeance.core.dunning import Channel, Imputation, InterestSlice, Reason, Step, Tone
from echeance.core.dunning.instalments import Every
from echeance.core.money import ZERO
from echeance.core.payers import Evaluation, Grade, NextAction, Prediction
from echeance.core.terms import CustomerKind


@dataclass(frozen=True, slots=True)
class CollectionPolicy:
    """What the assistant does by itself with the reminders, and when it must not.

    Attributes:
        bank_business_days_max: Business days after which the bank is stale and nothing leaves.
        floor_amount: Below it no reminder leaves.
        business_days_only: Nothing leaves on weekends and holidays.
        hold_minutes: How long a prepared message can be taken back before it leaves.
        auto_send: Messages leave after the hold without a person; off, each waits for one.
        proposed_ranks: Ranks of levels that always wait for a person.
        imputation: What a part payment settles first when interest is reckoned.
        contract_rate: Yearly rate of the sales conditions, per cent; ``None`` for the legal one.
        carriage_debts: The company bills carriage: its debts are limited to one year.
        insurance_notice_days: Days after the due date by which a debt is told to the insurer.
        doubtful_after_days: Days late after which a debt is proposed as doubtful.
    """

    SECTION: ClassVar[str] = "collection"

    bank_business_days_max: int = 2
    floor_amount: Decimal = ZERO
    business_days_only: bool = True
    hold_minutes: int = 120
    auto_send: bool = True
    proposed_ranks: tuple[int, ...] = (3,)
    imputation: Imputation = Imputation.INTEREST_FIRST
    contract_rate: Decimal | None = None
    carriage_debts: bool = False
    insurance_notice_days: int = 60
    doubtful_after_days: int = 180

    def asks_for(self, rank: int) -> bool:
        """Whether a message of that rank waits for a person."""
        return not self.auto_send or rank in self.proposed_ranks


class Decision(StrEnum):
    """What the dry run says of one customer."""

    SEND = "send"
    HOLD = "hold"
    EXCLUDED = "excluded"


DECISION_LABELS = {
    Decision.SEND: "À envoyer",
    Decision.HOLD: "En attente",
    Decision.EXCLUDED: "Écarté",
}


class DisputeReason(StrEnum):
    """Why an invoice is disputed: the reasons of the platform status 207, none other."""

    AUTRE = "AUTRE"
    CMD_ERR = "CMD_ERR"
    SIRET_ERR = "SIRET_ERR"
    CODE_ROUTAGE_ERR = "CODE_ROUTAGE_ERR"
    REF_CT_ABSENT = "REF_CT_ABSENT"
    REF_ERR = "REF_ERR"
    PU_ERR = "PU_ERR"
    REM_ERR = "REM_ERR"
    QTE_ERR = "QTE_ERR"
    ART_ERR = "ART_ERR"
    MODPAI_ERR = "MODPAI_ERR"
    QUALITE_ERR = "QUALITE_ERR"
    LIVR_INCOMP = "LIVR_INCOMP"
    COORD_BANC_ERR = "COORD_BANC_ERR"
    TX_TVA_ERR = "TX_TVA_ERR"
    MONTANTTOTAL_ERR = "MONTANTTOTAL_ERR"
    CALCUL_ERR = "CALCUL_ERR"
    NON_CONFORME = "NON_CONFORME"
    DOUBLON = "DOUBLON"
    DEST_INC = "DEST_INC"
    DEST_ERR = "DEST_ERR"
    TRANSAC_INC = "TRANSAC_INC"
    EMMET_INC = "EMMET_INC"
    CONTRAT_TERM = "CONTRAT_TERM"
    DOUBLE_FACT = "DOUBLE_FACT"
    ADR_ERR = "ADR_ERR"


DISPUTE_REASON_LABELS = {
    DisputeReason.AUTRE: "autre motif",
    DisputeReason.CMD_ERR: "commande incorrecte ou absente",
    DisputeReason.SIRET_ERR: "SIRET incorrect ou absent",
    DisputeReason.CODE_ROUTAGE_ERR: "code de routage incorrect ou absent",
    DisputeReason.REF_CT_ABSENT: "référence de contrat absente",
    DisputeReason.REF_ERR: "référence incorrecte",
    DisputeReason.PU_ERR: "prix unitaire incorrect",
    DisputeReason.REM_ERR: "remise incorrecte",
    DisputeReason.QTE_ERR: "quantité incorrecte",
    DisputeReason.ART_ERR: "article incorrect",
    DisputeReason.MODPAI_ERR: "modalités de paiement incorrectes",
    DisputeReason.QUALITE_ERR: "qualité de la livraison",
    DisputeReason.LIVR_INCOMP: "livraison incomplète",
    DisputeReason.COORD_BANC_ERR: "coordonnées bancaires incorrectes",
    DisputeReason.TX_TVA_ERR: "taux de TVA incorrect",
    DisputeReason.MONTANTTOTAL_ERR: "montant total incorrect",
    DisputeReason.CALCUL_ERR: "erreur de calcul",
    DisputeReason.NON_CONFORME: "mention obligatoire absente",
    DisputeReason.DOUBLON: "facture déjà reçue",
    DisputeReason.DEST_INC: "destinataire inconnu",
    DisputeReason.DEST_ERR: "destinataire incorrect",
    DisputeReason.TRANSAC_INC: "transaction inconnue",
    DisputeReason.EMMET_INC: "émetteur inconnu",
    DisputeReason.CONTRAT_TERM: "contrat terminé",
    DisputeReason.DOUBLE_FACT: "déjà facturé",
    DisputeReason.ADR_ERR: "adresse de facturation incorrecte",
}


class DisputeOutcome(StrEnum):
    """How a dispute ended."""

    FOUNDED = "founded"
    UNFOUNDED = "unfounded"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class DisputePolicy:
    """How long disputes and the questions about them may wait, in days.

    Attributes:
        answer_days: To settle a dispute.
        quality_days: When the quality of goods is contested: they are looked at.
        data_days: When only a mention of the invoice is to be corrected.
        question_days: For a colleague to answer.
    """

    SECTION: ClassVar[str] = "disputes"

    answer_days: int = 10
    quality_days: int = 15
    data_days: int = 5
    question_days: int = 3


@dataclass(frozen=True, slots=True)
class DisputeFile:
    """A file that comes with an answer or as a piece.

    Attributes:
        content: Its bytes; what it is, is read in them.
        filename: As it was named.
    """

    content: bytes = field(repr=False)
    filename: str


@dataclass(frozen=True, slots=True)
class DisputeFilter:
    """Which disputes to list, count or export; an empty field leaves all.

    Attributes:
        state: ``open``, ``closed`` or empty.
        owner: Number of the member who answers for them; ``0`` for those of nobody.
        late: Only open ones past their day.
        since: First day of opening.
        until: Last day of opening, included.
        text: A part of the document or of the customer's name.
    """

    state: str = ""
    stage: str = ""
    reason: str = ""
    outcome: str = ""
    owner: int | None = None
    party_id: int | None = None
    product: str | None = None
    site: str | None = None
    carrier: str | None = None
    seller: str | None = None
    cause: str | None = None
    late: bool = False
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class DisputeFollowUp:
    """What following disputes found: their numbers.

    Attributes:
        answered: Whose colleague answered.
        credited: Closed by the credit note that was issued.
        paid: Paid in full though disputed.
        late: Past their day, or whose question is.
    """

    answered: tuple[int, ...] = ()
    credited: tuple[int, ...] = ()
    paid: tuple[int, ...] = ()
    late: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of a chased item to reckon what it bears.

    Attributes:
        amount: As it was invoiced.
        disputed: Part under dispute: it is not asked for and bears no interest meanwhile.
        payments: Receipts allocated to it: day and amount.
        credit_notes: Credit notes allocated to it: date and amount; they lower the principal from
            that date, whatever the imputation.
        customer: Whose law applies, when it is not that of who is written to.
        insolvency_date: Opening judgment of who owes it.
        debtor: Name of who owes it, when it is not who is written to.
        is_penalty: It is a penalty note: it bears nothing (C. civ. 1343-2).
    """

    amount: Decimal
    disputed: Decimal = ZERO
    payments: tuple[tuple[date, Decimal], ...] = ()
    credit_notes: tuple[tuple[date, Decimal], ...] = ()
    customer: CustomerKind | None = None
    insolvency_date: date | None = None
    debtor: str = ""
    is_penalty: bool = False


@dataclass(frozen=True, slots=True)
class NotedPenalty:
    """What penalty notes have already claimed on an open item; what was waived stays noted.

    Attributes:
        interest: Sum of the interest claimed on the item.
        until: Last day of interest claimed; ``None`` when only its document's 40 € were.
        indemnity: The 40 € claimed on its document, whichever instalment carries them.
        cuts: Last day of each claim, oldest first: interest is cut there.
    """

    item_id: int
    interest: Decimal = ZERO
    until: date | None = None
    indemnity: Decimal = ZERO
    cuts: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class UnclaimedInterest:
    """Interest of an item that no note has claimed yet.

    Attributes:
        slices: Those after the last day already claimed.
        adjustment: What earlier claims would be reckoned at today, less what they were: a payment
            was noted, or undone, after the note.
        amount: Slices and adjustment; may be negative, nothing is claimed then.
    """

    slices: tuple[InterestSlice, ...] = ()
    adjustment: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """What a note of the day would claim."""
        return sum((part.amount for part in self.slices), self.adjustment)


@dataclass(frozen=True, slots=True)
class PenaltyPart:
    """What a note claims on one late item.

    Attributes:
        adjustment: Correction of what earlier notes claimed on it.
        interest: Its slices and the adjustment; never negative.
        indemnity: The 40 €, on the first late instalment of an invoice, once ever.
    """

    item_id: int
    document_ref: str
    due_date: date
    amount: Decimal
    slices: tuple[InterestSlice, ...] = ()
    adjustment: Decimal = ZERO
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PenaltyClaim:
    """A note as it would be issued, or as it was: one customer, its late items.

    Attributes:
        note_id: Once issued.
        number: Once issued.
    """

    party_id: int
    party_code: str
    party_name: str
    category: str
    until: date
    parts: tuple[PenaltyPart, ...]
    note_id: int = 0
    number: str = ""

    @property
    def interest(self) -> Decimal:
        """Interest of all items."""
        return sum((part.interest for part in self.parts), ZERO)

    @property
    def indemnity(self) -> Decimal:
        """The 40 € of all invoices."""
        return sum((part.indemnity for part in self.parts), ZERO)

    @property
    def total(self) -> Decimal:
        """What the note claims."""
        return self.interest + self.indemnity


@dataclass(frozen=True, slots=True)
class PenaltySkip:
    """A late item that no note claims anything on, and why, in French."""

    item_id: int
    document_ref: str
    party_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class PenaltyReport:
    """What issuing notes did, or would do."""

    claims: tuple[PenaltyClaim, ...]
    skipped: tuple[PenaltySkip, ...]

    @property
    def total(self) -> Decimal:
        """What all notes claim."""
        return sum((claim.total for claim in self.claims), ZERO)


class PenaltyState(StrEnum):
    """What became of a note; read from the ledger, never stored."""

    OPEN = "open"
    PARTLY = "partly"
    PAID = "paid"
    WAIVED = "waived"


PENALTY_STATE_LABELS = {
    PenaltyState.OPEN: "à payer",
    PenaltyState.PARTLY: "payée en partie",
    PenaltyState.PAID: "payée",
    PenaltyState.WAIVED: "remise",
}


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """An open item named in a reminder.

    Attributes:
        amount: What is asked for it: open, less what is disputed.
        rank: Rank it has once the message has left.
        slices: Its interest, line by line, less what penalty notes have claimed; empty for a
            consumer.
        indemnity: The 40 €, on the first line of each late invoice, unless a note claimed it.
        debtor: Name of who owes it, when it is not who is written to.
        is_penalty: It is a penalty note.
        adjustment: What earlier claims of interest would be reckoned at now, less what they were.
    """

    item_id: int
    document_ref: str
    due_date: date
    days_late: int
    amount: Decimal
    disputed: Decimal
    rank: int
    slices: tuple[InterestSlice, ...] = ()
    indemnity: Decimal = ZERO
    debtor: str = ""
    is_penalty: bool = False
    adjustment: Decimal = ZERO

    @property
    def interest(self) -> Decimal:
        """Interest accrued and not yet claimed: the sum of its slices and the adjustment."""
        return max(sum((part.amount for part in self.slices), self.adjustment), ZERO)


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One customer of the dry run: what would leave, or why nothing does.

    Attributes:
        amount_due: All that is overdue, disputed or not.
        reasons: Every reason, in French.
        rank: Rank of the level reached; 0 when nothing is sent.
        needs_approval: The message would wait for a person.
        lines: Items named, oldest first; empty when nothing is sent.
        plan_id: Plan that the customer follows.
        channel: How it would go: ``mail``, ``post``…; empty when nothing is sent.
        step: What the level is in the course of collection; empty when nothing is sent.
        signed_by: Who signs; the company when empty.
        language: Of the message, when it has a text in it.
        days_after_due: Days of lateness of the level reached; ``None`` when nothing is sent.
        credits: Money received and credit notes not applied yet: the message says the net.
        subject: Subject of the message as it would leave; empty in a stream.
        body: Its text; empty in a stream.
    """

    party_id: int
    party_code: str
    party_name: str
    category: str
    decision: Decision
    amount_due: Decimal
    reasons: tuple[Reason, ...]
    until: date | None = None
    rank: int = 0
    level_label: str = ""
    needs_approval: bool = False
    lines: tuple[ReminderLine, ...] = ()
    recipients: tuple[str, ...] = ()
    plan_id: int = 0
    channel: str = ""
    step: str = ""
    signed_by: str = ""
    language: str = "fr"
    days_after_due: int | None = None
    credits: Decimal = ZERO
    subject: str = ""
    body: str = ""

    @property
    def total(self) -> Decimal:
        """What the message asks for: the sum of its items."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def net(self) -> Decimal:
        """What is left to pay once what was received and not applied is deducted."""
        return self.total - self.credits

    @property
    def interest(self) -> Decimal:
        """Late interest of all items."""
        return sum((line.interest for line in self.lines), ZERO)

    @property
    def indemnity(self) -> Decimal:
        """The 40 € of all invoices."""
        return sum((line.indemnity for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many customers, and for how much.

    Attributes:
        amount: What the messages ask for where one is sent, else what is overdue.
    """

    customers: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class DryRunCounts:
    """The dry run of a day in figures.

    Attributes:
        decisions: By decision.
        reasons: By code of reason; a customer counts once for each of its reasons.
        levels: By rank and label of the level, of those to send.
    """

    decisions: Mapping[Decision, Tally]
    reasons: Mapping[str, Tally]
    levels: Mapping[tuple[int, str], Tally]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What preparing a run did.

    Attributes:
        reminder_ids: Reminders prepared by this call; none when it was already done.
        send: Their customers. Those of an earlier call of the day are among ``hold``.
        to_approve: How many of them wait for a person.
    """

    run_id: int
    on: date
    reminder_ids: tuple[int, ...]
    send: tuple[ReminderRow, ...]
    hold: tuple[ReminderRow, ...]
    excluded: tuple[ReminderRow, ...]
    to_approve: int = 0


@dataclass(frozen=True, slots=True)
class NotReleased:
    """A reminder that does not leave: which, whose, and the French sentence that says why."""

    reminder_id: int
    party_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What a last check did.

    Attributes:
        released: Reminders whose message may now leave.
        waiting: Left in the outbox until an obstacle passes by itself.
        cancelled: Taken back: the picture changed; the next run prepares a right one.
    """

    released: tuple[int, ...] = ()
    waiting: tuple[NotReleased, ...] = ()
    cancelled: tuple[NotReleased, ...] = ()


@dataclass(frozen=True, slots=True)
class PayersReport:
    """What reckoning the payers did.

    Attributes:
        profiles: Customers with a profile.
        predictions: Open items with an expected day.
        evaluation: How good the foreseen days are, on the last quarter of the payments; none
            when there are too few.
    """

    profiles: int
    predictions: int
    evaluation: Evaluation | None


@dataclass(frozen=True, slots=True)
class ForecastWeek:
    """Money expected in a week.

    Attributes:
        start: Its Monday; the first one also holds what was expected before.
        expected: Sum of the items whose expected day falls in it.
        surest: Of these, those that nine in ten such items would have paid by its end.
        count: Items.
    """

    start: date
    expected: Decimal
    surest: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Money expected from customers.

    Attributes:
        weeks: In order.
        beyond: Expected after the last week.
        disputed: Open and contested: in no week.
        unforeseen: Open items without an expected day yet.
        computed_on: Day of the predictions; none when there are none.
    """

    weeks: tuple[ForecastWeek, ...]
    beyond: Decimal
    disputed: Decimal
    unforeseen: Decimal
    computed_on: date | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A late customer in the order of the calls.

    Attributes:
        overdue: Late and not contested.
        days_late: Of its oldest late item.
        next: What to do next, and why.
    """

    party_id: int
    overdue: Decimal
    days_late: int
    grade: Grade
    next: NextAction
    foreseen: Prediction | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next for an invoice, in one French sentence."""

    document_ref: str
    decision: Decision
    sentence: str
    level_label: str = ""
    on: date | None = None


STEP_LABELS = {
    Step.COURTESY: "message de courtoisie",
    Step.REMINDER: "relance",
    Step.FORMAL_NOTICE: "mise en demeure",
    Step.HANDOVER: "remise au contentieux",
}


@dataclass(frozen=True, slots=True)
class TypesetReport:
    """What setting letters did.

    Attributes:
        typeset: Reminders whose letter is set now.
        refused: Those that cannot be, each with its reason.
    """

    typeset: tuple[int, ...] = ()
    refused: tuple[NotReleased, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementReport:
    """What making statements of account did.

    Attributes:
        made: Statements made by this call.
        known: Those of the same day there were already.
        unsent: Customers whose statement goes neither by mail nor by post, with the reason.
        empty: Customers with nothing open that day.
    """

    made: tuple[int, ...] = ()
    known: tuple[int, ...] = ()
    unsent: dict[int, str] = field(default_factory=dict)
    empty: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofLine:
    """What became of a line of a list of proofs.

    Attributes:
        number: Line in the file.
        reference: Of the letter, as written there.
        problem: Why nothing was recorded, in French; "" when it was.
    """

    number: int
    reference: str
    problem: str


class Grouping(StrEnum):
    """Whose items one message names."""

    CUSTOMER = "customer"
    GROUP = "group"


GROUPING_LABELS = {
    Grouping.CUSTOMER: "un message par client",
    Grouping.GROUP: "un message au siège pour tout le groupe",
}


@dataclass(frozen=True, slots=True)
class LevelDraft:
    """A level of a plan as a person wrote it; its rank is its place by day.

    Attributes:
        key: Of the level it replaces; empty for a new one.
        days_after_due: Days of lateness from which it is sent; negative before the due date.
        texts: Subject and body, by language; those of the step where there is no French one.
    """

    label: str
    days_after_due: int
    step: Step = Step.REMINDER
    channel: Channel = Channel.MAIL
    tone: Tone = Tone.COURTEOUS
    shows_penalties: bool = False
    is_automatic: bool = True
    attaches_invoices: bool = True
    attaches_statement: bool = False
    signed_by: str = ""
    signed_as: str = ""
    key: str = ""
    texts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as a person wrote it, saved as one edit.

    Attributes:
        category: Customers who follow it without being given it; empty for none.
        is_default: Customers without another plan follow it.
        floor_amount: Below it nothing is asked; ``None`` for the policy's.
        ceiling_amount: Above it a person decides.
        levels: In the order of their days.
    """

    name: str
    levels: tuple[LevelDraft, ...]
    category: str = ""
    is_default: bool = False
    grouping: Grouping = Grouping.CUSTOMER
    days_between_contacts: int = 7
    floor_amount: Decimal | None = None
    ceiling_amount: Decimal | None = None


class ChangeKind(StrEnum):
    """How the next step of a customer moves when a plan is saved."""

    STARTS = "starts"
    STOPS = "stops"
    LEVEL = "level"
    CHANNEL = "channel"
    AMOUNT = "amount"
    SOONER = "sooner"
    LATER = "later"
    OTHER = "other"


CHANGE_LABELS = {
    ChangeKind.STARTS: "reçoivent une relance qui ne partait pas",
    ChangeKind.STOPS: "n'en reçoivent plus",
    ChangeKind.LEVEL: "changent de niveau",
    ChangeKind.CHANNEL: "changent de canal",
    ChangeKind.AMOUNT: "changent de montant demandé",
    ChangeKind.SOONER: "seront relancés plus tôt",
    ChangeKind.LATER: "seront relancés plus tard",
    ChangeKind.OTHER: "changent autrement",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A customer whose next step would not be the same.

    Attributes:
        amount: What is asked for if a message leaves, else what is overdue.
        before: French sentence of its next step today.
        after: The same with the plan as it would be.
    """

    party_id: int
    party_name: str
    kind: ChangeKind
    before: str
    after: str
    level_label: str
    on: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LaterChange:
    """Customers whose items not yet due will first be written to on another day.

    Attributes:
        amount: What of theirs is not yet due.
        before: Days after the due date of their first level, as it is; negative before it.
        after: The same with the plan as it would be.
    """

    customers: int
    amount: Decimal
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class PlanChoiceReport:
    """What giving a plan to customers did, and what its undoing needs.

    Attributes:
        made: Choices written.
        ended: Choices they replace.
        unchanged: Customers who followed it already.
    """

    made: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()
    unchanged: int = 0


class ProofKind(StrEnum):
    """What proves the course of a letter."""

    POSTED = "posted"
    PRESENTED = "presented"
    RECEIVED = "received"
    REFUSED = "refused"
    UNCLAIMED = "unclaimed"
    RETURNED = "returned"


PROOF_LABELS = {
    ProofKind.POSTED: "preuve de dépôt",
    ProofKind.PRESENTED: "avis de passage",
    ProofKind.RECEIVED: "accusé de réception signé",
    ProofKind.REFUSED: "pli refusé",
    ProofKind.UNCLAIMED: "pli avisé et non réclamé",
    ProofKind.RETURNED: "destinataire inconnu à l'adresse",
}


class DisputeStage(StrEnum):
    """Where a dispute stands on the board."""

    NEW = "new"
    OPERATIONS = "operations"
    CUSTOMER = "customer"
    CREDIT = "credit"
    CLOSED = "closed"


DISPUTE_STAGE_LABELS = {
    DisputeStage.NEW: "Nouveau",
    DisputeStage.OPERATIONS: "Attend un collègue",
    DisputeStage.CUSTOMER: "Attend le client",
    DisputeStage.CREDIT: "Avoir à émettre",
    DisputeStage.CLOSED: "Clos",
}


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call to put on the list.

    Attributes:
        key: The matter, e.g. ``promise:412``; one call a matter, whatever became of it.
        reason: Why, one French sentence.
        due_on: The day to call.
        amount: Money at stake, for the order of the list.
        assigned_to_id: The colleague who calls; nobody in particular when absent.
        contact_name: Whom to ask for; with ``phone``, taken from the contacts when empty.
    """

    party_id: int
    key: str
    reason: str
    due_on: date
    amount: Decimal = ZERO
    assigned_to_id: int | None = None
    contact_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PromiseCounts:
    """Promises of a customer that were judged, and the money of them.

    Attributes:
        promised: Sum of what was promised.
        paid: Part of it that was paid by the promised days.
    """

    kept: int = 0
    partly: int = 0
    broken: int = 0
    promised: Decimal = ZERO
    paid: Decimal = ZERO

    def __add__(self, other: PromiseCounts) -> PromiseCounts:
        return PromiseCounts(
            self.kept + other.kept,
            self.partly + other.partly,
            self.broken + other.broken,
            self.promised + other.promised,
            self.paid + other.paid,
        )

    @property
    def due(self) -> int:
        """How many were to be kept."""
        return self.kept + self.partly + self.broken


@dataclass(frozen=True, slots=True)
class JudgedPromise:
    """A promise judged, and what the judgment says.

    Attributes:
        paid: Part of it that was paid by the promised day.
        before: The verdict this one corrects; empty the first time.
        call_id: The call made because it was not kept; 0 when none is needed.
    """

    promise_id: int
    party_id: int
    document_ref: str
    amount: Decimal
    promised_on: date
    verdict: PromiseVerdict
    paid: Decimal
    reason: str
    before: str = ""
    call_id: int = 0
    party_name: str = ""


@dataclass(frozen=True, slots=True)
class WaitingPromise:
    """A promise whose day is over and that cannot be judged yet, with the French reason."""

    promise_id: int
    party_id: int
    document_ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromiseReport:
    """What a judgment of the promises did."""

    judged: tuple[JudgedPromise, ...] = ()
    waiting: tuple[WaitingPromise, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPaymentPlan:
    """A payment plan to draft.

    Attributes:
        item_ids: Open items it pays, penalty notes included where they are agreed.
        count, first_on, every: Equal instalments, the last one making the total exact.
        business_days: A day that is not worked is moved to the next one that is.
        parts: Day and amount of each instalment agreed by hand; stands for the four above.
        grace_days: Days after its own on which an instalment may still be paid.
        misses_max: How many instalments may be missed before the plan is broken.
        acknowledges_debt: The agreement carries the acknowledgement of the debt.
    """

    party_id: int
    item_ids: tuple[int, ...]
    first_on: date
    count: int = 3
    every: Every = Every.MONTH
    business_days: bool = True
    parts: tuple[tuple[date, Decimal], ...] = ()
    grace_days: int = 3
    misses_max: int = 0
    acknowledges_debt: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class JudgedPlan:
    """What the follow-up of a payment plan found new: its state before and now, and why."""

    plan_id: int
    party_id: int
    party_name: str
    before: str
    state: PaymentPlanState
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentPlanReport:
    """What a follow-up of the payment plans did."""

    judged: tuple[JudgedPlan, ...] = ()


class PromiseSource(StrEnum):
    """Where a promise was heard."""

    CALL = "call"
    MAIL = "mail"
    PORTAL = "portal"
    PLATFORM = "platform"
    PLAN = "plan"


PROMISE_SOURCE_LABELS = {
    PromiseSource.CALL: "au téléphone",
    PromiseSource.MAIL: "par courriel",
    PromiseSource.PORTAL: "sur l'espace client",
    PromiseSource.PLATFORM: "par la plateforme",
    PromiseSource.PLAN: "dans un échéancier",
}


class PromiseVerdict(StrEnum):
    """What became of a promise, judged on the day after."""

    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


PROMISE_VERDICT_LABELS = {
    PromiseVerdict.KEPT: "tenue",
    PromiseVerdict.PARTLY: "tenue en partie",
    PromiseVerdict.BROKEN: "non tenue",
    PromiseVerdict.WITHDRAWN: "retirée",
}


class CallOutcome(StrEnum):
    """How a call ended; one key each on the calls list."""

    PROMISED = "promised"
    PAID_ALREADY = "paid_already"
    DISPUTES = "disputes"
    CALL_BACK = "call_back"
    NO_ANSWER = "no_answer"
    MESSAGE_LEFT = "message_left"
    WRONG_NUMBER = "wrong_number"
    REFUSES = "refuses"
    INSOLVENT = "insolvent"


CALL_OUTCOME_LABELS = {
    CallOutcome.PROMISED: "a promis de payer",
    CallOutcome.PAID_ALREADY: "dit avoir payé",
    CallOutcome.DISPUTES: "conteste",
    CallOutcome.CALL_BACK: "à rappeler",
    CallOutcome.NO_ANSWER: "ne répond pas",
    CallOutcome.MESSAGE_LEFT: "message laissé",
    CallOutcome.WRONG_NUMBER: "mauvais numéro",
    CallOutcome.REFUSES: "refuse de payer",
    CallOutcome.INSOLVENT: "annonce une procédure collective",
}


@dataclass(frozen=True, slots=True)
class CallItem:
    """An item to speak of on the telephone: overdue, less what is disputed."""

    item_id: int
    document_ref: str
    due_date: date
    days_late: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a customer when it is called.

    Attributes:
        items: Overdue, the oldest first.
        disputed: Part of what is overdue that is not to be asked for.
        in_question: Money that seems theirs and has not been applied.
        last_promise: Day and verdict of the last one; the verdict is empty while it stands.
    """

    company_name: str
    customer_name: str
    contact_name: str
    reason: str
    items: tuple[CallItem, ...]
    disputed: Decimal = ZERO
    in_question: Decimal = ZERO
    last_promise: tuple[date, str] | None = None

    @property
    def total(self) -> Decimal:
        """What is asked for."""
        return sum((item.amount for item in self.items), ZERO)


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """How a call went, to be noted.

    Attributes:
        day: The day promised, to call back on, or on which they say they paid.
        amount: What is promised; all that is overdue when absent.
        item_ids: What the promise is about; all that is overdue when empty.
    """

    outcome: CallOutcome
    note: str = ""
    day: date | None = None
    amount: Decimal | None = None
    item_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CallReport:
    """What noting a call did.

    Attributes:
        told: What follows, one French sentence.
        next_call_id: The call that follows, if one does.
        promise_ids: Promises noted.
    """

    call_id: int
    outcome: CallOutcome
    told: str
    next_call_id: int = 0
    promise_ids: tuple[int, ...] = ()


class PaymentPlanState(StrEnum):
    """Where a payment plan stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    BROKEN = "broken"
    CANCELLED = "cancelled"


PAYMENT_PLAN_STATE_LABELS = {
    PaymentPlanState.DRAFT: "brouillon",
    PaymentPlanState.PROPOSED: "proposé",
    PaymentPlanState.ACCEPTED: "accepté",
    PaymentPlanState.COMPLETED: "soldé",
    PaymentPlanState.BROKEN: "rompu",
    PaymentPlanState.CANCELLED: "annulé",
}


class RecoveryKind(StrEnum):
    """A step beyond reminders."""

    SUPPLY_HOLD = "supply_hold"
    INSURANCE_NOTICE = "insurance_notice"
    AGENCY = "agency"
    BAILIFF = "bailiff"
    PAYMENT_ORDER = "payment_order"
    COURT = "court"


RECOVERY_LABELS = {
    RecoveryKind.SUPPLY_HOLD: "arrêt des livraisons",
    RecoveryKind.INSURANCE_NOTICE: "déclaration à l'assurance-crédit",
    RecoveryKind.AGENCY: "dossier confié à un recouvreur",
    RecoveryKind.BAILIFF: "dossier confié à un commissaire de justice",
    RecoveryKind.PAYMENT_ORDER: "requête en injonction de payer",
    RecoveryKind.COURT: "assignation",
}


class LimitationCause(StrEnum):
    """What sets the limitation clock going again (C. civ. art. 2240 to 2244)."""

    ACKNOWLEDGEMENT = "acknowledgement"
    PART_PAYMENT = "part_payment"
    COURT_ACTION = "court_action"
    ENFORCEMENT = "enforcement"
    WRITTEN_DEMAND = "written_demand"


LIMITATION_CAUSE_LABELS = {
    LimitationCause.ACKNOWLEDGEMENT: "reconnaissance de dette",
    LimitationCause.PART_PAYMENT: "paiement partiel",
    LimitationCause.COURT_ACTION: "demande en justice",
    LimitationCause.ENFORCEMENT: "mesure d'exécution forcée",
    LimitationCause.WRITTEN_DEMAND: "demande écrite à un acheteur public",
}


class InsolvencyKind(StrEnum):
    """Collective proceedings (C. com. livre VI)."""

    SAFEGUARD = "safeguard"
    RECEIVERSHIP = "receivership"
    LIQUIDATION = "liquidation"


INSOLVENCY_LABELS = {
    InsolvencyKind.SAFEGUARD: "sauvegarde",
    InsolvencyKind.RECEIVERSHIP: "redressement judiciaire",
    InsolvencyKind.LIQUIDATION: "liquidation judiciaire",
}


@dataclass(frozen=True, slots=True)
class Insolvency:
    """Open proceedings of a customer.

    Attributes:
        case_id: The case it was recorded in.
        judgment_on: Day of the opening judgment: what was owed before it is no longer asked for,
            and bears no interest from it (C. com. L622-7, L622-28).
        kind: Which proceedings.
    """

    case_id: int
    judgment_on: date
    kind: InsolvencyKind


@dataclass(frozen=True, slots=True)
class WatchReport:
    """What a look at the announcements did.

    Attributes:
        asked: Firms asked about.
        read: Announcements about them.
        new: Those that were not known.
        silent: Why nothing was answered; empty when it was.
    """

    asked: int = 0
    read: int = 0
    new: int = 0
    silent: str = ""


class UnpaidEntryKind(StrEnum):
    """What is booked of a debt that may not be paid."""

    DOUBTFUL = "doubtful"
    ALLOWANCE = "allowance"
    REVERSAL = "reversal"
    LOSS = "loss"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class VatClaim:
    """On what ground the VAT of a lost debt is claimed back (CGI art. 272-1).

    Attributes:
        proof: What proves that the debt is lost; empty for the judgment that opened the
            customer's liquidation, read from its case.
        proved_on: Day of that proof.
    """

    proof: str = ""
    proved_on: date | None = None


@dataclass(frozen=True, slots=True)
class UnpaidRow:
    """A debt of a customer as the page of doubtful debts shows it.

    Attributes:
        net: What is open of it without VAT: the most its allowance may reach.
        vat_deferred: VAT of it that waits for the payment.
        vat_due: VAT of it that is due from the invoice.
        allowance: Allowance that stands.
        rate_percent: Rate of the last allowance; none yet when absent.
        entry_id: The act that made it doubtful, to undo it.
        reason: Why it is proposed or doubtful.
        judgment_on: Opening judgment of the customer's proceedings.
    """

    item_id: int
    party_id: int
    party_name: str
    party_code: str
    document_ref: str
    due_date: date
    days_late: int
    amount: Decimal
    net: Decimal
    vat_deferred: Decimal
    vat_due: Decimal
    allowance: Decimal = ZERO
    rate_percent: Decimal | None = None
    entry_id: int | None = None
    reason: str = ""
    judgment_on: date | None = None

    @property
    def excess(self) -> Decimal:
        """Allowance above what is open without VAT: to be taken back."""
        return max(self.allowance - self.net, ZERO)


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line that an act would post; one side is above zero."""

    document_ref: str
    account: str
    account_label: str
    label: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class UnpaidTotals:
    """Doubtful debts and allowances as rows say, and as the accounts do.

    Attributes:
        doubtful: Open on 416, by the rows.
        account_doubtful: Balance of 416.
        allowance: Allowances that stand, by the acts.
        account_allowance: Balance of 491, positive.
        losses: Written off and not received since, VAT included.
    """

    doubtful: Decimal
    account_doubtful: Decimal
    allowance: Decimal
    account_allowance: Decimal
    losses: Decimal

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.doubtful == self.account_doubtful and self.allowance == self.account_allowance


UNPAID_ENTRY_LABELS = {
    UnpaidEntryKind.DOUBTFUL: "passage en client douteux",
    UnpaidEntryKind.ALLOWANCE: "dépréciation",
    UnpaidEntryKind.REVERSAL: "reprise de dépréciation",
    UnpaidEntryKind.LOSS: "perte",
    UnpaidEntryKind.RECOVERED: "encaissement après perte",
}
