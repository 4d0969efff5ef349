"""Two machines prepare and release the same day at the same instant: one message a customer."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from echeance.base import clock
from echeance.collection import commands
from echeance.collection.models import DunningRun, Reminder
from echeance.transmission.models import Message, MessageEvent


def together(count, act):
    """Run ``act`` in threads that start at the same instant; what each gave, or its error."""
    start = threading.Barrier(count)
    results = []

    def one():
        try:
            start.wait()
            results.append(act())
        except Exception as error:  # noqa: BLE001  shown by the assertion of the test
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_machines_prepare_and_release_once(actor, world):
    for number in range(12):
        party = world.customer(f"Client {number}")
        world.invoice(party, f"F-{number}", ("100.00", date(2026, 11, 12)))

    def prepare():
        with clock.at(datetime(2026, 11, 24, 9, tzinfo=UTC)):
            return commands.prepare_reminders(actor=actor, on=date(2026, 11, 24))

    def release():
        with clock.at(datetime(2026, 11, 24, 12, tzinfo=UTC)):
            return commands.release_reminders(actor=actor, now=clock.now())

    prepared = together(3, prepare)
    released = together(3, release)

    assert sum(len(report.reminder_ids) for report in prepared) == 12
    assert sum(len(report.released) for report in released) == 12
    assert [len(report.cancelled) for report in released] == [0, 0, 0]
    assert (DunningRun.objects.count(), Reminder.objects.count(), Message.objects.count()) == (
        1,
        12,
        12,
    )
    assert MessageEvent.objects.filter(status="released").count() == 12
