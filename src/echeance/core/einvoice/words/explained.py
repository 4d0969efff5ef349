"""A finding as a person reads it: what, where, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.words.catalogue import explain
from echeance.core.einvoice.words.places import locate


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """A finding in words.

    Attributes:
        rule: As the engine names it.
        terms: BT and BG numbers: of the rule, else of the place.
        severity: ``fatal`` or ``warning``.
        place_fr: Where, in French; "" for the document as a whole.
        place_en: Where, in English.
        line_index: Rank of the line, from 1; None outside the lines.
        sentence_fr: What is wrong, in French.
        sentence_en: What is wrong, in English.
        todo_fr: What to do now, in French.
        todo_en: What to do now, in English.
        family: Family of the rule.
        page: Its page, below the documentation.
    """

    rule: str
    terms: tuple[str, ...]
    severity: str
    place_fr: str
    place_en: str
    line_index: int | None
    sentence_fr: str
    sentence_en: str
    todo_fr: str
    todo_en: str
    family: str
    page: str


def explained(finding: Finding) -> ExplainedFinding:
    """A finding of either engine in words; never raises, whatever the rule or the location."""
    what, where = explain(finding.rule, finding.message), locate(finding.location)
    return ExplainedFinding(
        rule=finding.rule,
        terms=what.terms or ((where.term,) if where.term else ()),
        severity=finding.severity,
        place_fr=where.text_fr,
        place_en=where.text_en,
        line_index=where.line_index,
        sentence_fr=what.sentence_fr,
        sentence_en=what.sentence_en,
        todo_fr=what.todo_fr,
        todo_en=what.todo_en,
        family=what.family,
        page=what.page,
    )
