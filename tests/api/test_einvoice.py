"""E-invoices through the API: the same answers as the console, and nothing without a token."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.einvoice.samples import invoice, line
from echeance.base import commands as base
from echeance.base.rights import Role
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


def test_the_native_rules_judge_at_once(post):
    good = post("validation", write_cii(PRESTATION)).json()
    bad = post("validation", write_cii(replace(PRESTATION, number=""))).json()

    assert (good["valid"], bad["valid"]) == (True, False)
    assert "BR-02" in {finding["rule"] for finding in bad["findings"]}


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
