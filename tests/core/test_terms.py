"""Payment terms: due dates to the day, instalments to the cent, caps as findings, labels read back."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.terms import (
    InvalidTermsError,
    PaymentTerms,
    Sector,
    UnreadableTermsError,
    check_legal_caps,
    due_dates,
    latest_due_date,
    parse_terms,
    terms_label,
)

JANUARY_15 = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("terms", "issued", "due"),
    [
        (PaymentTerms.on_receipt(), JANUARY_15, date(2026, 1, 15)),
        (PaymentTerms.net(30), JANUARY_15, date(2026, 2, 14)),
        (PaymentTerms.net(60), JANUARY_15, date(2026, 3, 16)),
        (PaymentTerms.month_end_a(45), JANUARY_15, date(2026, 3, 31)),  # 1 March, then its end
        (PaymentTerms.month_end_b(45), JANUARY_15, date(2026, 3, 17)),  # 31 January + 45
        (PaymentTerms.month_end_a(45), date(2026, 1, 14), date(2026, 2, 28)),
        (PaymentTerms.month_end_b(45), date(2026, 1, 1), date(2026, 3, 17)),
        (PaymentTerms.month_end_a(0), JANUARY_15, date(2026, 1, 31)),
        (PaymentTerms.month_end_a(30), date(2028, 1, 31), date(2028, 3, 31)),  # 1 March 2028
        (PaymentTerms.month_end_then_day(30, 10), JANUARY_15, date(2026, 3, 10)),
        (PaymentTerms.month_end_then_day(30, 31), date(2026, 2, 20), date(2026, 4, 30)),
        (PaymentTerms.month_end_then_day(0, 30), JANUARY_15, date(2026, 2, 28)),
    ],
)
def test_due_date(terms, issued, due):
    assert terms.due_date(issued) == due


def test_instalments_share_the_gross_total_to_the_cent():
    third = Decimal("33.333333")
    terms = PaymentTerms.instalments(
        (third, PaymentTerms.on_receipt()),
        (third, PaymentTerms.net(30)),
        (Decimal("33.333334"), PaymentTerms.net(60)),
    )

    instalments = due_dates(terms, JANUARY_15, Decimal("100.00"))

    assert [(i.due_date, i.amount) for i in instalments] == [
        (date(2026, 1, 15), Decimal("33.33")),
        (date(2026, 2, 14), Decimal("33.33")),
        (date(2026, 3, 16), Decimal("33.34")),
    ]
    assert terms.due_date(JANUARY_15) == date(2026, 3, 16)


def test_parts_due_the_same_day_are_one_instalment():
    terms = parse_terms("40 % à 30 jours, 60 % à 30 jours")

    assert [i.amount for i in due_dates(terms, JANUARY_15, Decimal("10.01"))] == [Decimal("10.01")]


def test_a_part_rounded_to_nothing_makes_no_instalment():
    terms = parse_terms("1 % à réception, 99 % à 30 jours")

    instalments = due_dates(terms, JANUARY_15, Decimal("0.10"))

    assert [(i.due_date, i.amount) for i in instalments] == [(date(2026, 2, 14), Decimal("0.10"))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("à réception", "reception"),
        ("Paiement à réception de facture", "reception"),
        ("Comptant", "reception"),
        ("30 jours", "net30"),
        ("30 jours nets", "net30"),
        ("60 jours date de facture", "net60"),
        ("30j", "net30"),
        ("Net 30", "net30"),
        ("45", "net45"),
        ("45 jours fin de mois", "fdm45"),
        ("45 J FDM", "fdm45"),
        ("45j. F.D.M.", "fdm45"),
        ("45 FDM", "fdm45"),
        ("45 fin du mois", "fdm45"),
        ("fin de mois", "fdm0"),
        ("Fin de mois + 45 jours", "fdm+45"),
        ("fin de mois 45 jours", "fdm+45"),
        ("30 jours fin de mois le 10", "fdm30@10"),
        ("fin de mois le 5", "fdm0@5"),
        ("30 % à réception, 70 % à 30 jours", "30%reception/70%net30"),
        ("33,5% comptant puis 66,5% à 45 jours fin de mois", "33.5%reception/66.5%fdm45"),
    ],
)
def test_usual_wordings_are_read(text, code):
    terms = parse_terms(text)

    assert terms.code == code
    assert parse_terms(terms.label) == terms
    assert parse_terms(code) == terms


@pytest.mark.parametrize(
    "text", ["", "bientôt", "30 semaines", "-30 jours", "30 % 70 %", "9" * 700, "12345 jours"]
)
def test_unreadable_terms_are_refused(text):
    with pytest.raises(UnreadableTermsError, match="Écrivez par exemple"):
        parse_terms(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("400 jours", "400 jours, il en faut entre 0 et 365"),
        ("30 jours fin de mois le 32", "le 32 n'est pas un jour du mois"),
        ("30 % à réception, 60 % à 30 jours", "les parts font 90 % au lieu de 100 %"),
        (", ".join(["1 % à 30 jours"] * 13), "13 échéances, il en faut 12 au plus"),
        ("0 % à réception, 100 % à 30 jours", "chaque part est supérieure à zéro"),
    ],
)
def test_impossible_terms_say_why(text, reason):
    with pytest.raises(InvalidTermsError) as caught:
        parse_terms(text)

    assert str(caught.value) == f"Conditions de règlement impossibles : {reason}. Corrigez-les."


def test_bt_20_lists_every_instalment():
    terms = parse_terms("30 % à réception, 70 % à 30 jours")

    assert terms_label(terms, JANUARY_15, Decimal("1000.00")) == (
        "30 % à réception, 70 % à 30 jours (300,00 le 15/01/2026 ; 700,00 le 14/02/2026)"
    )
    assert terms_label(PaymentTerms.net(30), JANUARY_15, Decimal("1000.00")) == "30 jours"


@pytest.mark.parametrize(
    ("terms", "sector", "latest"),
    [
        (PaymentTerms.net(60), Sector.GENERAL, date(2026, 3, 16)),
        (PaymentTerms.month_end_a(45), Sector.GENERAL, date(2026, 3, 31)),
        (PaymentTerms.month_end_b(45), Sector.GENERAL, date(2026, 3, 17)),
        (PaymentTerms.net(45), Sector.PERIODIC, date(2026, 3, 1)),
        (PaymentTerms.net(30), Sector.TRANSPORT, date(2026, 2, 14)),
        (PaymentTerms.net(30), Sector.PERISHABLE_FOOD, date(2026, 2, 14)),
        (PaymentTerms.net(20), Sector.LIVE_CATTLE, date(2026, 2, 4)),
        (PaymentTerms.net(45), Sector.ALCOHOL, date(2026, 3, 2)),
        (PaymentTerms.net(30), Sector.PUBLIC, date(2026, 2, 14)),
        (PaymentTerms.net(50), Sector.PUBLIC_HOSPITAL, date(2026, 3, 6)),
        (PaymentTerms.net(60), Sector.PUBLIC_COMPANY, date(2026, 3, 16)),
    ],
)
def test_the_longest_lawful_delay_depends_on_the_sector(terms, sector, latest):
    assert latest_due_date(terms, JANUARY_15, sector=sector) == latest
    assert check_legal_caps(terms, JANUARY_15, sector=sector) == ()


def test_a_delay_over_the_cap_is_a_finding_with_the_last_lawful_day():
    (finding,) = check_legal_caps(PaymentTerms.net(61), JANUARY_15)

    assert finding.message == (
        "L'échéance du 17/03/2026 dépasse le délai légal (60 jours après la facture, ou 45 jours "
        "fin de mois, soit le 16/03/2026 ; C. com. L441-10 I) : raccourcissez les conditions de "
        "règlement."
    )


def test_the_month_end_cap_needs_month_end_terms():
    # 31 March is lawful as « 45 jours fin de mois », not as a plain number of days.
    assert check_legal_caps(PaymentTerms.month_end_a(45), JANUARY_15) == ()
    assert len(check_legal_caps(PaymentTerms.net(75), JANUARY_15)) == 1


def test_month_end_terms_do_not_lengthen_the_cap_of_a_sector():
    (finding,) = check_legal_caps(PaymentTerms.month_end_a(30), JANUARY_15, sector=Sector.TRANSPORT)

    assert (finding.due_date, finding.latest) == (date(2026, 2, 28), date(2026, 2, 14))


def test_a_delivery_date_starts_the_delay_of_food():
    late = check_legal_caps(
        PaymentTerms.net(30),
        JANUARY_15,
        sector=Sector.PERISHABLE_FOOD,
        delivery_date=date(2026, 1, 10),
    )

    assert [finding.latest for finding in late] == [date(2026, 2, 9)]


def test_each_instalment_is_checked():
    terms = parse_terms("50 % à 30 jours, 50 % à 90 jours")

    assert [f.due_date for f in check_legal_caps(terms, JANUARY_15)] == [date(2026, 4, 15)]


SIMPLE_TERMS = st.one_of(
    st.just(PaymentTerms.on_receipt()),
    st.integers(0, 365).map(PaymentTerms.net),
    st.integers(0, 365).map(PaymentTerms.month_end_a),
    st.integers(0, 365).map(PaymentTerms.month_end_b),
    st.builds(PaymentTerms.month_end_then_day, st.integers(0, 365), st.integers(1, 31)),
)


@st.composite
def any_terms(draw):
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=11)))
    if not cuts:
        return draw(SIMPLE_TERMS)
    hundredths = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return PaymentTerms.instalments(
        *((Decimal(part) / 100, draw(SIMPLE_TERMS)) for part in hundredths)
    )


@given(any_terms(), st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 10**9))
def test_instalments_sum_to_the_gross_total_in_order(terms, issued, cents):
    gross = Decimal(cents) / 100

    instalments = due_dates(terms, issued, gross)

    assert sum(i.amount for i in instalments) == gross
    days = [i.due_date for i in instalments]
    assert days == sorted(set(days))
    assert days[0] >= issued


@given(any_terms())
def test_terms_are_read_back_from_their_label_and_code(terms):
    assert parse_terms(terms.label) == terms
    assert parse_terms(terms.code) == terms


@given(SIMPLE_TERMS, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_date_within_the_latest_makes_no_finding_and_a_later_one_does(terms, issued):
    late = terms.due_date(issued) > latest_due_date(terms, issued)

    assert bool(check_legal_caps(terms, issued)) is late
