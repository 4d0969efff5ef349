# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Everything a record has been, on a page and in a file; a person told and erased by who may."""

from __future__ import annotations

import io
import zipfile

import pytest

from billing.conftest import issued, lefevre, line, ready
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.parties import commands
from echeance.parties.models import Party
from echeance.parties.types import ContactFacts, PartyFacts


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def ana(ready) -> Party:
    """A private customer, whose mailbox was corrected once."""
    (row,) = commands.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                "P1", "Ana Dupuis", category="consumer", address_line="3 rue Claire",
                postcode="75004", city="Paris",
            )
        ],
    )  # fmt: skip
    (contact,) = commands.add_contacts(
        actor=ready, contacts=[ContactFacts(row.pk, "ana@old.example", "billing", "Ana")]
    )
    commands.change_contact(
        actor=ready, contact_id=contact.pk, changes={"email": "ana@new.example"}
    )
    return row


def test_the_history_is_read_by_field_and_leaves_as_a_file(signed, ana):
    whole = signed.get(f"/clients/{ana.pk}/historique/")
    emails = signed.get(f"/clients/{ana.pk}/historique/?champ=email")
    file = signed.get(f"/clients/{ana.pk}/historique/?champ=email&format=csv")

    assert [event.title for event in whole.context["events"]] == [
        "Contact",
        "Client créé",
    ]
    assert [event.texts for event in emails.context["events"]] == [
        [
            "Courriel : « ana@old.example » devient « ana@new.example »",
            "Courriel : ana@old.example",
        ],
    ]
    assert ("email", "Courriel") in emails.context["fields"]
    first = file.content.decode("utf-8-sig").splitlines()[1].split(";")
    assert first[0] == "24/11/2026 à 10:00"
    assert first[4:] == ["ana@old.example", "ana@new.example"]
    assert file["Content-Disposition"] == 'attachment; filename="historique-P1-2026-11-24.csv"'


def test_a_long_history_comes_page_by_page(signed, ready, ana):
    for number in range(110):
        commands.change_party(
            actor=ready, party_id=ana.pk, changes={"address_extra": f"étage {number}"}
        )

    first = signed.get(f"/clients/{ana.pk}/historique/?champ=address_extra")
    second = signed.get(f"/clients/{ana.pk}/historique/?champ=address_extra&page=1")

    assert (first.context["previous"], first.context["next"]) == (None, 1)
    assert (second.context["previous"], second.context["next"]) == (0, None)
    assert first.context["count"] == 110
    assert second.context["events"][-1].texts[-1] == "Complément d'adresse : étage 0"


def test_the_history_costs_the_same_queries_whatever_its_length(
    signed, ready, ana, django_assert_num_queries
):
    with django_assert_num_queries(6):
        signed.get(f"/clients/{ana.pk}/historique/")
    commands.add_contacts(
        actor=ready, contacts=[ContactFacts(ana.pk, f"a{n}@x.example") for n in range(30)]
    )
    with django_assert_num_queries(6):
        signed.get(f"/clients/{ana.pk}/historique/")


def test_a_person_is_given_their_data_then_erased(signed, ana):
    file = signed.post(f"/clients/{ana.pk}/donnees/export/")
    unsure = signed.post(f"/clients/{ana.pk}/donnees/", {"reason": "demande du 20 novembre"})
    done = signed.post(
        f"/clients/{ana.pk}/donnees/",
        {"reason": "demande du 20 novembre", "sure": "on"},
        follow=True,
    )

    assert "donnees.json" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert unsure.status_code == 422
    text = done.content.decode()
    assert "Effacé : contacts (1), fiche entière (1), lignes d&#x27;historique (3)." in text
    ana.refresh_from_db()
    assert ana.name == f"Personne effacée n° {ana.pk}"


def test_what_is_owed_and_what_is_kept_is_said_before_anything(signed, ready, ana):
    document = issued(ready, ana, line(price="100"))

    page = signed.get(f"/clients/{ana.pk}/donnees/")
    refused = signed.post(f"/clients/{ana.pk}/donnees/", {"reason": "demande", "sure": "on"})

    references = {(piece.kind, piece.reference) for piece in page.context["pieces"]}
    assert {("document émis", document.number), ("écriture", document.number)} <= references
    assert {piece.until.isoformat() for piece in page.context["pieces"]} == {"2036-12-31"}
    assert page.context["owed"] == document.gross_total
    assert refused.status_code == 422
    assert "restent ouverts dans les comptes" in refused.content.decode()
    ana.refresh_from_db()
    assert ana.erased_at is None


def test_who_may_not_erase_does_not_see_the_page(client, company, actor, ana):
    noe = base.create_user(email="noe@atelier-morel.example", full_name="Noé", password="x")
    base.give_role(actor=actor, user=noe, role=Role.MANAGER)
    client.force_login(noe)

    assert client.get(f"/clients/{ana.pk}/donnees/").status_code == 403
    assert client.post(f"/clients/{ana.pk}/donnees/export/").status_code == 403
    assert "donnees/" not in client.get(f"/clients/{ana.pk}/historique/").content.decode()
