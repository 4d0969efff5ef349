"""What stops the reading of a bank file: each error names the line and what to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import format_amount


@dataclass(eq=False)
class BankFileError(EcheanceError):
    """Base of every refusal of a bank file: nothing of the file has been taken."""

    code = "bank.file_refused"
    kind = Kind.INVALID
    message = "Fichier bancaire refusé."


@dataclass(eq=False)
class EmptyFileError(BankFileError):
    """The file holds nothing but blanks."""

    code = "bank.empty_file"
    message = "Le fichier bancaire est vide : téléchargez-le de nouveau auprès de la banque."


@dataclass(eq=False)
class FileTooLargeError(BankFileError):
    """The file is larger than what is read in one piece."""

    code = "bank.file_too_large"
    message = (
        "Le fichier bancaire pèse {size_mb} Mo, au-delà de la limite de {limit_mb} Mo : "
        "demandez à la banque des relevés sur une période plus courte."
    )

    size_mb: int
    limit_mb: int


@dataclass(eq=False)
class UnknownFormatError(BankFileError):
    """The first bytes look like no bank file."""

    code = "bank.unknown_format"
    message = (
        "Ce fichier n'est pas un relevé bancaire reconnu (début : « {beginning} ») : "
        "importez un relevé camt.053 ou CFONB 120."
    )

    beginning: str


@dataclass(eq=False)
class UnsupportedFormatError(BankFileError):
    """A known bank format, but one that holds no booked statement or is not read."""

    code = "bank.unsupported_format"
    message = (
        "Les fichiers {format} ne sont pas lus comme relevés : "
        "demandez à la banque un relevé camt.053 ou CFONB 120."
    )

    format: str


@dataclass(eq=False)
class DoctypeRefusedError(BankFileError):
    """A DOCTYPE has no place in an ISO 20022 message and can carry an attack."""

    code = "bank.doctype_refused"
    message = (
        "Le fichier XML contient une déclaration DOCTYPE, interdite dans un relevé : "
        "ne l'ouvrez pas et demandez à la banque le fichier d'origine."
    )


@dataclass(eq=False)
class MalformedXmlError(BankFileError):
    """The XML cannot be parsed; ``detail`` is the parser's sentence, for the bank's help desk."""

    code = "bank.malformed_xml"
    message = (
        "Le fichier XML est mal formé à la ligne {line} : "
        "téléchargez-le de nouveau auprès de la banque, sans l'avoir modifié."
    )

    line: int
    detail: str


@dataclass(eq=False)
class TruncatedFileError(BankFileError):
    """The file stops before its end: an unclosed XML element, a CFONB account without its 07."""

    code = "bank.truncated_file"
    message = (
        "Le fichier est tronqué : il s'arrête à la ligne {line} avant la fin du relevé. "
        "Téléchargez-le de nouveau auprès de la banque."
    )

    line: int


@dataclass(eq=False)
class NoStatementError(BankFileError):
    """A well-formed message without any statement in it."""

    code = "bank.no_statement"
    message = (
        "Le fichier {format} ne contient aucun relevé : "
        "vérifiez la période demandée et téléchargez-le de nouveau."
    )

    format: str


@dataclass(eq=False)
class MissingElementError(BankFileError):
    """A camt element that the reading cannot do without."""

    code = "bank.missing_element"
    message = (
        "Ligne {line} : l'élément {element} manque. "
        "Demandez à la banque un fichier conforme à la norme ISO 20022."
    )

    line: int
    element: str


@dataclass(eq=False)
class RecordLengthError(BankFileError):
    """A CFONB record that is not 120 (or 240) characters long."""

    code = "bank.record_length"
    message = (
        "Ligne {line} : l'enregistrement compte {length} caractères au lieu de {expected}. "
        "Le fichier a été modifié ou coupé : téléchargez-le de nouveau auprès de la banque."
    )

    line: int
    length: int
    expected: int = 120


@dataclass(eq=False)
class RecordSequenceError(BankFileError):
    """A CFONB record that may not follow the one before it (01, then 04 and its 05, then 07)."""

    code = "bank.record_sequence"
    message = (
        "Ligne {line} : enregistrement « {record} » inattendu, {expected} attendu. "
        "Le fichier est incomplet ou mélangé : téléchargez-le de nouveau auprès de la banque."
    )

    line: int
    record: str
    expected: str


@dataclass(eq=False)
class AccountMismatchError(BankFileError):
    """A CFONB record of another account than the opening balance it follows."""

    code = "bank.account_mismatch"
    message = (
        "Ligne {line} : l'enregistrement porte le compte {found} au milieu du relevé du compte "
        "{account}. Téléchargez de nouveau le fichier auprès de la banque."
    )

    line: int
    account: str
    found: str


@dataclass(eq=False)
class InvalidAmountError(BankFileError):
    """An amount that cannot be read: letters, a sign where none may be, a bad overpunch."""

    code = "bank.invalid_amount"
    message = (
        "Ligne {line} : le montant « {text} » est illisible. "
        "Téléchargez de nouveau le fichier auprès de la banque."
    )

    line: int
    text: str


@dataclass(eq=False)
class OverpunchError(InvalidAmountError):
    """A CFONB amount whose last character codes neither a digit nor a sign."""

    code = "bank.invalid_overpunch"
    message = (
        "Ligne {line} : le dernier caractère du montant « {text} » ne code aucun signe "
        "(attendu : {{, A à I, }} ou J à R). Téléchargez de nouveau le fichier auprès de la banque."
    )


@dataclass(eq=False)
class AmountPrecisionError(BankFileError):
    """An amount finer than the currency's smallest unit: it cannot be booked."""

    code = "bank.amount_precision"
    message = (
        "Ligne {line} : le montant {amount} {currency} a plus de décimales que la devise n'en "
        "admet et ne peut pas être comptabilisé. Demandez à la banque un relevé corrigé."
    )

    line: int
    amount: Decimal
    currency: str


@dataclass(eq=False)
class InvalidDateError(BankFileError):
    """A date that does not exist in the calendar."""

    code = "bank.invalid_date"
    message = (
        "Ligne {line} : la date « {text} » n'existe pas. Demandez à la banque un relevé corrigé."
    )

    line: int
    text: str


@dataclass(eq=False)
class InvalidDirectionError(BankFileError):
    """A camt movement that is neither a credit nor a debit."""

    code = "bank.invalid_direction"
    message = (
        "Ligne {line} : le sens « {text} » n'est ni CRDT (crédit) ni DBIT (débit). "
        "Demandez à la banque un relevé corrigé."
    )

    line: int
    text: str


@dataclass(eq=False)
class CurrencyMismatchError(BankFileError):
    """An amount in another currency than its account: it cannot be added to the balance."""

    code = "bank.currency_mismatch"
    message = (
        "Ligne {line} : montant en {found} dans un relevé tenu en {currency}. "
        "Demandez à la banque un relevé dans une seule devise."
    )

    line: int
    currency: str
    found: str


@dataclass(eq=False)
class OpeningBalanceMissingError(BankFileError):
    """Without its opening balance a statement cannot be proved complete."""

    code = "bank.opening_balance_missing"
    message = (
        "Le relevé {statement_id} ({format}) n'a pas de solde initial, il ne peut pas être "
        "contrôlé : importez le relevé comptable de fin de journée (camt.053 avec soldes)."
    )

    format: str
    statement_id: str


@dataclass(eq=False)
class ClosingBalanceMissingError(BankFileError):
    """Without its closing balance a statement cannot be proved complete."""

    code = "bank.closing_balance_missing"
    message = (
        "Le relevé {statement_id} ({format}) n'a pas de solde final, il ne peut pas être "
        "contrôlé : importez le relevé comptable de fin de journée (camt.053 avec soldes)."
    )

    format: str
    statement_id: str


@dataclass(eq=False)
class BalanceMismatchError(BankFileError):
    """Opening balance plus movements is not the closing balance: a movement is missing or wrong."""

    code = "bank.balance_mismatch"
    message = (
        "Relevé {statement_id} du compte {account} : solde initial {opening_text} et mouvements "
        "{movements_text} ne donnent pas le solde final {closing_text} (écart {difference_text}). "
        "Rien n'est importé : demandez à la banque un relevé complet."
    )

    statement_id: str
    account: str
    currency: str
    opening: Decimal
    movements: Decimal
    closing: Decimal

    @property
    def difference(self) -> Decimal:
        """What is missing to reach the closing balance."""
        return self.closing - self.opening - self.movements

    @property
    def facts(self) -> dict[str, object]:
        """The figures, exact and as the sentence shows them."""
        figures = {
            "opening": self.opening,
            "movements": self.movements,
            "closing": self.closing,
            "difference": self.difference,
        }
        texts = {f"{name}_text": format_amount(v, self.currency) for name, v in figures.items()}
        return super().facts | figures | texts


@dataclass(eq=False)
class DetailTotalError(BankFileError):
    """The transactions of a batch, all told, do not sum to the entry that books them."""

    code = "bank.detail_total_mismatch"
    message = (
        "Ligne {line} : le détail de l'opération totalise {total_text} pour un mouvement de "
        "{amount_text} (écart {difference_text}). "
        "Rien n'est importé : demandez à la banque un fichier corrigé."
    )

    line: int
    currency: str
    amount: Decimal
    total: Decimal

    @property
    def difference(self) -> Decimal:
        """What the details lack to reach the entry."""
        return self.amount - self.total

    @property
    def facts(self) -> dict[str, object]:
        """The figures, exact and as the sentence shows them."""
        figures = {"amount": self.amount, "total": self.total, "difference": self.difference}
        texts = {f"{name}_text": format_amount(v, self.currency) for name, v in figures.items()}
        return super().facts | figures | texts


@dataclass(eq=False)
class TotalsMismatchError(BankFileError):
    """A count or a sum that the file tells of itself is not what its entries give."""

    code = "bank.totals_mismatch"
    message = (
        "Ligne {line} : le fichier annonce {element} = {told} et contient {found} (écart "
        "{difference}). Rien n'est importé : demandez à la banque un fichier complet."
    )

    line: int
    element: str
    told: Decimal
    found: Decimal

    @property
    def difference(self) -> Decimal:
        """What is missing to reach what the file tells."""
        return self.told - self.found

    @property
    def facts(self) -> dict[str, object]:
        """The figures and their difference."""
        return super().facts | {"difference": self.difference}


@dataclass(eq=False)
class UnknownCurrencyError(BankFileError):
    """A currency that ISO 4217 does not list."""

    code = "bank.unknown_currency"
    message = (
        "Ligne {line} : la devise « {text} » n'existe pas. Demandez à la banque un relevé corrigé."
    )

    line: int
    text: str


@dataclass(eq=False)
class FutureDateError(BankFileError):
    """An entry booked more than a year after the day of the reading: a wrong or forged file."""

    code = "bank.future_date"
    message = (
        "Ligne {line} : l'opération est datée du {day:%d/%m/%Y}, plus d'un an après aujourd'hui. "
        "Demandez à la banque un relevé corrigé."
    )

    line: int
    day: date


@dataclass(eq=False)
class EncodingMismatchError(BankFileError):
    """Bytes that are not of the encoding that the XML announces."""

    code = "bank.wrong_encoding"
    message = (
        "Le fichier XML contient à la ligne {line} des caractères qui ne sont pas du codage "
        "annoncé. Il a été réenregistré par un autre logiciel : téléchargez-le de nouveau auprès "
        "de la banque, sans l'ouvrir."
    )

    line: int


@dataclass(eq=False)
class XmlTooComplexError(BankFileError):
    """XML nested too deep, or one entry too heavy to be held: no bank writes that."""

    code = "bank.xml_too_complex"
    message = (
        "Le fichier XML est trop complexe pour un relevé à partir de la ligne {line} : "
        "ne l'ouvrez pas et demandez à la banque le fichier d'origine."
    )

    line: int


@dataclass(eq=False)
class PayoutMismatchError(BankFileError):
    """A payout report whose net is not its gross less its fees."""

    code = "bank.payout_mismatch"
    message = (
        "Ligne {line} : brut {gross_text} et commissions {fees_text} ne donnent pas le net "
        "{net_text} (écart {difference_text}). Téléchargez de nouveau le rapport complet auprès "
        "du prestataire."
    )

    line: int
    gross: Decimal
    fees: Decimal
    net: Decimal
    currency: str

    @property
    def facts(self) -> dict[str, object]:
        """The figures, exact and as the sentence shows them."""
        figures = {
            "gross": self.gross,
            "fees": self.fees,
            "net": self.net,
            "difference": self.net - self.gross + self.fees,
        }
        texts = {f"{name}_text": format_amount(v, self.currency) for name, v in figures.items()}
        return super().facts | figures | texts


@dataclass(eq=False)
class MissingFieldError(BankFileError):
    """A field that the reading cannot do without, in a format that is not XML of ISO 20022."""

    code = "bank.missing_field"
    message = (
        "Ligne {line} : {field} manque dans ce fichier {format}. "
        "Demandez à la banque un fichier complet."
    )

    line: int
    field: str
    format: str


@dataclass(eq=False)
class MalformedLineError(BankFileError):
    """A line that the grammar of its format does not allow."""

    code = "bank.malformed_line"
    message = (
        "Ligne {line} : « {text} » est illisible ({expected} attendu). "
        "Téléchargez de nouveau le fichier auprès de la banque, sans l'avoir modifié."
    )

    line: int
    text: str
    expected: str


@dataclass(eq=False)
class InvestmentAccountError(BankFileError):
    """A file of a securities account: it holds no movement of money in a bank account."""

    code = "bank.investment_account"
    message = (
        "Ligne {line} : ce fichier est celui d'un compte de placements (titres), pas d'un compte "
        "bancaire. Demandez à la banque le relevé du compte courant."
    )

    line: int


@dataclass(eq=False)
class BankAnswerError(BankFileError):
    """An OFX file that holds an error of the bank's server instead of a statement."""

    code = "bank.server_error"
    message = (
        "Ligne {line} : la banque a répondu par l'erreur {status} « {answer} » au lieu d'un "
        "relevé. Téléchargez-le de nouveau depuis votre espace bancaire."
    )

    line: int
    status: str
    answer: str


@dataclass(eq=False)
class AmbiguousDatesError(BankFileError):
    """Every date of the file reads two ways (day or month first): a person must say which."""

    code = "bank.ambiguous_dates"
    message = (
        "Ligne {line} : la date « {text} » se lit de deux façons, et aucune autre date du fichier "
        "ne tranche. Dites si le jour ou le mois vient en premier."
    )

    line: int
    text: str


@dataclass(eq=False)
class LayoutNeededError(BankFileError):
    """A table whose columns are not known for sure: a person must say what they are."""

    code = "bank.layout_needed"
    message = (
        "Les colonnes de ce fichier ne sont pas reconnues avec certitude ({doubts}) : confirmez "
        "leur disposition sur la page du fichier, parmi les fichiers en attente."
    )

    doubts: str


@dataclass(eq=False)
class LayoutMismatchError(BankFileError):
    """A table whose titles are not those of the layout that was confirmed."""

    code = "bank.layout_mismatch"
    message = (
        "Ce fichier n'a pas les colonnes attendues ({expected}) : la banque a changé sa "
        "disposition, confirmez la nouvelle avant de l'importer."
    )

    expected: str
