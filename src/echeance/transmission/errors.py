"""Errors of transmission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class InvalidMessagesError(EcheanceError):
    """Some messages cannot be written; none of the batch is queued."""

    code = "transmission.invalid_messages"
    kind = Kind.INVALID
    message = "Aucun message n'est préparé : {problems}. Corrigez ces points puis recommencez."

    problems: str


@dataclass(eq=False)
class SenderMissingError(EcheanceError):
    """The company has no usable address to write from."""

    code = "transmission.sender_missing"
    kind = Kind.INVALID
    message = (
        "La société « {company} » n'a pas d'adresse de courriel valable : "
        "complétez-la dans Réglages, Société, puis recommencez."
    )

    company: str


@dataclass(eq=False)
class MessageLeftError(EcheanceError):
    """What has left, or may have left, cannot be taken back."""

    code = "transmission.message_left"
    kind = Kind.CONFLICT
    message = (
        "Rien n'a été retiré : {subjects} ne peut plus être repris (déjà parti, en cours d'envoi "
        "ou déjà retiré). Relisez la boîte d'envoi."
    )

    subjects: str


@dataclass(eq=False)
class NotUnknownError(EcheanceError):
    """Only a message of unknown outcome is settled by a person."""

    code = "transmission.not_unknown"
    kind = Kind.CONFLICT
    message = (
        "L'envoi « {subject_line} » n'est pas en attente de votre réponse (état : {status}) : "
        "relisez la boîte d'envoi, rien n'a été changé."
    )

    subject_line: str
    status: str


@dataclass(eq=False)
class NotReturnedError(EcheanceError):
    """Only a refused or returned message may be prepared again."""

    code = "transmission.not_returned"
    kind = Kind.CONFLICT
    message = (
        "L'envoi « {subject_line} » n'a été ni refusé ni retourné (état : {status}) : "
        "il n'est pas préparé de nouveau, rien n'a été changé."
    )

    subject_line: str
    status: str


@dataclass(eq=False)
class RelayMissingError(EcheanceError):
    """No SMTP server is configured."""

    code = "transmission.relay_missing"
    kind = Kind.UNAVAILABLE
    message = (
        "Aucun serveur d'envoi n'est configuré : renseignez ECHEANCE_SMTP_HOST, "
        "ECHEANCE_SMTP_PORT et, au besoin, ECHEANCE_SMTP_USER et ECHEANCE_SMTP_PASSWORD, "
        "puis relancez."
    )


@dataclass(eq=False)
class RelaySecurityError(EcheanceError):
    """A misspelt protection must not send passwords in clear."""

    code = "transmission.relay_security"
    kind = Kind.UNAVAILABLE
    message = (
        "ECHEANCE_SMTP_SECURITY vaut « {value} » : écrivez « starttls », « tls » ou « none », "
        "puis relancez."
    )

    value: str


@dataclass(eq=False)
class ChannelUnavailableError(EcheanceError):
    """No provider is configured for a way out."""

    code = "transmission.channel_unavailable"
    kind = Kind.UNAVAILABLE
    message = (
        "Aucun prestataire n'est configuré pour la voie « {channel} » : choisissez une autre voie "
        "pour ce niveau, ou renseignez {setting}."
    )

    channel: str
    setting: str


@dataclass(eq=False)
class DepositRefusedError(EcheanceError):
    """A provider refuses what is handed to it: nothing left."""

    code = "transmission.deposit_refused"
    kind = Kind.REFUSED
    message = (
        "Le prestataire a refusé l'envoi : {reason}. Corrigez-le, puis préparez-le de nouveau."
    )

    reason: str


@dataclass(eq=False)
class MailTooLargeError(EcheanceError):
    """A mail handed in is larger than any delivery notice."""

    code = "transmission.mail_too_large"
    kind = Kind.INVALID
    message = (
        "Un courriel reçu dépasse {limit} Mo : il n'est pas lu. "
        "Ne donnez que les avis de non-remise."
    )

    limit: int


@dataclass(eq=False)
class NotADocumentError(EcheanceError):
    """A file that is read, and that no flow of the reform carries."""

    code = "transmission.not_a_document"
    kind = Kind.INVALID
    message = (
        "Le fichier {filename} n'est ni une facture ni un message de cycle de vie ({syntax}) : "
        "demandez à l'expéditeur une facture Factur-X, UBL ou CII."
    )

    filename: str
    syntax: str


@dataclass(eq=False)
class DepositConflictError(EcheanceError):
    """One key, one file: another file under a key already used is another deposit."""

    code = "transmission.deposit_conflict"
    kind = Kind.CONFLICT
    message = (
        "Aucun dépôt n'est préparé : {document_ref} a déjà été confié à la plateforme avec un "
        "autre fichier. Corrigez-le par un avoir et un nouveau numéro."
    )

    document_ref: str


@dataclass(eq=False)
class InvalidDepositError(EcheanceError):
    """A key that a platform would not carry."""

    code = "transmission.invalid_deposit"
    kind = Kind.INVALID
    message = (
        "Aucun dépôt n'est préparé : l'identifiant « {key} » doit compter de 1 à 80 caractères "
        "imprimables sans espace ni accent."
    )

    key: str


@dataclass(eq=False)
class FlowNotUnknownError(EcheanceError):
    """Only a deposit of unknown outcome is settled by a person."""

    code = "transmission.flow_not_unknown"
    kind = Kind.CONFLICT
    message = (
        "Le dépôt de {document_ref} n'attend pas votre réponse (état : {state}) : relisez la "
        "liste, rien n'a été changé."
    )

    document_ref: str
    state: str


@dataclass(eq=False)
class WrongBuyerError(EcheanceError):
    """An invoice that is for somebody else."""

    code = "transmission.wrong_buyer"
    kind = Kind.REFUSED
    message = (
        "La facture {number} de {seller} est adressée au SIREN {buyer_siren}, qui n'est pas celui "
        "de la société : prévenez l'expéditeur, ou mettez-la de côté."
    )

    number: str
    seller: str
    buyer_siren: str


@dataclass(eq=False)
class FingerprintError(EcheanceError):
    """What was downloaded is not what the platform announced."""

    code = "transmission.fingerprint"
    kind = Kind.UNAVAILABLE
    message = (
        "Le fichier « {filename} » reçu de la plateforme n'a pas l'empreinte annoncée : relancez "
        "sa lecture, puis signalez-le à la plateforme s'il ne change pas."
    )

    filename: str


@dataclass(eq=False)
class NotQuarantinedError(EcheanceError):
    """Only a document in quarantine is read again."""

    code = "transmission.not_quarantined"
    kind = Kind.CONFLICT
    message = (
        "Le document reçu n° {number} n'est pas en quarantaine (état : {state}) : rien n'a été "
        "changé."
    )

    number: int
    state: str


@dataclass(eq=False)
class NotAnInvoiceReceivedError(EcheanceError):
    """Only an invoice belongs to a supplier."""

    code = "transmission.not_an_invoice_received"
    kind = Kind.CONFLICT
    message = (
        "Le document reçu n° {number} n'est pas une facture lue : il ne se rattache à aucun "
        "fournisseur, rien n'a été changé."
    )

    number: int


@dataclass(eq=False)
class UnexpectedDocumentError(EcheanceError):
    """A document that met a fault of ours: it waits, and the others go on."""

    code = "transmission.unexpected_document"
    kind = Kind.UNAVAILABLE
    message = (
        "La lecture de « {filename} » a rencontré une erreur inattendue ({cause}) : le fichier est "
        "conservé, relancez sa lecture après la prochaine mise à jour."
    )

    filename: str
    cause: str


@dataclass(eq=False)
class LettersInvalidError(EcheanceError):
    """Addresses the post cannot read; no letter is queued."""

    code = "transmission.letters_invalid"
    kind = Kind.INVALID
    message = "Rien n'est mis au courrier : {listing}. Corrigez la fiche du client."

    problems: Sequence[str]

    @property
    def facts(self) -> dict[str, object]:
        """The problems and their sentences in one."""
        return {"problems": list(self.problems), "listing": " ; ".join(self.problems)}


@dataclass(eq=False)
class NothingToPrintError(EcheanceError):
    """No letter waits: they are all in a batch already."""

    code = "transmission.nothing_to_print"
    kind = Kind.CONFLICT
    message = (
        "Aucun courrier n'attend d'être imprimé. Un courrier déjà imprimé se refait en duplicata."
    )


@dataclass(eq=False)
class LettersTakenError(EcheanceError):
    """Somebody else printed, or withdrew, one of the letters while the batch was made."""

    code = "transmission.letters_taken"
    kind = Kind.CONFLICT
    message = (
        "Un autre lot vient de prendre une partie de ces courriers : rien n'est imprimé deux fois. "
        "Recommencez pour ceux qui restent."
    )


@dataclass(eq=False)
class BatchPostedError(EcheanceError):
    """A batch is posted once."""

    code = "transmission.batch_posted"
    kind = Kind.CONFLICT
    message = "Le lot {number} est déjà noté posté le {on:%d/%m/%Y} : rien n'a été changé."

    number: int
    on: date


@dataclass(eq=False)
class PostedTooSoonError(EcheanceError):
    """A letter is posted after it is printed, and not in the future."""

    code = "transmission.posted_too_soon"
    kind = Kind.INVALID
    message = (
        "Le lot {number} ne peut pas être posté le {on:%d/%m/%Y} : donnez un jour entre son "
        "impression et aujourd'hui."
    )

    number: int
    on: date
