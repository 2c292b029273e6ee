# Two commands are enough: `make demo` to see it, `make test` to trust it.
PYTHON ?= python3
RUN := .venv/bin/
UV := $(RUN)uv
UV_VERSION := >=0.13,<0.14

# The oldest DuckDB that is supported, in an environment of its own beside .venv.
OLDEST_DUCKDB := 1.5.6
OLDEST := .venv-duckdb-$(OLDEST_DUCKDB)/

# Where `make data` finds the downloaded source files, and where it builds its workspaces.
SOURCES ?= ../shared/data
WORKSPACES ?= data/local
COMPANIES := us_airports detroit_food_safety marketplace ttc medicine_supply boston_animals_and_pests \
  software_help_desk device_recalls

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults parity check bench data golden chromium postgres $(COMPANIES)

help:
	@echo "make setup    make .venv with everything in it (Python 3.11 or newer and a package registry)"
	@echo "make demo     build the demonstration company and serve it; the address is printed"
	@echo "make test     run every test (installs Chromium and PostgreSQL from Debian's packages where missing)"
	@echo "make faults   kill, damage and fill the disk as often as docs/faults.md says (up to an hour)"
	@echo "make parity   compare DuckDB $(OLDEST_DUCKDB) and 2.0, PostgreSQL and plain Polars on many generated definitions (minutes)"
	@echo "make check    format, lint, types, layers, dependencies, spelling, documentation"
	@echo "make bench    measure speed side by side with peers (WHAT=growth: up to 30 million facts)"
	@echo "make data     build the workspaces of real companies in $(WORKSPACES) from $(SOURCES)"
	@echo "make golden   rewrite golden files and generated reference pages; read the diff, then commit"

setup: .venv/.ready

# uv is installed into .venv by pip and is not in the lock, so `--inexact` keeps the sync from removing it.
.venv/.ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Clause9 needs Python 3.11 or newer: make setup PYTHON=python3.11"; exit 1; }
	test -x $(RUN)python || $(PYTHON) -m venv .venv
	test -x $(UV) || $(RUN)python -m pip install --quiet --disable-pip-version-check "uv$(UV_VERSION)"
	UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --inexact --all-extras --quiet --compile-bytecode
	@touch $@

demo: setup
	$(RUN)clause9 demo demo

test: setup chromium postgres
	$(RUN)pytest

faults: setup
	CLAUSE9_FAULTS=full $(RUN)pytest tests/faults

parity: setup postgres $(OLDEST).ready
	CLAUSE9_PARITY=full $(RUN)pytest -p no:randomly tests/expressions tests/reference
	CLAUSE9_PARITY=full $(OLDEST)bin/pytest -p no:randomly tests/expressions tests/reference tests/metrics tests/warehouse

$(OLDEST).ready: pyproject.toml uv.lock .venv/.ready
	UV_PROJECT_ENVIRONMENT=$(OLDEST) UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --all-extras --quiet --python $(RUN)python
	$(UV) pip install --quiet --python $(OLDEST)bin/python "duckdb==$(OLDEST_DUCKDB)"
	$(OLDEST)bin/python -c 'import duckdb, sys; sys.exit(duckdb.__version__ != "$(OLDEST_DUCKDB)")'
	@touch $@

check: setup
	$(RUN)ruff check
	$(RUN)ruff format --check
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)deptry .
	$(RUN)codespell
	$(RUN)pytest -q tests/docs

bench: setup
	$(RUN)python -m benchmarks $(WHAT)

data: $(COMPANIES)

# A workspace is rebuilt from nothing, by the commands a person would type (data/examples/NAME/build.sh).
$(COMPANIES): setup
	@test -d "$(SOURCES)" || { echo "There is no folder $(SOURCES) with the source files: make data SOURCES=FOLDER"; exit 1; }
	mkdir -p $(WORKSPACES)
	rm -rf $(WORKSPACES)/$@
	PATH="$(CURDIR)/.venv/bin:$$PATH" sh data/examples/$@/build.sh "$(SOURCES)" "$(WORKSPACES)/$@"

golden: setup
	$(RUN)pytest --snapshot-update

chromium: setup
	@sh tests/support/chromium.sh

postgres: setup
	@sh tests/support/postgres.sh
