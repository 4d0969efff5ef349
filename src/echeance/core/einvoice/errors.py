"""What stops the handling of an e-invoice file. Wrong content is a finding, not an error."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class FileError(EcheanceError):
    """A file that cannot be taken as an e-invoice; ``filename`` is "" when unknown."""

    code = "einvoice.file"
    kind = Kind.INVALID
    message = "Le fichier {filename} n'est pas une facture électronique lisible."

    filename: str


@dataclass(eq=False)
class EmptyFileError(FileError):
    """Zero bytes."""

    code = "einvoice.empty_file"
    message = (
        "Le fichier {filename} est vide (0 octet) : demandez à l'expéditeur de l'envoyer à nouveau."
    )


@dataclass(eq=False)
class FileTooLargeError(FileError):
    """More bytes than an invoice may have."""

    code = "einvoice.file_too_large"
    message = (
        "Le fichier {filename} dépasse la limite de {limit_mb} Mo : demandez un fichier plus "
        "léger, ou séparez ses pièces jointes."
    )

    limit_mb: int


@dataclass(eq=False)
class UnknownFormatError(FileError):
    """Neither a PDF nor an XML file."""

    code = "einvoice.unknown_format"
    message = (
        "Le fichier {filename} n'est ni un PDF ni un XML : demandez la facture au format "
        "Factur-X, UBL ou CII."
    )


@dataclass(eq=False)
class MalformedXmlError(FileError):
    """The XML does not parse."""

    code = "einvoice.malformed_xml"
    message = (
        "Le XML du fichier {filename} est mal formé (ligne {line} : {reason}) : demandez à "
        "l'expéditeur un fichier complet."
    )

    line: int
    reason: str


@dataclass(eq=False)
class DoctypeForbiddenError(FileError):
    """A document type declaration can make a reader open files or eat memory."""

    code = "einvoice.doctype_forbidden"
    message = (
        "Le XML du fichier {filename} contient une déclaration DOCTYPE, interdite dans une "
        "facture : demandez à l'expéditeur un fichier sans DOCTYPE."
    )


@dataclass(eq=False)
class XmlTooComplexError(FileError):
    """Nested, or long, or with more elements than any invoice needs."""

    code = "einvoice.xml_too_complex"
    message = (
        "Le XML du fichier {filename} dépasse ce qu'une facture peut contenir ({limit}) : demandez "
        "à l'expéditeur un fichier plus simple, ou des pièces jointes plus légères."
    )

    limit: str


@dataclass(eq=False)
class WrongEncodingError(FileError):
    """Bytes that are not of the announced encoding, or an encoding nobody knows."""

    code = "einvoice.wrong_encoding"
    message = (
        "Le XML du fichier {filename} n'est pas écrit dans l'encodage qu'il annonce (ligne "
        "{line}) : demandez à l'expéditeur de l'exporter à nouveau, en UTF-8."
    )

    line: int


@dataclass(eq=False)
class EncryptedPdfError(FileError):
    """PDF/A forbids encryption, and its content cannot be read."""

    code = "einvoice.encrypted_pdf"
    message = (
        "Le PDF {filename} est chiffré : demandez à l'expéditeur un fichier sans mot de passe."
    )


@dataclass(eq=False)
class DamagedPdfError(FileError):
    """The PDF cannot be opened, or takes too much to open."""

    code = "einvoice.damaged_pdf"
    message = (
        "Le PDF {filename} est endommagé ou incomplet : demandez à l'expéditeur de l'envoyer à "
        "nouveau."
    )


@dataclass(eq=False)
class PdfTooHeavyError(FileError):
    """A PDF that inflates to more than an invoice may, or is made of too many objects."""

    code = "einvoice.pdf_too_heavy"
    message = (
        "Le PDF {filename} est trop lourd une fois décompressé : demandez à l'expéditeur un "
        "fichier plus simple."
    )


@dataclass(eq=False)
class NoXmlInPdfError(FileError):
    """A plain PDF, not a Factur-X."""

    code = "einvoice.no_xml_in_pdf"
    message = (
        "Le PDF {filename} ne contient aucune facture XML : ce n'est pas un Factur-X. Traitez-le "
        "comme une facture papier, ou demandez le Factur-X."
    )


@dataclass(eq=False)
class SeveralXmlInPdfError(FileError):
    """Two invoices in one PDF: which one is meant cannot be guessed."""

    code = "einvoice.several_xml_in_pdf"
    message = (
        "Le PDF {filename} contient plusieurs factures XML ({names}) : demandez à l'expéditeur "
        "un fichier qui n'en porte qu'une."
    )

    names: str


@dataclass(eq=False)
class TooManyAttachmentsError(FileError):
    """More embedded files than an invoice may carry: none of them is looked at."""

    code = "einvoice.too_many_attachments"
    message = (
        "Le PDF {filename} contient plus de {limit} fichiers joints : demandez à l'expéditeur de "
        "n'y laisser que la facture et ses pièces."
    )

    limit: int


@dataclass(eq=False)
class UnreadableSyntaxError(EcheanceError):
    """A reader was given a root element that is not of its syntax."""

    code = "einvoice.unreadable_syntax"
    kind = Kind.INVALID
    message = (
        "Le document commence par l'élément {root}, qui n'est pas une facture {syntax} : "
        "vérifiez le format du fichier."
    )

    root: str
    syntax: str


@dataclass(eq=False)
class UnknownProfileError(EcheanceError):
    """BT-24 names no profile that a PDF may carry as Factur-X."""

    code = "einvoice.unknown_profile"
    kind = Kind.INVALID
    message = (
        "Le XML annonce la spécification « {specification_id} », qui n'est pas un profil "
        "Factur-X : écrivez-le dans un profil Factur-X avant de le joindre au PDF."
    )

    specification_id: str


@dataclass(eq=False)
class XmlAlreadyEmbeddedError(FileError):
    """A PDF that carries an invoice: a second one could not be told from the first."""

    code = "einvoice.xml_already_embedded"
    message = (
        "Le PDF {filename} contient déjà une facture ({name}) : partez du PDF d'origine, sans XML."
    )

    name: str


@dataclass(eq=False)
class ForbiddenCharacterError(EcheanceError):
    """XML 1.0 cannot carry control characters, even escaped."""

    code = "einvoice.forbidden_character"
    kind = Kind.INVALID
    message = (
        "La facture contient un caractère de commande interdit en XML ({character}) : retirez-le "
        "du texte, souvent collé depuis un tableur."
    )

    character: str


@dataclass(eq=False)
class PdfNotExtensibleError(EcheanceError):
    """The PDF lacks what the Factur-X metadata is added to."""

    code = "einvoice.pdf_not_extensible"
    kind = Kind.INVALID
    message = (
        "Le PDF produit n'a pas la forme attendue ({reason}) : régénérez-le avec le modèle "
        "de la maison."
    )

    reason: str


@dataclass(eq=False)
class NotAnInvoiceError(EcheanceError):
    """A structured document that is no invoice of a syntax we read; it is named."""

    code = "einvoice.not_an_invoice"
    kind = Kind.INVALID
    message = (
        "{filename} est un document « {name} », pas une facture que l'on sait lire : demandez une "
        "facture au format UBL, CII ou Factur-X."
    )

    filename: str
    name: str
