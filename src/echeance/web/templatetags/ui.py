"""What every template needs: icons, money, dates, counts, French typography.

``eur`` and ``money`` are the only filters that write an amount: they round half up and use the
narrow no-break space, through :mod:`echeance.core.money`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from echeance.base import panels as registry
from echeance.core.money import (
    NARROW_NO_BREAK_SPACE,
    NO_BREAK_SPACE,
    ZERO,
    format_amount,
    format_number,
)

register = template.Library()

NOTHING = "—"
_ICON_NAME = re.compile(r"[a-z0-9-]+")
_SVG_ATTRIBUTES = re.compile(r'\s(?:class|width|height|stroke-width)="[^"]*"')


@lru_cache(maxsize=256)
def _svg(name: str) -> str:
    assert _ICON_NAME.fullmatch(name), f"not an icon name: {name!r}"
    file = Path(settings.NODE_MODULES, "@tabler/icons/icons/outline", f"{name}.svg")
    opening, _, shapes = " ".join(file.read_text(encoding="utf-8").split()).partition(">")
    attributes = _SVG_ATTRIBUTES.sub("", opening.removeprefix("<svg"))
    # The first shape is the invisible frame that the icons are drawn in.
    shapes = shapes.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    return f'<svg class="icon" aria-hidden="true" focusable="false"{attributes}>{shapes}'


@register.simple_tag
def icon(name: str) -> SafeString:
    """One Tabler icon, inlined: no request, and it takes the colour of its text."""
    return mark_safe(_svg(name))  # noqa: S308  our own pinned file, its name is checked


@register.filter
def eur(value: Decimal | None) -> str:
    """``1 234,50 €``; a dash when there is no amount."""
    return NOTHING if value is None else format_amount(value)


@register.filter
def eur0(value: Decimal | None) -> str:
    """``1 235 €``: whole euros, for key figures and charts only."""
    return NOTHING if value is None else f"{format_number(value, 0)}{NO_BREAK_SPACE}€"


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    """An amount in the currency of its document."""
    return NOTHING if value is None else format_amount(value, currency)


@register.filter
def number(value: Decimal | int | None, places: int = 0) -> str:
    """``1 234``, or with ``places`` decimals."""
    return NOTHING if value is None else format_number(Decimal(value), places)


@register.filter
def percent(value: Decimal | None) -> str:
    """``12,5 %``: a rate in percent, without useless zeros."""
    if value is None:
        return NOTHING
    exponent = value.normalize().as_tuple().exponent
    places = min(-exponent, 2) if isinstance(exponent, int) and exponent < 0 else 0
    return f"{format_number(value, places)}{NO_BREAK_SPACE}%"


@register.filter
def count(value: int, words: str) -> str:
    """``{{ n|count:"facture,factures" }}``: French is singular up to and below two."""
    singular, _, plural = words.partition(",")
    word = singular if abs(value) < 2 else plural or f"{singular}s"
    return f"{format_number(Decimal(value), 0)}{NO_BREAK_SPACE}{word}"


def _day(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value


@register.filter
def date_fr(value: date | datetime | None) -> str:
    """``24/11/2026``, in Europe/Paris; a dash when there is none."""
    return NOTHING if value is None else _day(value).strftime("%d/%m/%Y")


@register.filter
def date_long(value: date | datetime) -> str:
    """``mardi 24 novembre 2026``; the first of a month is ``1er``."""
    day = _day(value)
    number_in_month = "1er" if day.day == 1 else str(day.day)
    return f"{date_format(day, 'l')} {number_in_month} {date_format(day, 'F Y')}"


@register.filter
def instant(value: datetime | None) -> str:
    """``24/11/2026 à 09:05``, in Europe/Paris."""
    return NOTHING if value is None else timezone.localtime(value).strftime("%d/%m/%Y à %H:%M")


@register.filter
def siren(value: str) -> str:
    """A SIREN or SIRET by threes: ``552 100 554``, ``552 100 554 00013``."""
    parts = [value[:3], value[3:6], value[6:9], value[9:]]
    return NARROW_NO_BREAK_SPACE.join(part for part in parts if part)


@register.filter
def iban(value: str) -> str:
    """An IBAN by fours."""
    return NARROW_NO_BREAK_SPACE.join(re.findall(".{1,4}", value))


@register.filter
def initials(value: str) -> str:
    """``CM`` for ``Claire Morvan``: at most two letters."""
    words = [word for word in re.split(r"[\s'’-]+", value) if word[:1].isalnum()]
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the page that a fragment of another room fills."""

    title: str
    url: str


@register.simple_tag
def panels(screen: str, *arguments: object) -> list[Slot]:
    """Slots of a screen, in order; a panel whose address does not exist is left out."""
    slots = []
    for panel in registry.of(screen):
        try:
            slots.append(Slot(panel.title, reverse(panel.url_name, args=arguments)))
        except NoReverseMatch:
            continue
    return slots


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in percent of the tallest: ``top + height == 100``."""

    bucket: Mapping[str, object]
    height: int
    top: int


@register.filter
def bars(buckets: Sequence[Mapping[str, object]]) -> list[Bar]:
    """Heights of the buckets of a chart by their ``amount``; any debt at all shows one percent."""
    amounts = [max(Decimal(str(bucket["amount"])), ZERO) for bucket in buckets]
    tallest = max(amounts, default=ZERO) or Decimal(1)
    heights = [int(amount * 100 / tallest) or bool(amount) for amount in amounts]
    return [Bar(bucket, int(h), 100 - int(h)) for bucket, h in zip(buckets, heights, strict=True)]


@register.filter
def tone_of_delay(days: int) -> str:
    """How late feels: nothing, ``warn`` up to 30 days, ``bad`` beyond."""
    if days <= 0:
        return "neutral"
    return "warn" if days <= 30 else "bad"


@register.simple_tag
def key(label: str) -> SafeString:
    """One key of the keyboard."""
    return format_html("<kbd>{}</kbd>", label)
