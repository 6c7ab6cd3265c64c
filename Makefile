# Bare `make` lists the targets. Everything is installed into .venv; nothing outside the checkout is touched.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test check conformance run worker bench bench-step bench-peers bench-files fuzz properties chaos format pictures lock

BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
DEMO := var/demo
DEMO_DATABASE := sqlite:///$(DEMO)/banli.db
CONFORMANCE_DATA ?= ../shared/data
# One process for each core, and no more: the databases and the browser need some of it too.
PYTEST := $(BIN)/pytest -q -n auto --dist loadfile

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything into .venv and build the pages (quick when nothing changed)
	@scripts/setup

demo: setup ## the demo organisation, a real year and a running season, in the browser
	@mkdir -p $(DEMO)
	@BANLI_DATABASE_URL=$(DEMO_DATABASE) $(BIN)/banli demo
	@BANLI_DATABASE_URL=$(DEMO_DATABASE) $(BIN)/banli run --host $(HOST) --port $(PORT)

demo-reset: ## forget the demo's data and start afresh
	@rm -rf $(DEMO)
	@$(MAKE) --no-print-directory demo

test: setup ## all tests, on SQLite, on PostgreSQL and in Chromium
	@scripts/test-tools
	@$(PYTEST) --ignore=tests/conformance $(ARGS)

check: setup ## format, types, layers, migrations, diagrams, translations
	@scripts/check

conformance: setup ## the public data sets of DMN and BPMN (CONFORMANCE_DATA)
	@CONFORMANCE_DATA=$(abspath $(CONFORMANCE_DATA)) $(PYTEST) tests/conformance $(ARGS)

run: setup ## serve the pages from BANLI_DATABASE_URL
	@$(BIN)/banli run --host $(HOST) --port $(PORT)

worker: setup ## carry out due jobs of BANLI_DATABASE_URL (any number of hosts)
	@$(BIN)/banli worker

bench: setup ## measure what docs/performance.md promises; log in docs/logs
	@scripts/bench

bench-step: setup ## the durable step against the raw driver and stock SpiffWorkflow; bench/results/step.json
	@$(BIN)/python -m bench.step $(ARGS)

bench-peers: setup ## the same approval of twelve steps with bpmn-engine and django-viewflow, installed into var/peers
	@$(BIN)/python -m bench.peers $(ARGS)

bench-files: setup ## checking 300 files, the start of a simulation (ARGS="--from FOLDER" for more files)
	@$(BIN)/python -m bench.cli $(ARGS)

fuzz: setup ## 2,000 diagrams with something wrong in each, 20,000 expressions (ARGS="--count 20000 --seed 7")
	@$(BIN)/python -m tests.bpmn.fuzzing $(ARGS)
	@$(BIN)/python -m tests.feel.fuzzing $(ARGS)

properties: setup ## random diagrams, expressions and forms, the whole count; log in docs/logs
	@scripts/long-run properties

chaos: setup ## kill the engine in the middle of its work, again and again; log in docs/logs
	@scripts/long-run chaos

format: setup ## format the code and mend what ruff can mend
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

pictures: setup ## take docs/screenshots anew: pages of the demo, and the steps of the journeys
	@$(BIN)/python scripts/pictures.py
	@BANLI_PICTURES=$(CURDIR)/docs/screenshots $(BIN)/pytest -q tests/journey --ignore=tests/journey/test_accessible_pages.py

lock: ## compile requirements/*.in (ARGS=--upgrade for the newest)
	@scripts/lock $(ARGS)
