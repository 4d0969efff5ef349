"""Payout reports: each sale, refund and fee read, and the net proved to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.core.bank.errors import PayoutMismatchError, UnknownFormatError
from echeance.core.bank.payouts import read_payouts

STRIPE = """\
balance_transaction_id,created,currency,gross,fee,net,reporting_category,source_id,description,automatic_payout_id,automatic_payout_effective_at
txn_1,2026-11-02 10:00:00,eur,120.00,2.05,117.95,charge,ch_1,Facture FA2026-000001,po_9,2026-11-05 00:00:00
txn_2,2026-11-02 11:30:00,eur,80.00,1.45,78.55,charge,ch_2,FA2026-000002,po_9,2026-11-05 00:00:00
txn_3,2026-11-03 09:00:00,eur,-20.00,0.00,-20.00,refund,re_1,,po_9,2026-11-05 00:00:00
txn_4,2026-11-03 09:00:00,eur,-40.00,15.00,-55.00,dispute,dp_1,,po_9,2026-11-05 00:00:00
txn_5,2026-11-03 09:00:00,eur,-3.00,0.00,-3.00,fee,fee_1,Radar,po_9,2026-11-05 00:00:00
"""

PAYPAL = """\
"Date","Heure","Fuseau horaire","Nom","Type","État","Devise","Avant commission","Commission","Net","Numéro de transaction","Numéro de facture"
"04/11/2026","09:00:00","CET","","Virement standard","Terminé","EUR","-115,90","0,00","-115,90","PP3",""
"03/11/2026","10:00:00","CET","Paul Roux","Paiement mobile","En attente","EUR","50,00","0,00","50,00","PP9",""
"03/11/2026","10:00:00","CET","Paul Roux","Paiement sur site marchand","Terminé","EUR","1 020,00","-29,10","990,90","PP2","FA2026-000007"
"02/11/2026","10:00:00","CET","Zoé Petit","Remboursement de paiement","Terminé","EUR","-900,00","25,00","-875,00","PP1",""
"""


def test_a_stripe_payout_is_its_sales_less_refunds_disputes_and_fees():
    (report,) = read_payouts(STRIPE.encode())

    assert (report.provider, report.reference, report.paid_on) == (
        "stripe",
        "po_9",
        date(2026, 11, 5),
    )
    # 120 + 80 - 20 - 40 = 140; 2.05 + 1.45 + 15 + 3 = 21.50
    assert (report.gross, report.fees, report.net) == (
        Decimal("140.00"),
        Decimal("21.50"),
        Decimal("118.50"),
    )
    assert [(line.kind, line.gross, line.fee) for line in report.lines] == [
        ("payment", Decimal("120.00"), Decimal("2.05")),
        ("payment", Decimal("80.00"), Decimal("1.45")),
        ("refund", Decimal("-20.00"), Decimal("0.00")),
        ("chargeback", Decimal("-40.00"), Decimal("15.00")),
        ("fee", Decimal(0), Decimal("3.00")),
    ]
    assert report.lines[0].description == "Facture FA2026-000001"


def test_a_paypal_activity_is_read_in_order_of_time_up_to_its_transfer():
    (report,) = read_payouts(PAYPAL.encode())

    assert (report.provider, report.reference, report.net) == (
        "paypal",
        "PP3",
        Decimal("115.90"),
    )
    assert [(line.kind, line.reference, line.fee) for line in report.lines] == [
        ("refund", "PP1", Decimal("-25.00")),
        ("payment", "PP2", Decimal("29.10")),
    ]
    assert report.lines[1].description == "FA2026-000007 · Paul Roux"


def test_a_sale_left_out_of_the_report_is_told_as_a_balance_from_before_or_refused():
    shorter = PAYPAL.replace("-115,90", "-215,90")
    (report,) = read_payouts(shorter.encode())
    assert report.lines[0].kind == "adjustment"
    assert report.lines[0].gross == Decimal("100.00")

    twice = shorter.replace(
        '"04/11/2026"',
        '"05/11/2026","09:00:00","CET","","Virement standard","Terminé","EUR","-9,00","0,00",'
        '"-9,00","PP5",""\n"05/11/2026","08:00:00","CET","A","Paiement","Terminé","EUR","8,00",'
        '"0,00","8,00","PP4",""\n"04/11/2026"',
    )
    with pytest.raises(PayoutMismatchError) as refusal:
        read_payouts(twice.encode())
    assert refusal.value.facts["difference"] == Decimal("1.00")


def test_a_net_that_is_not_gross_less_fee_is_refused_with_its_line():
    with pytest.raises(PayoutMismatchError) as refusal:
        read_payouts(STRIPE.replace("117.95", "118.95").encode())

    assert (refusal.value.line, refusal.value.facts["difference"]) == (2, Decimal("1.00"))


def test_another_table_is_no_payout_report():
    with pytest.raises(UnknownFormatError):
        read_payouts(b"Date;Libelle;Montant\n01/01/2026;X;1,00\n")
