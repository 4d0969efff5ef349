"""Goal: the shapes of real payments are applied where one explanation stands, asked otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from echeance.core.matching import (
    Allocation,
    DifferenceRule,
    MatchingRules,
    OpenItem,
    PayerLink,
    Payment,
    propose,
)

DURAND, MERCIER, LEROY = 1, 2, 3
IBAN = {DURAND: "FR7630006000011234567890189", MERCIER: "FR7630006000019876543210173"}
KNOWN = {iban: debtor for debtor, iban in IBAN.items()}
NAMES = {DURAND: ("Durand & Fils SARL",), MERCIER: ("Mercier Bâtiment SAS",), LEROY: ("Leroy",)}
DAY = date(2026, 11, 20)


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
        amount=Decimal(amount),
    )
    return replace(plain, **facts)


def payment(text: str, amount: str, entry_id: int = 1, by: int = 0, **facts) -> Payment:
    """A transfer of 20 November 2026, from a known debtor's account if ``by`` is given."""
    plain = Payment(
        entry_id=entry_id,
        direction="CRDT",
        amount=Decimal(amount),
        booking_date=DAY,
        text=text,
        references=(),
        payer_name="",
        payer_iban=IBAN.get(by, ""),
        currency="EUR",
    )
    return replace(plain, **facts)


def match(paid, *items, lines=(), links=(), **bounds):
    rules = MatchingRules(differences=tuple(lines), **bounds)
    (found,) = propose([paid], items, known_payers=KNOWN, links=links, rules=rules)
    return found


def given(proposal) -> dict[int, str]:
    return {one.item_id: str(one.amount) for one in proposal.allocations}


FA41 = item(41, "FA-2026-0041", "1200.00")
FA42 = item(42, "FA-2026-0042", "80.50")
FA43 = item(43, "FA-2026-0043", "250.00")
FA44 = item(44, "FA-2026-0044", "99.90")
AV07 = item(7, "AV-2026-0007", "-20.00")
M50 = item(50, "FA-2026-0050", "300.00", MERCIER)

APPLIED = [
    # what is shown, payment, items, what is set against each
    ("letters read as digits", payment("VIR FA-2O26-OO4I", "1200.00"), [FA41, FA42], {41: "1200.00"}),
    ("letters of the number lost", payment("REGLT 2026-0041", "1200.00"), [FA41, FA42], {41: "1200.00"}),
    ("zeros lost", payment("FA-2026-41", "1200.00"), [FA41, FA42], {41: "1200.00"}),
    ("word glued to the number", payment("FACTUREFA20260041", "1200.00"), [FA41], {41: "1200.00"}),
    ("list with a slash", payment("FA2026-0041/0042", "1280.50"), [FA41, FA42, FA43], {41: "1200.00", 42: "80.50"}),
    ("list with commas and et", payment("FA-2026-0041, 42 et 43", "1530.50"), [FA41, FA42, FA43, FA44], {41: "1200.00", 42: "80.50", 43: "250.00"}),
    ("range", payment("FA-2026-0041 à 0044", "1630.40"), [FA41, FA42, FA43, FA44], {41: "1200.00", 42: "80.50", 43: "250.00", 44: "99.90"}),
    ("range with a settled one", payment("FA-2026-0041 A 0043", "1450.00"), [FA41, replace(FA42, open_amount=Decimal(0)), FA43], {41: "1200.00", 43: "250.00"}),
    ("equal amounts, last digits of one", payment("FACTURE 0041", "80.50", by=DURAND), [replace(FA41, open_amount=Decimal("80.50")), FA42], {41: "80.50"}),
    ("last digits of several", payment("FACT 41 FACT 43", "1450.00", by=DURAND), [FA41, FA42, FA43], {41: "1200.00", 43: "250.00"}),
    ("cut at the end by the bank", payment("REGLEMENT FA-2026-00", "1200.00", by=DURAND), [FA41, FA42], {41: "1200.00"}),
    ("all that is owed", payment("VIR", "1280.50", by=DURAND), [FA41, FA42], {41: "1200.00", 42: "80.50"}),
    ("all that is owed, credit deducted", payment("VIR", "1260.50", by=DURAND), [FA41, FA42, AV07], {41: "1200.00", 42: "80.50", 7: "-20.00"}),
    ("all that was due", payment("VIR", "1280.50", by=DURAND), [FA41, FA42, replace(FA43, due_date=date(2026, 12, 31))], {41: "1200.00", 42: "80.50"}),
    ("credit said by the text", payment("FA-2026-0041 moins avoir", "1180.00", by=DURAND), [FA41, FA42, AV07], {41: "1200.00", 7: "-20.00"}),
    ("part payment", payment("FA-2026-0041", "400.00", by=DURAND), [FA41, FA42], {41: "400.00"}),
    ("part payment in words", payment("ACOMPTE FA-2026-0041", "1150.00", by=DURAND), [FA41, FA42], {41: "1150.00"}),
    ("one number left out", payment("FA-2026-0041", "1280.50", by=DURAND), [FA41, FA42, FA43], {41: "1200.00", 42: "80.50"}),
    ("two digits exchanged", payment("FA-2026-0014", "1200.00", by=DURAND), [FA41, FA42], {41: "1200.00"}),
    ("few sets, one of them fits", payment("VIR", "1431.35", by=DURAND), [item(1, "FA-2026-0001", "1250.85", due_date=date(2026, 10, 15)), FA42, item(3, "FA-2026-0003", "100.00", due_date=date(2026, 9, 15))], {1: "1250.85", 42: "80.50", 3: "100.00"}),
    ("numbers of two styles by their last digits", payment("FC202602-10618/2732/8061", "350.80", by=DURAND), [item(1, "FC202602-10618", "100.10"), item(2, "FC202602-12732", "200.20"), item(3, "2026/38061", "50.50"), FA41], {1: "100.10", 2: "200.20", 3: "50.50"}),
    ("cut in the middle of a number with a slash", payment("FACTURE NUMERO 2026/356", "80.50", by=DURAND), [item(1, "2026/35658", "80.50"), FA41], {1: "80.50"}),
    ("the serial of a number that ends with the year", payment("REGLEMENT N 6944", "80.50", by=DURAND), [item(1, "B2B-06944-26", "80.50"), FA41], {1: "80.50"}),
    ("credit unsaid, to the cent", payment("FA-2026-0041", "1181.13", by=DURAND), [FA41, FA42, item(7, "AV-2026-0007", "-18.87")], {41: "1200.00", 7: "-18.87"}),
    ("equal amounts, date of one", payment("FACTURE DU 15/09/2026", "80.50", by=DURAND), [FA42, item(1, "FA-2026-0001", "80.50", issue_date=date(2026, 9, 15))], {1: "80.50"}),
    ("last digits of numbers of digits only", payment("007065, 2723", "150.10", by=DURAND), [item(1, "007065", "100.10"), item(2, "012723", "50.00"), item(3, "002723", "50.00", MERCIER)], {1: "100.10", 2: "50.00"}),
    ("legal form tells namesakes apart", payment("VIR", "1200.00", payer_name="DURAND & FILS SARL"), [FA41, replace(M50, debtor_names=("Durand et Fils SAS",))], {41: "1200.00"}),
    ("a list of numbers of several styles", payment("RGT 2026/127339 / FACTURE 079668 / 2026/125326 / 077655", "1630.40"), [item(1, "2026/127339", "1200.00"), item(2, "079668", "80.50"), item(3, "2026/125326", "250.00"), item(4, "077655", "99.90")], {1: "1200.00", 2: "80.50", 3: "250.00", 4: "99.90"}),
    ("six digits alone on their line", payment("VIR M LEROY\n011090", "80.50"), [item(1, "011090", "80.50")], {1: "80.50"}),
    ("a telephone is no number", payment("FACTURE 048865 TEL 06 46 33 26 88", "80.50", by=DURAND), [item(1, "048865", "80.50"), item(2, "064633", "80.50", MERCIER)], {1: "80.50"}),
    ("short number of its debtor", payment("FACT 1041", "70.00", by=DURAND), [item(1, "1041", "70.00"), FA41], {1: "70.00"}),
    ("number of two debtors, told by the payer", payment("F-10041", "70.00", by=DURAND), [item(1, "F-10041", "70.00"), item(2, "F-10041", "70.00", MERCIER)], {1: "70.00"}),
    ("name cut at 35 characters", payment("VIR", "80.50", payer_name="Compagnie generale des travaux publ"), [item(1, "FA-2026-0042", "80.50", LEROY, debtor_names=("Compagnie Générale des Travaux Publics du Sud",))], {1: "80.50"}),
    ("end-to-end id given", payment("VIR", "80.50", references=("E2E-778899",)), [replace(FA42, payment_references=("E2E-778899",)), FA41], {42: "80.50"}),
    ("mandate given", payment("PRLV", "80.50", mandate_ids=("RUM-12345",)), [replace(FA42, payment_references=("RUM-12345",)), replace(FA41, payment_references=("RUM-12345",))], {42: "80.50"}),
    ("customer code in the text", payment("CLIENT C00417", "80.50"), [replace(FA42, customer_codes=("C00417",)), M50], {42: "80.50"}),
    ("member of a group pays for another", payment("FA-2026-0041", "1200.00", by=MERCIER), [replace(FA41, group_id=9), replace(M50, group_id=9)], {41: "1200.00"}),
    ("two members of a group", payment("FA-2026-0041 FA-2026-0050", "1500.00", by=MERCIER), [replace(FA41, group_id=9), replace(M50, group_id=9)], {41: "1200.00", 50: "300.00"}),
    ("two customers, each document cited, exact total", payment("FA-2026-0041 FA-2026-0050", "1500.00", by=DURAND), [FA41, M50], {41: "1200.00", 50: "300.00"}),
    ("the same from somebody unknown", payment("FA-2026-0041 FA-2026-0050", "1500.00"), [FA41, M50], {41: "1200.00", 50: "300.00"}),
    ("namesakes told apart by the number", payment("FA-2026-0041", "1200.00", payer_name="Durand & Fils"), [FA41, replace(M50, debtor_names=("Durand et Fils SAS",))], {41: "1200.00"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "items", "expected"), [case[1:] for case in APPLIED], ids=[case[0] for case in APPLIED]
)
def test_one_explanation_is_applied(paid, items, expected):
    found = match(paid, *items)

    assert (found.decision, given(found)) == ("apply", expected)
    assert found.method


ASKED = [
    # what is shown, payment, items, code of the last reason
    ("settled document cited", payment("FA-2026-0040", "1200.00", by=DURAND), [FA41, item(40, "FA-2026-0040", "0.00")], "other_reference"),
    ("settled and open cited", payment("FA-2026-0040 FA-2026-0041", "1200.00"), [FA41, item(40, "FA-2026-0040", "0.00")], "settled_reference"),
    ("short number, payer unknown", payment("VIR 1041", "70.00"), [item(1, "1041", "70.00")], "payer_unknown"),
    ("date read as a number", payment("VIR DU 24112026", "70.00"), [item(1, "24112026", "70.00")], "payer_unknown"),
    ("phone number", payment("TEL 06 12 34 10 41", "70.00"), [item(1, "1041", "70.00")], "payer_unknown"),
    ("near number of another customer", payment("FA-2O26-0041", "1200.00", by=MERCIER), [FA41, M50], "no_exact_amount"),
    ("a number glued to a word, of another customer", payment("RGT F260724207", "300.00", by=MERCIER), [item(1, "F260724207", "300.00"), M50], "payer_is_not_debtor"),
    ("a settled number without its separator", payment("VIR 202647288", "80.50", by=DURAND), [item(1, "2026/98314", "80.50"), FA41], "other_reference"),
    ("digits shaped as ours", payment("RGT 035451", "80.50", by=DURAND), [item(1, "037240", "99.00"), FA42], "other_reference"),
    ("twice what the document owes, and another as large", payment("FA-2026-0043", "501.00", by=DURAND), [replace(FA43, open_amount=Decimal("250.50")), item(1, "FA-2026-0001", "250.50")], "over_payment"),
    ("round surplus", payment("FA-2026-0042", "330.50", by=DURAND), [FA42, FA43], "over_payment"),
    ("our transfer comes back", payment("REJET VIR EMIS MOTIF AC04", "80.50", by=DURAND), [FA42], "comes_back"),
    ("the bank says it comes back", payment("FA-2026-0042", "80.50", by=DURAND, reversal=True), [FA42], "comes_back"),
    ("short number of another customer, same amount", payment("VIR 25532", "300.00", by=MERCIER), [item(1, "25532", "300.00"), M50], "other_reference"),
    ("digits as long as our short numbers", payment("RGT 21455", "80.50", by=DURAND), [item(1, "24569", "80.50")], "other_reference"),
    ("settled number written with a blank", payment("2026 109799", "80.50", by=DURAND), [item(1, "2026/109801", "80.50")], "other_reference"),
    ("shortfall worth a credit and a usual discount", payment("FA-2026-0041", "1164.00", by=DURAND), [FA41, item(7, "AV-2026-0007", "-36.00")], "short_payment"),
    ("date of no document", payment("FACTURE DU 16/09/2026", "80.50", by=DURAND), [FA42, item(1, "FA-2026-0001", "80.50")], "equal_amounts"),
    ("six digits among others", payment("SIRET 654616232 147292", "80.50"), [item(1, "147292", "80.50"), FA41], "payer_unknown"),
    ("a number that was settled, as a date far away", payment("RGT 040824", "80.50", by=DURAND), [item(1, "054115", "80.50")], "other_reference"),
    ("near number read two ways", payment("2026-0041", "1200.00"), [FA41, item(1, "FB-2026-0041", "1200.00")], "payer_unknown"),
    ("shortfall like a discount", payment("FA-2026-0041", "1164.00", by=DURAND), [FA41], "short_payment"),
    ("shortfall of exactly ten per cent", payment("FA-2026-0041", "1080.00", by=DURAND), [FA41], "short_payment"),
    ("price without VAT", payment("FA-2026-0041", "1000.00", by=DURAND), [FA41], "short_payment"),
    ("shortfall that a credit may explain", payment("FA-2026-0041", "400.00", by=DURAND), [FA41, AV07], "short_payment"),
    ("shortfall, deduction named", payment("FA-2026-0041 LITIGE", "400.00", by=DURAND), [FA41], "short_payment"),
    ("shortfall, balance named", payment("SOLDE FA-2026-0041", "400.00", by=DURAND), [FA41], "short_payment"),
    ("shortfall, payer unknown", payment("FA-2026-0041", "400.00"), [FA41], "short_payment"),
    ("the amount is another document's", payment("FA-2026-0041", "250.00", by=DURAND), [FA41, FA43], "short_payment"),
    ("the amount is a sum of others", payment("FA-2026-0041", "330.50", by=DURAND), [FA41, FA42, FA43], "short_payment"),
    ("deposit of the amount of a document", payment("ACOMPTE COMMANDE", "250.00", by=DURAND), [FA43], "deduction_named"),
    ("paid on account", payment("VERSEMENT", "250.00", by=DURAND), [FA43], "deduction_named"),
    ("two credits may be meant", payment("FA-2026-0041 moins avoir", "1180.00", by=DURAND), [FA41, AV07, item(8, "AV-2026-0008", "-20.00")], "short_payment"),
    ("round total", payment("VIR", "1450.00", by=DURAND), [FA41, FA43], "no_exact_amount"),
    ("two customers' documents, other total", payment("FA-2026-0041 FA-2026-0050", "1400.00", by=DURAND), [FA41, M50], "several_debtors"),
    ("two customers' documents, a third pays", payment("FA-2026-0041 FA-2026-0050", "1500.00", payer_name="Leroy"), [FA41, M50, item(3, "FA-2026-0003", "1.00", LEROY)], "several_debtors"),
    ("two customers' documents, a credit deducted", payment("FA-2026-0041 FA-2026-0050 AV-2026-0007", "1480.00", by=DURAND), [FA41, M50, AV07], "several_debtors"),
    ("another group's document", payment("FA-2026-0041", "1200.00", by=MERCIER), [replace(FA41, group_id=9), replace(M50, group_id=8)], "payer_is_not_debtor"),
    ("equal amounts in a group", payment("VIR", "300.00", by=DURAND), [item(1, "FA-2026-0001", "300.00", group_id=9), replace(M50, group_id=9)], "equal_amounts"),
    ("namesakes", payment("VIR", "1200.00", payer_name="Durand & Fils"), [FA41, replace(M50, debtor_names=("Durand et Fils SAS",))], "payer_unknown"),
    ("namesake of a customer who owes nothing", payment("VIR", "1200.00", payer_name="Durand & Fils"), [FA41, item(9, "FA-2026-0009", "0.00", MERCIER, debtor_names=("Durand et Fils",))], "payer_unknown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "items", "code"), [case[1:] for case in ASKED], ids=[case[0] for case in ASKED]
)
def test_a_doubt_is_asked_about(paid, items, code):
    found = match(paid, *items)

    assert (found.decision, found.allocations, found.differences) == ("ask", (), ())
    assert found.reasons[-1].code == code
    assert found.missing_fact


# --- differences -----------------------------------------------------------------------------

ROUNDING = DifferenceRule("rounding", "658", limit_amount=Decimal("0.05"), direction="both")
SMALL = DifferenceRule("small", "658", limit_amount=Decimal("1.00"), direction="both")
TOLD = DifferenceRule("bank_charges", "627", evidence="told")
SAID = DifferenceRule("bank_charges", "627", limit_amount=Decimal(30), evidence="word")
DISCOUNT = DifferenceRule("discount", "665", vat="prorata", evidence="terms")
RETENTION = DifferenceRule("retention", "4117", limit_percent=Decimal(5), evidence="word")
EXCHANGE = DifferenceRule("exchange", "656", limit_percent=Decimal(2), direction="both")
OFFERED = replace(FA41, discount_amount=Decimal("24.00"), discount_until=DAY)

EXPLAINED = [
    # what is shown, payment, items, lines, kind and amount of the difference
    ("rounding short", payment("FA-2026-0041", "1199.97"), [FA41], [ROUNDING], "rounding", "-0.03"),
    ("rounding over", payment("FA-2026-0041", "1200.05"), [FA41], [ROUNDING], "rounding", "0.05"),
    ("on two documents", payment("FA-2026-0041 FA-2026-0042", "1280.48"), [FA41, FA42], [ROUNDING], "rounding", "-0.02"),
    ("charges told", payment("FA-2026-0041", "1185.00", charges=Decimal("15.00")), [FA41], [TOLD], "bank_charges", "-15.00"),
    ("original amount told", payment("FA-2026-0041", "1185.00", original_amount=Decimal("1200.00"), original_currency="EUR"), [FA41], [TOLD], "bank_charges", "-15.00"),
    ("charges told, no number", payment("VIR", "1185.00", by=DURAND, charges=Decimal("15.00")), [FA41, FA42], [TOLD], "bank_charges", "-15.00"),
    ("charges said", payment("FA-2026-0041 MOINS FRAIS", "1185.00"), [FA41], [SAID], "bank_charges", "-15.00"),
    ("discount of the terms", payment("FA-2026-0041", "1176.00"), [OFFERED], [DISCOUNT], "discount", "-24.00"),
    ("retention said", payment("FA-2026-0041 RG 5%", "1140.00"), [FA41], [RETENTION], "retention", "-60.00"),
    ("exchange", payment("FA-2026-0041", "1190.00", original_amount=Decimal("1300.00"), original_currency="USD"), [FA41], [EXCHANGE], "exchange", "-10.00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "items", "lines", "kind", "amount"),
    [case[1:] for case in EXPLAINED],
    ids=[case[0] for case in EXPLAINED],
)
def test_a_difference_is_explained_by_the_one_line_that_fits(paid, items, lines, kind, amount):
    found = match(paid, *items, lines=lines)

    (gap,) = found.differences
    assert (found.decision, gap.kind, str(gap.amount)) == ("apply", kind, amount)
    assert (gap.account, gap.vat) == (lines[0].account, lines[0].vat)
    assert sum(one.amount for one in found.allocations) + gap.amount == paid.amount


UNEXPLAINED = [
    ("no line", payment("FA-2026-0041", "1199.97"), [FA41], [], "short_payment"),
    ("beyond the limit", payment("FA-2026-0041", "1199.94"), [FA41], [ROUNDING], "short_payment"),
    ("two lines fit", payment("FA-2026-0041", "1199.97"), [FA41], [ROUNDING, SMALL], "several_lines"),
    ("a line that is never applied alone", payment("FA-2026-0041", "1199.97"), [FA41], [replace(ROUNDING, alone=False)], "short_payment"),
    ("wrong side", payment("FA-2026-0041", "1200.03"), [FA41], [replace(ROUNDING, direction="short")], "over_payment"),
    ("charges told are others", payment("FA-2026-0041", "1185.00", charges=Decimal("10.00")), [FA41], [TOLD], "short_payment"),
    ("discount too late", payment("FA-2026-0041", "1176.00"), [replace(OFFERED, discount_until=date(2026, 11, 19))], [DISCOUNT], "short_payment"),
    ("discount of another amount", payment("FA-2026-0041", "1164.00"), [OFFERED], [DISCOUNT], "short_payment"),
    ("nothing said", payment("FA-2026-0041", "1140.00"), [FA41], [RETENTION], "short_payment"),
    ("a credit explains it too", payment("FA-2026-0041", "1199.97"), [FA41, item(8, "AV-2026-0008", "-0.03")], [ROUNDING], "short_payment"),
    ("another document explains it too", payment("FA-2026-0041", "1199.97"), [FA41, item(8, "FA-2026-0008", "1199.97")], [ROUNDING], "short_payment"),
    ("foreign money without a line", payment("FA-2026-0041", "1190.00", original_amount=Decimal("1300.00"), original_currency="USD"), [FA41], [ROUNDING], "short_payment"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "items", "lines", "code"),
    [case[1:] for case in UNEXPLAINED],
    ids=[case[0] for case in UNEXPLAINED],
)
def test_a_difference_that_no_single_line_explains_is_asked_about(paid, items, lines, code):
    found = match(paid, *items, lines=lines)

    assert (found.decision, found.reasons[-1].code) == ("ask", code)


def test_a_question_on_a_difference_offers_each_line():
    found = match(payment("FA-2026-0041", "1199.97"), FA41, lines=[ROUNDING, SMALL])

    offered = [one.differences[0].kind for one in found.alternatives if one.differences]
    assert offered == ["rounding", "small"]


# --- links learnt ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "facts"),
    [
        (PayerLink("iban", "DE89370400440532013000", frozenset({DURAND})), {"payer_iban": "DE89 3704 0044 0532 0130 00"}),
        (PayerLink("name", "AGENCEDUSUD", frozenset({DURAND})), {"payer_name": "Agence du Sud"}),
        (PayerLink("text", "NOTAIRE LEGRAND", frozenset({DURAND})), {"text": "VIR NOTAIRE LEGRAND ETUDE"}),
    ],
    ids=["iban", "name", "text"],
)  # fmt: skip
def test_a_payer_that_was_learnt_is_identified(link, facts):
    paid = replace(payment("VIR", "80.50"), **facts)

    assert match(paid, FA41, FA42, links=[link]).decision == "apply"
    assert match(paid, FA41, FA42).decision == "ask"


def test_a_link_to_several_debtors_needs_one_explanation_among_all_of_them():
    agent = PayerLink("iban", "DE89370400440532013000", frozenset({DURAND, MERCIER}))
    iban = {"payer_iban": "DE89370400440532013000"}
    same = replace(M50, open_amount=Decimal("80.50"))

    assert given(match(payment("VIR", "80.50", **iban), FA42, M50, links=[agent])) == {42: "80.50"}
    assert match(payment("VIR", "80.50", **iban), FA42, same, links=[agent]).decision == "ask"
    both = payment("FA-2026-0042 FA-2026-0050", "380.50", **iban)
    assert given(match(both, FA42, M50, links=[agent])) == {42: "80.50", 50: "300.00"}


# --- batches, instalments, money out ---------------------------------------------------------


def test_a_batch_is_applied_when_each_of_its_payments_is_proved():
    parts = (
        payment("FA-2026-0041", "1200.00"),
        payment("CHQ", "300.00", payer_name="Mercier Bâtiment"),
    )
    slip = payment("REMISE 2 CHEQUES", "1500.00", parts=parts)
    unclear = replace(slip, parts=(parts[0], replace(parts[1], payer_name="")))

    found = match(slip, FA41, FA42, M50)
    asked = match(unclear, FA41, FA42, M50)

    assert (found.decision, found.method) == ("apply", "parts")
    assert given(found) == {41: "1200.00", 50: "300.00"}
    assert (asked.decision, asked.reasons[-1].code) == ("ask", "parts")
    assert asked.alternatives[0].allocations == (Allocation(41, Decimal("1200.00")),)


def test_two_payments_of_a_batch_cannot_pay_one_document():
    twice = (payment("FA-2026-0041", "1200.00"), payment("FA-2026-0041", "1200.00"))

    assert match(payment("REMISE", "2400.00", parts=twice), FA41).decision == "ask"


def test_payments_that_are_together_what_is_open_are_instalments():
    first = payment("FA-2026-0041 1/2", "500.00", 1)
    second = payment("FA-2026-0041 2/2", "700.00", 2, booking_date=date(2026, 11, 21))

    found = propose([first, second], [FA41, FA42], known_payers=KNOWN)

    assert [given(one) for one in found] == [{41: "500.00"}, {41: "700.00"}]


@pytest.mark.parametrize(
    ("amounts", "decisions"),
    [
        (("400.00", "300.00"), ["apply", "apply"]),
        (("400.00", "400.00"), ["ask", "ask"]),
        (("700.00", "800.00"), ["ask", "ask"]),
    ],
    ids=["two parts", "a part repeated", "more than is open"],
)
def test_part_payments_of_one_day_share_what_is_open(amounts, decisions):
    paid = [payment("FA-2026-0041", one, rank, by=DURAND) for rank, one in enumerate(amounts, 1)]

    found = propose(paid, [FA41], known_payers=KNOWN)

    assert [one.decision for one in found] == decisions


def test_money_that_comes_back_is_asked_about_with_its_document():
    back = payment("REJET PRLV FA-2026-0041 AM04", "1200.00", direction="DBIT")
    refund = payment("REMBT AV-2026-0007", "20.00", direction="DBIT")

    returned = match(back, replace(FA41, open_amount=Decimal("0.00")))
    repaid = match(refund, FA41, AV07)

    assert (returned.decision, returned.reasons[-1].code) == ("ask", "returned")
    assert "FA-2026-0041" in returned.question
    assert (repaid.decision, repaid.reasons[-1].code) == ("ask", "refund")
    assert repaid.alternatives[0].allocations == (Allocation(7, Decimal("-20.00")),)
