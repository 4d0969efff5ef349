"""Errors of the collection room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class NoPlanError(EcheanceError):
    """The company has no plan of reminders."""

    code = "collection.no_plan"
    message = "Aucun plan de relance : créez celui de la société dans Réglages > Relances."


@dataclass(eq=False)
class InsolvencyKnownError(EcheanceError):
    """A customer is under one proceedings at a time."""

    code = "collection.insolvency_known"
    kind = Kind.CONFLICT
    message = (
        "{party_name} a déjà une procédure ouverte, jugée le {judgment_on:%d/%m/%Y} : complétez-la "
        "ou clôturez-la d'abord."
    )

    party_name: str
    judgment_on: date


@dataclass(eq=False)
class InsolvencyDatesError(EcheanceError):
    """Dates of a case follow one another."""

    code = "collection.insolvency_dates"
    kind = Kind.INVALID
    message = "Les dates de la procédure ne se suivent pas : {why}"

    why: str


@dataclass(eq=False)
class InsolvencyClosedError(EcheanceError):
    """A closed case is history."""

    code = "collection.insolvency_closed"
    kind = Kind.CONFLICT
    message = "Cette procédure est close depuis le {closed_on:%d/%m/%Y} : rien n'y change plus."

    closed_on: date


@dataclass(eq=False)
class NoticeSettledError(EcheanceError):
    """An announcement is answered once."""

    code = "collection.notice_settled"
    kind = Kind.CONFLICT
    message = "L'annonce {reference} est déjà traitée par {by} : relisez la fiche du client."

    reference: str
    by: str


@dataclass(eq=False)
class NoticeUnclearError(EcheanceError):
    """An announcement that does not say all that a case needs."""

    code = "collection.notice_unclear"
    message = (
        "L'annonce {reference} ne dit pas {missing} : lisez-la et notez la procédure à la main."
    )

    reference: str
    missing: str


@dataclass(eq=False)
class NothingToClaimError(EcheanceError):
    """A claim declares something."""

    code = "collection.nothing_to_claim"
    message = "{party_name} ne doit rien d'antérieur au jugement : il n'y a rien à déclarer."

    party_name: str


@dataclass(eq=False)
class SplitWrongError(EcheanceError):
    """The two parts of a debt sum to it."""

    code = "collection.split_wrong"
    kind = Kind.INVALID
    message = (
        "{before} € avant le jugement sont impossibles sur {document_ref}, qui porte {whole} € : "
        "corrigez la part."
    )

    document_ref: str
    before: Decimal
    whole: Decimal


@dataclass(eq=False)
class NoticesUnreadableError(EcheanceError):
    """A file that holds no announcements."""

    code = "collection.notices_unreadable"
    kind = Kind.INVALID
    message = (
        "« {filename} » n'est pas un extrait du BODACC (JSON) : {why}. Exportez-le de nouveau."
    )

    filename: str
    why: str


@dataclass(eq=False)
class NotDoubtedItemError(EcheanceError):
    """Only an open debt of a customer becomes doubtful, is allowed for or is lost."""

    code = "collection.not_doubted_item"
    kind = Kind.INVALID
    message = "{document_ref} ne peut pas être passée ainsi : {why}"

    document_ref: str
    why: str


@dataclass(eq=False)
class LossTooLargeError(EcheanceError):
    """More is written off, or received of a loss, than there is."""

    code = "collection.loss_too_large"
    kind = Kind.INVALID
    message = (
        "{amount} € ne peuvent pas être passés sur {document_ref} : il n'y reste que {left} €. "
        "Réduisez le montant."
    )

    document_ref: str
    amount: Decimal
    left: Decimal


@dataclass(eq=False)
class UnpaidEntryInUseError(EcheanceError):
    """What later acts rest on is undone after them."""

    code = "collection.unpaid_entry_in_use"
    message = (
        "L'écriture de {document_ref} ne peut pas être annulée : {why}. Annulez d'abord ce qui l'a "
        "suivie."
    )

    document_ref: str
    why: str


@dataclass(eq=False)
class UnpaidEntryUndoneError(EcheanceError):
    """An act is undone once."""

    code = "collection.unpaid_entry_undone"
    kind = Kind.CONFLICT
    message = "L'écriture de {document_ref} est déjà annulée : relisez les créances douteuses."

    document_ref: str


@dataclass(eq=False)
class AllowanceRateError(EcheanceError):
    """An allowance is a share of the debt."""

    code = "collection.allowance_rate"
    kind = Kind.INVALID
    message = "Un taux de dépréciation va de 0 à 100 % : corrigez {rate}."

    rate: Decimal


@dataclass(eq=False)
class UnpaidReasonMissingError(EcheanceError):
    """An entry that no document explains says why it was passed."""

    code = "collection.unpaid_reason_missing"
    kind = Kind.INVALID
    message = "Donnez le motif : il reste avec l'écriture, pour l'expert-comptable et le contrôle."


@dataclass(eq=False)
class PlanRefusedError(EcheanceError):
    """A plan could not be followed as it is written."""

    code = "collection.plan_refused"
    kind = Kind.INVALID
    message = "Le plan « {name} » n'est pas enregistré : {problem}"

    name: str
    problem: str


@dataclass(eq=False)
class PlanChangedError(EcheanceError):
    """Somebody saved the plan meanwhile."""

    code = "collection.plan_changed"
    kind = Kind.CONFLICT
    message = (
        "Le plan « {name} » a été enregistré par quelqu'un d'autre entre-temps (version {version}) "
        ": rouvrez-le et reprenez votre changement."
    )

    name: str
    version: int


@dataclass(eq=False)
class PlanInUseError(EcheanceError):
    """The usual plan, or one that customers follow, is not archived."""

    code = "collection.plan_in_use"
    message = "Le plan « {name} » ne peut pas être archivé : {reason}"

    name: str
    reason: str


@dataclass(eq=False)
class FigureChangedError(EcheanceError):
    """The text of a message is edited without touching what it asks for."""

    code = "collection.figure_changed"
    kind = Kind.INVALID
    message = (
        "« {figure} » doit rester tel quel dans le texte : corrigez les phrases, pas les chiffres."
    )

    figure: str


@dataclass(eq=False)
class NoMailboxError(EcheanceError):
    """A test goes to the person who asks for it."""

    code = "collection.no_mailbox"
    message = "L'essai part à votre adresse : connectez-vous à votre nom pour le demander."


@dataclass(eq=False)
class TextFrozenError(EcheanceError):
    """A reminder that has left, or was taken back, keeps its text."""

    code = "collection.text_frozen"
    kind = Kind.CONFLICT
    message = "La relance de {party} n'attend plus : son texte ne se change plus."

    party: str


@dataclass(eq=False)
class UnknownMergeFieldError(EcheanceError):
    """A text names a field that no reminder has."""

    code = "collection.unknown_merge_field"
    kind = Kind.INVALID
    message = (
        "Le texte emploie {{{field}}}, inconnu : corrigez-le avec un des champs possibles "
        "({known})."
    )

    field: str
    known: str


@dataclass(eq=False)
class MissingMergeFieldError(EcheanceError):
    """A reminder that names no invoice, or no amount, is not one."""

    code = "collection.missing_merge_field"
    kind = Kind.INVALID
    message = "Le texte ne contient pas {{{field}}} : ajoutez-le, le client doit savoir quoi payer."

    field: str


@dataclass(eq=False)
class LegalStepSkippedError(EcheanceError):
    """A step of the course of collection comes without the one the law, or proof, needs first."""

    code = "collection.legal_step_skipped"
    message = "« {step} » n'est pas possible : {reason}"

    step: str
    reason: str


@dataclass(eq=False)
class LevelAlreadySentError(EcheanceError):
    """A level is sent once for an item."""

    code = "collection.level_already_sent"
    kind = Kind.CONFLICT
    message = (
        "« {level} » est déjà partie à {party} pour tout ce qui est échu : choisissez le niveau "
        "suivant."
    )

    level: str
    party: str


@dataclass(eq=False)
class AlreadyRemindedError(EcheanceError):
    """A customer has one message a run, and none while another has not left."""

    code = "collection.already_reminded"
    kind = Kind.CONFLICT
    message = "{party} : {reason} Attendez, ou annulez-la d'abord."

    party: str
    reason: str


@dataclass(eq=False)
class ReminderRefusedError(EcheanceError):
    """A gate is closed, or nothing is owed: nobody may remind that customer now."""

    code = "collection.reminder_refused"
    message = "Aucune relance à {party} : {reason}"

    party: str
    reason: str


@dataclass(eq=False)
class LetterAddressError(EcheanceError):
    """A letter goes to an address the post can serve, or not at all."""

    code = "collection.letter_address"
    kind = Kind.INVALID
    message = (
        "Pas de lettre possible à {party} : {problem}. Complétez la fiche du client, puis "
        "préparez la relance de nouveau."
    )

    party: str
    problem: str


@dataclass(eq=False)
class StatementDayError(EcheanceError):
    """A statement is of a day that is over, or of today."""

    code = "collection.statement_day"
    kind = Kind.INVALID
    message = "Le {day:%d/%m/%Y} n'est pas encore venu : arrêtez le relevé à aujourd'hui ou avant."

    day: date


@dataclass(eq=False)
class NotALetterError(EcheanceError):
    """Only a letter that has left has proofs."""

    code = "collection.not_a_letter"
    kind = Kind.REFUSED
    message = "{reference} n'est pas une lettre partie : choisissez une lettre déjà postée."

    reference: str


@dataclass(eq=False)
class ProofKnownError(EcheanceError):
    """A letter has one proof of a kind, and ends once."""

    code = "collection.proof_known"
    kind = Kind.CONFLICT
    message = "{reference} a déjà « {proof} » au {on:%d/%m/%Y} : rien n'a été ajouté, relisez-la."

    reference: str
    proof: str
    on: date


@dataclass(eq=False)
class ProofDateError(EcheanceError):
    """The proofs of a letter follow one another."""

    code = "collection.proof_date"
    kind = Kind.INVALID
    message = "Preuve de {reference} impossible à ce jour : {reason}. Corrigez la date."

    reference: str
    reason: str


@dataclass(eq=False)
class ProofListError(EcheanceError):
    """A list of proofs names its letters, what is proved and when."""

    code = "collection.proof_list"
    kind = Kind.INVALID
    message = (
        "La liste des preuves ne peut pas être lue, il manque : {columns}. Donnez les colonnes "
        "reference, suivi, preuve et date."
    )

    columns: str


@dataclass(eq=False)
class RegisteredConsentError(EcheanceError):
    """A consumer consents beforehand to electronic registered letters (CPCE L100, R53-1)."""

    code = "collection.registered_consent"
    kind = Kind.REFUSED
    message = (
        "{party} est un particulier qui n'a pas accepté le recommandé électronique : recueillez "
        "son accord, ou envoyez une lettre recommandée."
    )

    party: str


@dataclass(eq=False)
class EnclosureError(EcheanceError):
    """A copy that goes with a letter is a PDF that can be read."""

    code = "collection.enclosure"
    kind = Kind.INVALID
    message = (
        "La pièce « {name} » à joindre n'est pas un PDF lisible : refaites-la, ou cessez de "
        "joindre les copies à ce niveau."
    )

    name: str


@dataclass(eq=False)
class LetterModelEndedError(EcheanceError):
    """A model is taken out of force once."""

    code = "collection.letter_model_ended"
    kind = Kind.CONFLICT
    message = "Le modèle « {name} » n'est déjà plus employé : rien n'a été changé."

    name: str


@dataclass(eq=False)
class LetterNotTypesetError(EcheanceError):
    """A letter is set before it is posted."""

    code = "collection.letter_not_typeset"
    kind = Kind.REFUSED
    message = (
        "La lettre à {party} n'est pas encore composée : composez-la, relisez-la, puis "
        "laissez-la partir."
    )

    party: str


@dataclass(eq=False)
class PenaltyDayError(EcheanceError):
    """Interest is claimed for days that are over."""

    code = "collection.penalty_day"
    kind = Kind.INVALID
    message = (
        "Les pénalités ne courent pas encore au {day:%d/%m/%Y} : arrêtez-les au plus tard "
        "aujourd'hui."
    )

    day: date


@dataclass(eq=False)
class PenaltyWaiverTooLargeError(EcheanceError):
    """No more is waived than what is left of a note."""

    code = "collection.penalty_waiver_too_large"
    kind = Kind.INVALID
    message = (
        "{amount} € ne peuvent pas être remis sur {number} : il y reste {left} € à payer. "
        "Réduisez le montant."
    )

    number: str
    amount: Decimal
    left: Decimal


@dataclass(eq=False)
class PenaltyReasonMissingError(EcheanceError):
    """A waiver says why."""

    code = "collection.penalty_reason_missing"
    kind = Kind.INVALID
    message = "Dites pourquoi ces pénalités sont remises : le motif reste au dossier."


@dataclass(eq=False)
class PenaltyWaiverUndoneError(EcheanceError):
    """A waiver is undone once."""

    code = "collection.penalty_waiver_undone"
    kind = Kind.CONFLICT
    message = "Cette remise sur {number} est déjà annulée : rechargez la page."

    number: str


@dataclass(eq=False)
class RateGapError(EcheanceError):
    """The table of rates has no hole: the semesters follow one another."""

    code = "collection.rate_gap"
    kind = Kind.INVALID
    message = (
        "Les taux du {semester} laisseraient un trou dans la table : notez d'abord ceux du "
        "{expected}."
    )

    semester: str
    expected: str


@dataclass(eq=False)
class RateKnownError(EcheanceError):
    """Confirmed rates are not changed: penalties were reckoned with them."""

    code = "collection.rate_known"
    kind = Kind.CONFLICT
    message = (
        "Les taux du {semester} sont déjà connus et confirmés : vérifiez le semestre que vous "
        "notez."
    )

    semester: str


@dataclass(eq=False)
class RateTooEarlyError(EcheanceError):
    """Nobody knows the rates of a semester long before it starts."""

    code = "collection.rate_too_early"
    kind = Kind.INVALID
    message = (
        "Les taux du {semester} ne sont pas encore publiés : notez-les à l'approche du "
        "{day:%d/%m/%Y}."
    )

    semester: str
    day: date


@dataclass(eq=False)
class RateOutOfBoundsError(EcheanceError):
    """A yearly rate has two decimals and lies between 0 and 100."""

    code = "collection.rate_out_of_bounds"
    kind = Kind.INVALID
    message = (
        "{rate} n'est pas un taux : écrivez un nombre entre 0 et 100, à deux décimales au plus."
    )

    rate: Decimal | str


@dataclass(eq=False)
class UnreadableSemesterError(EcheanceError):
    """A semester is a year and a half."""

    code = "collection.unreadable_semester"
    kind = Kind.INVALID
    message = "« {text} » n'est pas un semestre : écrivez par exemple 2027S1."

    text: str


@dataclass(eq=False)
class NotCustomerItemError(EcheanceError):
    """Only what a customer owes is disputed, promised or put on hold."""

    code = "collection.not_customer_item"
    kind = Kind.INVALID
    message = "{document_ref} n'est pas une créance ouverte : choisissez une facture impayée."

    document_ref: str


@dataclass(eq=False)
class DisputeTooLargeError(EcheanceError):
    """More is disputed than is owed."""

    code = "collection.dispute_too_large"
    kind = Kind.INVALID
    message = (
        "{amount} € ne peuvent pas être contestés sur {document_ref} : il n'y reste que {left} € "
        "dus et non contestés. Réduisez le montant."
    )

    document_ref: str
    amount: Decimal
    left: Decimal


@dataclass(eq=False)
class DisputeLineError(EcheanceError):
    """A part of an invoice line that may not be contested."""

    code = "collection.dispute_line"
    kind = Kind.INVALID
    message = (
        "La ligne {position} de {document_ref} n'est pas contestée ainsi : {why}. Corrigez la "
        "quantité ou le prix, ou contestez un montant."
    )

    document_ref: str
    position: int
    why: str


@dataclass(eq=False)
class QuestionToCustomerError(EcheanceError):
    """A question to a colleague is internal: it never goes to the customer it is about."""

    code = "collection.question_to_customer"
    kind = Kind.REFUSED
    message = (
        "{email} est une adresse de {party_name} : une question interne ne lui est pas envoyée. "
        "Choisissez l'adresse d'un collègue."
    )

    email: str
    party_name: str


@dataclass(eq=False)
class DisputeStageError(EcheanceError):
    """A stage that a dispute cannot leave or reach by hand."""

    code = "collection.dispute_stage"
    kind = Kind.REFUSED
    message = "Le litige sur {document_ref} reste à son étape : {why}."

    document_ref: str
    why: str


@dataclass(eq=False)
class DisputeCreditError(EcheanceError):
    """The credit note that a dispute asks for cannot be drafted from it."""

    code = "collection.dispute_credit"
    kind = Kind.REFUSED
    message = "L'avoir du litige sur {document_ref} n'est pas préparé : {why}."

    document_ref: str
    why: str


@dataclass(eq=False)
class DisputeRefusalError(EcheanceError):
    """A refusal has its reasons, and somebody to read them."""

    code = "collection.dispute_refusal"
    kind = Kind.INVALID
    message = "Le refus du litige sur {document_ref} n'est pas préparé : {why}."

    document_ref: str
    why: str


@dataclass(eq=False)
class DisputeNotUndoableError(EcheanceError):
    """Something left the house or was issued since a dispute was closed."""

    code = "collection.dispute_not_undoable"
    kind = Kind.REFUSED
    message = (
        "La clôture du litige sur {document_ref} ne s'annule plus : {why}. Si le client y "
        "revient, ouvrez un nouveau litige."
    )

    document_ref: str
    why: str


@dataclass(eq=False)
class DisputeFileError(EcheanceError):
    """A file that is not taken as a piece."""

    code = "collection.dispute_file"
    kind = Kind.INVALID
    message = "« {filename} » n'est pas pris : {why}. Joignez un PDF ou une photographie."

    filename: str
    why: str


@dataclass(eq=False)
class DisputeClosedError(EcheanceError):
    """A dispute is closed once."""

    code = "collection.dispute_closed"
    kind = Kind.CONFLICT
    message = (
        "Le litige sur {document_ref} est déjà clos : ouvrez-en un autre si le client y revient."
    )

    document_ref: str


@dataclass(eq=False)
class PromiseTooLargeError(EcheanceError):
    """More is promised than is owed, or nothing."""

    code = "collection.promise_too_large"
    kind = Kind.INVALID
    message = (
        "{amount} € ne peuvent pas être promis : il reste {left} € dus sur les échéances choisies. "
        "Corrigez le montant ou choisissez d'autres échéances."
    )

    amount: Decimal
    left: Decimal


@dataclass(eq=False)
class PromiseJudgedError(EcheanceError):
    """A promise that was judged, replaced or withdrawn is history."""

    code = "collection.promise_judged"
    kind = Kind.CONFLICT
    message = (
        "La promesse sur {document_ref} pour le {day:%d/%m/%Y} n'est plus en cours : notez-en une "
        "nouvelle."
    )

    document_ref: str
    day: date


@dataclass(eq=False)
class PaymentPlanStandsError(EcheanceError):
    """An item is in one payment plan at a time."""

    code = "collection.payment_plan_stands"
    kind = Kind.CONFLICT
    message = (
        "{document_ref} est déjà dans l'échéancier n° {plan_id} : annulez-le d'abord, ou retirez "
        "cette pièce."
    )

    document_ref: str
    plan_id: int


@dataclass(eq=False)
class PaymentPlanStateError(EcheanceError):
    """The plan is not where that act is possible."""

    code = "collection.payment_plan_state"
    kind = Kind.CONFLICT
    message = "Rien n'a été changé à l'échéancier n° {plan_id} : {problem}."

    plan_id: int
    problem: str


@dataclass(eq=False)
class PaymentPlanChangedError(EcheanceError):
    """Less is owed than the plan says: its schedule is no longer right."""

    code = "collection.payment_plan_changed"
    kind = Kind.CONFLICT
    message = (
        "Il ne reste que {left} € dus sur {document_ref} : annulez cet échéancier et refaites-le "
        "sur ce qui reste."
    )

    document_ref: str
    left: Decimal


@dataclass(eq=False)
class PaymentPlanPaidError(EcheanceError):
    """An acceptance is taken back before the first payment only."""

    code = "collection.payment_plan_paid"
    kind = Kind.CONFLICT
    message = (
        "{paid} € ont été payés depuis l'accord de l'échéancier n° {plan_id} : annulez "
        "l'échéancier au lieu de l'accord."
    )

    plan_id: int
    paid: Decimal


@dataclass(eq=False)
class PaymentPlanLinkError(EcheanceError):
    """A link opens nothing, whatever the reason."""

    code = "collection.payment_plan_link"
    kind = Kind.NOT_FOUND
    message = "Ce lien n'ouvre plus rien : demandez-en un nouveau à la personne qui vous l'a donné."


@dataclass(eq=False)
class PaymentPlanAnsweredError(EcheanceError):
    """An agreement has a name and a « bon pour accord »."""

    code = "collection.payment_plan_unsigned"
    kind = Kind.INVALID
    message = "Écrivez votre nom et cochez « Bon pour accord »."


@dataclass(eq=False)
class CallDoneError(EcheanceError):
    """A call is noted once."""

    code = "collection.call_done"
    kind = Kind.CONFLICT
    message = (
        "Cet appel n'est plus à passer ({what}) : rien n'a été changé. Revenez à la liste des "
        "appels."
    )

    what: str


@dataclass(eq=False)
class CallDayMissingError(EcheanceError):
    """Some outcomes need a day."""

    code = "collection.call_day_missing"
    kind = Kind.INVALID
    message = "Donnez le jour : celui du paiement promis ou fait, ou celui où rappeler."


@dataclass(eq=False)
class CallNothingOwedError(EcheanceError):
    """A promise is about something that is owed."""

    code = "collection.call_nothing_owed"
    message = (
        "Ce client n'a plus rien d'échu : il n'y a rien à promettre. Choisissez une autre issue."
    )


@dataclass(eq=False)
class CallFollowedError(EcheanceError):
    """The call that followed was made: what came before is history."""

    code = "collection.call_followed"
    kind = Kind.CONFLICT
    message = (
        "L'appel suivant a déjà été passé : cette issue ne s'annule plus. Notez-en une nouvelle."
    )


@dataclass(eq=False)
class LinkTriesError(EcheanceError):
    """One address opened too many links that are none."""

    code = "collection.link_tries"
    kind = Kind.UNAVAILABLE
    message = "Trop d'essais depuis cette adresse : réessayez dans {minutes} minutes."

    minutes: int


@dataclass(eq=False)
class DayPastError(EcheanceError):
    """A promise or a pause ends today or later."""

    code = "collection.day_past"
    kind = Kind.INVALID
    message = "Le {day:%d/%m/%Y} est passé : choisissez aujourd'hui ou un jour à venir."

    day: date


@dataclass(eq=False)
class ReasonMissingError(EcheanceError):
    """A pause says why."""

    code = "collection.reason_missing"
    kind = Kind.INVALID
    message = "Dites pourquoi les relances sont suspendues : le motif sera lu par vos collègues."


@dataclass(eq=False)
class ActInFutureError(EcheanceError):
    """An act interrupts from the day it was done."""

    code = "collection.act_in_future"
    kind = Kind.INVALID
    message = "Le {day:%d/%m/%Y} n'est pas venu : notez l'acte quand il aura été fait."

    day: date


@dataclass(eq=False)
class NotProceedingsError(EcheanceError):
    """Only proceedings last and end, after they began, with a title or not."""

    code = "collection.not_proceedings"
    kind = Kind.INVALID
    message = (
        "Seule une demande en justice a une fin, après sa date, et un titre : "
        "corrigez les dates, ou laissez la fin et le titre vides."
    )


@dataclass(eq=False)
class InterruptionEndedError(EcheanceError):
    """Proceedings end once."""

    code = "collection.interruption_ended"
    kind = Kind.CONFLICT
    message = (
        "L'instance sur {document_ref} est déjà éteinte depuis le {until:%d/%m/%Y} : "
        "notez un autre acte s'il y en a eu un depuis."
    )

    document_ref: str
    until: date


@dataclass(eq=False)
class WrittenDemandDoesNotInterruptError(EcheanceError):
    """A reminder or a formal notice, even registered, interrupts no limitation between firms."""

    code = "collection.written_demand_does_not_interrupt"
    kind = Kind.INVALID
    message = (
        "Une demande écrite, même recommandée, n'interrompt pas la prescription de "
        "{document_ref} (Cass. com. 18 mai 2022, n° 20-23.204) : obtenez une reconnaissance de "
        "dette ou agissez en justice."
    )

    document_ref: str


@dataclass(eq=False)
class TimeBarredError(EcheanceError):
    """An act done after the last day revives nothing."""

    code = "collection.time_barred"
    kind = Kind.REFUSED
    message = (
        "{document_ref} est prescrite depuis le {last_day:%d/%m/%Y} : aucun acte ne la fait "
        "revivre. Le client peut encore payer de lui-même ; s'il a renoncé à la prescription "
        "(C. civ. art. 2250), voyez votre conseil."
    )

    document_ref: str
    last_day: date


@dataclass(eq=False)
class ReasonForWithdrawalMissingError(EcheanceError):
    """What is taken back says why."""

    code = "collection.reason_for_withdrawal_missing"
    kind = Kind.INVALID
    message = "Dites pourquoi vous revenez dessus : le motif reste au journal."


@dataclass(eq=False)
class NoRecoveryItemError(EcheanceError):
    """A step is about debts."""

    code = "collection.no_recovery_item"
    kind = Kind.INVALID
    message = "Cochez au moins une échéance échue et impayée de {party_name}."

    party_name: str


@dataclass(eq=False)
class PublicDebtorError(EcheanceError):
    """An order to pay is a way of the civil and commercial courts: a public body answers elsewhere.

    Sources: CPC art. 1405; CJA art. R541-1 (provision ordered by the administrative judge).
    """

    code = "collection.public_debtor"
    message = (
        "{party_name} est un acheteur public : l'injonction de payer ne s'applique pas à lui. "
        "Demandez une provision au juge administratif (CJA, art. R541-1) et notez-la comme "
        "assignation."
    )

    party_name: str


@dataclass(eq=False)
class NotRecoverableError(EcheanceError):
    """Debts that a step may not name: paid, not due, disputed, sold, already in hand."""

    code = "collection.not_recoverable"
    kind = Kind.REFUSED
    message = "Ces échéances ne peuvent pas entrer dans l'étape : {reasons} Décochez-les."

    reasons: str


@dataclass(eq=False)
class InsolventDebtorError(EcheanceError):
    """The opening judgment forbids individual actions for earlier debts (C. com. L622-21)."""

    code = "collection.insolvent_debtor"
    kind = Kind.REFUSED
    message = (
        "{party_name} est en procédure collective depuis le {judgment_on:%d/%m/%Y} : aucune action "
        "individuelle n'est permise pour {document_refs} (C. com. art. L622-21). Déclarez la "
        "créance au mandataire."
    )

    party_name: str
    judgment_on: date
    document_refs: str


@dataclass(eq=False)
class RecoveryToConfirmError(EcheanceError):
    """Something a step usually waits for is not there: a person says why it goes on."""

    code = "collection.recovery_to_confirm"
    kind = Kind.REFUSED
    message = (
        "Avant d'engager cette étape : {reasons} Corrigez, ou dites pourquoi vous passez outre."
    )

    reasons: str


@dataclass(eq=False)
class CounterpartMissingError(EcheanceError):
    """Somebody else has the debts in hand: who is said."""

    code = "collection.counterpart_missing"
    kind = Kind.INVALID
    message = "Dites à qui le dossier est confié : son nom figure au dossier et au journal."


@dataclass(eq=False)
class RecoveryStepEndedError(EcheanceError):
    """A step ends once."""

    code = "collection.recovery_step_ended"
    kind = Kind.CONFLICT
    message = "Cette étape est finie depuis le {ended:%d/%m/%Y} : engagez-en une autre."

    ended: date


@dataclass(eq=False)
class RecoveryStepStartedError(EcheanceError):
    """What has left the company is ended, not undone."""

    code = "collection.recovery_step_started"
    kind = Kind.REFUSED
    message = (
        "La requête est déposée : elle ne s'annule plus ici. Notez la fin de l'étape "
        "(désistement, paiement, rejet)."
    )


@dataclass(eq=False)
class OutcomeMissingError(EcheanceError):
    """A step that ends says how."""

    code = "collection.outcome_missing"
    kind = Kind.INVALID
    message = "Dites comment l'étape s'est finie : payée, abandonnée, rejetée…"


@dataclass(eq=False)
class NotPaymentOrderError(EcheanceError):
    """Only a request for an order to pay lives through these events."""

    code = "collection.not_payment_order"
    kind = Kind.INVALID
    message = "L'étape n° {step_id} n'est pas une requête en injonction de payer en cours."

    step_id: int


@dataclass(eq=False)
class PaymentOrderIncompleteError(EcheanceError):
    """What the request must say is not in the record."""

    code = "collection.payment_order_incomplete"
    kind = Kind.REFUSED
    message = "La requête n'est pas complète. Il manque : {missing}. Complétez puis recommencez."

    missing: str


@dataclass(eq=False)
class OrderEventOutOfOrderError(EcheanceError):
    """The events of an order to pay follow one another."""

    code = "collection.order_event_out_of_order"
    kind = Kind.INVALID
    message = "« {event} » ne peut pas être noté au {on:%d/%m/%Y} : {why}"

    event: str
    on: date
    why: str
