"""Ma journée: the question is shown with its evidence, and one click answers it."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.conftest import customers, invoice, statement_file  # noqa: F401
from echeance.assistant import commands
from echeance.assistant.models import Decision
from echeance.cash.models import Match
from echeance.collection.models import Reminder
from echeance.ledger.models import OpenItem
from echeance.parties.commands import add_contacts
from echeance.parties.models import Party
from echeance.parties.types import ContactFacts


@pytest.fixture
def asked(actor, customers, tmp_path):  # noqa: F811
    twins = [invoice(actor, customers[1], f"FA2026-00000{n}", "300.00") for n in (2, 3)]
    folder = tmp_path / actor.company.siren / "bank"
    folder.mkdir(parents=True)
    (folder / "r.xml").write_bytes(statement_file(("300.00", "REGLEMENT", "GARAGE MARTIN", "")))
    commands.run_day(actor=actor, on=date(2026, 11, 24), inbox=tmp_path)
    return twins


def test_the_page_shows_the_question_and_the_click_letters_the_chosen_invoice(
    client, member, asked
):
    client.force_login(member)

    page = client.get("/journee/")

    assert "2 documents ouverts de ce client font" in page.content.decode()
    action = page.content.decode().partition('action="/journee/questions/')[2].partition("/")[0]

    answer = client.post(f"/journee/questions/{action}/", {"answer": "accept:0"})

    assert answer.status_code == 302
    assert min(OpenItem.objects.filter(pk__in=asked).values_list("open_amount", flat=True)) == 0
    assert Match.objects.get().accepted_by == "lea@atelier-morel.example"


@pytest.fixture
def acted(actor, customers, tmp_path):  # noqa: F811
    """The day matched one payment and prepared one reminder."""
    dupont, martin = customers
    Party.objects.filter(pk=martin.pk).update(category="professional")
    add_contacts(
        actor=actor, contacts=[ContactFacts(martin.pk, "compta@martin.example", "reminders")]
    )
    paid = invoice(actor, dupont, "FA2026-000001", "120.00")
    invoice(actor, martin, "FA2026-000002", "300.00", due=date(2026, 11, 10))
    folder = tmp_path / actor.company.siren / "bank"
    folder.mkdir(parents=True)
    (folder / "r.xml").write_bytes(statement_file(("120.00", "VIR FA2026-000001", "DUPONT SA", "")))
    commands.run_day(actor=actor, on=date(2026, 11, 24), inbox=tmp_path)
    return paid


def test_what_the_assistant_did_is_undone_from_the_day(client, member, acted):
    client.force_login(member)
    matched, reminded = (
        Decision.objects.get(outcome="acted", duty=duty) for duty in ("match", "remind")
    )
    assert client.get("/journee/").content.decode().count("event-undo") == 2

    undone = client.post(f"/journee/decisions/{matched.pk}/annulation/", follow=True)
    client.post(f"/journee/decisions/{reminded.pk}/annulation/")

    assert "Rapprochement annulé" in undone.content.decode()
    assert OpenItem.objects.get(pk=acted).open_amount == 120
    assert Reminder.objects.get().cancel_reason == "Annulée par une personne."
    assert "event-undo" not in client.get("/journee/").content.decode()
    assert client.post(f"/journee/decisions/{matched.pk}/annulation/").status_code == 409


def test_a_decision_of_nobody_is_not_undone(client, member, acted):
    client.force_login(member)

    assert client.post("/journee/decisions/999999/annulation/").status_code == 404
    taken = Decision.objects.get(duty="take_bank")
    refused = client.post(f"/journee/decisions/{taken.pk}/annulation/")
    assert refused.status_code == 409
    assert "ouvrez la pièce concernée" in refused.content.decode()


def test_the_day_costs_a_fixed_number_of_queries(client, member, acted, django_assert_num_queries):
    client.force_login(member)

    with django_assert_num_queries(10):
        client.get("/journee/")


def test_an_empty_day_says_what_to_do_first(client, member):
    client.force_login(member)

    page = client.get("/journee/").content.decode()

    assert "Premiers pas" in page
    assert 'href="/encaissements/releves/"' in page
    assert "Rien à décider" in page
    assert "Déposez un relevé bancaire" in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_page_is_accessible(live_server, signed_in, page, axe, asked, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/journee/")

    axe(page)
