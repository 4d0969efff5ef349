"""Deposit of sealed documents on the approved platform, once each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db import transaction

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.ways import record_ways
from echeance.billing.models import Invoice
from echeance.billing.rules.channels import DEPOSITED, WORDS, Channel, Choice, choose
from echeance.billing.types import InvoiceDeposits
from echeance.transmission import commands as transmission
from echeance.transmission import queries as statuses
from echeance.transmission.models import Flow
from echeance.transmission.platform.types import FlowProfile, FlowSyntax, ProcessingRule
from echeance.transmission.types import FlowState, NewDeposit

_CHUNK: Final = 200
_RULES: Final = {
    Channel.PLATFORM: ProcessingRule.B2B,
    Channel.CHORUS: ProcessingRule.B2G,
}
_ROUTING: Final = "0225"
_BETWEEN_FIRMS: Final = "B2B"
"""Note BAR of what the reform binds to a platform."""


def deposit_invoices(
    *, actor: Actor, invoice_ids: Collection[int], again: bool = False
) -> InvoiceDeposits:
    """Prepare the deposit of sealed documents on the platform, for customers who are found there.

    A document already deposited keeps its deposit: asking twice deposits once. Left out, each with
    its reason: what is not sealed, not between French firms, has no address of the directory
    (BT-49, scheme 0225), or leaves by another way; and the credit note of an
    invoice that was refused or rejected, which is internal and told by no flow. Twenty queries a
    chunk of 200.

    Args:
        actor: Needs the right to send documents.
        invoice_ids: Sealed documents.
        again: Deposit once more, under the same number, those the platform did not take in.

    Raises:
        RightMissingError: To send documents.
    """
    actor.require(Right.SEND_DOCUMENTS)
    wanted = list(dict.fromkeys(invoice_ids))
    flow_ids: dict[int, int] = {}
    skipped: dict[int, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        with transaction.atomic():
            done, left = _deposit(actor, wanted[start : start + _CHUNK], again=again)
        flow_ids |= done
        skipped |= left
    return InvoiceDeposits(flow_ids, skipped)


def _deposit(
    actor: Actor, wanted: Sequence[int], *, again: bool
) -> tuple[dict[int, int], dict[int, str]]:
    rows = {
        row.pk: row
        for row in queries.to_send(actor=actor).filter(pk__in=wanted).select_related("preceding")
    }
    internal = queries.internal_credit_notes(actor=actor, rows=rows.values())
    ways = queries.ways(actor=actor, rows=list(rows.values()))
    choices = {pk: _choice(way) for pk, way in ways.items()}
    skipped = {pk: "le fichier n'est pas encore scellé" for pk in wanted if pk not in rows}
    for row in rows.values():
        elsewhere = _elsewhere(row, choices[row.pk])
        if reason := _reason_to_leave(row) or internal.get(row.pk, "") or elsewhere:
            skipped[row.pk] = reason
    ready = [rows[pk] for pk in wanted if pk not in skipped]
    known = statuses.deposits_of(actor=actor, subjects=[_subject(row) for row in ready])
    flows = transmission.queue_deposits(
        actor=actor,
        deposits=[
            NewDeposit(
                key=_key(row, known[_subject(row)], again=again),
                subject=_subject(row),
                document_ref=row.number or "",
                file_id=row.file_id,
                syntax=FlowSyntax.FACTUR_X,
                rule=_RULES[choices[row.pk].channel],
                profile=FlowProfile.CIUS,
            )
            for row in ready
            if row.file_id is not None
        ],
    )
    record_ways(actor, ready, choices, ways)
    return {row.pk: flow.pk for row, flow in zip(ready, flows, strict=True)}, skipped


def _choice(way: queries.Way) -> Choice:
    """The way of a document that somebody asks to deposit: configured or not, a platform is."""
    if way.taken or way.choice.channel in DEPOSITED:
        return way.choice
    return choose(replace(way.facts, has_platform=True))


def _elsewhere(row: Invoice, choice: Choice) -> str:
    """Why a document that a platform would take leaves by another way; "" when it does not."""
    if choice.channel in DEPOSITED:
        return ""
    if not choice.leaves:
        return f"{row.buyer_name} {choice.why}"
    return f"elle part par {WORDS[choice.channel]} : {choice.why}"


def _reason_to_leave(row: Invoice) -> str:
    """Why a document does not go through the platform; read in its frozen facts."""
    document: dict[str, Any] = (row.facts or {}).get("document", {})
    frames = [one["text"] for one in document.get("notes", ()) if one.get("subject_code") == "BAR"]
    if frames != [_BETWEEN_FIRMS]:
        return "elle n'est pas entre entreprises françaises : elle relève de l'e-reporting"
    address = document.get("buyer", {}).get("electronic_address") or {}
    if address.get("scheme") != _ROUTING:
        return f"{row.buyer_name} n'a pas d'adresse dans l'annuaire des plateformes"
    return ""


def _subject(row: Invoice) -> str:
    return f"invoice:{row.pk}"


def _key(row: Invoice, known: Sequence[Flow], *, again: bool) -> str:
    """One key a deposit: the first, or the next once the platform has not taken in the others."""
    turns = len(known)
    if turns and not (again and known[-1].state == FlowState.REFUSED):
        turns -= 1
    return f"{_subject(row)}:{turns + 1}" if turns else _subject(row)
