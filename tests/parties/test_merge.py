"""A customer entered twice becomes one again: everything follows it, and all of it comes back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.rights import Right
from echeance.parties import queries
from echeance.parties.commands import (
    add_addresses,
    add_bank_account,
    add_contacts,
    add_establishments,
    add_services,
    change_contact,
    change_party,
    close_parties,
    create_parties,
    merge_parties,
    set_credit_limits,
    undo_merge,
)
from echeance.parties.errors import (
    MergeNotUndoneError,
    MergeRefusedError,
    PartiesInvalidError,
)
from echeance.parties.models import (
    BuyerService,
    Contact,
    Establishment,
    Party,
    PartyAddress,
    PartyBankAccount,
    RegistryCheck,
    SepaMandate,
)
from echeance.parties.types import (
    AddressFacts,
    ContactFacts,
    EstablishmentFacts,
    PartyFacts,
    ServiceFacts,
)

IBAN = "FR7630006000011234567890189"
OTHER_IBAN = "DE89370400440532013000"
TABLES = (
    Party, Contact, PartyAddress, PartyBankAccount, Establishment, BuyerService, SepaMandate,
    RegistryCheck,
)  # fmt: skip


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of the records, as the database holds it."""
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


def a_mandate(actor, party, account, reference) -> SepaMandate:
    return SepaMandate.objects.create(
        company=actor.company, party=party, reference=reference, creditor_id="FR12ZZZ123456",
        bank_account=account, signed_on=date(2026, 1, 5), added_at=clock.now(), added_by="Léa",
    )  # fmt: skip


@pytest.fixture
def twin(actor) -> Party:
    """The same workshop, entered again at the counter: no SIREN, a nickname, its own contacts."""
    facts = PartyFacts(
        "C1B", "At. Brume", address_line="1, rue des Forges", postcode="75001", city="Paris"
    )
    return create_parties(actor=actor, parties=[facts])[0]


def test_the_workshop_entered_twice(actor, brume, twin):
    """Two entries, two mailboxes (one shared), one account known to both, a mandate on the twin."""
    add_contacts(
        actor=actor,
        contacts=[
            ContactFacts(brume.pk, "a@brume.example", "billing"),
            ContactFacts(twin.pk, "A@brume.example", "billing"),
            ContactFacts(twin.pk, "b@brume.example", "reminders"),
        ],
    )
    kept = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)
    same = add_bank_account(actor=actor, party_id=twin.pk, iban=IBAN)
    other = add_bank_account(actor=actor, party_id=twin.pk, iban=OTHER_IBAN)
    first, second = (
        a_mandate(actor, twin, same, "RUM-1"),
        a_mandate(actor, twin, other, "RUM-2"),
    )
    add_addresses(actor=actor, addresses=[AddressFacts(twin.pk, "2 quai Nord", "75019", "Paris")])
    before = everything()

    merge = merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk, take={"name"})

    stays = queries.party_for(actor=actor, party_id=twin.pk)
    assert (stays.pk, stays.name, stays.siren) == (brume.pk, "At. Brume", "404833048")
    assert list(queries.parties(actor=actor, text="at brume")) == [stays]
    assert [row.email for row in queries.contacts_of(actor=actor, party_id=brume.pk)] == [
        "a@brume.example",
        "b@brume.example",
    ]
    assert [row.iban for row in queries.bank_accounts_of(actor=actor, party_id=brume.pk)] == [
        IBAN,
        OTHER_IBAN,
    ]
    assert [row.city for row in queries.addresses_of(actor=actor, party_id=brume.pk)] == ["Paris"]
    assert queries.payers_by_iban(actor=actor) == {IBAN: brume.pk, OTHER_IBAN: brume.pk}
    mandates = dict(SepaMandate.objects.filter(party=brume).values_list("pk", "bank_account"))
    # The mandate on the account both had is now on the one that stays in use.
    assert mandates == {first.pk: kept.pk, second.pk: other.pk}

    undo_merge(actor=actor, merge_id=merge.pk)

    assert everything() == before
    told = [
        (change.action, change.field, change.old, change.new)
        for change in queries.field_history(actor=actor, party_id=brume.pk)
    ][:4]
    assert told == [
        ("parties.party_changed", "name", "At. Brume", "Atelier Brume"),
        ("parties.merge_undone", "merged_from", "C1B", ""),
        ("parties.party_changed", "name", "Atelier Brume", "At. Brume"),
        ("parties.party_merged", "merged_from", "", "C1B"),
    ]


def test_nothing_of_the_one_that_stays_changes_unless_it_is_chosen(actor, brume):
    twin = create_parties(
        actor=actor,
        parties=[replace(facts(brume), code="C1B", name="BRUME", city="Lyon", postcode="69001")],
    )[0]

    merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk, take={"city", "postcode"})

    brume.refresh_from_db()
    assert (brume.name, brume.postcode, brume.city) == ("Atelier Brume", "69001", "Lyon")


def facts(party: Party) -> PartyFacts:
    """The facts of a party."""
    names = PartyFacts.__dataclass_fields__
    return PartyFacts(**{name: getattr(party, name) for name in names})


def test_a_supplier_that_is_also_a_customer_keeps_both_roles(actor, brume):
    supplier = create_parties(
        actor=actor, parties=[PartyFacts("F1", "Brume", is_customer=False, is_supplier=True)]
    )[0]

    merge = merge_parties(actor=actor, party_id=supplier.pk, into_id=brume.pk)

    brume.refresh_from_db()
    assert (brume.is_customer, brume.is_supplier) == (True, True)
    undo_merge(actor=actor, merge_id=merge.pk)
    brume.refresh_from_db()
    assert (brume.is_customer, brume.is_supplier) == (True, False)


def test_what_cannot_be_one_is_refused(actor, stranger, brume, twin):
    foggy = create_parties(actor=actor, parties=[PartyFacts("C2", "Foggy", siren="732829320")])[0]

    with pytest.raises(MergeRefusedError, match=r"leurs SIREN diffèrent \(732829320 et 404833048"):
        merge_parties(actor=actor, party_id=foggy.pk, into_id=brume.pk)
    with pytest.raises(MergeRefusedError, match="c'est le même tiers"):
        merge_parties(actor=actor, party_id=foggy.pk, into_id=foggy.pk)
    with pytest.raises(NotFoundError):
        merge_parties(actor=stranger, party_id=twin.pk, into_id=brume.pk)
    reader = Actor(company=actor.company, user=None, rights=frozenset({Right.READ}))
    with pytest.raises(RightMissingError):
        merge_parties(actor=reader, party_id=twin.pk, into_id=brume.pk)
    merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)
    for one, other in ((twin, brume), (brume, twin)):
        with pytest.raises(MergeRefusedError, match="l'un des deux est déjà fusionné"):
            merge_parties(actor=actor, party_id=one.pk, into_id=other.pk)

    assert queries.merged_parties(actor=actor) == {twin.pk: brume.pk}


def test_values_that_do_not_stand_together_are_refused_whole(actor, brume):
    person = create_parties(actor=actor, parties=[PartyFacts("P", "Ana", category="consumer")])[0]
    before = everything()

    with pytest.raises(PartiesInvalidError, match="Un particulier n'a pas de SIREN"):
        merge_parties(actor=actor, party_id=person.pk, into_id=brume.pk, take={"category"})

    assert everything() == before


def test_only_who_grants_credit_takes_over_a_limit(actor, brume, twin):
    set_credit_limits(actor=actor, limits={twin.pk: Decimal("5000.00")})
    clerk = Actor(actor.company, None, frozenset({Right.READ, Right.EDIT_PARTIES}))

    with pytest.raises(RightMissingError):
        merge_parties(actor=clerk, party_id=twin.pk, into_id=brume.pk, take={"credit_limit"})
    merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk, take={"credit_limit"})

    brume.refresh_from_db()
    assert brume.credit_limit == Decimal("5000.00")


def test_a_chain_of_merges_is_flat_and_comes_back_from_its_end(actor, brume, twin):
    third = create_parties(actor=actor, parties=[PartyFacts("C1C", "Brume atelier")])[0]
    before = everything()
    inner = merge_parties(actor=actor, party_id=third.pk, into_id=twin.pk)
    between = everything()
    outer = merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)

    assert queries.merged_parties(actor=actor) == {twin.pk: brume.pk, third.pk: brume.pk}
    assert set(queries.family(actor=actor, party_ids=[third.pk])) == {brume, twin, third}
    with pytest.raises(MergeNotUndoneError, match="C1B a été fusionné à son tour"):
        undo_merge(actor=actor, merge_id=inner.pk)

    undo_merge(actor=actor, merge_id=outer.pk)
    assert everything() == between
    undo_merge(actor=actor, merge_id=inner.pk)
    assert everything() == before
    assert not queries.merges(actor=actor).exists()


def test_what_somebody_changed_since_is_not_overwritten(actor, brume, twin):
    (moved,) = add_contacts(
        actor=actor, contacts=[ContactFacts(twin.pk, "b@brume.example", "billing", "Zoé")]
    )
    merge = merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk, take={"name"})
    change_contact(actor=actor, contact_id=moved.pk, changes={"phone": "0102030405"})
    change_party(actor=actor, party_id=brume.pk, changes={"name": "Brume & Cie"})
    before = everything()

    with pytest.raises(MergeNotUndoneError) as caught:
        undo_merge(actor=actor, merge_id=merge.pk)

    assert "le contact « Zoé » a changé depuis" in str(caught.value)
    assert "la fiche « Brume & Cie » a changé depuis" in str(caught.value)
    assert everything() == before
    assert queries.merges(actor=actor, party_id=brume.pk).get() == merge


def test_other_changes_do_not_prevent_the_undoing(actor, brume, twin):
    merge = merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)
    change_party(actor=actor, party_id=brume.pk, changes={"city": "Lyon", "postcode": "69001"})
    add_contacts(actor=actor, contacts=[ContactFacts(brume.pk, "new@brume.example", "billing")])

    undo_merge(actor=actor, merge_id=merge.pk)
    undo_merge(actor=actor, merge_id=merge.pk)

    brume.refresh_from_db()
    twin.refresh_from_db()
    assert (brume.city, twin.merged_into_id, twin.closed_at) == ("Lyon", None, None)
    assert Contact.objects.get().party_id == brume.pk


def test_a_party_closed_before_stays_closed_after(actor, brume, twin):
    close_parties(actor=actor, party_ids=[twin.pk])
    before = everything()

    merge = merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)
    undo_merge(actor=actor, merge_id=merge.pk)

    assert everything() == before


def test_the_merge_keeps_no_value_of_anybody(actor, brume, twin):
    add_contacts(
        actor=actor, contacts=[ContactFacts(twin.pk, "zoe@brume.example", "billing", "Zoé Blanc")]
    )

    merge = merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)

    assert "zoe" not in str(merge.moved).lower()
    assert "blanc" not in str(merge.moved).lower()


emails = st.lists(
    st.tuples(
        st.sampled_from(["billing", "reminders"]), st.sampled_from(["a@x.example", "b@x.example"])
    ),
    max_size=3,
)
side = st.fixed_dictionaries(
    {
        "emails": emails,
        "ibans": st.lists(st.sampled_from([IBAN, OTHER_IBAN]), max_size=2, unique=True),
        "mandate": st.booleans(),
        "shops": st.lists(
            st.tuples(st.sampled_from(["40483304800014", "40483304800022"]), st.booleans()),
            max_size=2,
            unique_by=lambda shop: shop[0],
        ),
        "services": st.lists(st.sampled_from(["S1", "S2"]), max_size=2, unique=True),
        "streets": st.lists(st.sampled_from(["1 rue A", "2 rue B"]), max_size=2),
        "checked": st.booleans(),
        "closed": st.booleans(),
        "limit": st.sampled_from([None, Decimal("10.00"), Decimal("20.00")]),
    }
)
_numbers = count(1)


def settle_in(actor: Actor, party: Party, given) -> None:
    """Give a party what a side says."""
    add_contacts(
        actor=actor,
        contacts=[ContactFacts(party.pk, email, about) for about, email in given["emails"]],
    )
    for iban in given["ibans"]:
        account = add_bank_account(actor=actor, party_id=party.pk, iban=iban)
        if given["mandate"]:
            a_mandate(actor, party, account, f"RUM{next(_numbers)}")
    add_establishments(
        actor=actor,
        establishments=[
            EstablishmentFacts(party_id=party.pk, siret=siret, is_head_office=head)
            for siret, head in given["shops"]
        ],
    )
    add_services(
        actor=actor,
        services=[ServiceFacts(party_id=party.pk, code=one) for one in given["services"]],
    )
    add_addresses(
        actor=actor,
        addresses=[AddressFacts(party.pk, one, "75001", "Paris") for one in given["streets"]],
    )
    if given["checked"]:
        RegistryCheck.objects.create(
            company=actor.company, party=party, register="sirene", asked="404833048",
            outcome="found", checked_at=clock.now(), checked_by="Léa",
        )  # fmt: skip
    set_credit_limits(actor=actor, limits={party.pk: given["limit"]})
    if given["closed"]:
        close_parties(actor=actor, party_ids=[party.pk])


@given(
    gone=side,
    stays=side,
    take=st.sets(st.sampled_from(["name", "city", "language", "payment_terms", "credit_limit"])),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merging_then_undoing_is_nothing(actor, gone, stays, take):
    with transaction.atomic():
        common = {"category": "public", "siren": "404833048"}
        first, second = create_parties(
            actor=actor,
            parties=[
                PartyFacts("G", "Mairie", city="Brest", payment_terms="net45", **common),
                PartyFacts("S", "Ville de Brest", city="Brest cedex", language="en", **common),
            ],
        )
        settle_in(actor, first, gone)
        settle_in(actor, second, stays)
        before = everything()

        merge = merge_parties(actor=actor, party_id=first.pk, into_id=second.pk, take=take)

        assert set(queries.family(actor=actor, party_ids=[first.pk])) == {first, second}
        for table in (Contact, Establishment, BuyerService, SepaMandate, RegistryCheck):
            running = table.objects.filter(party=first)
            if table is Contact:
                running = running.filter(is_active=True)
            elif table in {Establishment, BuyerService}:
                running = running.filter(ended_at=None)
            assert not running.exists()
        assert everything() != before

        undo_merge(actor=actor, merge_id=merge.pk)
        assert everything() == before
        transaction.set_rollback(True)


def test_every_number_of_a_customer_answers_the_same(actor, brume, twin):
    """Rooms above sum by party whatever number they were asked by."""
    third = create_parties(actor=actor, parties=[PartyFacts("C1C", "Brume atelier")])[0]
    merge_parties(actor=actor, party_id=twin.pk, into_id=brume.pk)
    merge_parties(actor=actor, party_id=third.pk, into_id=brume.pk)
    whole = {brume.pk, twin.pk, third.pk}

    def asked(*party_ids):
        return queries.with_merged(actor=actor, party_ids=party_ids)

    assert asked(brume.pk) == dict.fromkeys(whole, brume.pk)
    assert asked(twin.pk) == dict.fromkeys(whole, twin.pk)
    # Asked by two numbers, nothing is counted twice.
    assert asked(twin.pk, brume.pk) == dict.fromkeys(whole, brume.pk)
    assert asked(999) == {999: 999}
