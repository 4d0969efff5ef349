"""Collective proceedings: who is under one, notices, terms, the claim, the split at the judgment."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from collection.bodacc_server import bodacc, record
from echeance.assistant import answers
from echeance.base import clock
from echeance.base import queries as base
from echeance.base.errors import NotFoundError
from echeance.billing.models import Invoice, InvoiceLine
from echeance.collection import commands, jobs, queries
from echeance.collection.console import collection_app
from echeance.collection.errors import (
    InsolvencyClosedError,
    InsolvencyDatesError,
    InsolvencyKnownError,
    NothingToClaimError,
    NoticeSettledError,
    NoticesUnreadableError,
    NoticeUnclearError,
    SplitWrongError,
)
from echeance.collection.models import InsolvencyCase, InsolvencyNotice
from echeance.collection.registers.bodacc import BodaccClient, configured_client
from echeance.collection.types import Insolvency, InsolvencyKind
from echeance.ledger.models import OpenItem
from echeance.parties import commands as parties
from echeance.parties.models import Party
from echeance.parties.registers.http import Patience

JUDGMENT = date(2026, 10, 14)


def case_of(actor, party, judgment_on=JUDGMENT, closed_on=None):
    return InsolvencyCase.objects.create(
        company=actor.company, party=party, kind="liquidation", judgment_on=judgment_on,
        published_on=date(2026, 10, 23), opened_at=clock.now(), opened_by="Léa",
        closed_on=closed_on,
    )  # fmt: skip


def test_a_customer_under_open_proceedings_is_known(world, actor, django_assert_num_queries):
    party, other = world.customer("Berger BTP"), world.customer("Colin")
    case = case_of(actor, party)
    case_of(actor, other, closed_on=date(2026, 11, 2))

    with django_assert_num_queries(2):
        found = queries.insolvent_parties(actor=actor)

    assert found == {party.pk: Insolvency(case.pk, JUDGMENT, InsolvencyKind.LIQUIDATION)}
    assert queries.insolvent_parties(actor=actor, party_ids=[other.pk]) == {}


def test_a_case_of_a_merged_number_counts_for_the_one_that_stays(world, actor):
    stays, gone = world.customer("Berger BTP"), world.customer("Berger B.T.P.")
    case = case_of(actor, gone)
    parties.merge_parties(actor=actor, party_id=gone.pk, into_id=stays.pk)

    found = queries.insolvent_parties(actor=actor, party_ids=[stays.pk])

    assert {party: one.case_id for party, one in found.items()} == {stays.pk: case.pk}
    assert set(queries.insolvent_parties(actor=actor)) == {stays.pk, gone.pk}
    assert list(queries.insolvency_cases(actor=actor, party_id=stays.pk)) == [case]


def test_the_first_of_two_judgments_froze_the_debts(world, actor):
    stays, gone = world.customer("Berger BTP"), world.customer("Berger B.T.P.")
    case_of(actor, stays, judgment_on=date(2026, 11, 3))
    first = case_of(actor, gone)
    parties.merge_parties(actor=actor, party_id=gone.pk, into_id=stays.pk)

    found = queries.insolvent_parties(actor=actor, party_ids=[stays.pk])

    assert found[stays.pk].case_id == first.pk


def test_a_case_of_another_company_does_not_exist(world, actor):
    with pytest.raises(NotFoundError):
        queries.insolvency_for(actor=actor, case_id=999)


SIREN = "732829320"
PUBLISHED = date(2026, 10, 23)
QUICK = Patience(timeout_seconds=2, attempts=1, wait_seconds=0, wait_seconds_max=0)


def berger(world, actor):
    """A customer with a SIREN and three invoices: before, across, after the judgment."""
    party = world.customer("Berger BTP")
    Party.objects.filter(pk=party.pk).update(siren=SIREN)
    (before,) = world.invoice(party, "F1", ("1200.00", date(2026, 2, 14)))
    return party, before


def ask(actor, records=(), **more):
    with bodacc(records, **more) as (url, asked):
        client = BodaccClient(url, patience=QUICK)
        try:
            return commands.watch_insolvencies(actor=actor, client=client), asked
        finally:
            client.close()


def open_case(actor, party, **more):
    facts = {
        "kind": InsolvencyKind.LIQUIDATION, "judgment_on": JUDGMENT, "published_on": PUBLISHED,
        "court": "Tribunal des activités économiques de Lyon", "representative": "Me Lenoir",
        "representative_address": "3 rue du Palais\n69003 Lyon",
    } | more  # fmt: skip
    return commands.record_insolvency(actor=actor, party_id=party.pk, **facts)


def questions(actor, kind):
    return list(base.work_items(actor=actor, on=date.max, kind=kind))


def test_a_new_judgment_is_a_question_never_a_case_by_itself(world, actor):
    berger(world, actor)

    report, asked = ask(actor, [record()])

    assert (report.asked, report.read, report.new, report.silent) == (1, 1, 1, "")
    assert 'registre in ("732829320")' in asked[0]["where"]
    assert "dateparution>=date'2026-09-25'" in asked[0]["where"]
    assert InsolvencyCase.objects.count() == 0
    (question,) = questions(actor, "collection.insolvency")
    assert "Est-ce bien notre client ?" in question.title
    assert [one["key"] for one in question.answers] == ["record", "not_ours"]


def test_the_same_announcement_twice_is_one(world, actor):
    berger(world, actor)
    ask(actor, [record()])

    report, asked = ask(actor, [record()])

    assert (report.read, report.new) == (1, 0)
    # Asked again from a week before the last known.
    assert "date'2026-10-16'" in asked[0]["where"]


def test_what_was_answered_is_not_asked_again(world, actor):
    berger(world, actor)
    ask(actor, [record()])
    notice = InsolvencyNotice.objects.get()

    commands.dismiss_notice(actor=actor, notice_id=notice.pk)
    ask(actor, [record()])

    assert questions(actor, "collection.insolvency") == []
    with pytest.raises(NoticeSettledError):
        commands.record_from_notice(actor=actor, notice_id=notice.pk)


def test_the_answer_yes_records_the_case_as_it_was_announced(world, actor):
    party, _ = berger(world, actor)
    ask(actor, [record()])

    case = commands.record_from_notice(actor=actor, notice_id=InsolvencyNotice.objects.get().pk)

    assert (case.party, case.kind, case.judgment_on) == (party, "liquidation", JUDGMENT)
    assert case.claim_due_on == date(2026, 12, 23)
    assert case.court == "Tribunal des activités économiques de Lyon"
    assert questions(actor, "collection.insolvency") == []
    (claim,) = questions(actor, "collection.claim")
    assert claim.due_date == date(2026, 12, 23)
    assert str(claim.amount) == "1200.00"


def test_a_conversion_then_a_closing_complete_the_case(world, actor):
    party, _ = berger(world, actor)
    open_case(actor, party, kind=InsolvencyKind.RECEIVERSHIP)
    ask(actor, [
        record("A2", published="2026-11-10", famille="Jugement prononçant", date="2026-11-03",
               nature="Jugement de conversion en liquidation judiciaire"),
        record("A3", published="2026-11-20", famille="Jugement de clôture", date="2026-11-17",
               nature="Jugement de clôture pour insuffisance d'actif"),
    ])  # fmt: skip

    for notice in InsolvencyNotice.objects.order_by("published_on"):
        commands.record_from_notice(actor=actor, notice_id=notice.pk)

    case = InsolvencyCase.objects.get()
    assert (case.kind, case.closed_on) == ("liquidation", date(2026, 11, 17))
    assert queries.insolvent_parties(actor=actor) == {}
    assert questions(actor, "collection.claim") == []


def test_an_announcement_without_a_judgment_is_recorded_by_hand(world, actor):
    berger(world, actor)
    ask(actor, [record(date="bientôt")])

    with pytest.raises(NoticeUnclearError) as caught:
        commands.record_from_notice(actor=actor, notice_id=InsolvencyNotice.objects.get().pk)

    assert "le jour du jugement" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"status": 500}, "en panne"),
        ({"status": 429}, "refuse d'autres demandes"),
        ({"body": b"<html>"}, "pas lisible"),
        ({"body": b'{"results": 3}'}, "pas lisible"),
        ({"body": b"[" * 100_000}, "pas lisible"),
    ],
)
def test_a_silent_register_raises_nothing(world, actor, more, words):
    berger(world, actor)

    report, _ = ask(actor, **more)

    assert words in report.silent
    assert report.new == 0


def test_without_an_address_nothing_is_asked(world, actor):
    berger(world, actor)

    report = commands.watch_insolvencies(actor=actor, client=None)

    assert "ECHEANCE_BODACC_URL" in report.silent
    assert configured_client() is None


def test_only_customers_that_owe_something_are_watched(world, actor):
    party, item_id = berger(world, actor)
    world.pays(party, item_id, "1200.00", date(2026, 3, 1))

    report, asked = ask(actor, [record()])

    assert (report.asked, asked) == (0, [])


def test_a_file_saved_from_the_bodacc_is_read(world, actor):
    berger(world, actor)
    content = json.dumps({"results": [record(), record("A9", siren="552100554"), {"x": 1}]})

    report = commands.read_notices(actor=actor, content=content.encode(), filename="annonces.json")

    assert (report.read, report.new) == (2, 1)
    for bad in (b"", b"{", b'"x"', b"{}"):
        with pytest.raises(NoticesUnreadableError):
            commands.read_notices(actor=actor, content=bad, filename="x.json")


def test_liquidation_of_berger_three_invoices_one_across_the_judgment(world, actor):
    """1 200,00 before; 372,00 of October at 20 %, 13 days of 31 before; 120,00 after."""
    party, before = berger(world, actor)
    (across,) = world.invoice(party, "F2", ("372.00", date(2026, 11, 30)))
    world.invoice(party, "F3", ("120.00", date(2026, 12, 15)))
    world.sealed(party, "F2")
    world.sealed(party, "F3")
    supplied("F2", "310.00", date(2026, 10, 1), date(2026, 10, 31))
    supplied("F3", "100.00", date(2026, 10, 20), date(2026, 10, 20))

    case = open_case(actor, party)

    rows = {row.document_ref: row for row in queries.insolvency_items(actor=actor, case_id=case.pk)}
    assert {ref: (str(row.before), str(row.after)) for ref, row in rows.items()} == {
        "F1": ("1200.00", "0.00"), "F2": ("156.00", "216.00"), "F3": ("0.00", "120.00"),
    }  # fmt: skip
    assert rows["F2"].why == (
        "livrée ou exécutée du 01/10/2026 au 31/10/2026, à cheval sur le jugement"
    )
    # F1, due 14/02: 242 days to 13/10. 15/02-30/06, 136 days at 12,15 %: 54,33; 01/07-13/10,
    # 105 days at 12,40 %: 42,81. The 40 € are owed: it fell due before the judgment.
    assert (str(rows["F1"].interest), str(rows["F1"].indemnity)) == ("97.14", "40.00")
    assert (str(rows["F2"].interest), str(rows["F2"].indemnity)) == ("0.00", "0.00")
    assert queries.frozen_amounts(actor=actor) == {
        before: Decimal("1200.00"), across: Decimal("156.00"),
    }  # fmt: skip


def supplied(ref, net, start, end):
    invoice = Invoice.objects.get(number=ref)
    InvoiceLine.objects.create(
        company=invoice.company, invoice=invoice, position=1, name="Location", nature="services",
        quantity=1, unit_code="C62", unit_price=Decimal(net), net_amount=Decimal(net),
        vat_category="S", vat_rate=20, revenue_account="706000", period_start=start,
        period_end=end,
    )  # fmt: skip


def test_a_person_corrects_a_cut_and_notes_what_secures_it(world, actor):
    party, _ = berger(world, actor)
    case = open_case(actor, party)
    (row,) = queries.insolvency_items(actor=actor, case_id=case.pk)

    commands.change_insolvency_item(
        actor=actor, item_id=row.pk, before=Decimal("1000.00"), secured="réserve de propriété"
    )
    commands.refresh_insolvency_items(actor=actor, case_id=case.pk)

    row.refresh_from_db()
    assert (str(row.before), str(row.after)) == ("1000.00", "200.00")
    with pytest.raises(SplitWrongError):
        commands.change_insolvency_item(actor=actor, item_id=row.pk, before=Decimal("1200.01"))


def test_the_claim_is_made_declared_and_admitted(world, actor):
    party, _ = berger(world, actor)
    case = open_case(actor, party)

    commands.make_claim(actor=actor, case_id=case.pk)
    case = commands.declare_claim(
        actor=actor, case_id=case.pk, on=date(2026, 11, 20), proof=b"AR", filename="ar.pdf"
    )
    case = commands.change_insolvency(
        actor=actor, case_id=case.pk, admitted_amount=Decimal("1200.00")
    )

    assert str(case.claimed_amount) == "1337.14"  # 1 200,00 + 97,14 + 40,00
    assert case.claimed_on == date(2026, 11, 20)
    assert case.claim_file.filename == f"declaration-de-creance-{case.pk}.pdf"
    assert case.claim_word.filename.endswith(".docx")
    assert case.claim_proof.filename == "ar.pdf"
    assert str(case.admitted_amount) == "1200.00"
    assert questions(actor, "collection.claim") == []


def test_nothing_owed_nothing_declared(world, actor):
    party = world.customer("Colin")
    case = open_case(actor, party)

    with pytest.raises(NothingToClaimError):
        commands.make_claim(actor=actor, case_id=case.pk)

    assert questions(actor, "collection.claim") == []


def test_a_publication_known_later_sets_the_term(world, actor):
    party, _ = berger(world, actor)
    case = open_case(actor, party, published_on=None)
    assert case.claim_due_on is None

    commands.change_insolvency(actor=actor, case_id=case.pk, published_on=PUBLISHED)

    (claim,) = questions(actor, "collection.claim")
    assert claim.due_date == date(2026, 12, 23)


def test_one_open_case_a_customer_and_dates_that_follow(world, actor):
    party, _ = berger(world, actor)
    case = open_case(actor, party)

    with pytest.raises(InsolvencyKnownError):
        open_case(actor, party)
    for wrong in ({"judgment_on": date(2026, 11, 25)}, {"published_on": date(2026, 10, 13)}):
        with pytest.raises(InsolvencyDatesError):
            open_case(actor, world.customer("Autre"), **wrong)
    with pytest.raises(InsolvencyDatesError):
        commands.close_insolvency(
            actor=actor, case_id=case.pk, closed_on=date(2026, 10, 1), reason="x"
        )
    commands.close_insolvency(
        actor=actor, case_id=case.pk, closed_on=date(2026, 11, 20), reason="plan"
    )
    with pytest.raises(InsolvencyClosedError):
        commands.make_claim(actor=actor, case_id=case.pk)


def test_a_payment_of_a_frozen_debt_after_the_judgment_is_shown(world, actor):
    party, item_id = berger(world, actor)
    case = open_case(actor, party)
    world.pays(party, item_id, "100.00", date(2026, 11, 2))

    (found,) = queries.paid_after_judgment(actor=actor, case=case)

    assert (found.debit_item_id, str(found.amount)) == (item_id, "100.00")


def test_the_console_says_why_nothing_is_asked_and_reads_a_file(world, actor, tmp_path):
    berger(world, actor)
    saved = tmp_path / "annonces.json"
    saved.write_text(json.dumps([record()]), encoding="utf-8")

    asked = CliRunner().invoke(collection_app, ["insolvencies", "check"])
    read = CliRunner().invoke(collection_app, ["insolvencies", "read", str(saved), "--json"])

    assert "aucune adresse n'est configurée" in asked.output
    assert json.loads(read.output) == {"asked": 1, "read": 1, "new": 1, "silent": ""}


def test_the_job_of_the_day_asks_for_every_company(world, actor, settings):
    berger(world, actor)
    assert jobs.watch_insolvencies.func() == {"new": 0}

    with bodacc([record()]) as (url, _):
        settings.REGISTERS = {**settings.REGISTERS, "bodacc_url": url}
        assert jobs.watch_insolvencies.func() == {"new": 1}


def test_the_question_is_answered_from_the_list_of_the_day(world, actor):
    berger(world, actor)
    ask(actor, [record()])
    (question,) = questions(actor, "collection.insolvency")

    told = answers.answer(actor=actor, work_item_id=question.pk, choice="record")

    assert told == "Procédure notée : vérifiez le partage des créances."
    assert InsolvencyCase.objects.get().kind == "liquidation"


def test_reminders_follow_the_supply_not_the_date_of_the_invoice(world, actor):
    """Invoiced before but supplied after: reminded of; supplied before, be it in part: not."""
    party, _ = berger(world, actor)
    for ref in ("APRES", "CHEVAL"):
        world.invoice(party, ref, ("120.00", date(2026, 11, 10)))
        world.sealed(party, ref)
    supplied("APRES", "100.00", date(2026, 10, 20), date(2026, 10, 20))
    supplied("CHEVAL", "100.00", date(2026, 10, 1), date(2026, 10, 31))
    open_case(actor, party)

    births = queries.claim_births(actor=actor)

    by_ref = {one.pk: one.document_ref for one in OpenItem.objects.filter(pk__in=births)}
    assert {by_ref[pk]: day for pk, day in births.items()} == {
        "F1": date(2026, 10, 13), "APRES": JUDGMENT, "CHEVAL": date(2026, 10, 13),
    }  # fmt: skip
    row = world.row(party)
    assert [line.document_ref for line in row.lines] == ["APRES"], row.reasons
