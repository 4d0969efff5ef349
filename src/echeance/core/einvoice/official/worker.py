"""One validating process: JSON lines in, JSON lines out, one Saxon processor, one thread.

Saxon aborts the whole process when threads share it, and expands external entities: hence a
process of its own, and only trees that lxml has already parsed safely are handed to it.

A request is ``{"content": base64, "filename": text}``; the answer is a
:class:`~echeance.core.einvoice.official.verdict.Verdict` as a dictionary. The process ends with
its input.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from typing import Any, Final, cast

from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor, PyXdmNode, PyXsltExecutable

from echeance.core.einvoice.detect import Detected, detect
from echeance.core.einvoice.errors import FileError
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.official.artefacts import ArtefactError, Plan, located, plan
from echeance.core.einvoice.official.verdict import Verdict, not_validated, unopened

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_MAX_FINDINGS: Final = 500
# The profile sheets flag nothing; these two of their rules are warnings in the CEN source.
_WARNINGS: Final = frozenset({"CII-SR-465", "CII-SR-466"})
_NAMESPACE_TEST: Final = re.compile(r"\*:(\w+)\[namespace-uri\(\)='[^']*'\]")


class Validator:
    """Applies schemas and sheets; each is loaded once, on first use."""

    def __init__(self) -> None:
        self._processor = PySaxonProcessor(license=False)
        self._compiler = self._processor.new_xslt30_processor()
        self._schemas: dict[str, etree.XMLSchema] = {}
        self._sheets: dict[str, PyXsltExecutable] = {}

    def validate(self, content: bytes, filename: str) -> Verdict:
        """Judge one file; nothing it contains makes this raise."""
        try:
            document = detect(content, filename)
        except FileError as error:
            return unopened(error)
        chosen = plan(
            document.syntax,
            document.specification_id,
            etree.QName(document.root).localname,
            _seller_country(document),
        )
        try:
            findings = self._judge(document, chosen)
        except ArtefactError as error:
            return not_validated(
                f"Les règles officielles « {error} » sont absentes ou modifiées : réinstallez "
                "les dépendances, puis relancez la validation.",
                syntax=document.syntax,
                profile=document.profile,
            )
        fatal = any(finding.severity == "fatal" for finding in findings)
        if chosen.reason and not fatal:
            return not_validated(chosen.reason, syntax=document.syntax, profile=document.profile)
        return Verdict(
            validated=True,
            valid=not fatal,
            syntax=document.syntax,
            profile=document.profile,
            findings=tuple(findings[:_MAX_FINDINGS]),
        )

    def _judge(self, document: Detected, chosen: Plan) -> list[Finding]:
        if not chosen.schema:
            return []
        findings = self._by_schema(document.root, chosen.schema)
        if findings or not chosen.sheets:
            return findings
        sheets = [self._sheet(name) for name in chosen.sheets]
        text = etree.tostring(document.root, encoding="unicode")
        try:
            node = self._processor.parse_xml(xml_text=text)
        except PySaxonApiError as error:
            return [_engine_failure("saxon", str(error))]
        for name, sheet in zip(chosen.sheets, sheets, strict=True):
            findings += _by_sheet(node, name, sheet)
        return findings

    def _by_schema(self, root: etree._Element, name: str) -> list[Finding]:
        if name not in self._schemas:
            path = located(name)
            try:
                self._schemas[name] = etree.XMLSchema(etree.parse(path))
            except (OSError, etree.LxmlError) as error:
                raise ArtefactError(name) from error
        schema = self._schemas[name]
        schema.validate(root)
        return [
            Finding("XSD", "fatal", f"{entry.path or ''} (ligne {entry.line})", entry.message)
            for entry in cast("Any", schema.error_log)
        ]

    def _sheet(self, name: str) -> PyXsltExecutable:
        if name not in self._sheets:
            path = located(name)
            try:
                self._sheets[name] = self._compiler.compile_stylesheet(stylesheet_file=str(path))
            except PySaxonApiError as error:
                raise ArtefactError(name) from error
        return self._sheets[name]


def _by_sheet(node: PyXdmNode, name: str, sheet: PyXsltExecutable) -> list[Finding]:
    """Apply one sheet. No report is a failure of the document, never a pass."""
    try:
        text = sheet.transform_to_string(xdm_node=node)
    except PySaxonApiError as error:
        return [_engine_failure(name, str(error))]
    if not text:
        return [_engine_failure(name, "aucun rapport")]
    report = etree.fromstring(text.encode())
    if report.find(f"{_SVRL}fired-rule") is None:
        return [_engine_failure(name, "aucune règle appliquée")]
    return [
        _finding(item) for item in report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    ]


def _engine_failure(name: str, reason: str) -> Finding:
    return Finding(
        "MOTEUR",
        "fatal",
        "",
        f"Les règles « {name} » n'ont pas rendu de rapport ({' '.join(reason.split())[:300]}) : "
        "le document est tenu pour invalide.",
    )


def _finding(item: etree._Element) -> Finding:
    rule = item.get("id") or ""
    warning = item.get("flag", "fatal") in {"warning", "information"} or rule in _WARNINGS
    texts = " ".join(str(text) for text in item.itertext())
    return Finding(
        rule=rule or "NON-PRÉVU",
        severity="warning" if warning else "fatal",
        location=_NAMESPACE_TEST.sub(r"\1", item.get("location") or ""),
        message=" ".join(texts.split()),
    )


def _seller_country(document: Detected) -> str:
    if document.syntax == "UBL":
        path = (
            "{*}AccountingSupplierParty/{*}Party/{*}PostalAddress/{*}Country/{*}IdentificationCode"
        )
    else:
        path = (
            "{*}SupplyChainTradeTransaction/{*}ApplicableHeaderTradeAgreement/{*}SellerTradeParty"
            "/{*}PostalTradeAddress/{*}CountryID"
        )
    return (document.root.findtext(path) or "").strip()


def main() -> None:
    """Answer requests until the input ends."""
    # Libraries may print: only answers go to the real standard output.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    validator = Validator()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        verdict = validator.validate(base64.b64decode(request["content"]), request["filename"])
        answers.write(json.dumps(verdict.as_dict()) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
