"""French first: the French sentence is the msgid, and the doors translate what they show.

Errors and labels are born as plain French text and know nothing of languages. English comes from
the catalogue ``locale/en``; without a compiled catalogue everything stays French. Amounts, days
and counts follow the same language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from echeance.core.errors import EcheanceError
from echeance.core.money import NO_BREAK_SPACE, decimals, format_amount, format_number
from echeance.core.terms import parse_terms

_FRENCH_SIGNS = str.maketrans({"\u202f": ",", ",": "."})


def translated(error: EcheanceError) -> str:
    """The sentence of an error in the language of the moment, with its facts."""
    return gettext(error.message).format(**error.facts)


def choices_of(pairs: Iterable[tuple[object, str]]) -> Callable[[], list[tuple[object, str]]]:
    """Choices of a form field, each label in the language of the moment the form is made."""
    kept = list(pairs)
    return lambda: [(value, gettext(label)) for value, label in kept]


def is_french() -> bool:
    """Whether French is spoken at the moment."""
    return (get_language() or "fr").startswith("fr")


def is_singular(number: Decimal | int) -> bool:
    """French is singular below two, English for one only."""
    return -2 < number < 2 if is_french() else number == 1


def counted(one: str, many: str, number: int, **facts: object) -> str:
    """A sentence with ``{number}`` in it, singular or plural, in the language of the moment."""
    chosen = ngettext(one, many, 1 if is_singular(number) else 2)
    return chosen.format(number=number, **facts)


def number(value: Decimal | int, places: int = 0) -> str:
    """``1 234,50`` in French, ``1,234.50`` in English; rounded half up."""
    text = format_number(Decimal(value), places)
    return text if is_french() else text.translate(_FRENCH_SIGNS)


def amount(value: Decimal, currency: str = "EUR") -> str:
    """``1 234,50 €`` in French, ``1,234.50 €`` in English."""
    if is_french():
        return format_amount(value, currency)
    sign = format_amount(value, currency).rpartition(NO_BREAK_SPACE)[2]
    return f"{number(value, decimals(currency))}{NO_BREAK_SPACE}{sign}"


def before_sign() -> str:
    """What stands between a figure and ``%``: a space in French, nothing in English."""
    return NO_BREAK_SPACE if is_french() else ""


def day(value: date | datetime) -> str:
    """``24/11/2026`` in French, ``24 Nov 2026`` in English, in Europe/Paris."""
    local = _local(value)
    return local.strftime("%d/%m/%Y") if is_french() else date_format(local, "j M Y")


def long_day(value: date | datetime) -> str:
    """``mardi 24 novembre 2026``, ``Tuesday 24 November 2026``; the first is ``1er`` in French."""
    local = _local(value)
    in_month = "1er" if local.day == 1 and is_french() else str(local.day)
    return f"{date_format(local, 'l')} {in_month} {date_format(local, 'F Y')}"


def instant(value: datetime) -> str:
    """``24/11/2026 à 09:05`` in French, ``24 Nov 2026, 09:05`` in English, in Europe/Paris."""
    local = timezone.localtime(value)
    between = " à " if is_french() else ", "
    return f"{day(local)}{between}{local:%H:%M}"


def terms(text: str) -> str:
    """Payment terms in words, from their code: ``45 jours fin de mois``."""
    facts = parse_terms(text)
    return facts.label if is_french() else facts.english_label


def _local(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value
