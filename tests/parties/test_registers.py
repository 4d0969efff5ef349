"""What public registers answer is kept and proposed, never written alone.

The answers are written by hand after the public documentation of API Sirene 3.11 and of the REST
service of VIES; a server on loopback gives them.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.parties import jobs, queries
from echeance.parties.commands import (
    accept_registry_changes,
    change_party,
    check_registers,
    create_parties,
    record_directory_answers,
)
from echeance.parties.console import app
from echeance.parties.errors import ProposalGoneError
from echeance.parties.models import Party, RegistryCheck
from echeance.parties.registers.http import ANSWER_BYTES_MAX, Patience
from echeance.parties.registers.sirene import BATCH, SireneClient
from echeance.parties.types import PartyFacts, RegistryAnswer
from parties.registry_server import NOBODY, Asked, Reply, establishment, reply, serving, sirene

QUICK = Patience(timeout_seconds=0.5, attempts=2, wait_seconds=0.001, wait_seconds_max=0.01)


@pytest.fixture
def registers(settings):
    """Configure the registers this installation asks."""

    def configure(sirene_url: str = "", vies_url: str = "", key: str = "clef") -> None:
        settings.REGISTERS = {
            "sirene_url": sirene_url,
            "sirene_key": key,
            "vies_url": vies_url,
        }

    configure()
    return configure


@pytest.fixture
def ask(actor, registers):
    """Ask SIRENE about parties with given replies: what was asked, what was kept."""

    def asking(parties: list[Party], *replies: Reply) -> tuple[Asked, list[RegistryCheck]]:
        with serving(*replies) as (url, asked):
            registers(sirene_url=url)
            rows = check_registers(
                actor=actor, party_ids=[party.pk for party in parties], patience=QUICK
            )
        return asked, rows

    return asking


@pytest.fixture
def foreign(actor) -> Party:
    return create_parties(
        actor=actor,
        parties=[PartyFacts("B1", "Bierhaus", vat_id="BE0428759497", country="BE")],
    )[0]


@pytest.fixture
def ask_vies(actor, foreign, registers):
    def asking(*replies: Reply) -> tuple[Asked, RegistryCheck]:
        with serving(*replies) as (url, asked):
            registers(vies_url=url)
            (row,) = check_registers(actor=actor, party_ids=[foreign.pk], patience=QUICK)
        return asked, row

    return asking


# -- SIRENE ---------------------------------------------------------------------------------------


def test_a_firm_in_activity_is_found_and_nothing_is_to_correct(actor, brume, ask):
    """Capitals, « PARIS 1 » and a legal form are no difference."""
    asked, rows = ask([brume], sirene(establishment()))

    assert asked.queries == ["(siren:404833048 AND etablissementSiege:true)"]
    assert (asked.paths, asked.keys) == (["/siret"], ["clef"])
    assert [(row.register, row.asked, row.outcome, row.checked_by) for row in rows] == [
        ("sirene", "404833048", "found", "assistant")
    ]
    assert rows[0].facts["siret"] == "40483304800022"
    assert queries.proposed_changes(actor=actor, party=brume) == []


def test_a_firm_that_moved_and_took_another_name_is_proposed_and_not_written(actor, brume, ask):
    moved = establishment(
        unit={"denominationUniteLegale": "BRUME ET FILS"},
        address={
            "numeroVoieEtablissement": "12",
            "typeVoieEtablissement": "BD",
            "libelleVoieEtablissement": "VOLTAIRE",
            "codePostalEtablissement": "75011",
            "libelleCommuneEtablissement": "PARIS 11",
        },
    )

    ask([brume], sirene(moved))

    assert [
        (one.field, one.old, one.new) for one in queries.proposed_changes(actor=actor, party=brume)
    ] == [
        ("name", "Atelier Brume", "BRUME ET FILS"),
        ("address_line", "1 rue des Forges", "12 BOULEVARD VOLTAIRE"),
        ("postcode", "75001", "75011"),
    ]
    brume.refresh_from_db()
    assert (brume.name, brume.postcode) == ("Atelier Brume", "75001")


def test_accepted_corrections_are_applied_and_the_others_stay_proposed(actor, brume, ask):
    ask(
        [brume],
        sirene(
            establishment(
                unit={"denominationUniteLegale": "BRUME ET FILS"},
                address={"codePostalEtablissement": "97400"},
            )
        ),
    )

    accept_registry_changes(actor=actor, accepted={brume.pk: ["postcode"]})

    brume.refresh_from_db()
    assert (brume.name, brume.postcode, brume.territory) == ("Atelier Brume", "97400", "reunion")
    assert [one.field for one in queries.proposed_changes(actor=actor, party=brume)] == ["name"]
    with pytest.raises(ProposalGoneError, match="« code postal » pour C1"):
        accept_registry_changes(actor=actor, accepted={brume.pk: ["name", "postcode"]})
    brume.refresh_from_db()
    assert brume.name == "Atelier Brume"


def test_a_name_under_which_it_trades_is_no_difference(actor, brume, ask):
    ask(
        [brume],
        sirene(
            establishment(
                unit={"denominationUniteLegale": "ABR HOLDING"},
                period={"enseigne1Etablissement": "ATELIER BRUME"},
            )
        ),
    )

    assert queries.proposed_changes(actor=actor, party=brume) == []


def test_a_firm_that_ceased_is_proposed_for_closing(actor, brume, ask):
    _, rows = ask(
        [brume],
        sirene(
            establishment(
                unit={"etatAdministratifUniteLegale": "C"},
                period={"etatAdministratifEtablissement": "F", "dateDebut": "2026-06-30"},
            )
        ),
    )

    assert rows[0].outcome == "closed"
    (proposed,) = queries.proposed_changes(actor=actor, party=brume)
    assert (proposed.field, proposed.new) == ("closed_at", "2026-06-30")
    brume.refresh_from_db()
    assert brume.closed_at is None

    accept_registry_changes(actor=actor, accepted={brume.pk: ["closed_at"]})
    brume.refresh_from_db()
    assert brume.closed_at is not None
    assert queries.proposed_changes(actor=actor, party=brume) == []


def test_a_closed_shop_of_a_firm_that_lives_closes_nobody(actor, brume, ask):
    change_party(actor=actor, party_id=brume.pk, changes={"siret": "40483304800022"})
    brume.refresh_from_db()

    asked, rows = ask(
        [brume], sirene(establishment(period={"etatAdministratifEtablissement": "F"}))
    )

    assert asked.queries == ["siret:40483304800022"]
    assert rows[0].outcome == "closed"
    assert queries.proposed_changes(actor=actor, party=brume) == []


def test_a_person_who_keeps_his_address_back_is_found_without_it(actor, brume, ask):
    _, rows = ask(
        [brume],
        sirene(
            establishment(
                unit={
                    "denominationUniteLegale": None,
                    "statutDiffusionUniteLegale": "P",
                    "prenomUsuelUniteLegale": "[ND]",
                    "nomUniteLegale": "[ND]",
                },
                address={
                    "numeroVoieEtablissement": "[ND]",
                    "typeVoieEtablissement": "[ND]",
                    "libelleVoieEtablissement": "[ND]",
                },
            )
        ),
    )

    assert rows[0].outcome == "found"
    assert rows[0].facts["partial"] == "oui"
    assert not {"name", "address_line", "postcode"} & set(rows[0].facts)
    assert queries.proposed_changes(actor=actor, party=brume) == []


def test_an_unknown_siren_is_kept_as_unknown(actor, brume, ask):
    _, rows = ask([brume], NOBODY)

    assert (rows[0].outcome, rows[0].facts) == ("unknown", {})


@pytest.mark.parametrize(
    ("replies", "reason", "times"),
    [
        ([reply(429, {}, Retry_After="60")], "il refuse d'autres demandes pour l'instant", 1),
        ([reply(429, {})], "il refuse d'autres demandes pour l'instant", 2),
        ([reply(500, {})], "il est en panne", 2),
        ([reply(401, {})], "il refuse la clé d'accès : vérifiez les réglages", 1),
        ([reply(400, {})], "il refuse la demande", 1),
        ([reply(302, {}, Location="https://example.org/")], "il renvoie vers une autre adresse", 1),
        ([reply(200, b"<html>")], "sa réponse n'est pas lisible", 1),
        ([reply(200, [])], "sa réponse n'est pas lisible", 1),
        ([reply(200, {"etablissements": ["x"]})], "sa réponse n'est pas lisible", 1),
        ([reply(200, b" " * (ANSWER_BYTES_MAX + 1))], "sa réponse est démesurée", 1),
    ],
    ids=["429-long", "429", "500", "401", "400", "302", "html", "list", "rows", "huge"],
)
def test_a_register_that_does_not_answer_is_said_and_breaks_nothing(
    actor, brume, ask, replies, reason, times
):
    asked, rows = ask([brume], *replies)

    assert [(row.outcome, row.facts) for row in rows] == [("unavailable", {"reason": reason})]
    assert len(asked.paths) == times
    assert queries.last_checks(actor=actor) == {}


def test_a_register_that_recovers_is_asked_again(brume, ask):
    asked, rows = ask([brume], reply(503, {}), sirene(establishment()))

    assert rows[0].outcome == "found"
    assert len(asked.paths) == 2


def test_a_slow_register_is_not_waited_for(brume, ask):
    def never(handler: BaseHTTPRequestHandler) -> None:
        threading.Event().wait(1.2)
        handler.close_connection = True

    _, rows = ask([brume], never)

    assert rows[0].facts == {"reason": "il n'a pas répondu à temps"}


def test_nobody_listens(actor, brume, registers):
    registers(sirene_url="http://127.0.0.1:9")

    (row,) = check_registers(actor=actor, party_ids=[brume.pk], patience=QUICK)

    assert row.facts == {"reason": "il est injoignable"}


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        ("", "clef", "aucune clé d'accès n'est configurée (ECHEANCE_SIRENE_KEY)"),
        ("https://api.example", "", "aucune clé d'accès n'est configurée (ECHEANCE_SIRENE_KEY)"),
        ("http://api.example", "clef", "son adresse n'est pas valable : vérifiez les réglages"),
        ("https://u:p@api.example", "x", "son adresse n'est pas valable : vérifiez les réglages"),
    ],
)
def test_a_register_that_is_not_configured_is_said(actor, brume, registers, url, key, reason):
    registers(sirene_url=url, key=key)

    (row,) = check_registers(actor=actor, party_ids=[brume.pk], patience=QUICK)

    assert (row.outcome, row.facts) == ("unavailable", {"reason": reason})


def test_many_firms_go_in_few_requests_and_silence_stops_them(actor, ask):
    sirens = _sirens(BATCH + 5)
    parties = create_parties(
        actor=actor,
        parties=[PartyFacts(siren, f"Client {siren}", siren=siren) for siren in sirens],
    )

    asked, rows = ask(parties, sirene(*(establishment(siren) for siren in sirens[:BATCH])))
    assert len(asked.paths) == 2
    assert [row.outcome for row in rows] == ["found"] * BATCH + ["unknown"] * 5

    asked, rows = ask(parties, reply(500, {}))
    assert len(asked.paths) == QUICK.attempts
    assert {row.outcome for row in rows} == {"unavailable"}


def _sirens(count: int) -> list[str]:
    from echeance.core.identifiers import Siren

    found = (f"{number:09d}" for number in range(300_000_000, 300_010_000))
    return [text for text in found if Siren.is_valid(text)][:count]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["siren", "siret", "uniteLegale", "adresseEtablissement", "periodesEtablissement",
             "etablissementSiege", "denominationUniteLegale", "libelleVoieEtablissement"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, JSON)
def test_whatever_a_register_answers_nothing_breaks(echoing, row, unit):
    """Rows of any shape under the SIREN asked for, and a document of any shape."""
    client, said = echoing
    shaped = {"siren": "404833048", "etablissementSiege": True, "uniteLegale": unit}
    shaped |= row if isinstance(row, dict) else {"adresseEtablissement": row}

    for document in ({"etablissements": [shaped]}, row):
        said["document"] = document
        (answer,) = client.look_up([(1, "404833048")])
        assert answer.outcome in {"found", "closed", "unknown", "unavailable"}
        assert all(isinstance(value, str) for value in answer.facts.values())
        assert "\0" not in "".join(answer.facts.values())


@pytest.fixture(scope="module")
def echoing():
    """A server that answers the document it is given."""
    said: dict[str, object] = {"document": {}}

    def echo(handler: BaseHTTPRequestHandler) -> None:
        reply(200, said["document"])(handler)

    with serving(echo) as (url, _):
        client = SireneClient(url, "clef", patience=QUICK)
        yield client, said
        client.close()


# -- VIES -----------------------------------------------------------------------------------------

VALID = {
    "countryCode": "BE",
    "vatNumber": "0428759497",
    "requestDate": "2026-11-24T09:00:00.000Z",
    "valid": True,
    "requestIdentifier": "WAPIAAAAZqwErT12",
    "name": "SA BIERHAUS BRUXELLES",
    "address": "Rue Neuve 3\n1000 Bruxelles",
}


def test_a_vat_number_in_force_is_proved_by_its_consultation_number(
    actor, company, foreign, ask_vies
):
    company.vat_id = "FR 83 404 833 048"
    company.save(update_fields=["vat_id"])

    asked, row = ask_vies(reply(200, VALID))

    assert asked.paths == ["/check-vat-number"]
    assert asked.bodies == [
        {
            "countryCode": "BE",
            "vatNumber": "0428759497",
            "requesterMemberStateCode": "FR",
            "requesterNumber": "83404833048",
        }
    ]
    assert (row.outcome, row.reference) == ("found", "WAPIAAAAZqwErT12")
    assert row.facts["address"] == "Rue Neuve 3 1000 Bruxelles"
    (proposed,) = queries.proposed_changes(actor=actor, party=foreign)
    assert (proposed.field, proposed.new) == ("name", "SA BIERHAUS BRUXELLES")


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (reply(200, VALID | {"valid": False, "name": "---"}), "unknown", None),
        (reply(200, VALID | {"name": "---", "address": "---"}), "found", None),
        (
            reply(400, {"actionSucceed": False, "errorWrappers": [{"error": "INVALID_INPUT"}]}),
            "unknown",
            None,
        ),
        (
            reply(500, {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}),
            "unavailable",
            "le service de ce pays ne répond pas",
        ),
        (
            reply(200, {"actionSucceed": False, "errorWrappers": [{"error": "VOW-ERR-1"}]}),
            "unavailable",
            "il refuse la demande",
        ),
        (
            reply(200, VALID | {"userError": "MS_MAX_CONCURRENT_REQ"}),
            "unavailable",
            "le service de ce pays refuse d'autres demandes pour l'instant",
        ),
        (reply(200, {"valid": "yes"}), "unavailable", "sa réponse n'est pas lisible"),
        (reply(503, b"down"), "unavailable", "il est en panne"),
    ],
    ids=["no", "hidden", "input", "country", "code", "user", "type", "503"],
)
def test_what_vies_says_otherwise(actor, foreign, ask_vies, answer, outcome, reason):
    _, row = ask_vies(answer)

    assert (row.outcome, row.facts.get("reason")) == (outcome, reason)
    assert queries.proposed_changes(actor=actor, party=foreign) == []


# -- what is done with the answers ----------------------------------------------------------------


def test_an_answer_about_a_former_identifier_corrects_nothing(actor, brume, ask):
    ask([brume], sirene(establishment(unit={"denominationUniteLegale": "AUTRE"})))

    change_party(
        actor=actor,
        party_id=brume.pk,
        changes={"siren": "552100554", "electronic_address": "0225:552100554"},
    )

    brume.refresh_from_db()
    assert queries.proposed_changes(actor=actor, party=brume) == []


def test_silence_does_not_hide_the_last_answer(actor, brume, ask):
    ask([brume], sirene(establishment(unit={"denominationUniteLegale": "AUTRE"})))
    ask([brume], reply(500, {}))

    assert [one.new for one in queries.proposed_changes(actor=actor, party=brume)] == ["AUTRE"]
    assert queries.last_checks(actor=actor)[brume.pk]["sirene"].outcome == "found"
    assert [row.outcome for row in queries.registry_checks(actor=actor, party_id=brume.pk)] == [
        "unavailable",
        "found",
    ]


@pytest.mark.parametrize(
    ("lines", "proposed"),
    [
        ("0225:404833048", None),
        ("0225:404833048_ACHATS", "0225:404833048_ACHATS"),
        ("0225:404833048_A | 0225:404833048_B", None),
        ("", None),
    ],
)
def test_the_directory_proposes_an_address_when_there_is_no_choice(actor, brume, lines, proposed):
    record_directory_answers(
        actor=actor,
        answers=[RegistryAnswer(brume.pk, "directory", brume.siren, "found", {"lines": lines})],
    )

    found = queries.proposed_changes(actor=actor, party=brume)
    assert [one.new for one in found] == ([proposed] if proposed else [])


def test_who_has_no_number_is_not_asked_about(actor, registers):
    rows = create_parties(
        actor=actor,
        parties=[
            PartyFacts("P1", "Anne Roy", category="consumer"),
            PartyFacts("U1", "Acme", country="US"),
        ],
    )

    assert check_registers(actor=actor, party_ids=[row.pk for row in rows]) == []


def test_the_proposals_of_many_cost_one_query(actor, brume, foreign, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.proposed_changes_of(actor=actor, parties=[brume, foreign])


def test_a_neighbour_asks_and_reads_nothing(stranger, brume):
    with pytest.raises(NotFoundError):
        check_registers(actor=stranger, party_ids=[brume.pk])
    with pytest.raises(NotFoundError):
        accept_registry_changes(actor=stranger, accepted={brume.pk: ["name"]})

    assert queries.last_checks(actor=stranger) == {}


# -- by itself, and from the console --------------------------------------------------------------


def test_customers_are_asked_about_again_after_three_months(actor, brume, registers):
    create_parties(
        actor=actor,
        parties=[
            PartyFacts("P1", "Anne Roy", category="consumer"),
            PartyFacts("U1", "Acme", country="US"),
            PartyFacts("F1", "Usine", siren="552100554", is_customer=False, is_supplier=True),
        ],
    )
    with serving(sirene(establishment())) as (url, asked):
        registers(sirene_url=url)
        first = jobs.check_registers.call()
        again = jobs.check_registers.call()
        with clock.at(datetime(2027, 2, 23, 9, 0, tzinfo=UTC)):
            later = jobs.check_registers.call()

    assert (first, again, later) == ({"checked": 1}, {"checked": 0}, {"checked": 1})
    assert len(asked.paths) == 2


def test_a_register_that_was_silent_is_tried_again_the_next_day(actor, brume, registers):
    with serving(reply(400, {}), sirene(establishment())) as (url, _):
        registers(sirene_url=url)
        jobs.check_registers.call()
        assert jobs.check_registers.call() == {"checked": 0}
        with clock.at(datetime(2026, 11, 25, 9, 0, tzinfo=UTC)):
            assert jobs.check_registers.call() == {"checked": 1}

    assert queries.last_checks(actor=actor)[brume.pk]["sirene"].outcome == "found"


def test_without_a_register_nothing_is_asked_by_itself(brume, registers):
    assert jobs.check_registers.call() == {"checked": 0}
    assert not RegistryCheck.objects.exists()


def test_customers_of_practice_are_not_asked_about(company, brume, registers):
    company.is_practice = True
    company.save(update_fields=["is_practice"])
    registers(sirene_url="http://127.0.0.1:9")

    assert jobs.check_registers.call() == {"checked": 0}


def test_the_console_says_what_a_register_would_correct(brume, registers):
    moved = establishment(unit={"denominationUniteLegale": "BRUME ET FILS"})
    with serving(sirene(moved)) as (url, _):
        registers(sirene_url=url)
        told = CliRunner().invoke(app, ["check", "C1"])
        document = CliRunner().invoke(app, ["check", "C1", "--json"])
    unknown = CliRunner().invoke(app, ["check", "ZZ"])

    assert told.exit_code == 1
    assert "C1 : répertoire SIRENE, 404833048 : trouvé" in told.stdout
    assert "C1 : nom « Atelier Brume » devrait être « BRUME ET FILS »" in told.stdout
    assert json.loads(document.stdout)["proposed"] == [
        {"code": "C1", "field": "name", "old": "Atelier Brume", "new": "BRUME ET FILS"}
    ]
    assert isinstance(unknown.exception, NotFoundError)
