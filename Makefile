# Everything a person or the build machine runs is a target here.
PY := .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help install install-dev run test lint format bench pictures migrate demo verify lock audit compose-secrets clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1 - /'

install: ## make .venv with what running needs
	@requirements/install.sh run

install-dev: ## make .venv with what testing and developing need as well
	@requirements/install.sh dev

run: install ## start the whole suite on this machine, with the demo clinic
	@exec $(PY) -m suite run

test: install-dev ## run every test, on a throw-away PostgreSQL
	$(PY) -m pytest -n auto --dist loadfile $(ARGS)

lint: install-dev ## formatting, lint rules, types, layers, security rules
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m bandit --quiet --recursive -c pyproject.toml --severity-level medium --confidence-level medium \
		shared services suite

format: install-dev ## let ruff put the code into shape
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

audit: install-dev ## look for known holes in the locked packages (needs the internet)
	$(PY) -m pip_audit --strict --require-hashes --disable-pip -r requirements/run.txt

bench: install-dev ## measure this machine and print the ratios
	$(PY) -m benchmarks $(ARGS)

pictures: install-dev ## take the screenshots of README and docs anew (needs chromium)
	$(PY) -m docs.take_pictures

migrate: install ## bring the databases to the newest schema, without starting the services
	$(PY) -m suite migrate

demo: install ## load the demo clinic into empty databases
	$(PY) -m suite demo

verify: install ## check every invariant over the three databases
	$(PY) -m suite verify

lock: install-dev ## write requirements/*.txt anew from pyproject.toml
	@$(PY) -m pip install --quiet --no-deps --require-hashes -r requirements/uv.txt
	UPGRADE=$(UPGRADE) requirements/lock.sh

compose-secrets: ## make the secret files that docker-compose.yml reads
	@deploy/compose-secrets.sh

clean: ## remove .venv and caches; the data under var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
