"""Credit notes by amount, with discounts, on deposits; corrective invoices; approval.

Every figure was worked by hand beforehand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.conftest import TODAY, issued, line
from echeance.base import commands as base
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import CreditApprovalError, CreditRefusedError
from echeance.billing.models import BillingRule, Invoice
from echeance.billing.reporting import content_of
from echeance.billing.rules import frozen
from echeance.billing.types import (
    AllowanceFacts,
    CreditLine,
    PayerFacts,
)
from echeance.core.dates import DateRange
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.reporting.model import ReportKind
from echeance.ledger import commands as ledger_commands
from echeance.ledger import queries as ledger
from echeance.ledger.models import EntryLine, OpenItem
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts

D = Decimal


def credit(actor, row, reason="Retour", **how):
    return billing.draft_credit_note(actor=actor, invoice_id=row.pk, reason=reason, **how)


def issue(actor, row):
    (result,) = billing.issue_invoices(actor=actor, invoice_ids=[row.pk])
    assert result.number, result.findings
    row.refresh_from_db()
    return row


def entry_of(row):
    lines = EntryLine.objects.filter(entry=row.entry).order_by("pk")
    return [(x.account.number, str(x.debit), str(x.credit)) for x in lines]


def open_of(row):
    return sum(x.open_amount for x in OpenItem.objects.filter(
        document_ref=row.number, account__number__startswith="411"))  # fmt: skip


def paid(actor, row, amount, on=TODAY):
    """Money comes for an invoice and is set against its earliest item."""
    amount = D(amount)
    item = ledger.items_of_document(actor=actor, document_refs=[row.number])[row.number][0]
    (posted,) = ledger_commands.post_entries(
        actor=actor,
        entries=[
            EntryFacts(
                "BQ", on, f"R{row.pk}", on, "Virement",
                (Posting("512000", debit=amount),
                 Posting("411000", credit=amount, party_id=row.buyer_id)),
                (NewOpenItem(1, on, "receipt", f"R{row.pk}"),),
            )
        ],
    )  # fmt: skip
    ledger_commands.allocate(
        actor=actor,
        allocations=[NewAllocation(item.item_id, posted.item_ids[0], amount, on)],
    )


# -- by amount ------------------------------------------------------------------------------------


def test_an_amount_with_vat_is_spread_over_the_rates(ready, lefevre):
    invoice = issued(
        ready, lefevre, line("Table", "1", "500.00"), line("Livre", "10", "20.00", rate="5.5")
    )

    note = issue(ready, credit(ready, invoice, gross=D("100.00")))

    # left: 600.00 at 20 % and 211.00 at 5.5 %, 811.00 in all. 100.00 x 600/811 = 73.982, the rest
    # 26.017: 73.98 (base 61.65, VAT 12.33) and 26.02 (base 24.66, VAT 1.36)
    assert [(str(x.base), str(x.vat)) for x in note.vat.order_by("-rate")] == [
        ("61.65", "12.33"),
        ("24.66", "1.36"),
    ]
    assert note.gross_total == D("100.00")
    assert [x.name for x in note.lines.order_by("position")] == [
        "Avoir partiel sur la facture FA-2026-000001, TVA 20 %",
        "Avoir partiel sur la facture FA-2026-000001, TVA 5,5 %",
    ]
    assert open_of(invoice) == D("711.00")
    # 500.00 - 61.65 of the table, 200.00 - 24.66 of the books
    left = queries.lines_left(actor=ready, invoice_id=invoice.pk)
    assert [str(x.net_amount) for x in left.values()] == ["438.35", "175.34"]
    rest = issue(ready, credit(ready, invoice))
    assert (rest.gross_total, open_of(invoice)) == (D("711.00"), D(0))


def test_an_amount_without_vat_follows_the_accounts_of_the_lines(ready, lefevre):
    invoice = issued(
        ready, lefevre, line("Table", "1", "300.00"), line("Pose", "1", "100.00", nature="services")
    )

    note = issue(ready, credit(ready, invoice, net=D("50.00")))

    # 37.50 of goods and 12.50 of services: VAT 7.50 and 2.50, each where its invoice had it
    assert entry_of(note) == [
        ("411000", "0.00", "60.00"),
        ("706000", "12.50", "0.00"),
        ("707000", "37.50", "0.00"),
        ("445710", "7.50", "0.00"),
        ("445740", "2.50", "0.00"),
    ]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"gross": D("360.01")}, "il ne reste que 359.76 TTC"),
        ({"net": D("299.81")}, "il ne reste que 299.80 HT"),
        ({"gross": D(0)}, "au centime, supérieur à zéro"),
        ({"gross": D("10.005")}, "au centime, supérieur à zéro"),
        ({"reason_code": "fantaisie"}, "le code de motif « fantaisie » est inconnu"),
    ],
)
def test_an_amount_that_cannot_be_is_refused(ready, lefevre, how, reason):
    invoice = issued(ready, lefevre)

    with pytest.raises(CreditRefusedError, match=reason):
        credit(ready, invoice, **how)

    assert Invoice.objects.count() == 1


def test_a_partial_credit_after_a_partial_payment(ready, lefevre):
    # a service of 1,000.00 + 200.00; 480.00 comes; 360.00 is credited; 360.00 is left to pay
    invoice = issued(ready, lefevre, line("Conseil", "10", "100.00", nature="services"))
    paid(ready, invoice, "480.00")

    note = issue(ready, credit(ready, invoice, gross=D("360.00")))

    assert (note.net_total, note.vat_total) == (D("300.00"), D("60.00"))
    assert (open_of(invoice), open_of(note)) == (D("360.00"), D(0))
    # VAT: 80.00 fell due with the money; 200.00 - 60.00 = 140.00 in all, so 480/840 of it: 80.00
    assert ledger.account_balance(actor=ready, account="44571") == D("-80.00")
    paid(ready, invoice, "360.00")
    assert ledger.account_balance(actor=ready, account="44571") == D("-140.00")
    assert ledger.account_balance(actor=ready, account="44574") == D(0)
    assert verify(ready.company) == []


def test_a_credit_above_what_is_owed_stays_usable(ready, lefevre):
    invoice = issued(ready, lefevre, line("Table", "1", "1000.00"))
    paid(ready, invoice, "1000.00")

    note = issue(ready, credit(ready, invoice, gross=D("300.00")))

    # 200.00 lowers what was left to pay, 100.00 is the customer's
    assert (open_of(invoice), open_of(note)) == (D(0), D("100.00"))


# -- discounts, deposits, retention, payers -------------------------------------------------------


def test_a_line_given_back_takes_its_part_of_the_discount(ready, lefevre):
    invoice = issued(
        ready,
        lefevre,
        line("Table", "1", "400.00"),
        line("Buffet", "1", "600.00"),
        allowances=(AllowanceFacts("Remise 10 %", D("100.00"), vat_rate=D(20)),),
    )
    table, buffet = invoice.lines.order_by("position")

    first = issue(ready, credit(ready, invoice, lines=[CreditLine(table.pk)]))
    second = issue(ready, credit(ready, invoice, lines=[CreditLine(buffet.pk)]))

    # 400.00 - 40.00 = 360.00; then 600.00 - 60.00 = 540.00
    assert [(str(x.net_total), str(x.vat_total)) for x in (first, second)] == [
        ("360.00", "72.00"),
        ("540.00", "108.00"),
    ]
    assert entry_of(first) == [
        ("411000", "0.00", "432.00"),
        ("707000", "400.00", "0.00"),
        ("709000", "0.00", "40.00"),
        ("445710", "72.00", "0.00"),
    ]
    assert open_of(invoice) == D(0)


def test_a_credit_of_the_deposit_and_of_the_final_invoice(ready, lefevre):
    deposit = issued(ready, lefevre, line("Acompte", "1", "300.00"), kind="386")
    final = issued(
        ready,
        lefevre,
        line("Cuisine", "1", "600.00"),
        line("Plan de travail", "1", "400.00"),
        allowances=(AllowanceFacts("Acompte", D("300.00"), vat_rate=D(20), deposit_id=deposit.pk),),
    )
    kitchen, top = final.lines.order_by("position")

    issue(ready, credit(ready, final, lines=[CreditLine(kitchen.pk)]))
    with pytest.raises(CreditRefusedError, match=r"il ne reste que 100\.00 HT"):
        credit(ready, final, lines=[CreditLine(top.pk)])
    rest = issue(ready, credit(ready, final))
    issue(ready, credit(ready, deposit))

    # 400.00 - 300.00 of deposit given back = 100.00; then the deposit itself
    assert rest.net_total == D("100.00")
    assert (open_of(final), open_of(deposit)) == (D(0), D(0))
    assert ledger.account_balance(actor=ready, account="4191") == D(0)
    assert verify(ready.company) == []


def test_a_full_credit_of_a_final_invoice_gives_its_deposit_back(ready, lefevre):
    deposit = issued(ready, lefevre, line("Acompte", "1", "300.00"), kind="386")
    facts = AllowanceFacts("Acompte", D("300.00"), vat_rate=D(20), deposit_id=deposit.pk)
    final = issued(ready, lefevre, line("Cuisine", "1", "1000.00"), allowances=(facts,))

    note = issue(ready, credit(ready, final))

    assert entry_of(note) == [
        ("411000", "0.00", "840.00"),
        ("419100", "0.00", "300.00"),
        ("707000", "1000.00", "0.00"),
        ("445710", "140.00", "0.00"),
    ]
    (advance,) = ledger.advances(actor=ready, payment_refs=[deposit.number])
    assert advance.open_amount == D("300.00")
    again = issued(ready, lefevre, line("Cuisine", "1", "1000.00"), allowances=(facts,))
    assert ledger.advances(actor=ready, payment_refs=[deposit.number]) == []
    assert again.gross_total == D("840.00")


def test_a_retention_is_given_back_in_proportion(ready, lefevre):
    invoice = issued(
        ready,
        lefevre,
        line("Gros œuvre", "1", "10000.00", nature="services"),
        retained_amount=D("600.00"),
        retained_until=date(2027, 11, 24),
    )

    first = issue(ready, credit(ready, invoice, gross=D("1200.00")))
    last = issue(ready, credit(ready, invoice))

    # a tenth of 12,000.00: 1,140.00 and 60.00; then all that is left
    assert entry_of(first)[:2] == [("411000", "0.00", "1140.00"), ("411700", "0.00", "60.00")]
    assert last.gross_total == D("10800.00")
    assert open_of(invoice) == open_of(last) == D(0)


def test_each_payer_gets_its_part_back(ready, lefevre):
    fund = parties.create_parties(
        actor=ready,
        parties=[PartyFacts(code="OPCO", name="OPCO", city="Paris", postcode="75001")],
    )[0]
    invoice = issued(
        ready,
        lefevre,
        line("Formation", "1", "1000.00", nature="services"),
        payers=(PayerFacts(fund.pk, percent=D(70)),),
    )

    note = issue(ready, credit(ready, invoice, gross=D("100.01")))
    rest = issue(ready, credit(ready, invoice))

    # 70.007 -> 70.01 for the fund, 30.00 for the buyer
    items = OpenItem.objects.filter(document_ref=note.number).order_by("pk")
    assert [(x.party.code, str(x.amount)) for x in items] == [("C001", "30.00"), ("OPCO", "70.01")]
    assert open_of(invoice) == open_of(note) == open_of(rest) == D(0)


# -- corrective invoices --------------------------------------------------------------------------


def test_a_corrective_invoice_annuls_and_stands_in_for_its_original(ready, lefevre):
    invoice = issued(ready, lefevre, line("Conseil", "10", "100.00", nature="services"))
    paid(ready, invoice, "480.00")
    row = billing.draft_corrective(actor=ready, invoice_id=invoice.pk, reason="Prix erroné")
    billing.change_draft(
        actor=ready, invoice_id=row.pk, lines=[line("Conseil", "10", "90.00", nature="services")]
    )

    row = issue(ready, row)

    # 900.00 + 180.00; what was paid of the original pays it: 600.00 is left
    assert (row.number, row.gross_total, open_of(row)) == (
        "FR-2026-000001",
        D("1080.00"),
        D("600.00"),
    )
    assert entry_of(row) == [
        ("411000", "1080.00", "0.00"),
        ("706000", "0.00", "900.00"),
        ("445740", "0.00", "180.00"),
        ("411000", "0.00", "1200.00"),
        ("706000", "1000.00", "0.00"),
        ("445740", "200.00", "0.00"),
    ]
    assert open_of(invoice) == D(0)
    # 480/1080 of 180.00
    assert ledger.account_balance(actor=ready, account="44571") == D("-80.00")
    document = frozen.thaw(row.facts).document
    assert [(x.number, x.issue_date) for x in document.preceding_invoices] == [
        ("FA-2026-000001", TODAY)
    ]
    assert "Annule et remplace la facture FA-2026-000001 du 24/11/2026" in [
        x.text for x in document.notes
    ]
    with pytest.raises(CreditRefusedError, match="la rectificative FR-2026-000001 l'annule déjà"):
        credit(ready, invoice)
    assert issue(ready, credit(ready, row)).gross_total == D("1080.00")
    assert verify(ready.company) == []


def test_what_was_credited_is_not_annulled_twice(ready, lefevre):
    invoice = issued(ready, lefevre, line("Table", "3", "100.00"))
    table = invoice.lines.get()
    issue(ready, credit(ready, invoice, lines=[CreditLine(table.pk, D(1))]))

    row = issue(
        ready, billing.draft_corrective(actor=ready, invoice_id=invoice.pk, reason="Adresse")
    )

    # 300.00 less the 100.00 credited: 240.00 with VAT is taken back, 360.00 is asked
    assert (open_of(invoice), open_of(row)) == (D(0), D("360.00"))
    assert ledger.account_balance(actor=ready, account="707000") == D("-300.00")


def test_nothing_is_left_to_replace(ready, lefevre):
    invoice = issued(ready, lefevre)
    row = billing.draft_corrective(actor=ready, invoice_id=invoice.pk, reason="Adresse")
    with pytest.raises(CreditRefusedError, match="l'annule déjà"):
        credit(ready, invoice)
    billing.discard_drafts(actor=ready, invoice_ids=[row.pk])
    waiting = credit(ready, invoice)
    with pytest.raises(CreditRefusedError, match="tout a déjà été crédité"):
        billing.draft_corrective(actor=ready, invoice_id=invoice.pk, reason="Adresse")
    other = issued(ready, lefevre)
    with pytest.raises(CreditRefusedError, match="pas encore entièrement créditée"):
        billing.draft_again(actor=ready, invoice_id=other.pk)
    issue(ready, waiting)

    again = billing.draft_again(actor=ready, invoice_id=invoice.pk)

    assert (again.kind, again.gross_total, again.preceding) == ("380", invoice.gross_total, None)


# -- approval and reasons -------------------------------------------------------------------------


def test_a_large_credit_note_waits_for_somebody_else(ready, lefevre, django_user_model):
    base.save_policy(actor=ready, document={"billing": {"credit_approval_over": "200.00"}})
    invoice = issued(ready, lefevre)
    note = credit(ready, invoice)

    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[note.pk])
    assert [x.code for x in result.findings] == ["billing.credit_not_approved"]
    with pytest.raises(CreditApprovalError, match="demandez à un collègue"):
        billing.approve_credit(actor=ready, invoice_id=note.pk)

    colleague = replace(ready, user=django_user_model(email="chef@morel.example"))
    billing.approve_credit(actor=colleague, invoice_id=note.pk)
    assert issue(ready, note).number == "AV-2026-000001"


def test_a_small_credit_note_waits_for_nobody(ready, lefevre):
    base.save_policy(actor=ready, document={"billing": {"credit_approval_over": "299.80"}})

    assert issue(ready, credit(ready, issued(ready, lefevre))).net_total == D("299.80")


def test_reasons_are_counted(ready, lefevre):
    for code, amount in (("price", "10.00"), ("return", "50.00"), ("price", "20.00")):
        invoice = issued(ready, lefevre)
        issue(ready, credit(ready, invoice, reason="", reason_code=code, net=D(amount)))

    found = queries.credit_reasons(actor=ready, since=TODAY, to=TODAY)

    assert found == [
        ("return", "Retour de marchandise", 1, D("50.00")),
        ("price", "Erreur de prix", 2, D("30.00")),
    ]


# -- laws -----------------------------------------------------------------------------------------

cents = st.decimals(min_value=D("0.01"), max_value=D("60.00"), places=2)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 5), cents, st.sampled_from(["20", "5.5"]),
            st.sampled_from(["goods", "services"]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
    st.data(),
)  # fmt: skip
def test_any_run_of_credits_clears_its_invoice_to_the_cent(ready, lefevre, lines, off, data):
    # Invoices of one customer at random prices: what is unusual is not what is tested.
    BillingRule.objects.get_or_create(
        company=ready.company, party=lefevre, usual_amount_checked=False
    )
    rows = [line("x", str(q), str(p), rate=r, nature=n) for q, p, r, n in lines]
    allowances = ()
    if off:
        first = rows[0]
        amount = (first.quantity * first.unit_price * D("0.1")).quantize(D("0.01"))
        if amount:
            allowances = (
                AllowanceFacts("Remise", amount, vat_rate=first.vat_rate, nature=first.nature),
            )
    invoice = issued(ready, lefevre, *rows, allowances=allowances)
    notes = []
    for _ in range(3):
        left = queries.left_of(actor=ready, invoice_ids=[invoice.pk])[invoice.pk]
        creditable = [one for one in left.lines.values() if one.net_amount > 0 and one.quantity]
        if not left.gross or not creditable:
            break
        how = data.draw(st.sampled_from(["gross", "net", "line"]))
        try:
            if how == "line":
                one = data.draw(st.sampled_from(creditable))
                units = D(data.draw(st.integers(1, int(one.quantity))))
                note = credit(ready, invoice, lines=[CreditLine(one.line_id, units)])
            else:
                most = left.gross if how == "gross" else left.net
                amount = data.draw(
                    st.decimals(min_value=D("0.01"), max_value=max(most, D("0.01")), places=2)
                )
                note = credit(ready, invoice, **{how: amount})
        except CreditRefusedError:
            continue
        if note.gross_total:
            notes.append(issue(ready, note))
        else:
            billing.discard_drafts(actor=ready, invoice_ids=[note.pk])
    if queries.left_of(actor=ready, invoice_ids=[invoice.pk])[invoice.pk].gross:
        notes.append(issue(ready, credit(ready, invoice)))

    assert sum(note.gross_total for note in notes) == invoice.gross_total
    groups = queries.vat_left(actor=ready, invoice_ids=[invoice.pk])[invoice.pk].values()
    assert {(one.base, one.vat) for one in groups} == {(D(0), D(0))}
    assert open_of(invoice) == D(0)
    assert verify(ready.company) == []


def test_credit_notes_in_all_forms_pass_the_official_rules(ready, lefevre):
    invoice = issued(
        ready,
        lefevre,
        line("Table", "1", "500.00"),
        line("Livre", "10", "20.00", rate="5.5"),
        allowances=(AllowanceFacts("Remise", D("50.00"), vat_rate=D(20)),),
    )
    table, _ = invoice.lines.order_by("position")
    rows = [
        issue(ready, credit(ready, invoice, gross=D("33.33"))),
        issue(ready, credit(ready, invoice, net=D("20.00"))),
        issue(ready, credit(ready, invoice, lines=[CreditLine(table.pk)])),
        issue(ready, credit(ready, invoice)),
        issue(
            ready,
            billing.draft_corrective(
                actor=ready, invoice_id=issued(ready, lefevre).pk, reason="Adresse"
            ),
        ),
    ]

    with OfficialValidator() as judge:
        verdicts = judge.validate_many(
            (queries.xml(actor=ready, invoice_id=row.pk), f"{row.number}.xml") for row in rows
        )
        found = {
            row.number: [x.rule for x in verdict.findings if x.severity == "fatal"]
            for row, verdict in zip(rows, verdicts, strict=True)
        }

    assert found == {row.number: [] for row in rows}
    assert open_of(invoice) == D(0)


def customer(actor, code, **facts):
    row = parties.create_parties(
        actor=actor,
        parties=[PartyFacts(code=code, name=code, address_line="1 rue", city="Ville", **facts)],
    )[0]
    parties.add_contacts(
        actor=actor, contacts=[ContactFacts(row.pk, email=f"{code}@x.example", purpose="billing")]
    )
    return row


NOVEMBER = DateRange(date(2026, 11, 1), date(2026, 12, 1))


def test_a_discount_to_a_consumer_lowers_what_is_declared(ready):
    person = customer(ready, "P1", category="consumer", postcode="31000")
    invoice = issued(
        ready,
        person,
        line("Pose", "1", "100.00", nature="services"),
        allowances=(AllowanceFacts("Remise", D("10.00"), vat_rate=D(20)),),
    )

    sales, _ = content_of(actor=ready, kind=ReportKind.TRANSACTIONS, days=NOVEMBER)

    assert [(x.net, x.vat) for x in sales.days] == [(D("90.00"), D("18.00"))]
    with pytest.raises(CreditRefusedError, match="celle d'un particulier se corrige par un avoir"):
        billing.draft_corrective(actor=ready, invoice_id=invoice.pk, reason="Adresse")


def test_what_was_paid_before_a_corrective_invoice_is_declared_once(ready):
    swiss = customer(ready, "CH1", country="CH", postcode="1201")
    invoice = issued(ready, swiss, line("Visite à Lyon", "1", "100.00", nature="services"))
    paid(ready, invoice, "54.00")
    issue(ready, billing.draft_corrective(actor=ready, invoice_id=invoice.pk, reason="Adresse"))

    money, _ = content_of(actor=ready, kind=ReportKind.PAYMENTS, days=NOVEMBER)

    told = [(x.number, part.amount) for x in money.invoices for part in x.parts]
    assert told == [("FA-2026-000001", D("54.00"))]
