"""Reading a file of somebody else and writing it again keeps all of its data, known or not."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, InvalidOperation

import pytest
from lxml import etree

from core.einvoice.samples import SAMPLES, SHARED
from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.errors import FileError
from echeance.core.einvoice.ubl import document_of, read_ubl, write_ubl

EXAMPLES = "data/einvoice/cen-en16931"


def documents():
    """Whole documents of the reference data: CEN examples in both syntaxes, supplier invoices."""
    folders = [f"{EXAMPLES}/cii", f"{EXAMPLES}/ubl", f"{EXAMPLES}/test", "data/supplier_invoices"]
    found = [
        pytest.param(path, id=str(path.relative_to(SHARED / "data")))
        for folder in folders
        for path in sorted((SHARED / folder).rglob("*"))
        if path.suffix.lower() in {".xml", ".pdf"}
    ]
    return found or [pytest.param(None, id="no data")]


def facts(content):
    """Every text and attribute of a document with its path, as often as it stands there."""
    found = Counter()
    for element in etree.fromstring(content).iter(etree.Element):
        above = [element, *element.iterancestors()]
        path = "/".join(etree.QName(one).localname for one in reversed(above))
        text = (element.text or "").strip()
        if text or not len(element):
            found[path, value(text)] += 1
        for name, attribute in element.attrib.items():
            if not name.startswith("{http://www.w3.org/2001/XMLSchema-instance}"):
                found[f"{path}/@{name}", attribute.strip()] += 1
    return found


def canonical(content):
    return etree.canonicalize(content.decode())


def value(text):
    text = " ".join(text.split())
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return text


def written_again(document):
    if document.syntax == "UBL":
        result = read_ubl(document.root)
        return write_ubl(result.invoice, result.kept, document_of(document.root))
    result = read_cii(document.root)
    return write_cii(result.invoice, result.kept)


@pytest.mark.parametrize("path", documents())
def test_no_value_of_a_file_is_lost(path):
    if path is None:
        pytest.skip("needs ../shared/data beside the repository")
    try:
        document = detect(path.read_bytes(), path.name)
    except FileError as refusal:
        pytest.skip(f"not an e-invoice: {refusal.code}")
    if document.syntax not in {"CII", "UBL", "FACTUR-X"}:
        pytest.skip(f"{document.syntax} is named, not read")

    again = written_again(document)

    lost = facts(etree.tostring(document.root)) - facts(again)
    # An empty element says nothing.
    assert [key for key in lost if key[1]] == []
    assert detect(again).root.tag == document.root.tag


def test_an_unknown_element_attribute_and_text_are_put_back_where_they_were():
    content = (
        write_cii(SAMPLES["standard rate"])
        .replace(
            b"<ram:BuyerReference>",
            b"<ram:Surprise a='1'><ram:Deep>42</ram:Deep></ram:Surprise>"
            b"<ram:Second/><ram:BuyerReference languageID='fr'>",
        )
        .replace(b'<udt:DateTimeString format="102">', b'<udt:DateTimeString format="203">')
    )

    result = read_cii(content)

    assert {item.path.rpartition("/")[2] for item in result.unknown} == {
        "ram:Surprise", "ram:Second", "@languageID", "@format",
    }  # fmt: skip
    again = write_cii(result.invoice, result.unknown)
    assert canonical(again) == canonical(content)


def test_a_second_value_where_one_is_expected_is_kept():
    content = write_ubl(SAMPLES["standard rate"]).replace(
        b"<cac:PaymentTerms>",
        b"<cac:PaymentTerms><cbc:Note>60 jours</cbc:Note></cac:PaymentTerms><cac:PaymentTerms>",
    )

    result = read_ubl(content)

    assert result.invoice.payment_terms == "60 jours"
    assert [item.value for item in result.unknown] == ["30 jours fin de mois"]
    assert canonical(write_ubl(result.invoice, result.unknown)) == canonical(content)


def test_a_value_that_cannot_be_read_is_kept_as_it_is():
    content = write_ubl(SAMPLES["standard rate"]).replace(b">2026-11-24<", b">24/11/2026<")

    result = read_ubl(content)

    assert result.invoice.issue_date is None
    assert b">24/11/2026<" in write_ubl(result.invoice, result.unknown)


@pytest.mark.parametrize("name", SAMPLES)
def test_our_own_documents_come_back_byte_for_byte(name):
    for write, read in ((write_cii, read_cii), (write_ubl, read_ubl)):
        content = write(SAMPLES[name])
        result = read(content)

        assert write(result.invoice, result.unknown) == content


@pytest.mark.parametrize("digits", ["٥٧٨.16", "५७८.16", "5\u00a0578.16", "578,16", "NaN", "1e3"])
def test_an_amount_in_other_signs_is_not_guessed(digits):
    content = write_cii(SAMPLES["standard rate"]).replace(
        b"DuePayableAmount>578.16<", f"DuePayableAmount>{digits}<".encode()
    )

    result = read_cii(content)

    assert next(item.location for item in result.findings) == "BT-115"
    assert digits.encode() in write_cii(result.invoice, result.kept)
