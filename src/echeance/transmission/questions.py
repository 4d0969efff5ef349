"""What a person is asked about a message, with what they need to answer."""

from __future__ import annotations

from collections.abc import Mapping

from echeance.base.types import Answer, WorkItemFacts
from echeance.transmission import rules
from echeance.transmission.models import Message
from echeance.transmission.types import Refused

RELAY_KEY = "transmission.relay"


def unknown_key(message: Message) -> str:
    """The matter of an unknown outcome."""
    return f"transmission.unknown:{message.pk}"


def returned_key(message: Message) -> str:
    """The matter of a message refused or returned, wholly or for some addresses."""
    return f"transmission.returned:{message.pk}"


def unknown(message: Message, reason: str) -> WorkItemFacts:
    """Did it leave? Only a person can tell; the Message-ID is what the mail server knows it by."""
    return WorkItemFacts(
        key=unknown_key(message),
        kind="transmission.unknown",
        subject=message.subject,
        title=f"« {message.subject_line} » est-il parti à {_to(message)} ? "
        "La connexion a été perdue pendant la remise ; il ne sera pas renvoyé sans votre réponse.",
        evidence={
            **_evidence(message),
            "reason": reason,
            "advice": "Cherchez ce Message-ID dans le journal du serveur d'envoi, "
            "ou demandez au client s'il a reçu le courriel.",
        },
        answers=(
            Answer("sent", "Il est parti", "irreversible"),
            Answer("not_sent", "Il n'est pas parti : le préparer de nouveau"),
        ),
    )


def refused(message: Message, outcome: Refused) -> WorkItemFacts:
    """The server said no to the whole message, or the archive has no longer what goes with it."""
    told_by_us = outcome.permanent and not outcome.code
    advice = outcome.response if told_by_us else rules.advice(outcome.code)
    return WorkItemFacts(
        key=returned_key(message),
        kind="transmission.refused",
        subject=message.subject,
        title=f"« {message.subject_line} » a été refusé pour {_to(message)}. {advice}",
        evidence={**_evidence(message), "response": outcome.response},
        answers=_RETURNED_ANSWERS,
    )


def partly_refused(message: Message, recipients: Mapping[str, str]) -> WorkItemFacts:
    """The message left, but not for every address."""
    code = int(min(recipients.values())[:3])
    return WorkItemFacts(
        key=returned_key(message),
        kind="transmission.refused",
        subject=message.subject,
        title=f"« {message.subject_line} » est parti, mais pas pour {', '.join(recipients)}. "
        f"{rules.advice(code)}",
        evidence={**_evidence(message), "recipients": dict(recipients)},
        answers=(Answer("done", "C'est réglé"),),
    )


def bounced(message: Message, recipients: Mapping[str, str]) -> WorkItemFacts:
    """The server took it, then could not deliver it."""
    return WorkItemFacts(
        key=returned_key(message),
        kind="transmission.bounced",
        subject=message.subject,
        title=f"« {message.subject_line} » n'a pas été remis à {', '.join(recipients)}. "
        "Corrigez l'adresse du contact, puis préparez-le de nouveau.",
        evidence={**_evidence(message), "recipients": dict(recipients)},
        answers=_RETURNED_ANSWERS,
    )


def channel(name: str, reason: str) -> WorkItemFacts:
    """Messages of a channel wait for a provider that is not there."""
    return WorkItemFacts(
        key=f"transmission.channel:{name}",
        kind="transmission.channel",
        subject="outbox",
        title=f"Des envois attendent un prestataire. {reason}",
        evidence={"channel": name},
        answers=(Answer("done", "C'est réglé"),),
    )


def relay(reason: str) -> WorkItemFacts:
    """Nothing leaves at all."""
    return WorkItemFacts(
        key=RELAY_KEY,
        kind=RELAY_KEY,
        subject="outbox",
        title="Le serveur d'envoi ne répond pas ou nous refuse : aucun message ne part. "
        "Vérifiez sa configuration (ECHEANCE_SMTP_…) ; les messages partiront à son retour.",
        evidence={"response": reason},
        answers=(Answer("done", "C'est réglé"),),
    )


_RETURNED_ANSWERS = (
    Answer("hold_again", "Le préparer de nouveau"),
    Answer("give_up", "Ne pas l'envoyer"),
)


def _to(message: Message) -> str:
    return ", ".join(message.recipients)


def _evidence(message: Message) -> dict[str, object]:
    return {
        "message": message.pk,
        "message_id": message.message_id,
        "to": list(message.recipients),
        "subject_line": message.subject_line,
        "in_flight_at": message.in_flight_at.isoformat() if message.in_flight_at else "",
    }
