"""The page against the XML: no word when they agree, the right one when they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.einvoice.samples import BUYER, SAMPLES, SELLER, SHARED, invoice, line
from echeance.core.einvoice import pdf_text
from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.compare import Outcome, compare_pdf, compare_text
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.errors import EncryptedPdfError, PdfTooHeavyError
from echeance.core.einvoice.model import Identifier, Invoice, PaymentMeans, Totals
from echeance.core.einvoice.view import Instalment

STANDARD = SAMPLES["standard rate"]
CENT = Decimal("0.01")
TOTALS = ("net_total", "vat_total", "gross_total", "amount_due")
RULES = dict(zip(TOTALS, ("EC-PDF-04", "EC-PDF-05", "EC-PDF-06", "EC-PDF-07"), strict=True))


def text_of(pdf: bytes) -> str:
    """As the child reads it, without the cost of a process."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def findings(text: str, document: Invoice) -> list[tuple[str, str]]:
    return [(item.rule, item.severity) for item in compare_text(text, document).findings]


def totals(document: Invoice, **changes) -> Invoice:
    return replace(document, totals=replace(document.totals, **changes))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_our_own_pages_say_what_their_xml_says(facturx, name, language):
    compared = compare_text(text_of(facturx(SAMPLES[name], language=language)), SAMPLES[name])

    assert compared.findings == []
    assert {item.outcome for item in compared.compared} == {Outcome.PRINTED}


def test_the_file_itself_is_read_in_a_process_of_its_own(facturx):
    compared = compare_pdf(facturx(STANDARD), STANDARD)

    assert [(item.rule, item.term, item.value) for item in compared.compared] == [
        ("EC-PDF-01", "BT-1", "FA-2026-000042"),
        ("EC-PDF-02", "BT-2", "24/11/2026"),
        ("EC-PDF-03", "BT-9", "31/12/2026"),
        ("EC-PDF-04", "BT-109", "481,80"),
        ("EC-PDF-05", "BT-110", "96,36"),
        ("EC-PDF-06", "BT-112", "578,16"),
        ("EC-PDF-07", "BT-115", "578,16"),
        ("EC-PDF-08", "BT-30", "303\u00a0265\u00a0045"),
        (
            "EC-PDF-09",
            "BT-84",
            "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189",
        ),
    ]
    assert {item.outcome for item in compared.compared} == {Outcome.PRINTED}


prices = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99999), places=2)
lines = st.lists(
    st.builds(
        line,
        st.sampled_from(["Étagère", "Pose 2 h", "Lot 1 : 1 234,56", "Total"]),
        st.integers(min_value=1, max_value=999).map(str),
        prices.map(str),
        rate=st.sampled_from(["20", "10", "5.5"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25)
@given(lines=lines, field=st.sampled_from(TOTALS), change=st.sampled_from([CENT, -CENT, 10, 1000]))
def test_a_changed_total_is_found_and_an_unchanged_one_is_not(facturx, lines, field, change):
    document = invoice(*lines)
    text = text_of(facturx(document))
    changed = totals(document, **{field: getattr(document.totals, field) + change})

    assert findings(text, document) == []
    # A value that becomes 0.00 is not sought, a null total may go without saying.
    if getattr(changed.totals, field):
        assert [rule for rule, _ in findings(text, changed)] == [RULES[field]]


def test_a_wrong_cent_is_told_with_both_amounts(facturx):
    changed = totals(STANDARD, gross_total=Decimal("578.17"))

    [finding] = compare_pdf(facturx(STANDARD), changed).findings

    assert (finding.rule, finding.severity, finding.location) == ("EC-PDF-06", "fatal", "BT-112")
    assert finding.message == (
        "Total TTC : le XML dit 578,17, la page imprime 578,16. Demandez à l'émetteur laquelle est "
        "juste avant de payer."
    )


def test_an_amount_that_is_printed_as_another_total_is_only_doubted(facturx):
    text = text_of(facturx(STANDARD))

    assert findings(text, totals(STANDARD, gross_total=Decimal("481.80"))) == [
        ("EC-PDF-06", "warning")
    ]


def test_another_number_is_found(facturx):
    text = text_of(facturx(STANDARD))

    changed = compare_text(text, replace(STANDARD, number="FA-2026-000043"))

    [finding] = changed.findings
    assert (finding.rule, finding.severity) == ("EC-PDF-01", "fatal")
    assert "le XML dit FA-2026-000043, la page imprime FA-2026-000042" in finding.message


def test_a_number_cut_short_is_doubted(facturx):
    text = text_of(facturx(STANDARD))

    assert findings(text, replace(STANDARD, number="FA-2026-0000")) == [("EC-PDF-01", "warning")]


def test_the_number_of_the_invoice_a_credit_note_corrects_is_not_taken_for_its_own():
    credit = SAMPLES["credit note"]
    text = "AVOIR\nFacture FA-2026-000007 du 02/10/2026"

    found = {item.rule: item.outcome for item in compare_text(text, credit).compared}

    assert found["EC-PDF-01"] is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    ("field", "rule"), [("issue_date", "EC-PDF-02"), ("due_date", "EC-PDF-03")]
)
def test_another_day_is_found(facturx, field, rule):
    text = text_of(facturx(STANDARD))
    day = getattr(STANDARD, field) + timedelta(days=1)

    assert findings(text, replace(STANDARD, **{field: day})) == [(rule, "fatal")]


def test_a_day_printed_for_something_else_is_only_doubted(facturx):
    delivered = STANDARD.delivery.delivery_date
    text = text_of(facturx(STANDARD))

    assert findings(text, replace(STANDARD, issue_date=delivered)) == [("EC-PDF-02", "warning")]


def test_a_schedule_of_payments_prints_its_last_day(facturx):
    schedule = [
        Instalment(date(2026, 12, 31), Decimal("289.08")),
        Instalment(date(2027, 1, 31), Decimal("289.08")),
    ]
    document = replace(STANDARD, due_date=date(2027, 1, 31))

    assert findings(text_of(facturx(document, instalments=schedule)), document) == []


def test_another_account_is_fatal(facturx):
    """The page of an invoice whose account was changed on the way."""
    other = (PaymentMeans(type_code="30", iban="DE89370400440532013000"),)

    [finding] = compare_text(
        text_of(facturx(STANDARD)), replace(STANDARD, payment_means=other)
    ).findings

    assert (finding.rule, finding.severity) == ("EC-PDF-09", "fatal")
    assert finding.message.endswith("par un contact déjà connu.")
    assert "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189" in finding.message


def test_a_masked_account_and_a_picture_of_a_letterhead_are_no_faults():
    text = text_without("FR76 3000 6000 0112 3456 7890 189", "303 265 045", "303265045")

    assert findings(text, STANDARD) == []


def text_without(*words: str) -> str:
    """The page of the standard invoice as another software lays it out, less some words."""
    text = (
        "Atelier Morel - SIREN 303 265 045\nFacture n° FA-2026-000042 du 24/11/2026\n"
        "Date d'échéance : 31/12/2026\nTotal HT 481.80 EUR\nTotal TVA 20,00 % : 96,36\n"
        "TVA totale 96,36\nTotal TTC (EUR) : 578,16\nIBAN FR76 3000 6000 0112 3456 7890 189"
    )
    for word in words:
        text = text.replace(word, "")
    return text


def test_another_seller_is_doubted():
    text = text_without().replace("303 265 045", "732 829 320")
    foreign = replace(
        SELLER, global_identifiers=(), vat_id="", legal_id=Identifier("303265045", "0002")
    )

    assert findings(text, replace(STANDARD, seller=foreign)) == [("EC-PDF-08", "warning")]


def test_the_sirens_of_the_buyer_are_not_another_seller():
    text = text_without().replace("303 265 045", BUYER.legal_id.value)

    assert findings(text, STANDARD) == []


@pytest.mark.parametrize(
    "printed",
    [
        "Total TTC 12 345,60 €",
        "Total TTC 12\u202f345,60 €",
        "Total TTC\u00a0: 12\u00a0345,60",
        "TOTAL T.T.C. 12.345,60",
        "Grand total EUR 12,345.60",
        "Total incl. VAT: 12345.60",
        "Total TTC (EUR) 12'345.60",
        "Total TTC -12 345,60 €",
    ],
)
def test_amounts_are_read_in_the_usual_ways(printed):
    document = Invoice(currency="EUR", totals=Totals(gross_total=Decimal("12345.60")))

    assert findings(printed, document) == []
    assert findings(printed, totals(document, gross_total=Decimal("12345.61"))) == [
        ("EC-PDF-06", "fatal")
    ]


@pytest.mark.parametrize(
    "printed",
    [
        "24/11/2026", "24.11.2026", "24-11-26", "2026-11-24", "11/24/2026", "24 novembre 2026",
        "24 nov. 2026", "November 24, 2026", "24-Nov-2026", "Nov 24th, 2026",
    ],
)  # fmt: skip
def test_days_are_read_in_the_usual_ways(printed):
    document = Invoice(issue_date=date(2026, 11, 24))
    text = f"Date de facture : {printed}"

    assert findings(text, document) == []
    assert findings(text, replace(document, issue_date=date(2026, 11, 23))) == [
        ("EC-PDF-02", "fatal")
    ]


def test_columns_of_labels_before_columns_of_values_accuse_nobody():
    text = (
        "Facture FA-2026-000042\nDate de facture\nÉchéance\n24/11/2026\n31/12/2026\n"
        "Total HT\nTotal TVA\nTotal TTC\nNet à payer\n481,80\n96,36\n578,16\n578,16"
    )

    assert findings(text, STANDARD) == []


def test_sub_totals_per_rate_and_per_lot_accuse_nobody():
    text = text_without() + "\nTotal HT lot 1 : 300,00\nTotal TVA (5,5 %) 10,00\nTotal HT 20,00 %"

    assert findings(text, STANDARD) == []


def test_a_value_that_is_nowhere_is_doubted_not_accused():
    text = "Facture du 24/11/2026"

    assert findings(text, STANDARD) == [
        ("EC-PDF-01", "warning"),
        ("EC-PDF-04", "warning"),
        ("EC-PDF-05", "warning"),
        ("EC-PDF-06", "warning"),
        ("EC-PDF-07", "warning"),
    ]


def test_a_page_without_text_cannot_be_compared():
    document = pikepdf.new()
    document.add_blank_page()
    out = BytesIO()
    document.save(out)

    compared = compare_pdf(out.getvalue(), STANDARD)

    assert not compared.readable
    assert [(item.rule, item.severity) for item in compared.findings] == [("EC-PDF-00", "warning")]


def test_a_scan_with_a_line_of_text_cannot_be_compared_either():
    assert findings("Numérisé par Scan 3000", STANDARD) == [("EC-PDF-00", "warning")]
    assert findings("Numérisé par Scan 3000", Invoice()) == []


def test_what_is_typed_into_form_fields_counts(facturx):
    with pikepdf.open(BytesIO(facturx(STANDARD))) as document:
        field = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("numero"),
                V=pikepdf.String("F-77 été"),
                Rect=[0, 0, 50, 10],
            )
        )
        document.pages[0].Annots = pikepdf.Array([field])
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        out = BytesIO()
        document.save(out)

    assert "F-77 été" in pdf_text.page_texts(out.getvalue())[0]


def test_a_page_that_takes_too_long_ends_alone(facturx, monkeypatch):
    monkeypatch.setattr(pdf_text, "READ_SECONDS", 0.001)

    with pytest.raises(PdfTooHeavyError, match=r"facture\.pdf est trop lourd"):
        pdf_text.page_texts(facturx(STANDARD), "facture.pdf")


def test_an_encrypted_page_is_refused_by_name(facturx):
    with pikepdf.open(BytesIO(facturx(STANDARD))) as document:
        out = BytesIO()
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="a"))

    with pytest.raises(EncryptedPdfError):
        compare_pdf(out.getvalue(), STANDARD)


@pytest.mark.parametrize("kind", ["akretion", "fnfe_ok"])
def test_no_file_of_others_is_accused(kind):
    folder = SHARED / "data/supplier_invoices/facturx" / kind
    if not folder.exists():
        pytest.skip("needs ../shared/data beside the repository")

    for path in sorted(folder.glob("*.pdf")):
        content = path.read_bytes()
        document = read_cii(detect(content).xml).invoice

        assert compare_pdf(content, document).findings == [], path.name
