"""A file is dropped, read, judged in words and taken away in another format; nothing is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from core.einvoice.samples import SAMPLES, SHARED
from echeance.archive.models import StoredFile
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.documents import read
from echeance.core.einvoice.ubl import write_ubl

URL = "/outils/facture-electronique/"
GOOD = SAMPLES["standard rate"]


@pytest.fixture
def signed(client, member):
    client.force_login(member)
    return client


def drop(client, content, do="show", name="facture.xml"):
    return client.post(URL, {"file": SimpleUploadedFile(name, content), "do": do})


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def test_the_page_is_in_the_menu_and_says_what_to_do(signed):
    page = text(signed.get(URL))

    assert "Lire une e-facture" in page
    assert "Déposez un fichier, ou collez-le" in page


def test_a_valid_file_is_shown_readable_and_not_kept(signed):
    page = text(drop(signed, write_cii(GOOD)))

    assert "suit toutes les règles officielles (CII, EN 16931)" in page
    for said in ("Atelier Morel", "Étagère en chêne", "578,16", "FA-2026-000042"):
        assert said in page
    assert StoredFile.objects.count() == 0


def test_a_finding_is_pinned_to_its_line_with_what_to_do(signed):
    """BR-S-05: a line at the standard rate whose rate is nought."""
    first, second = GOOD.lines
    wrong = replace(GOOD, lines=(first, replace(second, vat_rate=Decimal(0))))

    page = text(drop(signed, write_cii(wrong)))

    assert "ne suit pas les règles officielles" in page
    after = page[page.index(">Pose") :]
    assert after.index("BR-S-05") < after.index("TVA 20 %")
    assert "Ligne 2" in after


def test_a_total_that_is_a_cent_away_is_said_with_its_rule(signed):
    wrong = replace(GOOD, totals=replace(GOOD.totals, gross_total=Decimal("578.17")))

    page = text(drop(signed, write_cii(wrong)))

    assert "Invalide" in page
    assert "BR-CO-15" in page


def test_a_page_in_english_speaks_english(signed, member):
    signed.post("/langue/", {"language": "en"})
    wrong = replace(GOOD, totals=replace(GOOD.totals, gross_total=Decimal("578.17")))

    page = text(drop(signed, write_cii(wrong)))

    assert "Issue date" in page
    assert "VAT" in page


@pytest.mark.parametrize(
    ("do", "syntax"), [("ubl", "UBL"), ("cii", "CII"), ("factur-x", "FACTUR-X")]
)
def test_the_file_is_taken_away_in_another_format(signed, do, syntax):
    response = drop(signed, write_ubl(GOOD), do)

    assert response.headers["Content-Disposition"].startswith("attachment")
    assert read(response.content).syntax == syntax
    assert read(response.content).invoice == GOOD


def test_the_terms_are_taken_away_as_json(signed):
    told = json.loads(drop(signed, write_cii(GOOD), "json").content)

    assert told["terms"]["BT-1"] == "FA-2026-000042"


def test_a_conversion_that_would_lose_something_is_refused_with_the_list(signed):
    lines = (replace(GOOD.lines[0], gross_total=Decimal("359.76")), *GOOD.lines[1:])

    response = drop(signed, write_cii(replace(GOOD, lines=lines)), "ubl")

    assert "Content-Disposition" not in response.headers
    assert "Montant TTC de la ligne (1)" in text(response)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>", "DOCTYPE"),
        (b"bonjour", "n'est pas lisible"),
        (b"<Catalogue/>", "Catalogue"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(signed, content, said):
    response = drop(signed, content)

    assert response.status_code == 422
    assert said in text(response)


def test_without_a_file_the_form_says_so(signed):
    assert "Choisissez un fichier." in text(signed.post(URL, {"do": "show"}))


def test_a_stranger_is_sent_to_sign_in(client, db):
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize(
    "name",
    ["facturx/akretion/factur-x-minimum.xml", "facturx/akretion/invoice_EN16931.pdf"],
)
def test_a_file_of_a_supplier_gets_an_answer(signed, name):
    path = SHARED / "data/supplier_invoices" / name
    if not path.exists():
        pytest.skip("needs ../shared/data beside the repository")

    page = text(drop(signed, path.read_bytes(), name=path.name))

    assert "F2026" in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.usefixtures("signed_in")
def test_a_file_with_findings_is_accessible(page, axe, live_server, tmp_path, scheme, size):
    first, second = GOOD.lines
    file = tmp_path / "facture.xml"
    file.write_bytes(write_cii(replace(GOOD, lines=(first, replace(second, vat_rate=Decimal(0))))))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{live_server.url}{URL}")
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("button", name="Lire et contrôler").click()

    expect(page.get_by_role("heading", name="Invalide", exact=True)).to_be_visible(timeout=20000)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.usefixtures("signed_in")
def test_a_file_is_chosen_and_read_with_the_keyboard(page, live_server, tmp_path):
    file = tmp_path / "facture.xml"
    file.write_bytes(write_cii(GOOD))
    page.goto(f"{live_server.url}{URL}")
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("button", name="Lire et contrôler").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Valide", exact=True)).to_be_visible(timeout=20000)
    expect(page.get_by_role("cell", name="578,16 €").last).to_be_visible()
