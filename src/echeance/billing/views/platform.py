"""What the platforms said of a document, and what the company said to them, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext

from echeance.base.actor import Actor
from echeance.base.language import amount, is_french, number
from echeance.billing.models import Invoice
from echeance.core.lifecycle import CASHED, Event
from echeance.transmission import queries as transmission
from echeance.transmission.types import ReasonWords, TimelineStep

_TONES: Final = {205: "good", 206: "warn", 207: "warn", 208: "warn", 210: "bad", 211: "good",
                 212: "good", 213: "bad", 220: "bad", 221: "bad", 501: "bad"}  # fmt: skip
_ICONS: Final = {"good": "check", "warn": "alert-triangle", "bad": "x"}


@dataclass(frozen=True, slots=True)
class PlatformRow:
    """One status, as the page shows it.

    Attributes:
        details: Reasons with what to do, comments, amounts by rate; why it counts for nothing.
    """

    text: str
    tone: str
    icon: str
    at: datetime
    who: str
    details: list[str]


def platform_rows(actor: Actor, row: Invoice) -> list[PlatformRow]:
    """The life of an issued document on the platforms, latest first. One query."""
    if row.number is None:
        return []
    steps = transmission.timeline(actor=actor, document_ref=row.number)
    return [_row(step, row.currency) for step in reversed(steps)]


def _row(step: TimelineStep, currency: str) -> PlatformRow:
    event, anomaly = step.status.event, step.status.anomaly
    tone = "neutral" if anomaly else _TONES.get(event.code, "info")
    name = step.label if is_french() else step.label_en
    details = [text for reason in step.reasons for text in _reason(reason)]
    details += _amounts(event, currency)
    if anomaly:
        details.append(gettext("Sans effet : {reason}").format(reason=anomaly))
    return PlatformRow(
        text=f"{event.code} {name}",
        tone=tone,
        icon=_ICONS.get(tone, "point"),
        at=event.at,
        who=gettext(step.issuer),
        details=details,
    )


def _reason(reason: ReasonWords) -> list[str]:
    known = [gettext(text) for text in (reason.sentence, reason.advice) if text]
    found = [" ".join(known) or reason.code]
    if reason.text:
        found.append(gettext("« {text} »").format(text=reason.text))
    if reason.action:
        found.append(f"{gettext(reason.action)} {reason.action_text}".strip())
    return found


def _amounts(event: Event, currency: str) -> list[str]:
    found = []
    for one in event.amounts:
        if one.amount is None:
            continue
        told = amount(one.amount, currency)
        if one.rate is not None:
            rate = number(one.rate, 2)
            told = gettext("{amount} à {rate} % de TVA").format(amount=told, rate=rate)
        if event.code == CASHED and one.amount < 0:
            told = gettext("{amount} : encaissement repris").format(amount=told)
        found.append(told)
    return found
