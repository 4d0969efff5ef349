"""Which way documents took, the next one when it fails, and the choice of a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import ChannelInvalidError
from echeance.billing.events import (
    ChannelChosen,
    ChannelFailed,
    ChannelTaken,
    CustomerChannelSet,
)
from echeance.billing.models import BillingRule, Invoice, InvoiceDispatch, PortalHandover
from echeance.billing.rules.attachments import DELIVERY_NOTE
from echeance.billing.rules.channels import (
    ASTRAY,
    DEPOSITED,
    UNKNOWN_RECIPIENT,
    Channel,
    Choice,
)
from echeance.billing.rules.channels import problem as rules_problem
from echeance.billing.rules.portals import TO_DELIVER
from echeance.parties.models import Party
from echeance.transmission import queries as transmission
from echeance.transmission.models import Flow
from echeance.transmission.types import FlowState, Status

_REAL = [one.value for one in Channel if one is not Channel.AUTO]
_NOT_DELIVERED = {Status.REFUSED, Status.BOUNCED}


def record_ways(
    actor: Actor,
    rows: Sequence[Invoice],
    choices: Mapping[int, Choice],
    ways: Mapping[int, queries.Way],
) -> None:
    """Keep the way each document has just taken; one already kept stays. Three queries."""
    now = clock.now()
    fresh = []
    for row in rows:
        choice, taken = choices[row.pk], ways[row.pk].taken
        if any(one.channel == choice.channel for one in taken):
            continue
        fresh.append(
            InvoiceDispatch(
                company=actor.company,
                invoice=row,
                channel=choice.channel.value,
                rank=max((one.rank for one in taken), default=0) + 1,
                why=choice.why[:200],
                decided_at=now,
                decided_by=actor.name,
            )
        )
    InvoiceDispatch.objects.bulk_create(fresh, ignore_conflicts=True)
    journal.record_many(
        [ChannelTaken(one.invoice_id, one.channel, one.why) for one in fresh], actor=actor
    )


def expect_handovers(actor: Actor, portals: Mapping[int, str]) -> None:
    """Documents a person is to hand over on a portal; those already there stay. Two queries."""
    if not portals:
        return
    known = set(
        PortalHandover.objects.filter(company=actor.company, invoice_id__in=portals).values_list(
            "invoice_id", flat=True
        )
    )
    PortalHandover.objects.bulk_create(
        PortalHandover(
            company=actor.company,
            invoice_id=pk,
            portal=portal,
            status=TO_DELIVER,
            on=clock.today(),
            recorded_at=clock.now(),
            recorded_by=actor.name,
        )
        for pk, portal in portals.items()
        if pk not in known
    )


@transaction.atomic
def choose_channel(*, actor: Actor, invoice_ids: Collection[int], channel: str) -> int:
    """Choose the way of documents, drafts included; how many. What has left stays as it left.

    ``auto`` gives the choice back to the customer's rule. Three queries.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.SEND_DOCUMENTS)
    chosen = Channel(channel)
    rows = list(
        Invoice.objects.select_for_update().filter(company=actor.company, pk__in=set(invoice_ids))
    )
    missing = set(invoice_ids) - {row.pk for row in rows}
    if missing:
        raise NotFoundError(what=f"document n° {min(missing)}")
    value = "" if chosen is Channel.AUTO else chosen.value
    changed = [row.pk for row in rows if row.channel != value]
    Invoice.objects.filter(pk__in=changed).update(channel=value)
    journal.record_many([ChannelChosen(pk, chosen.value) for pk in changed], actor=actor)
    return len(changed)


@transaction.atomic
def set_customer_channel(
    *,
    actor: Actor,
    party_id: int,
    channel: str,
    second_channel: str = "",
    portal: str = "",
    delivery_notes: bool = False,
) -> BillingRule:
    """How the next documents of a customer leave; what has left stays as it left. Four queries.

    Raises:
        NotFoundError: Not a customer of this company.
        ChannelInvalidError: An unknown way, twice the same, or a portal without a name.
    """
    actor.require(Right.EDIT_PARTIES)
    if not Party.objects.filter(company=actor.company, pk=party_id).exists():
        raise NotFoundError(what=f"client n° {party_id}")
    if problem := rules_problem(channel, second_channel, portal):
        raise ChannelInvalidError(problem)
    rule, _ = BillingRule.objects.update_or_create(
        party_id=party_id,
        defaults={
            "company": actor.company,
            "channel": channel,
            "second_channel": second_channel,
            "portal": portal.strip(),
            "joined_pieces": [DELIVERY_NOTE] if delivery_notes else [],
        },
    )
    journal.record(CustomerChannelSet(party_id, channel, second_channel), actor=actor)
    return rule


@transaction.atomic
def note_failures(*, actor: Actor) -> list[InvoiceDispatch]:
    """Mark the ways that have failed: mail not delivered, deposit whose recipient is unknown.

    Only for customers with a second channel: for the others a question is open already, and the
    person who answers it sends by the same way. An invoice refused or rejected on the platform is
    not one of them: it has ended, and another way would not bring it back. Five queries.
    """
    actor.require(Right.SEND_DOCUMENTS)
    running = list(
        queries.running_dispatches(actor=actor, channels=[Channel.MAIL, *DEPOSITED])
        .filter(invoice__buyer__billing_rule__second_channel__in=_REAL)
        .select_for_update(of=("self",))
    )
    subjects = {row.pk: f"invoice:{row.invoice_id}" for row in running}
    by_mail = [row for row in running if row.channel == Channel.MAIL]
    deposited = [row for row in running if row.channel in DEPOSITED]
    mails = transmission.messages_of(actor=actor, subjects=[subjects[row.pk] for row in by_mail])
    flows = transmission.deposits_of(actor=actor, subjects=[subjects[row.pk] for row in deposited])
    numbers = {row.invoice.number for row in deposited if row.invoice.number}
    statuses = transmission.statuses_of(actor=actor, document_refs=numbers)
    ended = transmission.turned_away(actor=actor, document_refs=numbers)
    failed = []
    for row in running:
        if row.channel == Channel.MAIL:
            sent = mails[subjects[row.pk]]
            lost = bool(sent) and sent[-1].status in _NOT_DELIVERED
            cause = f"courriel {sent[-1].get_status_display()}" if lost else ""
        elif row.invoice.number in ended:
            cause = ""
        else:
            codes = [
                one.event.code
                for one in statuses.get(row.invoice.number or "", ())
                if not one.anomaly
            ]
            cause = _deposit_failure(flows[subjects[row.pk]], codes)
        if cause:
            row.failed_at, row.failure = clock.now(), cause[:300]
            failed.append(row)
    InvoiceDispatch.objects.bulk_update(failed, ["failed_at", "failure"], batch_size=100)
    journal.record_many(
        [ChannelFailed(row.invoice_id, row.channel, row.failure) for row in failed], actor=actor
    )
    return failed


def _deposit_failure(flows: Sequence[Flow], codes: Sequence[int]) -> str:
    """Why a deposit did not reach its buyer; "" when it did, or when nobody knows yet."""
    if codes and codes[-1] == ASTRAY:
        return f"la plateforme ne l'a pas fait parvenir (statut {codes[-1]})"
    if not flows or flows[-1].state != FlowState.REFUSED or codes:
        return ""
    told = " ".join(map(str, flows[-1].reasons))
    unknown = any(code in told for code in UNKNOWN_RECIPIENT)
    return "la plateforme ne connaît pas le destinataire" if unknown else ""


def stranded(*, actor: Actor) -> list[int]:
    """Documents all of whose ways have failed: they wait for their second one. One query."""
    mine = InvoiceDispatch.objects.filter(invoice=OuterRef("pk"))
    return list(
        queries.to_send(actor=actor)
        .filter(Exists(mine), ~Exists(mine.filter(failed_at=None)))
        .values_list("pk", flat=True)
    )


def last_ways(*, actor: Actor, invoice_ids: Collection[int]) -> dict[int, InvoiceDispatch]:
    """The way each document took last. One query."""
    rows: dict[int, list[InvoiceDispatch]] = defaultdict(list)
    for row in InvoiceDispatch.objects.filter(
        company=actor.company, invoice_id__in=invoice_ids
    ).order_by("rank"):
        rows[row.invoice_id].append(row)
    return {pk: found[-1] for pk, found in rows.items()}
