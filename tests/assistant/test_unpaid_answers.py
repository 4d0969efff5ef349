"""Questions about proceedings are answered from the day, and each answer is an act."""

from __future__ import annotations

from datetime import date

import pytest

from collection.conftest import TODAY, at, world  # noqa: F401
from echeance.assistant.answers import answer
from echeance.base.models import WorkItem
from echeance.collection import commands
from echeance.collection.models import InsolvencyCase, InsolvencyNotice
from echeance.collection.types import InsolvencyKind

pytestmark = pytest.mark.django_db


def notice(actor, party):
    return InsolvencyNotice.objects.create(
        company=actor.company, party=party, reference="A202600001", siren="491000123",
        published_on=date(2026, 11, 17), kind="Jugement d'ouverture", seen_at="2026-11-18T08:00Z",
        facts={"kind": "opening", "proceedings": "receivership", "judgment_on": "2026-11-09"},
    )  # fmt: skip


def test_the_claim_is_prepared_in_one_answer_and_still_to_be_sent(world):  # noqa: F811
    party = world.customer("Carrelages Vidal")
    world.invoice(party, "F-1", ("1200.00", date(2026, 9, 30)))
    with at(TODAY):
        case = commands.record_insolvency(
            actor=world.actor,
            party_id=party.pk,
            kind=InsolvencyKind.RECEIVERSHIP,
            judgment_on=date(2026, 11, 9),
            published_on=date(2026, 11, 17),
            representative="Me Aubanel",
        )
        question = WorkItem.objects.get(subject=f"insolvency_case:{case.pk}")

        told = answer(actor=world.actor, work_item_id=question.pk, choice="prepare_claim")

    case.refresh_from_db()
    question.refresh_from_db()
    assert "envoyez-la au mandataire" in told
    assert case.claim_file is not None
    assert case.claimed_on is None
    assert question.closed_at is None


def test_an_announcement_about_somebody_else_is_put_aside(world):  # noqa: F811
    party = world.customer("Vidal Frères")
    row = notice(world.actor, party)
    question = WorkItem.objects.create(
        company=world.actor.company, key=f"collection.insolvency_notice:{row.pk}",
        kind="collection.insolvency_notice", subject=f"insolvency_notice:{row.pk}", title="?",
        evidence={"notice_id": row.pk, "party_id": party.pk}, opened_at="2026-11-18T08:00Z",
        answers=[{"key": "record", "label": ""}, {"key": "not_ours", "label": ""}],
    )  # fmt: skip

    with at(TODAY):
        told = answer(actor=world.actor, work_item_id=question.pk, choice="not_ours")

    row.refresh_from_db()
    assert "écartée" in told
    assert row.settled_at is not None
    assert not InsolvencyCase.objects.exists()
