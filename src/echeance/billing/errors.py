"""Errors of billing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class OrderFileKnownError(EcheanceError):
    """The same bytes were imported before."""

    code = "billing.order_file_known"
    kind = Kind.CONFLICT
    message = (
        "Le fichier « {filename} » a déjà été importé le {imported_at:%d/%m/%Y} (import n° "
        "{import_id}) : rien n'a été ajouté. Fournissez le fichier suivant."
    )

    filename: str
    import_id: int
    imported_at: datetime


@dataclass(eq=False)
class UnknownSourceError(EcheanceError):
    """No mapping is saved for that source and the titles are not those of the house."""

    code = "billing.unknown_source"
    kind = Kind.INVALID
    message = (
        "La source « {source} » est inconnue et les titres de « {filename} » ne suffisent pas (il "
        "manque : {missing}) : enregistrez la correspondance de ses colonnes, ou renommez-les."
    )

    source: str
    filename: str
    missing: str


@dataclass(eq=False)
class ColumnMissingError(EcheanceError):
    """A column the mapping reads is not in the file."""

    code = "billing.column_missing"
    kind = Kind.INVALID
    message = (
        "La colonne « {column} » manque dans « {filename} » (colonnes lues : {found}) : "
        "rétablissez-la, ou corrigez la correspondance de la source « {source} »."
    )

    filename: str
    source: str
    column: str
    found: str


@dataclass(eq=False)
class UnknownColumnError(EcheanceError):
    """A column of the file is neither read nor knowingly ignored."""

    code = "billing.unknown_column"
    kind = Kind.INVALID
    message = (
        "La colonne « {column} » de « {filename} » est inconnue : ajoutez-la à la correspondance "
        "de la source « {source} » (lue ou ignorée), ou supprimez-la."
    )

    filename: str
    source: str
    column: str


@dataclass(eq=False)
class MappingInvalidError(EcheanceError):
    """A mapping that could read no order."""

    code = "billing.mapping_invalid"
    kind = Kind.INVALID
    message = "La correspondance de « {source} » est refusée : {problem}. Corrigez-la."

    source: str
    problem: str


@dataclass(eq=False)
class OrderNotBillableError(EcheanceError):
    """An order that waits, or is billed already."""

    code = "billing.order_not_billable"
    message = "La commande {number} ne peut pas être facturée : {reason}."

    number: str
    reason: str


@dataclass(eq=False)
class OrderHeldError(EcheanceError):
    """An order goes beyond what its customer may owe, or the customer is blocked."""

    code = "billing.order_held"
    message = (
        "La commande {number} reste retenue : {reason}. Encaissez, relevez le plafond, ou "
        "faites-la débloquer par une personne qui peut accorder du crédit."
    )

    number: str
    reason: str


@dataclass(eq=False)
class ReasonNeededError(EcheanceError):
    """A decision that is kept with its why."""

    code = "billing.reason_needed"
    kind = Kind.INVALID
    message = "Dites pourquoi en quelques mots : la raison est gardée avec votre nom."


@dataclass(eq=False)
class DraftChangedError(EcheanceError):
    """Somebody saved the draft after it was opened."""

    code = "billing.draft_changed"
    kind = Kind.CONFLICT
    message = (
        "Ce brouillon a été modifié par {by} ({at}) pendant que vous l'aviez ouvert : {what}. "
        "Votre saisie est gardée ici : comparez, puis enregistrez de nouveau pour la faire valoir."
    )

    by: str
    at: str
    what: str


@dataclass(eq=False)
class OrderNotChangeableError(EcheanceError):
    """An order that is billed, set aside, or would hold nothing."""

    code = "billing.order_not_changeable"
    message = "La commande {number} ne se modifie pas ainsi : {reason}. Rien n'a été changé."

    number: str
    reason: str


@dataclass(eq=False)
class NotConfirmableError(EcheanceError):
    """A finding that only a correction can answer, or that is no longer there."""

    code = "billing.not_confirmable"
    message = (
        "Rien à confirmer ici ({what}) : corrigez le brouillon, ou relisez sa page, elle a changé."
    )

    what: str


@dataclass(eq=False)
class PieceTakenError(EcheanceError):
    """Somebody billed or withdrew a piece while a run prepared its document."""

    code = "billing.piece_taken"
    kind = Kind.CONFLICT
    message = (
        "Une pièce à facturer ({what}) vient d'être facturée ou retirée par quelqu'un d'autre : "
        "rien n'a été préparé de ce lot. Recommencez."
    )

    what: str


@dataclass(eq=False)
class ContractInvalidError(EcheanceError):
    """Facts from which no contract can be made; nothing was written."""

    code = "billing.contract_invalid"
    kind = Kind.INVALID
    message = "Rien n'est enregistré, corrigez d'abord : {listing}"

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class ContractDayError(EcheanceError):
    """A day that cannot be that of an amendment or a termination."""

    code = "billing.contract_day"
    kind = Kind.REFUSED
    message = "Le {day:%d/%m/%Y} est refusé pour le contrat {number} : {reason}."

    number: str
    day: date
    reason: str


@dataclass(eq=False)
class ContractEndedError(EcheanceError):
    """A contract that was terminated changes no more."""

    code = "billing.contract_ended"
    message = "Le contrat {number} est résilié : créez-en un nouveau."

    number: str


@dataclass(eq=False)
class PeriodTakenError(EcheanceError):
    """A period that is billed, waived or not one of the contract's."""

    code = "billing.period_taken"
    kind = Kind.CONFLICT
    message = "La période du {day:%d/%m/%Y} du contrat {number} ne convient pas : {reason}."

    number: str
    day: date
    reason: str


@dataclass(eq=False)
class IndexInvalidError(EcheanceError):
    """Values of an index that cannot stand; nothing was written."""

    code = "billing.index_invalid"
    kind = Kind.INVALID
    message = "Aucune valeur n'est enregistrée, corrigez d'abord : {listing}"

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class PricesInvalidError(EcheanceError):
    """Prices that cannot stand; nothing was written."""

    code = "billing.prices_invalid"
    kind = Kind.INVALID
    message = "Aucun prix n'est enregistré, corrigez d'abord : {listing}"

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class BillingRuleInvalidError(EcheanceError):
    """A rule of a customer that cannot stand; nothing was written."""

    code = "billing.billing_rule_invalid"
    kind = Kind.INVALID
    message = "Les règles de facturation ne sont pas enregistrées : {problem}. Corrigez-les."

    problem: str


@dataclass(eq=False)
class PriceListUsedError(EcheanceError):
    """A price list that customers still have."""

    code = "billing.price_list_used"
    message = (
        "Le tarif « {name} » est celui de {count} client(s) : donnez-leur-en un autre, puis "
        "retirez-le."
    )

    name: str
    count: int


@dataclass(eq=False)
class DeliveryInvalidError(EcheanceError):
    """A delivery that does not fit its order; nothing was written."""

    code = "billing.delivery_invalid"
    kind = Kind.INVALID
    message = "La livraison de la commande {number} n'est pas enregistrée : {problem}."

    number: str
    problem: str


@dataclass(eq=False)
class TimeInvalidError(EcheanceError):
    """Hours that cannot stand; nothing was written."""

    code = "billing.time_invalid"
    kind = Kind.INVALID
    message = "Aucun temps n'est enregistré, corrigez d'abord : {listing}"

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class RateUnknownError(EcheanceError):
    """No rate of a currency near enough to a day."""

    code = "billing.rate_unknown"
    message = (
        "Aucun cours de {currency} n'est connu pour le {day:%d/%m/%Y} (ni dans les {age} jours qui "
        "le précèdent) : enregistrez-le, ou importez le fichier de la BCE, puis recommencez."
    )

    currency: str
    day: date
    age: int


@dataclass(eq=False)
class RatesInvalidError(EcheanceError):
    """Rates that cannot stand; nothing was written."""

    code = "billing.rates_invalid"
    kind = Kind.INVALID
    message = "Aucun cours n'est enregistré, corrigez d'abord : {listing}"

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class RateFileError(EcheanceError):
    """A file of rates that says nothing the house can read."""

    code = "billing.rate_file"
    kind = Kind.INVALID
    message = (
        "Le fichier de cours « {filename} » n'est pas lu : {problem}. Fournissez le fichier "
        "quotidien de la Banque centrale européenne (eurofxref-daily.xml ou "
        "eurofxref-hist-90d.xml)."
    )

    filename: str
    problem: str


@dataclass(eq=False)
class QuoteInvalidError(EcheanceError):
    """Facts from which no quote can be made; nothing was written."""

    code = "billing.quote_invalid"
    kind = Kind.INVALID
    message = "Le devis n'est pas enregistré, corrigez d'abord : {listing}"

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class QuoteStateError(EcheanceError):
    """An act that the state of a quote forbids."""

    code = "billing.quote_state"
    message = "Le devis {number} ne le permet pas : {reason}."

    number: str
    reason: str


@dataclass(eq=False)
class QuoteLinkError(EcheanceError):
    """A link that opens no quote any more, or never did."""

    code = "billing.quote_link"
    kind = Kind.NOT_FOUND
    message = (
        "Ce lien n'ouvre aucun devis : il est inexact, ou le devis a été retiré. Demandez un "
        "nouveau lien à la personne qui vous l'a envoyé."
    )


@dataclass(eq=False)
class TooManyTriesError(EcheanceError):
    """An address that opened many wrong links, or answered many times, in a few minutes."""

    code = "billing.too_many_tries"
    kind = Kind.UNAVAILABLE
    message = "Trop d'essais depuis cette adresse : recommencez dans {minutes} minutes."

    minutes: int


@dataclass(eq=False)
class DraftInvalidError(EcheanceError):
    """Facts from which no draft can be made."""

    code = "billing.draft_invalid"
    kind = Kind.INVALID
    message = "Le brouillon n'est pas enregistré : {problem}."

    problem: str


@dataclass(eq=False)
class InvoiceAlreadyIssuedError(EcheanceError):
    """An issued document is corrected by a credit note, never edited."""

    code = "billing.invoice_already_issued"
    message = "La facture {number} est déjà émise : corrigez-la par un avoir."

    number: str


@dataclass(eq=False)
class InvoiceNotIssuedError(EcheanceError):
    """A draft has no file, no number and cannot be credited."""

    code = "billing.invoice_not_issued"
    message = "Le document n° {invoice_id} est un brouillon : émettez-le d'abord, ou supprimez-le."

    invoice_id: int


@dataclass(eq=False)
class AttachmentInvalidError(EcheanceError):
    """Pieces that cannot be joined; none is."""

    code = "billing.attachment_invalid"
    kind = Kind.INVALID
    message = "Rien n'est joint : {listing}. Corrigez, puis recommencez."

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class ChannelInvalidError(EcheanceError):
    """Ways of a customer that cannot be kept."""

    code = "billing.channel_invalid"
    kind = Kind.INVALID
    message = "Le canal n'est pas enregistré : {problem}."

    problem: str


@dataclass(eq=False)
class HandoverInvalidError(EcheanceError):
    """A status of a customer's portal that cannot be noted; none is."""

    code = "billing.handover_invalid"
    kind = Kind.INVALID
    message = "Rien n'est noté : {problem}. Vérifiez sur le portail, puis recommencez."

    problem: str


@dataclass(eq=False)
class InvoiceNotSealedError(EcheanceError):
    """The file is still being made, or was refused."""

    code = "billing.invoice_not_sealed"
    message = (
        "Le fichier de {number} n'est pas encore scellé : attendez la fin du traitement, ou "
        "lancez « echeance billing seal »."
    )

    number: str


@dataclass(eq=False)
class IssueDateError(EcheanceError):
    """The day would break the order of the numbers, or has not come."""

    code = "billing.issue_date"
    message = (
        "La date d'émission du {day:%d/%m/%Y} est refusée : {reason}. Choisissez une autre date."
    )

    day: date
    reason: str


@dataclass(eq=False)
class NoSeriesError(EcheanceError):
    """Billing was not set up."""

    code = "billing.no_series"
    message = (
        "Aucune série de numérotation pour ce genre de document : ouvrez « Réglages, "
        "facturation » et créez-la."
    )


@dataclass(eq=False)
class SeriesClosedError(EcheanceError):
    """The series a draft names was closed meanwhile."""

    code = "billing.series_closed"
    message = "La série {prefix} est close : choisissez-en une autre pour ce brouillon."

    prefix: str


@dataclass(eq=False)
class NothingChosenError(EcheanceError):
    """An act on several documents, and none was ticked."""

    code = "billing.nothing_chosen"
    kind = Kind.INVALID
    message = "Aucune ligne n'est cochée : cochez-en au moins une, puis recommencez."


@dataclass(eq=False)
class SeriesInvalidError(EcheanceError):
    """A prefix that would give numbers outside the French rules, or already taken."""

    code = "billing.series_invalid"
    kind = Kind.INVALID
    message = (
        "Le préfixe « {prefix} » est refusé : {problem}. Choisissez quelques lettres, chiffres, "
        "tirets ou barres, comme « FA »."
    )

    prefix: str
    problem: str


@dataclass(eq=False)
class CreditRefusedError(EcheanceError):
    """A credit note that would give back more than was billed, or nothing."""

    code = "billing.credit_refused"
    message = "L'avoir sur {number} est refusé : {reason}."

    number: str
    reason: str


@dataclass(eq=False)
class MarketRefusedError(EcheanceError):
    """An act on a market, its statements or its milestones that cannot be."""

    code = "billing.market_refused"
    message = "Rien n'est fait sur le marché {number} : {reason}."

    number: str
    reason: str


@dataclass(eq=False)
class DepositRefusedError(EcheanceError):
    """A deposit above what is left to bill, or of nothing."""

    code = "billing.deposit_refused"
    message = "L'acompte sur {number} est refusé : {reason}."

    number: str
    reason: str


@dataclass(eq=False)
class DisbursementRefusedError(EcheanceError):
    """A disbursement that the law would tax, or that was recorded before."""

    code = "billing.disbursement_refused"
    message = "Le débours « {label} » est refusé : {reason}."

    label: str
    reason: str


@dataclass(eq=False)
class PayerShareRefusedError(EcheanceError):
    """Payers who would take more than the invoice, or a payer who is the buyer."""

    code = "billing.payer_share_refused"
    kind = Kind.INVALID
    message = "La prise en charge est refusée : {reason}."

    reason: str


@dataclass(eq=False)
class RebateRefusedError(EcheanceError):
    """An agreement that cannot be reckoned, or a period settled before."""

    code = "billing.rebate_refused"
    message = "La remise de fin d'année {number} est refusée : {reason}."

    number: str
    reason: str


@dataclass(eq=False)
class AccrualRefusedError(EcheanceError):
    """An accrual posted before, or of nothing."""

    code = "billing.accrual_refused"
    message = "La régularisation au {closing:%d/%m/%Y} est refusée : {reason}."

    closing: date
    reason: str


@dataclass(eq=False)
class SelfBillingRefusedError(EcheanceError):
    """No mandate in force, or an answer that comes too late or twice."""

    code = "billing.self_billing_refused"
    message = "L'autofacturation est refusée : {reason}."

    reason: str


@dataclass(eq=False)
class ExchangeRateMissingError(EcheanceError):
    """A document in a foreign currency and no rate on or before its day."""

    code = "billing.exchange_rate_missing"
    message = (
        "Aucun cours de la devise {currency} n'est connu à la date du document : ajoutez-le dans "
        "les cours, la TVA se déclare en euros."
    )

    currency: str


@dataclass(eq=False)
class SharesExceedTotalError(EcheanceError):
    """Payers and retention take more than the whole document."""

    code = "billing.shares_exceed_total"
    message = (
        "Les parts des payeurs et la retenue font {total}, plus que le total TTC de {gross} : "
        "réduisez-les."
    )

    total: Decimal
    gross: Decimal


@dataclass(eq=False)
class CreditApprovalError(EcheanceError):
    """An approval that cannot be given."""

    code = "billing.credit_approval"
    message = "L'accord n'est pas donné : {reason}."

    reason: str


@dataclass(eq=False)
class CreditUseError(EcheanceError):
    """A use of a credit note that cannot be."""

    code = "billing.credit_use"
    message = "L'avoir {number} n'est pas employé ainsi : {reason}."

    number: str
    reason: str


@dataclass(eq=False)
class NothingLeftToReplaceError(EcheanceError):
    """A corrective invoice on an invoice that was wholly credited meanwhile."""

    code = "billing.nothing_left_to_replace"
    message = (
        "La facture {number} est déjà entièrement créditée ou remplacée : supprimez cette "
        "rectificative et faites une facture simple."
    )

    number: str


@dataclass(eq=False)
class StyleInvalidError(EcheanceError):
    """A colour, a logo or a template that cannot be used."""

    code = "billing.style_invalid"
    kind = Kind.INVALID
    message = "La présentation n'est pas enregistrée : {problem}. Corrigez-la."

    problem: str


@dataclass(eq=False)
class ItemsInvalidError(EcheanceError):
    """Articles that cannot stand; every problem is listed, nothing was written."""

    code = "billing.items_invalid"
    kind = Kind.INVALID
    message = "Aucun article n'a été enregistré, corrigez d'abord : {listing}"

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class ReportPeriodError(EcheanceError):
    """A period of e-reporting that is not over, or lies before the obligation."""

    code = "billing.report_period"
    message = (
        "L'e-reporting du {first:%d/%m/%Y} au {last:%d/%m/%Y} ne se prépare pas : {reason}. "
        "Choisissez une période de la liste."
    )

    first: date
    last: date
    reason: str


@dataclass(eq=False)
class PlatformUnknownError(EcheanceError):
    """A message of e-reporting names the platform that files it."""

    code = "billing.platform_unknown"
    message = (
        "Le matricule (4 signes) et le nom de votre plateforme agréée manquent : "
        "renseignez-les dans « Règles, Facturation », puis recommencez."
    )


@dataclass(eq=False)
class ReportIncompleteError(EcheanceError):
    """Facts of the period cannot be told; a person corrects them or leaves them out knowingly."""

    code = "billing.report_incomplete"
    message = "L'e-reporting serait incomplet. {listing} Ou confirmez pour le préparer sans."

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ".join(self.problems)}


@dataclass(eq=False)
class ReportRefusedError(EcheanceError):
    """The official rules refuse the message; nothing is kept."""

    code = "billing.report_refused"
    message = (
        "Les règles officielles refusent l'e-reporting : {listing} Corrigez les fiches concernées, "
        "puis recommencez."
    )

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ".join(self.problems)}


@dataclass(eq=False)
class ReportNotJudgedError(EcheanceError):
    """The official rules could not be applied; nothing is kept."""

    code = "billing.report_not_judged"
    kind = Kind.UNAVAILABLE
    message = "L'e-reporting n'a pas pu être validé : {reason} Recommencez dans un instant."

    reason: str


@dataclass(eq=False)
class ReportChangedError(EcheanceError):
    """Somebody prepared the same period at the same time."""

    code = "billing.report_changed"
    kind = Kind.CONFLICT
    message = (
        "Un autre e-reporting vient d'être préparé pour cette période ({number}) : relisez-le, "
        "puis recommencez s'il reste une différence."
    )

    number: str
