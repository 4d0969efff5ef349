"""Facts that cross the wall of the parties."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Purpose(StrEnum):
    """What a contact is written to about."""

    BILLING = "billing"
    REMINDERS = "reminders"
    DISPUTES = "disputes"
    PLATFORM = "platform"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Identity and terms of a customer or supplier.

    Attributes:
        code: The company's own number for it, unique.
        name: Name or « raison sociale » (BT-44).
        category: ``professional``, ``consumer`` or ``public``.
        siren: BT-47; taken from the SIRET or the French VAT number when empty.
        vat_id: BT-48, with its country prefix.
        country: ISO 3166 code.
        territory: VAT territory, ``core.tax.Territory``; reckoned from the postcode when empty.
        electronic_address: BT-49, ``scheme:value``; a French firm's own SIREN when empty.
        payment_terms: A code or label that ``core.terms.parse_terms`` reads; the company's usual
            ones when empty.
        order_reference_required: Whether it refuses invoices without its order number (BT-13).
        vat_exemption: Usual ``core.tax.Exemption`` of what is sold to it; empty when taxed.
    """

    code: str
    name: str
    category: str = "professional"
    is_customer: bool = True
    is_supplier: bool = False
    legal_form: str = ""
    siren: str = ""
    siret: str = ""
    vat_id: str = ""
    language: str = "fr"
    address_line: str = ""
    address_extra: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    territory: str = ""
    electronic_address: str = ""
    payment_terms: str = ""
    order_reference_required: bool = False
    vat_exemption: str = ""


@dataclass(frozen=True, slots=True)
class PartySnapshot(PartyFacts):
    """Everything a document prints of a party, at the instant it was asked for.

    Attributes:
        party_id: The party; after a merge, the one that stays.
    """

    party_id: int = 0


class PartyHead(NamedTuple):
    """What a list says of a party, and whether it still stands."""

    party_id: int
    code: str
    name: str
    category: str
    language: str
    closed_at: datetime | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Somebody to write to, or to call."""

    party_id: int
    email: str = ""
    purpose: str = Purpose.GENERAL.value
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BankAccountFacts:
    """An account of a party: IBAN, and BIC and holder where they are known."""

    party_id: int
    iban: str
    bic: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """An address of a party beside its own: where goods go, where a service is done."""

    party_id: int
    address_line: str
    postcode: str
    city: str
    kind: str = "delivery"
    name: str = ""
    address_extra: str = ""
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class EstablishmentFacts:
    """An establishment of a firm.

    Attributes:
        siret: BT-46; begins with the SIREN of the party.
        name: « Enseigne »; empty when it has none of its own.
        is_head_office: « Siège »; naming one takes the title from the one that had it.
        electronic_address: BT-49 when it differs from the firm's; empty otherwise.
    """

    party_id: int
    siret: str
    name: str = ""
    is_head_office: bool = False
    address_line: str = ""
    address_extra: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    electronic_address: str = ""


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service of a public buyer.

    Attributes:
        code: « Code service » of Chorus Pro (BT-10).
        engagement_required: Whether it refuses invoices without an engagement number (BT-13).
    """

    party_id: int
    code: str
    name: str = ""
    engagement_required: bool = False


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """A SEPA mandate a customer has signed.

    Attributes:
        bank_account_id: Account of the party that is debited, in use.
        signed_on: Day of the signature, not later than the day it is entered.
        reference: « RUM » (BT-89), unique; made from the company's SIREN when empty.
        scheme: ``core`` or ``b2b``; a consumer signs no ``b2b`` mandate.
        sequence: ``recurrent`` or ``one_off``.
        creditor_id: « ICS » of the company (BT-90); that of its last mandate when empty.
    """

    party_id: int
    bank_account_id: int
    signed_on: date
    reference: str = ""
    scheme: str = "core"
    sequence: str = "recurrent"
    creditor_id: str = ""


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """What may be owed by a party, and by its group.

    Attributes:
        party_id: The party; after a merge, the one that stays.
        limit: Its own, ``None`` when nobody set one.
        group_id: Head of its group; itself when it has none.
        group_limit: The limit of the head, for the group as a whole; ``None`` without one.
        held: Whether nothing is to be sold: it is on hold, or the head of its group is.
        hold_reason: Why, when it is.
    """

    party_id: int
    limit: Decimal | None
    group_id: int
    group_limit: Decimal | None
    held: bool = False
    hold_reason: str = ""


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What a register answered about an identifier.

    Attributes:
        party_id: The party it was asked for.
        register: ``sirene``, ``vies`` or ``directory``.
        asked: The SIREN, SIRET or VAT number asked for.
        outcome: ``found``, ``closed``, ``unknown`` or ``unavailable``.
        facts: Values of the register under the names of :class:`PartyFacts` (``name``,
            ``address_line``…); ``reason`` when it did not answer.
        reference: Number of the consultation, kept as a proof (VIES).
    """

    party_id: int
    register: str
    asked: str
    outcome: str
    facts: dict[str, str] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """A difference between a party and what a register says of it; never applied by itself.

    Attributes:
        field: Name of a field of :class:`PartyFacts`, or ``closed_at`` for a firm that ceased.
        old: Value of the party.
        new: Value of the register.
        checked_at: When the register said so.
    """

    party_id: int
    field: str
    old: str
    new: str
    register: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class PartyFinding:
    """One thing that is wrong in the facts of a party.

    Attributes:
        party: Its code, or its rank among those given when it has none.
        field: Name of the field.
        value: What was given.
        message: French sentence: what is wrong, what to do.
    """

    party: str
    field: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One bad cell of an import.

    Attributes:
        row: Line of the file.
        column: Title of the column.
        value: What the cell holds.
        reason: French sentence.
    """

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import would do, or did.

    Attributes:
        dry_run: Whether nothing was to be written.
        rows: Lines read.
        created: Parties that are new.
        changed: Known parties with at least one new value.
        unchanged: Known parties already as the file says.
        problems: Bad cells; if there is any, nothing is written.
    """

    dry_run: bool
    rows: int
    created: int
    changed: int
    unchanged: int
    problems: tuple[CellProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One line of a party's history: who changed what, when, from what to what."""

    at: datetime
    by: str
    action: str
    field: str
    old: str
    new: str
