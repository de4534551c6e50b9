# One target per intent. Nothing has to be installed by hand but Python 3.11 or newer and make.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
BIN := .venv/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.PHONY: setup
setup: .venv/runtime ## Make the virtual environment; the command is then .venv/bin/listingapi

.PHONY: run
run: setup ## Start the product on http://127.0.0.1:8080, with made-up listings if it has none
	@exec $(BIN)/listingapi serve --seed-if-empty

.PHONY: test
test: .venv/dev ## Run all tests
	@tools/servers
	$(BIN)/python -m pytest

.PHONY: soak
soak: .venv/dev ## Kill everything on an event's way 200 times while 50 000 prices are changed, and see that none is lost
	@tools/servers
	$(BIN)/python -m tests.kills.soak --bugs

.PHONY: check
check: .venv/dev ## Run the static checks
	$(BIN)/python tools/check.py

.PHONY: format
format: .venv/dev ## Format the code
	$(BIN)/ruff check --fix --select I src tests tools migrations bench
	$(BIN)/ruff format src tests tools migrations bench

.PHONY: generate
generate: .venv/dev ## Write openapi.json and asyncapi.yaml anew
	$(BIN)/listingapi openapi > openapi.json
	$(BIN)/listingapi asyncapi > asyncapi.yaml

.PHONY: lock
lock: .venv/dev ## Write the lock files anew from pyproject.toml
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/lock

.PHONY: clean
clean: ## Remove the virtual environment; the data stays
	rm -rf .venv

.venv/runtime: requirements/runtime.txt pyproject.toml | .venv/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements/dev.txt .venv/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found on the PATH." >&2; exit 2; }
	@"$(PYTHON)" -m venv .venv || { \
		echo "Python can't make virtual environments here: install its venv package (on Debian: python3-venv)." >&2; \
		rm -rf .venv; exit 2; }
	@touch $@
