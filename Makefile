# Everything a person or CI runs. Each target works on a fresh machine with Rust, Python 3.11+ and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CARGO_TARGET_DIR ?= target
export CARGO_TARGET_DIR
# One profile and one set of features for the wheel and the tests: nothing compiles twice.
CARGO_WHAT := --release --workspace --features pyo3/extension-module
SOURCES := $(shell find core/build.rs core/src python proto -type f \
	\( -name '*.rs' -o -name '*.py' -o -name '*.pyi' -o -name '*.toml' -o -name '*.proto' -o -name '*.csv' -o -name py.typed \)) \
	Cargo.toml Cargo.lock pyproject.toml README.md

.PHONY: demo test lint rust python bench soak proto proto-image clean

demo: $(VENV)/.wheel
	$(BIN)/loyalty-ledger demo

test: lint rust python

lint: $(VENV)/.tools
	cargo fmt --all --check
	cargo clippy $(CARGO_WHAT) --all-targets -- -D warnings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict python/loyalty_ledger
	$(BIN)/python -m mypy.stubtest loyalty_ledger._core

rust:
	cargo test $(CARGO_WHAT)

python: $(VENV)/.tools
	$(BIN)/pytest tests

bench: $(VENV)/.tools
	mkdir -p $(CARGO_TARGET_DIR)
	$(BIN)/pytest benchmarks --benchmark-only --benchmark-quiet --benchmark-json=$(CARGO_TARGET_DIR)/benchmarks.json
	cargo bench -p loyalty-ledger-core

soak: $(VENV)/.tools
	PROPTEST_CASES=25600 cargo test $(CARGO_WHAT)
	LOYALTY_LEDGER_SOAK=1 $(BIN)/pytest tests

# All that is written from the protos and from the table of codes.
proto: $(VENV)/.tools
	$(BIN)/python tests/tidy/code_table.py
	$(BIN)/buf format --write proto --path proto/loyalty/ledger
	$(BIN)/python tests/tidy/python_stubs.py
	$(BIN)/python tests/tidy/grpc_reference.py

# What clients rely on from now on, and what `make test` lets nobody break: for a release.
proto-image: $(VENV)/.tools
	$(BIN)/buf build proto --exclude-source-info --output proto/loyalty-ledger-v1.binpb

# The environment, then the package in it, then what the tests need beside it.
$(VENV)/.environment: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip 'maturin>=1.16,<2'
	touch $@

$(VENV)/.wheel: $(VENV)/.environment $(SOURCES)
	rm -rf $(CARGO_TARGET_DIR)/wheels
	$(BIN)/maturin build --release --out $(CARGO_TARGET_DIR)/wheels
	$(BIN)/python -m pip install --quiet $(CARGO_TARGET_DIR)/wheels/*.whl
	$(BIN)/python -m pip install --quiet --force-reinstall --no-deps $(CARGO_TARGET_DIR)/wheels/*.whl
	touch $@

$(VENV)/.tools: $(VENV)/.wheel
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

clean:
	rm -rf $(VENV) $(CARGO_TARGET_DIR) .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .cache
