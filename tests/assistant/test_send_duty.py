"""What the day sends: each document by its way, what failed by the second one, told with why."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from billing.conftest import issued, lefevre, line, ready  # noqa: F401  fixtures
from billing.test_seal_invoices import VALID, Judge
from echeance.assistant import commands
from echeance.assistant.types import Duty, Outcome
from echeance.billing import commands as billing
from echeance.billing.models import BillingRule
from echeance.collection import commands as collection
from echeance.transmission.models import Message, PostalItem

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def working(ready):  # noqa: F811
    """A company whose day may run."""
    collection.set_up_plan(actor=ready)
    return ready


def sealed(actor, party):
    row = issued(actor, party, line())
    billing.seal_invoices(actor=actor, invoice_ids=[row.pk], validator=Judge(VALID))
    return row


def sent(report):
    return [
        (one.outcome, one.act, one.reasons) for one in report.decisions if one.duty is Duty.SEND
    ]


def test_a_customer_of_the_post_has_its_letter_once(working, lefevre):  # noqa: F811
    BillingRule.objects.create(company=working.company, party=lefevre, channel="post")
    row = sealed(working, lefevre)

    first = commands.run_day(actor=working, on=DAY)
    second = commands.run_day(actor=working, on=DAY)

    assert sent(first) == [
        (
            Outcome.ACTED,
            f"{row.number} préparée pour Boulangerie Lefèvre",
            ("Son courrier attend d'être imprimé avec le prochain lot.",),
        )
    ]
    assert sent(second) == []
    assert PostalItem.objects.count() == 1
    assert not Message.objects.exists()


def test_mail_that_came_back_leaves_by_the_post_and_the_day_says_so(
    working,
    lefevre,  # noqa: F811
):
    BillingRule.objects.create(company=working.company, party=lefevre, second_channel="post")
    row = sealed(working, lefevre)
    commands.run_day(actor=working, on=DAY)
    Message.objects.update(status="bounced", in_flight_at=AT, finished_at=AT)

    first = commands.run_day(actor=working, on=DAY)
    second = commands.run_day(actor=working, on=DAY)

    assert sent(first) == [
        (
            Outcome.ACTED,
            f"{row.number} repart par le courrier",
            ("Le courriel a échoué : courriel non remis.", "C'est le canal de secours du client."),
        )
    ]
    assert sent(second) == []
    assert PostalItem.objects.get().subject == f"invoice:{row.pk}"


def test_with_a_platform_what_goes_there_is_not_mailed_too(working, lefevre, settings):  # noqa: F811
    settings.PLATFORM = {**settings.PLATFORM, "base_url": "http://127.0.0.1:9"}
    row = sealed(working, lefevre)

    report = commands.run_day(actor=working, on=DAY)

    told = [one.act for one in report.decisions if one.duty is Duty.DEPOSIT]
    assert told == [f"{row.number} mise en dépôt pour Boulangerie Lefèvre"]
    assert sent(report) == []
    assert not Message.objects.exists()
