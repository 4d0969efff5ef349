"""Assets are pinned, name no registry, and only listed files are published."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from echeance.web.vendor import PACKAGES, VendorFinder

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src/echeance/web"
CSS_BUDGET_BYTES = 25_000


def test_the_lock_names_no_registry():
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in lock
    # Sponsors' pages are the only addresses npm writes.
    addresses = set(re.findall(r'https?://([^/"]+)', lock))
    assert addresses <= {"github.com"}
    assert lock.count('"integrity"') == len(json.loads(lock)["packages"]) - 1


def test_every_version_is_exact():
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))

    versions = [
        version
        for group in ("dependencies", "devDependencies", "overrides")
        for version in manifest[group].values()
    ]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions), versions


def test_every_listed_pattern_finds_a_file():
    published = {(storage.prefix, name) for name, storage in VendorFinder().list([])}

    for package in PACKAGES:
        for pattern in package.patterns:
            assert any(
                prefix == package.prefix and Path(name).match(pattern) for prefix, name in published
            ), f"{package.folder}: {pattern}"


def test_a_listed_file_is_found_and_no_other():
    found = finders.find("vendor/htmx/htmx.min.js")

    assert found == str(ROOT / "node_modules/htmx.org/dist/htmx.min.js")
    assert finders.find("vendor/htmx/htmx.js") is None
    assert finders.find("vendor/htmx/../package.json") is None
    assert finders.find("vendor/htmx/htmx.min.js", find_all=True) == [found]


def test_missing_assets_say_what_to_run(settings, tmp_path):
    settings.NODE_MODULES = tmp_path

    errors = VendorFinder().check()

    assert len(errors) == len(PACKAGES)
    assert {error.hint for error in errors} == {"Run « make dev »: it installs the browser assets."}


def test_the_style_sheets_stay_small():
    brotli = pytest.importorskip("brotli")
    sheets = b"".join(file.read_bytes() for file in sorted(WEB.glob("static/echeance/css/*.css")))

    assert len(brotli.compress(sheets)) < CSS_BUDGET_BYTES


def test_every_style_sheet_is_loaded():
    head = (WEB / "templates/web/_head.html").read_text(encoding="utf-8")

    sheets = {file.name for file in WEB.glob("static/echeance/css/*.css")}
    assert set(re.findall(r"css/([\w-]+\.css)", head)) == sheets
