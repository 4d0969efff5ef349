"""What a day that was stopped had done and had no time to write down.

A duty acts in the transactions of the rooms it calls, then its decisions are recorded. A process
killed in between leaves acts without a word about them: the next run reads them in the rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from echeance.assistant.events import StatusHeeded
from echeance.assistant.models import DayRun, Decision
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.base.actor import Actor
from echeance.base.models import JournalEvent
from echeance.billing import queries as billing
from echeance.cash import queries as cash
from echeance.cash.models import Match
from echeance.collection import queries as collection
from echeance.core.money import format_amount
from echeance.transmission import queries as transmission

_WHY: Final = "La journée a été arrêtée avant de le noter : elle l'avait fait."


def unwritten(*, actor: Actor, run: DayRun) -> list[NewDecision]:
    """Acts of the runs stopped before ``run``, without those that were recorded.

    Nothing when the run before it was finished. Two queries, else about a dozen.
    """
    since = _stopped_since(run)
    if since is None:
        return []
    written = set(
        Decision.objects.filter(company=actor.company, recorded_at__gte=since).values_list(
            "duty", "subject"
        )
    )
    found = [one for tell in _TOLD for one in tell(actor, since)]
    return [one for one in found if (one.duty.value, one.subject) not in written]


def _stopped_since(run: DayRun) -> datetime | None:
    """When the first of the stopped runs that stand just before this one began."""
    earlier = DayRun.objects.filter(company=run.company, pk__lt=run.pk)
    finished = earlier.exclude(finished_at=None).order_by("-pk").values_list("pk", flat=True)
    last = finished.first() or 0
    stopped = earlier.filter(finished_at=None, pk__gt=last).order_by("pk")
    return stopped.values_list("started_at", flat=True).first()


def _orders(actor: Actor, since: datetime) -> Iterator[NewDecision]:
    rows = billing.order_imports(actor=actor)
    for row in rows.filter(imported_at__gte=since, imported_by=actor.name).order_by("pk"):
        told = (
            f"{row.rows} lignes : {row.orders} commandes à facturer, {row.cancellations} "
            f"annulations rattachées, {row.waiting} documents en attente, "
            f"{row.rejected} lignes rejetées."
        )
        subject = f"order_file:{row.filename}"[:80]
        act = "commandes importées"
        yield NewDecision(
            Duty.TAKE_ORDERS, subject, Outcome.ACTED, act, (told, _WHY), Reversal.INTERNAL
        )


def _statements(actor: Actor, since: datetime) -> Iterator[NewDecision]:
    rows = cash.statements(actor=actor).filter(imported_at__gte=since).order_by("pk")
    for name in dict.fromkeys(row.file.filename for row in rows):
        subject = f"bank_file:{name}"[:80]
        act = "relevé importé"
        yield NewDecision(Duty.TAKE_BANK, subject, Outcome.ACTED, act, (_WHY,), Reversal.INTERNAL)


_MATCH_LABELS: Final = {
    Match.MatchKind.CUSTOMERS: "encaissement rapproché",
    Match.MatchKind.SUPPLIERS: "paiement rapproché",
    Match.MatchKind.REFUND: "paiement rapproché",
    Match.MatchKind.RETURNED: "paiement revenu",
}


def _matches(actor: Actor, since: datetime) -> Iterator[NewDecision]:
    for kind, told in _MATCH_LABELS.items():
        rows = cash.matches(actor=actor, kind=kind)
        for row in rows.filter(accepted_at__gte=since, accepted_by=actor.name):
            parts = [(part.open_item, part.amount) for part in row.allocations.all()]
            label = " + ".join(
                f"{item.document_ref} ({format_amount(paid)})" for item, paid in parts
            )
            yield NewDecision(
                Duty.MATCH,
                f"statement_entry:{row.entry_id}",
                Outcome.ACTED,
                f"{told} : {label}"[:200],
                (*row.reasons, _WHY),
                Reversal.INTERNAL,
                party_id=next((item.party_id for item, _ in parts), None),
            )


def _invoices(actor: Actor, since: datetime) -> Iterator[NewDecision]:
    rows = billing.invoices(actor=actor).order_by("pk")
    for row in rows.filter(issued_at__gte=since, issued_by=actor.name):
        yield NewDecision(
            Duty.BILL,
            f"invoice:{row.number}",
            Outcome.ACTED,
            f"{row.number} émise à {row.buyer_name} : {format_amount(row.gross_total)}"[:200],
            (_WHY,),
            Reversal.LEGAL,
            party_id=row.buyer_id,
        )
    for row in rows.filter(sealed_at__gte=since):
        yield NewDecision(
            Duty.SEAL,
            f"invoice:{row.number}",
            Outcome.ACTED,
            f"fichier Factur-X de {row.number} scellé",
            (_WHY,),
            party_id=row.buyer_id,
        )


def _messages(actor: Actor, since: datetime) -> Iterator[NewDecision]:
    prepared = transmission.outbox(actor=actor).filter(kind="invoice", created_at__gte=since)
    subjects = prepared.values_list("subject", flat=True)
    ids = {int(subject.partition(":")[2]) for subject in subjects}
    for row in billing.to_send(actor=actor).filter(pk__in=ids).order_by("pk"):
        yield NewDecision(
            Duty.SEND,
            f"invoice:{row.number}",
            Outcome.ACTED,
            f"{row.number} mise au départ vers {row.buyer_name}"[:200],
            (_WHY,),
            Reversal.HELD,
            party_id=row.buyer_id,
        )


def _reminders(actor: Actor, since: datetime) -> Iterator[NewDecision]:
    asked = set(collection.to_approve(actor=actor).values_list("pk", flat=True))
    rows = collection.reminders(actor=actor).filter(prepared_at__gte=since, cancelled_at=None)
    for row in rows.order_by("pk"):
        act = "relance à approuver" if row.pk in asked else "relance préparée"
        yield NewDecision(
            Duty.REMIND,
            f"party:{row.party_id}",
            Outcome.ASKED if row.pk in asked else Outcome.ACTED,
            f"{act} : {row.label} à {row.party.name} : {format_amount(row.total)}"[:200],
            (_WHY,),
            Reversal.HELD,
            party_id=row.party_id,
        )


def _statuses(actor: Actor, since: datetime) -> Iterator[NewDecision]:
    rows = JournalEvent.objects.filter(
        company=actor.company, at__gte=since, action=StatusHeeded.action
    )
    for row in rows.order_by("pk"):
        told = row.facts["decision"]
        yield NewDecision(
            Duty.HEED,
            told["subject"],
            Outcome(told["outcome"]),
            told["act"],
            (*told["reasons"], _WHY),
            Reversal(told["reversal"]),
            told["facts"],
            told["party_id"],
        )


_TOLD: Final[tuple[Callable[[Actor, datetime], Iterator[NewDecision]], ...]] = (
    _orders,
    _statements,
    _statuses,
    _matches,
    _invoices,
    _messages,
    _reminders,
)
