"""Story of a renovation: deposit of 30 %, two statements, final one, retention; cents by hand.

| document      | works HT | deducted | HT      | TVA    | TTC      | kept back | due now |
|---------------|----------|----------|---------|--------|----------|-----------|---------|
| deposit 30 %  |          |          | 3000.00 | 480.00 | 3 480.00 |           | 3480.00 |
| statement 1   | 3 400.00 | 1020.00  | 2380.00 | 406.00 | 2 786.00 | 199.00    | 2587.00 |
| statement 2   | 3 500.00 | 1050.00  | 2450.00 | 392.00 | 2 842.00 | 203.00    | 2639.00 |
| final         | 3 100.00 |  930.00  | 2170.00 | 322.00 | 2 492.00 | 178.00    | 2314.00 |
| **market**    | 10000.00 | 3000.00  |10000.00 |1600.00 |11 600.00 | 580.00    |         |
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.conftest import TODAY, line
from billing.test_deposits import order_of
from billing.test_markets import market, percents
from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import DraftInvalidError, MarketRefusedError
from echeance.billing.types import DeliveryFacts
from echeance.cash import commands as cash
from echeance.cash.models import BankAccount, Statement, StatementEntry
from echeance.ledger import commands as ledger
from echeance.ledger import queries as books
from echeance.ledger.models import EntryLine
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.ledger.verify import verify

TABLE = [
    ("386", "3000.00", "480.00", "3480.00", "0.00", "3480.00"),
    ("380", "2380.00", "406.00", "2786.00", "199.00", "2587.00"),
    ("380", "2450.00", "392.00", "2842.00", "203.00", "2639.00"),
    ("380", "2170.00", "322.00", "2492.00", "178.00", "2314.00"),
]
STATEMENTS = [(("40", "25"), False), (("75", "60"), False), (("100", "100"), True)]


def issue(actor, invoice, on=TODAY):
    [result] = billing.issue_invoices(actor=actor, invoice_ids=[invoice.pk], issue_date=on)
    assert result.number, result.findings
    invoice.refresh_from_db()
    return invoice


def entry(invoice):
    """Account to debit less credit."""
    found: dict[str, Decimal] = {}
    for row in EntryLine.objects.filter(entry=invoice.entry_id).select_related("account"):
        number = row.account.number
        found[number] = found.get(number, Decimal(0)) + row.debit - row.credit
    return found


@pytest.fixture
def renovation(ready, lefevre):
    """The market and its four documents, issued."""
    row = market(ready, lefevre)
    deposit = billing.ask_for_deposit(actor=ready, market_id=row.pk, percent=Decimal(30))
    documents = [issue(ready, deposit.invoice)]
    for progress, final in STATEMENTS:
        made = billing.draft_statement(
            actor=ready,
            market_id=row.pk,
            on=TODAY,
            progress=percents(row, *progress),
            final=final,
        )
        documents.append(issue(ready, made.invoice))
    row.refresh_from_db()
    return row, documents


def test_every_document_has_the_amounts_worked_by_hand(ready, renovation):
    row, documents = renovation

    told = []
    for one in documents:
        items = books.items_of_document(actor=ready, document_refs=[one.number])[one.number]
        now = sum(
            item.amount for item in items if item.account == "411000" and item.side == "debit"
        )
        told.append(
            (
                one.kind,
                *(
                    str(value)
                    for value in (
                        one.net_total,
                        one.vat_total,
                        one.gross_total,
                        one.retained_amount,
                        now,
                    )
                ),
            )
        )
    assert told == TABLE
    assert row.closed_at is not None
    assert sum(one.gross_total for one in documents) == Decimal("11600.00")
    state = queries.market_state(actor=ready, market=row)
    assert (state.billed, [one.left for one in state.lefts]) == (
        Decimal("10000.00"),
        [Decimal(0), Decimal(0)],
    )


def test_the_books_hold_the_advance_then_take_it_back(ready, renovation):
    _, (deposit, first, _, last) = renovation

    # Services: VAT waits for the money on 44574; what is kept back is on 4117.
    assert entry(deposit) == {
        "411000": Decimal("3480.00"),
        "419100": Decimal("-3000.00"),
        "445740": Decimal("-480.00"),
    }
    assert entry(first) == {
        "411000": Decimal("2587.00"),
        "411700": Decimal("199.00"),
        "419100": Decimal("1020.00"),
        "445740": Decimal("-406.00"),
        "706000": Decimal("-3400.00"),
    }
    balances = {
        account: books.account_balance(actor=ready, account=account)
        for account in ("411", "4117", "4191", "44574", "706")
    }
    assert balances == {
        "411": Decimal("11600.00"),
        "4117": Decimal("580.00"),
        "4191": Decimal(0),
        "44574": Decimal("-1600.00"),
        "706": Decimal("-10000.00"),
    }
    assert last.facts["document"]["business_process"] == "S4"
    assert verify(ready.company) == []


def test_every_document_passes_the_official_rules(ready, renovation):
    _, documents = renovation

    report = billing.seal_invoices(actor=ready)

    told = [
        (row.number, finding["rule"], finding["message"])
        for row in queries.invoices(actor=ready)
        for finding in (row.verdict or {}).get("findings", ())
        if finding["severity"] == "fatal"
    ]
    assert (report.sealed, told) == (len(documents), [])


def test_acceptance_sets_the_day_and_a_year_later_the_retention_is_owed(ready, renovation):
    row, _ = renovation

    numbers = billing.accept_works(actor=ready, market_id=row.pk, on=date(2026, 11, 20))

    assert len(numbers) == 3
    parts = queries.retentions(actor=ready, market_id=row.pk)
    assert [(one.due_date, one.open_amount) for one in parts] == [
        (date(2027, 11, 20), Decimal("199.00")),
        (date(2027, 11, 20), Decimal("203.00")),
        (date(2027, 11, 20), Decimal("178.00")),
    ]
    assert books.account_balance(actor=ready, account="4117") == Decimal("580.00")
    assert billing.release_retentions(actor=ready, market_id=row.pk) == []
    ledger.open_fiscal_year(actor=ready, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    with clock.at(datetime(2027, 11, 20, 9, tzinfo=UTC)):
        assert len(billing.release_retentions(actor=ready)) == 3
        assert billing.release_retentions(actor=ready) == []

        assert books.account_balance(actor=ready, account="4117") == Decimal(0)
        assert books.account_balance(actor=ready, account="411") == Decimal("11600.00")
        assert verify(ready.company) == []


def test_the_vat_of_a_released_retention_is_due_when_it_is_paid(ready, lefevre, renovation):
    """178.00 of 2 492.00 with 322.00 of VAT: 23.00 of VAT waits until it is paid."""
    row, documents = renovation
    last = documents[-1]
    billing.replace_retention(actor=ready, market_id=row.pk)
    before = books.account_balance(actor=ready, account="44571")
    [item] = [
        one
        for one in books.items_of_document(actor=ready, document_refs=[last.number])[last.number]
        if one.open_amount and one.due_date == TODAY
    ]
    assert (item.account, item.open_amount) == ("411000", Decimal("178.00"))
    [paid] = ledger.post_entries(
        actor=ready,
        entries=[
            EntryFacts(
                journal_code="BQ",
                entry_date=TODAY,
                document_ref="VIR-1",
                document_date=TODAY,
                label="Virement",
                postings=(
                    Posting("512000", debit=Decimal("178.00")),
                    Posting("411000", credit=Decimal("178.00"), party_id=lefevre.pk),
                ),
                items=(NewOpenItem(1, TODAY, "receipt", "VIR-1"),),
            )
        ],
    )
    ledger.allocate(
        actor=ready,
        allocations=[NewAllocation(item.item_id, paid.item_ids[0], Decimal("178.00"), TODAY)],
    )

    moved = before - books.account_balance(actor=ready, account="44571")
    assert moved == Decimal("23.00")
    assert verify(ready.company) == []


def test_the_final_invoice_of_an_order_is_the_order_less_its_deposit(ready, lefevre):
    """Goods 1 234.57 at 20 % and 100.00 at 5.5 %.

    30 % of 1 334.57 is 400.37, of which 370.37 and 30.00; VAT 74.07 and 1.65. What is left:
    864.20 and 70.00, VAT 172.84 and 3.85. Whole VAT 246.91 and 5.50: not a cent of difference.
    """
    order = order_of(
        ready,
        lefevre,
        ("Four", "1", "1234.57", "20", "goods"),
        ("Livre", "1", "100.00", "5.5", "goods"),
    )
    deposit = billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(30))
    advance = issue(ready, deposit.invoice)

    [report] = billing.run_billing(actor=ready, on=TODAY).drafts

    assert report.number, report.findings
    final = queries.by_number(actor=ready, number=report.number)
    assert final is not None
    assert (advance.net_total, advance.vat_total) == (Decimal("400.37"), Decimal("75.72"))
    assert (final.net_total, final.vat_total) == (Decimal("934.20"), Decimal("176.69"))
    assert advance.gross_total + final.gross_total == Decimal("1586.98")
    assert final.facts["document"]["business_process"] == "B4"
    assert entry(final) == {
        "411000": Decimal("1110.89"),
        "419100": Decimal("400.37"),
        "445710": Decimal("-176.69"),
        "707000": Decimal("-1334.57"),
    }
    assert verify(ready.company) == []


def test_a_statement_wholly_credited_reopens_the_market(ready, renovation):
    row, documents = renovation
    with pytest.raises(MarketRefusedError, match="soldé"):
        billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, final=True)

    note = billing.draft_credit_note(
        actor=ready, invoice_id=documents[-1].pk, reason="Métré à revoir"
    )
    issue(ready, note)

    again = billing.draft_statement(
        actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, "90", "90")
    )
    # 5 400 − 4 500 and 3 600 − 2 400; the deposit for 90 % less what was deducted before.
    assert [line.net_amount for line in again.lines.order_by("market_line__position")] == [
        Decimal("900.00"),
        Decimal("1200.00"),
    ]
    assert again.invoice is not None
    assert sorted(one.amount for one in again.invoice.allowances.all()) == [
        Decimal("270.00"),
        Decimal("360.00"),
    ]
    assert verify(ready.company) == []


def test_deliveries_of_an_order_share_its_deposit(ready, lefevre):
    """Ten at 100.00, deposit of 300.00; two, then three, then five delivered: 60, 90, 150."""
    order = order_of(ready, lefevre, ("Étagère", "10", "100.00", "20", "goods"))
    type(order).objects.filter(pk=order.pk).update(billed_by_delivery=True)
    line = order.lines.get()
    deposit = billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(30))
    issue(ready, deposit.invoice)
    told = []
    for rank, quantity in enumerate(("2", "3", "5"), start=1):
        billing.record_deliveries(
            actor=ready,
            deliveries=[
                DeliveryFacts(
                    order.pk, date(2026, 11, 20), {line.pk: Decimal(quantity)}, number=f"BL-{rank}"
                )
            ],
        )
        [report] = billing.run_billing(actor=ready, on=TODAY).drafts
        assert report.number, report.findings
        row = queries.by_number(actor=ready, number=report.number)
        assert row is not None
        told.append((row.net_total, [one.amount for one in row.allowances.all()]))

    assert told == [
        (Decimal("140.00"), [Decimal("60.00")]),
        (Decimal("210.00"), [Decimal("90.00")]),
        (Decimal("350.00"), [Decimal("150.00")]),
    ]
    assert books.account_balance(actor=ready, account="4191") == Decimal(0)
    assert verify(ready.company) == []


def test_an_order_paid_whole_in_advance_ends_with_a_final_invoice_of_nothing(ready, lefevre):
    order = order_of(ready, lefevre, ("Étagère", "1", "100.00", "20", "goods"))
    deposit = billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(100))
    issue(ready, deposit.invoice)

    [report] = billing.run_billing(actor=ready, on=TODAY).drafts

    assert report.number, report.findings
    row = queries.by_number(actor=ready, number=report.number)
    assert row is not None
    assert row.gross_total == Decimal("0.00")
    assert entry(row) == {"419100": Decimal("100.00"), "707000": Decimal("-100.00")}
    assert billing.seal_invoices(actor=ready).sealed == 2


def test_the_lines_of_a_statement_are_changed_in_its_market(ready, lefevre):
    row = market(ready, lefevre)
    made = billing.draft_statement(
        actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, "40", "25")
    )

    with pytest.raises(DraftInvalidError, match="depuis le marché"):
        billing.change_draft(actor=ready, invoice_id=made.invoice_id, lines=[line()])


def test_a_deposit_deducted_is_not_given_back_as_well(ready, lefevre):
    order = order_of(ready, lefevre, ("Étagère", "1", "1000.00", "20", "goods"))
    deposit = billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(30))
    advance = issue(ready, deposit.invoice)
    [report] = billing.run_billing(actor=ready, on=TODAY).drafts
    final = queries.by_number(actor=ready, number=report.number or "")
    assert final is not None

    with pytest.raises(DraftInvalidError, match="créditez d'abord la facture qui le déduit"):
        billing.draft_credit_note(actor=ready, invoice_id=advance.pk, reason="Annulation")

    note = billing.draft_credit_note(actor=ready, invoice_id=final.pk, reason="Annulation")
    issue(ready, note)
    back = billing.draft_credit_note(actor=ready, invoice_id=advance.pk, reason="Annulation")
    issue(ready, back)
    assert books.account_balance(actor=ready, account="4191") == Decimal(0)
    assert books.account_balance(actor=ready, account="411") == Decimal(0)
    assert verify(ready.company) == []


@pytest.mark.parametrize(
    ("amount", "left"),
    [("2587.00", "0.00"), ("2786.00", "2587.00")],
    ids=["what is due now", "the retention as well"],
)
def test_a_payment_never_meets_what_is_kept_back(ready, renovation, amount, left):
    """2 587.00 is proved; 2 786.00 is asked about: 199.00 of it are not due yet, on 4117."""
    _, (_, first, *_) = renovation
    account = BankAccount.objects.get()
    file = archive.store_file(
        actor=ready,
        file=NewFile(
            content=b"releve",
            filename="releve.xml",
            media_type="application/xml",
            kind="statement",
            subject="statement",
            keep_until=date(2037, 1, 1),
        ),
    )
    statement = Statement.objects.create(
        company=ready.company,
        bank_account=account,
        file=file,
        opening_date=TODAY,
        opening_balance=Decimal(0),
        closing_date=TODAY,
        closing_balance=Decimal(amount),
        imported_at=clock.now(),
    )
    line_ = StatementEntry.objects.create(
        company=ready.company,
        bank_account=account,
        statement=statement,
        position=1,
        fingerprint="f" * 64,
        direction="CRDT",
        amount=Decimal(amount),
        booking_date=TODAY,
        text=f"VIR BOULANGERIE LEFEVRE {first.number}",
        references=[first.number],
        payer_name="BOULANGERIE LEFEVRE",
    )

    [proposal] = cash.propose_matches(actor=ready)
    cash.accept_proved(actor=ready, entry_ids=[line_.pk])

    assert proposal.entry_id == line_.pk
    items = books.items_of_document(actor=ready, document_refs=[first.number])[first.number]
    assert sorted((item.account, item.open_amount) for item in items) == [
        ("411000", Decimal(left)),
        ("411700", Decimal("199.00")),
    ]
    assert verify(ready.company) == []
