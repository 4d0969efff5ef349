"""Goal: the list of what a payer pays is read to the cent, or what is unsure is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core import tabular
from echeance.core.remittance import read, read_text
from echeance.core.remittance.errors import (
    NoRemittanceLineError,
    RemittanceTooLargeError,
    UnreadableRemittanceError,
)

MAIL = """Bonjour,

Veuillez trouver le détail de notre virement du 20/11/2026.
Référence du virement : VIR-88412
Emetteur : Dupont SA

FA2026-000041   12/09/2026   1 200,00
FA2026-000042   15/09/2026     350,50
Avoir AV2026-000003            120,00
                    Total   1 430,50

Cordialement, tél. 01 44 55 66 77
"""


def told(reading):
    return [(line.document, str(line.amount)) for line in reading.lines]


def test_the_body_of_a_mail():
    reading = read_text(MAIL)

    assert told(reading) == [
        ("FA2026-000041", "1200.00"),
        ("FA2026-000042", "350.50"),
        ("AV2026-000003", "-120.00"),
    ]
    assert (reading.total, reading.total_agrees) == (Decimal("1430.50"), True)
    assert (reading.payment_reference, reading.payer) == ("VIR-88412", "Dupont SA")
    assert reading.payment_date == date(2026, 11, 20)
    assert reading.lines[0].document_date == date(2026, 9, 12)
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("text", "expected", "total"),
    [
        # cells pasted from a French spreadsheet
        (
            ("N° facture\tDate\tMontant TTC\tEscompte\tNet payé\n"
            "FA-41\t12/09/2026\t1 000,00\t20,00\t980,00\n"
            "FA-42\t13/09/2026\t500,00\t\t500,00\nTotaux\t\t1 500,00\t20,00\t1 480,00"),
            [("FA-41", "980.00"), ("FA-42", "500.00")],
            "1480.00",
        ),
        # an English CSV: point and comma, credit in parentheses, a subtotal and a grand total
        (
            ('Invoice,Date,Amount\nFA-41,2026-09-12,"1,200.00"\nSubtotal,,"1,200.00"\n'
            'FA-42,2026-09-13,(200.00)\nGrand total,,"1,000.00"'),
            [("FA-41", "1200.00"), ("FA-42", "-200.00")],
            "1000.00",
        ),
        # semicolons, our number named as theirs to us, their own number beside
        (
            ("Notre référence;Votre référence;Montant réglé\n9001;FA-41;12,00\n9002;FA-42;8,00-\n"
            "Montant du virement;;4,00"),
            [("FA-41", "12.00"), ("FA-42", "-8.00")],
            "4.00",
        ),
        # a credit note without a sign that the total does not deduct
        ("Facture;Montant\nFA-41;10,00\nAvoir 7;2,00\nTotal;12,00",
         [("FA-41", "10.00"), ("Avoir 7", "2.00")], "12.00"),
        # the supplier's account as the payer keeps it: everything in the negative
        ("Facture;Montant\nFA-41;-10,00\nFA-42;-2,00\nTotal;12,00",
         [("FA-41", "10.00"), ("FA-42", "2.00")], "12.00"),
        # gross and deduction only: the payment is what is left
        ("Document | Gross amount | Discount\nFA-41 | 100.00 | 2.00\nTotal paid | 98.00 |",
         [("FA-41", "98.00")], "98.00"),
        # an amount that could be read two ways is settled by its neighbours
        ("Facture;Montant\nFA-41;1.234\nFA-42;10,50", [("FA-41", "1234.00"), ("FA-42", "10.50")],
         None),
        # columns apart by blanks, no title: the column of the total is the one paid
        ("FA-41041  100,00  2,00  98,00\nFA-42042  50,00  0,00  50,00\nTotal 148,00",
         [("FA-41041", "98.00"), ("FA-42042", "50.00")], "148.00"),
        # numbers without amounts, and one total
        ("Réglement de nos factures : facture 7, avoir n° 8.\nTotal : 99,90 €",
         [("7", "None"), ("8", "None")], "99.90"),
        ("Nous réglons les factures FA2026-0041, FA2026-0042 et FA2026-0043.\nTotal : 99,90 €",
         [("FA2026-0041", "None"), ("FA2026-0042", "None"), ("FA2026-0043", "None")], "99.90"),
    ],
)  # fmt: skip
def test_tables_of_all_makes(text, expected, total):
    reading = read(text.encode(), filename="avis.csv")

    assert told(reading) == expected
    assert reading.total == (Decimal(total) if total else None)
    assert reading.unread == ()


def test_a_workbook_with_its_titles_below_a_heading():
    content = tabular.write_xlsx(
        ["Avis de paiement n° AP-771", "", ""],
        [
            ["Payment date : 20/11/2026", None, None],
            ["Invoice number", "Invoice date", "Amount paid"],
            *([f"FA-{n:05}", date(2026, 9, 1), Decimal("10.10") * n] for n in range(1, 51)),
            ["Total", None, Decimal("12877.50")],
        ],
    )

    reading = read(content, filename="avis.xlsx")

    assert (len(reading.lines), reading.format) == (50, "xlsx")
    assert (reading.total, reading.total_agrees) == (Decimal("12877.50"), True)
    assert (reading.lines[49].document, reading.lines[49].amount) == ("FA-00050", Decimal("505.00"))
    assert (reading.payment_reference, reading.payment_date) == ("AP-771", date(2026, 11, 20))


def test_a_mail_in_html():
    page = (
        "<html><head><style>td{color:red}</style></head><body><p>Bonjour,</p><table>"
        "<tr><th>Facture</th><th>Montant</th></tr><tr><td>FA-41</td><td>12,00&nbsp;&euro;</td></tr>"
        "<tr><td><b>Total</b></td><td>12,00&nbsp;€</td></tr></table></body></html>"
    )

    reading = read(page.encode(), filename="mail.html")

    assert (told(reading), reading.total, reading.format) == (
        [("FA-41", "12.00")], Decimal("12.00"), "html",
    )  # fmt: skip


def test_several_amounts_and_no_total_are_not_chosen_between():
    reading = read_text("FA-41041  100,00  2,00\nFA-42042  50,00")

    assert told(reading) == [("FA-42042", "50.00")]
    [left] = reading.unread
    assert (left.row, "plusieurs montants" in left.reason) == (1, True)


def test_a_cell_that_is_no_amount_is_told_with_its_line():
    reading = read_text("Facture;Montant\nFA-41;12,00\nFA-42;douze euros")

    assert told(reading) == [("FA-41", "12.00")]
    assert [(one.row, one.reason) for one in reading.unread] == [(3, "un nombre est attendu")]


def test_a_total_that_differs_is_kept():
    reading = read_text("Facture;Montant\nFA-41;12,00\nTotal;13,00")

    assert (reading.sum, reading.total, reading.total_agrees) == (
        Decimal("12.00"), Decimal("13.00"), False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NoRemittanceLineError),
        ("Bonjour, merci de votre patience. Tél. 01 44 55 66 77".encode(), NoRemittanceLineError),
        (b"\x00\x01\x02binary", UnreadableRemittanceError),
        (b"x\n" * 10_001, RemittanceTooLargeError),
        (b" " * 10_000_001, RemittanceTooLargeError),
        (b"PK\x03\x04not a zip", tabular.UnknownTableFormatError),
    ],
)
def test_what_is_no_advice_is_refused(content, error):
    with pytest.raises(error):
        read(content, filename="avis")


@given(
    st.lists(
        st.tuples(
            st.integers(100, 99_999),
            st.decimals("-9999999.99", "9999999.99", places=2).filter(bool),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_what_is_written_as_a_table_reads_back(rows):
    rows = [*rows, (7, Decimal("1.00"))]  # not all in the negative
    text = "\n".join(
        [
            "Facture;Montant",
            *(f"FA-{n};{f'{a:,.2f}'.replace(',', ' ').replace('.', ',')}" for n, a in rows),
            f"Total;{f'{sum(a for _, a in rows):.2f}'.replace('.', ',')}",
        ]
    )

    reading = read_text(text)

    assert [(line.document, line.amount) for line in reading.lines] == [
        (f"FA-{n}", a) for n, a in rows
    ]
    assert reading.total_agrees
    assert not reading.unread


@given(st.text(max_size=400) | st.from_regex(r"(?:[A-Z0-9.,;\t() €\n-]|Total|Facture){0,200}"))
def test_no_text_breaks_the_reader(text):
    try:
        reading = read_text(text)
    except NoRemittanceLineError:
        return

    assert reading.lines


def pdf(lines):
    """A page of text, a line each."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 10 Tf 14 TL 50 780 Td {shown} ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            "/Resources<</Font<</F1 5 0 R>>>>>>"
        ),
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj{one}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>"
    return f"{body}{end}\nstartxref\n{len(body)}\n%%EOF".encode()


def test_a_pdf_with_text():
    content = pdf(
        [
            "Avis de paiement AP-12",
            "FA2026-000041 12/09/2026 1 200,00",
            "FA2026-000042 15/09/2026 350,50",
            "Total 1 550,50",
        ]
    )

    reading = read(content, filename="avis.pdf")

    assert told(reading) == [("FA2026-000041", "1200.00"), ("FA2026-000042", "350.50")]
    assert (reading.format, reading.total_agrees) == ("pdf", True)


def test_a_pdf_of_images_is_unreadable():
    with pytest.raises(UnreadableRemittanceError):
        read(pdf([]), filename="scan.pdf")
