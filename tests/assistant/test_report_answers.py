"""What a person answers about an e-reporting is handed to the worker, with its period."""

from __future__ import annotations

from datetime import date

import pytest

from echeance.assistant.answers import NEXT_STEP_LABELS, answer
from echeance.base import commands as base
from echeance.base.models import Job, WorkItem
from echeance.base.types import Answer, WorkItemFacts


@pytest.fixture
def question(actor):
    """A report of sales to prepare."""
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key="billing.report:transactions:20261111",
                kind="billing.report",
                subject=f"company:{actor.company.pk}",
                title="Le préparer ?",
                evidence={"kind": "transactions", "day": "2026-11-11"},
                answers=tuple(
                    Answer(key, key) for key in ("prepare_report", "prepare_without", "put_off")
                ),
                due_date=date(2026, 11, 30),
            )
        ],
    )
    return WorkItem.objects.get().pk


@pytest.mark.parametrize(
    ("choice", "leave_out"), [("prepare_report", False), ("prepare_without", True)]
)
def test_a_report_is_prepared_by_the_worker(actor, question, choice, leave_out):
    told = answer(actor=actor, work_item_id=question, choice=choice)

    assert told == "L'e-reporting est en préparation : il est déposé dès qu'il est validé."
    assert WorkItem.objects.get().answer == choice
    job = Job.objects.get(path="echeance.billing.jobs.prepare_report")
    assert job.kwargs == {
        "company_id": actor.company.pk,
        "kind": "transactions",
        "day": "2026-11-11",
        "leave_out": leave_out,
    }


def test_a_report_put_off_is_prepared_by_nobody(actor, question):
    told = answer(actor=actor, work_item_id=question, choice="put_off")

    assert told == NEXT_STEP_LABELS["put_off"]
    assert not Job.objects.exists()
