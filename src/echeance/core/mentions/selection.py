"""Which mentions an invoice carries.

Sources: CGI ann. II 242 nonies A; C. com. L441-9, L441-10, D441-5, R123-237, R123-238, R526-27;
CCP R2192-31, D2192-35.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.identifiers import Siren
from echeance.core.mentions.wordings import wording
from echeance.core.money import NO_BREAK_SPACE, format_amount, format_number
from echeance.core.tax import Exemption, Nature
from echeance.core.terms import CustomerKind

NEW_MENTIONS_LARGE = date(2026, 9, 1)
NEW_MENTIONS_SMALL = date(2027, 9, 1)


@dataclass(frozen=True, slots=True)
class ExemptionUse:
    """A case of exemption on the invoice; ``article`` is needed for ``Exemption.EXEMPT`` alone."""

    exemption: Exemption
    article: str = ""


@dataclass(frozen=True, slots=True)
class EarlyPaymentDiscount:
    """« Escompte »: per cent taken off when paid within so many days."""

    percent: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class MentionFacts:
    """What decides the mentions of one invoice.

    Attributes:
        customer: Who buys; penalties, indemnity and escompte are for professionals and public
            buyers.
        nature: Goods, services or both.
        exemptions: Cases present on the lines.
        on_debits: The seller opted for the debits and bills services.
        self_billed: Made by the buyer in the seller's name.
        penalty_rate: Contract rate, per cent a year; none means the rate of the law.
        discount: Escompte offered, if any.
        legal_form: « SAS », « SARL »…; empty for a sole trader.
        share_capital: In euros, if the company has one.
        siren: The seller's.
        registry_city: Where it is registered; empty if it is not.
        sole_trader: « Entrepreneur individuel ».
        vat_group: Name, address and VAT number of the VAT group member; empty if none.
        insurance: Insurer and cover, for construction trades; empty if none.
        language: ISO 639-1, of the reader: a translation stands beside the French text.
    """

    customer: CustomerKind
    nature: Nature
    exemptions: tuple[ExemptionUse, ...] = ()
    on_debits: bool = False
    self_billed: bool = False
    penalty_rate: Decimal | None = None
    discount: EarlyPaymentDiscount | None = None
    legal_form: str = ""
    share_capital: Decimal | None = None
    siren: Siren | None = None
    registry_city: str = ""
    sole_trader: bool = False
    vat_group: str = ""
    insurance: str = ""
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention, ready to print.

    Attributes:
        key: Name of its wording.
        subject_code: BT-21, or empty when the e-invoice says it in another field.
        text: What is printed.
        source: Law article.
    """

    key: str
    subject_code: str
    text: str
    source: str

    @property
    def note(self) -> str:
        """Text of the note in the e-invoice (BT-22): TXD has one fixed word, others their text."""
        return "MEMBRE_ASSUJETTI_UNIQUE" if self.subject_code == "TXD" else self.text


def mentions_for(facts: MentionFacts, on: date) -> tuple[Mention, ...]:
    """Mentions of an invoice issued on a day, in printing order.

    PMT, PMD and AAB come exactly once each for professionals and public buyers (BR-FR-05), never
    for consumers.

    Raises:
        NoWordingError: the day is before the table begins.
    """
    keys: list[tuple[str, dict[str, str]]] = [
        *_tax_keys(facts),
        *_payment_keys(facts),
        *_seller_keys(facts),
    ]
    mentions = []
    for key, values in keys:
        found = wording(key, on)
        text = found.text(facts.language).format(**values)
        mentions.append(Mention(key, found.subject_code, text, found.source))
    return tuple(mentions)


def exemption_text(use: ExemptionUse, on: date, language: str = "fr") -> str:
    """Words of an exemption: the mention 12° or 13°, and BT-120 in the e-invoice.

    >>> exemption_text(ExemptionUse(Exemption.EXEMPT, "article 261-4 du CGI"), date(2026, 11, 24))
    'Exonération de TVA, article 261-4 du CGI'
    """
    return wording(use.exemption.value, on).text(language).format(article=use.article)


def new_mentions_required(*, large: bool, on: date) -> bool:
    """Whether the four mentions of décret 2022-1299 are mandatory (they are always allowed).

    They are the customer's SIREN, the delivery address, the nature of the operation and the
    option for debits.

    Args:
        large: The seller is a « grande entreprise » or an « entreprise de taille intermédiaire ».
        on: Issue date.

    >>> new_mentions_required(large=False, on=date(2027, 8, 31))
    False
    """
    return on >= (NEW_MENTIONS_LARGE if large else NEW_MENTIONS_SMALL)


def _tax_keys(facts: MentionFacts) -> list[tuple[str, dict[str, str]]]:
    exemptions = dict.fromkeys(facts.exemptions)
    keys: list[tuple[str, dict[str, str]]] = [
        (f"nature_{facts.nature.value}", {}),
        *((use.exemption.value, {"article": use.article}) for use in exemptions),
    ]
    if facts.on_debits and facts.nature is not Nature.GOODS:
        keys.append(("on_debits", {}))
    if facts.self_billed:
        keys.append(("self_billed", {}))
    if facts.vat_group:
        keys.append(("vat_group", {"vat_group": facts.vat_group}))
    return keys


def _payment_keys(facts: MentionFacts) -> list[tuple[str, dict[str, str]]]:
    discount: tuple[str, dict[str, str]] = ("no_discount", {})
    if facts.discount:
        percent = _percent(facts.discount.percent)
        discount = ("discount", {"percent": percent, "days": str(facts.discount.days)})
    match facts.customer:
        case CustomerKind.CONSUMER:
            return [discount] if facts.discount else []
        case CustomerKind.PUBLIC:
            return [discount, ("penalty_public", {}), ("indemnity_public", {})]
        case CustomerKind.PROFESSIONAL:
            if facts.penalty_rate is None:
                return [discount, ("penalty_default", {}), ("indemnity", {})]
            rate = {"rate": _percent(facts.penalty_rate)}
            return [discount, ("penalty_rate", rate), ("indemnity", {})]


def _seller_keys(facts: MentionFacts) -> list[tuple[str, dict[str, str]]]:
    keys: list[tuple[str, dict[str, str]]] = []
    if facts.sole_trader:
        keys.append(("sole_trader", {}))
    elif facts.share_capital is not None:
        values = {"legal_form": facts.legal_form, "capital": _capital(facts.share_capital)}
        keys.append(("capital", values))
    elif facts.legal_form:
        keys.append(("legal_form", {"legal_form": facts.legal_form}))
    if facts.registry_city and facts.siren:
        values = {"city": facts.registry_city, "siren": facts.siren.formatted()}
        keys.append(("registry", values))
    if facts.insurance:
        keys.append(("insurance", {"insurance": facts.insurance}))
    return keys


def _percent(value: Decimal) -> str:
    return format_number(value, max(0, -int(value.normalize().as_tuple().exponent)))


def _capital(value: Decimal) -> str:
    if value == value.to_integral_value():
        return f"{format_number(value, 0)}{NO_BREAK_SPACE}€"
    return format_amount(value)
