# Two commands do everything: `make demo` and `make test`. Both set themselves up.
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
DATA ?= data/demo
SECONDS ?= 60
SERVER ?= postgresql+psycopg://postgres@127.0.0.1/postgres
ARGS ?=

WORDS := $(patsubst %.po,%.mo,$(wildcard safespace/translations/*/LC_MESSAGES/messages.po))
# Of these little is ever loaded, so they are compiled when they are.
SELDOM := tests?|pip|setuptools|scipy|sklearn|onnx|onnxruntime|narwhals|numpy
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check

.PHONY: demo test suite lint journeys bench faults fuzz risk-model risk-words risk-evaluation lock messages migration revision clean

demo: $(VENV)/.ready $(WORDS)  ## A lived-in clinic on this machine only; ARGS=--fresh starts over
	$(BIN)/safespace demo --port $(PORT) --data $(DATA) $(ARGS)

test: lint suite  ## Everything

suite: $(VENV)/.ready $(WORDS)  ## All tests, in three processes: the browser, the faults, and the rest
	$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

journeys: $(VENV)/.ready $(WORDS)  ## The main journeys in a real browser
	$(BIN)/python -m pytest tests/journeys $(ARGS)

bench: $(VENV)/.ready $(WORDS)  ## Times, queries and memory, printed
	$(BIN)/python tests/bench/run.py $(ARGS)

faults: $(VENV)/.ready $(WORDS)  ## Crashes and simultaneous decisions at full size
	SAFESPACE_FULL_SIZE=1 $(BIN)/python -m pytest tests/faults tests/domain/test_decided_at_once.py $(ARGS)
	SAFESPACE_FULL_SIZE=1 SAFESPACE_TEST_DATABASE=$(SERVER) $(BIN)/python -m pytest tests/domain/test_decided_at_once.py $(ARGS)

fuzz: $(VENV)/.ready  ## Look for a text that breaks the pre-sorting, SECONDS=60; needs atheris
	$(BIN)/python tests/risk/fuzz.py -max_total_time=$(SECONDS) -max_len=400 $(ARGS)

risk-model: $(VENV)/.ready  ## Train the pre-sorting's model anew on the dev halves and write config/risk/model.json
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/risk/train.py

risk-words: $(VENV)/.ready  ## Count the words of the dev halves anew and write config/risk/words.txt
	$(BIN)/python tests/risk/words.py

risk-evaluation: $(VENV)/.ready  ## Measure the pre-sorting anew and write docs/risk-evaluation.md
	$(BIN)/python tests/risk/renew.py

LOCK := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

lock:  ## Pin every dependency with its hashes, for every platform, without naming an index
	$(LOCK) --all-extras --output-file requirements.lock
	$(LOCK) --extra cluster --constraint requirements.lock --output-file config/production.lock

messages: $(VENV)/.ready  ## Collect the Dutch texts, bring the English file up to date, and compile it
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping config/babel.cfg --keyword lazy_gettext --keyword _l \
		--no-location --sort-output --omit-header --output build/messages.pot .
	$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-dir safespace/translations \
		--locale en --init-missing --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	$(BIN)/pybabel --quiet compile --directory safespace/translations

migration: $(VENV)/.ready  ## Until the first release: make the one revision anew from the tables
	$(BIN)/python -m safespace.migrations.renew
	$(BIN)/ruff format --isolated --quiet --line-length 120 safespace/migrations/versions/0001_*.py

revision: $(VENV)/.ready  ## From the first release on: add a revision, make revision MESSAGE='what changes'
	$(BIN)/python -m safespace.migrations.add $(MESSAGE)

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	find safespace tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find safespace -name '*.mo' -delete
	find safespace -name '_speedups*.so' -delete -o -name '_speedups.c' -delete

%.mo: %.po $(VENV)/.ready
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale en

$(VENV)/.ready: requirements.lock pyproject.toml setup.py safespace/moderation/risk/_speedups.pyx
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed; name it with: make PYTHON=python3.12'; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo 'No virtual environment. On Debian and Ubuntu: apt install python3-venv'; exit 1; }
	$(PIP) install --no-compile --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -c 'import safespace.moderation.risk._speedups' 2>/dev/null \
		|| echo 'No C compiler, or no Python headers: the pre-sorting finds the same at half the speed.'
	$(BIN)/python -m compileall -q -j 0 -x '/($(SELDOM))/' $(VENV)/lib safespace
	@touch $@
