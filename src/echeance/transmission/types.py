"""Facts that cross the wall of transmission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from echeance.core.lifecycle import Amount, Event, Reason, Role
from echeance.transmission.platform.types import FlowProfile, FlowSyntax, ProcessingRule


class Status(StrEnum):
    """Where a message stands. Only the commands of this room move it."""

    HELD = "held"
    RELEASED = "released"
    IN_FLIGHT = "in_flight"
    SENT = "sent"
    REFUSED = "refused"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Settlement(StrEnum):
    """What a person found out about a message of unknown outcome."""

    SENT = "sent"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to keep in the outbox until the room that queued it releases it.

    Attributes:
        key: Names the sending: one key, one message, whatever the number of calls.
        kind: ``invoice``, ``reminder``…
        subject: What it is about, as ``kind:id``.
        party_id: The customer written to; ``None`` when nobody of the parties.
        to: At least one address.
        subject_line: One line.
        body: Plain text.
        file_ids: Archived files to attach, in this order.
        hold_until: Not released by itself before that instant.
        reply_to: Where answers go; the sender when empty.
        cc: Addresses in copy.
        html: The same text as HTML; empty for plain text alone.
        channel: How it leaves: ``mail``, ``sms`` (``to`` holds telephone numbers) or ``lre``
            (electronic registered letter; ``to`` holds one e-mail address).
    """

    key: str
    kind: str
    subject: str
    party_id: int | None
    to: tuple[str, ...]
    subject_line: str
    body: str
    file_ids: tuple[int, ...]
    hold_until: datetime
    reply_to: str = ""
    cc: tuple[str, ...] = ()
    html: str = ""
    channel: str = "mail"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it goes with a message."""

    filename: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailFacts:
    """Everything the bytes of an e-mail are made of: the same facts give the same bytes.

    Attributes:
        message_id: RFC 5322 Message-ID with its angle brackets.
        date: Instant it is handed over, aware.
        sender_name: Shown beside the address of the sender; may be empty.
    """

    message_id: str
    date: datetime
    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject_line: str
    body: str
    cc: tuple[str, ...] = ()
    reply_to: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is handed to a provider: who it is from, whom it is for, and the bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server answered 250 after the content: the proof of « sent ».

    Attributes:
        response: The server's words.
        refused: Its answer for each recipient it would not take; the others are served.
    """

    response: str
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no: nothing was delivered to anybody.

    Attributes:
        code: SMTP reply code; 0 when the connection was lost before the content was handed over.
        response: The server's words.
        permanent: Whether trying again as it is cannot help (5yz).
        relay: Whether the relay refuses us (no connection, no sign-in), whatever the message.
        refused: Its answer for each recipient.
    """

    code: int
    response: str
    permanent: bool
    relay: bool = False
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """The connection was lost after the content was handed over: it may have left or not."""

    reason: str


Outcome = Accepted | Refused | Unknown


class Provider(Protocol):
    """A way out for messages."""

    def send(self, envelope: Envelope) -> Outcome:
        """Hand one message over; never raises for what the other side does."""

    def close(self) -> None:
        """End the conversation."""


@dataclass(frozen=True, slots=True)
class SendReport:
    """What a turn of sending did.

    Attributes:
        retried: Put back for later: a temporary refusal, or a relay out of reach.
        lost: Found in flight without a live sender, hence unknown.
        expired: Releases that lapsed before they could leave.
    """

    sent: int = 0
    refused: int = 0
    unknown: int = 0
    retried: int = 0
    lost: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """One address of a bounce: as the notice names it, and why.

    Attributes:
        addresses: What the notice calls it: original then final recipient.
        status: RFC 3463 code, e.g. ``5.1.1``.
        diagnostic: Words of the server that gave up.
    """

    addresses: tuple[str, ...]
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery status notice (RFC 3464) about one message: the addresses that failed."""

    message_id: str
    failed: tuple[FailedRecipient, ...]


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What became of a batch of returned mail.

    Attributes:
        message_ids: Messages now bounced.
        addresses: Addresses that failed, lower case, once each.
        unmatched: Mails that are no notice of failure about a message of this company.
    """

    message_ids: tuple[int, ...]
    addresses: tuple[str, ...]
    unmatched: int


@dataclass(frozen=True, slots=True)
class RegisteredProof:
    """A proof of the course of an electronic registered letter.

    Attributes:
        kind: ``posted``, ``presented``, ``received``, ``refused`` or ``unclaimed``.
        reference: The provider's number.
        file_id: The proof itself, archived.
    """

    message_id: int
    kind: str
    on: date
    reference: str
    file_id: int | None


class PostalState(StrEnum):
    """Where a letter stands: it goes forward only."""

    QUEUED = "queued"
    PRINTED = "printed"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A document to print and post.

    Attributes:
        key: Names the sending: one key, one letter, whatever the number of calls.
        subject: What it is about, as ``kind:id``.
        document_ref: Number of the document.
        party_id: Whom it is for.
        file_id: The archived PDF.
        address: Lines of the address, name first, country last when it is abroad.
        is_duplicate: The file is a marked copy.
        registered: It goes as a registered letter with receipt.
    """

    key: str
    subject: str
    document_ref: str
    party_id: int | None
    file_id: int
    address: tuple[str, ...]
    is_duplicate: bool = False
    registered: bool = False


@dataclass(frozen=True, slots=True)
class LetterToPrint:
    """A letter as a provider gets it: its rank in the batch, where it goes, its pages."""

    rank: int
    reference: str
    address: tuple[str, ...]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """What became of a letter in a batch: its first page and its sheets (both sides)."""

    rank: int
    first_page: int
    pages: int
    sheets: int


@dataclass(frozen=True, slots=True)
class PrintedBatch:
    """What a provider made of letters: one PDF to print on both sides."""

    letters: tuple[PrintedLetter, ...]
    content: bytes = field(repr=False)


class PostalProvider(Protocol):
    """Who prints letters and posts them, or prepares what a person prints and posts."""

    name: str

    def batch(self, letters: Sequence[LetterToPrint], *, at: datetime) -> PrintedBatch:
        """One batch of letters, in order; the same letters at the same time, the same bytes."""


class Direction(StrEnum):
    """Whether the company was told of a status, or tells it."""

    IN = "in"
    OUT = "out"


class CompanyRole(StrEnum):
    """What the company is in a document: it sold, or bought."""

    SELLER = "seller"
    BUYER = "buyer"


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A life-cycle status to record, told by a platform or to be told.

    Attributes:
        document_ref: Number of the document (MDT-87).
        code: MDT-105.
        issuer: Who gives it.
        status_at: When it was given (MDT-78), aware.
        source: Where it comes from: id of the flow received, or the key of the fact to tell.
        sequence: Its rank in that source.
        company_role: What the company is in the document.
        document_type: BT-3; "" when not told.
        counterparty_siren: The other side of the document; "" when not told.
        counterparty_address: Its electronic address (BT-34, BT-49), for a status to tell.
        reasons: MDG-37.
        amounts: MDG-43.
        totals: What the document asks, VAT included, by rate; empty when it is not known here.
        public: It comes from Chorus Pro.
        file_id: The message itself, archived.
    """

    document_ref: str
    code: int
    issuer: Role
    status_at: datetime
    source: str
    sequence: int = 0
    company_role: CompanyRole = CompanyRole.SELLER
    document_type: str = ""
    document_date: date | None = None
    counterparty_siren: str = ""
    counterparty_address: str = ""
    reasons: tuple[Reason, ...] = ()
    amounts: tuple[Amount, ...] = ()
    totals: Mapping[Decimal, Decimal] = field(default_factory=dict)
    public: bool = False
    file_id: int | None = None

    @property
    def event(self) -> Event:
        """The status as the machine reads it."""
        return Event(
            self.code, self.issuer, self.status_at, self.reasons, self.amounts, self.public
        )


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """A status as other rooms see it.

    Attributes:
        status_id: Rises with what is recorded: the cursor of who reads.
        direction: ``in`` or ``out``.
        anomaly: Why it counts for nothing; "" when it does.
    """

    status_id: int
    direction: Direction
    company_role: CompanyRole
    document_ref: str
    counterparty_siren: str
    event: Event
    source: str
    sequence: int
    file_id: int | None
    anomaly: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason of a status, in words.

    Attributes:
        code: MDT-113.
        sentence: What is wrong, in French; "" for a code of no list.
        advice: What to do, in French.
        text: The words of who gave the status.
        action: What is asked for, in French; "" for nothing.
        action_text: The same in the words of who asks.
    """

    code: str
    sentence: str
    advice: str
    text: str
    action: str
    action_text: str


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """A status of a document, in words; ``status.anomaly`` says why it counts for nothing.

    Attributes:
        label: Of the standard, in French.
        label_en: The same in English.
        issuer: Who gave it, in French, with its article.
    """

    status: StatusFacts
    label: str
    label_en: str
    issuer: str
    reasons: tuple[ReasonWords, ...]


class FlowState(StrEnum):
    """Where a deposit on a platform stands.

    ``unknown``: it may have been deposited; it is looked for before anything else.
    ``deposited``: the platform has it and has not said what it thinks of it.
    """

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    UNKNOWN = "unknown"
    DEPOSITED = "deposited"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NewDeposit:
    """A file to deposit on the platform.

    Attributes:
        key: Names the deposit: one key, one deposit, whatever the number of calls. 1 to 80
            printable ASCII characters without space.
        subject: What it is about, as ``kind:id``.
        document_ref: Number of the document.
        file_id: The archived file.
        profile: ``None`` for what has none (CDAR, e-reporting).
    """

    key: str
    subject: str
    document_ref: str
    file_id: int
    syntax: FlowSyntax
    rule: ProcessingRule
    profile: FlowProfile | None = None


@dataclass(frozen=True, slots=True)
class DepositReport:
    """What a turn of deposits did.

    Attributes:
        deposited: Handed over, with the platform's number as proof.
        found: Of unknown outcome, and found on the platform.
        requeued: Of unknown outcome, and looked for in vain: to be handed over again.
        refused: Refused at once.
        unknown: Handed over, the answer lost; or left in flight by a process that is gone.
        delayed: For later: the platform does not answer, or not yet.
    """

    deposited: int = 0
    found: int = 0
    requeued: int = 0
    refused: int = 0
    unknown: int = 0
    delayed: int = 0


class ReceptionState(StrEnum):
    """What became of a document that came."""

    RECEIVED = "received"
    QUARANTINED = "quarantined"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class PollReport:
    """What a turn of polling did.

    Attributes:
        acknowledged: Deposits the platform has given its opinion of.
        received: Documents read and attached.
        quarantined: Documents kept aside, each with its reason.
        repeated: Documents that had come before.
        statuses: Statuses recorded.
        interrupted: Why the turn ended early, "" when it went through; the next one goes on.
    """

    acknowledged: int = 0
    received: int = 0
    quarantined: int = 0
    repeated: int = 0
    statuses: int = 0
    interrupted: str = ""
