#!/bin/sh
# The suite without browser and slow tier, with branch coverage; on PostgreSQL by « make pg ».
set -eu
cd "$(dirname "$0")/.."
rm -f .coverage .coverage.*
.venv/bin/python -m coverage run -m pytest --nomigrations -m "not browser and not slow" -n 2 -q
.venv/bin/python -m coverage combine -q
.venv/bin/python -m coverage report --skip-covered --fail-under="$(cat tools/coverage_floor)" | tail -12
