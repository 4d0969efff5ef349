"""Letters, their models and statements of account, as the person sees and does them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collection.conftest import world  # noqa: F401
from collection.letters import reminder
from echeance.collection import commands
from echeance.collection.models import AccountStatement, LetterTemplate
from echeance.collection.types import ProofKind
from echeance.core.letters.word import starting_model

LETTERS, MODELS, STATEMENTS = "/relances/lettres/", "/relances/modeles/", "/relances/releves/"


@pytest.fixture
def notice(world):  # noqa: F811
    """A formal notice that waits in the printing queue."""
    party = world.customer("Boulangerie Lefèvre")
    items = world.invoice(party, "F1", ("1200.00", date(2026, 9, 30)))
    row = reminder(world, party, items)
    commands.typeset_reminders(actor=world.actor, reminder_ids=[row.pk])
    commands.post_reminder_letters(actor=world.actor, reminder_ids=[row.pk])
    row.refresh_from_db()
    return row


def text(client, address):
    page = client.get(address).content.decode()
    return page.replace("\u202f", " ").replace("\u00a0", " ").replace("&#x27;", "'")


def test_the_pages_say_what_to_do_when_there_is_nothing(client, member):
    client.force_login(member)

    assert "Aucune lettre" in text(client, LETTERS)
    assert "Aucun modèle" in text(client, MODELS)
    assert "Aucun client n'a de pièce ouverte ce jour-là." in text(client, STATEMENTS)
    assert f'href="{LETTERS}"' in text(client, "/relances/releves/")


def test_a_letter_shows_where_it_is_and_takes_its_proofs(client, member, notice):
    client.force_login(member)
    assert "Boulangerie Lefèvre" in text(client, LETTERS)
    assert "recommandée" in text(client, LETTERS)
    assert "à imprimer" in text(client, LETTERS)

    done = client.post(
        f"{LETTERS}{notice.pk}/",
        {
            "kind": "posted",
            "on": "2026-11-24",
            "tracking": "1A 123 456 7890",
            "file": SimpleUploadedFile("depot.pdf", b"%PDF depot", "application/pdf"),
        },
    )

    page = text(client, f"{LETTERS}{notice.pk}/")
    assert done.status_code == 302
    assert "preuve de dépôt" in page
    assert "1A1234567890" in page
    assert "Une preuve notée ne se modifie plus" in page
    again = client.post(f"{LETTERS}{notice.pk}/", {"kind": "posted", "on": "2026-11-24"})
    assert again.status_code == 422
    assert "preuve de dépôt" in again.content.decode()


def test_a_list_of_proofs_is_answered_line_by_line(client, member, notice):
    client.force_login(member)
    table = (
        f"reference;suivi;preuve;date\nR{notice.pk};;dépôt;24/11/2026\nR9999;;dépôt;24/11/2026\n"
    )

    page = client.post(
        f"{LETTERS}preuves/", {"file": SimpleUploadedFile("suivi.csv", table.encode())}
    ).content.decode()

    assert "1 notées, 1 écartées." in page
    assert notice.proofs.get().kind == "posted"


def test_a_model_is_started_from_added_tried_withdrawn_and_put_back(client, member, world):  # noqa: F811
    client.force_login(member)
    start = client.get(f"{MODELS}depart/word/fr/")
    assert start.content[:2] == b"PK"
    assert b"sys.inputs.data" in client.get(f"{MODELS}depart/typst/fr/").content

    added = client.post(
        MODELS,
        {
            "name": "Notre lettre",
            "language": "fr",
            "file": SimpleUploadedFile("lettre.docx", starting_model()),
        },
    )

    row = LetterTemplate.objects.get()
    assert added.status_code == 302
    assert "Notre lettre" in text(client, MODELS)
    assert client.get(f"{MODELS}{row.pk}/essai/").content[:2] == b"PK"
    client.post(f"{MODELS}{row.pk}/", {"act": "retirer"})
    row.refresh_from_db()
    assert row.ended_at is not None
    client.post(f"{MODELS}{row.pk}/", {"act": "remettre"})
    assert LetterTemplate.objects.filter(ended_at=None).count() == 1


def test_a_refused_model_says_why_on_the_page(client, member, world):  # noqa: F811
    client.force_login(member)

    answer = client.post(
        MODELS,
        {"name": "X", "language": "fr", "file": SimpleUploadedFile("x.docx", b"pas du Word")},
    )

    page = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert "ce n'est pas un document Word (.docx)" in page


def test_every_merge_field_is_on_the_page(client, member):
    from echeance.core.letters.fields import MERGE_FIELDS

    client.force_login(member)
    page = text(client, MODELS)

    assert all(f"<code>{field.name}</code>" in page for field in MERGE_FIELDS)


def test_statements_are_made_for_those_ticked_then_for_all(client, member, world):  # noqa: F811
    first, second = world.customer("Boulangerie Lefèvre"), world.customer("Garage Petit")
    world.invoice(first, "F1", ("1200.00", date(2026, 9, 30)))
    world.invoice(second, "F2", ("50.00", date(2026, 9, 30)))
    client.force_login(member)
    assert "1 200,00 €" in text(client, STATEMENTS)

    client.post(
        f"{STATEMENTS}etablissement/",
        {"chosen": [first.pk], "au": "2026-11-24", "act": "etablir"},
    )
    assert [row.party_id for row in AccountStatement.objects.all()] == [first.pk]
    client.post(f"{STATEMENTS}etablissement/", {"au": "2026-11-24", "act": "envoyer"})

    rows = {row.party_id: row for row in AccountStatement.objects.all()}
    assert rows[second.pk].message.status == "held"
    assert rows[first.pk].message is None
    assert "arrêté au 24/11/2026" in text(client, STATEMENTS)
    sheet = client.get(f"{STATEMENTS}clients/{first.pk}/?au=2026-11-24")
    assert sheet.content[:2] == b"PK"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, notice, actor, scheme, size):
    commands.record_proof(
        actor=actor, reminder_id=notice.pk, kind=ProofKind.POSTED,
        on=date(2026, 11, 24),
    )  # fmt: skip
    commands.add_letter_model(
        actor=actor, name="Notre lettre", content=starting_model(), syntax="word"
    )
    commands.make_statements(
        actor=actor, party_ids=[notice.party_id], on=date(2026, 11, 24), send=True
    )
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for address in (LETTERS, f"{LETTERS}{notice.pk}/", MODELS, STATEMENTS):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
