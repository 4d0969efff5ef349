"""What is wrong in a record, and what would put it right. No database, no clock.

A finding is never corrected by itself: it is shown with its proposed fix, accepted or set aside by
a person. Sources: CGI ann. II art. 242 nonies A (SIREN, address and VAT number of the customer),
CGI art. 262 ter I (a supply within the Union needs a valid VAT number), CGI art. 289 bis
(electronic address of a French firm).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from echeance.core.identifiers import ElectronicAddress, Siren, VatId
from echeance.core.terms import CustomerKind
from echeance.parties.types import PartySnapshot, Purpose


class Anomaly(StrEnum):
    """What may be wrong in a record, the gravest first."""

    CLOSED_COMPANY = "closed_company"
    IBAN_CHANGED = "iban_changed"
    VAT_REFUSED = "vat_refused"
    IDENTIFIER_MISMATCH = "identifier_mismatch"
    MISSING_SIREN = "missing_siren"
    MISSING_VAT_ID = "missing_vat_id"
    NO_ROUTE = "no_route"
    INCOMPLETE_ADDRESS = "incomplete_address"
    BOUNCED_CONTACT = "bounced_contact"
    NO_BILLING_CONTACT = "no_billing_contact"
    VAT_UNVERIFIED = "vat_unverified"
    REGISTER_DIFFERS = "register_differs"
    DUPLICATE = "duplicate"


ANOMALY_LABELS = {
    Anomaly.CLOSED_COMPANY: "Entreprise cessée",
    Anomaly.IBAN_CHANGED: "IBAN changé, non confirmé",
    Anomaly.VAT_REFUSED: "N° de TVA refusé par VIES",
    Anomaly.IDENTIFIER_MISMATCH: "SIREN et n° de TVA discordants",
    Anomaly.MISSING_SIREN: "SIREN manquant",
    Anomaly.MISSING_VAT_ID: "N° de TVA manquant",
    Anomaly.NO_ROUTE: "Sans adresse électronique",
    Anomaly.INCOMPLETE_ADDRESS: "Adresse incomplète",
    Anomaly.BOUNCED_CONTACT: "Courriel revenu",
    Anomaly.NO_BILLING_CONTACT: "Aucun contact de facturation",
    Anomaly.VAT_UNVERIFIED: "N° de TVA jamais vérifié",
    Anomaly.REGISTER_DIFFERS: "Différent du registre",
    Anomaly.DUPLICATE: "Doublon probable",
}
"""Short French name of each."""

SENTENCE_LABELS = {
    Anomaly.CLOSED_COMPANY: "L'entreprise a cessé le {value} selon SIRENE : ne lui vendez plus.",
    Anomaly.IBAN_CHANGED: (
        "Le RIB {value}, ajouté par {by}, s'ajoute à un autre : appelez ce tiers à un numéro connu "
        "avant de le confirmer."
    ),
    Anomaly.VAT_REFUSED: (
        "VIES ne connaît pas le n° {value} : demandez le bon, sans lui la vente ne peut pas être "
        "exonérée."
    ),
    Anomaly.IDENTIFIER_MISMATCH: "Le n° de TVA {value} n'est pas celui du SIREN {siren}.",
    Anomaly.MISSING_SIREN: (
        "Le SIREN, obligatoire sur la facture, manque : cherchez-le dans l'annuaire des "
        "entreprises."
    ),
    Anomaly.MISSING_VAT_ID: (
        "Cette entreprise ({country}) n'a pas de n° de TVA : sans lui elle doit la TVA française."
    ),
    Anomaly.NO_ROUTE: (
        "Aucune adresse de facturation électronique : ses factures ne peuvent pas passer par une "
        "plateforme."
    ),
    Anomaly.INCOMPLETE_ADDRESS: "L'adresse est incomplète, il manque : {value}.",
    Anomaly.BOUNCED_CONTACT: "Le courriel à {value} est revenu : plus rien ne lui est envoyé.",
    Anomaly.NO_BILLING_CONTACT: "Personne à qui envoyer ses factures par courriel.",
    Anomaly.VAT_UNVERIFIED: "Le n° de TVA {value} n'a jamais été vérifié auprès de VIES.",
    Anomaly.REGISTER_DIFFERS: "Le registre dit autre chose de ce tiers : {value}.",
    Anomaly.DUPLICATE: "Semble être le même tiers que {other} ({score} %).",
}
"""French sentence of each, with its facts."""


class FixKind(StrEnum):
    """What a fix does."""

    SET_FIELDS = "set_fields"
    RETIRE_CONTACT = "retire_contact"
    ADD_CONTACT = "add_contact"
    CONFIRM_ACCOUNT = "confirm_account"
    CLOSE_PARTY = "close_party"
    ASK_REGISTERS = "ask_registers"
    MERGE = "merge"


FIX_LABELS = {
    FixKind.SET_FIELDS: "Écrire {text}",
    FixKind.RETIRE_CONTACT: "Ne plus utiliser {text}",
    FixKind.ADD_CONTACT: "Envoyer les factures à {text}",
    FixKind.CONFIRM_ACCOUNT: "Confirmer, après appel, {text}",
    FixKind.CLOSE_PARTY: "Clore la fiche",
    FixKind.ASK_REGISTERS: "Interroger le registre",
    FixKind.MERGE: "Fusionner dans {text}",
}
"""What accepting does, in French."""


@dataclass(frozen=True, slots=True)
class Fix:
    """What would put a finding right.

    Attributes:
        target_id: The contact, the account, or the party that stays.
        changes: New values of the party's fields, or of the contact.
        text: What of it, as it is shown.
    """

    kind: FixKind
    target_id: int = 0
    changes: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One thing wrong in a record.

    Attributes:
        value: What is wrong; a finding set aside comes back when it changes.
        facts: What its sentence names, ``value`` included.
        fix: What would put it right; ``None`` when only a person knows.
        subject_id: The contact or account it is about, or the other party of a duplicate.
    """

    code: Anomaly
    party_id: int
    party_code: str
    party_name: str
    value: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    fix: Fix | None = None
    subject_id: int = 0

    @property
    def key(self) -> str:
        """Names the finding on this value: ``code:party:digest``."""
        given = f"{self.subject_id}:{self.value}"
        digest = hashlib.sha256(given.encode()).hexdigest()[:12]
        return f"{self.code.value}:{self.party_id}:{digest}"

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in French."""
        return SENTENCE_LABELS[self.code].format(**self.facts)


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """A contact in use."""

    contact_id: int
    purpose: str
    email: str
    bounced: bool


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """A new account of a party that had another, not confirmed."""

    account_id: int
    masked: str
    added_by: str


@dataclass(frozen=True, slots=True)
class RegisterSays:
    """What the last answers of registers say of a party.

    Attributes:
        closed_on: Day it ceased, as SIRENE gives it; empty when it has not.
        vat_outcome: Last answer of VIES on its present number; empty when never asked.
        differences: New value by field that a register proposes.
    """

    closed_on: str = ""
    vat_outcome: str = ""
    differences: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything a record is judged on."""

    party: PartySnapshot
    contacts: Sequence[ContactSeen] = ()
    new_accounts: Sequence[AccountSeen] = ()
    registers: RegisterSays = field(default_factory=RegisterSays)
    head_office: dict[str, str] = field(default_factory=dict)


_UNION = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IT",
        "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
_ADDRESS = {"address_line": "la rue", "postcode": "le code postal", "city": "la ville"}
_MAIL_PURPOSES = (Purpose.BILLING.value, Purpose.GENERAL.value)


def findings_of(known: Known) -> list[QualityFinding]:
    """What is wrong in a record, the gravest first; duplicates are looked for apart.

    >>> ana = PartySnapshot("C1", "Ana", postcode="75001", city="Paris", address_line="1 rue A")
    >>> [finding.code.value for finding in findings_of(Known(ana))]
    ['missing_siren', 'no_billing_contact']
    """
    found = [
        *_registers(known),
        *_accounts(known),
        *_identifiers(known.party),
        *_address(known),
        *_contacts(known),
    ]
    order = list(Anomaly)
    return sorted(found, key=lambda finding: (order.index(finding.code), finding.key))


def finding(
    party: PartySnapshot,
    code: Anomaly,
    value: str = "",
    *,
    fix: Fix | None = None,
    subject_id: int = 0,
    **facts: str,
) -> QualityFinding:
    """A finding on a party, its facts with its value."""
    return QualityFinding(
        code=code,
        party_id=party.party_id,
        party_code=party.code,
        party_name=party.name,
        value=value[:200],
        facts={"value": value, **facts},
        fix=fix,
        subject_id=subject_id,
    )


def _registers(known: Known) -> Iterator[QualityFinding]:
    party, says = known.party, known.registers
    if says.closed_on:
        yield finding(party, Anomaly.CLOSED_COMPANY, says.closed_on, fix=Fix(FixKind.CLOSE_PARTY))
    if says.differences:
        told = ", ".join(f"« {new} »" for new in says.differences.values())
        fix = Fix(FixKind.SET_FIELDS, changes=says.differences, text=told)
        yield finding(party, Anomaly.REGISTER_DIFFERS, told, fix=fix)
    if _in_union(party) and party.vat_id:
        ask = Fix(FixKind.ASK_REGISTERS)
        if says.vat_outcome == "unknown":
            yield finding(party, Anomaly.VAT_REFUSED, party.vat_id, fix=ask)
        elif not says.vat_outcome:
            yield finding(party, Anomaly.VAT_UNVERIFIED, party.vat_id, fix=ask)


def _accounts(known: Known) -> Iterator[QualityFinding]:
    for account in known.new_accounts:
        fix = Fix(FixKind.CONFIRM_ACCOUNT, target_id=account.account_id, text=account.masked)
        yield finding(
            known.party,
            Anomaly.IBAN_CHANGED,
            account.masked,
            fix=fix,
            subject_id=account.account_id,
            by=account.added_by,
        )


def _in_union(party: PartySnapshot) -> bool:
    """A firm of the Union outside France: its VAT number decides of the tax."""
    is_firm = party.category != CustomerKind.CONSUMER
    return is_firm and party.country != "FR" and party.country in _UNION


def _identifiers(party: PartySnapshot) -> Iterator[QualityFinding]:
    if party.category == CustomerKind.CONSUMER:
        return
    inside = VatId(party.vat_id).siren if VatId.is_valid(party.vat_id) else None
    if party.country == "FR" and not party.siren:
        fix = None
        if inside:
            fix = Fix(FixKind.SET_FIELDS, changes={"siren": inside.value}, text=inside.value)
        yield finding(party, Anomaly.MISSING_SIREN, fix=fix)
    elif party.siren and inside and inside.value != party.siren:
        right = Siren(party.siren).vat_id.value
        fix = Fix(FixKind.SET_FIELDS, changes={"vat_id": right}, text=right)
        yield finding(party, Anomaly.IDENTIFIER_MISMATCH, party.vat_id, fix=fix, siren=party.siren)
    if party.country == "FR" and party.siren and not party.electronic_address:
        address = str(ElectronicAddress.of_siren(Siren(party.siren)))
        fix = Fix(FixKind.SET_FIELDS, changes={"electronic_address": address}, text=address)
        yield finding(party, Anomaly.NO_ROUTE, fix=fix)
    if _in_union(party) and not party.vat_id:
        yield finding(party, Anomaly.MISSING_VAT_ID, country=party.country)


def _address(known: Known) -> Iterator[QualityFinding]:
    party = known.party
    missing = [
        name
        for name in _ADDRESS
        if not getattr(party, name) and not (name == "postcode" and party.country != "FR")
    ]
    if not missing or party.category == CustomerKind.CONSUMER:
        return
    changes = {name: known.head_office[name] for name in missing if known.head_office.get(name)}
    fix = None
    if len(changes) == len(missing):
        fix = Fix(FixKind.SET_FIELDS, changes=changes, text=", ".join(changes.values()))
    told = ", ".join(_ADDRESS[name] for name in missing)
    yield finding(party, Anomaly.INCOMPLETE_ADDRESS, told, fix=fix)


def _contacts(known: Known) -> Iterator[QualityFinding]:
    party = known.party
    written_to = [one for one in known.contacts if one.email and not one.bounced]
    for contact in known.contacts:
        if contact.bounced:
            others = any(one.purpose == contact.purpose for one in written_to)
            fix = Fix(FixKind.RETIRE_CONTACT, target_id=contact.contact_id, text=contact.email)
            yield finding(
                party,
                Anomaly.BOUNCED_CONTACT,
                contact.email,
                # The last address for a purpose is corrected by somebody who knows the new one.
                fix=fix if others else None,
                subject_id=contact.contact_id,
            )
    if party.is_customer and not any(one.purpose in _MAIL_PURPOSES for one in written_to):
        add = [
            Fix(
                FixKind.ADD_CONTACT,
                changes={"purpose": Purpose.BILLING.value, "email": other.email},
                text=other.email,
            )
            for other in written_to[:1]
        ]
        yield finding(party, Anomaly.NO_BILLING_CONTACT, fix=next(iter(add), None))
