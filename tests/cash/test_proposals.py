"""What the matcher is told: what was learnt, what is settled, what the bank knows, what waits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.types import CashPolicy
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts

LAC = "DE89370400440532013000"


@pytest.fixture
def clerk(company, user) -> Actor:
    """Léa, who matches payments."""
    return Actor(company, user, frozenset({Right.READ, Right.MATCH_PAYMENTS}))


def propose(desk, *, money_out=False):
    entries = list(queries.entries_to_match(actor=desk.actor, money_out=money_out))
    return queries.proposals(actor=desk.actor, entries=entries)


def decisions(desk, *, money_out=False):
    return [one.decision for one in propose(desk, money_out=money_out)]


def test_a_payer_learnt_is_recognised_the_next_time(desk, clerk):
    first = desk.service("FA2026-0001", "05/01", "04/02")
    desk.service("FA2026-0002", "05/02", "04/03", "230.00")
    facts = {"text": "VIR", "payer_name": "SCI DU LAC", "payer_iban": LAC}
    line = desk.line("120.00", **facts)
    assert decisions(desk) == ["ask"]
    desk.accept(line, {first: "120.00"}, "A", remember=True, actor=clerk)

    desk.line("276.00", "20/06", **facts)
    (found,) = propose(desk)

    assert (found.decision, found.party_id) == ("apply", desk.parties["A"])
    cash.forget_payers(actor=clerk, link_ids=[queries.learnt_payers(actor=clerk).get().pk])
    assert decisions(desk) == ["ask"]


def test_a_document_paid_twice_is_not_taken_for_another_of_the_same_amount(desk):
    """FA2026-0001 is settled and cited again; FA2026-0002 of the same amount is still open."""
    paid = desk.service("FA2026-0001", "05/01", "04/02")
    desk.service("FA2026-0002", "05/02", "04/03")
    desk.accept(desk.line("120.00", text="FA2026-0001", payer_name="Alma"), {paid: "120.00"}, "A")

    desk.line("120.00", "20/06", text="VIR FA2026-0001", payer_name="ALMA")

    assert decisions(desk) == ["ask"]


def test_charges_told_by_the_bank_explain_what_is_missing(desk):
    desk.service("FA2026-0001", "05/01", "04/02")
    desk.line(
        "112.00",
        text="FA2026-0001",
        payer_name="ALMA",
        charges=Decimal("8.00"),
        original_amount=Decimal("120.00"),
        original_currency="EUR",
    )

    (found,) = propose(desk)

    assert found.decision == "apply"
    (difference,) = found.candidates[0].differences
    assert (difference.kind, str(difference.amount)) == ("bank_charges", "-8.00")
    assert queries.applies_alone(proposal=found, limits=CashPolicy())
    assert not queries.applies_alone(proposal=found, limits=CashPolicy(differences=()))
    cash.accept_matches(actor=desk.actor, matches=[found.first])
    assert desk.balances("411", "627") == ["0.00", "8.00"]


def test_two_customers_of_one_name_prove_nobody(desk):
    """Another Alma owes nothing: the name alone no longer says who paid."""
    desk.service("FA2026-0001", "05/01", "04/02")
    desk.line("120.00", text="VIR", payer_name="Alma")
    assert decisions(desk) == ["apply"]

    parties.create_parties(
        actor=desk.actor, parties=[PartyFacts(code="A2", name="Alma", category="consumer")]
    )

    assert decisions(desk) != ["apply"]


def test_a_suppliers_invoice_cited_by_our_own_transfer_is_found(desk):
    desk.purchase("FF-2026-778", "05/01")
    desk.line("-120.00", text="VIR SEVE FF-2026-778")

    (found,) = propose(desk, money_out=True)

    assert found.decision == "apply"
    cash.accept_matches(actor=desk.actor, matches=[found.first])
    assert desk.balances("401") == ["0.00"]


def test_a_line_that_waits_still_competes(desk):
    """Two payments of 120.00 for one invoice: the one held is no reason to give it to the other."""
    desk.service("FA2026-0001", "05/01", "04/02")
    held = desk.line("120.00", text="FA2026-0001", payer_name="ALMA")
    desk.line("120.00", "16/06", text="FA2026-0001", payer_name="ALMA")
    before = decisions(desk)
    cash.hold_entries(actor=desk.actor, entry_ids=[held], until=date(2026, 12, 1))

    (found,) = propose(desk)

    assert (before[1], found.decision) == ("ask", "ask")


def test_a_match_undone_by_a_person_is_never_proposed_alone_again(desk):
    invoice = desk.service("FA2026-0001", "05/01", "04/02")
    line = desk.line("120.00", text="FA2026-0001", payer_name="ALMA")
    assert decisions(desk) == ["apply"]
    match = desk.accept(line, {invoice: "120.00"}, "A")
    cash.undo_matches(actor=desk.actor, match_ids=[match])

    (found,) = propose(desk)

    assert (found.decision, len(found.candidates)) == ("ask", 1)
    assert "déjà été annulé" in found.question


def test_a_batch_is_told_part_by_part(desk):
    desk.service("FA2026-0001", "05/01", "04/02")
    desk.post("VT FB2026-0007 05/01", "411000 D50.00 B; 707000 C50.00")
    desk.line(
        "170.00",
        text="REMISE CHEQUES",
        details=[
            {"amount": "120.00", "payer_name": "Alma", "remittance_text": "FA2026-0001"},
            {"amount": "50.00", "payer_name": "Bor", "remittance_text": "FB2026-0007"},
        ],
    )

    (found,) = propose(desk)

    assert found.decision == "apply"
    assert [str(one.amount) for one in found.candidates[0].items] == ["120.00", "50.00"]
