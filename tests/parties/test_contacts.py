"""The right person is written to, and nobody is written to at an address that bounced."""

from datetime import UTC, datetime

import pytest

from echeance.base.errors import NotFoundError
from echeance.parties import queries
from echeance.parties.commands import (
    add_addresses,
    add_contacts,
    change_contact,
    create_parties,
    flag_bounced,
)
from echeance.parties.errors import ContactUnreachableError, InvalidEmailError
from echeance.parties.models import Contact, PartyAddress
from echeance.parties.types import AddressFacts, ContactFacts, PartyFacts

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def add(actor, party, *contacts):
    facts = [ContactFacts(party.pk, email, purpose) for email, purpose in contacts]
    return add_contacts(actor=actor, contacts=facts)


def emails(actor, party, purpose):
    found = queries.contacts(actor=actor, party_ids=[party.pk], purpose=purpose)
    return [contact.email for contact in found[party.pk]]


@pytest.mark.parametrize(
    ("known", "purpose", "written_to"),
    [
        ([("b@x.fr", "billing"), ("r@x.fr", "reminders")], "reminders", ["r@x.fr"]),
        ([("b@x.fr", "billing"), ("g@x.fr", "general")], "reminders", ["b@x.fr"]),
        ([("g@x.fr", "general"), ("r@x.fr", "reminders")], "billing", ["g@x.fr"]),
        ([("r@x.fr", "reminders")], "billing", []),
        ([("1@x.fr", "billing"), ("2@x.fr", "billing")], "billing", ["1@x.fr", "2@x.fr"]),
        ([], "billing", []),
    ],
)
def test_contacts_fall_back_to_billing_then_general(actor, brume, known, purpose, written_to):
    add(actor, brume, *known)

    assert emails(actor, brume, purpose) == written_to


def test_a_bounced_contact_is_left_for_the_next_best(actor, brume):
    add(actor, brume, ("R@x.fr", "reminders"), ("b@x.fr", "billing"))

    flagged = flag_bounced(actor=actor, emails=["r@X.fr", "unknown@x.fr"], at=NOON)

    assert flagged == 1
    assert emails(actor, brume, "reminders") == ["b@x.fr"]
    assert [contact.email for contact in queries.bounced_contacts(actor=actor)] == ["R@x.fr"]
    assert flag_bounced(actor=actor, emails=["r@x.fr"], at=NOON) == 0


def test_a_bounce_flags_no_contact_of_another_company(actor, stranger, brume):
    add(actor, brume, ("b@x.fr", "billing"))

    assert flag_bounced(actor=stranger, emails=["b@x.fr"], at=NOON) == 0
    assert emails(actor, brume, "billing") == ["b@x.fr"]


def test_a_corrected_address_is_written_to_again(actor, brume):
    (row,) = add(actor, brume, ("bad@x.fr", "billing"))
    flag_bounced(actor=actor, emails=["bad@x.fr"], at=NOON)

    change_contact(actor=actor, contact_id=row.pk, changes={"email": "good@x.fr"})

    assert emails(actor, brume, "billing") == ["good@x.fr"]
    history = queries.field_history(actor=actor, party_id=brume.pk)
    assert (f"contact {row.pk} : email", "bad@x.fr", "good@x.fr") in [
        (change.field, change.old, change.new) for change in history
    ]


def test_a_retired_contact_is_not_written_to(actor, brume):
    (row,) = add(actor, brume, ("b@x.fr", "billing"))

    change_contact(actor=actor, contact_id=row.pk, changes={"is_active": False})

    assert emails(actor, brume, "billing") == []
    assert Contact.objects.count() == 1


def test_a_contact_given_twice_is_one(actor, brume):
    first, twin, other = add(
        actor, brume, ("b@x.fr", "billing"), ("B@x.fr", "billing"), ("b@x.fr", "reminders")
    )
    (again,) = add(actor, brume, ("b@X.FR", "billing"))

    assert first.pk == twin.pk == again.pk != other.pk
    assert Contact.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"email": "x"}, InvalidEmailError),
        ({"email": "a@b.fr\nBcc: c@d.fr"}, InvalidEmailError),
        ({"email": "", "name": "Zoé"}, ContactUnreachableError),
    ],
)
def test_a_wrong_contact_refuses_the_batch(actor, brume, facts, error):
    good = ContactFacts(brume.pk, "good@x.fr", "billing")

    with pytest.raises(error):
        add_contacts(actor=actor, contacts=[good, ContactFacts(brume.pk, **facts)])

    assert not Contact.objects.exists()


def test_contacts_and_addresses_of_another_company_are_refused(stranger, brume):
    with pytest.raises(NotFoundError):
        add(stranger, brume, ("b@x.fr", "billing"))
    with pytest.raises(NotFoundError):
        add_addresses(actor=stranger, addresses=[AddressFacts(brume.pk, "2 quai", "69001", "Lyon")])

    assert not Contact.objects.exists()
    assert not PartyAddress.objects.exists()


def test_an_address_is_kept_and_told(actor, brume):
    (row,) = add_addresses(
        actor=actor, addresses=[AddressFacts(brume.pk, "2 quai", "69001", "Lyon")]
    )

    assert list(queries.addresses_of(actor=actor, party_id=brume.pk)) == [row]
    latest = queries.field_history(actor=actor, party_id=brume.pk)[0]
    assert latest.new == "2 quai, 69001 Lyon (FR)"


def test_contacts_of_many_parties_cost_two_queries(actor, django_assert_num_queries):
    parties = create_parties(
        actor=actor, parties=[PartyFacts(f"M{number}", "M") for number in range(50)]
    )
    ids = [party.pk for party in parties]

    with django_assert_num_queries(2):
        found = queries.contacts(actor=actor, party_ids=ids, purpose="billing")

    assert found == {party_id: [] for party_id in ids}


def test_what_a_page_says_of_who_is_written_to_is_what_is_done(actor, brume):
    add(actor, brume, ("b@x.fr", "billing"), ("r@x.fr", "reminders"), ("g@x.fr", "general"))
    flag_bounced(actor=actor, emails=["r@x.fr"], at=NOON)

    rows = queries.contacts_of(actor=actor, party_id=brume.pk)
    told = {
        purpose: [one.email for one in found] for purpose, found in queries.recipients(rows).items()
    }

    assert told == {purpose: emails(actor, brume, purpose) for purpose in told}
    assert told["reminders"] == ["b@x.fr"]
    assert told["general"] == ["g@x.fr"]
