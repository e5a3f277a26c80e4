# make run    sets up what is missing and serves the application (HOST, PORT)
# make test   sets up what is missing and runs every check and test
# make check  linters, types, import rules, freshness of generated files
# make bench  figures; make peers NFTABLES_SRC=DIR: nftables' own tests; make docs: generated files; make clean
# make soak   two hours of a classroom in ten minutes: joins, leaves, network cuts, kill -9 (ARGS="--minutes 2")
# make live   random labs on this machine's kernel and in the model (N=50, SEED, ARGS=--help)

PYTHON ?= python3
WORKERS ?= 2

PY := .venv/bin/python
NODE := $(PY) hatch_build.py node
LOGS := .make
# Stamps carry the content they stand for, so that a changed file asks for the step again and a touched one does not.
DEPENDENCIES := $(shell sha256sum pyproject.toml | cut -c1-16)
RUNTIME := .venv/.runtime-$(DEPENDENCIES)
DEVELOPMENT := .venv/.development-$(DEPENDENCIES)

# What pyproject.toml asks for its build, and what an editable install adds to that.
BUILD_REQUIRES = import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")
INSTALL_BUILD_REQUIRES = $(PY) -m pip install editables $$($(PY) -c '$(BUILD_REQUIRES)')

# $(call step,WORDS,COMMAND): one line while it runs; what it printed is shown only if it fails.
define step
	@mkdir -p $(LOGS); printf '%-48s' '$(1)'; \
	if { $(2); } >$(LOGS)/$(@F).log 2>&1; then echo ok; else echo failed; cat $(LOGS)/$(@F).log; exit 1; fi
endef

.PHONY: run test check python-check frontend-check unit frontend-test browser docs docs-check lessons-check bench soak live peers clean frontend
.DELETE_ON_ERROR:
.NOTPARALLEL:

run: $(RUNTIME) frontend
	@exec .venv/bin/hookwalk serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

test: check unit frontend-test browser

# --- set-up ----------------------------------------------------------------------------------------------------

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hookwalk needs Python 3.11 or newer: make PYTHON=...")'
	$(call step,Making .venv,tests/provision/venv.sh $(PYTHON) .venv)
	@touch $@

# The front end is a step of its own (below): without build isolation, so that node is unpacked once, not at each install.
$(RUNTIME): .venv/.created
	$(call step,Installing Python packages,$(INSTALL_BUILD_REQUIRES))
	$(call step,Building the front end,$(PY) hatch_build.py)
	$(call step,Installing hookwalk,$(PY) -m pip install --no-build-isolation -e .)
	@touch $@

$(DEVELOPMENT): $(RUNTIME)
	$(call step,Installing the tools for checks and tests,$(PY) -m pip install --no-build-isolation -e .[dev])
	@touch $@

frontend: $(RUNTIME)
	@$(PY) hatch_build.py

# --- checks ----------------------------------------------------------------------------------------------------

check: python-check frontend-check docs-check lessons-check

python-check: $(DEVELOPMENT)
	$(call step,ruff,.venv/bin/ruff check && .venv/bin/ruff format --check)
	$(call step,mypy --strict,.venv/bin/mypy)
	$(call step,import-linter,.venv/bin/lint-imports)

frontend-check: $(DEVELOPMENT) frontend
	$(call step,svelte-check,$(NODE) node_modules/svelte-check/bin/svelte-check --fail-on-warnings)

docs-check: $(DEVELOPMENT)
	$(call step,generated files are fresh,$(PY) docs/generate.py --check)

lessons-check: $(DEVELOPMENT)
	$(call step,lessons keep their promises,.venv/bin/hookwalk lessons check)

# --- tests -----------------------------------------------------------------------------------------------------

unit: $(DEVELOPMENT) frontend
	$(PY) -m pytest --ignore tests/browser -n $(WORKERS)

frontend-test: $(DEVELOPMENT) frontend
	$(NODE) node_modules/vitest/vitest.mjs run --no-color

browser: $(DEVELOPMENT) frontend
	$(call step,A browser for the tests,$(PY) tests/browser/chromium.py)
	$(PY) -m pytest tests/browser --ignore tests/browser/test_lessons.py
	$(PY) -m pytest tests/browser/test_lessons.py -n $(WORKERS)

# --- the rest --------------------------------------------------------------------------------------------------

docs: $(DEVELOPMENT)
	$(PY) docs/generate.py

bench: $(DEVELOPMENT) frontend
	$(PY) -m tests.bench

soak: $(DEVELOPMENT) frontend
	$(PY) -m tests.bench.soak $(ARGS)

live: $(DEVELOPMENT)
	$(PY) -m tests.live $(if $(N),-n $(N)) $(if $(SEED),--seed $(SEED)) $(ARGS)

peers: $(DEVELOPMENT)
	@test -n "$(NFTABLES_SRC)" || { echo "make peers NFTABLES_SRC=DIR (a checkout of nftables' sources)"; exit 2; }
	$(PY) -m tests.peers $(NFTABLES_SRC)

clean:
	rm -rf .venv $(LOGS) static/build static/node_modules
