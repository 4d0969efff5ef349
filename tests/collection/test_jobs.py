"""Background work of every night, on the companies there are."""

from __future__ import annotations

from datetime import date

import pytest
from tests.collection.conftest import TODAY, at

from echeance.base import queries as base
from echeance.collection import jobs
from echeance.collection.models import PayerProfile

pytestmark = pytest.mark.django_db


def test_rates_still_to_confirm_after_sixty_days_are_asked_for_once(world):
    with at(TODAY):
        first, second = jobs.check_rates.func(), jobs.check_rates.func()
        questions = list(base.work_items(actor=world.actor, on=TODAY, kind="collection.rates"))

    assert (first, second) == ({"asked": 1}, {"asked": 0})
    assert "à confirmer" in questions[0].title


def test_payers_are_reckoned_for_each_company(world):
    party = world.customer("Nord")
    [item] = world.invoice(party, "N-1", ("100.00", date(2026, 3, 1)))
    world.pays(party, item, "100.00", date(2026, 3, 11))

    with at(TODAY):
        assert jobs.reckon_payers.func() == {"profiles": 1, "predictions": 0}

    assert PayerProfile.objects.get().median_days_late == 10
