"""Values of a record as a person reads them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext

from echeance.base.language import amount, terms
from echeance.parties.forms import LANGUAGE_LABELS
from echeance.parties.models import Party

_CATEGORIES = {str(value): str(label) for value, label in Party.Category.choices}
_LANGUAGES = dict(LANGUAGE_LABELS)


def shown(name: str, value: object) -> str:
    """The value of a field of a party in words; empty when there is none."""
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, Decimal):
        return amount(value)
    text = "" if value is None else str(value)
    if name == "payment_terms" and text:
        return terms(text)
    label = {"category": _CATEGORIES, "language": _LANGUAGES}.get(name, {}).get(text)
    return gettext(label) if label else text
