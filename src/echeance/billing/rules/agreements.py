"""What may be agreed with a customer on its billing."""

from __future__ import annotations

from typing import Final

from echeance.billing.rules.grouping import (
    AT_ONCE,
    BY_DELIVERY,
    BY_ORDER,
    EACH_MONTH,
    MONTHLY,
    WEEKLY,
)
from echeance.billing.rules.pricing import HUNDRED
from echeance.billing.types import BillingRuleFacts
from echeance.core.money import ZERO

WEEKDAYS: Final = 7
MONTH_DAYS: Final = 31


def problem_of(facts: BillingRuleFacts) -> str:
    """What is wrong in a rule, as a French clause; empty when it can stand.

    >>> problem_of(BillingRuleFacts(calendar="weekly", calendar_day=8))
    "le jour de la semaine va de 1 (lundi) à 7"
    """
    if facts.grouping not in {BY_ORDER, BY_DELIVERY, MONTHLY}:
        return "le regroupement est « order », « delivery » ou « monthly »"
    if facts.calendar not in {AT_ONCE, WEEKLY, EACH_MONTH}:
        return "le calendrier est « at_once », « weekly » ou « monthly »"
    if facts.calendar == WEEKLY and not 1 <= facts.calendar_day <= WEEKDAYS:
        return "le jour de la semaine va de 1 (lundi) à 7"
    if facts.calendar == EACH_MONTH and not 0 <= facts.calendar_day <= MONTH_DAYS:
        return "le jour du mois va de 1 à 31, ou 0 pour le dernier"
    if not ZERO <= facts.discount_percent < HUNDRED:
        return "la remise est comprise entre 0 et 100 %"
    return ""
