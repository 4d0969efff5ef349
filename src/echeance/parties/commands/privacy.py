"""What is held on a person, told to them; and erased, as far as the law lets it go.

Sources: GDPR art. 15 (access), 17 (erasure; 17-3 b: what the law obliges to keep), 20
(portability); C. com. art. L123-22 and LPF art. L102 B (ten years for books and vouchers).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q

from echeance.base import clock, journal, privacy
from echeance.base.actor import Actor
from echeance.base.models import SheetChange
from echeance.base.privacy import HeldPiece
from echeance.base.rights import Right
from echeance.core.dates import add_years
from echeance.core.money import format_amount
from echeance.core.tabular import write_csv
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line
from echeance.parties import queries, rules
from echeance.parties.commands.rows import lock, rows_of
from echeance.parties.errors import (
    ErasureNeedsPersonError,
    ErasureRefusedError,
    ReasonMissingError,
)
from echeance.parties.events import PersonalDataErased, PersonalDataTold
from echeance.parties.models import (
    Contact,
    Party,
    PartyAddress,
    PartyBankAccount,
    PartyMerge,
    QualityBatch,
    QualityDismissal,
    RegistryCheck,
    SepaMandate,
)
from echeance.parties.types import PartyFacts

_MANDATE_YEARS = 2
"""A collection may be contested thirteen months after it (CMF art. L133-24), rounded up."""
_NAMES = ("code", "name")
_IMPERSONAL = frozenset(
    {
        "category", "is_customer", "is_supplier", "language", "country", "territory",
        "payment_terms", "order_reference_required", "vat_exemption", "closed_at",
        "merged_into", "merged_from", "credit_limit", "purpose", "is_active", "bounced_at",
        "register", "outcome", "anomaly", "ground", "kept_until", "confirmed_by",
    }
)  # fmt: skip
_OF_PERSONS = ("contact ", "RIB ", "adresse ", "mandat ")


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What an erasure did.

    Attributes:
        gone: What was erased: ``contacts``, ``addresses``, ``accounts``, ``record`` (the whole of
            it), ``record_address``, ``history``; each with its count.
        kept: What the law obliges to keep, with its term.
        complete: Whether nothing that names the person is left in the record.
        until: Day after which a second erasure completes this one; ``None`` when complete.
    """

    gone: tuple[tuple[str, int], ...]
    kept: tuple[HeldPiece, ...]
    complete: bool
    until: date | None


# -- told -----------------------------------------------------------------------------------------


@transaction.atomic
def export_personal_data(*, actor: Actor, party_id: int) -> bytes:
    """Everything held on a person or on the contacts of a firm, as a ZIP for them.

    ``donnees.json`` (to be read by a machine, GDPR art. 20), ``donnees.html`` (to be read by a
    person) and ``pieces.csv`` (documents that name them, with their term). Records merged into
    it are in it. The giving is kept in the journal.

    Raises:
        RightMissingError: The actor may not handle personal data.
        NotFoundError: Not a party of this company.
    """
    actor.require(Right.ERASE_PERSONAL_DATA)
    party = queries.party_for(actor=actor, party_id=party_id)
    family = _family(actor, party)
    ids = [row.pk for row in family]
    pieces = privacy.held(actor=actor, party_ids=ids)
    content = _told(actor, family, ids)
    journal.record(PersonalDataTold(party.pk, len(pieces)), actor=actor)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        told = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("donnees.json", told)
        archive.writestr("donnees.html", _page(party, content, pieces))
        archive.writestr("pieces.csv", write_csv(list(_PIECE_TITLES), _piece_rows(pieces)))
    return buffer.getvalue()


_PIECE_TITLES = ("Nature", "Référence", "Date", "Conservée jusqu'au", "Texte")


def _piece_rows(pieces: Sequence[HeldPiece]) -> list[tuple[str, ...]]:
    return [(one.kind, one.reference, _day(one.day), _day(one.until), one.basis) for one in pieces]


def _day(value: date | None) -> str:
    return f"{value:%d/%m/%Y}" if value else "terme non connu"


_HELD: tuple[tuple[str, type[Any], tuple[str, ...]], ...] = (
    ("contacts", Contact, ("purpose", "name", "email", "phone", "bounced_at", "is_active")),
    (
        "adresses",
        PartyAddress,
        ("kind", "name", "address_line", "address_extra", "postcode", "city", "country"),
    ),
    ("comptes_bancaires", PartyBankAccount, ("iban", "bic", "holder", "added_at", "ended_at")),
    ("mandats", SepaMandate, ("reference", "scheme", "signed_on", "last_used_on", "revoked_at")),
    ("registres", RegistryCheck, ("register", "asked", "outcome", "facts", "checked_at")),
)


def _told(actor: Actor, family: Sequence[Party], ids: Sequence[int]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "fiches": [
            {
                **rules.values_of(PartyFacts(**rules.values_of(queries.snapshot_of(row)))),
                "credit_limit": row.credit_limit,
                "on_hold_reason": row.on_hold_reason,
                "created_at": row.created_at,
                "closed_at": row.closed_at,
            }
            for row in family
        ]
    }
    for name, model, columns in _HELD:
        rows = model.objects.filter(company=actor.company, party__in=ids).order_by("pk")
        content[name] = list(rows.values(*columns))
    content["historique"] = [
        asdict(change) for change in queries.field_history(actor=actor, party_id=family[0].pk)
    ]
    return content


def _page(party: Party, content: dict[str, Any], pieces: Sequence[HeldPiece]) -> str:
    """The data as a page that needs nothing else to be read."""
    parts = [
        '<!doctype html><html lang="fr"><meta charset="utf-8">',
        f"<title>Données détenues sur {escape(party.name)}</title>",
        f"<h1>Données détenues sur {escape(party.name)}</h1>",
        f"<p>État au {clock.today():%d/%m/%Y}.</p>",
    ]
    for title, rows in content.items():
        parts.append(f"<h2>{escape(title.replace('_', ' ').capitalize())}</h2>")
        parts += [_table(rows)] if rows else ["<p>Rien.</p>"]
    told = [dict(zip(_PIECE_TITLES, row, strict=True)) for row in _piece_rows(pieces)]
    parts.append("<h2>Documents conservés</h2>")
    parts += [_table(told)] if told else ["<p>Aucun.</p>"]
    return "\n".join([*parts, "</html>"])


def _table(rows: Sequence[dict[str, Any]]) -> str:
    def cells(values: Collection[object], tag: str) -> str:
        texts = ("" if value is None else str(value) for value in values)
        return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts) + "</tr>"

    head = [rules.LABELS.get(name, name) for name in rows[0]]
    body = "".join(cells(row.values(), "td") for row in rows)
    return f"<table>{cells(head, 'th')}{body}</table>"


def _family(actor: Actor, party: Party) -> list[Party]:
    """The party, then those merged into it."""
    merged = Party.objects.filter(company=actor.company, merged_into=party).order_by("pk")
    return [party, *merged]


# -- erased ---------------------------------------------------------------------------------------


@transaction.atomic
def erase_personal_data(*, actor: Actor, party_id: int, reason: str) -> ErasureReport:
    """Erase what is held on a person, for good, as far as the law lets it go.

    Now: contacts, other addresses, bank accounts that no mandate needs, notes, what the journal
    quotes of them; of a private person, the address and everything but the name too. The name
    stays while a document or an entry must be kept, and goes with a second call after that term,
    at once when there is none. Documents, entries and archived files are never touched: they go
    by themselves at their term. Records merged into it are erased with it.

    Args:
        actor: A person with the right.
        party_id: The person, or the firm whose contacts are erased.
        reason: Ground of the request, kept: « demande du 3 mars », « client inactif ».

    Raises:
        ErasureNeedsPersonError: The assistant tried by itself.
        ReasonMissingError: No reason.
        NotFoundError: Not a party of this company.
        ErasureRefusedError: Something is open in the books with them.
    """
    actor.require(Right.ERASE_PERSONAL_DATA)
    if actor.user is None:
        raise ErasureNeedsPersonError
    ground = clean_line(reason)[:200]
    if not ground:
        raise ReasonMissingError
    lock(actor)
    party = queries.party_for(actor=actor, party_id=party_id)
    ids = [row.pk for row in _family(actor, party)]
    rows = rows_of(Party.objects.filter(company=actor.company), ids, what="tiers")
    owed = privacy.owed(actor=actor, party_ids=ids)
    if owed:
        raise ErasureRefusedError(party.code, format_amount(owed))
    today = clock.today()
    kept = tuple(
        piece
        for piece in privacy.held(actor=actor, party_ids=ids)
        if piece.until is None or piece.until >= today
    )
    is_person = party.category == CustomerKind.CONSUMER
    accounts, terms = _accounts(actor, ids, today)
    complete = not terms and (not is_person or not kept)
    gone = [
        *_erase_contacts(actor, ids),
        *_erase_addresses(actor, ids),
        *_erase_accounts(accounts),
        *_erase_record(rows, is_person=is_person, complete=complete),
    ]
    _erase_traces(actor, ids)
    redacted = journal.redact(
        actor=actor,
        subjects=[f"party:{pk}" for pk in ids],
        is_personal=_personal(is_person=is_person, complete=complete),
    )
    if redacted:
        gone.append(("history", redacted))
    until = _last([*(piece.until for piece in kept if is_person), *terms])
    journal.record(
        PersonalDataErased(party.pk, ground, complete, until.isoformat() if until else ""),
        actor=actor,
    )
    return ErasureReport(tuple(gone), kept, complete, None if complete else until)


def _last(terms: Collection[date | None]) -> date | None:
    return max((term for term in terms if term), default=None)


def _personal(*, is_person: bool, complete: bool) -> Callable[[str], bool]:
    """Whether the values of a field of the history go."""

    def of_firm(name: str) -> bool:
        inner = name.rpartition(" : ")[2]
        return name.startswith(_OF_PERSONS) and inner not in _IMPERSONAL

    def of_person(name: str) -> bool:
        inner = name.rpartition(" : ")[2]
        names_wait = not complete and name in _NAMES
        return inner not in _IMPERSONAL and not names_wait

    return of_person if is_person else of_firm


def _erase_contacts(actor: Actor, ids: Collection[int]) -> list[tuple[str, int]]:
    rows = Contact.objects.filter(company=actor.company, party__in=ids).exclude(
        name="", email="", phone=""
    )
    number = rows.update(name="", email="", phone="", bounced_at=None, is_active=False)
    return [("contacts", number)] if number else []


def _erase_addresses(actor: Actor, ids: Collection[int]) -> list[tuple[str, int]]:
    rows = PartyAddress.objects.filter(company=actor.company, party__in=ids).exclude(
        name="", address_line="", address_extra="", postcode="", city=""
    )
    rows.filter(ended_at=None).update(ended_at=clock.now())
    number = rows.update(name="", address_line="", address_extra="", postcode="", city="")
    return [("addresses", number)] if number else []


def _accounts(
    actor: Actor, ids: Collection[int], today: date
) -> tuple[list[PartyBankAccount], list[date]]:
    """Accounts that may go, and the terms of those a mandate still needs."""
    held = SepaMandate.objects.filter(company=actor.company, party__in=ids)
    needed: dict[int, date] = {}
    for account_id, signed_on, last_used_on in held.values_list(
        "bank_account", "signed_on", "last_used_on"
    ):
        term = add_years(last_used_on or signed_on, _MANDATE_YEARS)
        if term >= today:
            needed[account_id] = max(term, needed.get(account_id, term))
    rows = PartyBankAccount.objects.filter(company=actor.company, party__in=ids).exclude(iban="")
    return [row for row in rows if row.pk not in needed], list(needed.values())


def _erase_accounts(accounts: Sequence[PartyBankAccount]) -> list[tuple[str, int]]:
    for row in accounts:
        row.iban, row.bic, row.holder = "", "", ""
        row.ended_at = row.ended_at or clock.now()
    PartyBankAccount.objects.bulk_update(
        accounts, ["iban", "bic", "holder", "ended_at"], batch_size=500
    )
    return [("accounts", len(accounts))] if accounts else []


def _erase_record(
    rows: Sequence[Party], *, is_person: bool, complete: bool
) -> list[tuple[str, int]]:
    """The record itself: a firm keeps its own, a person loses what no document needs."""
    now = clock.now()
    for row in rows:
        row.erased_at = now
        row.on_hold_reason = ""
        if not is_person:
            continue
        row.address_line = row.address_extra = row.electronic_address = ""
        row.postcode = row.city = ""
        row.closed_at = row.closed_at or now
        if complete:
            row.code, row.name = f"EFFACE-{row.pk}", f"Personne effacée n° {row.pk}"
        row.search_words = rules.search_words(
            PartyFacts(**rules.values_of(queries.snapshot_of(row)))
        )
    Party.objects.bulk_update(
        rows,
        ["erased_at", "on_hold_reason", "address_line", "address_extra", "electronic_address",
         "postcode", "city", "closed_at", "code", "name", "search_words"],
        batch_size=500,
    )  # fmt: skip
    if not is_person:
        return []
    return [("record" if complete else "record_address", len(rows))]


def _erase_traces(actor: Actor, ids: Collection[int]) -> None:
    """Old values kept so that something could be undone: it no longer can."""
    mine = Q(company=actor.company)
    RegistryCheck.objects.filter(mine, party__in=ids).update(facts={})
    QualityDismissal.objects.filter(mine, party__in=ids).exclude(reason="").update(
        reason=journal.REDACTED
    )
    for merge in PartyMerge.objects.filter(mine, Q(gone__in=ids) | Q(stays__in=ids)):
        merge.moved = {"rows": [{**moved, "before": {}} for moved in merge.moved.get("rows", [])]}
        merge.save(update_fields=["moved"])
    wanted = set(ids)
    for batch in QualityBatch.objects.filter(mine):
        left = [line for line in batch.lines if line["party"] not in wanted]
        if left != batch.lines:
            batch.lines = left
            batch.save(update_fields=["lines"])
    SheetChange.objects.filter(
        mine, sheet_import__sheet="parties.parties", key__in=[str(pk) for pk in ids]
    ).update(label=journal.REDACTED, before={}, after={}, told=[])
