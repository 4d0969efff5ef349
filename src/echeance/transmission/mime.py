"""The bytes of an e-mail, from its facts alone.

``email.policy.SMTP`` refuses a header with a line break, so nothing can be injected; every part
is 7-bit, so every relay takes it; boundaries come from the Message-ID, so the same facts give the
same bytes and the hash kept with a sent message can be proved again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from echeance.transmission.types import Attachment, MailFacts

_POLICY = SMTP.clone(cte_type="7bit")
_PARIS = ZoneInfo("Europe/Paris")


def build_mail(facts: MailFacts, attachments: Sequence[Attachment] = ()) -> bytes:
    """Write an e-mail (RFC 5322, MIME), lines ended by CRLF.

    File names are written in RFC 2231; ``Auto-Submitted`` (RFC 3834) keeps out-of-office robots
    silent.

    Raises:
        ValueError: A header would hold a line break.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = facts.message_id
    mail["Date"] = format_datetime(facts.date.astimezone(_PARIS))
    mail["From"] = Address(display_name=facts.sender_name, addr_spec=facts.sender)
    mail["To"] = [Address(addr_spec=address) for address in facts.to]
    if facts.cc:
        mail["Cc"] = [Address(addr_spec=address) for address in facts.cc]
    if facts.reply_to:
        mail["Reply-To"] = Address(addr_spec=facts.reply_to)
    mail["Subject"] = facts.subject_line
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(facts.body)
    if facts.html:
        mail.add_alternative(facts.html, subtype="html")
    for attachment in attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        mail.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype or "octet-stream",
            filename=attachment.filename,
        )
    for rank, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(_boundary(facts.message_id, rank))
    return mail.as_bytes()


def _boundary(message_id: str, rank: int) -> str:
    # A boundary holds "=_", which neither base64 nor quoted-printable can write.
    return f"=_{hashlib.sha256(f'{message_id} {rank}'.encode()).hexdigest()[:40]}"
