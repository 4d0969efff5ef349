"""Goal: money is applied when exactly one explanation exists, and asked about otherwise."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.matching import (
    Allocation,
    Difference,
    Explanation,
    MatchingRules,
    OpenItem,
    Payment,
    propose,
)

DURAND, MERCIER = 1, 2
DURAND_IBAN = "FR7630006000011234567890189"
MERCIER_IBAN = "FR7630006000019876543210173"
KNOWN = {DURAND_IBAN: DURAND, MERCIER_IBAN: MERCIER}
NAMES = {DURAND: ("Durand & Fils SARL",), MERCIER: ("Mercier Bâtiment SAS",)}


def item(item_id: int, number: str, amount: str, debtor_id: int = DURAND, **facts) -> OpenItem:
    """One open document of October 2026."""
    plain = OpenItem(
        item_id=item_id,
        debtor_id=debtor_id,
        debtor_names=NAMES[debtor_id],
        document_number=number,
        order_reference="",
        issue_date=date(2026, 10, 1),
        due_date=date(2026, 10, 31),
        open_amount=Decimal(amount),
        currency="EUR",
    )
    return replace(plain, **facts)


def payment(text: str, amount: str, entry_id: int = 1, **facts) -> Payment:
    """A transfer of 20 November 2026 from somebody unknown."""
    plain = Payment(
        entry_id=entry_id,
        direction="CRDT",
        amount=Decimal(amount),
        booking_date=date(2026, 11, 20),
        text=text,
        references=(),
        payer_name="",
        payer_iban="",
        currency="EUR",
    )
    return replace(plain, **facts)


def codes(proposal) -> list[str]:
    return [reason.code for reason in proposal.reasons]


def one(paid: Payment, *items: OpenItem, rules: MatchingRules | None = None):
    (proposal,) = propose([paid], items, known_payers=KNOWN, rules=rules)
    return proposal


FA41 = item(41, "FA-2026-0041", "120.00")
FA42 = item(42, "FA-2026-0042", "80.50")
FA43 = item(43, "FA-2026-0043", "250.00")
FA50_OTHER = item(50, "FA-2026-0050", "120.00", MERCIER)
AV07 = item(7, "AV-2026-0007", "-20.00")

BY_REFERENCE = [
    # what is shown, text, amount, items, allocations
    ("as printed", "VIR FA-2026-0041", "120.00", [FA41], {41: "120.00"}),
    ("without hyphens", "FACTURE FA20260041 MERCI", "120.00", [FA41], {41: "120.00"}),
    ("split by spaces", "fa 2026 0041", "120.00", [FA41], {41: "120.00"}),
    ("with slashes", "FA/2026/0041", "120.00", [FA41], {41: "120.00"}),
    ("equal amounts told apart", "FA-2026-0050", "120.00", [FA41, FA50_OTHER], {50: "120.00"}),
    ("grouped", "FA-2026-0041, FA-2026-0042", "200.50", [FA41, FA42], {41: "120.00", 42: "80.50"}),
    ("credit deducted", "FA-2026-0041 AV-2026-0007", "100.00", [FA41, AV07], {41: "120.00", 7: "-20.00"}),
    ("cited twice", "FA-2026-0041 FACT FA20260041", "120.00", [FA41], {41: "120.00"}),
    ("digits only", "REGLT 20260041", "9.99", [item(1, "2026-0041", "9.99")], {1: "9.99"}),
    ("one instalment", "FA-1041", "70.00", [item(1, "FA-1041", "30.00"), item(2, "FA-1041", "70.00")], {2: "70.00"}),
    ("all instalments", "FA-1041", "100.00", [item(1, "FA-1041", "30.00"), item(2, "FA-1041", "70.00")], {1: "30.00", 2: "70.00"}),
    ("order reference", "CDE 4500012345", "60.00", [item(1, "FA-1041", "60.00", order_reference="4500012345")], {1: "60.00"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "amount", "items", "expected"),
    [case[1:] for case in BY_REFERENCE],
    ids=[case[0] for case in BY_REFERENCE],
)
def test_exact_references_and_amount_are_applied(text, amount, items, expected):
    proposal = one(payment(text, amount), *items)

    assert proposal.decision == "apply"
    allocated = {found.item_id: found.amount for found in proposal.allocations}
    assert allocated == {item_id: Decimal(value) for item_id, value in expected.items()}
    assert proposal.question == ""
    assert proposal.alternatives == ()


def test_the_reason_shows_where_the_number_stands_in_the_text():
    proposal = one(payment("VIR Réglé fa 2026 0041 merci", "120.00"), FA41)

    first = proposal.reasons[0]
    assert (first.code, first.fragment) == ("reference", (10, 22))
    assert first.sentence == (
        "« fa 2026 0041 », dans le libellé, désigne le document FA-2026-0041."
    )
    assert proposal.reasons[1].sentence == (
        "Le montant reçu, 120,00\u00a0€, est exactement son reste dû."
    )


def test_a_structured_reference_counts_as_a_citation():
    paid = payment("VIR SEPA", "120.00", references=("FA-2026-0041",))

    proposal = one(paid, FA41)

    assert proposal.decision == "apply"
    assert proposal.reasons[0].fragment is None


def test_a_creditor_reference_rf_gives_the_number_it_carries():
    paid = payment("", "120.00", references=("RF13FA20260041",))

    proposal = one(paid, FA41)

    assert proposal.allocations == (Allocation(41, Decimal("120.00")),)


ASKED = [
    # what is shown, payment, items, code of the last reason
    ("short payment", payment("FA-2026-0041", "100.00"), [FA41], "short_payment"),
    ("overpayment", payment("FA-2026-0041", "130.00"), [FA41], "over_payment"),
    ("short payment, undeclared credit", payment("FA-2026-0041", "100.00"), [FA41, AV07], "short_payment"),
    ("two cited, one paid", payment("FA-2026-0041 FA-2026-0042", "120.00"), [FA41, FA42], "several_readings"),
    ("equal instalments", payment("FA-1041", "50.00"), [item(1, "FA-1041", "50.00"), item(2, "FA-1041", "50.00")], "several_readings"),
    ("number no longer open", payment("FA-2026-0041 FA-2026-0039", "120.00"), [FA41], "unresolved_reference"),
    ("cut short", payment("FA-2026-004", "120.00"), [FA41], "payer_unknown"),
    ("permuted digits", payment("FA-2026-0014", "120.00"), [FA41], "payer_unknown"),
    ("inside a longer number", payment("FA-2026-00410", "120.00"), [FA41], "payer_unknown"),
    ("letter O for zero, other amount", payment("FA-2O26-0041", "90.00"), [FA41, FA42], "payer_unknown"),
    ("last digits only", payment("FACTURE 0041", "120.00"), [FA41], "payer_unknown"),
    ("amount only", payment("VIREMENT", "120.00"), [FA41], "payer_unknown"),
    ("ambiguous spacing", payment("FA 1 12", "10.00"), [item(1, "FA-1-12", "10.00"), item(2, "FA-11-2", "10.00")], "ambiguous_reference"),
    ("a number within a longer one", payment("FA 1041 2", "10.00"), [item(1, "FA-1041", "10.00"), item(2, "FA-10412", "20.00")], "ambiguous_reference"),
    ("two debtors cited", payment("FA-2026-0041 FA-2026-0050", "230.00"), [FA41, FA50_OTHER], "several_debtors"),
    ("other payer by IBAN", payment("FA-2026-0041", "120.00", payer_iban=MERCIER_IBAN), [FA41], "payer_is_not_debtor"),
    ("other payer by name", payment("FA-2026-0041", "120.00", payer_name="MERCIER BATIMENT SAS"), [FA41, FA50_OTHER], "payer_is_not_debtor"),
    ("other currency", payment("FA-2026-0041", "120.00", currency="USD"), [FA41], "currency"),
    ("paid before issue", payment("FA-2026-0041", "120.00", booking_date=date(2026, 9, 30)), [FA41], "payment_predates_document"),
    ("second number abridged", payment("FA-2026-0041 ET 0042", "120.00"), [FA41, FA42], "several_readings"),
    ("order of two documents", payment("CDE 4500012345", "60.00"), [item(1, "FA-1041", "60.00", order_reference="4500012345"), item(2, "FA-1042", "5.00", order_reference="4500012345")], "several_documents"),
    ("payer: equal amounts", payment("VIR", "120.00", payer_iban=DURAND_IBAN), [FA41, item(44, "FA-2026-0044", "120.00")], "equal_amounts"),
    ("payer: a sum coincides", payment("VIR", "120.00", payer_iban=DURAND_IBAN), [FA41, item(1, "FA-1", "100.00"), item(2, "FA-2", "20.00")], "several_sums"),
    ("payer: a sum with a credit coincides", payment("VIR", "120.00", payer_iban=DURAND_IBAN), [FA41, item(1, "FA-1", "140.00"), AV07], "several_sums"),
    ("payer: only a sum of some fits", payment("VIR", "200.50", payer_iban=DURAND_IBAN), [FA41, FA42, FA43], "no_exact_amount"),
    ("payer: nothing fits", payment("VIR", "33.33", payer_iban=DURAND_IBAN), [FA41, FA42], "no_exact_amount"),
    ("payer: other document named", payment("FACTURE 42", "120.00", payer_iban=DURAND_IBAN), [FA41, FA42], "other_reference"),
    ("payer: unknown document named", payment("FACTURE 977", "120.00", payer_iban=DURAND_IBAN), [FA41], "other_reference"),
    ("payer: settled document cited", payment("FA-2026-0039", "120.00", payer_iban=DURAND_IBAN), [FA41], "other_reference"),
    ("payer: deduction named", payment("FACTURES MOINS AVOIR", "120.00", payer_iban=DURAND_IBAN), [FA41], "deduction_named"),
    ("payer: IBAN and name disagree", payment("VIR", "120.00", payer_iban=DURAND_IBAN, payer_name="Mercier Bâtiment SAS"), [FA41, item(50, "FA-2026-0050", "99.00", MERCIER)], "payer_unknown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "items", "code"), [case[1:] for case in ASKED], ids=[case[0] for case in ASKED]
)
def test_a_trap_is_asked_about(paid, items, code):
    proposal = one(paid, *items)

    assert proposal.decision == "ask"
    assert proposal.allocations == ()
    assert proposal.reasons[-1].code == code
    assert proposal.question == proposal.reasons[-1].sentence
    assert proposal.question.endswith("?")


def test_a_short_payment_says_the_difference_and_offers_the_partial_allocation():
    proposal = one(payment("FA-2026-0041", "100.00"), FA41)

    assert proposal.question == (
        "Le paiement (100,00\u00a0€) est inférieur de 20,00\u00a0€ à ce qui reste dû sur les "
        "documents cités (120,00\u00a0€) : acompte, retenue, avoir déduit ou erreur ?"
    )
    assert proposal.alternatives == (Explanation((Allocation(41, Decimal("100.00")),)),)
    assert proposal.debtor_id == DURAND


def test_a_short_payment_that_a_credit_explains_offers_the_credit():
    proposal = one(payment("FA-2026-0041", "100.00"), FA41, AV07)

    explanation = (Allocation(41, Decimal("120.00")), Allocation(7, Decimal("-20.00")))
    assert {frozenset(found.allocations) for found in proposal.alternatives} == {
        frozenset(explanation)
    }


def test_an_overpayment_never_offers_more_than_what_is_open():
    proposal = one(payment("FA-2026-0041", "130.00"), FA41)

    assert proposal.alternatives == (
        Explanation(
            (Allocation(41, Decimal("120.00")),), (Difference("unapplied", Decimal("10.00")),)
        ),
    )


@pytest.mark.parametrize(
    "clue",
    [{"payer_iban": DURAND_IBAN}, {"payer_name": "DURAND ET FRERES SARL"}, {"payer_name": "durand & fils s.a.r.l."}, {"payer_name": "FILS ET DURAND"}],
    ids=["iban", "another name", "same name", "words in another order"],
)  # fmt: skip
def test_an_identified_payer_with_one_explanation_is_applied(clue):
    proposal = one(payment("VIR", "120.00", **clue), FA41, FA42, FA43)

    known = clue != {"payer_name": "DURAND ET FRERES SARL"}
    assert proposal.decision == ("apply" if known else "ask")
    assert proposal.debtor_id == (DURAND if known else None)


def test_the_same_amount_at_another_customer_does_not_stop_an_identified_payer():
    proposal = one(payment("VIR", "120.00", payer_iban=DURAND_IBAN), FA41, FA50_OTHER)

    assert proposal.allocations == (Allocation(41, Decimal("120.00")),)
    assert codes(proposal) == ["payer_iban", "unique_amount"]


def test_the_last_digits_confirm_what_the_amount_proves():
    proposal = one(payment("FACTURE 0041", "120.00", payer_iban=DURAND_IBAN), FA41, FA42)

    assert proposal.decision == "apply"


@pytest.mark.parametrize(
    ("text", "fragment"),
    [("VIR FA-2O26-OO4I", (4, 16)), ("FACTURE 0041", (8, 12))],
    ids=["read by a machine", "last digits"],
)
def test_a_number_that_is_nearly_written_is_a_hint_not_a_proof(text, fragment):
    proposal = one(payment(text, "90.00"), FA41, FA42)

    assert proposal.decision == "ask"
    assert (proposal.reasons[0].code, proposal.reasons[0].fragment) == ("near_reference", fragment)
    assert proposal.alternatives == (Explanation((Allocation(41, Decimal("90.00")),)),)


def test_two_customers_of_one_name_are_told_apart_by_nobody():
    twin = item(50, "FA-2026-0050", "99.00", MERCIER, debtor_names=NAMES[DURAND])

    proposal = one(payment("VIR", "120.00", payer_name="Durand & Fils SARL"), FA41, twin)

    assert proposal.decision == "ask"
    assert "payer_unsure" in codes(proposal)


@pytest.mark.parametrize(
    "paid",
    [
        payment("FA-2026-0041", "120.00", direction="DBIT"),
        payment("VIREMENT RECU", "77.77"),
        payment("FA-2026-0041", "0.00"),
        payment("VIR", "120.00", payer_iban=MERCIER_IBAN),
    ],
    ids=["money out", "nothing known", "nothing paid", "nothing open"],
)
def test_without_a_candidate_the_answer_is_unknown(paid):
    proposal = one(paid, FA41)

    assert proposal.decision == "unknown"
    assert proposal.alternatives == ()
    assert proposal.allocations == ()


def test_a_bound_that_is_reached_without_a_solver_is_a_question(monkeypatch):
    many = [item(n, f"FA-2026-{n:04}", f"{1000 + n * 37}.{n:02}") for n in range(1, 41)]
    paid = payment("VIR", "2480.40", payer_iban=DURAND_IBAN)

    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    asked = one(paid, *many, rules=MatchingRules(sum_work_max=1_000_000))
    proved = one(payment("VIR", "1037.01", payer_iban=DURAND_IBAN), *many)

    assert asked.reasons[-1].code == "too_many_sums"
    assert proved.decision == "apply"


def test_where_a_table_is_too_large_the_solver_proves():
    many = [item(n, f"FA-2026-{n:04}", f"{1000 + n * 37}.{n:02}") for n in range(1, 41)]
    paid = payment("VIR", "2480.40", payer_iban=DURAND_IBAN)

    proved = one(paid, *many, rules=MatchingRules(sum_work_max=1_000_000))

    assert proved.allocations == (Allocation(40, Decimal("2480.40")),)
    assert proved.method == "solver"


# --- competition ---------------------------------------------------------------------------

BY_IBAN = {"payer_iban": DURAND_IBAN}
LATER = {"booking_date": date(2026, 11, 21)}
COMPETITION = [
    ("same day, same reference", payment("FA-2026-0041", "120.00", 1), payment("FA-2026-0041", "120.00", 2), ["ask", "ask"]),
    ("a day apart, same reference", payment("FA-2026-0041", "120.00", 1), payment("FA-2026-0041", "120.00", 2, **LATER), ["apply", "ask"]),
    ("reference against amount", payment("VIR", "120.00", 1, **BY_IBAN), payment("FA-2026-0041", "120.00", 2, **LATER), ["ask", "apply"]),
    ("two amounts", payment("VIR", "120.00", 1, **BY_IBAN), payment("VIR", "120.00", 2, **BY_IBAN, **LATER), ["ask", "ask"]),
    ("exact against earlier partial", payment("FA-2026-0041", "50.00", 1), payment("FA-2026-0041", "120.00", 2, **LATER), ["ask", "ask"]),
    ("different items", payment("FA-2026-0041", "120.00", 1), payment("FA-2026-0042", "80.50", 2), ["apply", "apply"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "decisions"),
    [case[1:] for case in COMPETITION],
    ids=[case[0] for case in COMPETITION],
)
def test_payments_that_claim_the_same_item(first, second, decisions):
    proposals = propose([first, second], [FA41, FA42], known_payers=KNOWN)

    assert [proposal.decision for proposal in proposals] == decisions


def test_a_contested_payment_keeps_its_explanation_as_an_alternative():
    twice = [payment("FA-2026-0041", "120.00", entry_id) for entry_id in (1, 2)]

    first, _ = propose(twice, [FA41], known_payers=KNOWN)

    assert first.reasons[-1].code == "competing_payments"
    assert first.alternatives == (Explanation((Allocation(41, Decimal("120.00")),)),)


# --- laws ----------------------------------------------------------------------------------

cents = st.integers(min_value=1, max_value=60).map(lambda n: Decimal(n) / 100)
signed = st.one_of(cents, cents, cents.map(lambda amount: -amount))
texts = st.lists(
    st.sampled_from(
        ["FA-1001", "FA1002", "fa 1003", "FA-1009", "FACTURE 3", "AVOIR", "VIR", "1004"]
    ),
    max_size=3,
).map(" ".join)


@st.composite
def batches(draw):
    amounts = draw(st.lists(signed, max_size=7))
    items = [
        item(n, f"FA-{1000 + n}", str(amount), draw(st.sampled_from([DURAND, MERCIER])))
        for n, amount in enumerate(amounts, start=1)
    ]
    payments = [
        payment(draw(texts), str(draw(cents)), n, payer_iban=draw(st.sampled_from(["", *KNOWN])))
        for n in range(1, draw(st.integers(1, 3)) + 1)
    ]
    return payments, items


def sets_worth(items, amount):
    """Every set of items worth the amount, by trying them all."""
    return [
        chosen
        for size in range(1, len(items) + 1)
        for chosen in combinations(items, size)
        if sum(found.open_amount for found in chosen) == amount
    ]


@given(batches())
def test_nothing_is_ever_allocated_beyond_what_is_open(batch):
    payments, items = batch

    proposals = propose(payments, items, known_payers=KNOWN)

    open_amounts = {found.item_id: found.open_amount for found in items}
    applied = [found for proposal in proposals for found in proposal.allocations]
    assert len({found.item_id for found in applied}) == len(applied)
    offered = [
        found
        for proposal in proposals
        for way in proposal.alternatives
        for found in way.allocations
    ]
    for found in (*applied, *offered):
        assert found.amount != 0
        assert (found.amount > 0) == (open_amounts[found.item_id] > 0)
        assert abs(found.amount) <= abs(open_amounts[found.item_id])


@given(batches())
def test_what_is_applied_is_worth_the_payment_and_of_one_debtor(batch):
    payments, items = batch

    proposals = propose(payments, items, known_payers=KNOWN)

    debtors = {found.item_id: found.debtor_id for found in items}
    for paid, proposal in zip(payments, proposals, strict=True):
        if proposal.decision == "apply":
            assert sum(found.amount for found in proposal.allocations) == paid.amount
            owners = {debtors[found.item_id] for found in proposal.allocations}
            assert owners == {proposal.debtor_id} or (
                proposal.debtor_id is None and len(owners) > 1
            )


@given(batches())
def test_without_a_reference_nothing_is_applied_that_a_second_explanation_fits(batch):
    payments, items = batch

    proposals = propose(payments, items, known_payers=KNOWN)

    for paid, proposal in zip(payments, proposals, strict=True):
        if proposal.decision == "apply" and "unique_amount" in codes(proposal):
            his = [found for found in items if found.debtor_id == proposal.debtor_id]
            explanations = sets_worth(his, paid.amount)
            assert [[found.item_id for found in chosen] for chosen in explanations] == [
                [proposal.allocations[0].item_id]
            ]


@given(batches(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_no_decision(batch, random):
    payments, items = batch
    shuffled = random.sample(payments, len(payments))
    shuffled_items = random.sample(items, len(items))

    straight = propose(payments, items, known_payers=KNOWN)
    again = propose(shuffled, shuffled_items, known_payers=KNOWN)

    assert sorted(again, key=lambda found: found.entry_id) == straight
