"""Mail that comes back: the message is no longer « sent », and its address is not used again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.parties import commands as parties
from echeance.transmission import dsn, questions, rules
from echeance.transmission.commands.course import move
from echeance.transmission.errors import MailTooLargeError
from echeance.transmission.models import Message
from echeance.transmission.types import BounceReport, Status

_MAY_BOUNCE = [Status.SENT, Status.UNKNOWN, Status.BOUNCED]


@transaction.atomic
def record_bounces(*, actor: Actor, raw_mails: Sequence[bytes]) -> BounceReport:
    """Read returned mail: messages bounced, a question for each, addresses flagged in the parties.

    A notice counts only when it names the Message-ID of a message of this company that left, and
    an address of it; anybody can write to the mailbox. The same notice twice changes nothing.

    Raises:
        RightMissingError: To send documents, or to edit parties.
        MailTooLargeError: One is larger than any notice; nothing is recorded.
    """
    actor.require(Right.SEND_DOCUMENTS)
    if any(len(raw) > dsn.MAIL_BYTES_MAX for raw in raw_mails):
        raise MailTooLargeError(limit=dsn.MAIL_BYTES_MAX // 1024**2)
    bounces = [bounce for raw in raw_mails if (bounce := dsn.read_bounce(raw))]
    rows = {
        row.message_id: row
        for row in Message.objects.select_for_update(of=("self",))
        .filter(
            company=actor.company,
            message_id__in={bounce.message_id for bounce in bounces},
            status__in=_MAY_BOUNCE,
        )
        .order_by("pk")
    }
    bounced: dict[int, None] = {}
    addresses: dict[str, None] = {}
    unmatched = len(raw_mails) - len(bounces)
    for bounce in bounces:
        row = rows.get(bounce.message_id)
        failed = rules.failed_addresses(row.recipients, bounce) if row else {}
        if row is None or not failed:
            unmatched += 1
            continue
        bounced[row.pk] = None
        addresses |= dict.fromkeys(address.lower() for address in failed)
        if not failed.keys() <= row.refused_recipients.keys():
            _record(actor, row, failed)
    parties.flag_bounced(actor=actor, emails=list(addresses), at=clock.now())
    return BounceReport(tuple(bounced), tuple(addresses), unmatched)


def _record(actor: Actor, row: Message, failed: dict[str, str]) -> None:
    row.refused_recipients = row.refused_recipients | failed
    detail = " ; ".join(f"{address} : {reason}" for address, reason in failed.items())
    move(
        [row],
        Status.BOUNCED,
        actor=actor,
        detail=detail,
        changes={"response": detail, "refused_recipients": row.refused_recipients},
    )
    base.close_work_items(
        actor=actor, keys={questions.unknown_key(row)}, answer=Status.BOUNCED.value
    )
    base.open_work_items(actor=actor, items=[questions.bounced(row, failed)])
