# Everything is installed into .venv of this checkout, at the versions of requirements.lock.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help install demo test lint check diagram bench lock clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@PATH="$$PATH:$(BIN)"; \
	command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv; \
	PATH="$$PATH:$(BIN)"; \
	uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock \
		&& uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

install: .venv/installed ## Install what is needed into .venv

demo: install ## Generate a sample, build the warehouse, show what came out
	@$(BIN)/crm demo

test: install ## Run all tests
	$(BIN)/pytest -n auto

lint: install ## Run the linters
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 models
	$(BIN)/dbt --quiet parse --profiles-dir scripts/lint
	$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml

check: lint test ## What CI runs

diagram: install ## Draw the tables anew, after a change of models
	$(BIN)/crm diagram --svg docs/database-diagram.svg

.venv/bench: requirements-bench.lock .venv/installed
	@PATH="$$PATH:$(BIN)"; \
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-bench.lock
	@touch $@

SIZE ?= small
bench: .venv/bench ## Time it beside its peers and its limits: SIZE=small, medium or large
	$(BIN)/python -m benchmarks --size $(SIZE)

lock: install ## Renew requirements.lock, and requirements-bench.lock with it
	@PATH="$$PATH:$(BIN)"; \
	uv pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes \
		--no-emit-index-url --no-header --upgrade -q -o requirements.lock \
		&& uv pip compile --group pyproject.toml:bench -c requirements.lock --universal --generate-hashes \
		--no-emit-index-url --no-header --upgrade -q -o requirements-bench.lock

clean: ## Remove what make and dbt wrote
	rm -rf .venv target logs demo
