"""A dropped e-invoice is shown with its verdict; a refused file with its sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.einvoice.samples import invoice, line
from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.ubl import read_ubl
from echeance.core.einvoice.xml import parse_xml

PRESTATION = invoice(line("Pose <b>", "2", "50.00"))


@pytest.fixture
def drop(client, member):
    client.force_login(member)

    def send(content: bytes, **more: str):
        file = SimpleUploadedFile("facture.xml", content)
        return client.post("/outils/facture-electronique/", {"file": file, **more})

    return send


def test_a_valid_invoice_is_readable_and_its_texts_are_escaped(drop):
    answer = drop(write_cii(PRESTATION))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h2>Valide</h2>" in page
    assert "FA-2026-000042" in page
    assert "Boulangerie Lefèvre &amp; Fils" in page
    assert "Pose &lt;b&gt;" in page


def test_an_invalid_invoice_names_its_rule(drop):
    page = drop(write_cii(replace(PRESTATION, number=""))).content.decode()

    assert "<h2>Invalide</h2>" in page
    assert "<b>BR-02</b>" in page


def test_a_file_that_is_no_invoice_is_refused_with_its_sentence(drop):
    answer = drop(b"<note/>")

    assert answer.status_code == 422
    assert "note" in " ".join(answer.context["form"].errors["file"])


def test_a_conversion_is_downloaded_and_says_the_same(drop):
    content = write_cii(PRESTATION)

    answer = drop(content, telecharger="UBL")

    assert answer["Content-Disposition"] == 'attachment; filename="facture-ubl.xml"'
    assert read_ubl(answer.content).invoice == read_cii(parse_xml(content, "")).invoice


def test_a_visitor_is_sent_to_sign_in(client, db):
    answer = client.get("/outils/facture-electronique/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/")
