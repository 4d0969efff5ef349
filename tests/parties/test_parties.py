"""Parties are created and changed whole or not at all, and every value they had is kept."""

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import Right
from echeance.parties import queries
from echeance.parties.commands import (
    add_bank_account,
    add_contacts,
    change_parties,
    change_party,
    close_parties,
    create_parties,
    merge_parties,
)
from echeance.parties.errors import MergeRefusedError, PartiesInvalidError
from echeance.parties.models import Contact, Party, PartyBankAccount
from echeance.parties.types import ContactFacts, FieldChange, PartyFacts, PartySnapshot

FOGGY = PartyFacts(code="C2", name="Foggy SA", siren="732829320", city="Évry")
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def test_parties_come_back_in_the_order_given(actor):
    rows = create_parties(
        actor=actor,
        parties=[FOGGY, replace(FOGGY, code="C0"), PartyFacts("C3", "Ana", category="consumer")],
    )

    assert [(row.code, row.pk > 0) for row in rows] == [("C2", True), ("C0", True), ("C3", True)]
    assert set(Party.objects.values_list("company", flat=True)) == {actor.company.pk}


def test_one_wrong_party_refuses_them_all_and_says_everything(actor):
    with pytest.raises(PartiesInvalidError) as caught:
        create_parties(
            actor=actor,
            parties=[FOGGY, PartyFacts("C2", "Autre"), PartyFacts("", "", siren="123")],
        )

    assert [(one.party, one.field) for one in caught.value.findings] == [
        ("tiers n° 3", "code"),
        ("tiers n° 3", "name"),
        ("tiers n° 3", "siren"),
        ("C2", "code"),
    ]
    assert str(caught.value).startswith("Rien n'a été enregistré, corrigez d'abord : tiers n° 3 : ")
    assert not Party.objects.exists()
    assert not JournalEvent.objects.filter(action="parties.party_created").exists()


def test_a_code_that_is_taken_is_refused(actor, brume):
    with pytest.raises(PartiesInvalidError, match="Le code « C1 » est déjà celui d'un tiers"):
        create_parties(actor=actor, parties=[replace(FOGGY, code="C1")])

    assert Party.objects.count() == 1


def test_two_companies_may_use_one_code(actor, stranger, brume):
    create_parties(actor=stranger, parties=[replace(FOGGY, code="C1")])

    assert Party.objects.filter(code="C1").count() == 2


def test_without_the_right_no_party_is_created_nor_changed(company, brume):
    reader = Actor(company=company, user=None, rights=frozenset({Right.READ}))

    with pytest.raises(RightMissingError):
        create_parties(actor=reader, parties=[FOGGY])
    with pytest.raises(RightMissingError):
        change_party(actor=reader, party_id=brume.pk, changes={"name": "X"})

    assert Party.objects.get().name == "Atelier Brume"


def test_creating_many_costs_a_constant_number_of_queries(actor, django_assert_num_queries):
    facts = [replace(FOGGY, code=f"M{number}") for number in range(30)]

    with django_assert_num_queries(6):  # savepoint, lock, codes, rows, journal, release
        create_parties(actor=actor, parties=facts)


def test_a_change_is_kept_with_its_old_and_new_values(actor, treasurer, brume):
    with clock.at(NOON):
        change_party(
            actor=treasurer,
            party_id=brume.pk,
            changes={"city": "Lyon", "postcode": "69001", "order_reference_required": True},
        )

    row = Party.objects.get()
    assert (row.city, row.postcode, row.order_reference_required) == ("Lyon", "69001", True)
    assert queries.field_history(actor=actor, party_id=brume.pk)[:3] == [
        FieldChange(NOON, "tresor@martin.example", "parties.party_changed", name, old, new)
        for name, old, new in [
            ("city", "Paris", "Lyon"),
            ("order_reference_required", "non", "oui"),
            ("postcode", "75001", "69001"),
        ]
    ]


def test_the_history_begins_with_the_first_values(actor, brume):
    history = queries.field_history(actor=actor, party_id=brume.pk)

    first = {change.field: (change.old, change.new) for change in history}
    assert first["siren"] == ("", "404833048")
    assert first["payment_terms"] == ("", "fdm45")
    assert "vat_id" not in first


def test_a_change_that_changes_nothing_leaves_no_trace(actor, brume):
    change_party(actor=actor, party_id=brume.pk, changes={"city": " Paris "})

    assert not JournalEvent.objects.filter(action="parties.party_changed").exists()


def test_a_wrong_change_changes_nothing_in_any_party(actor, brume):
    foggy = create_parties(actor=actor, parties=[FOGGY])[0]

    with pytest.raises(PartiesInvalidError, match="SIREN « 12 »"):
        change_parties(
            actor=actor, changes={foggy.pk: {"name": "Foggy bis"}, brume.pk: {"siren": "12"}}
        )

    assert set(Party.objects.values_list("name", flat=True)) == {"Foggy SA", "Atelier Brume"}


def test_a_code_may_change_to_a_free_one_only(actor, brume):
    create_parties(actor=actor, parties=[FOGGY])

    with pytest.raises(PartiesInvalidError, match="« C2 » est déjà"):
        change_party(actor=actor, party_id=brume.pk, changes={"code": "C2"})
    row = change_party(actor=actor, party_id=brume.pk, changes={"code": "C9"})

    assert row.code == "C9"


def test_a_party_of_another_company_cannot_be_read_nor_changed(actor, stranger, brume):
    with pytest.raises(NotFoundError):
        queries.party_for(actor=stranger, party_id=brume.pk)
    with pytest.raises(NotFoundError):
        change_party(actor=stranger, party_id=brume.pk, changes={"name": "X"})

    assert queries.snapshots(actor=stranger, party_ids=[brume.pk]) == {}
    assert queries.by_codes(actor=stranger, codes={"C1"}) == {}
    assert queries.field_history(actor=stranger, party_id=brume.pk) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [("brume", ["C1"]), ("EVRY", ["C2"]), ("732829320", ["C2"]), ("c", ["C1", "C2"]),
     ("atelier paris", ["C1"]), ("atelier evry", []), ("", ["C1", "C2"])],
)  # fmt: skip
def test_parties_are_found_by_their_words(actor, brume, text, codes):
    create_parties(actor=actor, parties=[FOGGY])

    assert [row.code for row in queries.parties(actor=actor, text=text)] == codes


def test_suppliers_and_closed_parties_are_listed_apart(actor, brume):
    supplier = replace(FOGGY, is_customer=False, is_supplier=True)
    row = create_parties(actor=actor, parties=[supplier])[0]
    close_parties(actor=actor, party_ids=[brume.pk])

    assert list(queries.parties(actor=actor, suppliers=True)) == [row]
    assert list(queries.parties(actor=actor, customers=True)) == []
    assert list(queries.parties(actor=actor, customers=True, closed=True)) == [brume]


def test_a_snapshot_holds_what_a_document_prints(actor, brume):
    assert queries.snapshots(actor=actor, party_ids=[brume.pk]) == {
        brume.pk: PartySnapshot(
            party_id=brume.pk,
            code="C1",
            name="Atelier Brume",
            siren="404833048",
            address_line="1 rue des Forges",
            postcode="75001",
            city="Paris",
            territory="metropole",
            electronic_address="0225:404833048",
            payment_terms="fdm45",
        )
    }
    assert asdict(queries.snapshot_of(brume))["category"] == "professional"


def test_parties_are_found_by_each_identifier(actor, brume):
    foggy = create_parties(actor=actor, parties=[replace(FOGGY, vat_id="FR44732829320")])[0]

    found = queries.by_identifiers(actor=actor, identifiers=["404 833 048", "FR44732829320", "999"])

    assert found == {"404 833 048": [brume], "FR44732829320": [foggy], "999": []}


def test_a_merged_party_is_read_as_the_one_that_stays(actor, brume):
    twin = create_parties(actor=actor, parties=[PartyFacts("C1B", "At. Brume")])[0]
    add_contacts(
        actor=actor,
        contacts=[
            ContactFacts(brume.pk, "a@brume.example", "billing"),
            ContactFacts(twin.pk, "A@brume.example", "billing"),
            ContactFacts(twin.pk, "b@brume.example", "billing"),
        ],
    )
    iban = "FR7630006000011234567890189"
    add_bank_account(actor=actor, party_id=brume.pk, iban=iban)
    add_bank_account(actor=actor, party_id=twin.pk, iban=iban)

    merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)

    assert queries.party_for(actor=actor, party_id=twin.pk) == brume
    assert queries.by_codes(actor=actor, codes=["C1B"]) == {"C1B": brume}
    assert queries.snapshots(actor=actor, party_ids=[twin.pk])[twin.pk].party_id == brume.pk
    assert list(queries.parties(actor=actor)) == [brume]
    contacts = queries.contacts(actor=actor, party_ids=[twin.pk], purpose="billing")[twin.pk]
    assert [contact.email for contact in contacts] == ["a@brume.example", "b@brume.example"]
    assert queries.payers_by_iban(actor=actor) == {iban: brume.pk}
    assert Contact.objects.count() == 3
    assert PartyBankAccount.objects.count() == 2


def test_different_firms_are_not_merged(actor, brume):
    foggy = create_parties(actor=actor, parties=[FOGGY])[0]

    with pytest.raises(MergeRefusedError, match="leurs SIREN diffèrent"):
        merge_parties(actor=actor, party_id=foggy.pk, into_id=brume.pk)
    with pytest.raises(MergeRefusedError, match="c'est le même tiers"):
        merge_parties(actor=actor, party_id=foggy.pk, into_id=foggy.pk)

    assert not Party.objects.filter(merged_into__isnull=False).exists()


def test_a_customer_without_terms_has_those_of_the_company(actor):
    base.change_company(actor=actor, changes={"payment_terms": "fdm45"})
    actor.company.refresh_from_db()

    usual, own = create_parties(
        actor=actor,
        parties=[
            PartyFacts(code="U", name="Usuel SARL"),
            PartyFacts(code="P", name="Propre SARL", payment_terms="60 jours"),
        ],
    )

    assert (usual.payment_terms, own.payment_terms) == ("fdm45", "net60")
