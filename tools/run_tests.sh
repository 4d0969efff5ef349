#!/bin/sh
# The whole suite but the slow tier, with branch coverage; the browser tests run where a Chromium is.
set -eu
cd "$(dirname "$0")/.."
rm -f .coverage .coverage.*
.venv/bin/python -m coverage run -m pytest --nomigrations -m "not slow" -n 2 --durations=10
.venv/bin/python -m coverage combine -q
.venv/bin/python -m coverage report --skip-covered --fail-under="$(cat tools/coverage_floor)" | tail -12
