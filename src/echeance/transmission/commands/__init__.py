"""Writes of transmission: the outbox, the sending, the returns."""

from echeance.transmission.commands.bounces import record_bounces
from echeance.transmission.commands.outbox import (
    hold_again,
    queue_messages,
    release_messages,
    withdraw_messages,
)
from echeance.transmission.commands.sending import expire_releases, send_due, settle_unknown
from echeance.transmission.commands.statuses import queue_statuses, record_statuses

__all__ = [
    "expire_releases",
    "hold_again",
    "queue_messages",
    "queue_statuses",
    "record_bounces",
    "record_statuses",
    "release_messages",
    "send_due",
    "settle_unknown",
    "withdraw_messages",
]
