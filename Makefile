# One target per intent. Nothing has to be installed by hand but Python 3.11 or newer and make.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
BIN := .venv/bin
NPM := $(BIN)/python tools/npm.py
# More than there are cores: tests often wait. Each has a PostgreSQL of its own, and what else its tests ask for.
TEST_PROCESSES ?= 3

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.PHONY: setup
setup: .venv/runtime web/dist/index.html ## Make the virtual environment and the web app; the command is then .venv/bin/listingapi

.PHONY: run
run: setup ## Start the product on http://127.0.0.1:8080, with made-up listings if it has none
	@exec $(BIN)/listingapi serve --seed-if-empty

.PHONY: web
web: web/dist/index.html ## Build the web app, if it was changed

.PHONY: test
test: .venv/dev web ## Run all tests
	@tools/servers
	$(NPM) test
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

.PHONY: screenshots
screenshots: .venv/dev web ## Take the pictures of docs/screenshots anew: each page, light and dark, on a phone and on a desk
	@tools/servers chromium
	@$(BIN)/python -m tests.browser.screenshots

.PHONY: soak
soak: .venv/dev ## Kill everything on an event's way 200 times while 50 000 prices are changed, and see that none is lost
	@tools/servers
	$(BIN)/python -m tests.kills.soak --bugs

.PHONY: freshness
freshness: .venv/dev ## Read a million times while prices change and Redis is killed and frozen, and see that nobody reads what is too old
	@tools/servers
	@$(BIN)/python -m tests.faults.freshness $(ARGS)

.PHONY: bench
bench: .venv/dev .venv-bench/peers ## Measure beside peers and limits; OPTIONS=--help says how, OPTIONS=--quick tries it
	@tools/servers wrk nginx redis-server
	@$(BIN)/python -m bench.ratios $(OPTIONS)

.PHONY: stack
stack: .venv/dev ## Run the production shape on this machine, nginx on http://127.0.0.1:8080 (ARGS="--data-dir DIR" keeps its data)
	@tools/servers
	@exec $(BIN)/python -m deploy.stack $(ARGS)

.PHONY: rolling
rolling: .venv/dev ## Restart the servers of that ten times under 500 requests a second, and see that none is lost
	@tools/servers
	@exec $(BIN)/python -m deploy.stack.rolling $(ARGS)

.PHONY: check
check: .venv/dev web/node_modules/.installed ## Run the static checks
	$(BIN)/python tools/check.py

.PHONY: format
format: .venv/dev web/node_modules/.installed ## Format the code
	$(BIN)/ruff check --fix --select I src tests tools migrations bench deploy
	$(BIN)/ruff format src tests tools migrations bench deploy
	$(NPM) run format

.PHONY: generate
generate: .venv/dev web/node_modules/.installed ## Write openapi.json, asyncapi.yaml and the web app's types anew
	$(BIN)/listingapi openapi > openapi.json
	$(BIN)/listingapi asyncapi > asyncapi.yaml
	$(NPM) run client-types

.PHONY: lock
lock: .venv/dev ## Write the lock files anew
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/lock

.PHONY: clean
clean: ## Remove the virtual environments and what was built; the data stays
	rm -rf .venv .venv-bench web/node_modules web/dist

.venv/runtime: requirements/runtime.txt pyproject.toml | .venv/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements/dev.txt .venv/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.venv-bench/peers: requirements/bench.txt | .venv/python
	@$(BIN)/python -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# Node.js comes from a wheel, so that none has to be installed.
.venv/node: requirements/web.txt | .venv/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/web.txt
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json web/.npmrc .venv/node
	@$(NPM) ci --no-progress --loglevel=error
	@touch $@

web/dist/index.html: $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print) \
		web/node_modules/.installed
	@$(NPM) run build --silent

.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found on the PATH." >&2; exit 2; }
	@"$(PYTHON)" -m venv .venv || { \
		echo "Python can't make virtual environments here: install its venv package (on Debian: python3-venv)." >&2; \
		rm -rf .venv; exit 2; }
	@touch $@
