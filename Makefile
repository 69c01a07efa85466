# make app: the web app. make test: the tests. make check: everything a change must pass.
PYTHON ?= python3.11
BIN := .venv/bin
# Small models run faster with one thread each than when they fight for two cores.
export OMP_NUM_THREADS ?= 1

.PHONY: app test slow lint check figures clean

app: .venv/app.stamp
	$(BIN)/python app.py

test: .venv/dev.stamp
	$(BIN)/python -m pytest

# Tests that take minutes, and those that read data beside the project (skipped where it is absent).
# pytest ends with 5 where no test is marked: that is no failure.
slow: .venv/dev.stamp
	$(BIN)/python -m pytest -m "slow or data" || [ $$? -eq 5 ]

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile deploy/xtts/Dockerfile
	$(BIN)/shellcheck .ci/run

check: lint test slow

# The README's figures, from the model cards and docs/reports.
figures: .venv/dev.stamp
	$(BIN)/python -m signbridge.evaluation.tables

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

.venv/app.stamp: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -r requirements.txt
	touch $@

# One command for both files: a second step could upgrade protobuf, which breaks MediaPipe.
.venv/dev.stamp: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -r requirements.txt -r requirements-dev.txt
	touch $@ .venv/app.stamp
