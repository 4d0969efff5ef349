"""The e-invoice console on files: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace

import pikepdf
import pytest
from typer.testing import CliRunner

from core.einvoice.samples import invoice, line
from echeance.cli.einvoice import app
from echeance.core.einvoice.cii import write_cii


def simple():
    return invoice(line("Pose", "2", "50.00"))


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def cii(tmp_path):
    path = tmp_path / "facture.xml"
    path.write_bytes(write_cii(simple()))
    return path


def test_show_gives_each_term_with_its_number_and_its_value_as_printed(cii):
    answer = run("show", cii, "--json")

    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["file"], told["syntax"]) == (0, str(cii), "CII")
    assert told["terms"]["BT-1"] == simple().number
    assert told["terms"]["BT-2"] == simple().issue_date.isoformat()
    assert told["terms"]["BG-4"]["BT-27"] == "Atelier Morel"
    assert told["terms"]["BG-4"]["BT-30"] == "303265045"
    assert told["terms"]["BG-4"]["BT-30-1"] == "0002"
    assert len(told["terms"]["BG-25"]) == len(simple().lines)
    assert told["unknown"] == []


def test_show_for_a_person_names_the_terms(cii):
    answer = run("show", cii)

    assert answer.exit_code == 0
    assert f"BT-1     Numéro de facture : {simple().number}\n" in answer.stdout


def test_an_unreadable_file_is_named_and_the_others_are_read(cii, tmp_path):
    bad = tmp_path / "vide.xml"
    bad.write_bytes(b"")

    answer = run("show", bad, cii, "--json")

    first, second = map(json.loads, answer.stdout.splitlines())
    assert answer.exit_code == 2
    assert first["error"]["code"] == "einvoice.empty_file"
    assert second["terms"]["BT-1"] == simple().number


def test_the_native_engine_answers_in_the_shape_of_the_official_one(cii, tmp_path):
    wrong = tmp_path / "fausse.xml"
    wrong.write_bytes(write_cii(replace(simple(), number="")))

    answer = run("validate", "--engine", "native", "--json", cii, wrong)

    good, bad = map(json.loads, answer.stdout.splitlines())
    assert answer.exit_code == 1
    assert list(good) == ["file", "validated", "valid", "syntax", "profile", "findings"]
    assert (good["valid"], bad["valid"]) == (True, False)
    assert "BR-02" in {finding["rule"] for finding in bad["findings"]}


def test_a_file_nobody_can_judge_is_neither_valid_nor_invalid(tmp_path):
    other = tmp_path / "note.txt"
    other.write_text("bonjour")

    answer = run("validate", "--engine", "native", "--json", other)

    assert (answer.exit_code, json.loads(answer.stdout)["valid"]) == (3, None)


def test_there_and_back_between_syntaxes_says_the_same_terms(cii, tmp_path):
    ubl, again = tmp_path / "ubl.xml", tmp_path / "cii.xml"

    assert run("convert", cii, ubl, "--to", "ubl").exit_code == 0
    assert run("convert", ubl, again, "--to", "cii").exit_code == 0

    before, after = (json.loads(run("show", path, "--json").stdout) for path in (cii, again))
    assert b"urn:oasis:names:specification:ubl" in ubl.read_bytes()
    assert after["terms"] == before["terms"]


def test_a_file_that_exists_is_replaced_only_when_told(cii, tmp_path):
    out = tmp_path / "deja.xml"
    out.write_bytes(b"precieux")

    refused = run("convert", cii, out, "--to", "ubl")

    assert (refused.exit_code, out.read_bytes()) == (2, b"precieux")
    assert run("convert", cii, out, "--to", "ubl", "--force").exit_code == 0
    assert out.read_bytes() != b"precieux"


def test_a_conversion_that_would_lose_something_writes_nothing_and_names_it(cii, tmp_path):
    content = cii.read_bytes().replace(
        b"<ram:InvoiceCurrencyCode>",
        b"<ram:InvoiceIssuerReference>R-77</ram:InvoiceIssuerReference><ram:InvoiceCurrencyCode>",
    )
    cii.write_bytes(content)
    out = tmp_path / "ubl.xml"

    answer = run("convert", cii, out, "--to", "ubl")

    assert (answer.exit_code, out.exists()) == (5, False)
    assert "R-77" in answer.stderr


def test_the_xml_of_a_factur_x_comes_out_beside_it(cii, tmp_path):
    pdf = tmp_path / "facture-x.pdf"
    assert run("convert", cii, pdf, "--to", "factur-x").exit_code == 0

    answer = run("extract", pdf)

    assert answer.exit_code == 0, answer.output
    terms = [json.loads(run("show", p, "--json").stdout)["terms"] for p in (cii, pdf)]
    assert terms[0] == terms[1]
    assert (tmp_path / "facture-x.xml").read_bytes() == cii.read_bytes()


def test_an_xml_is_embedded_into_a_page_made_elsewhere(cii, tmp_path):
    page, out = tmp_path / "page.pdf", tmp_path / "jointe.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(page)

    answer = run("embed", page, cii, out)

    assert answer.exit_code == 0, answer.output
    assert json.loads(run("show", out, "--json").stdout)["syntax"] == "FACTUR-X"
    assert run("embed", page, cii, out).exit_code == 2
