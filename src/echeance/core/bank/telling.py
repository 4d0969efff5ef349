"""What a statement says, as plain facts for JSON: amounts are texts, dates ISO, blanks left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from echeance.core.bank.model import EntryDetail


def detail_facts(detail: EntryDetail) -> dict[str, Any]:
    """Everything a detail says, under the names of :class:`EntryDetail`.

    >>> detail_facts(EntryDetail(amount=Decimal("12.30"), payer_name="DUPONT SA"))
    {'amount': '12.30', 'payer_name': 'DUPONT SA'}
    """
    told = _plain(detail)
    assert isinstance(told, dict), "a dataclass is told as a mapping"
    return told


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        told: Mapping[str, object] = {
            field.name: _plain(getattr(value, field.name)) for field in fields(value)
        }
        return {name: one for name, one in told.items() if one not in (None, "", [])}
    return value
