"""Series of numbers: created, named, chosen as the usual one of their kind, closed.

Source: BOI-TVA-DECLA-30-20-20-10, § 70 and following (separate series where the activity asks for
them, each unbroken); CGI 289 I-2 (one a supplier for what is billed in its name).
"""

from __future__ import annotations

import re

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.billing.errors import NoSeriesError, SeriesInvalidError
from echeance.billing.events import SeriesChanged, SeriesCreated
from echeance.billing.models import BillingRule, Invoice, InvoiceSeries
from echeance.billing.rules import numbering
from echeance.billing.types import (
    CORRECTIVE,
    GLOBAL_CREDIT,
    SELF_BILLED,
    SELF_BILLED_CREDIT,
    SELF_BILLED_KINDS,
)
from echeance.parties import queries as parties

FIRST_PREFIXES = {
    CORRECTIVE: "FR",
    SELF_BILLED: "AF",
    SELF_BILLED_CREDIT: "AA",
    GLOBAL_CREDIT: "RG",
}
"""Prefix of the first series of each kind that set-up does not make."""

_LONGEST_PREFIX = 12


@transaction.atomic
def create_series(
    *,
    actor: Actor,
    kind: str,
    prefix: str,
    digits: int = 6,
    label: str = "",
    supplier_id: int | None = None,
    is_default: bool = False,
) -> InvoiceSeries:
    """Create a series of a kind of document; the first one of its kind is the usual one.

    Args:
        actor: Who creates.
        kind: BT-3 of what it numbers.
        prefix: What its numbers begin with, before the year.
        digits: Of the rank, 3 to 10.
        label: What it is for, in words.
        supplier_id: For a self-billing series, the supplier it belongs to.
        is_default: It becomes the usual one of its kind.

    Raises:
        SeriesInvalidError: The prefix is malformed or taken, the kind is unknown, or a
            self-billing series names no supplier.
    """
    actor.require(Right.EDIT_COMPANY)
    # Two creations at once would both see a free prefix.
    Company.objects.select_for_update().get(pk=actor.company.pk)
    mine = InvoiceSeries.objects.filter(company=actor.company)
    problem = numbering.prefix_problem(prefix)
    if not problem and mine.filter(prefix=prefix).exists():
        problem = "une autre série l'utilise"
    if not problem and kind not in InvoiceSeries.SeriesKind.values:
        problem = f"le genre de document « {kind} » n'existe pas"
    if not problem and not 3 <= digits <= 10:
        problem = "le numéro a entre 3 et 10 chiffres"
    if not problem and (kind in SELF_BILLED_KINDS) != (supplier_id is not None):
        problem = "une série d'autofacturation, et elle seule, appartient à un fournisseur"
    if problem:
        raise SeriesInvalidError(prefix, problem)
    usual = mine.filter(kind=kind, supplier=supplier_id, is_default=True, closed_at__isnull=True)
    if is_default:
        usual.update(is_default=False)
    series = InvoiceSeries.objects.create(
        company=actor.company,
        kind=kind,
        prefix=prefix,
        digits=digits,
        label=label[:80],
        supplier_id=supplier_id,
        is_default=is_default or not usual.exists(),
        created_at=clock.now(),
    )
    journal.record(SeriesCreated(series.pk, prefix, kind), actor=actor)
    return series


def first_series(actor: Actor, *, kind: str, supplier_id: int | None = None) -> InvoiceSeries:
    """The first series of a kind, made when the first document of that kind is issued.

    A company set up before the kind existed has none yet. A self-billing series belongs to its
    supplier and carries its code.

    Raises:
        NoSeriesError: Billing was not set up.
    """
    Company.objects.select_for_update().get(pk=actor.company.pk)
    mine = InvoiceSeries.objects.filter(company=actor.company)
    prefix = FIRST_PREFIXES.get(kind, "")
    if not prefix or not mine.exists():
        raise NoSeriesError
    if supplier_id is not None:
        prefix += re.sub(
            r"[^A-Za-z0-9]", "", parties.party_for(actor=actor, party_id=supplier_id).code
        )
        prefix = prefix[:12]
    taken = set(mine.values_list("prefix", flat=True))
    rank, first = 1, prefix
    while prefix in taken:
        rank += 1
        prefix = f"{first[: 12 - len(str(rank))]}{rank}"
    series = InvoiceSeries.objects.create(
        company=actor.company,
        kind=kind,
        prefix=prefix,
        supplier_id=supplier_id,
        created_at=clock.now(),
    )
    journal.record(SeriesCreated(series.pk, prefix, kind), actor=actor)
    return series


@transaction.atomic
def choose_series(*, actor: Actor, series_id: int) -> InvoiceSeries:
    """Make a series the usual one of its kind; drafts that name another keep theirs.

    Raises:
        NotFoundError: Not an open series of this company.
    """
    actor.require(Right.EDIT_COMPANY)
    series = _lock(actor, series_id)
    InvoiceSeries.objects.filter(
        company=actor.company, kind=series.kind, supplier=series.supplier_id, is_default=True
    ).update(is_default=False)
    series.is_default = True
    series.save(update_fields=["is_default"])
    journal.record(SeriesChanged(series.pk, series.prefix, "usual"), actor=actor)
    return series


@transaction.atomic
def close_series(*, actor: Actor, series_id: int) -> int:
    """Close a series: it numbers nothing more, its numbers stay as they are.

    Drafts and customers that named it go back to the usual series of its kind.

    Returns:
        How many drafts went back.

    Raises:
        NotFoundError: Not an open series of this company.
        SeriesInvalidError: It is the usual one of its kind.
    """
    actor.require(Right.EDIT_COMPANY)
    series = _lock(actor, series_id)
    if series.is_default:
        raise SeriesInvalidError(
            series.prefix, "c'est la série habituelle, choisissez-en d'abord une autre"
        )
    series.closed_at = clock.now()
    series.save(update_fields=["closed_at"])
    BillingRule.objects.filter(company=actor.company, series=series).update(series=None)
    count = Invoice.objects.filter(
        company=actor.company, series=series, status=Invoice.Status.DRAFT
    ).update(series=None)
    journal.record(SeriesChanged(series.pk, series.prefix, "closed"), actor=actor)
    return count


def _lock(actor: Actor, series_id: int) -> InvoiceSeries:
    Company.objects.select_for_update().get(pk=actor.company.pk)
    series = (
        InvoiceSeries.objects.select_for_update()
        .filter(company=actor.company, pk=series_id, closed_at__isnull=True)
        .first()
    )
    if series is None:
        raise NotFoundError(what=f"série n° {series_id}")
    return series
