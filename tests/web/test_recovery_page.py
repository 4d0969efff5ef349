"""Contentieux: the list, a customer's debts and steps, the dossier in one click."""

from datetime import date

import pytest

from collection.conftest import world  # noqa: F401
from echeance.collection.models import LimitationAct, RecoveryStep


@pytest.fixture
def late(client, member, world):  # noqa: F811
    client.force_login(member)
    party = world.customer("Garage Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", date(2026, 9, 10)))
    return party, item


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_at_law_says_when_a_customer_comes_here(client, member, world):  # noqa: F811
    client.force_login(member)

    assert "Rien au contentieux" in text(client, "/contentieux/")


def test_a_late_customer_is_listed_and_sorted(client, late):
    assert "Garage Dupont" in text(client, "/contentieux/")
    assert "10/09/2031" in text(client, "/contentieux/?tri=-montant")


def test_a_step_is_engaged_then_undone(client, late):
    party, item = late
    page = f"/contentieux/clients/{party.pk}/"
    assert "jusqu&#x27;au 10/09/2031 inclus" in text(client, page)

    client.post(
        f"{page}actes/",
        {"act": "step", "kind": "agency", "counterpart": "Recouvr'Est", "chosen": [item]},
    )
    assert "Recouvr&#x27;Est" in text(client, page)
    step = RecoveryStep.objects.get()
    client.post(f"/contentieux/etapes/{step.pk}/", {"act": "undo", "outcome": "doublon"})

    assert "Annulée : doublon" in text(client, page)


def test_a_refusal_says_what_is_missing(client, late):
    party, item = late

    answer = client.post(
        f"/contentieux/clients/{party.pk}/actes/",
        {"act": "step", "kind": "court", "chosen": [item]},
    )

    assert answer.status_code == 409
    assert "pas de mise en demeure" in answer.content.decode()


def test_an_act_is_noted_and_the_dossier_is_one_click_away(client, late):
    party, item = late
    page = f"/contentieux/clients/{party.pk}/"

    client.post(
        f"{page}actes/",
        {"act": "interrupt", "cause": "acknowledgement", "on": "2026-11-20", "chosen": [item]},
    )
    answer = client.post(f"{page}actes/", {"act": "file", "chosen": [item]})

    assert LimitationAct.objects.get().document_ref == "F-1"
    assert answer.status_code == 302
    assert "dossier_recouvrement_C1" in text(client, page)
    assert "reconnaissance de dette" in text(client, page)


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_the_pages_are_accessible(live_server, page, axe, signed_in, late, actor, size):
    from echeance.collection import commands
    from echeance.collection.types import RecoveryKind

    party, item = late
    for kind in (RecoveryKind.PAYMENT_ORDER, RecoveryKind.INSURANCE_NOTICE):
        commands.open_recovery_step(
            actor=actor, party_id=party.pk, kind=kind, item_ids=[item],
            counterpart="Assureur", confirmed="remise en main propre",
        )  # fmt: skip
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for address in ("/contentieux/", f"/contentieux/clients/{party.pk}/"):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
