"""What is wrong in the records is one list, corrected in bulk by a person, and all of it undone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.rights import Right
from echeance.parties import queries
from echeance.parties.commands import (
    accept_fixes,
    add_bank_account,
    add_contacts,
    add_establishments,
    change_contact,
    change_party,
    create_parties,
    dismiss_findings,
    flag_bounced,
    merge_parties,
    record_registry_answers,
    undo_fixes,
    withdraw_dismissals,
)
from echeance.parties.errors import NothingToFixError, ReasonMissingError
from echeance.parties.models import Contact, Party, PartyBankAccount, QualityDismissal
from echeance.parties.quality import Anomaly, FixKind, Known, findings_of
from echeance.parties.types import (
    ContactFacts,
    EstablishmentFacts,
    PartyFacts,
    PartySnapshot,
    RegistryAnswer,
)

WHOLE = PartyFacts(
    "C9", "Zénith", siren="732829320", address_line="2 rue B", postcode="69001", city="Lyon"
)
IBAN, OTHER_IBAN = "FR7630006000011234567890189", "DE89370400440532013000"


def told(actor, *codes) -> list[tuple[str, str]]:
    """Codes and parties of the queue."""
    return [
        (one.code.value, one.party_code)
        for one in queries.quality_findings(actor=actor, codes=codes)
    ]


def key_of(actor, code: Anomaly) -> str:
    (one,) = queries.quality_findings(actor=actor, codes=[code])
    return one.key


@pytest.fixture
def whole(actor) -> Party:
    """A record with nothing wrong."""
    (row,) = create_parties(actor=actor, parties=[WHOLE])
    add_contacts(actor=actor, contacts=[ContactFacts(row.pk, "compta@zenith.example", "billing")])
    return row


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"siren": "", "electronic_address": ""}, ["missing_siren"]),
        ({"siren": "", "electronic_address": "", "category": "consumer"}, []),
        ({"siren": "", "electronic_address": "", "category": "public"}, ["missing_siren"]),
        ({"electronic_address": ""}, ["no_route"]),
        ({"vat_id": "FR83404833048"}, ["identifier_mismatch"]),
        ({"city": "", "postcode": ""}, ["incomplete_address"]),
        ({"country": "BE", "siren": "", "postcode": ""}, ["missing_vat_id"]),
        ({"country": "BE", "siren": "", "vat_id": "BE0403170701"}, ["vat_unverified"]),
        ({"country": "US", "siren": "", "postcode": ""}, []),
    ],
)
def test_each_thing_that_may_be_wrong(changes, expected):
    party = PartySnapshot(
        "C9", "Zénith", siren="732829320", address_line="2 rue B", postcode="69001", city="Lyon",
        electronic_address="0225:732829320", is_customer=False, is_supplier=True,
    )  # fmt: skip

    found = findings_of(Known(replace(party, **changes)))

    assert [one.code.value for one in found] == expected


def test_a_whole_record_is_not_in_the_queue(actor, whole):
    assert queries.quality_findings(actor=actor) == []


def test_an_address_missing_is_that_of_the_head_office(actor, whole):
    change_party(actor=actor, party_id=whole.pk, changes={"address_line": ""})
    add_establishments(
        actor=actor,
        establishments=[
            EstablishmentFacts(
                party_id=whole.pk, siret="73282932000074", is_head_office=True,
                address_line="9 quai Sud", postcode="69001", city="Lyon",
            )
        ],
    )  # fmt: skip

    (one,) = queries.quality_findings(actor=actor)

    assert one.sentence == "L'adresse est incomplète, il manque : la rue."
    assert (one.fix.kind, one.fix.changes) == (FixKind.SET_FIELDS, {"address_line": "9 quai Sud"})


def test_a_bulk_of_corrections_is_made_and_undone(actor, treasurer, whole, brume):
    """A bounced address with another, a customer without a billing contact, a firm that ceased."""
    add_contacts(
        actor=actor,
        contacts=[
            ContactFacts(whole.pk, "old@zenith.example", "billing"),
            ContactFacts(brume.pk, "relance@brume.example", "reminders"),
        ],
    )
    flag_bounced(actor=actor, emails=["old@zenith.example"], at=clock.now())
    (ceased,) = create_parties(
        actor=actor,
        parties=[replace(WHOLE, code="C5", name="Ancien", siren="552100554", is_customer=False, is_supplier=True)],
    )  # fmt: skip
    record_registry_answers(
        actor=actor,
        answers=[
            RegistryAnswer(
                ceased.pk, "sirene", "552100554", "closed",
                {"state": "closed", "closed_on": "2026-03-31"},
            )
        ],
    )  # fmt: skip
    before = {table: list(table.objects.order_by("pk").values()) for table in (Party, Contact)}
    found = queries.quality_findings(actor=actor)
    assert [(one.code.value, one.party_code) for one in found] == [
        ("closed_company", "C5"),
        ("no_billing_contact", "C1"),
        ("bounced_contact", "C9"),
    ]

    report = accept_fixes(actor=treasurer, keys=[one.key for one in found])

    assert [(result.party_name, result.done) for result in report.results] == [
        ("Ancien", True),
        ("Atelier Brume", True),
        ("Zénith", True),
    ]
    assert queries.quality_findings(actor=actor) == []
    assert queries.last_quality_batch(actor=actor).pk == report.batch_id
    billing = queries.contacts(actor=actor, party_ids=[brume.pk], purpose="billing")[brume.pk]
    assert [row.email for row in billing] == ["relance@brume.example"]

    undone = undo_fixes(actor=treasurer, batch_id=report.batch_id)

    assert [result.done for result in undone.results] == [True, True, True]
    # The contact that was added stays as a row out of use; everything else is as it was.
    Contact.objects.filter(purpose="billing", party=brume).delete()
    for table, rows in before.items():
        assert list(table.objects.order_by("pk").values()) == rows
    assert queries.last_quality_batch(actor=actor) is None
    assert undo_fixes(actor=treasurer, batch_id=report.batch_id).results == []


def test_each_correction_stands_or_falls_alone(actor, treasurer, whole):
    """The account was added by the one who now confirms it: that alone is refused."""
    add_bank_account(actor=actor, party_id=whole.pk, iban=IBAN)
    with clock.at(datetime(2026, 11, 24, 10, 0, tzinfo=UTC)):
        add_bank_account(actor=treasurer, party_id=whole.pk, iban=OTHER_IBAN)
    Party.objects.filter(pk=whole.pk).update(electronic_address="")
    keys = [one.key for one in queries.quality_findings(actor=actor)]

    report = accept_fixes(actor=treasurer, keys=[*keys, "no_route:0:000000000000"])

    assert [(result.key.partition(":")[0], result.done) for result in report.results] == [
        ("iban_changed", False),
        ("no_route", True),
    ]
    assert report.results[0].error.code == "parties.second_person_needed"
    assert report.gone == ["no_route:0:000000000000"]
    assert not PartyBankAccount.objects.filter(confirmed_at__isnull=False).exists()
    whole.refresh_from_db()
    assert whole.electronic_address == "0225:732829320"


def test_undoing_leaves_what_somebody_changed_since(actor, whole):
    Party.objects.filter(pk=whole.pk).update(electronic_address="")
    report = accept_fixes(actor=actor, keys=[key_of(actor, Anomaly.NO_ROUTE)])
    change_party(
        actor=actor,
        party_id=whole.pk,
        changes={"electronic_address": "0225:732829320_COMPTA"},
    )

    undone = undo_fixes(actor=actor, batch_id=report.batch_id)

    assert [result.done for result in undone.results] == [False]
    whole.refresh_from_db()
    assert whole.electronic_address == "0225:732829320_COMPTA"


def test_what_is_set_aside_comes_back_on_its_day_or_when_it_changes(actor, whole):
    flag_bounced(actor=actor, emails=["compta@zenith.example"], at=clock.now())
    bounced = key_of(actor, Anomaly.BOUNCED_CONTACT)
    nobody = key_of(actor, Anomaly.NO_BILLING_CONTACT)

    dismiss_findings(
        actor=actor, keys=[bounced], reason="congés jusqu'à décembre", until=date(2026, 12, 1)
    )
    dismiss_findings(actor=actor, keys=[nobody], reason="paie par portail")

    assert queries.quality_findings(actor=actor) == []
    with clock.at(datetime(2026, 12, 2, 9, 0, tzinfo=UTC)):
        assert told(actor) == [("bounced_contact", "C9")]
        # Set aside again after its day.
        dismiss_findings(actor=actor, keys=[bounced], reason="encore")
        assert told(actor) == []
    (contact,) = Contact.objects.filter(party=whole)
    change_contact(actor=actor, contact_id=contact.pk, changes={"email": "new@zenith.example"})
    flag_bounced(actor=actor, emails=["new@zenith.example"], at=clock.now())
    assert told(actor) == [("bounced_contact", "C9")]
    ids = QualityDismissal.objects.filter(code="no_billing_contact").values_list("pk", flat=True)
    assert withdraw_dismissals(actor=actor, dismissal_ids=list(ids)) == 1
    assert told(actor, Anomaly.NO_BILLING_CONTACT) == [("no_billing_contact", "C9")]
    assert "zenith" not in str(list(QualityDismissal.objects.values_list("value", flat=True)))


def test_a_sure_duplicate_is_merged_in_bulk_and_a_doubtful_one_is_asked(actor, whole, brume):
    twin, doubt = create_parties(
        actor=actor,
        parties=[
            PartyFacts("C9B", "ZENITH SAS", siren="732829320", postcode="69001", city="Lyon"),
            PartyFacts("C1B", "Atelier Brume", postcode="75001", city="Paris"),
        ],
    )

    pairs = queries.duplicate_pairs(actor=actor)

    assert [(one.party_id, one.subject_id, one.fix is not None) for one in pairs] == [
        (whole.pk, twin.pk, True),
        (brume.pk, doubt.pk, False),
    ]
    report = accept_fixes(actor=actor, keys=[one.key for one in pairs])
    assert [result.done for result in report.results] == [True]
    assert report.gone == [pairs[1].key]
    assert queries.merged_parties(actor=actor) == {twin.pk: whole.pk}
    dismiss_findings(actor=actor, keys=[pairs[1].key], reason="deux ateliers")
    assert queries.duplicate_pairs(actor=actor) == []
    undo_fixes(actor=actor, batch_id=report.batch_id)
    assert queries.merged_parties(actor=actor) == {}


def test_a_merged_party_leaves_the_queue(actor, brume):
    (twin,) = create_parties(actor=actor, parties=[PartyFacts("C1B", "At. Brume")])
    assert ("missing_siren", "C1B") in told(actor)

    merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)

    assert {party for _, party in told(actor)} == {"C1"}


def test_a_bulk_needs_a_choice_a_reason_and_the_right(actor, company, whole):
    reader = Actor(company=company, user=None, rights=frozenset({Right.READ}))

    with pytest.raises(NothingToFixError):
        accept_fixes(actor=actor, keys=[])
    with pytest.raises(ReasonMissingError):
        dismiss_findings(actor=actor, keys=["x"], reason=" ")
    with pytest.raises(RightMissingError):
        accept_fixes(actor=reader, keys=["x"])


def test_the_queue_of_a_neighbour_is_not_seen(actor, stranger, brume):
    assert told(actor)
    assert told(stranger) == []


def test_the_queue_costs_the_same_queries_whatever_the_parties(
    actor, brume, django_assert_num_queries
):
    with django_assert_num_queries(7):
        queries.quality_findings(actor=actor)
    create_parties(actor=actor, parties=[PartyFacts(f"M{n}", f"Client {n}") for n in range(30)])
    with django_assert_num_queries(7):
        assert len(queries.quality_findings(actor=actor)) > 30
