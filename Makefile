# Two commands do everything: make demo (the assistant's day) and make test (every check).
PY := .venv/bin/python
SERVE ?= 1
export PYTHONPATH := src
unexport VIRTUAL_ENV

.PHONY: dev assets demo run test test-fast test-slow fuzz pg browser lint types check fix docs bench lock \
  screenshots messages clean

## environment

.venv/.installed: requirements-dev.lock requirements-data.lock
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus récent est nécessaire.")'
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-data.lock
	$(PY) tools/link.py
	touch $@

node_modules/.installed: package-lock.json tools/assets.py .venv/.installed
	$(PY) tools/assets.py
	touch $@

# The English catalogue; without it everything is said in French.
CATALOGUE := src/echeance/locale/en/LC_MESSAGES/django

$(CATALOGUE).mo: $(CATALOGUE).po tools/messages.py .venv/.installed
	$(PY) tools/messages.py compile

dev: .venv/.installed node_modules/.installed $(CATALOGUE).mo
assets: node_modules/.installed

messages: .venv/.installed
	$(PY) tools/messages.py

lock:
	$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 \
	  --no-annotate --custom-compile-command "make lock" --all-extras -o requirements-dev.lock --quiet
	! grep -nE 'https?://|file:|git\+' requirements-dev.lock

## the product

demo: dev
	$(PY) -m echeance practice demo $(if $(filter 0,$(SERVE)),,--serve)

run: dev
	$(PY) -m echeance serve

## what CI runs

test: dev lint types
	$(PY) -m pytest --nomigrations -m "not slow" -n 2 --durations=10

test-fast: dev
	$(PY) -m pytest --nomigrations -m "not slow and not browser" -n 2 -q

test-slow: dev
	$(PY) -m pytest --nomigrations -m "slow" -n 2 -q --durations=10

# Guided by coverage; atheris is for Linux on x86-64 only, elsewhere the tests alone fuzz.
SECONDS ?= 30
fuzz: dev
	@if $(PY) -c "import atheris" 2>/dev/null; then mkdir -p var/fuzz/corpus; \
	PYTHONPATH=src:tests $(PY) tests/fuzz/fuzz_einvoice.py -max_total_time=$(SECONDS) \
	  -rss_limit_mb=2048 -timeout=30 -artifact_prefix=var/fuzz/ -len_control=0 -max_len=2048 \
	  -verbosity=0 -print_final_stats=1 var/fuzz/corpus; \
	else echo "atheris n'est pas installé : make fuzz ne tourne que sous Linux x86-64"; fi

browser: dev
	$(PY) -m pytest --nomigrations -m "browser" -q --durations=10

pg: dev
	$(PY) tools/pg.py tools/run_tests.sh

lint: dev
	.venv/bin/ruff format --check -q .
	.venv/bin/ruff check -q .
	.venv/bin/lint-imports > .imports.log || (cat .imports.log; false)
	$(PY) tools/tidy.py
	! grep -nE 'https?://|file:|git\+' requirements-dev.lock

types: dev
	.venv/bin/mypy

check: test docs pg

fix: dev
	.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .

docs: dev
	$(PY) -m tools.reference
	.venv/bin/sphinx-build -W --keep-going -q -b html docs docs/_build/html

screenshots: dev
	$(PY) -m tools.screenshots

bench: dev
	$(PY) -m bench

clean:
	rm -rf .venv node_modules var docs/_build staticfiles
