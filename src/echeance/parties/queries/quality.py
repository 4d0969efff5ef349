"""The queue of what is wrong in the records, and who seems to be there twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Q

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.core import duplicates
from echeance.core.identifiers import Iban
from echeance.core.terms import CustomerKind
from echeance.parties import quality
from echeance.parties.models import (
    Contact,
    Establishment,
    Party,
    PartyBankAccount,
    QualityBatch,
    QualityDismissal,
    RegistryCheck,
)
from echeance.parties.quality import Anomaly, Fix, FixKind, QualityFinding
from echeance.parties.queries.holdings import changed_accounts
from echeance.parties.queries.records import snapshot_of
from echeance.parties.queries.registers import changes_of, last_checks

if TYPE_CHECKING:
    from django.db.models import QuerySet

_FEW = 500
_PLACE = ("address_line", "postcode", "city")


def quality_findings(
    *, actor: Actor, codes: Collection[Anomaly] = (), party_ids: Collection[int] | None = None
) -> list[QualityFinding]:
    """What is wrong in the running parties of the company, party by party by name.

    What somebody set aside is left out, until its day or until its value changes. At most nine
    queries, whatever the number of parties.

    Args:
        actor: Who asks.
        codes: Only these anomalies; all of them when empty.
        party_ids: Only these parties; duplicates are then looked for among them only.
    """
    actor.require(Right.READ)
    rows = Party.objects.filter(company=actor.company, closed_at=None)
    if party_ids is not None:
        rows = rows.filter(pk__in=set(party_ids))
    parties = list(rows.order_by("name", "code"))
    contacts = _contacts(actor, party_ids)
    wanted = set(codes) or set(Anomaly)
    found: list[QualityFinding] = []
    if wanted - {Anomaly.DUPLICATE}:
        found += _of_records(actor, parties, contacts)
    if Anomaly.DUPLICATE in wanted:
        found += _doubles(_candidates(actor, parties, contacts), parties)
    aside = _set_aside(actor)
    kept = [
        one
        for one in found
        if one.code in wanted and (one.party_id, one.code.value, _valued(one)) not in aside
    ]
    ranks = {party.pk: rank for rank, party in enumerate(parties)}
    return sorted(kept, key=lambda one: ranks[one.party_id])


def _valued(found: QualityFinding) -> str:
    """The value of a finding as a dismissal keeps it: no address, no name of anybody."""
    return found.key.rpartition(":")[2]


def _set_aside(actor: Actor) -> set[tuple[int, str, str]]:
    rows = QualityDismissal.objects.filter(company=actor.company, withdrawn_at=None)
    rows = rows.filter(Q(until=None) | Q(until__gte=clock.today()))
    return set(rows.values_list("party_id", "code", "value"))


def _of_records(
    actor: Actor, parties: Iterable[Party], contacts: dict[int, list[quality.ContactSeen]]
) -> list[QualityFinding]:
    accounts: dict[int, list[quality.AccountSeen]] = {}
    for account in changed_accounts(actor=actor):
        seen = quality.AccountSeen(account.pk, Iban(account.iban).masked(), account.added_by)
        accounts.setdefault(account.party_id, []).append(seen)
    heads = {
        row.party_id: {name: getattr(row, name) for name in _PLACE}
        for row in Establishment.objects.filter(
            company=actor.company, ended_at=None, is_head_office=True
        )
    }
    checks = last_checks(actor=actor)
    found: list[QualityFinding] = []
    for party in parties:
        known = quality.Known(
            party=snapshot_of(party),
            contacts=contacts.get(party.pk, ()),
            new_accounts=accounts.get(party.pk, ()),
            registers=_registers(party, checks.get(party.pk, {})),
            head_office=heads.get(party.pk, {}),
        )
        found += quality.findings_of(known)
    return found


def _contacts(
    actor: Actor, party_ids: Collection[int] | None
) -> dict[int, list[quality.ContactSeen]]:
    found: dict[int, list[quality.ContactSeen]] = {}
    rows = Contact.objects.filter(company=actor.company, is_active=True).order_by("pk")
    if party_ids is not None:
        rows = rows.filter(party__in=set(party_ids))
    for pk, party_id, purpose, email, bounced_at in rows.values_list(
        "pk", "party_id", "purpose", "email", "bounced_at"
    ):
        seen = quality.ContactSeen(pk, purpose, email, bounced_at is not None)
        found.setdefault(party_id, []).append(seen)
    return found


def _registers(party: Party, checks: dict[str, RegistryCheck]) -> quality.RegisterSays:
    changes = {
        change.field: change.new for check in checks.values() for change in changes_of(party, check)
    }
    vies = checks.get(RegistryCheck.Register.VIES)
    return quality.RegisterSays(
        closed_on=changes.pop("closed_at", ""),
        vat_outcome=str(vies.outcome) if vies and vies.asked == party.vat_id else "",
        differences=changes,
    )


# -- duplicates -----------------------------------------------------------------------------------


def duplicate_pairs(*, actor: Actor) -> list[QualityFinding]:
    """Running parties that may be one entered twice, the likeliest first. Five queries.

    Two that somebody said are two are left out.
    """
    rows = quality_findings(actor=actor, codes=[Anomaly.DUPLICATE])
    return sorted(rows, key=lambda one: -int(one.facts["score"]))


def pair_of(*, actor: Actor, party_id: int, other_id: int) -> duplicates.Pair | None:
    """What two parties have in common, however little; ``None`` when they are surely two.

    Three queries.

    Raises:
        NotFoundError: One is not a running party of this company.
    """
    actor.require(Right.READ)
    found = Party.objects.filter(company=actor.company, closed_at=None).in_bulk(
        [party_id, other_id]
    )
    for asked in (party_id, other_id):
        if asked not in found:
            raise NotFoundError(what=f"tiers n° {asked}")
    one, other = _records(actor, list(found.values()), _contacts(actor, list(found)))
    return duplicates.compare(one, other)


def _records(
    actor: Actor, parties: Sequence[Party], contacts: dict[int, list[quality.ContactSeen]]
) -> list[duplicates.Record]:
    ibans: dict[int, list[str]] = {}
    accounts = PartyBankAccount.objects.filter(company=actor.company, ended_at=None)
    if len(parties) <= _FEW:
        accounts = accounts.filter(party__in=[party.pk for party in parties])
    for party_id, iban in accounts.values_list("party_id", "iban"):
        ibans.setdefault(party_id, []).append(iban)
    return [
        duplicates.Record(
            key=party.pk,
            name=party.name,
            consumer=party.category == CustomerKind.CONSUMER,
            siren=party.siren,
            siret=party.siret,
            vat_id=party.vat_id,
            address_line=party.address_line,
            postcode=party.postcode,
            city=party.city,
            country=party.country,
            emails=tuple(one.email for one in contacts.get(party.pk, ()) if one.email),
            ibans=tuple(ibans.get(party.pk, ())),
        )
        for party in parties
    ]


def _candidates(
    actor: Actor, parties: Sequence[Party], contacts: dict[int, list[quality.ContactSeen]]
) -> list[duplicates.Pair]:
    return _compared(tuple(_records(actor, parties, contacts)))


@lru_cache(maxsize=2)
def _compared(records: tuple[duplicates.Record, ...]) -> list[duplicates.Pair]:
    """The pairs of some records: the same records, page after page, are compared once."""
    return duplicates.candidates(records)


def _doubles(pairs: Iterable[duplicates.Pair], parties: Iterable[Party]) -> list[QualityFinding]:
    rows = {party.pk: party for party in parties}
    found = []
    for pair in pairs:
        first, second = rows[pair.first], rows[pair.second]
        stays, _ = which_stays(first, second)
        fix = None
        if pair.certain:
            fix = Fix(FixKind.MERGE, target_id=stays.pk, text=f"{stays.name} ({stays.code})")
        found.append(
            quality.finding(
                snapshot_of(first),
                Anomaly.DUPLICATE,
                fix=fix,
                subject_id=second.pk,
                other=f"{second.name} ({second.code})",
                score=str(pair.score),
            )
        )
    return found


def which_stays(one: Party, other: Party) -> tuple[Party, Party]:
    """Of two records of one firm, the fuller stays; the older when they are as full."""

    def fullness(party: Party) -> tuple[int, int]:
        names = (*_PLACE, "siren", "siret", "vat_id", "legal_form")
        return sum(bool(getattr(party, name)) for name in names), -party.pk

    return (one, other) if fullness(one) > fullness(other) else (other, one)


# -- what was done --------------------------------------------------------------------------------


def dismissals(*, actor: Actor) -> QuerySet[QualityDismissal]:
    """What is set aside now, the latest first, with its party. One query."""
    actor.require(Right.READ)
    return (
        QualityDismissal.objects.filter(company=actor.company, withdrawn_at=None)
        .select_related("party")
        .order_by("-dismissed_at", "-pk")
    )


def quality_batch_for(*, actor: Actor, batch_id: int) -> QualityBatch:
    """Corrections accepted together. One query.

    Raises:
        NotFoundError: Not of this company.
    """
    actor.require(Right.READ)
    row = QualityBatch.objects.filter(company=actor.company, pk=batch_id).first()
    if row is None:
        raise NotFoundError(what=f"lot de corrections n° {batch_id}")
    return row


def last_quality_batch(*, actor: Actor) -> QualityBatch | None:
    """The last corrections accepted, unless they were undone. One query."""
    actor.require(Right.READ)
    row = QualityBatch.objects.filter(company=actor.company).order_by("-pk").first()
    return row if row and row.undone_at is None and row.lines else None
