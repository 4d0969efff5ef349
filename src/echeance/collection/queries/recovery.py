"""Steps beyond reminders: what runs, for which items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from echeance.base.rights import Right
from echeance.collection.models import RecoveryItem, RecoveryStep
from echeance.collection.types import RECOVERY_LABELS, RecoveryKind
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from echeance.base.actor import Actor

HANDED_OVER = (
    RecoveryKind.AGENCY,
    RecoveryKind.BAILIFF,
    RecoveryKind.PAYMENT_ORDER,
    RecoveryKind.COURT,
)
"""Steps in which somebody else, or a court, claims: the items leave the reminders."""


def handed_over_items(*, actor: Actor) -> dict[int, str]:
    """Items an agency, a bailiff or a court has in hand now, each with a French sentence.

    One query.
    """
    actor.require(Right.READ)
    rows = (
        RecoveryItem.objects.filter(
            company=actor.company, step__ended_at=None, step__kind__in=HANDED_OVER
        )
        .order_by("pk")
        .values_list("open_item", "step__kind", "step__on", "step__counterpart")
    )
    return {item_id: _sentence(kind, on, who) for item_id, kind, on, who in rows}


def _sentence(kind: str, on: object, counterpart: str) -> str:
    label = RECOVERY_LABELS[RecoveryKind(kind)]
    to = f" ({counterpart})" if counterpart else ""
    return f"{label[0].upper()}{label[1:]}{to}, depuis le {on:%d/%m/%Y} : plus de relance."


def recovery_steps(
    *, actor: Actor, party_ids: Collection[int] | None = None, running_only: bool = False
) -> QuerySet[RecoveryStep]:
    """Steps of some customers and of those merged with them, latest first, items read ahead.

    Two queries.
    """
    actor.require(Right.READ)
    rows = RecoveryStep.objects.filter(company=actor.company)
    if party_ids is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    if running_only:
        rows = rows.filter(ended_at=None)
    return (
        rows.select_related("party", "file", "word_file")
        .prefetch_related("items__open_item")
        .order_by("-on", "-pk")
    )
