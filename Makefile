# Keepwarm's commands. A bare `make` lists them.
# Everything runs in .venv, installed from the hash-checked lock; python3 (3.11 or newer, with venv) and make are all that must be there.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
# One more than there are cores: while a test waits for a server, a timer or a process, another one runs.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
EXAMPLES ?= 100
ARGS ?=

export PYTHONUNBUFFERED := 1
unexport PYTHONDONTWRITEBYTECODE # without its caches every start of the tests costs seconds more

.PHONY: help install run test test-fast coverage crash attack bench verifier clients api-lint generators fuzz check lint types contract openapi lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(DEV) ## Install the locked packages into .venv (the other commands do it when needed)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Keepwarm needs Python 3.11 or newer; name one: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

# The service alone needs a third of what its tests and checks need, so that the first `make run` is quick.
$(RUN) $(DEV): $(VENV)/.installed-%: .lock/%.txt pyproject.toml | $(BIN)/python
	$(PIP) install -qq --require-hashes -r $<
	@touch $@

run: $(RUN) ## Run the service with demo data on an embedded database (KEEPWARM_PORT=9000 make run)
	KEEPWARM_DEMO=$${KEEPWARM_DEMO:-true} KEEPWARM_LOG_FORMAT=$${KEEPWARM_LOG_FORMAT:-text} $(BIN)/python -m app serve

test: $(DEV) ## Run the tests on SQLite and on PostgreSQL (ARGS="-k words", WORKERS=0, KEEPWARM_TEST_MATRIX=full for every case)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-fast: $(DEV) ## Run what needs no database, and one quick test of each other file on SQLite
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "unit or smoke" $(ARGS)

verifier: ## Get the npm package that one test verifies deliveries with (needs node and npm; without it the test is skipped)
	cd tests/webhooks/node && npm ci --no-audit --no-fund

clients: ## Get the linters of the document and the generators of clients (needs node and npm; without them their tests are skipped)
	cd tests/clients && npm ci --no-audit --no-fund --ignore-scripts
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/python -m pip --disable-pip-version-check install -qq --require-hashes -r .lock/clients.txt

attack: $(DEV) ## Flood, post to and stay silent at a running service, as strangers do (ARGS="--seconds 20"); takes a while
	$(BIN)/python -m tests.attack.strangers --database sqlite $(ARGS)
	$(BIN)/python -m tests.attack.strangers --database postgresql $(ARGS)
	$(BIN)/python -m tests.attack.neighbours --database sqlite
	$(BIN)/python -m tests.attack.neighbours --database postgresql

api-lint: $(DEV) ## Lint the OpenAPI document with Redocly and Spectral (after `make clients`)
	$(BIN)/python -m pytest -n 0 tests/clients/test_lints.py

generators: $(DEV) ## Generate clients for Python and TypeScript and use them (after `make clients`)
	$(BIN)/python -m pytest -n 0 tests/clients/test_generated.py

fuzz: $(DEV) ## Send generated requests to every operation and check every answer (EXAMPLES=200, SEED=7); takes a while
	$(BIN)/python -m tests.fuzz --examples $(EXAMPLES) $(if $(SEED),--seed $(SEED))

crash: $(DEV) ## Kill processes 200 times under 100,000 writes on each database (ARGS="--kills 20 --writes 5000"); takes a while
	$(BIN)/python -m tests.crash --database sqlite $(ARGS)
	$(BIN)/python -m tests.crash --database postgresql $(ARGS)

bench: $(DEV) ## Measure the service beside its baseline (ARGS="write --runs 5"); takes a while
	$(BIN)/python -m tests.bench $(ARGS)

lint: $(DEV) ## Check the form, the lint and the floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(DEV) ## Check the types
	$(BIN)/mypy

contract: $(DEV) ## Check that openapi/ holds what the service serves
	$(BIN)/python -m app openapi --check

coverage: $(DEV) ## Run every test and print what of app/ they reach; at least 95 % of lines and branches
	rm -rf .coverage && mkdir .coverage
	COVERAGE_DIR=$(CURDIR)/.coverage $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)
	$(BIN)/python -m tests.coverage .coverage

check: lint types contract coverage ## Everything CI checks

openapi: $(DEV) ## Write the OpenAPI document the service would serve
	$(BIN)/python -m app openapi

lock: $(DEV) ## Choose the newest packages again and write them to .lock/
	$(PIP) install -qq uv
	cd .lock && $(LOCK) ../pyproject.toml -o run.txt
	cd .lock && $(LOCK) ../pyproject.toml --group ../pyproject.toml:dev -c run.txt -o dev.txt
	cd .lock && $(LOCK) --group ../pyproject.toml:clients -o clients.txt
	cd .lock && $(LOCK) --group ../pyproject.toml:build -c dev.txt -o build.txt

LOCK = ../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header

clean: ## Remove .venv and everything made by tools
	rm -rf $(VENV) .venv-clients .coverage build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	find app migrations tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
