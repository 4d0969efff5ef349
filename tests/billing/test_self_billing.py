"""Autofacturation: a mandate first, a series of the supplier's own, an answer in time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.conftest import draft, line
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import SelfBillingRefusedError
from echeance.billing.models import InvoiceSeries
from echeance.ledger.models import EntryLine
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts


@pytest.fixture
def garnier(ready):
    """Garnier Plâtrerie, a sub-contractor."""
    return parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="F-012",
                name="Garnier Plâtrerie",
                siren="732829320",
                vat_id="FR44732829320",
                address_line="8 rue des Carrières",
                postcode="69100",
                city="Villeurbanne",
                payment_terms="net30",
            )
        ],
    )[0]


def mandate(actor, supplier, **more):
    facts = {"reference": "MAN-1", "signed_on": date(2026, 1, 15)} | more
    return billing.record_mandate(actor=actor, supplier_id=supplier.pk, **facts)


def test_a_mandate_gives_the_supplier_series_of_its_own(ready, garnier):
    mandate(ready, garnier)
    mandate(ready, garnier, reference="MAN-2")

    series = InvoiceSeries.objects.filter(supplier=garnier).order_by("kind")
    assert [(one.kind, one.prefix) for one in series] == [("261", "AA-F-012"), ("389", "AF-F-012")]


def test_without_a_mandate_in_force_nothing_is_drafted(ready, garnier):
    over = mandate(ready, garnier, ends_on=date(2026, 10, 31))
    with pytest.raises(SelfBillingRefusedError, match="pas en vigueur"):
        billing.draft_self_billed(actor=ready, mandate_id=over.pk, lines=[line()])

    revoked = mandate(ready, garnier, reference="MAN-2")
    billing.revoke_mandate(actor=ready, mandate_id=revoked.pk)
    with pytest.raises(SelfBillingRefusedError, match="pas en vigueur"):
        billing.draft_self_billed(actor=ready, mandate_id=revoked.pk, lines=[line()])


def test_a_mandate_that_cannot_be_is_refused(ready, garnier):
    mandate(ready, garnier)
    for more, said in (
        ({}, "déjà prise"),
        ({"reference": ""}, "donnez une référence"),
        ({"reference": "B", "ends_on": date(2025, 1, 1)}, "avant sa signature"),
        ({"reference": "B", "signed_on": date(2027, 1, 1)}, "pas encore signé"),
        ({"reference": "B", "contest_days": 0}, "de 1 à 90 jours"),
    ):
        with pytest.raises(SelfBillingRefusedError, match=said):
            mandate(ready, garnier, **more)


def test_what_is_not_made_in_a_supplier_s_name_has_no_answer(ready, lefevre):
    row = draft(ready, lefevre)
    with pytest.raises(SelfBillingRefusedError, match="pas faite au nom"):
        billing.answer_self_billed(actor=ready, invoice_id=row.pk, accepted=True)
    assert queries.awaited_answers(actor=ready) == []
    assert row.net_total == Decimal("299.80")


def invoice_of(actor, supplier, **more):
    """Plastering of 1 000.00, made in the name of the supplier and issued."""
    given = mandate(actor, supplier)
    row = billing.draft_self_billed(
        actor=actor,
        mandate_id=given.pk,
        lines=[line("Plâtrerie", "1", "1000.00", nature="services")],
        delivery_date=date(2026, 11, 20),
        **more,
    )
    [result] = billing.issue_invoices(actor=actor, invoice_ids=[row.pk])
    assert result.number, result.findings
    row.refresh_from_db()
    return row


def entry(invoice):
    rows = EntryLine.objects.filter(entry=invoice.entry_id).select_related("account", "entry")
    return {(row.account.number, row.debit - row.credit) for row in rows}


def test_a_sub_contractor_is_invoiced_in_its_name_and_the_company_owes_the_vat(ready, garnier):
    """1 000.00 of plastering: no VAT on the document, 200.00 owed and deducted by the company."""
    row = invoice_of(ready, garnier, construction=True)

    assert (row.kind, row.number) == ("389", "AF-F-012-2026-000001")
    assert (row.net_total, row.vat_total) == (Decimal("1000.00"), Decimal("0.00"))
    document = row.facts["document"]
    assert (document["seller"]["name"], document["buyer"]["name"]) == (
        "Garnier Plâtrerie",
        "Atelier Morel",
    )
    text = str(row.facts)
    assert "Autofacturation" in text
    assert "Autoliquidation" in text
    assert document["business_process"] == "S5"
    accounts = entry(row)
    assert ("401000", Decimal("-1000.00")) in accounts
    assert ("604000", Decimal("1000.00")) in accounts
    vat = [amount for account, amount in accounts if account.startswith("445")]
    assert sorted(vat) == [Decimal("-200.00"), Decimal("200.00")]
    assert {row.entry.journal.code} == {"AC"}
    assert verify(ready.company) == []


def test_a_self_billed_invoice_passes_the_official_rules(ready, garnier):
    row = invoice_of(ready, garnier, construction=True)

    report = billing.seal_invoices(actor=ready)

    row.refresh_from_db()
    told = [one for one in (row.verdict or {}).get("findings", ()) if one["severity"] == "fatal"]
    assert (report.sealed, told) == (1, [])


def test_the_supplier_contests_in_time_or_accepts_by_silence(ready, garnier):
    row = invoice_of(ready, garnier)
    [awaited] = queries.awaited_answers(actor=ready)
    assert awaited.answer_by == date(2026, 12, 9)
    assert billing.accept_by_silence(actor=ready, on=date(2026, 12, 9)) == []
    with pytest.raises(SelfBillingRefusedError, match="pourquoi"):
        billing.answer_self_billed(actor=ready, invoice_id=row.pk, accepted=False)
    with (
        clock.at(datetime(2026, 12, 10, 9, tzinfo=UTC)),
        pytest.raises(SelfBillingRefusedError, match="a fini le 09/12/2026"),
    ):
        billing.answer_self_billed(actor=ready, invoice_id=row.pk, accepted=False, reason="Prix")

    [answer] = billing.accept_by_silence(actor=ready, on=date(2026, 12, 10))

    assert answer.answer == "tacit"
    assert queries.awaited_answers(actor=ready) == []
    with pytest.raises(SelfBillingRefusedError, match="déjà sa réponse"):
        billing.answer_self_billed(actor=ready, invoice_id=row.pk, accepted=True)


def test_a_supplier_under_franchise_charges_no_vat(ready, garnier):
    given = mandate(ready, garnier, franchise=True)

    row = billing.draft_self_billed(actor=ready, mandate_id=given.pk, lines=[line()])

    assert [one.exemption for one in row.lines.all()] == ["franchise"]
    assert row.vat_total == Decimal("0.00")


def test_a_credit_note_in_the_name_of_the_supplier_has_its_own_series(ready, garnier):
    row = invoice_of(ready, garnier, construction=True)

    note = billing.draft_credit_note(actor=ready, invoice_id=row.pk, reason="Métré")
    [result] = billing.issue_invoices(actor=ready, invoice_ids=[note.pk])

    note.refresh_from_db()
    assert result.number == "AA-F-012-2026-000001", result.findings
    assert (note.kind, note.net_total) == ("261", Decimal("1000.00"))
    assert ("401000", Decimal("1000.00")) in entry(note)
    assert verify(ready.company) == []
