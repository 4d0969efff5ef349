"""Where a customer receives its e-invoices, as the directory of platforms says it."""

from datetime import UTC, datetime

import pytest

from echeance.base import clock
from echeance.billing import jobs
from echeance.billing.commands import look_up_routes
from echeance.parties import queries
from echeance.parties.commands import accept_registry_changes, change_party, create_parties
from echeance.parties.models import Party
from echeance.parties.types import PartyFacts
from echeance.practice.platform.server import PracticePlatform
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.types import Patience

QUICK = Patience(timeout_seconds=5, attempts=2, wait_seconds=0.001, wait_seconds_max=0.01)


@pytest.fixture
def platform():
    with PracticePlatform() as running:
        yield running


@pytest.fixture
def client(platform):
    with PlatformClient(platform.access, patience=QUICK) as opened:
        yield opened


@pytest.fixture
def firms(actor) -> list[Party]:
    """A bakery of the directory whose address is another, a shop that is not in it, a person."""
    return create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                "C1",
                "Boulangerie Lefèvre",
                siren="404833048",
                electronic_address="0225:404833048_ANCIEN",
            ),
            PartyFacts("C2", "Échoppe Martin", siren="732829320"),
            PartyFacts("C3", "Anne Roy", category="consumer"),
        ],
    )


def test_the_directory_says_who_receives_and_where(actor, firms, client):
    bakery, shop, _ = firms

    rows = look_up_routes(actor=actor, party_ids=[row.pk for row in firms], client=client)

    assert [(row.party_id, row.register, row.outcome) for row in rows] == [
        (bakery.pk, "directory", "found"),
        (shop.pk, "directory", "unknown"),
    ]
    assert rows[0].facts == {"lines": "0225:404833048", "platform": "8888"}
    (proposed,) = queries.proposed_changes(actor=actor, party=bakery)
    assert (proposed.old, proposed.new) == ("0225:404833048_ANCIEN", "0225:404833048")
    bakery.refresh_from_db()
    assert bakery.electronic_address == "0225:404833048_ANCIEN"

    accept_registry_changes(actor=actor, accepted={bakery.pk: ["electronic_address"]})
    bakery.refresh_from_db()
    assert bakery.electronic_address == "0225:404833048"


def test_an_address_whose_siret_cannot_be_is_left_out(actor, client):
    """The service of the directory of practice has a SIRET with a wrong key."""
    (town,) = create_parties(
        actor=actor,
        parties=[PartyFacts("M1", "Mairie", category="public", siren="213400047")],
    )
    change_party(actor=actor, party_id=town.pk, changes={"electronic_address": "0225:213400047_RH"})

    (row,) = look_up_routes(actor=actor, party_ids=[town.pk], client=client)

    assert row.facts["lines"] == "0225:213400047"
    town.refresh_from_db()
    (proposed,) = queries.proposed_changes(actor=actor, party=town)
    assert proposed.new == "0225:213400047"


def test_a_directory_that_is_down_is_said_and_the_others_are_not_asked(actor, firms):
    platform = PracticePlatform()
    platform.start()
    access = platform.access
    platform.close()

    with PlatformClient(access, patience=QUICK) as client:
        rows = look_up_routes(actor=actor, party_ids=[row.pk for row in firms], client=client)

    assert {row.outcome for row in rows} == {"unavailable"}
    assert "ne répond pas" in rows[0].facts["reason"]


def test_without_a_platform_it_is_said_too(actor, firms):
    rows = look_up_routes(actor=actor, party_ids=[firms[0].pk])

    assert rows[0].outcome == "unavailable"
    assert "ECHEANCE_PLATFORM_URL" in rows[0].facts["reason"]


def test_a_neighbour_is_told_nothing(actor, firms, client):
    assert look_up_routes(actor=actor, party_ids=[10**9], client=client) == []


# -- by itself ------------------------------------------------------------------------------------


@pytest.fixture
def configured(settings, platform):
    """This installation speaks to the platform of practice."""
    access = platform.access
    settings.PLATFORM = {
        "base_url": access.base_url,
        "token_url": access.token_url,
        "directory_url": access.directory_url,
        "client_id": access.client_id,
        "client_secret": access.client_secret,
        "scope": "",
    }


@pytest.mark.usefixtures("configured")
def test_the_directory_is_asked_again_after_a_month(actor, firms):
    first = jobs.look_up_routes.call()
    again = jobs.look_up_routes.call()
    with clock.at(datetime(2026, 12, 25, 9, 0, tzinfo=UTC)):
        later = jobs.look_up_routes.call()

    assert (first, again, later) == ({"checked": 2}, {"checked": 0}, {"checked": 2})


@pytest.mark.usefixtures("configured")
def test_customers_of_practice_are_not_in_the_directory(company, firms):
    company.is_practice = True
    company.save(update_fields=["is_practice"])

    assert jobs.look_up_routes.call() == {"checked": 0}


def test_without_a_platform_nothing_is_asked_by_itself(firms):
    assert jobs.look_up_routes.call() == {"checked": 0}
