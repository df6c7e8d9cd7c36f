# Two commands do everything: `make run` and `make test`. Works with GNU make 3.81 (macOS).
#   PYTHON=/path/to/python3   the Python to build .venv with
#   TORCH=cpu                 torch without the CUDA libraries (read when .venv is filled)
#   ARGS="..."                passed on to streamlit, pytest or the benchmarks

PYTHON ?=
TORCH ?=
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
CANDIDATES := $(if $(PYTHON),"$(PYTHON)",python3.14 python3.13 python3.12 python3.11 python3)
INSTALL := $(PY) -m pip install --disable-pip-version-check \
	$(if $(filter cpu,$(TORCH)),--extra-index-url https://download.pytorch.org/whl/cpu)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test bench format clean

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.for-run ## start the app
	$(PY) -m streamlit run app.py $(ARGS)

test: $(VENV)/.for-test ## run every check: style, types, unit, app and browser tests
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m tests.browser
	$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

bench: $(VENV)/.for-test ## measure what must stay fast
	$(PY) -m benchmarks $(ARGS)

format: $(VENV)/.for-test ## put the code in the project's style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

clean: ## remove .venv, caches and test results
	rm -rf $(VENV) .venv-bench .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written only after pip has succeeded, and is older than what it depends on
# as soon as a requirements file changes.
$(VENV)/.for-run: requirements.txt $(VENV)/.made
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.for-test: requirements-dev.txt requirements.txt $(VENV)/.made
	$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/.for-run $@

# A .venv that works is kept, whoever made it; one that stopped halfway is made again.
$(VENV)/.made:
	@new_enough='import sys; sys.exit(sys.version_info < (3, 11))'; \
	if $(PY) -c "$$new_enough" 2>/dev/null && $(PY) -m pip --version >/dev/null 2>&1; then \
		touch $@; exit 0; \
	fi; \
	for python in $(CANDIDATES); do \
		"$$python" -c "$$new_enough" 2>/dev/null || continue; \
		echo "Making $(VENV) with $$("$$python" -V), $$python"; \
		rm -rf $(VENV); \
		"$$python" -m venv $(VENV) >/dev/null 2>&1 && touch $@ && exit 0; \
		rm -rf $(VENV); \
		virtualenv -q -p "$$python" $(VENV) 2>/dev/null && touch $@ && exit 0; \
		rm -rf $(VENV); \
		echo "$$python can't make a virtual environment: its venv module is missing or broken."; \
		unable=$$python; \
	done; \
	if [ -n "$$unable" ]; then \
		echo "On Debian and Ubuntu: apt-get install python3-venv (as root), then try again."; \
	else \
		echo "cnnviz needs Python 3.11 or newer; tried: $(subst ",,$(CANDIDATES))."; \
		echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew"; \
		echo "install python), or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; \
	fi; \
	exit 1
