# 安责 Anze. Every target that people use has a line after ##, which `make help` prints.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
UV_PIP_COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install everything into .venv from the hashed lock; then .venv/bin/anze works
	@tools/setup.sh

.PHONY: up
up: setup ## set up and run the whole system, play the story, stay until Ctrl-C; a second run starts warm
	@.venv/bin/anze up --under-make $(ARGS)

.PHONY: story
story: setup ## play the story on a fresh data folder; exits 0 or says which step failed
	@.venv/bin/anze story --under-make

.PHONY: test
test: setup ## all tests, against a private PostgreSQL and nats-server on free ports
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)

.PHONY: check
check: setup ## lint, format, types, rooms, dependencies, conformance, documents and contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	$(PY) -m tools.rooms
	$(PY) -m deptry .
	$(PY) -m tools.conformance --check --static
	$(PY) -m tools.documents --check
	$(PY) -m tools.vendor --check
	$(PY) -m tools.nats_config --check

.PHONY: bench
bench: setup ## ratios against bare baselines; prints a table and writes build/bench.json
	@$(PY) -m bench $(ARGS)

.PHONY: mutants
mutants: setup ## break the code on purpose and show that tests notice
	@$(PY) -m tools.mutants $(ARGS)

.PHONY: chaos
chaos: setup ## kill, stop and poison with many seeds instead of one
	@ANZE_CHAOS_SEEDS=$${ANZE_CHAOS_SEEDS:-20} $(PY) -m pytest tests/chaos -o faulthandler_timeout=900 $(ARGS)

.PHONY: lock
lock: ## resolve the dependencies of pyproject.toml again (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(UV_PIP_COMPILE) --extra embedded --group dev pyproject.toml -o requirements-dev.lock
	$(UV_PIP_COMPILE) --extra embedded -c requirements-dev.lock pyproject.toml -o requirements.lock

.PHONY: clean
clean: ## remove caches, build output and the data folder in this checkout, unless it is in use; keeps .venv
	@$${PYTHON:-python3} tools/clean.py
