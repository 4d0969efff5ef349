"""The native verdict of a file: read it, then apply the rules, in this process and at once.

It has the shape of the official verdict, and on the rules it covers the same answer.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from lxml import etree

from echeance.core.einvoice.checks import COVERED, EUROPEAN, OWN, binds_france, examine
from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.detect import Detected, detect
from echeance.core.einvoice.errors import FileError
from echeance.core.einvoice.fields import Level
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.official.artefacts import plan
from echeance.core.einvoice.official.verdict import Verdict, not_validated, unopened
from echeance.core.einvoice.profiles import BY_SPECIFICATION
from echeance.core.einvoice.rules.case import CII, UBL, Case, rule_set
from echeance.core.einvoice.rules.coded import COVERED as _CODES
from echeance.core.einvoice.rules.vat import CATEGORIES
from echeance.core.einvoice.shape import (
    absences,
    impossible_dates,
    repeated_totals,
    spelling,
    unreadable,
)
from echeance.core.einvoice.ubl import read_ubl

__all__ = [
    "COVERED",
    "EUROPEAN",
    "OWN",
    "canonical",
    "judged",
    "native_verdict",
    "rule_of",
    "scope",
]

_RULE: Final = re.compile(r"(BR(?:-FR)?(?:-[A-Z]+)?-\d+)")
_IN_TEXT: Final = re.compile(r"\s*\[(BR-[A-Z0-9-]+)\]")
# The same test under two numbers: what a reader is told once.
_TWINS: Final = {
    "BR-33": "BR-CO-21",
    "BR-38": "BR-CO-22",
    "BR-42": "BR-CO-23",
    "BR-44": "BR-CO-24",
    "BR-FR-30_BT-21": "BR-FR-31",
    "BR-FR-08_BT-151-2": "BR-FR-15",
}
# Factur-X names the taxes of the Canaries and of Ceuta as EN 16931-1 does, the CEN sheets do not.
_FAMILIES: Final = {"BR-IG-": "BR-AF-", "BR-IP-": "BR-AG-"}
_WARNINGS_OF_UBL: Final = frozenset({"BR-51"})
_OF_MINIMUM: Final = rule_set(
    "BR-01 BR-02 BR-03 BR-04 BR-05 BR-06 BR-07 BR-08 BR-09 BR-13 BR-14 BR-15 BR-CO-09 "
    "BR-CO-26 BR-DEC-12 BR-DEC-14 BR-DEC-18"
)
_ABOUT_LINES: Final = re.compile(
    r"BR-(16|2[1-8]|30|41|43|51|52|6[45]|B-.*|CO-(04|10|20|23|24)|DEC-2[3-8]"
    r"|(S|Z|E|AE|IC|G|O|AF|AG)-(01|02|05|08)|O-12)"
)
_RELAXED: Final = rule_set(
    "BR-22 BR-23 BR-24 BR-26 BR-54 BR-27 BR-28 BR-CO-04 BR-CO-10 BR-CO-11 BR-CO-12 BR-CO-13 "
    "BR-CO-15 BR-CO-16 BR-CO-17 BR-CO-22 BR-CO-24 BR-AF-10 BR-AG-10 BR-S-10 BR-Z-10 BR-S-09 "
    "BR-O-02 BR-O-03 BR-O-04 BR-O-11 BR-O-12 BR-O-13 BR-O-14"
) | {f"BR-{item.name}-{number}" for item in CATEGORIES.values() for number in ("01", "08")}


def canonical(rule: str) -> str:
    """The rule an official finding is about, as this engine names it.

    >>> canonical("BR-FR-05_BT-22-1"), canonical("BR-IG-08"), canonical("BR-33")
    ('BR-FR-05', 'BR-AF-08', 'BR-CO-21')
    """
    if rule in _TWINS:
        return _TWINS[rule]
    found = _RULE.match(rule)
    if found is None:
        return rule
    name = found[1]
    for family, ours in _FAMILIES.items():
        if name.startswith(family):
            return ours + name.removeprefix(family)
    return name


def rule_of(finding: Finding) -> str:
    """The rule of an official finding: its identifier, or the one its text begins with.

    >>> rule_of(Finding("FX-SCH-A-000001", "fatal", "", "[BR-CO-16]-Amount due…"))
    'BR-CO-16'
    """
    named = _IN_TEXT.match(finding.message)
    if named and not finding.rule.startswith("BR-"):
        return canonical(named[1])
    return canonical(finding.rule)


def native_verdict(content: bytes, filename: str = "") -> Verdict:
    """Judge one file by the rules of this engine; nothing it contains makes this raise.

    Returns:
        As the official one; ``validated`` is False for files that hold no invoice, and for
        profiles whose rules are not known here.
    """
    try:
        document = detect(content, filename)
    except FileError as error:
        return unopened(error)
    chosen = plan(
        document.syntax, document.specification_id, etree.QName(document.root).localname, ""
    )
    if not chosen.sheets or document.syntax not in {"CII", "FACTUR-X", "UBL"}:
        return not_validated(chosen.reason, syntax=document.syntax, profile=document.profile)
    findings = judged(document)
    return Verdict(
        validated=True,
        valid=all(finding.severity != "fatal" for finding in findings),
        syntax=document.syntax,
        profile=document.profile,
        findings=tuple(findings),
    )


def judged(document: Detected, *, french: bool | None = None) -> list[Finding]:
    """The findings of a parsed document: what could not be read, what is absent, what is wrong.

    Args:
        document: The document, CII or UBL.
        french: Whether the French rules bind it; by the country of its seller when not said, and
            never in MINIMUM, which is no invoice in French law.
    """
    syntax = UBL if document.syntax == UBL else CII
    result = read_ubl(document.root) if syntax == UBL else read_cii(document.root)
    profile = BY_SPECIFICATION.get(document.specification_id)
    level = profile.level if profile else Level.EN16931
    if french is None:
        french = level > Level.MINIMUM and binds_france(result.invoice)
    case = Case(result.invoice, printed=True, level=level, syntax=syntax)
    findings = [
        *absences(result, document),
        *repeated_totals(result),
        *examine(case, french=french),
        *(spelling(document.xml) if french else ()),
        *(impossible_dates(result) if french and syntax == CII else ()),
    ]
    known = scope(level) | OWN | {"FORMAT"}
    if "BT-2" in unreadable(result):
        # Compared with a date that is there, though it is none.
        known -= {"BR-FR-CO-07"}
    return [
        replace(finding, severity="warning")
        if syntax == UBL and finding.rule in _WARNINGS_OF_UBL
        else finding
        for finding in findings
        if finding.rule in known
    ]


def scope(level: Level) -> frozenset[str]:
    """The rules of :data:`COVERED` that the official sheets of a profile apply.

    EXTENDED replaces the rules of sums by rules with a tolerance (BR-FXEXT-*), which are not
    covered here; the two lowest profiles lack the terms most rules are about.
    """
    match level:
        case Level.MINIMUM:
            return _OF_MINIMUM
        case Level.BASIC_WL:
            return frozenset(rule for rule in COVERED if not _ABOUT_LINES.fullmatch(rule)) - _CODES
        case Level.BASIC:
            return COVERED - {"BR-51", "BR-52"} - _CODES
        case Level.EXTENDED:
            return COVERED - _RELAXED - _CODES
        case _:
            return COVERED
