"""Flux 10 as XML: valid for the official rules, read back whole, refused when it is not known."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core.reporting.samples import CONSUMERS, CREDIT, INTERNATIONAL, SAMPLES, message
from echeance.core.einvoice.errors import DoctypeForbiddenError, EmptyFileError, MalformedXmlError
from echeance.core.einvoice.official.artefacts import located
from echeance.core.einvoice.official.verdict import Verdict
from echeance.core.errors import EcheanceError
from echeance.core.reporting import model
from echeance.core.reporting.errors import NotAReportError, ReportUnreadableError
from echeance.core.reporting.xml import read_report, write_report

WRITTEN = write_report(INTERNATIONAL)


@pytest.mark.parametrize("flow", SAMPLES)
def test_each_part_of_flux_10_is_officially_valid(validator, flow):
    assert validator.validate(write_report(SAMPLES[flow])) == Verdict(True, True, "FLUX-10", "", ())


@pytest.mark.parametrize(
    ("report", "rule"),
    [
        (replace(INTERNATIONAL, number="a b  c"), "G1.104"),
        (replace(INTERNATIONAL, platform=model.Platform("42", "Courte")), "G6.22"),
        (replace(INTERNATIONAL, payments=SAMPLES["10.2"].payments), "G6.29"),
        (message(model.Transactions(date(2026, 9, 2), date(2026, 9, 1))), "G6.25"),
        (message(replace(INTERNATIONAL.transactions, invoices=(replace(CREDIT, preceding=()),))),
         "G1.32"),
    ],
)  # fmt: skip
def test_the_official_rules_do_judge(validator, report, rule):
    verdict = validator.validate(write_report(report))

    assert verdict.valid is False
    assert any(f"[{rule}]" in finding.message for finding in verdict.findings)


def test_a_message_says_each_value_where_the_format_has_it():
    root = etree.fromstring(write_report(CONSUMERS))

    assert [root.findtext(f"ReportDocument/{path}") for path in ("TypeCode", "Sender/Id")] == [
        "RE",
        "0042",
    ]
    day = root.find("TransactionsReport/Transactions")
    assert [(child.tag, child.text) for child in day if child.tag != "TaxSubtotal"] == [
        ("Date", "20260901"),
        ("TransactionsCurrency", "EUR"),
        ("CategoryCode", "TLB1"),
        ("TaxExclusiveAmount", "300.00"),
        ("TaxTotal", "31.00"),
        ("TransactionsCount", "2"),
    ]


# -- reading is the inverse of writing ------------------------------------------------------------

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=12
).filter(lambda text: all(ord(sign) not in (0xFFFE, 0xFFFF) for sign in text))
optional_texts = st.just("") | texts
amounts = st.decimals(-(10**9), 10**9, places=2)
rates = st.sampled_from([Decimal(20), Decimal("5.5"), Decimal(0)])
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def some(strategy, least=0):
    return st.lists(strategy, min_size=least, max_size=2).map(tuple)


firms = st.builds(model.Firm, texts, texts, optional_texts, optional_texts)
invoices = st.builds(
    model.ReportedInvoice,
    number=texts,
    issue_date=days,
    type_code=texts,
    business_process=texts,
    seller=firms,
    vat_total=amounts,
    subtotals=some(
        st.builds(
            model.TaxSubtotal, amounts, amounts, texts, rates, optional_texts, optional_texts
        ),
        least=1,
    ),
    buyer=st.none() | firms,
    net_total=st.none() | amounts,
    currency=texts,
    due_date=st.none() | days,
    tax_point_code=optional_texts,
    notes=some(st.builds(model.Note, optional_texts, texts)),
    preceding=some(st.builds(model.Preceding, texts, st.none() | days)),
    delivery_date=st.none() | days,
)
day_sales = st.builds(
    model.DaySales,
    days,
    st.sampled_from(model.Category),
    amounts,
    amounts,
    some(st.builds(model.RateTotal, rates, amounts, amounts), least=1),
    optional_texts,
    st.none() | st.integers(0, 10**6),
    texts,
)
paid = some(st.builds(model.RatePaid, rates, amounts, texts), least=1)
contents = st.builds(model.Transactions, days, days, some(invoices), some(day_sales)) | st.builds(
    model.Payments,
    days,
    days,
    some(st.builds(model.InvoicePayment, texts, days, days, paid)),
    some(st.builds(model.DayPayments, days, paid)),
)
reports = st.builds(
    message,
    contents,
    number=texts,
    name=optional_texts,
    issued_at=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(
        lambda instant: instant.replace(microsecond=0)
    ),
    submission=st.sampled_from(model.Submission),
    platform=st.builds(model.Platform, texts, texts),
    declarant=st.builds(model.Declarant, texts, texts, st.sampled_from(["SE", "BY"])),
)


@settings(max_examples=60)
@given(reports)
def test_what_is_written_is_read_back(report):
    assert read_report(write_report(report)) == report


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(located("frr-xsd/ereporting.xsd")))


@settings(max_examples=60)
@given(report=reports)
def test_whatever_is_written_has_the_shape_of_the_official_schema(schema, report):
    schema.assertValid(etree.fromstring(write_report(report)))


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (b"<TypeCode>IN<", b"<TypeCode>XX<", "Report/ReportDocument/TypeCode vaut"),
        (b">1250.00<", b">1250,00<", "MonetaryTotal/TaxExclusiveAmount vaut"),
        (b">1250.00<", b">1_250.00<", "MonetaryTotal/TaxExclusiveAmount vaut"),
        (b">1250.00<", b">1E3<", "MonetaryTotal/TaxExclusiveAmount vaut"),
        (b">1250.00<", b">NaN<", "MonetaryTotal/TaxExclusiveAmount vaut"),
        (b">20260903<", b">20260931<", "Invoice/IssueDate vaut"),
        (b">20260903<", b"> <", "Report/TransactionsReport/Invoice/IssueDate manque"),
        (b">20260915103005<", b">2026-09-15T10:30<", "DateTimeString vaut"),
        (b'schemeId="0238"', b'schemeId="0002"', "Sender/Id/@schemeId vaut"),
        (b"<IssueDate>", b"<Stray/><IssueDate>", "Stray n'est pas lu"),
        (b"<Report>", b'<Report version="2">', "Report/@version n'est pas lu"),
        (b"<Seller>", b"<Seller>bonjour", "Invoice/Seller contient un texte de trop"),
        (b"</Seller>", b"</Seller>bonjour", "Invoice contient un texte de trop"),
        (b">FA-2026-000007<", b">FA<!-- -->7<", "Invoice/ID contient un texte de trop"),
        (b"<Name>Atelier Morel</Name>", b"<Name>A</Name><Name>B</Name>", "est là plusieurs fois"),
    ],
)  # fmt: skip
def test_nothing_is_read_wrong_or_dropped(before, after, sentence):
    changed = WRITTEN.replace(before, after, 1)
    assert changed != WRITTEN

    with pytest.raises(ReportUnreadableError) as refusal:
        read_report(changed)

    assert sentence in str(refusal.value)
    assert str(refusal.value).startswith("L'e-reporting n'est pas lu : Report")


def test_comments_and_the_place_of_the_schema_say_nothing():
    changed = WRITTEN.replace(
        b"<Report>",
        b'<!-- a --><Report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:noNamespaceSchemaLocation="ereporting.xsd"><!-- b -->',
    )

    assert read_report(changed) == INTERNATIONAL


def test_another_document_is_named():
    with pytest.raises(NotAReportError) as refusal:
        read_report(b"<facture/>")

    assert "commence par « facture »" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFileError),
        (WRITTEN[:-20], MalformedXmlError),
        (b"<!DOCTYPE Report><Report/>", DoctypeForbiddenError),
        (b'<!DOCTYPE R [<!ENTITY a SYSTEM "file:///etc/passwd">]><Report>&a;</Report>',
         DoctypeForbiddenError),
    ],
)  # fmt: skip
def test_hostile_xml_is_refused(content, error):
    with pytest.raises(error):
        read_report(content)


@settings(max_examples=150)
@given(st.integers(0, len(WRITTEN) - 1), st.binary(max_size=6), st.integers(0, 40))
def test_a_damaged_message_is_read_or_refused_with_a_sentence(place, inserted, cut):
    damaged = WRITTEN[:place] + inserted + WRITTEN[place + cut :]

    with suppress(EcheanceError):
        read = read_report(damaged)
        assert read_report(write_report(read)) == read
