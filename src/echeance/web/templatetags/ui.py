"""What every template needs: icons, money, dates, counts, typography, in the person's language.

``eur`` and ``money`` are the only filters that write an amount: they round half up, through
:mod:`echeance.base.language`.
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
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from echeance.base import language
from echeance.base import panels as registry
from echeance.core.money import NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE, ZERO

register = template.Library()

NOTHING = "—"
_HIGH_SIGN = re.compile(r"(?<=\S) (?=[?!;])")
_COLON = re.compile(r"(?<=\S) (?=[:»])|(?<=«) ")
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
    """``1 234,50 €``, in English ``1,234.50 €``; a dash when there is no amount."""
    return NOTHING if value is None else language.amount(value)


@register.filter
def eur0(value: Decimal | None) -> str:
    """``1 235 €``: whole euros, for key figures and charts only."""
    return NOTHING if value is None else f"{language.number(value)}{NO_BREAK_SPACE}€"


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    """An amount in the currency of its document."""
    return NOTHING if value is None else language.amount(value, currency)


@register.filter
def number(value: Decimal | int | None, places: int = 0) -> str:
    """``1 234``, or with ``places`` decimals."""
    return NOTHING if value is None else language.number(value, places)


@register.filter
def percent(value: Decimal | None) -> str:
    """``12,5 %``: a rate in percent, without useless zeros."""
    if value is None:
        return NOTHING
    exponent = value.normalize().as_tuple().exponent
    places = min(-exponent, 2) if isinstance(exponent, int) and exponent < 0 else 0
    return f"{language.number(value, places)}{language.before_sign()}%"


@register.filter
def count(value: int, words: str) -> str:
    """``{{ n|count:"facture,factures" }}``: the pair is one sentence of the catalogue."""
    singular, _, plural = gettext(words).partition(",")
    word = singular if language.is_singular(value) else plural or f"{singular}s"
    return f"{language.number(value)}{NO_BREAK_SPACE}{word}"


@register.filter
def translated(value: object) -> str:
    """The label of a choice or of a constant in the language of the moment.

    Like ``{% translate %}``, where no tag can stand.
    """
    text = str(value)
    return gettext(text) if text else ""


@register.filter(is_safe=True)
def spaced(value: object) -> str:
    """A French sentence whose high signs and quotes never stand alone at the end of a line."""
    text = _HIGH_SIGN.sub(NARROW_NO_BREAK_SPACE, str(value))
    return _COLON.sub(NO_BREAK_SPACE, text)


@register.filter
def date_fr(value: date | datetime | None) -> str:
    """``24/11/2026``, in English ``24 Nov 2026``, in Europe/Paris; a dash when there is none."""
    return NOTHING if value is None else language.day(value)


@register.filter
def date_long(value: date | datetime) -> str:
    """``mardi 24 novembre 2026``; the first of a month is ``1er``, in French."""
    return language.long_day(value)


@register.filter
def instant(value: datetime | None) -> str:
    """``24/11/2026 à 09:05``, in English ``24 Nov 2026, 09:05``, in Europe/Paris."""
    return NOTHING if value is None else language.instant(value)


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
            slots.append(Slot(gettext(panel.title), reverse(panel.url_name, args=arguments)))
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
