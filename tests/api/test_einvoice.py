"""E-invoices through the API: the same answers as the console, and nothing without a token."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.einvoice.samples import invoice, line
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.core.einvoice import documents
from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.ubl import read_ubl
from echeance.core.einvoice.xml import parse_xml

PRESTATION = invoice(line("Pose", "2", "50.00"))


@pytest.fixture
def post(client, actor, user):
    """Post a file with the token of a person who may read."""
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    token = base.issue_api_token(actor=actor, user=user, name="essai")

    def send(path: str, content: bytes, **facts: str):
        file = SimpleUploadedFile("facture.xml", content)
        return client.post(
            f"/api/v1/einvoice/{path}",
            {"file": file, **facts},
            headers={"Authorization": f"Bearer {token}"},
        )

    return send


def test_without_a_token_no_file_is_read(client, db):
    assert client.post("/api/v1/einvoice/reading").status_code == 401


def test_a_document_is_told_term_by_term(post):
    answer = post("reading", write_cii(PRESTATION))

    told = answer.json()
    assert (answer.status_code, told["syntax"]) == (200, "CII")
    assert told["terms"]["BT-1"] == "FA-2026-000042"
    assert told["terms"]["BG-22"]["BT-112"] == "120.00"


def test_the_rules_judge_and_say_what_to_do(post):
    good = post("validation", write_cii(PRESTATION)).json()
    bad = post("validation", write_cii(replace(PRESTATION, number=""))).json()

    quick = post("validation?engine=native", write_cii(replace(PRESTATION, number=""))).json()

    assert (good["valid"], bad["valid"], quick["valid"]) == (True, False, False)
    found = {item["rule"]: item for item in quick["findings"]}
    assert found["BR-02"]["terms"] == ["BT-1"]
    assert found["BR-02"]["todo"]["fr"] != found["BR-02"]["todo"]["en"]


def test_a_conversion_gives_the_same_invoice_in_the_other_syntax(post):
    content = write_cii(PRESTATION)

    told = post("conversion", content, to="UBL").json()

    before = read_cii(parse_xml(content, "")).invoice
    assert (told["lost"], read_ubl(told["xml"].encode()).invoice) == ([], before)


def test_a_file_that_is_no_invoice_is_a_problem_with_its_sentence(post):
    answer = post("reading", b"<note/>")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:echeance:einvoice.not_an_invoice"


def test_the_xml_is_given_byte_for_byte_as_a_file(post):
    content = write_cii(PRESTATION)

    answer = post("extraction", content)

    assert answer.content == content
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_factur_x_is_made_and_gives_its_invoice_back(post):
    told = post("conversion", write_cii(PRESTATION), to="FACTUR-X").json()

    assert told["lost"] == []
    assert documents.read(b64decode(told["pdf"])).invoice == PRESTATION


def test_an_xml_is_put_into_a_pdf_made_elsewhere(post, pdf_of_a_page):
    told = post(
        "embedding", pdf_of_a_page, xml=SimpleUploadedFile("factur-x.xml", write_cii(PRESTATION))
    ).json()

    assert documents.read(b64decode(told["pdf"])).invoice == PRESTATION
    assert told["pdfa"] is (told["findings"] == [])


@pytest.fixture
def pdf_of_a_page():
    """One empty page, from any software."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    content = BytesIO()
    pdf.save(content)
    return content.getvalue()
