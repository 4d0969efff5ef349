"""Messages of the four parts of flux 10, with amounts worked by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from echeance.core.reporting.model import (
    Category,
    DayPayments,
    DaySales,
    Declarant,
    Firm,
    InvoicePayment,
    Note,
    Payments,
    Platform,
    Preceding,
    RatePaid,
    RateTotal,
    Report,
    ReportedInvoice,
    Submission,
    TaxSubtotal,
    Transactions,
)

D = Decimal
SELLER = Firm("552100554", "0002", "FR96552100554", "FR")
GERMAN = Firm("DE129273398", "0223", "DE129273398", "DE")
FIRST, LAST = date(2026, 9, 1), date(2026, 9, 10)


def message(content: Transactions | Payments, **more) -> Report:
    facts = {
        "number": "ER-552100554-T-20260901-1",
        "issued_at": datetime(2026, 9, 15, 10, 30, 5),
        "submission": Submission.INITIAL,
        "platform": Platform("0042", "Plateforme d'essai"),
        "declarant": Declarant("552100554", "Atelier Morel"),
    }
    return Report(**(facts | more)).telling(content)


REVERSE_CHARGED = ReportedInvoice(
    number="FA-2026-000007",
    issue_date=date(2026, 9, 3),
    type_code="380",
    business_process="S1",
    seller=SELLER,
    buyer=GERMAN,
    net_total=D("1250.00"),
    vat_total=D("0.00"),
    subtotals=(TaxSubtotal(D("1250.00"), D("0.00"), "AE", D(0), "Autoliquidation", "VATEX-EU-AE"),),
    due_date=date(2026, 10, 3),
    delivery_date=date(2026, 9, 2),
    notes=(Note("AAI", "Étude de charpente"),),
)
CREDIT = ReportedInvoice(
    number="AV-2026-000002",
    issue_date=date(2026, 9, 8),
    type_code="381",
    business_process="S1",
    seller=SELLER,
    buyer=Firm("CHDUPONT BOIS SA", "0227", "", "CH"),
    net_total=D("100.00"),
    vat_total=D("20.00"),
    subtotals=(TaxSubtotal(D("100.00"), D("20.00"), "S", D(20)),),
    preceding=(Preceding("FA-2026-000001", date(2026, 8, 31)),),
    tax_point_code="72",
)
INTERNATIONAL = message(Transactions(FIRST, LAST, invoices=(REVERSE_CHARGED, CREDIT)))
INTERNATIONAL_PAYMENTS = message(
    Payments(
        FIRST,
        date(2026, 9, 30),
        invoices=(
            InvoicePayment(
                "FA-2026-000001",
                date(2026, 8, 31),
                date(2026, 9, 14),
                (RatePaid(D(20), D("600.00")), RatePaid(D(10), D("55.00"))),
            ),
        ),
    ),
    number="ER-552100554-P-20260901-1",
)
# Two rates on one day: 100 + 200 = 300 net, 20 + 11 = 31 VAT; the next day gives 12.50 back.
CONSUMERS = message(
    Transactions(
        FIRST,
        LAST,
        days=(
            DaySales(
                date(2026, 9, 1),
                Category.GOODS,
                D("300.00"),
                D("31.00"),
                (RateTotal(D(20), D("100.00"), D("20.00")), RateTotal(D("5.5"), D(200), D(11))),
                count=2,
            ),
            DaySales(
                date(2026, 9, 2),
                Category.SERVICES,
                D("-12.50"),
                D("-2.50"),
                (RateTotal(D(20), D("-12.50"), D("-2.50")),),
                tax_point_code="5",
                count=1,
            ),
            DaySales(
                date(2026, 9, 2), Category.NOT_TAXED, D(80), D(0), (RateTotal(D(0), D(80), D(0)),)
            ),
        ),
    ),
    submission=Submission.CORRECTIVE,
)
CONSUMER_PAYMENTS = message(
    Payments(
        FIRST,
        date(2026, 9, 30),
        days=(DayPayments(date(2026, 9, 5), (RatePaid(D(20), D("48.00")),)),),
    )
)
SAMPLES = {
    "10.1": INTERNATIONAL,
    "10.2": INTERNATIONAL_PAYMENTS,
    "10.3": CONSUMERS,
    "10.4": CONSUMER_PAYMENTS,
}
