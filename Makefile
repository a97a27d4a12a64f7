# `make` alone prints this list: each target has its sentence after `##`.
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
CATALOGS := $(wildcard astreinte/locale/*/LC_MESSAGES/*.po)
.DEFAULT_GOAL := help
.PHONY: help up test story check fix docs bench score lock install install-dev clean
.DELETE_ON_ERROR:

help:  ## Print this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

up: install  ## Start everything on http://127.0.0.1:8000; PORT=, DATA=, CONFIG=provider.yaml change the defaults.
	@exec $(BIN)/astreinte up $(if $(PORT),--port "$(PORT)") $(if $(DATA),--data "$(DATA)") $(if $(CONFIG),--config "$(CONFIG)")

test: install-dev  ## Check and test everything, on SQLite and on PostgreSQL; T=path runs those tests alone.
	@$(PY) -m devtools.suite $(T)

story: install-dev  ## Tell one story line by line: S=open_ticket.
	@$(PY) -m pytest --no-header -p no:randomly -q -s -v tests/stories/test_$(or $(S),$(error say which story: make story S=open_ticket)).py

check: install-dev  ## Run what a machine can check: format, lint, house rules, types, contracts, migrations, messages.
	@$(PY) -m devtools.checks

fix: install-dev  ## Mend what a machine can mend: lint, format, message catalogs.
	-@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .
	@$(PY) -m devtools.messages extract

docs: install-dev  ## Generate the pages that are made from the code.
	@$(PY) -m devtools.docs

bench: install-dev  ## Measure what the product promises about time.
	@$(PY) -m devtools.bench

score: install-dev  ## Score the coverage advice on labelled scenarios; F=file.jsonl scores others.
	@$(PY) -m devtools.score $(F)

lock: install-dev  ## Resolve requirements/*.in again: hashes, no addresses.
	@for name in tools runtime dev; do \
	  (cd requirements && ../$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate \
	    --python-version 3.11 $$name.in --output-file $$name.txt) || exit 1; done

install: $(VENV)/.runtime $(VENV)/.project $(VENV)/.messages $(VENV)/.system  ## Install what `make up` needs.

install-dev: install $(VENV)/.dev $(VENV)/.system-dev  ## Install what `make test` needs.

clean:  ## Remove the environment and what the tools left; the data in var/ stays.
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find astreinte devtools tests -name __pycache__ -prune -exec rm -rf {} +

# What is done once is stamped: the second `make up` goes straight to work.
$(VENV)/.created:
	@python=$$(devtools/setup/find-python) && echo "Making $(VENV) with $$python" && "$$python" -m venv $(VENV)
	@touch $@

$(VENV)/.tools: requirements/tools.txt $(VENV)/.created
	@$(PY) devtools/setup/environment.py tools
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt $(VENV)/.tools
	@$(PY) devtools/setup/environment.py runtime
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@$(PY) devtools/setup/environment.py dev
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.tools
	@$(PY) devtools/setup/environment.py project
	@touch $@

$(VENV)/.messages: $(CATALOGS) $(VENV)/.runtime
	@$(PY) -m devtools.messages compile
	@touch $@

# Only a PDF needs these: without them the desk starts, and the sentence is said again next time.
$(VENV)/.system: devtools/setup/system.py | $(VENV)/.created
	@if $(PY) devtools/setup/system.py runtime; then touch $@; fi

$(VENV)/.system-dev: devtools/setup/system.py $(VENV)/.dev
	@if $(PY) devtools/setup/system.py dev; then touch $@; fi
