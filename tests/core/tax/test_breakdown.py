"""VAT breakdown and totals, worked by hand to the cent, and the laws that keep them exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.tax import (
    Exigibility,
    Nature,
    TaxedLine,
    VatCategory,
    VatShare,
    breakdown,
    split_over_instalments,
    totals,
    vat_shares,
)

S = VatCategory.S


def taxed(amount, rate="20", nature=Nature.GOODS):
    return TaxedLine(Decimal(amount), S, Decimal(rate), nature)


@pytest.mark.parametrize(
    ("amounts", "rate", "base", "vat"),
    [
        (["100.00"], "20", "100.00", "20.00"),
        (["0.33", "0.33", "0.33"], "20", "0.99", "0.20"),  # 0.198, not 3 × 0.07
        (["10.01"], "5.5", "10.01", "0.55"),  # 0.55055
        (["0.10"], "5.5", "0.10", "0.01"),  # 0.0055
        (["99.99"], "2.1", "99.99", "2.10"),  # 2.09979
        (["12.50"], "8.5", "12.50", "1.06"),  # 1.0625
        (["0.50"], "13", "0.50", "0.07"),  # 0.065: half up
        (["100.00", "-40.00"], "20", "60.00", "12.00"),
        (["-0.50"], "13", "-0.50", "-0.07"),  # half away from zero
    ],
)
def test_each_rate_is_taxed_once_on_its_sum(amounts, rate, base, vat):
    (line,) = breakdown([taxed(amount, rate) for amount in amounts])

    assert (line.base, line.vat) == (Decimal(base), Decimal(vat))


def test_rates_are_listed_from_the_highest_and_exempt_last():
    lines = [
        taxed("10.00", "5.5"),
        TaxedLine(
            Decimal("7.00"), VatCategory.E, exemption_code="VATEX-EU-132", exemption_text="Soins"
        ),
        taxed("10.00", "20"),
        taxed("1.00", "5.50"),
    ]

    result = [(line.category, line.rate, line.base, line.vat) for line in breakdown(lines)]

    assert result == [
        (S, Decimal(20), Decimal("10.00"), Decimal("2.00")),
        (S, Decimal("5.5"), Decimal("11.00"), Decimal("0.61")),  # 0.605
        (VatCategory.E, Decimal(0), Decimal("7.00"), Decimal("0.00")),
    ]


def test_two_reasons_of_one_category_share_one_line_without_a_false_code():
    lines = [
        TaxedLine(
            Decimal("5.00"), VatCategory.E, exemption_code="VATEX-EU-132", exemption_text="Soins"
        ),
        TaxedLine(
            Decimal("5.00"), VatCategory.E, exemption_code="VATEX-EU-135-1", exemption_text="Bail"
        ),
    ]

    (line,) = breakdown(lines)

    assert (line.base, line.exemption_code, line.exemption_text) == (
        Decimal("10.00"),
        "",
        "Soins ; Bail",
    )


def test_document_totals_follow_en_16931():
    document = totals(
        [taxed("100.00"), taxed("50.00", "10")],
        allowances=[taxed("10.00")],
        charges=[taxed("5.00", "10")],
        prepaid_amount=Decimal("30.00"),
    )

    # 20 %: 90.00 → 18.00; 10 %: 55.00 → 5.50
    assert document.line_net_total == Decimal("150.00")
    assert document.allowance_total == Decimal("10.00")
    assert document.charge_total == Decimal("5.00")
    assert document.net_total == Decimal("145.00")
    assert document.vat_total == Decimal("23.50")
    assert document.gross_total == Decimal("168.50")
    assert document.amount_due == Decimal("138.50")


def test_an_unrounded_line_is_a_bug():
    with pytest.raises(AssertionError, match="rounded before VAT"):
        breakdown([taxed("0.333")])


def test_goods_and_services_of_one_rate_fall_due_apart():
    lines = [taxed("0.33"), taxed("0.66", nature=Nature.SERVICES)]

    shares = vat_shares(lines)

    # Breakdown: 0.99 → 0.20. Goods 0.33 → 0.066 = 0.07 at once, services take 0.13.
    assert shares == (
        VatShare(S, Decimal(20), Decimal("0.33"), Decimal("0.07"), Exigibility.DEBITS),
        VatShare(S, Decimal(20), Decimal("0.66"), Decimal("0.13"), Exigibility.RECEIPTS),
    )


def test_the_option_for_debits_makes_everything_due_at_once():
    lines = [taxed("0.33"), taxed("0.66", nature=Nature.SERVICES)]

    assert vat_shares(lines, on_debits=True) == (
        VatShare(S, Decimal(20), Decimal("0.99"), Decimal("0.20"), Exigibility.DEBITS),
    )


def test_an_allowance_reduces_the_share_of_its_nature():
    shares = vat_shares(
        [taxed("100.00", nature=Nature.SERVICES)],
        allowances=[taxed("10.00", nature=Nature.SERVICES)],
    )

    assert shares == (
        VatShare(S, Decimal(20), Decimal("90.00"), Decimal("18.00"), Exigibility.RECEIPTS),
    )


def test_instalments_share_vat_to_the_cent():
    shares = (VatShare(S, Decimal(20), Decimal("100.00"), Decimal("20.00"), Exigibility.RECEIPTS),)

    parts = split_over_instalments(shares, [Decimal("40.00"), Decimal("40.00"), Decimal("40.00")])

    assert [[(p.base, p.vat) for p in part] for part in parts] == [
        [(Decimal("33.34"), Decimal("6.67"))],
        [(Decimal("33.33"), Decimal("6.67"))],
        [(Decimal("33.33"), Decimal("6.66"))],
    ]


LINES = st.lists(
    st.builds(
        TaxedLine,
        st.integers(-(10**6), 10**7).map(lambda cents: Decimal(cents) / 100),
        st.just(S),
        st.sampled_from(["20", "10", "5.5", "2.1", "8.5"]).map(Decimal),
        st.sampled_from([Nature.GOODS, Nature.SERVICES]),
    ),
    min_size=1,
    max_size=30,
)


@given(LINES)
def test_shares_sum_to_the_breakdown_and_the_breakdown_to_the_totals(lines):
    document = totals(lines)
    shares = vat_shares(lines)

    for whole in document.vat_lines:
        parts = [share for share in shares if share.rate == whole.rate]
        assert sum(part.base for part in parts) == whole.base
        assert sum(part.vat for part in parts) == whole.vat
    assert sum(line.base for line in document.vat_lines) == document.net_total
    assert document.gross_total == document.net_total + document.vat_total


@given(LINES, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(lines, random):
    shuffled = lines[:]
    random.shuffle(shuffled)

    assert breakdown(shuffled) == breakdown(lines)
    assert set(vat_shares(shuffled)) == set(vat_shares(lines))


@given(
    LINES, st.lists(st.integers(1, 10**6).map(lambda c: Decimal(c) / 100), min_size=1, max_size=6)
)
def test_instalments_lose_no_cent_of_any_share(lines, amounts):
    shares = vat_shares(lines)

    parts = split_over_instalments(shares, amounts)

    for index, share in enumerate(shares):
        assert sum(part[index].vat for part in parts) == share.vat
        assert sum(part[index].base for part in parts) == share.base
