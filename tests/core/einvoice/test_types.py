"""Every type of invoice (BT-3) and every frame (BT-23) of the French rules, in both syntaxes.

The official rules are the judge: each document below is the smallest honest one of its kind.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.einvoice.samples import BUYER, ORIGINAL, SAMPLES, SELLER, invoice, line
from echeance.core.einvoice.checks import check
from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.codes import BUSINESS_PROCESSES, TYPE_CODES
from echeance.core.einvoice.model import Address, Identifier, Note, Party, Period, VatBreakdown
from echeance.core.einvoice.profiles import PROFILES
from echeance.core.einvoice.ubl import read_ubl, write_ubl

FACTOR = Party(
    name="Factor Exemple",
    legal_id=Identifier("552100554", "0002"),
)
ASSIGNED = Note("Créance cédée : ne payer qu'à Factor Exemple", "ACC")
GOODS = line("Étagère", "1", "100")
SERVICE = line("Pose", "1", "100", unit="HUR")

_CREDITS = {"preceding_invoices": ORIGINAL, "due_date": None}
_FACTORED = {"payee": FACTOR, "notes": (ASSIGNED,)}
_DEPOSIT = {"business_process": "S1", "tax_point_code": "72"}
KINDS = {
    "380": {},
    "381": _CREDITS,
    "384": {"preceding_invoices": ORIGINAL},
    "386": _DEPOSIT,
    "389": {},
    "393": _FACTORED,
    "396": {**_CREDITS, **_FACTORED},
    "261": _CREDITS,
    "262": {
        "due_date": None,
        "contract_reference": "CT-2026-12",
        "period": Period(date(2026, 1, 1), date(2026, 10, 31)),
    },
    "471": {"preceding_invoices": ORIGINAL},
    "472": {"preceding_invoices": ORIGINAL, **_FACTORED},
    "473": {"preceding_invoices": ORIGINAL, **_FACTORED},
    "500": _DEPOSIT,
    "501": _FACTORED,
    "502": {**_CREDITS, **_FACTORED},
    "503": {**_CREDITS, **_DEPOSIT},
}


def of_kind(type_code):
    return invoice(SERVICE, number="FA-2026-000051", type_code=type_code, **KINDS[type_code])


def test_every_type_of_the_rules_has_its_document():
    assert KINDS.keys() == TYPE_CODES


@pytest.mark.parametrize("type_code", sorted(KINDS))
def test_a_document_of_each_type_is_officially_valid_in_both_syntaxes(validator, type_code):
    document = of_kind(type_code)
    assert check(document) == []

    cii, ubl = write_cii(document), write_ubl(document)

    for content in (cii, ubl):
        verdict = validator.validate(content, "facture.xml")
        assert [(item.rule, item.message) for item in verdict.findings] == []
    assert read_cii(cii).invoice == document
    assert read_ubl(ubl).invoice == document


@pytest.mark.parametrize(
    "type_code", ["381", "384", "396", "471", "472", "473", "261", "502", "503"]
)
def test_what_corrects_an_invoice_must_name_it(validator, type_code):
    """BR-FR-CO-04 and BR-FR-CO-05."""
    document = replace(of_kind(type_code), preceding_invoices=())
    rule = "BR-FR-CO-05" if type_code in {"381", "396", "261", "502", "503"} else "BR-FR-CO-04"

    assert rule in {item.rule.partition("_")[0] for item in check(document)}
    for content in (write_cii(document), write_ubl(document)):
        found = {item.rule for item in validator.validate(content, "a.xml").findings}
        assert any(item.startswith(rule) for item in found), found


_PAID = {"prepaid": Decimal("120.00"), "due_date": date(2026, 11, 20)}
_FINAL = {"prepaid": Decimal("60.00"), "preceding_invoices": ORIGINAL}
FRAMES = {
    **{f"{kind}1": {} for kind in "BSM"},
    **{f"{kind}2": _PAID for kind in "BSM"},
    "S3": {},
    **{f"{kind}4": _FINAL for kind in "BSM"},
    "S5": {},
    "S6": {},
    **{f"{kind}7": {} for kind in "BS"},
}
LINES = {"B": (GOODS,), "S": (SERVICE,), "M": (GOODS, SERVICE)}


@pytest.mark.parametrize("frame", sorted(FRAMES))
def test_a_document_of_each_frame_is_officially_valid_in_both_syntaxes(validator, frame):
    lines = LINES[frame[0]]
    facts = dict(FRAMES[frame])
    if "prepaid" in facts and frame[1] == "2":
        facts["prepaid"] = Decimal("120.00") * len(lines)
    document = invoice(*lines, business_process=frame, **facts)
    assert check(document) == []

    for content in (write_cii(document), write_ubl(document)):
        verdict = validator.validate(content, "facture.xml")
        assert [(item.rule, item.message) for item in verdict.findings] == []


def test_an_unknown_frame_is_refused_here_and_officially(validator):
    document = replace(SAMPLES["standard rate"], business_process="X1")

    assert {item.rule.partition("_")[0] for item in check(document)} == {"BR-FR-08"}
    for content in (write_cii(document), write_ubl(document)):
        found = {item.rule for item in validator.validate(content, "a.xml").findings}
        assert "BR-FR-08_BT-23" in found


def test_every_frame_of_the_rules_has_its_document():
    assert FRAMES.keys() | SEVERAL.keys() == BUSINESS_PROCESSES


# Invoices of several sellers (XP Z12-012, frames 8 and 9): a group of lines for each, with the
# number of its own invoice, and the VAT of each apart.


def seller_of_lines(name, siren, vat_id):
    return Party(
        name=name,
        legal_id=Identifier(siren, "0002"),
        vat_id=vat_id,
        address=Address(country_code="FR"),
    )


def own_invoice(first, seller, number, net, vat):
    """A group and its one detail; ``first`` is the number of the group among the lines."""
    group = line(f"Facture {number}", "1", net)
    detail = line("Travaux", "1", net)
    told = {"seller": seller, "exemption_reason": f"#{number}#"}
    return (
        replace(
            group,
            id=str(first),
            subtype="GROUP",
            object_ids=(Identifier(number, "AFL"), Identifier("B1", "AVV")),
            vat_total=Decimal(vat),
            gross_total=Decimal(net) + Decimal(vat),
            **told,
        ),
        replace(
            detail,
            id=str(first + 1),
            subtype="DETAIL",
            parent_id=str(first),
            object_ids=(Identifier(number, "AFL"),),
            **told,
        ),
    )


def of_several(frame, *parts, **more):
    """``parts``: seller, number of its invoice, net amount, VAT."""
    lines, breakdown = [], []
    for seller, number, net, vat in parts:
        lines += own_invoice(len(lines) + 1, seller, number, net, vat)
        breakdown.append(
            VatBreakdown(
                Decimal(net), Decimal(vat), "S", Decimal(20), exemption_reason=f"#{number}#"
            )
        )
    details = invoice(*[item for item in lines if item.subtype == "DETAIL"], **more)
    return replace(
        details,
        business_process=frame,
        specification_id=PROFILES[5].specification_id,
        lines=tuple(lines),
        vat_breakdown=tuple(breakdown),
    )


AUBERT = seller_of_lines("Menuiserie Aubert", "404833048", "FR83404833048")
BLANC = seller_of_lines("Peinture Blanc", "552100554", "FR14552100554")
MOREL = seller_of_lines(SELLER.name, SELLER.legal_id.value, SELLER.vat_id)
LEFEVRE = seller_of_lines(BUYER.name, BUYER.legal_id.value, BUYER.vat_id)
SEVERAL = {
    **{
        f"{kind}8": of_several(
            f"{kind}8", (AUBERT, "AUB-1", "100", "20"), (BLANC, "BLA-7", "50", "10")
        )
        for kind in "BSM"
    },
    # Each sells to the other: two invoices in one, made by the buyer.
    **{
        f"{kind}9": of_several(
            f"{kind}9",
            (MOREL, "FA-2026-000042", "100", "20"),
            (LEFEVRE, "LEF-3", "50", "10"),
            type_code="389",
        )
        for kind in "BSM"
    },
}


@pytest.mark.parametrize("frame", SEVERAL)
def test_an_invoice_of_several_sellers_is_officially_valid_in_both_syntaxes(validator, frame):
    document = SEVERAL[frame]
    cii, ubl = write_cii(document), write_ubl(document)

    for content in (cii, ubl):
        verdict = validator.validate(content, "facture.xml")
        assert verdict.valid
        assert verdict.profile == "EXTENDED-CTC-FR"
        # The sheet warns of one reading of the breakdown when the other one holds.
        assert {item.rule.removesuffix("S-08ini") for item in verdict.findings} <= {
            "BR-FXEXT-",
            "BR-FREXT-",
        }
    assert read_cii(cii).invoice == document
    totals_with_vat = tuple(replace(item, gross_total=None) for item in document.lines)
    assert read_ubl(ubl).invoice == replace(document, lines=totals_with_vat)
