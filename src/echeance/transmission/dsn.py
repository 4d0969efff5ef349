"""Reading notices of non-delivery (RFC 3464 in a ``multipart/report``, RFC 6522).

A returned mail comes from outside: it is read within bounds, and believed only when it names a
Message-ID and an address this company has written to (the caller checks that).
"""

from __future__ import annotations

from email import message_from_bytes, message_from_string
from email.errors import MessageError
from email.message import Message

from echeance.transmission.types import Bounce, FailedRecipient

MAIL_BYTES_MAX = 10 * 1024 * 1024
# A notice has one report, the original may be a multipart in a multipart. The parser's time grows
# with the depth, so a mail that nests more is not read at all.
_BOUNDARIES_MAX = 10


def read_bounce(raw: bytes) -> Bounce | None:
    """The addresses a notice says have failed for good; ``None`` when it is no such notice.

    A delay, a success or an answer of a person is no failure.

    Args:
        raw: The mail as received, at most :data:`MAIL_BYTES_MAX`.
    """
    assert len(raw) <= MAIL_BYTES_MAX, "the caller bounds the size"
    if raw.lower().count(b"boundary=") > _BOUNDARIES_MAX:
        return None
    try:
        mail = message_from_bytes(raw)
    except MessageError:
        return None
    failed = tuple(
        recipient
        for part in mail.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
        if (recipient := _failed_recipient(block)) is not None
    )
    message_id = _original_message_id(mail)
    return Bounce(message_id, failed) if failed and message_id else None


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if part.is_multipart() else []


def _failed_recipient(block: Message) -> FailedRecipient | None:
    if str(block.get("Action", "")).strip().lower() != "failed":
        return None
    named = [_typed(block.get(field)) for field in ("Original-Recipient", "Final-Recipient")]
    return FailedRecipient(
        addresses=tuple(dict.fromkeys(name.strip("<>").lower() for name in named if name)),
        status=_words(block.get("Status")),
        diagnostic=_typed(block.get("Diagnostic-Code")),
    )


def _original_message_id(mail: Message) -> str:
    """Of the mail that is returned, else of the one the notice says it answers."""
    for part in mail.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            returned = payload[0]
        elif kind == "text/rfc822-headers" and isinstance(payload, str):
            returned = message_from_string(payload)
        else:
            continue
        if isinstance(returned, Message) and (found := _words(returned.get("Message-ID"))):
            return found
    return _words(mail.get("In-Reply-To"))


def _typed(value: object) -> str:
    """The value of a typed field: ``rfc822; a@b`` or ``smtp; 550 no``."""
    text = _words(value)
    return text.partition(";")[2].strip() if ";" in text else text


def _words(value: object) -> str:
    return " ".join(str(value or "").split())[:500]
