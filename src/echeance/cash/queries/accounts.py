"""Accounts of the company and their statements."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max

from echeance.cash.models import BankAccount, Statement

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def bank_accounts(*, actor: Actor) -> QuerySet[BankAccount]:
    """Accounts of the company, by name. One query."""
    return BankAccount.objects.filter(company=actor.company).order_by("name", "pk")


def statements(*, actor: Actor) -> QuerySet[Statement]:
    """Statements, latest first, their account joined. One query."""
    return (
        Statement.objects.filter(company=actor.company)
        .select_related("bank_account", "file")
        .order_by("-closing_date", "-pk")
    )


def last_booking_date(*, actor: Actor) -> date | None:
    """Closing date of the latest statement of the account that is the most behind.

    The gate of the reminders reads it: the picture is as old as the oldest account. One query.
    """
    dates = (
        Statement.objects.filter(company=actor.company)
        .values("bank_account")
        .annotate(last=Max("closing_date"))
        .values_list("last", flat=True)
    )
    return min((day for day in dates if day), default=None)
