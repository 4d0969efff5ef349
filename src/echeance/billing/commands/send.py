"""Sending sealed documents by their way: queued on hold, checked again, then let go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from echeance.base import clock, policy
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import queries
from echeance.billing.commands.ways import expect_handovers, record_ways
from echeance.billing.models import Invoice
from echeance.billing.rules import mail
from echeance.billing.rules.channels import DEPOSITED, WORDS, Channel
from echeance.billing.rules.payment_link import payment_link
from echeance.billing.types import BillingPolicy, QueueReport, ReleaseReport
from echeance.core.identifiers import Iban
from echeance.transmission import commands as transmission
from echeance.transmission import queries as transmission_queries
from echeance.transmission.models import Message
from echeance.transmission.types import NewLetter, NewMessage, Status

KIND = "invoice"
_CHUNK = 200


def queue_invoices(
    *, actor: Actor, invoice_ids: Collection[int], again: bool = False
) -> QueueReport:
    """Make sealed documents leave by their way: mail, post, or the portal of the customer.

    Mail goes to the billing contacts and is held as long as the policy says; a letter waits for its
    batch; a portal waits for the person who hands the document over. A document already queued
    keeps what it has: asking twice sends once. Skipped, each with its reason: one without a file,
    one that leaves by the platform, one whose way cannot be taken (a missing contact also opens a
    question), and the internal credit note of an invoice turned away. About twenty queries a chunk
    of 200.

    Args:
        actor: Who sends.
        invoice_ids: Sealed documents.
        again: Prepare a new message for those whose messages were all withdrawn.
    """
    actor.require(Right.SEND_DOCUMENTS)
    hold = policy.read(actor.company, BillingPolicy).hold_minutes
    until = clock.now() + timedelta(minutes=hold)
    wanted = list(dict.fromkeys(invoice_ids))
    whole = QueueReport({}, {})
    for start in range(0, len(wanted), _CHUNK):
        with transaction.atomic():
            report = _queue(actor, wanted[start : start + _CHUNK], until, again=again)
        whole.message_ids.update(report.message_ids)
        whole.skipped.update(report.skipped)
        whole.letter_ids.update(report.letter_ids)
        whole.portals.update(report.portals)
    return whole


def _queue(actor: Actor, wanted: Sequence[int], until: datetime, *, again: bool) -> QueueReport:
    rows = {
        row.pk: row
        for row in queries.to_send(actor=actor).filter(pk__in=wanted).select_related("preceding")
    }
    skipped = {pk: "le fichier n'est pas encore scellé" for pk in wanted if pk not in rows}
    skipped |= queries.internal_credit_notes(actor=actor, rows=rows.values())
    ways = queries.ways(actor=actor, rows=list(rows.values()))
    unreachable = []
    by: dict[Channel, list[Invoice]] = defaultdict(list)
    for pk in wanted:
        if pk in skipped:
            continue
        row, way = rows[pk], ways[pk]
        if way.choice.channel in DEPOSITED:
            skipped[pk] = f"elle part par {WORDS[way.choice.channel]} : {way.choice.why}"
        elif not way.choice.leaves:
            skipped[pk] = f"{row.buyer_name} {way.choice.why}"
            if not way.facts.has_email and way.facts.of_customer in {Channel.AUTO, Channel.MAIL}:
                unreachable.append(row)
        else:
            by[way.choice.channel].append(row)
    _ask_for_contacts(actor, unreachable)
    messages = _by_mail(actor, by[Channel.MAIL], ways, until, again=again)
    letters = _by_post(actor, by[Channel.POST], ways)
    portals = _by_portal(actor, by[Channel.PORTAL], ways)
    taken = [rows[pk] for pk in (*messages, *letters, *portals)]
    record_ways(actor, taken, {row.pk: ways[row.pk].choice for row in taken}, ways)
    return QueueReport(messages, skipped, letters, portals)


def _by_mail(
    actor: Actor,
    rows: Sequence[Invoice],
    ways: Mapping[int, queries.Way],
    until: datetime,
    *,
    again: bool,
) -> dict[int, int]:
    keys = _keys(actor, rows, again=again)
    ready = [row for row in rows if row.file_id is not None and ways[row.pk].emails]
    messages = transmission.queue_messages(
        actor=actor,
        messages=[
            NewMessage(
                key=keys[row.pk],
                kind=KIND,
                subject=_subject(row),
                party_id=row.buyer_id,
                to=ways[row.pk].emails,
                subject_line=mail.subject_of(letter),
                body=mail.body_of(letter),
                file_ids=(row.file_id, *_beside(row)),
                hold_until=until,
            )
            for row in ready
            if row.file_id is not None
            for letter in [letter_of(actor, row)]
        ],
    )
    return {row.pk: message.pk for row, message in zip(ready, messages, strict=True)}


def _by_post(
    actor: Actor, rows: Sequence[Invoice], ways: Mapping[int, queries.Way]
) -> dict[int, int]:
    if not rows:
        return {}
    letters = transmission.queue_letters(
        actor=actor,
        letters=[
            NewLetter(
                key=_subject(row),
                subject=_subject(row),
                document_ref=str(row),
                party_id=row.buyer_id,
                file_id=row.file_id,
                address=ways[row.pk].address,
            )
            for row in rows
            if row.file_id is not None
        ],
    )
    return {row.pk: letter.pk for row, letter in zip(rows, letters, strict=True)}


def _by_portal(
    actor: Actor, rows: Sequence[Invoice], ways: Mapping[int, queries.Way]
) -> dict[int, str]:
    portals = {row.pk: ways[row.pk].facts.portal for row in rows}
    expect_handovers(actor, portals)
    return portals


def _beside(row: Invoice) -> list[int]:
    """Pieces that go with the file instead of inside it."""
    files = (row.facts or {}).get("printed", {}).get("files", ())
    return [one["file_id"] for one in files if not one.get("is_embedded", True)]


def _subject(row: Invoice) -> str:
    return f"invoice:{row.pk}"


def _keys(actor: Actor, rows: Sequence[Invoice], *, again: bool) -> dict[int, str]:
    """One key a sending: the first, or the next one once the others were all withdrawn."""
    keys = {row.pk: _subject(row) for row in rows}
    if not again:
        return keys
    known = transmission_queries.messages_of(actor=actor, subjects=list(keys.values()))
    for pk, subject in keys.items():
        messages = known[subject]
        live = [message for message in messages if message.status != Status.WITHDRAWN]
        if live:
            keys[pk] = live[-1].key
        elif messages:
            keys[pk] = f"{subject}:{len(messages)}"
    return keys


def letter_of(actor: Actor, row: Invoice, *, duplicate: bool = False) -> mail.LetterFacts:
    """What the message of a document says, from its frozen facts."""
    assert row.issue_date is not None, "it is issued"
    facts = row.facts or {}
    document: dict[str, Any] = facts.get("document", {})
    means = document.get("payment_means", ())
    iban = str(means[0].get("iban", "")) if means else ""
    reference = str(document.get("remittance_information", ""))
    return mail.LetterFacts(
        seller_name=actor.company.name,
        number=str(row),
        is_credit_note=row.is_credit_note,
        issue_date=row.issue_date,
        gross_total=row.gross_total,
        currency=row.currency,
        due_date=row.due_date,
        order_reference=row.order_reference,
        preceding_number=str(row.preceding) if row.preceding else "",
        # Plain blanks: what is copied from a mail must paste in a bank's form.
        iban=Iban(iban).formatted().replace("\u00a0", " ") if Iban.is_valid(iban) else "",
        language=str(facts.get("language", "fr")),
        duplicate=duplicate,
        reference=reference,
        link=payment_link(
            str(facts.get("style", {}).get("payment_link", "")),
            number=str(row),
            amount=row.gross_total,
            currency=row.currency,
            reference=reference or str(row),
        ),
    )


def _ask_for_contacts(actor: Actor, unreachable: Sequence[Invoice]) -> None:
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=f"billing.no_contact:{row.buyer_id}",
                kind="billing.no_contact",
                subject=f"party:{row.buyer_id}",
                title=f"À quelle adresse envoyer les factures de {row.buyer_name} ?"[:300],
                evidence={"invoice": str(row)},
                answers=(
                    Answer("add_contact", "Ajouter une adresse de facturation"),
                    Answer("by_hand", "La remettre soi-même"),
                ),
                amount=row.gross_total,
            )
            for row in unreachable
        ],
    )


def release_invoices(*, actor: Actor, now: datetime) -> ReleaseReport:
    """Let go the documents whose hold is over, once each was checked again.

    A message whose recipients are no longer the customer's billing contacts, or whose document
    was credited in full meanwhile, is withdrawn and becomes a question. Check and release are one
    transaction a chunk of 200.
    """
    actor.require(Right.SEND_DOCUMENTS)
    released: list[int] = []
    withdrawn: dict[int, str] = {}
    due = list(
        transmission_queries.to_release(actor=actor, kind=KIND, now=now).values_list(
            "pk", flat=True
        )
    )
    for start in range(0, len(due), _CHUNK):
        with transaction.atomic():
            chunk = list(
                transmission_queries.to_release(actor=actor, kind=KIND, now=now).filter(
                    pk__in=due[start : start + _CHUNK]
                )
            )
            reasons = _reasons_to_stop(actor, chunk)
            for message_id, reason in reasons.items():
                transmission.withdraw_messages(actor=actor, message_ids=[message_id], reason=reason)
            _ask_about(actor, chunk, reasons)
            released += transmission.release_messages(
                actor=actor, message_ids=[row.pk for row in chunk if row.pk not in reasons]
            )
            withdrawn |= reasons
    return ReleaseReport(tuple(released), withdrawn)


def _reasons_to_stop(actor: Actor, chunk: Sequence[Message]) -> dict[int, str]:
    documents = {message.pk: int(message.subject.partition(":")[2]) for message in chunk}
    sealed = {row.pk: row for row in queries.to_send(actor=actor).filter(pk__in=documents.values())}
    emails = queries.billing_emails(
        actor=actor, party_ids={row.buyer_id for row in sealed.values()}
    )
    credited = queries.credited_total(actor=actor, invoice_ids=list(sealed))
    reasons: dict[int, str] = {}
    for message in chunk:
        row = sealed.get(documents[message.pk])
        if row is None:
            reasons[message.pk] = "le document n'est pas scellé"
        elif set(message.to) != set(emails.get(row.buyer_id, ())):
            reasons[message.pk] = "les contacts de facturation du client ont changé"
        elif credited.get(row.pk) == row.gross_total:
            reasons[message.pk] = "la facture a été entièrement créditée depuis"
    return reasons


def _ask_about(actor: Actor, chunk: Sequence[Message], reasons: Mapping[int, str]) -> None:
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=f"billing.withdrawn:{message.pk}",
                kind="billing.withdrawn",
                subject=message.subject,
                title=f"« {message.subject_line} » n'est pas partie : {reasons[message.pk]}."[:300],
                evidence={"to": message.to},
                answers=(
                    Answer("send", "La préparer de nouveau"),
                    Answer("leave", "Ne pas l'envoyer"),
                ),
            )
            for message in chunk
            if message.pk in reasons
        ],
    )
