"""Writes of transmission: the outbox, the sending, the returns."""

from echeance.transmission.commands.bounces import record_bounces
from echeance.transmission.commands.flows import deposit_due, queue_deposits, settle_flow
from echeance.transmission.commands.outbox import (
    hold_again,
    queue_messages,
    release_messages,
    reword_message,
    withdraw_messages,
)
from echeance.transmission.commands.post import (
    post_batch,
    print_batch,
    queue_letters,
    withdraw_letters,
)
from echeance.transmission.commands.reception import poll_platform, reassign, retry_received
from echeance.transmission.commands.registered import follow_registered
from echeance.transmission.commands.sending import (
    expire_releases,
    send_due,
    send_other_channels,
    settle_unknown,
)
from echeance.transmission.commands.statuses import queue_statuses, record_statuses
from echeance.transmission.commands.telling import deposit_statuses

__all__ = [
    "deposit_due",
    "deposit_statuses",
    "expire_releases",
    "follow_registered",
    "hold_again",
    "poll_platform",
    "post_batch",
    "print_batch",
    "queue_deposits",
    "queue_letters",
    "queue_messages",
    "queue_statuses",
    "reassign",
    "record_bounces",
    "record_statuses",
    "release_messages",
    "retry_received",
    "reword_message",
    "send_due",
    "send_other_channels",
    "settle_flow",
    "settle_unknown",
    "withdraw_letters",
    "withdraw_messages",
]
