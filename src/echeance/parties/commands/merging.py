"""A party recognised as another one entered twice, and that undone.

What hangs on the party that goes passes to the one that stays; entries, issued documents and
everything of the upper rooms keep the party they were written with and are read as of the one that
stays (``docs/adr/0018``). What a merge moved is kept row by row, so that undoing it puts every
value back; a row somebody changed since is never overwritten: the undoing is refused and says
which.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.parties import queries, rules
from echeance.parties.commands.rows import lock, rows_of
from echeance.parties.errors import MergeNotUndoneError, MergeRefusedError, PartiesInvalidError
from echeance.parties.events import MergeUndone, PartyChanged, PartyMerged
from echeance.parties.models import (
    BuyerService,
    Contact,
    Establishment,
    Party,
    PartyAddress,
    PartyBankAccount,
    PartyMerge,
    RegistryCheck,
    SepaMandate,
)
from echeance.parties.types import PartyFacts

if TYPE_CHECKING:
    from django.db.models import Model

CHOOSABLE = (*(name for name in rules.LABELS if name != "code"), "credit_limit")
"""Fields whose value may be taken from the party that goes; its code never is."""

_MODELS: dict[str, tuple[type[Any], str]] = {
    "party": (Party, "la fiche"),
    "contact": (Contact, "le contact"),
    "address": (PartyAddress, "l'adresse"),
    "bank_account": (PartyBankAccount, "le compte bancaire"),
    "establishment": (Establishment, "l'établissement"),
    "service": (BuyerService, "le service"),
    "mandate": (SepaMandate, "le mandat"),
    "registry_check": (RegistryCheck, "la réponse du registre"),
}


@dataclass(slots=True)
class _Moves:
    """What a merge writes, row by row: old values of what changes, print of the whole after."""

    now: datetime
    rows: list[tuple[str, Model, dict[str, object]]] = field(default_factory=list)

    def change(self, kind: str, row: Model, **values: object) -> None:
        """Set values of a row, to be written with the others."""
        before = {name: getattr(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        self.rows.append((kind, row, before))

    def write(self) -> list[dict[str, object]]:
        """Write the rows, and say what was moved, as :attr:`PartyMerge.moved` keeps it."""
        for _, row, before in self.rows:
            row.save(update_fields=list(before))
        return [
            {"kind": kind, "pk": row.pk, "before": _plain(before), "after": _print(row, before)}
            for kind, row, before in self.rows
        ]


def _fields(row: Model) -> dict[str, Any]:
    """Every column of a row by the name its value has in Python."""
    return {one.attname: one for one in row._meta.concrete_fields}  # noqa: SLF001  public in fact


def _plain(values: dict[str, object]) -> Any:
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder))


def _print(row: Model, names: Iterable[str]) -> str:
    """Digest of a row; of a party, only of the values that were changed.

    The values themselves are not kept: what is erased of a person must not survive here.
    """
    if not isinstance(row, Party):
        names = _fields(row)
    values = _plain({name: getattr(row, name) for name in sorted(names)})
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def merge_parties(
    *, actor: Actor, party_id: int, into_id: int, take: Collection[str] = ()
) -> PartyMerge:
    """Recognise that a party is another one entered twice.

    Its contacts, addresses, bank accounts, establishments, services, mandates and answers of
    registers pass to the one that stays, which is read in its place from now on; what both have
    ends on the one that goes. The parties merged into it before follow. Its group is that of the
    one that stays, else its own (:func:`echeance.parties.queries.parents_of_all`). Issued
    documents and entries do not move. About twenty queries, and one for each row moved.

    Args:
        actor: Who merges; has the right to edit parties.
        party_id: The one that goes.
        into_id: The one that stays.
        take: Fields of :data:`CHOOSABLE` whose value comes from the one that goes. Its roles
            (customer, supplier) are always added.

    Returns:
        The merge, by whose number it is undone.

    Raises:
        NotFoundError: One of the two is not of this company.
        MergeRefusedError: They are the same row, one is merged already, their SIREN differ, or
            one is erased.
        PartiesInvalidError: The values chosen do not stand together.
        RightMissingError: The credit limit is taken by somebody who may not grant credit.
    """
    actor.require(Right.EDIT_PARTIES)
    if "credit_limit" in take:
        actor.require(Right.GRANT_CREDIT)
    unknown = set(take) - set(CHOOSABLE)
    assert not unknown, f"not fields to choose from: {unknown}"
    lock(actor)
    mine = Party.objects.filter(company=actor.company)
    found = {row.pk: row for row in rows_of(mine, {party_id, into_id}, what="tiers")}
    gone, stays = found[party_id], found[into_id]
    reason = _unlike(gone, stays)
    if reason:
        raise MergeRefusedError(gone.code, stays.code, reason)
    moves = _Moves(clock.now())
    changed = _take(moves, gone, stays, take)
    _hand_over(moves, gone, stays)
    for row in mine.filter(merged_into=gone).select_for_update():
        moves.change("party", row, merged_into_id=stays.pk)
    moves.change("party", gone, merged_into_id=stays.pk, closed_at=gone.closed_at or moves.now)
    merge = PartyMerge.objects.create(
        company=actor.company,
        gone=gone,
        stays=stays,
        moved={"rows": moves.write()},
        merged_at=moves.now,
        merged_by=actor.name,
    )
    journal.record_many(
        [
            PartyMerged(gone.pk, {"merged_into": ("", stays.code)}),
            PartyMerged(stays.pk, {"merged_from": ("", gone.code)}),
            *([PartyChanged(stays.pk, changed)] if changed else []),
        ],
        actor=actor,
    )
    return merge


@transaction.atomic
def undo_merge(*, actor: Actor, merge_id: int) -> PartyMerge:
    """Take a merge back: every row it moved has its old values again.

    What was written on the party that stays since (entries, documents, new contacts) stays with
    it. A merge undone already is left as it is. One query a kind of row, and one a row.

    Raises:
        NotFoundError: Not a merge of this company.
        MergeNotUndoneError: Something that was moved has changed since, or one of the two was
            merged or erased since; nothing is undone.
    """
    actor.require(Right.EDIT_PARTIES)
    lock(actor)
    merge = queries.merge_for(actor=actor, merge_id=merge_id)
    if merge.undone_at is not None:
        return merge
    gone, stays = merge.gone, merge.stays
    _check_undoable(merge)
    rows = _moved_rows(merge)
    back: dict[str, tuple[str, str]] = {}
    for moved in reversed(merge.moved["rows"]):
        row = rows[moved["kind"], moved["pk"]]
        for name, value in moved["before"].items():
            old = getattr(row, name)
            setattr(row, name, _fields(row)[name].to_python(value))
            if row.pk == stays.pk and moved["kind"] == "party" and name != "search_words":
                back[name] = (_text(old), _text(getattr(row, name)))
        row.save(update_fields=list(moved["before"]))
    merge.undone_at, merge.undone_by = clock.now(), actor.name
    merge.save(update_fields=["undone_at", "undone_by"])
    journal.record_many(
        [
            MergeUndone(gone.pk, {"merged_into": (stays.code, "")}),
            MergeUndone(stays.pk, {"merged_from": (gone.code, "")}),
            *([PartyChanged(stays.pk, back)] if back else []),
        ],
        actor=actor,
    )
    return merge


def _unlike(gone: Party, stays: Party) -> str:
    if gone.pk == stays.pk:
        return "c'est le même tiers"
    if gone.merged_into_id or stays.merged_into_id:
        return "l'un des deux est déjà fusionné"
    if gone.siren and stays.siren and gone.siren != stays.siren:
        return f"leurs SIREN diffèrent ({gone.siren} et {stays.siren})"
    if gone.erased_at or stays.erased_at:
        return "les données personnelles de l'un des deux ont été effacées"
    return ""


def _take(
    moves: _Moves, gone: Party, stays: Party, take: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Give the party that stays the values chosen; the differences, for its history."""
    facts = PartyFacts(**rules.values_of(queries.snapshot_of(stays)))
    wanted: dict[str, object] = {name: getattr(gone, name) for name in take if name in rules.LABELS}
    wanted |= {name: True for name in ("is_customer", "is_supplier") if getattr(gone, name)}
    kept, findings = rules.checked(rules.with_changes(facts, wanted))
    if findings:
        raise PartiesInvalidError(findings)
    values: dict[str, object] = {
        name: value
        for name, value in rules.values_of(kept).items()
        if value != getattr(facts, name)
    }
    if values:
        values["search_words"] = rules.search_words(kept)
    if "credit_limit" in take and gone.credit_limit != stays.credit_limit:
        values["credit_limit"] = gone.credit_limit
    changed = {
        name: (_text(getattr(stays, name)), _text(value))
        for name, value in values.items()
        if name != "search_words"
    }
    if values:
        moves.change("party", stays, **values)
    return changed


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


def _hand_over(moves: _Moves, gone: Party, stays: Party) -> None:
    """Pass what hangs on a party to another; what the other already has ends."""
    ended = {"ended_at": moves.now}
    contacts = _twins(Contact, gone, stays, _contact_key, is_active=True)
    _move(moves, "contact", contacts, stays, {"is_active": False})
    addresses = _twins(PartyAddress, gone, stays, _address_key, ended_at=None)
    _move(moves, "address", addresses, stays, ended)
    accounts = _twins(PartyBankAccount, gone, stays, lambda row: row.iban, ended_at=None)
    _move(moves, "bank_account", accounts, stays, ended)
    same_account = {row.pk: twin.pk for row, twin in accounts if twin}
    for row, _ in _twins(SepaMandate, gone, stays, _alone, revoked_at=None):
        account = same_account.get(row.bank_account_id, row.bank_account_id)
        moves.change("mandate", row, party_id=stays.pk, bank_account_id=account)
    shops = _twins(Establishment, gone, stays, lambda row: row.siret, ended_at=None)
    has_head = Establishment.objects.filter(party=stays, ended_at=None, is_head_office=True)
    keeps_head = not has_head.exists()
    for shop, twin in shops:
        if twin:
            # It passes too, out of use: an order that names it is still one of the customer.
            moves.change("establishment", shop, party_id=stays.pk, **ended)
        else:
            head = shop.is_head_office and keeps_head
            moves.change("establishment", shop, party_id=stays.pk, is_head_office=head)
    services = _twins(BuyerService, gone, stays, lambda row: row.code, ended_at=None)
    _move(moves, "service", services, stays, ended)
    _move(moves, "registry_check", _twins(RegistryCheck, gone, stays, _alone), stays, {})


def _move(
    moves: _Moves,
    kind: str,
    pairs: Iterable[tuple[Any, Any]],
    stays: Party,
    ended: Mapping[str, object],
) -> None:
    for row, twin in pairs:
        moves.change(kind, row, **(ended if twin else {"party_id": stays.pk}))


def _twins(
    model: type[Any],
    gone: Party,
    stays: Party,
    key: Callable[[Any], object],
    **running: object,
) -> list[tuple[Any, Any]]:
    """Rows in use of the party that goes, each with the same one of the other, or nothing."""
    rows = list(
        model.objects.select_for_update().filter(party__in=(gone, stays), **running).order_by("pk")
    )
    kept = {key(row): row for row in rows if row.party_id == stays.pk}
    kept.pop(None, None)
    return [(row, kept.get(key(row))) for row in rows if row.party_id == gone.pk]


def _alone(row: Model) -> None:
    """No two rows of the kind are the same one."""
    del row


def _contact_key(row: Contact) -> object:
    return (row.purpose, row.email.lower()) if row.email else None


def _address_key(row: PartyAddress) -> object:
    return (row.kind, row.name, row.address_line, row.address_extra, row.postcode, row.city)


def _check_undoable(merge: PartyMerge) -> None:
    gone, stays = merge.gone, merge.stays
    problem = ""
    if stays.merged_into_id:
        problem = f"{stays.code} a été fusionné à son tour : annulez d'abord cette fusion"
    elif gone.erased_at or stays.erased_at:
        problem = "des données personnelles ont été effacées depuis"
    if problem:
        raise MergeNotUndoneError(gone.code, stays.code, problem)


def _moved_rows(merge: PartyMerge) -> dict[tuple[str, int], Any]:
    """The rows a merge moved, as they stand now, locked.

    Raises:
        MergeNotUndoneError: One is not as the merge left it.
    """
    wanted: dict[str, list[int]] = {}
    for moved in merge.moved["rows"]:
        wanted.setdefault(moved["kind"], []).append(moved["pk"])
    rows = {
        (kind, pk): row
        for kind, pks in wanted.items()
        for pk, row in _MODELS[kind][0].objects.select_for_update().in_bulk(pks).items()
    }
    problems = []
    for moved in merge.moved["rows"]:
        row = rows.get((moved["kind"], moved["pk"]))
        if row is None or _print(row, moved["before"]) != moved["after"]:
            label = _MODELS[moved["kind"]][1]
            problems.append(f"{label} « {row or moved['pk']} » a changé depuis")
    if problems:
        raise MergeNotUndoneError(merge.gone.code, merge.stays.code, " ; ".join(problems[:5]))
    return rows
