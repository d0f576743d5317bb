# Two commands do everything on a bare machine: `make reports` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
MOBI ?= ../shared/data/survey/mobi.csv

# One BLAS thread a process: two made small fits many times slower (README, "How long it takes").
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PYTHONHASHSEED := 0

.PHONY: reports test test-all lab check lock clean install demo

reports: install demo
	@$(BIN)/rapport run

demo: install
	@$(BIN)/rapport demo
	@# Real customers beside the made-up ones, where their file is at hand.
	@if [ -f "$(MOBI)" ] && ! cmp -s "$(MOBI)" data/mobi/answers.csv; then cp "$(MOBI)" data/mobi/answers.csv; fi

test: install
	@$(BIN)/python -m tests.needs
	@$(BIN)/python -m pytest -n auto --dist loadfile

test-all: install
	@$(BIN)/python -m tests.needs
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "slow or not slow"

lab: install
	@$(BIN)/jupyter lab --notebook-dir=notebooks

# Everything that a change must pass before it is sent.
check: install
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(MAKE) test

# Pin anew from pyproject.toml; then set the same versions in environment.yml (a test compares them).
lock: install
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade -o requirements.lock

clean:
	@rm -rf .venv reports/* data/harbour data/meridian data/stonegate data/lark data/kestrel data/mobi/answers.csv

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Rapport needs Python 3.11 or later; say which one: make PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv (once, a minute or two) ..."
	@$(PYTHON) -m venv .venv || \
	  { echo "Python cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
