"""Credit notes: all, some lines, part of a price; never more than was billed, to the cent."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.conftest import TODAY, draft, issued, line
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import CreditRefusedError, InvoiceNotIssuedError
from echeance.billing.models import BillingRule, Invoice
from echeance.billing.types import CreditLine
from echeance.ledger import queries as ledger
from echeance.ledger.models import EntryLine, OpenItem
from echeance.ledger.verify import verify


def credit(actor, row, *lines, reason="Retour de marchandise"):
    return billing.draft_credit_note(
        actor=actor, invoice_id=row.pk, reason=reason, lines=lines or None
    )


def issue(actor, row, on=TODAY):
    (result,) = billing.issue_invoices(actor=actor, invoice_ids=[row.pk], issue_date=on)
    assert result.number, result.findings
    row.refresh_from_db()
    return row


def open_amounts(actor, *rows):
    found = ledger.items_of_document(actor=actor, document_refs=[row.number for row in rows])
    return [sum(item.open_amount for item in found[row.number]) for row in rows]


def test_a_full_credit_note_mirrors_its_invoice_and_closes_it(ready, lefevre):
    invoice = issued(
        ready, lefevre, line("Étagère", "2", "149.90"), line("Pose", "3.5", "52", nature="services")
    )

    note = issue(ready, credit(ready, invoice))

    assert (note.number, note.kind, note.preceding) == ("AV-2026-000001", "381", invoice)
    assert (note.net_total, note.vat_total, note.gross_total) == (
        Decimal("481.80"),
        Decimal("96.36"),
        Decimal("578.16"),
    )
    lines = EntryLine.objects.filter(entry=note.entry).order_by("pk")
    assert [(x.account.number, str(x.debit), str(x.credit)) for x in lines] == [
        ("411000", "0.00", "578.16"),
        ("706000", "182.00", "0.00"),
        ("707000", "299.80", "0.00"),
        ("445710", "59.96", "0.00"),
        ("445740", "36.40", "0.00"),
    ]
    assert open_amounts(ready, invoice, note) == [Decimal(0), Decimal(0)]
    document = note.facts["document"]
    assert document["preceding_invoices"] == [
        {"number": "FA-2026-000001", "issue_date": "2026-11-24"}
    ]
    assert {"text": "Motif de l'avoir : Retour de marchandise"} in document["notes"]
    assert verify(ready.company) == []


def test_some_units_of_a_line(ready, lefevre):
    invoice = issued(ready, lefevre, line("Étagère", "3", "99.99"), line("Vis", "100", "0.05"))
    shelf, _ = invoice.lines.order_by("position")

    note = issue(ready, credit(ready, invoice, CreditLine(shelf.pk, Decimal(1))))

    # 99.99 + 20.00 = 119.99 off 304.97 + 60.99 = 365.96
    assert (note.net_total, note.vat_total) == (Decimal("99.99"), Decimal("20.00"))
    assert open_amounts(ready, invoice, note) == [Decimal("245.97"), Decimal(0)]


def test_part_of_a_price(ready, lefevre):
    invoice = issued(ready, lefevre, line("Étagère", "10", "15.00"))
    shelf = invoice.lines.get()

    note = issue(
        ready,
        credit(ready, invoice, CreditLine(shelf.pk, Decimal(10), unit_price=Decimal("2.00"))),
    )

    assert (note.net_total, note.vat_total) == (Decimal("20.00"), Decimal("4.00"))
    # what is left of the line is 130.00, not ten more units at full price
    with pytest.raises(CreditRefusedError, match="il ne reste que 130"):
        credit(ready, invoice, CreditLine(shelf.pk, Decimal(10), unit_price=Decimal("14.00")))


def test_the_last_credit_takes_the_vat_that_is_left(ready, lefevre):
    # one line: 3 x 0.33 = 0.99, VAT 0.20; unit by unit 0.07 + 0.07 + 0.06
    invoice = issued(ready, lefevre, line("Bonbon", "3", "0.33"))
    sweet = invoice.lines.get()

    notes = [
        issue(ready, credit(ready, invoice, CreditLine(sweet.pk, Decimal(1)))) for _ in range(3)
    ]

    assert [str(note.vat_total) for note in notes] == ["0.07", "0.07", "0.06"]
    assert sum(note.gross_total for note in notes) == invoice.gross_total
    assert open_amounts(ready, invoice) == [Decimal(0)]
    with pytest.raises(CreditRefusedError, match="tout a déjà été crédité"):
        credit(ready, invoice)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([("4", None)], "ligne 1, il reste 3 unité"),
        ([("0", None)], "ligne 1, il reste 3 unité"),
        ([("1", "200")], "ligne 1, il reste 3 unité"),
    ],
)
def test_more_than_was_billed_is_refused(ready, lefevre, lines, reason):
    invoice = issued(ready, lefevre, line("Étagère", "3", "99.99"))
    shelf = invoice.lines.get()

    with pytest.raises(CreditRefusedError, match=reason):
        credit(
            ready,
            invoice,
            *(CreditLine(shelf.pk, Decimal(q), Decimal(p) if p else None) for q, p in lines),
        )

    assert Invoice.objects.count() == 1


def test_a_draft_credit_note_already_holds_what_it_takes(ready, lefevre):
    invoice = issued(ready, lefevre)
    credit(ready, invoice)

    with pytest.raises(CreditRefusedError, match="tout a déjà été crédité"):
        credit(ready, invoice)


def test_a_discarded_credit_note_gives_it_back(ready, lefevre):
    invoice = issued(ready, lefevre)
    first = credit(ready, invoice)

    billing.discard_drafts(actor=ready, invoice_ids=[first.pk])

    assert credit(ready, invoice).gross_total == invoice.gross_total


def test_two_credit_notes_of_one_invoice_issued_together_do_not_exceed_it(ready, lefevre):
    invoice = issued(ready, lefevre, line("Bonbon", "2", "0.33"))
    sweet = invoice.lines.get()
    notes = [credit(ready, invoice, CreditLine(sweet.pk, Decimal(1))) for _ in range(2)]

    results = billing.issue_invoices(actor=ready, invoice_ids=[note.pk for note in notes])

    # 0.66 + 0.13 billed: 0.33 + 0.07, then 0.33 + 0.06
    assert [result.number for result in results] == ["AV-2026-000001", "AV-2026-000002"]
    assert [str(Invoice.objects.get(pk=note.pk).vat_total) for note in notes] == ["0.07", "0.06"]


def test_a_draft_has_no_credit_note_and_a_credit_note_neither(ready, lefevre):
    row = draft(ready, lefevre)
    note = issue(ready, credit(ready, issued(ready, lefevre)))

    with pytest.raises(InvoiceNotIssuedError):
        credit(ready, row)
    with pytest.raises(CreditRefusedError, match="un avoir ne se crédite pas"):
        credit(ready, note)
    with pytest.raises(CreditRefusedError, match="donnez un motif"):
        credit(ready, issued(ready, lefevre), reason=" ")


def test_a_credit_note_keeps_the_vat_of_its_invoice_whatever_changed(ready, lefevre):
    from echeance.base import commands as base

    invoice = issued(ready, lefevre, line("Conseil", "1", "100", nature="services"))
    base.change_company(
        actor=ready, changes={"vat_on_debits_since": date(2026, 11, 1), "vat_regime": "franchise"}
    )
    ready.company.refresh_from_db()

    note = issue(ready, credit(ready, invoice))

    assert note.vat_total == Decimal("20.00")
    assert "445740" in {
        x.account.number for x in EntryLine.objects.filter(entry=note.entry, debit__gt=0)
    }


def test_a_cancellation_becomes_a_credit_note_with_its_reference(ready, lefevre):
    from echeance.billing.types import OrderMapping

    billing.save_mapping(
        actor=ready,
        mapping=OrderMapping(
            "f",
            {
                "document": "No",
                "customer": "Who",
                "item": "Sku",
                "quantity": "Qty",
                "unit_price": "Price",
                "order_date": "When",
            },
            constants={"vat_rate": "20"},
            cancellation_prefix="C",
        ),
    )
    billing.import_orders(
        actor=ready,
        source="f",
        filename="f.csv",
        content=b"No,Who,Sku,Qty,Price,When\n1,C001,A,6,1.25,2026-11-05\n1,C001,B,2,3,2026-11-05\n"
        b"C2,C001,A,-2,1.25,2026-11-06\n",
    )
    assert not queries.cancellations_to_credit(actor=ready).exists()
    (invoice,) = billing.draft_invoices(
        actor=ready, order_ids=[row.pk for row in queries.left_to_bill(actor=ready)]
    )
    issue(ready, invoice)

    waiting = list(queries.cancellations_to_credit(actor=ready))
    (note,) = billing.draft_cancellations(actor=ready, order_ids=[row.pk for row in waiting])
    issue(ready, note)

    assert [row.number for row in waiting] == ["C2"]
    assert (note.preceding, note.net_total, note.reason) == (
        invoice,
        Decimal("2.50"),
        "Annulation C2",
    )
    assert not queries.cancellations_to_credit(actor=ready).exists()


@pytest.mark.django_db(transaction=True)
def test_three_people_crediting_the_same_invoice_at_once_credit_it_once(ready, lefevre):
    invoice = issued(ready, lefevre)
    start = threading.Barrier(3)
    told = []

    def one():
        start.wait()
        try:
            told.append(str(credit(ready, invoice).gross_total))
        except CreditRefusedError as error:
            told.append(error.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["359.76", "tout a déjà été crédité", "tout a déjà été crédité"]
    assert Invoice.objects.filter(kind="381").count() == 1


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 9),
            st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99.99"), places=2),
            st.sampled_from(["20", "5.5"]),
            st.sampled_from(["goods", "services"]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.data(),
)
def test_credit_notes_never_exceed_their_invoice_in_total_or_by_rate(ready, lefevre, lines, data):
    BillingRule.objects.get_or_create(
        company=ready.company, party=lefevre, usual_amount_checked=False
    )
    invoice = issued(
        ready,
        lefevre,
        *(line("x", str(q), str(p), rate=r, nature=n) for q, p, r, n in lines),
    )
    notes = []
    for _ in range(4):
        left = queries.lines_left(actor=ready, invoice_id=invoice.pk)
        creditable = [one for one in left.values() if one.net_amount > 0]
        if not creditable:
            break
        one = data.draw(st.sampled_from(creditable))
        units = Decimal(data.draw(st.integers(1, int(one.quantity))))
        notes.append(issue(ready, credit(ready, invoice, CreditLine(one.line_id, units))))
    if (
        queries.credited_total(actor=ready, invoice_ids=[invoice.pk]).get(invoice.pk, Decimal(0))
        < invoice.gross_total
    ):
        notes.append(issue(ready, credit(ready, invoice)))

    assert sum(note.gross_total for note in notes) == invoice.gross_total
    left_by_group = queries.vat_left(actor=ready, invoice_ids=[invoice.pk])[invoice.pk]
    assert {(one.base, one.vat) for one in left_by_group.values()} == {(Decimal(0), Decimal(0))}
    items = OpenItem.objects.filter(document_ref=invoice.number)
    assert sum(item.open_amount for item in items) == 0
    assert verify(ready.company) == []
