"""The company's own statuses, written as CDAR messages and prepared for the platform."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock, counters
from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.core.lifecycle import cdar
from echeance.transmission.commands.flows import queue_deposits
from echeance.transmission.models import Flow, LifecycleStatus
from echeance.transmission.platform.types import FlowSyntax, ProcessingRule
from echeance.transmission.queries import event_of
from echeance.transmission.types import CompanyRole, Direction, NewDeposit

_READER: Final = "transmission.statuses.told"
_BATCH: Final = 200


def deposit_statuses(*, actor: Actor) -> list[Flow]:
    """Prepare the deposit of each status given since the last time; one status, one message.

    A batch of 200, its files and the place of the reader are one transaction, so a run that is
    stopped anywhere prepares each once. About twenty queries a batch.

    Raises:
        RightMissingError: To send documents, or to store files.
    """
    actor.require(Right.SEND_DOCUMENTS)
    found: list[Flow] = []
    while batch := _deposit_batch(actor):
        found += batch
    return found


@transaction.atomic
def _deposit_batch(actor: Actor) -> list[Flow]:
    place = counters.hold(company=actor.company, name=_READER)
    mine = LifecycleStatus.objects.filter(
        company=actor.company, direction=Direction.OUT.value, pk__gt=place
    )
    rows = list(mine.order_by("pk")[:_BATCH])
    if not rows:
        return []
    files = archive.store_files(actor=actor, files=_files(actor.company, rows))
    counters.move(company=actor.company, name=_READER, to=rows[-1].pk)
    return queue_deposits(
        actor=actor,
        deposits=[
            NewDeposit(
                key=f"status:{row.pk}",
                subject=f"status:{row.pk}",
                document_ref=row.document_ref,
                file_id=file.pk,
                syntax=FlowSyntax.CDAR,
                rule=ProcessingRule.B2B,
            )
            for row, file in zip(rows, files, strict=True)
        ],
    )


def _files(company: Company, rows: Sequence[LifecycleStatus]) -> list[NewFile]:
    keep_until = retention_date(date(clock.today().year, 12, 31))
    return [
        NewFile(
            content=cdar.write_cdar(message_of(company, row)),
            filename=f"{row.document_ref}-{row.code}-{row.pk}.xml".replace("/", "-"),
            media_type="text/xml",
            kind="status",
            subject=f"status:{row.pk}",
            keep_until=keep_until,
        )
        for row in rows
    ]


def message_of(company: Company, row: LifecycleStatus) -> cdar.Message:
    """The message that tells a status of the company's own to the other side. No query.

    The platform of the company forwards it, and reports to the portal what the portal must know.
    Without a known address, it is left to the platform to find the other side.
    """
    sells = row.role == CompanyRole.SELLER.value
    us = _party("SE" if sells else "BY", company.siren, company.electronic_address, company.name)
    them = _party("BY" if sells else "SE", row.counterparty_siren, row.counterparty_address)
    return cdar.compose(
        event=event_of(row),
        document=cdar.Document(
            number=row.document_ref,
            type_code=row.document_type,
            issue_date=row.document_date,
            seller=_seller(us if sells else them),
        ),
        identifier=f"CDV-{row.pk}",
        issued_at=row.recorded_at,
        sender=us,
        issuer=us,
        recipients=(them if them.address else cdar.Party("WK"),),
    )


def _seller(party: cdar.Party) -> cdar.Party:
    return cdar.Party("SE", party.identifier, party.scheme, party.name)


def _party(role: str, siren: str, address: str, name: str = "") -> cdar.Party:
    """A firm; an address is ``scheme:value``, or a value of scheme 0225, else the SIREN is it."""
    scheme, _, value = (address or siren).rpartition(":")
    return cdar.Party(
        role=role,
        identifier=siren,
        scheme=cdar.SIREN if siren else "",
        name=name,
        address=value,
        address_scheme=(scheme or cdar.ROUTING) if value else "",
    )
