"""Issuing: numbers, frozen facts, entries and open items come together, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.conftest import TODAY, draft, issued, line
from echeance.base.errors import RightMissingError
from echeance.base.models import Counter, Job, JournalEvent
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import (
    InvoiceAlreadyIssuedError,
    IssueDateError,
    NoSeriesError,
    OrderNotBillableError,
)
from echeance.billing.models import (
    BillingRule,
    Instalment,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceVat,
)
from echeance.billing.rules import frozen
from echeance.ledger import commands as ledger_commands
from echeance.ledger import queries as ledger
from echeance.ledger.errors import NoFiscalYearError
from echeance.ledger.models import EntryLine, JournalEntry, OpenItem


def entry_of(row):
    lines = EntryLine.objects.filter(entry=row.entry).order_by("pk")
    return [(x.account.number, str(x.debit), str(x.credit)) for x in lines]


def test_issuing_numbers_freezes_posts_and_queues_the_sealing(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line(quantity="2", price="149.90"),
        line("Pose", "3.5", "52", nature="services"),
        order_reference="BC-7",
    )

    assert (row.number, row.status, row.issue_date) == ("FA-2026-000001", "issued", TODAY)
    # 299.80 + 182.00 = 481.80; 20 % = 96.36, of which 59.96 on goods and 36.40 on the service
    assert (row.net_total, row.vat_total, row.gross_total) == (
        Decimal("481.80"),
        Decimal("96.36"),
        Decimal("578.16"),
    )
    assert entry_of(row) == [
        ("411000", "578.16", "0.00"),
        ("706000", "0.00", "182.00"),
        ("707000", "0.00", "299.80"),
        ("445710", "0.00", "59.96"),
        ("445740", "0.00", "36.40"),
    ]
    (item,) = ledger.items_of_document(actor=ready, document_refs=[row.number])[row.number]
    assert (item.amount, item.open_amount, item.due_date, item.order_ref, item.party_id) == (
        Decimal("578.16"),
        Decimal("578.16"),
        date(2026, 12, 24),
        "BC-7",
        lefevre.pk,
    )
    document = frozen.thaw(row.facts).document
    assert (document.number, document.buyer.name, document.order_reference) == (
        "FA-2026-000001",
        "Boulangerie Lefèvre",
        "BC-7",
    )
    assert document.totals.amount_due == Decimal("578.16")
    assert [(x.category, x.exigibility, x.base, x.vat) for x in row.vat.order_by("pk")] == [
        ("S", "debits", Decimal("299.80"), Decimal("59.96")),
        ("S", "receipts", Decimal("182.00"), Decimal("36.40")),
    ]
    job = Job.objects.get(path="echeance.billing.jobs.seal_invoices")
    assert job.kwargs == {"company_id": ready.company.pk, "invoice_ids": [row.pk]}
    event = JournalEvent.objects.get(action="billing.invoice_issued")
    assert (event.subject, event.facts["number"], event.facts["gross_total"]) == (
        f"invoice:{row.pk}",
        "FA-2026-000001",
        "578.16",
    )


@pytest.mark.parametrize(
    ("lines", "net", "vat"),
    [
        # VAT is reckoned once a rate: 3 x 0.33 = 0.99, 20 % = 0.198, not 3 x 0.07
        ([line(quantity="1", price="0.33")] * 3, "0.99", "0.20"),
        # each line is rounded half up first: 3 x 0.335 = 1.005 -> 1.01; 5.5 % of 1.01 = 0.05555
        ([line(quantity="3", price="0.335", rate="5.5")], "1.01", "0.06"),
        # mixed rates: 100 at 20 %, 50 at 10 %, 19.99 at 5.5 % (1.09945)
        (
            [
                line(quantity="1", price="100"),
                line(quantity="1", price="50", rate="10"),
                line(quantity="1", price="19.99", rate="5.5"),
            ],
            "169.99",
            "26.10",
        ),
    ],
)
def test_totals_are_exact_to_the_cent(ready, lefevre, lines, net, vat):
    row = issued(ready, lefevre, *lines)

    assert (row.net_total, row.vat_total) == (Decimal(net), Decimal(vat))
    debit, credit = (
        sum(getattr(x, side) for x in EntryLine.objects.filter(entry=row.entry))
        for side in ("debit", "credit")
    )
    assert debit == credit == row.gross_total


def test_one_open_item_an_instalment_with_its_part_of_vat(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line(quantity="1", price="83.33", nature="services"),
        payment_terms="30%reception/70%net30",
    )

    # 83.33 + 16.67 = 100.00: 30.00 now and 70.00 in 30 days
    assert [(x.due_date, x.amount) for x in row.instalments.order_by("due_date")] == [
        (TODAY, Decimal("30.00")),
        (date(2026, 12, 24), Decimal("70.00")),
    ]
    items = OpenItem.objects.filter(document_ref=row.number).order_by("due_date")
    assert [item.vat.get().vat for item in items] == [Decimal("5.00"), Decimal("11.67")]
    assert row.due_date == date(2026, 12, 24)
    assert row.facts["document"]["payment_terms"].endswith(
        "(30,00 le 24/11/2026 ; 70,00 le 24/12/2026)"
    )


def test_one_bad_draft_never_stops_the_others_and_takes_no_number(ready, lefevre):
    good, bad, other = (
        draft(ready, lefevre),
        draft(ready, lefevre, line(price="0")),
        draft(ready, lefevre),
    )

    results = billing.issue_invoices(actor=ready, invoice_ids=[good.pk, bad.pk, other.pk])

    assert [result.number for result in results] == ["FA-2026-000001", None, "FA-2026-000002"]
    bad.refresh_from_db()
    assert (bad.status, bad.facts, bad.entry) == ("draft", None, None)
    assert JournalEntry.objects.count() == 2


def test_what_the_ledger_refuses_gives_its_number_back(ready, lefevre):
    good = draft(ready, lefevre)
    bad = draft(ready, lefevre, line(revenue_account="799999"))
    other = draft(ready, lefevre)

    results = billing.issue_invoices(actor=ready, invoice_ids=[good.pk, bad.pk, other.pk])

    assert [result.number for result in results] == ["FA-2026-000001", None, "FA-2026-000002"]
    assert [finding.code for finding in results[1].findings] == ["ledger.unknown_account"]
    assert Counter.objects.get(name__startswith="billing.series").last == 2
    assert Job.objects.count() == 2


def test_issuing_again_changes_nothing(ready, lefevre):
    row = issued(ready, lefevre)

    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])

    assert result.number == "FA-2026-000001"
    assert [finding.code for finding in result.findings] == ["billing.invoice_already_issued"]
    assert (JournalEntry.objects.count(), Counter.objects.filter(last=1).count()) == (1, 2)


def test_numbers_start_again_each_year_and_dates_never_go_back(ready, lefevre):
    ledger_commands.open_fiscal_year(
        actor=ready, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)
    )
    first = issued(ready, lefevre, on=date(2025, 12, 31))
    second = issued(ready, lefevre, on=date(2026, 1, 2))
    late = draft(ready, lefevre, line(quantity="3"))

    (result,) = billing.issue_invoices(
        actor=ready, invoice_ids=[late.pk], issue_date=date(2026, 1, 1)
    )

    assert (first.number, second.number) == ("FA-2025-000001", "FA-2026-000001")
    assert [finding.code for finding in result.findings] == ["billing.issue_date"]


def test_a_day_that_has_not_come_is_refused(ready, lefevre):
    row = draft(ready, lefevre)

    with pytest.raises(IssueDateError, match="elle n'est pas encore venue"):
        billing.issue_invoices(actor=ready, invoice_ids=[row.pk], issue_date=date(2026, 11, 25))

    assert not JournalEntry.objects.exists()


def test_a_day_without_a_fiscal_year_is_refused(ready, lefevre):
    row = draft(ready, lefevre)

    with pytest.raises(NoFiscalYearError):
        billing.issue_invoices(actor=ready, invoice_ids=[row.pk], issue_date=date(2025, 1, 1))

    assert not Counter.objects.filter(name__startswith="billing").exists()


def test_without_a_series_nothing_is_issued(ready, lefevre):
    row = draft(ready, lefevre)
    InvoiceSeries.objects.all().delete()

    with pytest.raises(NoSeriesError):
        billing.issue_invoices(actor=ready, invoice_ids=[row.pk])

    assert not JournalEntry.objects.exists()


def test_issuing_needs_its_right_and_crediting_its_own(ready, lefevre):
    row = issued(ready, lefevre)
    note = billing.draft_credit_note(actor=ready, invoice_id=row.pk, reason="Retour")

    with pytest.raises(RightMissingError):
        billing.issue_invoices(
            actor=replace(ready, rights=ready.rights - {Right.ISSUE_INVOICES}),
            invoice_ids=[note.pk],
        )
    (result,) = billing.issue_invoices(
        actor=replace(ready, rights=ready.rights - {Right.ISSUE_CREDITS}), invoice_ids=[note.pk]
    )

    assert [finding.code for finding in result.findings] == ["billing.credit_right_missing"]
    assert Invoice.objects.get(pk=note.pk).number is None


def test_a_chunk_costs_the_same_queries_whatever_its_size(
    ready, lefevre, django_assert_max_num_queries
):
    ids = [draft(ready, lefevre).pk for _ in range(26)]
    billing.issue_invoices(actor=ready, invoice_ids=ids[:1])

    with django_assert_max_num_queries(66):
        billing.issue_invoices(actor=ready, invoice_ids=ids[1:3])
    with django_assert_max_num_queries(66):
        billing.issue_invoices(actor=ready, invoice_ids=ids[3:])


def test_an_issued_document_keeps_what_it_printed(ready, lefevre):
    from echeance.base import commands as base
    from echeance.parties import commands as parties

    row = issued(ready, lefevre)
    before = queries.xml(actor=ready, invoice_id=row.pk)

    parties.change_party(actor=ready, party_id=lefevre.pk, changes={"name": "Lefèvre & Fils"})
    base.change_company(actor=ready, changes={"name": "Morel et associés"})
    billing.save_style(actor=ready, color="#aa0000")

    assert queries.xml(actor=ready, invoice_id=row.pk) == before


def test_an_issued_document_is_neither_changed_nor_deleted(ready, lefevre):
    row = issued(ready, lefevre)

    with pytest.raises(InvoiceAlreadyIssuedError) as caught:
        billing.change_draft(actor=ready, invoice_id=row.pk, changes={"note": "x"})
    with pytest.raises(InvoiceAlreadyIssuedError):
        billing.discard_drafts(actor=ready, invoice_ids=[row.pk])

    assert str(caught.value) == (
        "La facture FA-2026-000001 est déjà émise : corrigez-la par un avoir."
    )


def test_a_draft_may_change_until_it_is_issued(ready, lefevre):
    row = draft(ready, lefevre)

    changed = billing.change_draft(
        actor=ready,
        invoice_id=row.pk,
        changes={"payment_terms": "45 jours fin de mois", "order_reference": "BC-1"},
        lines=[line("Table", "1", "100", rate="10")],
    )

    assert (changed.payment_terms, changed.order_reference) == ("fdm45", "BC-1")
    assert (changed.net_total, changed.vat_total, changed.gross_total) == (
        Decimal("100.00"),
        Decimal("10.00"),
        Decimal("110.00"),
    )
    assert InvoiceLine.objects.get().name == "Table"


def test_an_order_is_billed_once_and_freed_when_its_draft_goes(ready, lefevre):
    billing.import_orders(
        actor=ready,
        content=b"Commande;Client;Article;Quantit\xc3\xa9;Prix unitaire;Date;Bon de commande\n"
        b"B1;C001;ET;2;149,90;20/11/2026;BC-7\n",
        filename="b.csv",
    )
    order = queries.left_to_bill(actor=ready).get()
    (row,) = billing.draft_invoices(actor=ready, order_ids=[order.pk])

    with pytest.raises(OrderNotBillableError, match="déjà facturée"):
        billing.draft_invoices(actor=ready, order_ids=[order.pk])
    assert (row.gross_total, row.order_reference, row.sales_order_reference) == (
        Decimal("359.76"),
        "BC-7",
        "B1",
    )
    assert not queries.left_to_bill(actor=ready).exists()

    billing.discard_drafts(actor=ready, invoice_ids=[row.pk])

    assert queries.left_to_bill(actor=ready).get() == order


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(9999), places=2)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.decimals(min_value=Decimal("0.1"), max_value=Decimal(50), places=1),
            amounts,
            st.sampled_from(["20", "10", "5.5", "2.1"]),
            st.sampled_from(["goods", "services"]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["net30", "reception", "30%reception/30%net15/40%net45"]),
)
def test_entry_items_and_vat_always_sum_to_the_document(ready, lefevre, lines, terms):
    BillingRule.objects.get_or_create(
        company=ready.company, party=lefevre, usual_amount_checked=False
    )
    row = draft(
        ready,
        lefevre,
        *(line("x", str(q), str(p), rate=r, nature=n) for q, p, r, n in lines),
        payment_terms=terms,
    )
    if row.gross_total == 0:
        return
    billing.issue_invoices(actor=ready, invoice_ids=[row.pk])
    row.refresh_from_db()

    items = OpenItem.objects.filter(document_ref=row.number)
    groups = InvoiceVat.objects.filter(invoice=row)
    assert sum(item.amount for item in items) == row.gross_total
    assert sum(part.amount for part in Instalment.objects.filter(invoice=row)) == row.gross_total
    assert sum(group.base for group in groups) == row.net_total
    assert sum(group.vat for group in groups) == row.vat_total
    assert sum(vat.vat for item in items for vat in item.vat.all()) == row.vat_total
