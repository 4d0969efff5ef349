"""The native engine gives the answer of the official sheets, on every rule it covers.

Held on all CEN unit tests, all whole examples in both syntaxes (with the French rules applied to
every one of them, wherever its seller is), and the invoices of suppliers of every profile.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core.einvoice.harness import SUPPLIERS, Sheets, documents, fragments, needs_data
from core.einvoice.samples import SAMPLES
from echeance.core.einvoice import native
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.detect import Detected, detect
from echeance.core.einvoice.fields import Level
from echeance.core.einvoice.model import Identifier, PaymentMeans
from echeance.core.einvoice.native import COVERED, OWN, canonical, judged, native_verdict
from echeance.core.einvoice.official.verdict import Verdict
from echeance.core.einvoice.profiles import BY_SPECIFICATION
from echeance.core.einvoice.rules import coded, french
from echeance.core.einvoice.ubl import write_ubl

# Fragments the engine cannot agree on, with the reason.
EXCEPTIONS = {
    "unit/CreditNote-unit-UBL/BR-CL-18__02.xml": "an InvoiceLine in a CreditNote: no schema allows"
    " it, so the reader does not know it",
}
# Rules of unit tests that are not covered, with the reason.
NOT_COVERED = {
    "BR-CL-03": "the model keeps one currency; the currency of each amount is checked by no term",
    "BR-CO-25": "no sheet applies it any more: the engine says it in its own name",
    "UBL-DT-01": "of the syntax, not of the invoice",
    "UBL-DT-06": "of the syntax",
    "UBL-DT-07": "of the syntax",
    "UBL-SR-12": "of the syntax",
    "UBL-SR-18": "of the syntax",
    "UBL-SR-42": "of the syntax",
    "UBL-SR-43": "of the syntax",
    "UBL-SR-44": "of the syntax",
    "UBL-SR-47": "of the syntax",
}
STANDARD = SAMPLES["standard rate"]


@pytest.fixture(scope="module")
def sheets():
    running = Sheets()
    yield running
    running.close()


def fired(document: Detected, **options) -> set[str]:
    return {finding.rule for finding in judged(document, **options)}


def level_of(document: Detected) -> Level:
    profile = BY_SPECIFICATION.get(document.specification_id)
    return profile.level if profile else Level.EN16931


def invoices() -> list[tuple[str, Detected]]:
    found = [(path.name, detect(path.read_bytes(), path.name)) for path in documents()]
    return [(name, one) for name, one in found if one.syntax in {"CII", "UBL", "FACTUR-X"}]


@needs_data
def test_every_cen_unit_test_of_a_covered_rule_has_its_answer():
    cases = [case for case in fragments() if canonical(case.rule) in COVERED]

    differing = {
        case.path
        for case in cases
        if (canonical(case.rule) in fired(detect(case.content))) is not case.fires
    }

    assert len(cases) == 1102
    assert differing == set(EXCEPTIONS)


@needs_data
def test_what_no_unit_test_is_held_to_is_known():
    rules = {canonical(case.rule) for case in fragments()}

    assert rules - COVERED == set(NOT_COVERED)


@needs_data
def test_whole_documents_break_the_same_european_rules(sheets):
    core = [(name, one) for name, one in invoices() if level_of(one) is Level.EN16931]

    differing = {}
    for name, document in core:
        sheet = "ubl" if document.syntax == "UBL" else "cii"
        official = {canonical(rule) for rule in sheets.fired(document.xml, sheet)}
        unlike = (official ^ fired(document)) & native.EUROPEAN
        if unlike:
            differing[name] = unlike

    assert len(core) == 66
    assert differing == {}


@needs_data
def test_whole_documents_break_the_same_french_rules_wherever_they_come_from(sheets):
    all_but_minimum = [(name, one) for name, one in invoices() if level_of(one) > Level.MINIMUM]

    differing, seen = {}, set()
    for name, document in all_but_minimum:
        sheet = "fr-ubl" if document.syntax == "UBL" else "fr-cii"
        official = {canonical(rule) for rule in sheets.fired(document.xml, sheet)} & french.COVERED
        ours = fired(document, french=True) & french.COVERED
        seen |= official
        if official != ours:
            differing[name] = official ^ ours

    assert differing == {}
    assert len(seen) >= 14, "the documents at hand break at least so many of them"


@needs_data
def test_suppliers_get_the_same_answer_as_from_the_sheets_of_their_profile(validator):
    paths = [path for path in documents() if path.is_relative_to(SUPPLIERS)]

    compared = []
    for path in paths:
        content = path.read_bytes()
        official, ours = validator.validate(content, path.name), native_verdict(content, path.name)
        assert (ours.validated, ours.syntax, ours.profile) == (
            official.validated,
            official.syntax,
            official.profile,
        )
        if not official.validated or any(item.rule == "XSD" for item in official.findings):
            continue
        document = detect(content, path.name)
        # The Factur-X sheets judge codes without naming the rule.
        known = native.scope(level_of(document)) - coded.COVERED
        assert {native.rule_of(item) for item in official.findings} & known == {
            item.rule for item in ours.findings
        } & known, path.name
        compared.append(path.name)

    assert len(compared) == 15


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_what_is_written_here_is_natively_valid(name, write):
    verdict = native_verdict(write(SAMPLES[name]), name)

    assert (verdict.valid, verdict.findings) == (True, ())


@pytest.mark.parametrize(
    ("content", "validated", "rule"),
    [
        (b"", True, "einvoice.empty_file"),
        (b"<!DOCTYPE a><a/>", True, "einvoice.doctype_forbidden"),
        (write_cii(STANDARD)[:500], True, "einvoice.malformed_xml"),
        (b"%PDF-1.7\n", True, "einvoice.damaged_pdf"),
        (b"bonjour", False, "einvoice.unknown_format"),
        (b"<facture/>", False, "NON-VALIDÉ"),
    ],
)
def test_a_bad_file_has_the_verdict_the_official_rules_give_it(validator, content, validated, rule):
    verdict = native_verdict(content, "reçu.pdf")

    official = validator.validate(content, "reçu.pdf")
    assert (verdict.validated, verdict.valid) == (official.validated, official.valid)
    assert verdict.validated is validated
    assert verdict.findings[0].rule == official.findings[0].rule == rule


def test_an_impossible_date_is_named_as_the_french_rules_name_it(validator):
    content = write_cii(STANDARD).replace(b">20261124<", b">20260231<", 1)

    verdict = native_verdict(content)

    unreadable, french_rule = verdict.findings
    assert (unreadable.rule, unreadable.location) == ("FORMAT", "BT-2")
    assert "20260231" in unreadable.message
    assert (french_rule.rule, verdict.valid) == ("BR-FR-03", False)
    assert [native.rule_of(item) for item in validator.validate(content).findings] == ["BR-FR-03"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"payment_means": (PaymentMeans("30", iban="FR7630006000011234567890188"),)}, "IBAN-CLE"),
        ({"seller": replace(STANDARD.seller, vat_id="FR41303265045")}, "TVA-CLE"),
        (
            {
                "seller": replace(
                    STANDARD.seller,
                    legal_id=Identifier("303265046", "0002"),
                    global_identifiers=(),
                )
            },
            "SIREN-CLE",
        ),
        (
            {
                "seller": replace(
                    STANDARD.seller, global_identifiers=(Identifier("30326504500012", "0009"),)
                )
            },
            "SIRET-CLE",
        ),
    ],
)
def test_keys_are_checked_in_both_syntaxes_though_no_sheet_does(validator, change, rule):
    invoice = replace(STANDARD, **change)

    for content in (write_cii(invoice), write_ubl(invoice)):
        assert [finding.rule for finding in native_verdict(content).findings] == [rule]
        assert validator.validate(content).valid


@pytest.mark.parametrize(
    ("specification", "shown"),
    [
        ("urn:factur-x.eu:1p0:minimum", "Échéance (BT-9)"),
        ("urn:factur-x.eu:1p0:basicwl", "Ligne (BG-25)"),
        (
            "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
            "Informations juridiques du vendeur (BT-33)",
        ),
    ],
)
def test_more_than_the_profile_carries_is_said_in_french(validator, specification, shown):
    content = write_cii(replace(STANDARD, specification_id=specification))

    [finding] = native_verdict(content).findings

    assert (finding.rule, finding.severity) == ("PROFIL-CONTENU", "fatal")
    assert shown in finding.message
    assert {item.rule for item in validator.validate(content).findings} == {"XSD"}


@needs_data
def test_a_minimum_with_the_buyer_of_a_basic_is_only_warned_of():
    """The schema accepts it: it has one type for the seller and the buyer."""
    warned = {}
    for path in documents():
        for finding in native_verdict(path.read_bytes(), path.name).findings:
            if finding.rule == "PROFIL-CONTENU":
                warned[path.name] = finding.severity

    assert warned == {
        "Facture_DOM_MINIMUM.pdf": "warning",
        "Facture_FR_MINIMUM.pdf": "warning",
        "Facture_UE_MINIMUM.pdf": "warning",
    }


TEXTS = st.sampled_from(["", "0", "-1", "12.345", "1e9", "20261301", "O", "€", "9" * 200])


CHANGES = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from(["remove", "repeat", "text"]), TEXTS),
    min_size=1,
    max_size=4,
)


@given(st.sampled_from([write_cii(STANDARD), write_ubl(STANDARD)]), CHANGES)
@settings(max_examples=150)
def test_no_change_of_a_document_makes_the_engine_raise(content, changes):
    root = etree.fromstring(content)
    for index, change, text in changes:
        elements = list(root.iter(etree.Element))[1:]
        if not elements:
            break
        element = elements[index % len(elements)]
        if change == "remove":
            element.getparent().remove(element)
        elif change == "repeat":
            element.addnext(deepcopy(element))
        else:
            element.text = text

    verdict = native_verdict(etree.tostring(root))

    fatal = any(item.severity == "fatal" for item in verdict.findings)
    assert verdict.valid == (not fatal if verdict.validated else None)
    assert all(item.message for item in verdict.findings)


def test_no_rule_is_both_official_and_of_the_house():
    assert not COVERED & OWN
    assert len(COVERED) == 250


def test_the_verdict_travels_as_the_official_one_does():
    verdict = native_verdict(write_cii(replace(STANDARD, number="")))

    assert Verdict.from_dict(verdict.as_dict()) == verdict
    assert verdict.valid is False
