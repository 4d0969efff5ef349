"""Facts that cross the wall of the parties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
