"""Announcements of the BODACC about collective proceedings, as its open data gives them.

One record names who it is about (``registre``), when it appeared (``dateparution``), the court
(``tribunal``) and, as a JSON text, the judgment (``jugement``). Nothing of a record is trusted: a
field of another type or of another length is as if absent.
Source: C. com. R621-8 (what is published); the published description of the data set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from echeance.core.words import clean_line

FAMILY = "collective"
_TEXT_MAX = 2000
_MONTHS = {
    name: rank
    for rank, name in enumerate(
        ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
         "octobre", "novembre", "décembre"),
        1,
    )
}  # fmt: skip
_WRITTEN = re.compile(r"(\d{1,2})(?:er)? (\w+) (\d{4})")
_SIREN = re.compile(r"\d{9}")
_INTO = re.compile(r"\ben (?:procédure de )?(sauvegarde|redressement|liquidation)")


class NoticeKind(StrEnum):
    """What an announcement tells."""

    OPENING = "opening"
    CONVERSION = "conversion"
    PLAN = "plan"
    CLOSING = "closing"
    OTHER = "other"


NOTICE_LABELS = {
    NoticeKind.OPENING: "ouverture",
    NoticeKind.CONVERSION: "conversion",
    NoticeKind.PLAN: "plan",
    NoticeKind.CLOSING: "clôture",
    NoticeKind.OTHER: "autre annonce",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement.

    Attributes:
        reference: Of the BODACC, unique.
        sirens: Firms it names.
        proceedings: ``safeguard``, ``receivership``, ``liquidation``; empty when it is not said.
        judgment_on: Day of the judgment, if it is readable.
        nature: What it says it is, in its own words.
        details: The operative part: representative, time given.
        withdrawn: It corrects or cancels an earlier one: a person reads it.
    """

    reference: str
    sirens: tuple[str, ...]
    published_on: date
    kind: NoticeKind
    proceedings: str
    judgment_on: date | None
    court: str
    debtor: str
    nature: str
    details: str = ""
    withdrawn: bool = False


def read_notice(record: Mapping[str, Any]) -> Notice | None:
    """The announcement of a record; none when it is not about collective proceedings or unreadable.

    >>> read_notice({"familleavis": "vente"}) is None
    True
    """
    reference = _text(record.get("id"), 60)
    published_on = read_day(record.get("dateparution"))
    sirens = _sirens(record.get("registre"))
    if record.get("familleavis") != FAMILY or not reference or not published_on or not sirens:
        return None
    judgment = _object(record.get("jugement"))
    nature = _text(judgment.get("nature"), 200) or _text(judgment.get("famille"), 200)
    return Notice(
        reference=reference,
        sirens=sirens,
        published_on=published_on,
        kind=_kind(_text(judgment.get("famille"), 200), nature),
        proceedings=_proceedings(nature),
        judgment_on=read_day(judgment.get("date")),
        court=_text(record.get("tribunal"), 200),
        debtor=_text(record.get("commercant"), 200),
        nature=nature,
        details=_text(judgment.get("complementJugement"), _TEXT_MAX),
        withdrawn=_text(record.get("typeavis"), 40) not in {"", "annonce", "initial"},
    )


def read_day(value: object) -> date | None:
    """A day written ``2026-10-14`` or ``14 octobre 2026``.

    >>> read_day("1er octobre 2026"), read_day("hier")
    (datetime.date(2026, 10, 1), None)
    """
    text = _text(value, 40)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    found = _WRITTEN.fullmatch(text.lower())
    month = _MONTHS.get(found[2]) if found else None
    if found is None or month is None:
        return None
    try:
        return date(int(found[3]), month, int(found[1]))
    except ValueError:
        return None


def _kind(family: str, nature: str) -> NoticeKind:
    """By the words of the judgment: a conversion also opens, so it is looked for first."""
    said = f"{family} {nature}".lower()
    if "conversion" in said or "convertissant" in said:
        return NoticeKind.CONVERSION
    if "clôture" in said or "fin de la procédure" in said or "mettant fin" in said:
        return NoticeKind.CLOSING
    if "plan" in said:
        return NoticeKind.PLAN
    if "ouverture" in said or "ouvrant" in said:
        return NoticeKind.OPENING
    # Once a liquidation is pronounced after a period of observation, the words vary.
    if "liquidation judiciaire" in said and "prononçant" in said:
        return NoticeKind.CONVERSION
    return NoticeKind.OTHER


def _proceedings(nature: str) -> str:
    said = nature.lower()
    into = _INTO.search(said)
    if into:
        said = into[1]
    # A conversion names what it came from first: what comes last is what runs now.
    places = {
        kind: said.rfind(word)
        for kind, word in (
            ("safeguard", "sauvegarde"),
            ("receivership", "redressement"),
            ("liquidation", "liquidation"),
        )
    }
    last = max(places, key=lambda kind: places[kind])
    return last if places[last] >= 0 else ""


def _sirens(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else [value]
    found = (re.sub(r"\s", "", one)[:9] for one in parts[:20] if isinstance(one, str))
    return tuple(dict.fromkeys(one for one in found if _SIREN.fullmatch(one)))


def _object(value: object) -> Mapping[str, Any]:
    """A judgment comes as a JSON text, or as the object itself."""
    if isinstance(value, str) and len(value) <= 20_000:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _text(value: object, most: int) -> str:
    if not isinstance(value, str):
        return ""
    return clean_line(value[: 4 * most])[:most]
