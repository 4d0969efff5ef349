"""Set-off of what a party owes against what it is owed, by agreement.

Source: C. civ. art. 1347 to 1348-2 (see ``docs/legal/compensation.md``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.commands.lumps import CUSTOMERS, house
from echeance.cash.errors import NettingImpossibleError, NettingUndoneError
from echeance.cash.events import NettingAgreed, NettingChanged
from echeance.cash.models import Netting, NettingAgreement
from echeance.core.bookkeeping import account_number
from echeance.ledger import commands as ledger
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.parties import queries as parties

SUPPLIERS = account_number("suppliers")


@transaction.atomic
def agree_netting(
    *, actor: Actor, party_id: int, signed_on: date, file_id: int | None = None
) -> NettingAgreement:
    """Record the signed agreement of a party that is customer and supplier.

    Raises:
        NettingImpossibleError: It is not both, or has an agreement already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    party = parties.party_for(actor=actor, party_id=party_id)
    if not (party.is_customer and party.is_supplier):
        raise NettingImpossibleError(
            party.name, "ce tiers doit être à la fois client et fournisseur, complétez sa fiche"
        )
    if queries.netting_agreement(actor=actor, party_id=party.pk, on=signed_on):
        raise NettingImpossibleError(party.name, "une convention est déjà en vigueur")
    row = NettingAgreement.objects.create(
        company=actor.company,
        party=party,
        signed_on=signed_on,
        file_id=file_id,
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    journal.record(NettingAgreed(row.pk, party.pk), actor=actor)
    return row


@transaction.atomic
def end_netting_agreement(*, actor: Actor, agreement_id: int, on: date) -> None:
    """End an agreement; what was set off stays so.

    Raises:
        NotFoundError: Not an agreement in force of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = NettingAgreement.objects.filter(company=actor.company, pk=agreement_id, ended_on=None)
    row = rows.select_for_update().first()
    if row is None:
        raise NotFoundError(what=f"convention n° {agreement_id}")
    row.ended_on = on
    row.save(update_fields=["ended_on"])
    journal.record(NettingAgreed(row.pk, row.party_id, ended=True), actor=actor)


@transaction.atomic
def make_netting(*, actor: Actor, party_id: int, on: date, amount: Decimal) -> Netting:
    """Set off what is due on a day, to the amount seen: D 401, C 411, items settled on both sides.

    Args:
        actor: Needs the right to match payments.
        party_id: Customer and supplier, under an agreement in force.
        on: Day of the set-off; items due by then, the oldest first.
        amount: What the person saw proposed; another amount now is refused.

    Raises:
        NettingImpossibleError: No agreement, nothing due on one side, or the amount has changed.
    """
    actor.require(Right.MATCH_PAYMENTS)
    party = parties.party_for(actor=actor, party_id=party_id)
    agreement = queries.netting_agreement(actor=actor, party_id=party.pk, on=on)
    if agreement is None:
        raise NettingImpossibleError(
            party.name, f"aucune convention n'est en vigueur le {on:%d/%m/%Y}, enregistrez-la"
        )
    NettingAgreement.objects.select_for_update().get(pk=agreement.pk)
    proposal = queries.propose_netting(actor=actor, party_id=party.pk, on=on)
    if proposal is None:
        raise NettingImpossibleError(
            party.name, "rien n'est échu des deux côtés à cette date, choisissez-en une autre"
        )
    if proposal.amount != amount:
        raise NettingImpossibleError(
            party.name,
            f"le montant est maintenant de {proposal.amount} € au lieu de {amount} €, "
            "relisez la proposition",
        )
    rank = Netting.objects.filter(company=actor.company).count() + 1
    reference = f"COMP-{on:%Y%m%d}-{rank}"
    label = f"Compensation {party.name}"
    [posted] = ledger.post_entries(
        actor=house(actor),
        entries=[
            EntryFacts(
                journal_code="OD",
                entry_date=on,
                document_ref=reference,
                document_date=on,
                label=label[:200],
                postings=(
                    Posting(SUPPLIERS, debit=amount, party_id=party.pk, label=label),
                    Posting(CUSTOMERS, credit=amount, party_id=party.pk, label=label),
                ),
                items=tuple(NewOpenItem(place, on, "other", reference) for place in (0, 1)),
            )
        ],
    )
    paying, paid = posted.item_ids
    allocations = ledger.allocate(
        actor=actor,
        allocations=[
            *(NewAllocation(paying, one.item_id, one.amount, on) for one in proposal.payables),
            *(NewAllocation(one.item_id, paid, one.amount, on) for one in proposal.receivables),
        ],
    )
    row = Netting.objects.create(
        company=actor.company,
        agreement=agreement,
        on=on,
        amount=amount,
        journal_entry_id=posted.entry_id,
        allocations=allocations,
        items=[
            {
                "side": side,
                "document_ref": one.document_ref,
                "due_date": one.due_date.isoformat(),
                "amount": str(one.amount),
            }
            for side, parts in (("411", proposal.receivables), ("401", proposal.payables))
            for one in parts
        ],
        made_at=clock.now(),
        made_by=actor.name,
    )
    journal.record(NettingChanged(row.pk, amount), actor=actor)
    return row


@transaction.atomic
def undo_netting(*, actor: Actor, netting_id: int) -> None:
    """Undo a set-off: items open again on both sides, the entry reversed.

    Raises:
        NotFoundError: Not one of this company.
        NettingUndoneError: It was undone before.
    """
    actor.require(Right.MATCH_PAYMENTS)
    row = Netting.objects.select_for_update().filter(company=actor.company, pk=netting_id).first()
    if row is None:
        raise NotFoundError(what=f"compensation n° {netting_id}")
    if row.undone_at:
        raise NettingUndoneError(netting_id=netting_id)
    today = clock.today()
    ledger.unallocate(actor=actor, allocation_ids=row.allocations, on=today)
    ledger.reverse_entries(actor=house(actor), entry_ids=[row.journal_entry_id], on=today)
    row.undone_at, row.undone_by = clock.now(), actor.name
    row.save(update_fields=["undone_at", "undone_by"])
    journal.record(NettingChanged(row.pk, row.amount, undone=True), actor=actor)
