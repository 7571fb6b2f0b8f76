# Everything here works on a bare machine: a Python >= 3.11, make and pip. The environment is .venv, made on demand
# and remade when pyproject.toml changes.

VENV := .venv
PY := $(VENV)/bin/python
CORE := $(VENV)/.stamp-core
DEV := $(VENV)/.stamp-dev
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# The first Python that is new enough; `make PYTHON=/path/to/python ...` names another one.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$p" -c '$(IS_NEW_ENOUGH)' 2>/dev/null && { echo "$$p"; break; }; done)

.PHONY: help demo test check lint types contracts quick format docs wheel bench clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:
	@echo "make demo    scan fixtures/captured_fold"
	@echo "make test    run all tests"
	@echo "make check   the quick loop: lint, types, contracts, quick tests"
	@echo "make format  put the code into shape"
	@echo "make docs    write what is generated: docs/codes and the JSON schema of the configuration"
	@echo "make wheel   build the wheel and try it in an environment of its own"
	@echo "make bench   measure speed and size: make bench BENCH='--tree PATH --second PATH', or BENCH=--quick"
	@echo "make clean   remove what the above made"

# Findings are what the demo is about, so they do not fail it.
demo: $(CORE)
	$(PY) -m seamcheck scan fixtures/captured_fold --exit-zero

test: $(DEV)
	$(PY) -m pytest

check: lint types contracts quick

lint: $(DEV)
	$(PY) -m ruff check
	$(PY) -m ruff format --check

types: $(DEV)
	$(PY) -m mypy

contracts: $(DEV)
	$(VENV)/bin/lint-imports

quick: $(DEV)
	$(PY) -m pytest -q -m "not slow"

format: $(DEV)
	$(PY) -m ruff check --fix --exit-zero
	$(PY) -m ruff format

# Both are committed, and tests fail where they say something else than their sources.
docs: $(CORE)
	$(PY) -m seamcheck config schema > src/seamcheck/config/.schema.new
	mv src/seamcheck/config/.schema.new src/seamcheck/config/seamcheck.schema.json
	mkdir -p docs/codes
	$(PY) -m seamcheck rules pages docs/codes

# What an installed seamcheck has, a checkout cannot show: the rules must be inside the package.
wheel: $(DEV)
	rm -rf build/wheel && mkdir -p build/wheel
	$(PIP) wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	$(PY) -m venv --without-pip build/wheel/venv
	$(PIP) --python build/wheel/venv/bin/python install --quiet --disable-pip-version-check build/wheel/*.whl
	cd build/wheel && venv/bin/seamcheck --version && venv/bin/seamcheck rules > rules.txt && grep -q lightgbm rules.txt

# Trees come as arguments or as SEAMCHECK_BENCH_TREE and SEAMCHECK_BENCH_SECOND; writes bench/RESULTS.md.
bench: $(DEV)
	$(PY) -m bench $(BENCH)

$(PY):
	@test -n "$(PYTHON)" || { echo "seamcheck needs Python 3.11 or newer; name one with make PYTHON=..." >&2; exit 1; }
	@rm -f $(CORE) $(DEV)
	"$(PYTHON)" -m venv $(VENV) >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear --without-pip $(VENV)

# Some systems ship venv without pip inside; then the pip outside fills the environment.
PIP = $(shell $(PY) -m pip --version >/dev/null 2>&1 && echo "$(PY) -m pip" || echo "$(PYTHON) -m pip --python $(PY)")

$(CORE): pyproject.toml | $(PY)
	@echo "setting up $(VENV) ..."
	@$(PIP) install --quiet --disable-pip-version-check -e .
	@touch $@

$(DEV): pyproject.toml | $(PY)
	@echo "setting up $(VENV) for development ..."
	@$(PIP) install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(CORE)

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .seamcheck_cache
