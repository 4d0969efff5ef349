"""From a status of the machine to the message that tells it, and back.

Source: XP Z12-012 V1.4, rules BR-FR-CDV-*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from echeance.core.lifecycle.cdar.model import (
    BETWEEN_PLATFORMS,
    CHORUS_PRO,
    PLATFORM,
    REGULATED,
    TO_PORTAL,
    Acknowledgement,
    Detail,
    Document,
    Message,
    Party,
)
from echeance.core.lifecycle.machine import REFUSED, Event, Reason
from echeance.core.lifecycle.statuses import STATUSES, Phase, Role, label

ROLE_CODES: Final = {
    Role.SELLER: "SE",
    Role.BUYER: "BY",
    Role.FACTOR: "DL",
    Role.SENDING_PLATFORM: "WK",
    Role.RECEIVING_PLATFORM: "WK",
    Role.PORTAL: "DFH",
}
"""UNCL 3035; WK does not say which side the platform serves."""
_ROLES_READ: Final = {
    "SE": Role.SELLER,
    "SR": Role.SELLER,
    "II": Role.SELLER,
    "PE": Role.SELLER,
    "BY": Role.BUYER,
    "AB": Role.BUYER,
    "IV": Role.BUYER,
    "PR": Role.BUYER,
    "DL": Role.FACTOR,
    "DFH": Role.PORTAL,
}


def compose(
    *,
    event: Event,
    document: Document,
    identifier: str,
    issued_at: datetime,
    sender: Party,
    issuer: Party,
    recipients: tuple[Party, ...],
) -> Message:
    """The message that tells one status, as the French rules want it.

    Args:
        event: The status; its reasons and amounts become details numbered from 1.
        document: Number, type, date and seller of the invoice; the rest is filled here.
        identifier: MDT-4.
        issued_at: MDT-8, aware.
        sender: Who hands it over; its role is ``WK`` for a transmission status (BR-FR-CDV-CL-02).
        issuer: Who gives the status. Its identifier is left out of a transmission status
            (BR-FR-CDV-07).
        recipients: With an electronic address, but for platforms and the portal (BR-FR-CDV-08).
    """
    status = STATUSES[event.code]
    to_portal = [one.role for one in recipients] == [ROLE_CODES[Role.PORTAL]]
    if status.phase is Phase.TRANSMISSION:
        issuer = Party(issuer.role, name=issuer.name)
    if event.code == REFUSED and sender.scheme != PLATFORM:
        # BR-FR-CDV-CL-09 of the sheets 1.4.0 takes any sender whose identifier is not that of a
        # platform for Chorus Pro, and contradicts itself; the issuer still has his own.
        sender = replace(sender, identifier="", scheme="")
    told = replace(
        document,
        status=event.code,
        document_status=status.document_status,
        label=label(event.code),
        details=_details(event),
    )
    return Message(
        identifier=identifier,
        issued_at=issued_at,
        sender=sender,
        issuer=issuer,
        recipients=recipients,
        acknowledgements=(Acknowledgement(status.phase.value, event.at, (told,), several=False),),
        # BR-FR-CDV-CL-01: the frame of the invoice, or nothing, when the portal is told.
        process="" if to_portal else REGULATED,
        guideline=TO_PORTAL if to_portal else BETWEEN_PLATFORMS,
    )


def _details(event: Event) -> tuple[Detail, ...]:
    """Each reason is a detail; the amounts go with the first, or with one of their own."""
    reasons = [
        Detail(rank, one.code, one.text, None, one.action, one.action_text)
        for rank, one in enumerate(event.reasons, 1)
    ]
    if not event.amounts:
        return tuple(reasons)
    first = reasons[0] if reasons else Detail(1)
    return (replace(first, amounts=event.amounts), *reasons[1:])


def events_of(message: Message) -> Iterator[tuple[Document, Event]]:
    """The statuses a message tells, with their documents, in order.

    A platform (``WK``) is that of the buyer for 202 and 203, else that of the seller: the code
    alone tells them apart. Documents without a status or an instant are left out: the message
    says nothing of them.
    """
    issuer = message.issuer or message.sender
    public = message.sender is not None and message.sender.scheme == PLATFORM
    public = public and message.sender is not None and message.sender.identifier == CHORUS_PRO
    for one in message.acknowledgements:
        at = one.at or message.issued_at
        for document in one.documents:
            if document.status is None or at is None:
                continue
            yield (
                document,
                Event(
                    code=document.status,
                    role=_role(issuer.role if issuer else "", document.status),
                    at=at,
                    reasons=tuple(
                        Reason(detail.reason, detail.text, detail.action, detail.action_text)
                        for detail in document.details
                        if detail.reason
                    ),
                    amounts=tuple(
                        amount for detail in document.details for amount in detail.amounts
                    ),
                    public=public,
                ),
            )


def _role(code: str, status: int) -> Role:
    known = STATUSES.get(status)
    if code in _ROLES_READ:
        return _ROLES_READ[code]
    platforms = (Role.SENDING_PLATFORM, Role.RECEIVING_PLATFORM)
    allowed = [role for role in platforms if known and role in known.issuers]
    return allowed[0] if allowed else Role.SENDING_PLATFORM
