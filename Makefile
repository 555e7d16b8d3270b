# What one can do here. `make` lists it.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5000
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
INSTALL := $(PIP) install --no-warn-script-location --require-hashes -r
CATALOGUES := $(wildcard cxboard/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet

export PIP_ROOT_USER_ACTION := ignore
# Compiled once, not anew in every process.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-each races install install-dev browser lint messages lock bench bench-live clean

help: ## List what one can do here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## Install, migrate, fill an empty database with the demo company, and serve (HOST=, PORT=)
	$(BIN)/cxboard serve --demo --host $(HOST) --port $(PORT) $(ARGS)

test: install-dev browser lint ## Run everything, on SQLite and on PostgreSQL, in a real browser too (ARGS="-k board")
	$(BIN)/python -m pytest --database=both --numprocesses=3 $(ARGS)

test-each: install-dev browser lint ## The same, with what asks for pages on PostgreSQL too
	$(BIN)/python -m pytest --database=each --numprocesses=3 $(ARGS)

races: install-dev ## The races between two people, two hundred times each on both databases
	CXBOARD_TEST_ROUNDS=200 $(BIN)/python -m pytest tests/nothing_lost/test_races.py --database=both --numprocesses=2 --dist=worksteal $(ARGS)

install: $(VENV)/installed $(COMPILED)

install-dev: $(VENV)/installed-dev $(COMPILED)

browser: install-dev
	@$(BIN)/python tests/browser/chromium.py

lint: install-dev ## Look for mistakes, and check the types
	$(BIN)/ruff check .
	$(BIN)/mypy

messages: install-dev ## Collect the texts for people, and bring the catalogues up to date
	$(BIN)/pybabel --quiet extract -F pyproject.toml -k _l -k _n:1,2 --sort-by-file --add-location=file --project=cxboard -o $(VENV)/messages.pot .
	test -f cxboard/translations/nl/LC_MESSAGES/messages.po || $(BIN)/pybabel --quiet init -i $(VENV)/messages.pot -d cxboard/translations -l nl
	$(BIN)/pybabel --quiet update -i $(VENV)/messages.pot -d cxboard/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile -d cxboard/translations

lock: ## Resolve the dependencies anew, with hashes (needs uv; ARGS=--upgrade for newer versions)
	$(LOCK) --group build -o runtime.lock $(ARGS)
	$(LOCK) --group dev -c runtime.lock -o dev.lock $(ARGS)

bench: install-dev ## Measure beside the floor
	$(BIN)/python -m bench $(ARGS)

bench-live: install-dev ## Sixty who look on and sixty who change, for two minutes
	$(BIN)/python -m bench.live $(ARGS)

clean: ## Throw away all that was installed or made here, but not the data
	rm -rf $(VENV) dist test-results .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache $(COMPILED)
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cxboard needs Python 3.11 or newer. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || \
		{ echo "Python could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/installed: runtime.lock pyproject.toml | $(VENV)/made
	@echo "Installing what cxboard needs (half a minute, once) …"
	@$(INSTALL) runtime.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: dev.lock $(VENV)/installed
	@echo "Installing what the tests need (a minute or two, once) …"
	@$(INSTALL) dev.lock
	@touch $@

%.mo: %.po | $(VENV)/installed
	@$(BIN)/pybabel --quiet compile -i $< -o $@
