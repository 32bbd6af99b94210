# A newcomer needs two commands: `make demo` and `make test`. Each sets up all that it needs, `.venv` included, and is quick the
# second time. The machine's own pip settings (pip.conf, PIP_*) are used as they are.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
EXTRAS := specialists evals
export NO_MKDOCS_2_WARNING := 1
# Two tiers: what is marked slow is left to the second. Whole files go to a worker, those with the most tests first: tests of one file
# share what is dear to set up (a service, a trained specialist), and some go on where the one before stopped, so that --dist worksteal
# would set it up twice and tear those apart. It has little to win: in a run of 1,363 s two workers had 2,614 s of tests and 80 s of
# collecting, which leaves 16 s in which one of them had nothing to do.
TESTS := $(BIN)/pytest -n 2 --dist loadfile
FAST := -m "not slow"
SLOW := -m slow

.DEFAULT_GOAL := help
OLD ?= HEAD
SHOW ?= 3
.PHONY: help demo demo-train test test-all coverage bare test-service unit parity format lint types layers docs reference lock clean

help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/core.stamp  ## From nothing to answers whose figures are checked against the known truth
	$(BIN)/python -m finfoundry.demo

demo-train: $(VENV)/train.stamp  ## Tune a small model on generated data, serve it, prove it against its base, promote it, take it back
	$(BIN)/python -m finfoundry.demo.training

test: $(VENV)/dev.stamp  ## The fast tier: style, types, layers, documentation, and every test that is not marked slow
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check
	$(BIN)/mkdocs build --strict --quiet
	$(TESTS) $(FAST)

test-all: test  ## Everything that must hold: the fast tier, and then the tests that are marked slow
	$(TESTS) $(SLOW)

coverage: $(VENV)/dev.stamp  ## Which lines no test of both tiers runs; counting them doubles the time of the tests, so `make test` does not
	$(TESTS) --cov --cov-report=term:skip-covered

bare:  ## Both commands of the README, `demo` and `test`, in a fresh clone with fonts, browsers and PostgreSQL of the machine hidden by mounts
	.ci/bare

test-service: $(VENV)/dev.stamp  ## The service in full: clients, browser, contract suite, 10,000 requests made up, 10,000 of each pair of users
	FINFOUNDRY_FUZZ=240 $(BIN)/pytest tests/server tests/operations
	$(BIN)/python benchmarks/service.py fuzz
	$(BIN)/python benchmarks/service.py pairs

unit: $(VENV)/dev.stamp  ## The tests alone; choose with ARGS="tests/core -k period"
	$(BIN)/pytest $(ARGS)

parity: $(VENV)/dev.stamp  ## Ask every question of the tree at OLD=<revision> and here, and show by suite what is answered otherwise
	cd benchmarks && ../$(BIN)/python -m parity against $(OLD) --show $(SHOW) $(ARGS)

format: $(VENV)/dev.stamp  ## Put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/dev.stamp  ## Style only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp  ## Types only
	$(BIN)/mypy

layers: $(VENV)/dev.stamp  ## Who imports whom
	$(BIN)/lint-imports

reference: $(VENV)/dev.stamp  ## Write docs/commands.md and docs/schemas from the code
	$(BIN)/python -m docs.generate

docs: $(VENV)/dev.stamp reference  ## Build the documentation into site/
	$(BIN)/mkdocs build --strict

lock: $(VENV)/dev.stamp  ## Resolve the dependencies again, into requirements/ (run with the oldest Python to serve)
	$(COMPILE) --generate-hashes --upgrade -o requirements/core.lock pyproject.toml
	$(COMPILE) --generate-hashes --upgrade --only-build-deps --build-deps-for editable -c requirements/core.lock -o requirements/build.lock pyproject.toml
	$(COMPILE) --generate-hashes --upgrade --allow-unsafe --extra dev --extra docs -c requirements/core.lock -c requirements/build.lock -o requirements/dev.lock pyproject.toml
	for extra in $(EXTRAS); do \
		$(COMPILE) --generate-hashes --upgrade --extra $$extra -c requirements/core.lock -o requirements/$$extra.lock pyproject.toml || exit 1; done
	$(COMPILE) --generate-hashes --upgrade --extra train -c requirements/core.lock -c requirements/train.in -o requirements/train.lock pyproject.toml
	sed -i.bak '/^torch==/,/^[^ ]/{/^torch==/d;/^ /d;}' requirements/train.lock && rm requirements/train.lock.bak  # see requirements/train.in

clean:  ## Remove the environment and everything that can be made again
	rm -rf $(VENV) site .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A Python without its venv package (Debian splits it off) still makes an environment with the pip that it has.
$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install pip; } \
		|| { rm -rf $(VENV); echo "This Python can make no environment: install its venv package (Debian: python3.11-venv) and try again." >&2; exit 1; }

# The locks name everything, so pip adds nothing to them: left to itself, an older pip takes the newest release of a package that
# another asks for with an extra (coverage[toml]), finds no hash for it, and stops.
$(VENV)/core.stamp: $(VENV)/pyvenv.cfg requirements/core.lock requirements/build.lock pyproject.toml
	$(BIN)/python -m pip install --no-deps -r requirements/core.lock -r requirements/build.lock
	$(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/train.stamp: $(VENV)/core.stamp requirements/train.lock
	$(BIN)/python -m pip install --quiet --no-deps -r requirements/train.lock
	$(BIN)/python -m pip install --quiet -r requirements/train.in
	@touch $@

$(VENV)/dev.stamp: $(VENV)/core.stamp requirements/dev.lock requirements/clients.lock requirements/specialists.lock requirements/train.lock
	$(BIN)/python -m pip install --quiet --no-deps -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --no-deps -r requirements/clients.lock
	$(BIN)/python -m pip install --quiet --no-deps -r requirements/specialists.lock
	$(BIN)/python -m pip install --quiet --no-deps -r requirements/train.lock
	$(BIN)/python -m pip install --quiet -r requirements/train.in
	@touch $@
