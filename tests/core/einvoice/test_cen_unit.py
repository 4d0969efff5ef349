"""Every unit test of the CEN rules, against the official sheets: what fires is what must.

This proves the harness: the native engine is then held to the same fragments.
"""

from __future__ import annotations

import pytest

from core.einvoice.harness import Sheets, fragments, needs_data

# Rules whose test the sheet itself does not follow, with the reason.
EXCEPTIONS: dict[str, str] = {}


@pytest.fixture(scope="module")
def sheets():
    running = Sheets()
    yield running
    running.close()


@needs_data
def test_every_unit_test_agrees_with_the_official_sheet(sheets):
    cases = fragments()
    files: dict[str, list[str]] = {}
    for case in cases:
        if case.path not in files:
            files[case.path] = sheets.fired(case.content, case.syntax)

    differing = {
        f"{case.path} {case.rule}"
        for case in cases
        if (case.rule in files[case.path]) is not case.fires
    }

    assert len(files) == 1140
    assert differing == set(EXCEPTIONS)
