"""Reads of what was claimed of late payers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Prefetch, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from echeance.base import policy
from echeance.base.errors import NotFoundError
from echeance.base.fields import AmountField
from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection.models import Dispute, PenaltyLine, PenaltyNote, PenaltyWaiver
from echeance.collection.queries.insolvency import insolvent_parties
from echeance.collection.queries.rates import rates_in_force
from echeance.collection.rules_penalties import unclaimed_interest
from echeance.collection.types import (
    Claim,
    CollectionPolicy,
    NotedPenalty,
    PenaltyClaim,
    PenaltyPart,
    PenaltyReport,
    PenaltySkip,
    PenaltyState,
)
from echeance.core.dates import add_years
from echeance.core.dunning import Imputation, RateTerms, recovery_indemnity
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

LIMITATION_YEARS = 5
"""Older debts are time-barred between traders (C. com. L110-4): nothing new is claimed on them."""

_CHUNK = 500


def penalty_items(*, actor: Actor) -> set[int]:
    """Open items that are penalty notes themselves, settled ones left out. One query.

    They bear no interest of their own (C. civ. 1343-2) and no 40 €.
    """
    actor.require(Right.READ)
    return set(
        PenaltyNote.objects.filter(company=actor.company, open_item__open_amount__gt=0).values_list(
            "open_item", flat=True
        )
    )


def noted_penalties(*, actor: Actor, item_ids: Collection[int]) -> dict[int, NotedPenalty]:
    """What penalty notes have claimed on some items; items of which nothing was are left out.

    The 40 € of a document count on each of its instalments. One query, and three a chunk of 500
    items once a note was issued.
    """
    actor.require(Right.READ)
    if not PenaltyLine.objects.filter(company=actor.company).exists():
        return {}
    found: dict[int, NotedPenalty] = {}
    wanted = list(dict.fromkeys(item_ids))
    for start in range(0, len(wanted), _CHUNK):
        _note(actor, wanted[start : start + _CHUNK], found)
    return found


def _note(actor: Actor, item_ids: list[int], found: dict[int, NotedPenalty]) -> None:
    mine = PenaltyLine.objects.filter(company=actor.company)
    for item_id, interest, until in (
        mine.filter(open_item__in=item_ids)
        .order_by("note__until", "pk")
        .values_list("open_item", "interest", "note__until")
    ):
        one = found.get(item_id) or NotedPenalty(item_id)
        found[item_id] = replace(
            one, interest=one.interest + interest, until=until, cuts=(*one.cuts, until)
        )
    # The 40 € are owed once an invoice: the instalment that carries them does so for all. A number
    # is a customer's own: opening balances may give one number to two customers.
    documents: dict[tuple[int | None, str], list[int]] = {}
    for item in ledger.items_for(actor=actor, item_ids=item_ids):
        documents.setdefault((item.party_id, item.document_ref), []).append(item.item_id)
    refs = {ref for _, ref in documents}
    for party_id, ref, indemnity in mine.filter(document_ref__in=refs, indemnity__gt=0).values_list(
        "open_item__party", "document_ref", "indemnity"
    ):
        for item_id in documents.get((party_id, ref), ()):
            one = found.get(item_id) or NotedPenalty(item_id)
            found[item_id] = replace(one, indemnity=one.indemnity + indemnity)


def claimable(
    *,
    actor: Actor,
    until: date,
    party_ids: Collection[int] | None = None,
    item_ids: Collection[int] | None = None,
) -> PenaltyReport:
    """What penalty notes of that day would claim, customer by customer, and what they leave out.

    Items paid late count too: the principal is paid, its interest is not. What earlier notes
    claimed is never claimed again. Nothing is claimed of a consumer, on what is disputed, on a
    receivable that was sold, after an opening judgment, on what a credit note took back whole,
    nor on a note itself.

    Args:
        actor: Who asks.
        until: Last day of interest.
        party_ids: Only those customers.
        item_ids: Only those items.

    Returns:
        Claims by name of customer. Ten queries, and six a chunk of 500 items.

    Raises:
        NoLegalRateError: The rates of a semester are unknown.
    """
    actor.require(Right.READ)
    items = ledger.late_receivables(
        actor=actor,
        until=until,
        since=add_years(until, -LIMITATION_YEARS),
        party_ids=party_ids,
        item_ids=item_ids,
    )
    notes = set(
        PenaltyNote.objects.filter(company=actor.company).values_list("open_item", flat=True)
    )
    items = [item for item in items if item.item_id not in notes and item.party_id is not None]
    facts = _LateFacts.read(actor, until, items)
    parts: dict[int, list[PenaltyPart]] = {}
    skipped: list[PenaltySkip] = []
    seen: set[tuple[int, str]] = set()
    for item in items:
        assert item.party_id is not None
        customer = facts.customer(item)
        reason = facts.obstacle(item, customer)
        if reason:
            skipped.append(PenaltySkip(item.item_id, item.document_ref, customer.party_id, reason))
            continue
        part = facts.part(
            item, customer, with_indemnity=(item.party_id, item.document_ref) not in seen
        )
        if part.indemnity:
            seen.add((item.party_id, item.document_ref))
        if part.interest or part.indemnity:
            parts.setdefault(customer.party_id, []).append(part)
    claims = [
        PenaltyClaim(
            party_id=party_id,
            party_code=facts.snapshots[party_id].code,
            party_name=facts.snapshots[party_id].name,
            category=facts.snapshots[party_id].category,
            until=until,
            parts=tuple(found),
        )
        for party_id, found in parts.items()
    ]
    claims.sort(key=lambda claim: (claim.party_name, claim.party_id))
    return PenaltyReport(tuple(claims), tuple(skipped))


@dataclass(frozen=True, slots=True)
class _LateFacts:
    """All that is known of late items to reckon what they bear."""

    until: date
    policy: CollectionPolicy
    terms: Mapping[CustomerKind, RateTerms]
    merged: Mapping[int, int]
    snapshots: Mapping[int, PartySnapshot]
    payments: Mapping[int, tuple[tuple[date, Decimal], ...]]
    credit_notes: Mapping[int, tuple[tuple[date, Decimal], ...]]
    disputed: Mapping[int, Decimal]
    sold: Mapping[int, str]
    judgments: Mapping[int, date]
    noted: Mapping[int, NotedPenalty]

    @staticmethod
    def read(actor: Actor, until: date, items: Sequence[OpenItemFacts]) -> _LateFacts:
        ids = [item.item_id for item in items]
        in_force, rates = policy.read(actor.company, CollectionPolicy), rates_in_force()
        merged = parties.merged_parties(actor=actor)
        owners = {item.party_id for item in items if item.party_id is not None}
        payments, credit_notes = receipts_of(actor=actor, item_ids=ids)
        snapshots = parties.snapshots(
            actor=actor, party_ids={merged.get(one, one) for one in owners}
        )
        return _LateFacts(
            until=until,
            policy=in_force,
            terms={kind: RateTerms(kind, in_force.contract_rate, rates) for kind in CustomerKind},
            merged=merged,
            snapshots=snapshots,
            payments=payments,
            credit_notes=credit_notes,
            disputed=dict(
                Dispute.objects.filter(company=actor.company, closed_at=None)
                .values_list("open_item")
                .annotate(total=Sum("amount"))
            ),
            sold=cash.assigned_items(actor=actor),
            judgments={
                party_id: found.judgment_on
                for party_id, found in insolvent_parties(actor=actor).items()
            },
            noted=noted_penalties(actor=actor, item_ids=ids),
        )

    def customer(self, item: OpenItemFacts) -> PartySnapshot:
        """The customer that stays, whatever number the item was posted under."""
        assert item.party_id is not None
        return self.snapshots[self.merged.get(item.party_id, item.party_id)]

    def obstacle(self, item: OpenItemFacts, customer: PartySnapshot) -> str:
        """Why nothing may be claimed on an item; empty when it may."""
        if customer.category == CustomerKind.CONSUMER.value:
            return "un consommateur ne doit ni pénalités ni indemnité"
        if item.item_id in self.sold:
            return f"créance cédée ({self.sold[item.item_id]}) : elle n'est plus à vous"
        judgment = self.judgments.get(customer.party_id)
        if judgment is not None and item.document_date < judgment:
            # A note issued now would pass for a debt born after the judgment, and be chased.
            return (
                f"procédure collective du {judgment:%d/%m/%Y} : les intérêts courus se déclarent "
                "avec la créance"
            )
        paid = self.payments.get(item.item_id)
        if not item.open_amount and not paid:
            return "annulée par un avoir ou une écriture : rien n'a été payé en retard"
        if self.disputed.get(item.item_id, ZERO) >= item.open_amount > ZERO and not paid:
            return "en litige en entier"
        return ""

    def part(
        self, item: OpenItemFacts, customer: PartySnapshot, *, with_indemnity: bool
    ) -> PenaltyPart:
        """Interest not yet claimed, and the 40 € if its invoice never bore them."""
        noted = self.noted.get(item.item_id)
        found = unclaimed_interest(
            Claim(
                item.amount,
                self.disputed.get(item.item_id, ZERO),
                self.payments.get(item.item_id, ()),
                self.credit_notes.get(item.item_id, ()),
            ),
            item.due_date,
            until=self.until,
            customer=CustomerKind(customer.category),
            policy=self._policy(item),
            noted=noted,
            terms=self.terms[CustomerKind(customer.category)],
        )
        in_time = sum(
            (
                amount
                for day, amount in (
                    *self.payments.get(item.item_id, ()),
                    *self.credit_notes.get(item.item_id, ()),
                )
                if day <= item.due_date
            ),
            ZERO,
        )
        late = [item.due_date] if in_time < item.amount else []
        indemnity = ZERO
        if with_indemnity and not (noted and noted.indemnity):
            indemnity = recovery_indemnity(CustomerKind(customer.category), late)
        claims_interest = found.amount > ZERO
        return PenaltyPart(
            item_id=item.item_id,
            document_ref=item.document_ref,
            due_date=item.due_date,
            amount=item.amount,
            slices=found.slices if claims_interest else (),
            adjustment=found.adjustment if claims_interest else ZERO,
            interest=max(found.amount, ZERO),
            indemnity=indemnity,
        )

    def _policy(self, item: OpenItemFacts) -> CollectionPolicy:
        """Of an item paid whole: lettering the money on it was imputing it on the principal."""
        if item.open_amount:
            return self.policy
        return replace(self.policy, imputation=Imputation.PRINCIPAL_FIRST)


def receipts_of(
    *, actor: Actor, item_ids: Collection[int]
) -> tuple[
    dict[int, tuple[tuple[date, Decimal], ...]], dict[int, tuple[tuple[date, Decimal], ...]]
]:
    """Money, and what else settled some items (credit notes…), each by item: date and amount.

    Undone allocations are left out. Two queries a chunk of 500.
    """
    money: dict[int, tuple[tuple[date, Decimal], ...]] = {}
    others: dict[int, tuple[tuple[date, Decimal], ...]] = {}
    wanted = list(item_ids)
    for start in range(0, len(wanted), _CHUNK):
        chunk = set(wanted[start : start + _CHUNK])
        rows = ledger.allocations_of(actor=actor, item_ids=chunk)
        undone = {row.reverses_id for row in rows}
        standing = [
            row
            for row in rows
            if row.reverses_id is None
            and row.allocation_id not in undone
            and row.debit_item_id in chunk
        ]
        receipts = {
            item.item_id
            for item in ledger.items_for(
                actor=actor, item_ids={row.credit_item_id for row in standing}
            )
            if item.kind == "receipt"
        }
        for row in standing:
            into = money if row.credit_item_id in receipts else others
            one = (row.credited_on, row.amount)
            into[row.debit_item_id] = (*into.get(row.debit_item_id, ()), one)
    return money, others


def penalty_notes(*, actor: Actor, party_id: int | None = None) -> QuerySet[PenaltyNote]:
    """Notes, the latest first, with customer, open item and what was waived. One query.

    Args:
        actor: Who asks.
        party_id: Only that customer, under whichever of its numbers.
    """
    actor.require(Right.READ)
    rows = PenaltyNote.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    standing = (
        PenaltyWaiver.objects.filter(note=OuterRef("pk"), undone_at=None)
        .order_by()
        .values("note")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    units = AmountField()
    return (
        rows.annotate(
            waived=Coalesce(Subquery(standing, output_field=units), Value(ZERO, output_field=units))
        )
        .select_related("party", "open_item", "file")
        .order_by("-issued_on", "-pk")
    )


def penalty_note_for(*, actor: Actor, note_id: int) -> PenaltyNote:
    """One note of the company, its lines and waivers read ahead. Three queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = (
        penalty_notes(actor=actor)
        .filter(pk=note_id)
        .prefetch_related(
            Prefetch("lines", PenaltyLine.objects.order_by("due_date", "pk")),
            Prefetch("waivers", PenaltyWaiver.objects.order_by("pk")),
        )
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"note de pénalités n° {note_id}")
    return row


def penalty_state(*, total: Decimal, left: Decimal, waived: Decimal) -> PenaltyState:
    """What became of a note, from what is open of it and what was waived.

    >>> penalty_state(total=Decimal(50), left=Decimal(0), waived=Decimal(50)).value
    'waived'
    """
    if not left:
        return PenaltyState.WAIVED if waived == total else PenaltyState.PAID
    return PenaltyState.OPEN if left == total else PenaltyState.PARTLY
