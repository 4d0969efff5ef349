"""Documents in all their forms: discounts, deposits, retention, payers, currency, self-billing.

Every figure was worked by hand beforehand.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import TODAY, draft, issued, line
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import DraftInvalidError
from echeance.billing.models import (
    ExchangeRate,
    Invoice,
    InvoiceAllowance,
    SelfBillingMandate,
)
from echeance.billing.rules import frozen
from echeance.billing.types import AllowanceFacts, PayerFacts
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.ledger import queries as ledger
from echeance.ledger.models import EntryLine, OpenItem
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.models import Establishment
from echeance.parties.types import PartyFacts

D = Decimal


def entry_of(row):
    lines = EntryLine.objects.filter(entry=row.entry).order_by("pk")
    return [(x.account.number, str(x.debit), str(x.credit)) for x in lines]


def document_of(row):
    return frozen.thaw(row.facts).document


def items_of(row):
    rows = OpenItem.objects.filter(document_ref=row.number).order_by("pk")
    return [(x.account.number, x.party.code, x.due_date.isoformat(), str(x.amount)) for x in rows]


def remise(amount="50.00", rate="20", **more):
    return AllowanceFacts("Remise de fidélité", D(amount), vat_rate=D(rate), **more)


def port(amount="15.00", rate="20", **more):
    return AllowanceFacts("Port", D(amount), is_charge=True, vat_rate=D(rate), **more)


def test_discounts_and_charges_count_in_the_base_of_their_rate(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line("Table", "2", "250.00"),
        line("Livre", "10", "12.50", rate="5.5"),
        allowances=(remise("50.00", percent=D(10), base=D("500.00")), port("15.00")),
    )

    # 20 %: 500.00 - 50.00 + 15.00 = 465.00, VAT 93.00; 5.5 %: 125.00, VAT 6.875 -> 6.88
    assert (row.net_total, row.vat_total, row.gross_total) == (
        D("590.00"),
        D("99.88"),
        D("689.88"),
    )
    totals = document_of(row).totals
    assert (totals.line_total, totals.allowance_total, totals.charge_total, totals.net_total) == (
        D("625.00"),
        D("50.00"),
        D("15.00"),
        D("590.00"),
    )
    assert entry_of(row) == [
        ("411000", "689.88", "0.00"),
        ("707000", "0.00", "625.00"),
        ("708500", "0.00", "15.00"),
        ("709000", "50.00", "0.00"),
        ("445710", "0.00", "93.00"),
        ("445710", "0.00", "6.88"),
    ]
    (allowance,) = document_of(row).allowances
    assert (allowance.reason, allowance.percent, allowance.base_amount, allowance.vat_rate) == (
        "Remise de fidélité",
        D(10),
        D("500.00"),
        D(20),
    )


def test_a_line_has_its_own_discount_its_gross_price_and_its_period(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line(
            "Location",
            "3",
            "90",
            nature="services",
            gross_price=D(100),
            price_discount=D(10),
            period_start=date(2026, 10, 1),
            period_end=date(2026, 10, 31),
            allowances=(AllowanceFacts("Panne", D("20.00")),),
        ),
        period_start=date(2026, 10, 1),
        period_end=date(2026, 10, 31),
        contract_reference="CT-9",
        project_reference="CHANTIER-4",
    )

    # 3 x 90.00 - 20.00 = 250.00, VAT 50.00
    assert (row.net_total, row.gross_total) == (D("250.00"), D("300.00"))
    document = document_of(row)
    (first,) = document.lines
    assert (first.gross_price, first.price_discount, first.unit_price, first.net_amount) == (
        D(100),
        D(10),
        D(90),
        D("250.00"),
    )
    assert (first.period.start, first.period.end) == (date(2026, 10, 1), date(2026, 10, 31))
    assert [(one.reason, one.amount) for one in first.allowances] == [("Panne", D("20.00"))]
    assert (document.contract_reference, document.project_reference, document.period.start) == (
        "CT-9",
        "CHANTIER-4",
        date(2026, 10, 1),
    )


def test_the_establishment_receives_the_document(ready, lefevre):
    place = Establishment.objects.create(
        company=ready.company,
        party=lefevre,
        siret="40483304800022",
        address_line="8 quai du Port",
        postcode="97400",
        city="Saint-Denis",
        electronic_address="404833048_40483304800022",
    )
    row = issued(ready, lefevre, line(rate=None), establishment_id=place.pk)

    buyer = document_of(row).buyer
    assert (buyer.address.line_one, buyer.address.post_code) == ("8 quai du Port", "97400")
    assert buyer.global_identifiers[0].value == "40483304800022"
    assert buyer.electronic_address.value == "404833048_40483304800022"
    # La Réunion: 8.5 % of 299.80 = 25.483
    assert row.vat_total == D("25.48")


def test_a_deposit_then_its_final_invoice(ready, lefevre):
    deposit = issued(ready, lefevre, line("Acompte 30 %", "1", "300.00"), kind="386")
    final = issued(
        ready,
        lefevre,
        line("Cuisine", "1", "1000.00"),
        allowances=(
            AllowanceFacts("Acompte AC-2026-000001", D("300.00"), vat_rate=D(20),
                           deposit_id=deposit.pk),
        ),
    )  # fmt: skip

    # the VAT of a deposit on goods waits for the money (CGI 269-2 a, since 2023)
    assert entry_of(deposit) == [
        ("411000", "360.00", "0.00"),
        ("419100", "0.00", "300.00"),
        ("445740", "0.00", "60.00"),
    ]
    # 1000.00 - 300.00 = 700.00, VAT 140.00
    assert entry_of(final) == [
        ("411000", "840.00", "0.00"),
        ("419100", "300.00", "0.00"),
        ("707000", "0.00", "1000.00"),
        ("445710", "0.00", "140.00"),
    ]
    document = document_of(final)
    assert document.business_process == "B4"
    assert [(one.number, one.issue_date) for one in document.preceding_invoices] == [
        ("AC-2026-000001", TODAY)
    ]
    advances = OpenItem.objects.filter(account__number="419100")
    assert [(x.side, x.open_amount) for x in advances.order_by("pk")] == [
        ("credit", D(0)),
        ("debit", D(0)),
    ]
    stands = queries.stands(actor=ready, invoices=[deposit, final], on=TODAY)
    assert [stands[x.pk].open_amount for x in (deposit, final)] == [D("360.00"), D("840.00")]
    assert verify(ready.company) == []


def test_a_deposit_that_is_not_issued_cannot_be_deducted(ready, lefevre):
    deposit = draft(ready, lefevre, line("Acompte", "1", "300.00"), kind="386")

    with pytest.raises(DraftInvalidError, match="n'est pas une facture d'acompte émise"):
        draft(ready, lefevre, allowances=(remise(deposit_id=deposit.pk),))

    assert Invoice.objects.count() == 1


def test_a_retention_is_owed_apart_and_later(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line("Gros œuvre", "1", "10000.00", nature="services"),
        retained_amount=D("600.00"),
        retained_until=date(2027, 11, 24),
    )

    # 12,000.00 of which 5 % kept back; VAT 2,000.00: 1,900.00 and 100.00
    assert entry_of(row)[:2] == [("411000", "11400.00", "0.00"), ("411700", "600.00", "0.00")]
    assert items_of(row) == [
        ("411000", "C001", "2026-12-24", "11400.00"),
        ("411700", "C001", "2027-11-24", "600.00"),
    ]
    vat = [x.vat.get().vat for x in OpenItem.objects.filter(document_ref=row.number).order_by("pk")]
    assert vat == [D("1900.00"), D("100.00")]
    assert row.due_date == date(2026, 12, 24)
    assert [str(part.amount) for part in row.instalments.order_by("due_date")] == [
        "11400.00",
        "600.00",
    ]
    assert "retenue de garantie" in document_of(row).payment_terms


def opco(actor, code="OPCO", **more):
    return parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(code=code, name=f"{code} Mobilités", address_line="1 rue", city="Paris",
                       postcode="75001", **more)
        ],
    )[0]  # fmt: skip


def test_payers_owe_their_shares_and_the_buyer_the_rest(ready, lefevre):
    fund, insurer = opco(ready), opco(ready, "ASSUR")
    row = issued(
        ready,
        lefevre,
        line("Formation", "1", "1000.01", nature="services"),
        payers=(
            PayerFacts(fund.pk, percent=D(70), reference="PEC-77"),
            PayerFacts(insurer.pk, amount=D("100.00")),
        ),
    )

    # 1000.01 + 200.00 = 1200.01: 70 % = 840.007 -> 840.01, 100.00, and 260.00 for the buyer
    assert items_of(row) == [
        ("411000", "C001", "2026-12-24", "260.00"),
        ("411000", "OPCO", "2026-12-24", "840.01"),
        ("411000", "ASSUR", "2026-12-24", "100.00"),
    ]
    items = OpenItem.objects.filter(document_ref=row.number)
    assert sum(x.vat.get().vat for x in items) == D("200.00")
    assert items.get(party=fund).order_ref == "PEC-77"
    assert queries.stands(actor=ready, invoices=[row], on=TODAY)[row.pk].open_amount == D("1200.01")


def test_shares_above_the_total_are_a_finding(ready, lefevre):
    fund = opco(ready)
    row = draft(ready, lefevre, payers=(PayerFacts(fund.pk, amount=D("500.00")),))

    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])

    assert [x.code for x in result.findings] == ["billing.shares_exceed_total"]
    assert result.number is None


def rate(actor, on, value, currency="USD"):
    ExchangeRate.objects.create(
        company=actor.company, currency=currency, on=on, rate=D(value), source="BCE",
        added_at=clock.now(), added_by="t",
    )  # fmt: skip


def test_a_document_in_dollars_keeps_its_rate_and_is_posted_in_euros(ready, lefevre):
    rate(ready, date(2026, 11, 20), "1.0832")
    rate(ready, date(2026, 11, 23), "1.0850")
    row = issued(
        ready,
        lefevre,
        line("Table", "1", "999.99"),
        line("Pose", "1", "50.00", nature="services"),
        currency="USD",
    )

    # USD 1,049.99 + 210.00 = 1,259.99; EUR at 1.0850: 1,161.28, VAT 184.33 (goods, USD 200.00)
    # and 9.22 (services, USD 10.00); 999.99 -> 921.65, 50.00 -> 46.08: their sum is 967.73
    assert (row.gross_total, row.exchange_rate, row.exchange_date) == (
        D("1259.99"),
        D("1.0850"),
        date(2026, 11, 23),
    )
    assert entry_of(row) == [
        ("411000", "1161.28", "0.00"),
        ("706000", "0.00", "46.08"),
        ("707000", "0.00", "921.65"),
        ("445710", "0.00", "184.33"),
        ("445740", "0.00", "9.22"),
    ]
    document = document_of(row)
    assert (document.accounting_currency, document.totals.vat_total_accounting) == (
        "EUR",
        D("193.55"),
    )
    stand = queries.stands(actor=ready, invoices=[row], on=TODAY)[row.pk]
    assert stand.open_amount == D("1259.99")


def test_without_a_rate_nothing_is_issued(ready, lefevre):
    row = draft(ready, lefevre, currency="CHF")

    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])

    assert [x.code for x in result.findings] == ["billing.exchange_rate_missing"]


def test_a_credit_note_in_dollars_takes_the_rate_of_its_invoice(ready, lefevre):
    rate(ready, date(2026, 11, 20), "1.0832")
    row = issued(ready, lefevre, currency="USD", on=date(2026, 11, 21))
    rate(ready, date(2026, 11, 24), "1.2000")

    note = billing.draft_credit_note(actor=ready, invoice_id=row.pk, reason="Retour")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk])
    note.refresh_from_db()

    assert (note.currency, note.exchange_rate) == ("USD", D("1.0832"))
    assert {x.open_amount for x in OpenItem.objects.all()} == {D(0)}
    assert verify(ready.company) == []


def test_what_was_already_paid_leaves_nothing_to_pay(ready, lefevre):
    row = issued(ready, lefevre, frame="B2")

    totals = document_of(row).totals
    assert (totals.prepaid_amount, totals.amount_due) == (D("359.76"), D(0))
    assert (row.due_date, document_of(row).business_process) == (TODAY, "B2")


@pytest.fixture
def mandate(ready):
    """A sub-contractor who lets the company bill in its name."""
    supplier = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="S01",
                name="Durand Peinture",
                is_customer=False,
                is_supplier=True,
                siren="552100554",
                vat_id="FR96552100554",
                address_line="4 rue du Stade",
                postcode="69003",
                city="Lyon",
                payment_terms="net30",
            )
        ],
    )[0]
    return SelfBillingMandate.objects.create(
        company=ready.company, supplier=supplier, reference="M-1", signed_on=date(2026, 1, 5)
    )


def self_billed(actor, mandate, *lines, **more):
    return issued(actor, mandate.supplier, *lines, kind="389", mandate_id=mandate.pk, **more)


def test_a_self_billed_invoice_is_a_purchase_in_the_series_of_its_supplier(ready, mandate):
    row = self_billed(ready, mandate, line("Peinture", "10", "45.00", nature="services"))

    document = document_of(row)
    assert row.number == "AFS01-2026-000001"
    assert (document.seller.name, document.buyer.name) == (
        "Durand Peinture",
        ready.company.name,
    )
    assert "Autofacturation" in [note.text for note in document.notes]
    assert row.entry.journal.code == "AC"
    # 450.00 + 90.00, VAT deductible when paid
    assert entry_of(row) == [
        ("401000", "0.00", "540.00"),
        ("604000", "450.00", "0.00"),
        ("445640", "90.00", "0.00"),
    ]
    assert not row.instalments.exists()


def test_a_credit_on_a_self_billed_invoice_mirrors_the_purchase(ready, mandate):
    row = self_billed(ready, mandate, line("Peinture", "10", "45.00", nature="services"))

    note = billing.draft_credit_note(actor=ready, invoice_id=row.pk, reason="", net=D("45.00"),
                                     reason_code="quantity")  # fmt: skip
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk])
    note.refresh_from_db()

    assert (note.kind, note.number, note.reason) == (
        "261",
        "AAS01-2026-000001",
        "Erreur de quantité",
    )
    # a tenth of it: 45.00 + 9.00 taken off what is owed to the supplier
    assert entry_of(note) == [
        ("401000", "54.00", "0.00"),
        ("604000", "0.00", "45.00"),
        ("445640", "0.00", "9.00"),
    ]
    items = OpenItem.objects.filter(document_ref__in=[row.number, note.number]).order_by("pk")
    assert [x.open_amount for x in items] == [D("486.00"), D(0)]
    assert verify(ready.company) == []


def test_a_final_invoice_that_asks_for_nothing_more(ready, lefevre):
    deposit = issued(ready, lefevre, line("Acompte 100 %", "1", "1000.00"), kind="386")
    final = issued(
        ready,
        lefevre,
        line("Cuisine", "1", "1000.00"),
        allowances=(
            AllowanceFacts("Acompte", D("1000.00"), vat_rate=D(20), deposit_id=deposit.pk),
        ),
    )

    assert (final.number, final.gross_total) == ("FA-2026-000001", D(0))
    assert entry_of(final) == [("419100", "1000.00", "0.00"), ("707000", "0.00", "1000.00")]
    assert not final.instalments.exists()


def test_a_discount_on_services_waits_for_the_money_like_them(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line("Conseil", "1", "100.00", nature="services"),
        allowances=(remise("10.00"),),
    )

    assert entry_of(row)[-1] == ("445740", "0.00", "18.00")


def test_a_self_billed_sub_contractor_of_works_is_reverse_charged(ready, mandate):
    row = self_billed(
        ready,
        mandate,
        line("Peinture", "1", "1000.00", rate=None, nature="services",
             exemption="construction_subcontracting"),
    )  # fmt: skip

    assert document_of(row).business_process == "S5"
    assert entry_of(row) == [
        ("401000", "0.00", "1000.00"),
        ("604000", "1000.00", "0.00"),
        ("445660", "200.00", "0.00"),
        ("445200", "0.00", "200.00"),
    ]


def test_a_self_billed_invoice_wants_the_mandate_of_its_supplier(ready, lefevre, mandate):
    with pytest.raises(DraftInvalidError, match="demande le mandat de ce fournisseur"):
        draft(ready, lefevre, kind="389", mandate_id=mandate.pk)


def test_a_global_rebate_cites_a_contract_and_a_period(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line("Remise de fin d'année 2026", "1", "500.00"),
        kind="262",
        contract_reference="RFA-2026",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 11, 24),
    )

    assert row.number == "RG-2026-000001"
    assert entry_of(row) == [
        ("411000", "0.00", "600.00"),
        ("709000", "500.00", "0.00"),
        ("445710", "100.00", "0.00"),
    ]
    bare = draft(ready, lefevre, kind="262")
    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[bare.pk])
    assert "BR-FR-CO-03" in [x.code for x in result.findings]


def test_new_lines_of_a_draft_keep_the_discounts_of_the_document(ready, lefevre):
    row = draft(ready, lefevre, allowances=(remise("10.00"),))

    changed = billing.change_draft(
        actor=ready,
        invoice_id=row.pk,
        lines=[line("Table", "1", "100", allowances=(AllowanceFacts("Choc", D("5.00")),))],
    )

    # 100.00 - 5.00 - 10.00 = 85.00
    assert changed.net_total == D("85.00")
    assert InvoiceAllowance.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"allowances": (remise("0.00"),)}, "n'a pas un montant au centime"),
        ({"allowances": (AllowanceFacts(" ", D(1)),)}, "pas de motif"),
        ({"frame": "Z9"}, "cadre de facturation « Z9 »"),
        ({"currency": "euro"}, "devise « euro »"),
        ({"currency": "TND"}, "devise « TND »"),
        ({"retained_amount": D(5)}, "un montant et une fin"),
        ({"series_id": 999}, "la série choisie"),
        ({"establishment_id": 999}, "établissement"),
        ({"payers": (PayerFacts(999, percent=D(10)),)}, "un payeur est introuvable"),
        ({"kind": "381"}, "citent leur facture"),
        ({"lines": (line(quantity="99999999", price="99999999"),)}, "est trop grand"),
        ({"allowances": (remise(percent=D("10.123")),)}, "deux décimales au plus"),
        ({"allowances": (remise(base=D("10.123")),)}, "n'est pas un montant au centime"),
        ({"lines": (line(gross_price=D("1.1234567"), price_discount=D(1)),)}, "6 décimales"),
        (
            {"period_start": date(2026, 2, 1), "period_end": date(2026, 1, 1)},
            "finit avant de commencer",
        ),
    ],
)
def test_facts_that_cannot_stand_are_refused_in_words(ready, lefevre, facts, problem):
    lines = facts.pop("lines", ())
    with pytest.raises(DraftInvalidError, match=problem):
        draft(ready, lefevre, *lines, **facts)

    assert not Invoice.objects.exists()


def test_every_form_passes_the_official_rules(ready, lefevre, mandate):
    rate(ready, date(2026, 11, 20), "1.0832")
    deposit = issued(ready, lefevre, line("Acompte", "1", "300.00"), kind="386")
    rows = [
        deposit,
        issued(
            ready,
            lefevre,
            line("Table", "1", "1000.00"),
            allowances=(
                AllowanceFacts("Acompte", D("300.00"), vat_rate=D(20), deposit_id=deposit.pk),
            ),
        ),
        issued(ready, lefevre, allowances=(remise(), port("15.00"))),
        issued(ready, lefevre, currency="USD"),
        issued(ready, lefevre, frame="B2"),
        self_billed(ready, mandate, line("Peinture", "10", "45.00", nature="services")),
        issued(ready, lefevre, line("Pose", "1", "90", nature="services"), frame="S3"),
        issued(ready, lefevre, line("Pose", "1", "91", nature="services"), frame="S6"),
        issued(
            ready,
            lefevre,
            line("RFA", "1", "500.00"),
            kind="262",
            contract_reference="RFA-2026",
            period_start=date(2026, 1, 1),
            period_end=date(2026, 11, 24),
        ),
        issued(
            ready,
            lefevre,
            line("Pose", "1", "90", nature="services", gross_price=D(100), price_discount=D(10)),
            retained_amount=D("5.40"),
            retained_until=date(2027, 11, 24),
        ),
    ]

    note = billing.draft_credit_note(actor=ready, invoice_id=rows[5].pk, reason="Retour")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk])
    note.refresh_from_db()
    rows.append(note)
    with OfficialValidator() as judge:
        verdicts = judge.validate_many(
            (queries.xml(actor=ready, invoice_id=row.pk), f"{row.number}.xml") for row in rows
        )
        found = {
            row.number: [x.rule for x in verdict.findings if x.severity == "fatal"]
            for row, verdict in zip(rows, verdicts, strict=True)
        }

    assert found == {row.number: [] for row in rows}
    assert ledger.account_balance(actor=ready, account="419100") == D(0)
