"""Whom to write to, and where goods go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from echeance.base import journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.core.words import clean_line
from echeance.parties import rules
from echeance.parties.errors import ContactUnreachableError
from echeance.parties.events import AddressAdded, ContactChanged
from echeance.parties.models import Contact, Party, PartyAddress
from echeance.parties.types import AddressFacts, ContactFacts, Purpose

_CHUNK = 500
_FIELDS = ("purpose", "name", "email", "phone")


@transaction.atomic
def add_contacts(*, actor: Actor, contacts: Sequence[ContactFacts]) -> list[Contact]:
    """Add contacts; one whose party, purpose and address (else number) are known is left.

    Three queries for each chunk of 500, and the journal's.

    Returns:
        One row for each contact given, in their order; known ones are those found.

    Raises:
        NotFoundError: A party is not of this company; nothing is added.
        InvalidEmailError: An address is not one; nothing is added.
        ContactUnreachableError: A contact has neither address nor number; nothing is added.
    """
    actor.require(Right.EDIT_PARTIES)
    kept = [_checked(contact) for contact in contacts]
    require_parties(actor, {contact.party_id for contact in kept})
    known = _known(actor, {contact.party_id for contact in kept})
    fresh: dict[tuple[int, str, str], Contact] = {}
    rows: list[Contact] = []
    for facts in kept:
        key = (facts.party_id, facts.purpose, facts.email.lower() or facts.phone)
        row = known.get(key) or fresh.get(key)
        if row is None:
            row = fresh[key] = Contact(company=actor.company, **asdict(facts))
        rows.append(row)
    Contact.objects.bulk_create(fresh.values(), batch_size=_CHUNK)
    journal.record_many(
        [
            ContactChanged(
                row.party_id,
                row.pk,
                {
                    _label(row, name): ("", getattr(row, name))
                    for name in _FIELDS
                    if getattr(row, name)
                },
            )
            for row in fresh.values()
        ],
        actor=actor,
    )
    return rows


@transaction.atomic
def change_contact(*, actor: Actor, contact_id: int, changes: Mapping[str, object]) -> Contact:
    """Change a contact, or retire it with ``is_active=False``.

    A new address, or the same one given again on purpose, is taken as good: mail is sent to it
    again.

    Args:
        actor: Who changes; has the right to edit parties.
        contact_id: Contact of the company.
        changes: New values among ``purpose``, ``name``, ``email``, ``phone``, ``is_active``.

    Raises:
        NotFoundError: Not a contact of this company.
        InvalidEmailError: The address is not one.
        ContactUnreachableError: Neither address nor number would be left.
    """
    actor.require(Right.EDIT_PARTIES)
    unknown = set(changes) - {*_FIELDS, "is_active"}
    assert not unknown, f"not fields of a contact: {unknown}"
    row = Contact.objects.select_for_update().filter(company=actor.company, pk=contact_id).first()
    if row is None:
        raise NotFoundError(what=f"contact n° {contact_id}")
    old = {name: str(getattr(row, name)) for name in (*_FIELDS, "is_active", "bounced_at")}
    facts = ContactFacts(row.party_id, **{name: getattr(row, name) for name in _FIELDS})
    named = {name: value for name, value in changes.items() if name in _FIELDS}
    for name, value in asdict(_checked(ContactFacts(**{**asdict(facts), **named}))).items():
        setattr(row, name, value)
    row.is_active = bool(changes.get("is_active", row.is_active))
    if "email" in changes:
        row.bounced_at = None
    row.save(update_fields=[*_FIELDS, "is_active", "bounced_at"])
    changed = {
        _label(row, name): (before, str(getattr(row, name)))
        for name, before in old.items()
        if before != str(getattr(row, name))
    }
    if changed:
        journal.record(ContactChanged(row.party_id, row.pk, changed), actor=actor)
    return row


@transaction.atomic
def flag_bounced(*, actor: Actor, emails: Collection[str], at: datetime) -> int:
    """Note that mail to addresses came back: they are not written to until somebody corrects them.

    Two queries for each chunk of 500 addresses, and the journal's.

    Returns:
        How many contacts were flagged; those already flagged do not count again.
    """
    actor.require(Right.EDIT_PARTIES)
    wanted = sorted({email.strip().lower() for email in emails})
    flagged = 0
    for start in range(0, len(wanted), _CHUNK):
        rows = list(
            Contact.objects.alias(lower_email=Lower("email")).filter(
                company=actor.company,
                lower_email__in=wanted[start : start + _CHUNK],
                is_active=True,
                bounced_at=None,
            )
        )
        Contact.objects.filter(pk__in=[row.pk for row in rows]).update(bounced_at=at)
        journal.record_many(
            [
                ContactChanged(
                    row.party_id, row.pk, {_label(row, "bounced_at"): ("", at.isoformat())}
                )
                for row in rows
            ],
            actor=actor,
        )
        flagged += len(rows)
    return flagged


@transaction.atomic
def add_addresses(*, actor: Actor, addresses: Sequence[AddressFacts]) -> list[PartyAddress]:
    """Add delivery or service addresses to parties. Two queries, and the journal's.

    Raises:
        NotFoundError: A party is not of this company; nothing is added.
    """
    actor.require(Right.EDIT_PARTIES)
    require_parties(actor, {address.party_id for address in addresses})
    rows = PartyAddress.objects.bulk_create(
        [PartyAddress(company=actor.company, **asdict(facts)) for facts in addresses],
        batch_size=_CHUNK,
    )
    journal.record_many(
        [
            AddressAdded(
                row.party_id,
                {
                    f"adresse {row.pk}": (
                        "",
                        f"{row.address_line}, {row.postcode} {row.city} ({row.country})",
                    )
                },
            )
            for row in rows
        ],
        actor=actor,
    )
    return rows


def require_parties(actor: Actor, party_ids: Collection[int]) -> None:
    """Refuse ids that are not parties of the company. One query a chunk of 500.

    Raises:
        NotFoundError: The first that is not.
    """
    wanted = sorted(set(party_ids))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        known = set(
            Party.objects.filter(company=actor.company, pk__in=chunk).values_list("pk", flat=True)
        )
        for party_id in chunk:
            if party_id not in known:
                raise NotFoundError(what=f"tiers n° {party_id}")


def _checked(contact: ContactFacts) -> ContactFacts:
    name, phone = clean_line(contact.name)[:120], clean_line(contact.phone)[:30]
    if not (contact.email.strip() or phone):
        raise ContactUnreachableError(name=name)
    return ContactFacts(
        party_id=contact.party_id,
        email=rules.checked_email(contact.email) if contact.email.strip() else "",
        purpose=Purpose(contact.purpose).value,
        name=name,
        phone=phone,
    )


def _known(actor: Actor, party_ids: Collection[int]) -> dict[tuple[int, str, str], Contact]:
    wanted = sorted(party_ids)
    found: dict[tuple[int, str, str], Contact] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Contact.objects.filter(
            company=actor.company, party__in=wanted[start : start + _CHUNK], is_active=True
        )
        found |= {(row.party_id, row.purpose, row.email.lower() or row.phone): row for row in rows}
    return found


def _label(row: Contact, name: str) -> str:
    return f"contact {row.pk} : {name}"
