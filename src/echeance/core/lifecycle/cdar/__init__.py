"""CDAR messages: the statuses of invoices as one side of the platforms tells them to the other.

Source: XP Z12-012 V1.4 (MDT and MDG terms), UN/CEFACT CDAR D22B.
"""

from echeance.core.lifecycle.cdar.model import (
    BETWEEN_PLATFORMS,
    CHORUS_PRO,
    PLATFORM,
    REGULATED,
    ROUTING,
    SIREN,
    TO_PORTAL,
    Acknowledgement,
    Detail,
    Document,
    Message,
    Party,
    Unknown,
)
from echeance.core.lifecycle.cdar.telling import ROLE_CODES, compose, events_of
from echeance.core.lifecycle.cdar.xml import read_cdar, write_cdar

__all__ = [
    "BETWEEN_PLATFORMS",
    "CHORUS_PRO",
    "PLATFORM",
    "REGULATED",
    "ROLE_CODES",
    "ROUTING",
    "SIREN",
    "TO_PORTAL",
    "Acknowledgement",
    "Detail",
    "Document",
    "Message",
    "Party",
    "Unknown",
    "compose",
    "events_of",
    "read_cdar",
    "write_cdar",
]
