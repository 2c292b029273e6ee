# Two commands are enough: `make demo` to see it, `make test` to trust it.
PYTHON ?= python3
UV := .venv/bin/uv
RUN := .venv/bin/

.venv/.ready: pyproject.toml uv.lock
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	test -x $(UV) || .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.13,<0.14"
	UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --frozen --inexact --quiet
	touch .venv/.ready

.PHONY: setup
setup: .venv/.ready
