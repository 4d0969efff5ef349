"""Entries balance, the chart names every account once, VAT follows the money and comes back."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.bookkeeping import (
    CHART,
    JOURNALS,
    CreditExceedsInvoiceError,
    InvalidEntryLineError,
    UnbalancedEntryError,
    VatLeft,
    account_number,
    check_balanced,
    credit_vat,
    sales_key,
    split_credit,
    vat_due_on_receipt,
    vat_key,
)
from echeance.core.tax import Exigibility, Nature


@dataclass(frozen=True)
class Line:
    account: str
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)


def test_a_sale_balances():
    lines = [
        Line("411000", debit=Decimal("120.00")),
        Line("707000", credit=Decimal("100.00")),
        Line("445710", credit=Decimal("20.00")),
    ]

    assert check_balanced(lines) == Decimal("120.00")


def test_a_cent_of_difference_is_refused_with_both_totals():
    lines = [Line("411000", debit=Decimal("120.00")), Line("707000", credit=Decimal("119.99"))]

    with pytest.raises(UnbalancedEntryError) as caught:
        check_balanced(lines)

    assert str(caught.value) == (
        "L'écriture ne s'équilibre pas : débit 120.00, crédit 119.99. "
        "Corrigez ses lignes avant de l'enregistrer."
    )


def test_an_entry_without_lines_is_refused():
    with pytest.raises(UnbalancedEntryError):
        check_balanced([])


@pytest.mark.parametrize(
    "line",
    [
        Line("411000"),
        Line("411000", Decimal("1.00"), Decimal("1.00")),
        Line("411000", debit=Decimal("-1.00")),
        Line("411000", Decimal("1.00"), Decimal("-1.00")),
        Line("411000", debit=Decimal("1.001")),
    ],
)
def test_an_impossible_line_is_refused(line):
    with pytest.raises(InvalidEntryLineError, match="compte 411000"):
        check_balanced([line])


def test_the_chart_names_each_account_once():
    assert len({account.key for account in CHART}) == len(CHART)
    assert len({account.number for account in CHART}) == len(CHART)
    assert all(len(account.number) == 6 and account.number.isdigit() for account in CHART)
    assert [account.number for account in CHART] == sorted(account.number for account in CHART)
    assert [journal.code for journal in JOURNALS] == [
        "VT",
        "AC",
        "BQ",
        "CA",
        "OD",
        "AN",
        "EF",
        "PE",
    ]


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("customers", "411000"),
        ("vat_collected", "445710"),
        ("vat_deferred", "445740"),
        (sales_key(Nature.GOODS), "707000"),
        (sales_key(Nature.SERVICES), "706000"),
        (vat_key(Exigibility.DEBITS), "445710"),
        (vat_key(Exigibility.RECEIPTS), "445740"),
        ("customer_advances", "419100"),
        ("penalties_received", "763100"),
    ],
)
def test_accounts_are_found_by_key(key, number):
    assert account_number(key) == number


def test_a_company_may_renumber_an_account():
    assert account_number("bank", {"bank": "512100"}) == "512100"
    assert account_number("customers", {"bank": "512100"}) == "411000"


@pytest.mark.parametrize(
    ("vat", "gross", "received", "moved", "expected"),
    [
        ("20.00", "120.00", "120.00", "0.00", "20.00"),
        ("20.00", "120.00", "40.00", "0.00", "6.67"),  # 6.666
        ("20.00", "120.00", "80.00", "6.67", "6.66"),  # 13.333 − 6.67
        ("20.00", "120.00", "120.00", "13.33", "6.67"),  # the last payment clears
        ("20.00", "120.00", "150.00", "13.33", "6.67"),  # more than due moves no more
        ("20.00", "120.00", "40.00", "13.33", "-6.66"),  # un-match of the second payment
        ("20.00", "120.00", "0.00", "6.67", "-6.67"),
        # One invoice, two rates: 100 at 20 % and 100 at 5.5 %, gross 225.50, 100 received.
        ("20.00", "225.50", "100.00", "0.00", "8.87"),  # 8.8691
        ("5.50", "225.50", "100.00", "0.00", "2.44"),  # 2.4390
        ("0.01", "0.06", "0.03", "0.00", "0.01"),  # 0.005: half up
    ],
)
def test_vat_moves_with_the_money(vat, gross, received, moved, expected):
    assert vat_due_on_receipt(
        Decimal(vat), Decimal(gross), Decimal(received), Decimal(moved)
    ) == Decimal(expected)


CENTS = st.integers(1, 10**8)


@given(CENTS, st.lists(CENTS, min_size=1, max_size=12), st.sampled_from(["20", "10", "5.5", "2.1"]))
def test_moves_sum_to_the_vat_when_all_is_paid_and_undo_returns_to_zero(base, receipts, rate):
    net = Decimal(base) / 100
    vat = (net * Decimal(rate) / 100).quantize(Decimal("0.01"))
    gross = net + vat
    whole = sum(receipts)
    steps = [gross * sum(receipts[: i + 1]) / whole for i in range(len(receipts))]

    moved = Decimal(0)
    history = []
    for received in steps:
        history.append(moved)
        move = vat_due_on_receipt(vat, gross, received, moved)
        assert move >= 0
        moved += move

    assert moved == vat
    for received, before in zip([Decimal(0), *steps[:-1]][::-1], history[::-1], strict=True):
        moved += vat_due_on_receipt(vat, gross, received, moved)
        assert moved == before


@pytest.mark.parametrize(
    ("base", "left_base", "left_vat", "expected"),
    [
        ("100.00", "100.00", "20.00", "20.00"),
        ("50.00", "100.00", "20.00", "10.00"),
        ("0.33", "0.66", "0.13", "0.07"),  # 0.066
        ("0.33", "0.33", "0.06", "0.06"),  # the rest, not 0.07: what is left is the limit
        ("99.99", "100.00", "19.99", "19.99"),  # 20.00 would be more than is left
    ],
)
def test_a_credit_note_gives_back_no_more_vat_than_is_left(base, left_base, left_vat, expected):
    left = VatLeft(Decimal(20), Decimal(left_base), Decimal(left_vat))

    assert credit_vat(Decimal(base), left) == Decimal(expected)


def test_a_credit_note_over_its_invoice_is_refused():
    with pytest.raises(CreditExceedsInvoiceError) as caught:
        credit_vat(Decimal("100.01"), VatLeft(Decimal(20), Decimal("100.00"), Decimal("20.00")))

    assert str(caught.value) == (
        "L'avoir de 100.01 dépasse ce qui reste à créditer (100.00) : réduisez son montant."
    )


def test_a_credit_with_vat_included_is_spread_over_the_rates():
    left = [
        VatLeft(Decimal(20), Decimal("100.00"), Decimal("20.00")),
        VatLeft(Decimal("5.5"), Decimal("100.00"), Decimal("5.50")),
    ]

    shares = split_credit(Decimal("100.00"), left)

    # 100 × 120 / 225.50 = 53.2151; 100 × 105.50 / 225.50 = 46.7849.
    # VAT: 53.22 × 20 / 120 = 8.87; 46.78 × 5.5 / 105.5 = 2.4388.
    assert [(share.base, share.vat) for share in shares] == [
        (Decimal("44.35"), Decimal("8.87")),
        (Decimal("44.34"), Decimal("2.44")),
    ]


def test_a_credit_of_everything_leaves_nothing():
    left = [
        VatLeft(Decimal(20), Decimal("100.00"), Decimal("19.99")),
        VatLeft(Decimal("5.5"), Decimal("0.10"), Decimal("0.01")),
    ]

    shares = split_credit(Decimal("120.10"), left)

    assert [(s.base, s.vat) for s in shares] == [(row.base, row.vat) for row in left]


def test_where_earlier_credits_left_too_much_vat_the_base_stays_within_what_is_left():
    # 1.21 × 20 / 120 = 0.20 would leave a base of 1.01, one cent more than there is.
    (share,) = split_credit(
        Decimal("1.21"), [VatLeft(Decimal(20), Decimal("1.00"), Decimal("0.22"))]
    )

    assert (share.base, share.vat) == (Decimal("1.00"), Decimal("0.21"))


def test_a_credit_over_the_whole_is_refused():
    with pytest.raises(CreditExceedsInvoiceError):
        split_credit(Decimal("120.01"), [VatLeft(Decimal(20), Decimal("100.00"), Decimal("20.00"))])


@st.composite
def invoices_and_credit(draw):
    rows = []
    for rate in draw(st.sets(st.sampled_from(["20", "10", "5.5", "0"]), min_size=1)):
        base = Decimal(draw(st.integers(1, 10**6))) / 100
        exact = (base * Decimal(rate) / 100).quantize(Decimal("0.01"))
        # Earlier credit notes may have taken a few cents more or less of VAT than the rate says.
        vat = (
            max(Decimal(0), exact + Decimal(draw(st.integers(-3, 3))) / 100)
            if rate != "0"
            else Decimal("0.00")
        )
        rows.append(VatLeft(Decimal(rate), base, vat))
    whole = int(sum(row.gross for row in rows) * 100)
    return Decimal(draw(st.integers(1, whole))) / 100, rows


@given(invoices_and_credit())
def test_credit_shares_sum_to_the_credit_and_stay_within_what_is_left(case):
    gross, left = case

    shares = split_credit(gross, left)

    assert sum(share.base + share.vat for share in shares) == gross
    for share, row in zip(shares, left, strict=True):
        assert 0 <= share.base <= row.base
        assert 0 <= share.vat <= row.vat
