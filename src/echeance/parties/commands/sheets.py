"""Customers and suppliers in a spreadsheet and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from echeance.base import journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.base.sheets import LastChange, Refusal, RowChange, last_changes_of
from echeance.core.roundtrip import CellKind, Column, Record
from echeance.core.tax import Exemption
from echeance.core.terms import CustomerKind, parse_terms
from echeance.parties import queries, rules
from echeance.parties.commands.parties import change_parties, close_parties, create_parties
from echeance.parties.events import PartyChanged
from echeance.parties.models import Party
from echeance.parties.types import PartyFacts, PartyFinding, Purpose

_CHUNK = 500
_CATEGORIES = {
    "entreprise": CustomerKind.PROFESSIONAL.value,
    "particulier": CustomerKind.CONSUMER.value,
    "acheteur public": CustomerKind.PUBLIC.value,
}
_LABELS = {"parties": "Clients et fournisseurs"}
_YES_NO = {"is_customer", "is_supplier", "order_reference_required"}
_ON_CARD = "Les courriels se modifient sur la fiche : ils ont leur contact et leur historique."


def _terms_code(text: str) -> str:
    return parse_terms(text).code


def _terms_label(code: str) -> str:
    return parse_terms(code).label


COLUMNS = (
    Column("code", "code", is_code=True, longest=40, width=12),
    Column("name", "nom", longest=200, width=32),
    Column("category", "catégorie", CellKind.CHOICE, choices=_CATEGORIES),
    Column("is_customer", "client", CellKind.YES_NO, width=8),
    Column("is_supplier", "fournisseur", CellKind.YES_NO, width=11),
    Column("legal_form", "forme juridique", longest=60),
    Column("siren", "SIREN", is_code=False, longest=20, width=11),
    Column("siret", "SIRET", longest=20, width=16),
    Column("vat_id", "n° de TVA", longest=30, width=16),
    Column("address_line", "adresse", longest=200, width=28),
    Column("address_extra", "complément d'adresse", longest=200),
    Column("postcode", "code postal", longest=12, width=11),
    Column("city", "ville", longest=80, width=18),
    Column("country", "pays", parse=rules.country_code, longest=60, width=7),
    Column("language", "langue", longest=2, width=7),
    Column("electronic_address", "adresse de facturation électronique", longest=259, width=22),
    Column(
        "payment_terms", "conditions de règlement", parse=_terms_code, show=_terms_label, width=24
    ),
    Column("order_reference_required", "bon de commande exigé", CellKind.YES_NO),
    Column(
        "vat_exemption",
        "exonération habituelle",
        CellKind.CHOICE,
        choices={one.value: one.value for one in Exemption},
    ),
    Column("billing_emails", "courriels de facturation", editable=False, why=_ON_CARD, width=30),
)
_FIELDS = tuple(column.name for column in COLUMNS if column.editable)


class CustomerSheet:
    """The parties that run, by code."""

    name = "parties.parties"
    label = _LABELS["parties"]
    right = Right.EDIT_PARTIES
    columns = COLUMNS
    is_log = False

    def records(self, *, actor: Actor, keys: Collection[str] | None = None) -> list[Record]:
        """See :class:`echeance.base.sheets.Sheet`. Three queries a chunk of 500."""
        rows: list[Party]
        mine = Party.objects.filter(company=actor.company, merged_into=None)
        if keys is None:
            rows = list(mine.filter(closed_at=None).order_by("code"))
        else:
            wanted = sorted(int(key) for key in keys)
            rows = [
                row
                for start in range(0, len(wanted), _CHUNK)
                for row in mine.filter(pk__in=wanted[start : start + _CHUNK])
            ]
        contacts = queries.contacts(
            actor=actor, party_ids=[row.pk for row in rows], purpose=Purpose.BILLING
        )
        return [
            Record(
                str(row.pk),
                {
                    **_texts(row),
                    "billing_emails": ", ".join(
                        dict.fromkeys(one.email for one in contacts.get(row.pk, ()))
                    ),
                },
            )
            for row in rows
        ]

    def keys_by_code(self, *, actor: Actor, codes: Collection[str]) -> dict[str, str]:
        """See :class:`echeance.base.sheets.Sheet`."""
        found = queries.by_codes(actor=actor, codes=codes)
        return {code: str(row.pk) for code, row in found.items()}

    def label_of(self, values: Mapping[str, str]) -> str:
        """Code and name."""
        return " · ".join(values[name] for name in ("code", "name") if values.get(name))

    def check(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[Refusal]:
        """The rules of a party, and codes taken by another."""
        before = self._before(actor, changes)
        refusals: list[Refusal] = []
        codes: dict[str, int] = {}
        kept: list[tuple[RowChange, str, str]] = []
        for change in changes:
            old = before.get(change.key, _fresh(actor))
            facts, findings = rules.checked(rules.with_changes(old, _values(change.values)))
            refusals += [_refusal(change.row, finding) for finding in findings]
            if facts.code in codes:
                told = f"Le code « {facts.code} » est déjà en ligne {codes[facts.code]}."
                refusals.append(Refusal(change.row, "code", facts.code, told))
            codes[facts.code] = change.row
            kept.append((change, old.code, facts.code))
        taken = queries.by_codes(
            actor=actor, codes={new for _, old, new in kept if new and new != old}
        )
        for change, old_code, new in kept:
            if new != old_code and new in taken:
                told = f"Le code « {new} » est déjà celui d'un tiers : choisissez-en un autre."
                refusals.append(Refusal(change.row, "code", new, told))
        return refusals

    def apply(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[str]:
        """Through ``change_parties`` and ``create_parties``."""
        known = [change for change in changes if change.key]
        change_parties(actor=actor, changes={int(one.key): _values(one.values) for one in known})
        fresh = [change for change in changes if not change.key]
        made = create_parties(
            actor=actor,
            parties=[rules.with_changes(_fresh(actor), _values(one.values)) for one in fresh],
        )
        keys = iter(str(row.pk) for row in made)
        return [change.key or next(keys) for change in changes]

    def close(self, *, actor: Actor, keys: Collection[str]) -> list[str]:
        """Through ``close_parties``."""
        if keys:
            close_parties(actor=actor, party_ids=[int(key) for key in keys])
        return list(keys)

    def reopen(self, *, actor: Actor, keys: Collection[str]) -> None:
        """Through ``reopen_parties``."""
        if keys:
            reopen_parties(actor=actor, party_ids=[int(key) for key in keys])

    def last_changes(
        self, *, actor: Actor, keys: Collection[str]
    ) -> dict[tuple[str, str], LastChange]:
        """From the journal."""
        return last_changes_of(actor=actor, kind="party", keys=keys)

    def _before(self, actor: Actor, changes: Sequence[RowChange]) -> dict[str, PartyFacts]:
        keys = [change.key for change in changes if change.key]
        return {
            record.key: PartyFacts(**_typed(record.values))
            for record in (self.records(actor=actor, keys=keys) if keys else ())
        }


@transaction.atomic
def reopen_parties(*, actor: Actor, party_ids: Collection[int]) -> None:
    """Open again parties that were closed by mistake; merged or erased ones stay closed.

    Two queries, and the journal's.
    """
    actor.require(Right.EDIT_PARTIES)
    rows = list(
        Party.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(party_ids), merged_into=None, erased_at=None)
        .exclude(closed_at=None)
    )
    events = [
        PartyChanged(row.pk, {"closed_at": (row.closed_at.isoformat(), "")})
        for row in rows
        if row.closed_at is not None
    ]
    Party.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=None)
    journal.record_many(events, actor=actor)


def _texts(row: Party) -> dict[str, str]:
    """Fields as kept texts; the territory goes along, so that undoing gives it back too."""
    texts = {name: getattr(row, name) for name in (*_FIELDS, "territory")}
    return {
        name: ("oui" if value else "non") if isinstance(value, bool) else value
        for name, value in texts.items()
    }


def _values(texts: Mapping[str, str]) -> dict[str, object]:
    return {
        name: text == "oui" if name in _YES_NO else text
        for name, text in texts.items()
        if name in _FIELDS or name == "territory"
    }


def _typed(texts: Mapping[str, str]) -> dict[str, Any]:
    return dict(_values(texts))


def _fresh(actor: Actor) -> PartyFacts:
    return PartyFacts(code="", name="", payment_terms=actor.company.payment_terms)


def _refusal(row: int, finding: PartyFinding) -> Refusal:
    return Refusal(row, finding.field, finding.value, finding.message)
