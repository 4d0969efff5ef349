"""Parties, whom to write to, their accounts: as documents and screens need them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from echeance.base import queries as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.core.identifiers import strip_separators
from echeance.core.tabular import write_csv, write_xlsx
from echeance.core.words import words
from echeance.parties.columns import TITLES, columns_of
from echeance.parties.models import Contact, Party, PartyAddress, PartyBankAccount
from echeance.parties.queries.merging import family
from echeance.parties.types import FieldChange, PartyFacts, PartyHead, PartySnapshot, Purpose

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CHUNK = 500
_FALLBACKS = (Purpose.BILLING.value, Purpose.GENERAL.value)


def parties(
    *,
    actor: Actor,
    text: str = "",
    customers: bool | None = None,
    suppliers: bool | None = None,
    closed: bool = False,
) -> QuerySet[Party]:
    """Parties of the company by name, then code. One query.

    Args:
        actor: Who asks.
        text: Every word must be in the names, numbers or town, whatever its case and accents.
        customers: Only customers, or only others.
        suppliers: Only suppliers, or only others.
        closed: Also those that are closed or merged.
    """
    actor.require(Right.READ)
    rows = Party.objects.filter(company=actor.company)
    if customers is not None:
        rows = rows.filter(is_customer=customers)
    if suppliers is not None:
        rows = rows.filter(is_supplier=suppliers)
    if not closed:
        rows = rows.filter(closed_at=None)
    for word in words(text):
        rows = rows.filter(search_words__contains=word)
    return rows.order_by("name", "code", "pk")


def party_for(*, actor: Actor, party_id: int) -> Party:
    """One party of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        Party.objects.filter(company=actor.company, pk=party_id)
        .select_related("merged_into")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"tiers n° {party_id}")
    return row.merged_into or row


def with_merged(*, actor: Actor, party_ids: Collection[int]) -> dict[int, int]:
    """Every id that rows may name these parties by, with the one asked for that it stands for.

    Entries keep the party they were posted with, merged or not. Asked by the number of a merged
    party, the answer is of the whole of it all the same; asked by both numbers, all of it counts
    under the one that stays. One query.
    """
    actor.require(Right.READ)
    asked = set(party_ids)
    rows = list(family(actor=actor, party_ids=asked).values_list("pk", "merged_into_id"))
    counted: dict[int, int] = {}
    for pk, merged_into_id in sorted(rows, key=lambda row: row[1] is not None):
        if pk in asked:
            counted.setdefault(merged_into_id or pk, pk)
    return {party_id: party_id for party_id in party_ids} | {
        pk: counted[merged_into_id or pk] for pk, merged_into_id in rows
    }


def _resolved(actor: Actor, party_ids: Iterable[int]) -> dict[int, Party]:
    """Each id of the company with the party it stands for; one query a chunk of 500."""
    actor.require(Right.READ)
    wanted = sorted(set(party_ids))
    found: dict[int, Party] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Party.objects.filter(
            company=actor.company, pk__in=wanted[start : start + _CHUNK]
        ).select_related("merged_into")
        found.update({row.pk: row.merged_into or row for row in rows})
    return found


def snapshots(*, actor: Actor, party_ids: Iterable[int]) -> dict[int, PartySnapshot]:
    """What documents print of each party asked for, by the id asked for.

    One query a chunk of 500. An id of another company is absent.
    """
    return {asked: snapshot_of(row) for asked, row in _resolved(actor, party_ids).items()}


def names_of_others(
    *, actor: Actor, names: Collection[str], party_ids: Collection[int]
) -> set[str]:
    """Those of some names that a party beside those given bears too. One query a chunk of 500."""
    actor.require(Right.READ)
    wanted = sorted(names)
    apart = set(party_ids)
    found: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        rows = Party.objects.filter(
            company=actor.company, merged_into=None, name__in=wanted[start : start + _CHUNK]
        ).values_list("pk", "name")
        found |= {name for pk, name in rows if pk not in apart}
    return found


_FACTS = tuple(field.name for field in fields(PartyFacts))


def snapshot_of(party: Party) -> PartySnapshot:
    """The snapshot of a party in hand. No query."""
    return PartySnapshot(party_id=party.pk, **{name: getattr(party, name) for name in _FACTS})


def contacts(
    *, actor: Actor, party_ids: Iterable[int], purpose: str = Purpose.GENERAL.value
) -> dict[int, list[Contact]]:
    """Whom to write to, for each party asked for: its contacts for a purpose, oldest first.

    A party without one for that purpose is written to at its billing contacts, else at its
    general ones. Contacts whose mail came back, or without an address, are left out: an empty
    list means nobody can be written to. Two queries a chunk of 500.
    """
    resolved = _resolved(actor, party_ids)
    order = list(dict.fromkeys((purpose, *_FALLBACKS)))
    found: dict[tuple[int, str], list[Contact]] = {}
    wanted = sorted({party.pk for party in resolved.values()})
    for start in range(0, len(wanted), _CHUNK):
        rows = Contact.objects.filter(
            company=actor.company,
            party__in=wanted[start : start + _CHUNK],
            purpose__in=order,
            is_active=True,
            bounced_at=None,
        )
        for row in rows.exclude(email="").order_by("pk"):
            found.setdefault((row.party_id, row.purpose), []).append(row)
    return {
        asked: next((found[key] for one in order if (key := (party.pk, one)) in found), [])
        for asked, party in resolved.items()
    }


def phones(*, actor: Actor, party_ids: Iterable[int]) -> dict[int, list[Contact]]:
    """Whom to call, for each party asked for: its running contacts with a number.

    Those for reminders first, then for billing, then general, then the others, oldest first; a
    contact whose mail came back may still be called. Two queries a chunk of 500.
    """
    resolved = _resolved(actor, party_ids)
    order = [Purpose.REMINDERS.value, *_FALLBACKS]
    rank = {purpose: place for place, purpose in enumerate(order)}
    found: dict[int, list[Contact]] = {}
    wanted = sorted({party.pk for party in resolved.values()})
    for start in range(0, len(wanted), _CHUNK):
        rows = Contact.objects.filter(
            company=actor.company, party__in=wanted[start : start + _CHUNK], is_active=True
        ).exclude(phone="")
        for row in sorted(rows, key=lambda one: (rank.get(one.purpose, len(order)), one.pk)):
            found.setdefault(row.party_id, []).append(row)
    return {asked: found.get(party.pk, []) for asked, party in resolved.items()}


def heads(*, actor: Actor, party_ids: Collection[int]) -> dict[int, PartyHead]:
    """What lists say of some parties, by number; merged ones are not resolved. One query."""
    actor.require(Right.READ)
    rows = Party.objects.filter(company=actor.company, pk__in=party_ids)
    fields = ("pk", "code", "name", "category", "language", "closed_at", "erased_at")
    return {row[0]: PartyHead._make(row) for row in rows.values_list(*fields)}


def emails(
    *, actor: Actor, party_ids: Collection[int], purpose: str = Purpose.GENERAL.value
) -> dict[int, tuple[str, ...]]:
    """Addresses written to for a purpose, once each; the choice of :func:`contacts`. One query.

    Args:
        actor: Who asks.
        party_ids: Parties as they stand, never one that was merged into another.
        purpose: What for.
    """
    actor.require(Right.READ)
    order = list(dict.fromkeys((purpose, *_FALLBACKS)))
    rows = (
        Contact.objects.filter(
            company=actor.company,
            party__in=party_ids,
            purpose__in=order,
            is_active=True,
            bounced_at=None,
        )
        .exclude(email="")
        .order_by("pk")
        .values_list("party_id", "purpose", "email")
    )
    found: dict[int, dict[str, list[str]]] = {}
    for party_id, one, email in rows:
        found.setdefault(party_id, {}).setdefault(one, []).append(email)
    return {
        party_id: tuple(dict.fromkeys(next(by[one] for one in order if one in by)))
        for party_id, by in found.items()
    }


def recipients(rows: Iterable[Contact]) -> dict[str, list[Contact]]:
    """Who is written to for each purpose, among the contacts of one party in hand. No query.

    The same choice as :func:`contacts` makes; an empty list means nobody.
    """
    found: dict[str, list[Contact]] = {}
    for row in sorted(rows, key=lambda one: one.pk):
        if row.is_active and row.email and row.bounced_at is None:
            found.setdefault(row.purpose, []).append(row)
    return {
        purpose.value: next(
            (found[one] for one in (purpose.value, *_FALLBACKS) if one in found), []
        )
        for purpose in Purpose
    }


def contacts_of(*, actor: Actor, party_id: int) -> QuerySet[Contact]:
    """Every running contact of a party, bounced ones too, by purpose. One query."""
    actor.require(Right.READ)
    return Contact.objects.filter(company=actor.company, party=party_id, is_active=True).order_by(
        "purpose", "pk"
    )


def contact_for(*, actor: Actor, party_id: int, contact_id: int) -> Contact:
    """One running contact of a party. One query.

    Raises:
        NotFoundError: Not one of that party, or not used any more.
    """
    row = contacts_of(actor=actor, party_id=party_id).filter(pk=contact_id).first()
    if row is None:
        raise NotFoundError(what=f"contact n° {contact_id}")
    return row


def bounced_contacts(*, actor: Actor) -> QuerySet[Contact]:
    """Running contacts whose mail came back, with their party, latest first. One query."""
    actor.require(Right.READ)
    return (
        Contact.objects.filter(company=actor.company, is_active=True, bounced_at__isnull=False)
        .select_related("party")
        .order_by("-bounced_at", "-pk")
    )


def addresses_of(*, actor: Actor, party_id: int) -> QuerySet[PartyAddress]:
    """Other addresses of a party in use, oldest first. One query."""
    actor.require(Right.READ)
    return PartyAddress.objects.filter(
        company=actor.company, party=party_id, ended_at=None
    ).order_by("pk")


def postal_addresses(*, actor: Actor, party_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Lines of the address letters go to, by the id asked for.

    The address for mail where the party has one, else its own; name first, country last when it
    is abroad. Two queries a chunk of 500. An id of another company is absent.
    """
    resolved = _resolved(actor, party_ids)
    wanted = sorted({party.pk for party in resolved.values()})
    kept: dict[int, PartyAddress] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = PartyAddress.objects.filter(
            company=actor.company,
            party__in=wanted[start : start + _CHUNK],
            kind=PartyAddress.Kind.MAIL,
            ended_at=None,
        )
        kept |= {row.party_id: row for row in rows.order_by("pk")}
    return {
        asked: _postal_lines(kept.get(party.pk) or party, party.name)
        for asked, party in resolved.items()
    }


def _postal_lines(place: PartyAddress | Party, name: str) -> tuple[str, ...]:
    from echeance.core.einvoice.labels import country_name

    abroad = place.country not in {"FR", ""}
    lines = (
        place.name or name,
        place.address_line,
        place.address_extra,
        f"{place.postcode} {place.city}".strip(),
        country_name(place.country, "fr").upper() if abroad else "",
    )
    return tuple(text for text in lines if text)


def bank_accounts_of(*, actor: Actor, party_id: int) -> QuerySet[PartyBankAccount]:
    """Bank accounts of a party in use, confirmed or not, oldest first. One query."""
    actor.require(Right.READ)
    return PartyBankAccount.objects.filter(
        company=actor.company, party=party_id, ended_at=None
    ).order_by("pk")


def payers_by_iban(*, actor: Actor, confirmed: bool = False) -> dict[str, int]:
    """Party that pays from each known IBAN. One query.

    An IBAN that two parties have (a group's treasury, an agent) tells nobody's payment from
    another's: it is left out.

    Args:
        actor: Who asks.
        confirmed: Only accounts a person has confirmed; needed to pay, not to recognise.
    """
    actor.require(Right.READ)
    rows = PartyBankAccount.objects.filter(company=actor.company, ended_at=None)
    if confirmed:
        rows = rows.filter(confirmed_at__isnull=False)
    holders: dict[str, set[int]] = {}
    for iban, party_id in rows.values_list("iban", "party_id"):
        holders.setdefault(iban, set()).add(party_id)
    return {iban: next(iter(ids)) for iban, ids in holders.items() if len(ids) == 1}


def by_codes(*, actor: Actor, codes: Collection[str]) -> dict[str, Party]:
    """Parties by the codes asked for; unknown codes are absent. One query a chunk of 500."""
    actor.require(Right.READ)
    wanted = sorted(set(codes))
    found: dict[str, Party] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Party.objects.filter(
            company=actor.company, code__in=wanted[start : start + _CHUNK]
        ).select_related("merged_into")
        found.update({row.code: row.merged_into or row for row in rows})
    return found


def by_identifiers(*, actor: Actor, identifiers: Collection[str]) -> dict[str, list[Party]]:
    """Running parties that have each SIREN, SIRET or VAT number asked for, oldest first.

    Keys are the texts asked for; blanks, dots and case do not matter. Several parties may share
    a SIREN (one an establishment). One query a chunk of 500.
    """
    actor.require(Right.READ)
    bare = {asked: strip_separators(asked) for asked in identifiers}
    wanted = sorted({value for value in bare.values() if value})
    found: dict[str, list[Party]] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = Party.objects.filter(
            Q(siren__in=chunk) | Q(siret__in=chunk) | Q(vat_id__in=chunk),
            company=actor.company,
            closed_at=None,
        )
        for row in rows.order_by("pk"):
            for value in {row.siren, row.siret, row.vat_id} - {""}:
                found.setdefault(value, []).append(row)
    return {asked: found.get(value, []) for asked, value in bare.items()}


def field_history(*, actor: Actor, party_id: int) -> list[FieldChange]:
    """Every value a party has had, with who and when, latest first, then by field. One query.

    Covers its own fields, its contacts, addresses, bank accounts, establishments, services,
    mandates and credit, and those of the parties merged into it; ``field`` of what hangs on it is
    prefixed by its kind and number (``contact 12 : email``). Values of a person whose data were
    erased read « effacé ».
    """
    actor.require(Right.READ)
    subjects = family(actor=actor, party_ids=[party_id]).values(
        subject=Concat(Value("party:"), Cast("pk", CharField()))
    )
    return [
        FieldChange(event.at, event.actor, event.action, field, old, new)
        for event in base.histories(actor=actor, subjects=subjects)
        for field, (old, new) in sorted(event.facts.get("changes", {}).items())
    ]


def export_parties(*, actor: Actor, kind: str = "csv") -> bytes:
    """Running parties by code, as a file that ``import_parties`` reads back without a change.

    Billing and reminder addresses share a cell, separated by commas; the account is the first in
    use. Three queries.

    Args:
        actor: Who asks.
        kind: ``csv`` or ``xlsx``.
    """
    rows = list(parties(actor=actor).order_by("code"))
    emails: dict[tuple[int, str], list[str]] = {}
    others: dict[int, Contact] = {}
    for contact in Contact.objects.filter(company=actor.company, is_active=True).order_by("-pk"):
        others[contact.party_id] = contact
        if contact.email:
            emails.setdefault((contact.party_id, contact.purpose), []).insert(0, contact.email)
    accounts = {
        account.party_id: account
        for account in PartyBankAccount.objects.filter(
            company=actor.company, ended_at=None
        ).order_by("-pk")
    }
    write = write_csv if kind == "csv" else write_xlsx
    return write(
        list(TITLES.values()),
        [
            columns_of(
                snapshot_of(row),
                billing=emails.get((row.pk, Purpose.BILLING.value), []),
                reminders=emails.get((row.pk, Purpose.REMINDERS.value), []),
                contact=(others[row.pk].name, others[row.pk].phone)
                if row.pk in others
                else ("", ""),
                account=(accounts[row.pk].iban, accounts[row.pk].bic)
                if row.pk in accounts
                else ("", ""),
            )
            for row in rows
        ],
    )
