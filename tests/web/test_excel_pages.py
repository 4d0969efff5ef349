"""The round trip through Excel, by its pages."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from echeance.base import roundtrip
from echeance.base.models import SheetChange, SheetImport
from echeance.parties import commands as parties
from echeance.parties.models import Party
from echeance.parties.types import PartyFacts


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def customers(actor):
    return parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts("C1", "Brume", postcode="69003", city="Lyon"),
            PartyFacts("C2", "Zinc", postcode="13001", city="Marseille"),
        ],
    )


def export(client, kind="csv") -> bytes:
    answer = client.post("/outils/excel/export/", {"sheet": "parties.parties", "kind": kind})
    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    return answer.content


def bring(client, content: bytes, name="clients.csv", **more):
    return client.post("/outils/excel/", {"file": SimpleUploadedFile(name, content)} | more)


def test_a_list_is_exported_corrected_brought_back_taken_and_undone(signed, customers):
    content = export(signed).replace(b";Marseille;", b";Aix;")

    answer = bring(signed, content)

    row = SheetImport.objects.get()
    assert answer["Location"] == f"/outils/excel/{row.pk}/"
    page = signed.get(answer["Location"]).content.decode()
    assert "<del>Marseille</del>" in page
    assert "<ins>Aix</ins>" in page
    change = SheetChange.objects.get()
    signed.post(f"/outils/excel/{row.pk}/reprendre/", {"chosen": str(change.pk)})
    assert Party.objects.get(code="C2").city == "Aix"

    page = bring(signed, content)
    assert page.status_code == 422
    assert f"/outils/excel/{row.pk}/" in page.content.decode()

    signed.post(f"/outils/excel/{row.pk}/annuler/")
    assert Party.objects.get(code="C2").city == "Marseille"
    assert "Reprise annulée" in signed.get(f"/outils/excel/{row.pk}/").content.decode()


def test_all_is_taken_at_once_and_nothing_chosen_is_said(signed, customers):
    content = export(signed, "csv").replace(b";Marseille;", b";Aix;").replace(b";Lyon;", b";Bron;")
    url = bring(signed, content)["Location"]

    told = signed.post(f"{url}reprendre/", follow=True).content.decode()
    assert "cochez-en au moins une" in told
    told = signed.post(f"{url}reprendre/", {"do": "all"}, follow=True).content.decode()

    assert "2 lignes reprises." in told.replace("\xa0", " ")
    assert set(Party.objects.values_list("city", flat=True)) == {"Aix", "Bron"}


def test_the_workbook_comes_back_as_it_left(signed, customers):
    page = signed.get(bring(signed, export(signed, "xlsx"), "clients.xlsx")["Location"])

    assert "Aucune différence" in page.content.decode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "vide"),
        (b"code;nom\nC1;Brume\n", "choisissez-la"),
        (b"PK\x03\x04 not a workbook", "ni un CSV ni un classeur"),
        (b"a;a\n1;2\n", "deux colonnes"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(signed, customers, content, told):
    page = bring(signed, content)

    assert page.status_code == 422
    assert told in page.content.decode()
    assert not SheetImport.objects.exists()


def test_a_formula_without_its_result_is_told_and_empties_nothing(signed, customers):
    """A workbook saved by a program that computes nothing: its cells only look blank."""
    content = export(signed, "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    city = re.search(r'<c r="M3"[^>]*><v>[0-9]+</v></c>', sheet)
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        city[0], '<c r="M3"><f>UPPER("aix")</f></c>'
    ).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)

    page = signed.get(bring(signed, buffer.getvalue(), "clients.xlsx")["Location"])

    text = page.content.decode().replace("&#x27;", "'")
    assert "Le résultat de la formule n'est pas enregistré" in text
    assert "Ligne 3" in text
    assert not SheetChange.objects.exists()


def test_bad_cells_are_listed_with_their_line(signed, customers):
    content = export(signed).replace(b"C2;Zinc;entreprise", b"C2;Zinc;association")

    page = signed.get(bring(signed, content)["Location"]).content.decode()

    assert "Ligne 3" in page
    assert "association" in page
    assert "entreprise, particulier, acheteur public" in page


def test_the_pages_of_another_company_are_not_there(signed, customers):
    assert signed.get("/outils/excel/999/").status_code == 404
    assert signed.post("/outils/excel/999/reprendre/", {"do": "all"}).status_code == 404
    assert signed.post("/outils/excel/export/", {"sheet": "nope"}).status_code == 404


def test_the_differences_are_accessible(page, live_server, signed_in, actor, customers, axe):
    """In a real browser, on a desktop and on a phone: axe finds nothing, nothing is cut off."""
    content, name = roundtrip.export_sheet(actor=actor, name="parties.parties", kind="csv")
    text = content.decode("utf-8-sig").replace(";Marseille;", ";Aix;")
    row = roundtrip.propose_changes(actor=actor, content=text.encode(), filename=name)

    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/outils/excel/{row.pk}/")
        expect(page.get_by_text("Aix")).to_be_visible()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
