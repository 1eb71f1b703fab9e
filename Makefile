# Two commands on a fresh machine: `make demo` and `make test`. Both make .venv first if it is missing.
# Another Python: make PYTHON=python3.12 demo

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin

# Without bytecode every process compiles seaborn and its like again: 5 s of CPU each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow lint bench bench-kpis lock clean

help:
	@echo "make demo       sample client -> full report"
	@echo "make test       all tests but the slow ones"
	@echo "make test-slow  the slow ones: simulations with known truth"
	@echo "make lint       ruff and mypy"
	@echo "make bench      what one report costs in seconds and memory"
	@echo "make bench-kpis what the KPI measures cost against hand-written SQL"
	@echo "make lock       compile the lock files again (newer versions: make lock ARGS=--upgrade)"
	@echo "make clean      remove caches and built packages; .venv stays"

setup:
	@$(PYTHON) tools/setup_env.py

demo: setup
	@$(BIN)/kpikit demo

# One BLAS thread for each test process: together they fill the machine as it is.
test: export OPENBLAS_NUM_THREADS = 1
test: setup
	@$(BIN)/pytest -m "not slow" -n $(JOBS) $(ARGS)

test-slow: export OPENBLAS_NUM_THREADS = 1
test-slow: setup
	@$(BIN)/pytest -m slow -n $(JOBS) $(ARGS)

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: setup
	@$(BIN)/python benchmarks/report_cost.py $(ARGS)

bench-kpis: setup
	@$(BIN)/python benchmarks/kpi_engine.py --activities 1000000 $(ARGS)

# conda's lock is the hashed one without its hashes, so the versions cannot differ. Spark has a lock of
# its own: it is larger than everything else together, and only its own tests need it.
lock: setup
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" --quiet $(ARGS) -o requirements.lock
	@sed -e '1s/.*/# Written by "make lock": requirements.lock without its hashes, for conda./' -e 2d \
	  -e '/^ *--hash=/d' -e 's/ *\\$$//' requirements.lock > requirements-conda.lock
	@echo 'pyspark==4.0.*' | $(BIN)/uv pip compile - --universal --python-version 3.11 \
	  --generate-hashes --custom-compile-command "make lock" --quiet $(ARGS) -o requirements-spark.lock

clean:
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find kpikit tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
