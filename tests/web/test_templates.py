"""Templates obey the content policy: no inline script or style, nothing that htmx would evaluate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src/echeance"
TEMPLATES = sorted(SOURCE.glob("*/templates/**/*.html"))
FORBIDDEN = {
    "inline style": re.compile(r"<style|\sstyle="),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:"),
    "evaluated by htmx": re.compile(r"hx-on|hx-\w+=['\"]js:|hx-trigger=\"[^\"]*\["),
    "unsafe text": re.compile(r"\|\s*safe\b|autoescape\s+off"),
    "amount outside the money filter": re.compile(r"\|\s*(floatformat|intcomma)"),
    "no-break entity in an attribute": re.compile(r'="[^"]*&nbsp;[^"]*"'),
}


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_templates_are_free_of(reason):
    found = [
        f"{file.relative_to(SOURCE)}:{number}"
        for file in TEMPLATES
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[reason].search(line)
    ]

    assert found == []


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 30


def test_every_form_that_posts_carries_its_token():
    missing = [
        str(file.relative_to(SOURCE))
        for file in TEMPLATES
        for form in re.findall(r'<form[^>]*method="post".*?</form>', file.read_text(), re.DOTALL)
        if "csrf_token" not in form
    ]

    assert missing == []
