"""What may be written to whom, when to try again, and how a refusal is said in French."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from echeance.core.short_messages import PARTS_MAX, parts, phone_number, plain_text
from echeance.transmission.types import Bounce, NewMessage

RELEASE_LASTS = timedelta(minutes=10)
"""A release that has not left by then must be checked again (docs: settled point 15)."""

FLIGHT_LASTS = timedelta(minutes=10)
"""Longer than any SMTP conversation: past it, the sender of a message in flight is gone."""

ATTEMPTS_MAX = 5
RECIPIENTS_MAX = 50

# The useful part of RFC 5322 and RFC 1035: what every relay takes without SMTPUTF8.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]",
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def is_address(text: str) -> bool:
    r"""Whether mail can be sent to this address as it stands.

    Lengths are those of RFC 5321, 4.5.3.1: 64 before the ``@``, 254 in all.

    >>> is_address("compta@client.example"), is_address("compta@client.example\nBcc: x@y.example")
    (True, False)
    """
    local, _, _ = text.rpartition("@")
    return len(text) <= 254 and len(local) <= 64 and _ADDRESS.fullmatch(text) is not None


def problems_of(message: NewMessage) -> Iterator[str]:
    """Every reason why a message cannot be written, as French clauses."""
    addresses = [*message.to, *message.cc]
    if not message.to:
        yield f"« {message.subject_line} » n'a pas de destinataire"
    if len(addresses) > RECIPIENTS_MAX:
        yield f"« {message.subject_line} » a plus de {RECIPIENTS_MAX} destinataires"
    if message.channel == "sms":
        yield from _sms_problems(message)
        addresses = []
    if message.channel == "lre" and (len(message.to) != 1 or len(message.file_ids) != 1):
        yield f"« {message.subject_line} » n'a pas un destinataire et un fichier, un de chaque"
    for address in [*addresses, *filter(None, [message.reply_to])]:
        if not is_address(address):
            yield f"« {_CONTROL.sub(' ', address)} » n'est pas une adresse de courriel"
    if not message.subject_line.strip() or len(message.subject_line) > 200:
        yield f"le sujet de « {message.key} » est vide ou dépasse 200 caractères"
    if _CONTROL.search(message.subject_line):
        yield f"le sujet de « {message.key} » contient un retour à la ligne"


def _sms_problems(message: NewMessage) -> Iterator[str]:
    for number in message.to:
        if phone_number(number) != number:
            yield f"« {_CONTROL.sub(' ', number)} » n'est pas un numéro de téléphone"
    if len(message.to) > 1:
        yield f"« {message.subject_line} » part à un seul numéro"
    if not message.body.strip() or parts(plain_text(message.body)) > PARTS_MAX:
        yield f"le texte de « {message.subject_line} » est vide ou dépasse {PARTS_MAX} SMS"


def failed_addresses(recipients: Sequence[str], bounce: Bounce) -> dict[str, str]:
    """Which recipients of a message its notice says have failed, and why.

    A notice may name only the address the mail was forwarded to: with one recipient it is his.
    """
    failed: dict[str, str] = {}
    for report in bounce.failed:
        named = [address for address in recipients if address.lower() in report.addresses]
        reason = f"{report.status} {report.diagnostic}".strip()
        alone = list(recipients) if len(recipients) == 1 else []
        failed |= dict.fromkeys(named or alone, reason)
    return failed


def retry_wait(attempts: int) -> timedelta:
    """How long to wait after the n-th temporary refusal: one minute, doubled each time.

    >>> [retry_wait(attempts).seconds for attempts in (1, 2, 3)]
    [60, 120, 240]
    """
    return timedelta(minutes=2 ** (attempts - 1))


def advice(code: int) -> str:
    """What a refusal means and what to do, in French, from its SMTP code (RFC 5321, 4.2).

    >>> advice(552)
    'La boîte est pleine ou le message est trop lourd : allégez-le ou prévenez le client.'
    """
    if code in {550, 551, 553, 511}:
        return "L'adresse n'existe pas ou refuse ce courriel : corrigez le contact du client."
    if code in {452, 552}:
        return (
            "La boîte est pleine ou le message est trop lourd : allégez-le ou prévenez le client."
        )
    if code in {530, 534, 535, 538}:
        return "Le serveur d'envoi refuse l'identification : corrigez son nom et son mot de passe."
    if code == 554:
        return "Le serveur refuse le message (politique ou filtrage) : appelez le client."
    if code < 500:
        return "Le serveur n'a pas voulu du message pour l'instant : préparez-le de nouveau."
    return "Le serveur refuse le message : lisez sa réponse et corrigez le contact du client."


LOOKS_MAX = 3
"""Searches in vain, after which a deposit of unknown outcome is taken not to have happened."""

LOSSES_MAX = 3
"""Lost answers, after which a person is asked instead of handing the deposit over again."""

SEARCH_LASTS = timedelta(days=1)
"""Past it, a person is asked about a deposit that the platform cannot be asked about."""

_LATER_MAX = timedelta(hours=1)
_KEY = re.compile(r"[\x21-\x7e]{1,80}")


def tracking_id(siren: str, key: str) -> str | None:
    """The tracking id of a deposit: of the company and its key; ``None`` for a key out of bounds.

    >>> tracking_id("552100554", "invoice:FA-2026-000042")
    '552100554.invoice:FA-2026-000042'
    >>> tracking_id("552100554", "deux mots") is None
    True
    """
    return f"{siren}.{key}" if _KEY.fullmatch(key) else None


def look_wait(looks: int) -> timedelta:
    """How long to wait before looking for a deposit again: a platform may show it late.

    Two, four and eight minutes: fourteen in all before it is handed over again.

    >>> [look_wait(looks).seconds // 60 for looks in (0, 1, 2)]
    [2, 4, 8]
    """
    return timedelta(minutes=2 ** (looks + 1))


def deposit_wait(attempts: int) -> timedelta:
    """How long to leave a platform in peace that has not answered, an hour at most.

    >>> [deposit_wait(attempts).seconds // 60 for attempts in (1, 4, 30)]
    [1, 8, 60]
    """
    return min(retry_wait(min(attempts, 10)), _LATER_MAX)
