# Python 3.11 or newer and make are all that is needed; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
PEERS := .venv-bench/installed
FORECAST_PEERS := .venv-forecast/installed

.PHONY: demo store serve test endure check bench bench-forecast docs pictures lock clean

demo: $(STAMP) store
	$(BIN)/wfm plan guizhou-12348 --start 2026-09-14 --days 28 --seed 1 --out out/guizhou-12348
	@echo "Next: open out/guizhou-12348/report.html in a browser, or run: make serve"

# A planning store of an earlier version is brought up to date, and kept as it was beside it. One on a database server
# (WFM_DATABASE_URL) is left to whoever keeps that.
store: $(STAMP)
	@test -n "$$WFM_DATABASE_URL" || $(BIN)/wfm db upgrade

serve: $(STAMP)
	$(BIN)/wfm serve --plans out

test: $(STAMP)
	$(BIN)/pytest -n auto

# Long runs: examples that no run has seen, kills and scale; as long as it takes.
endure: $(STAMP)
	WFM_ENDURE=1 $(BIN)/pytest -n auto

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m wfm.i18n.catalogues check

bench: $(STAMP) $(PEERS)
	$(BIN)/python tests/bench/run.py

$(PEERS): tests/bench/peers.txt
	@echo "Setting up .venv-bench: the peers, apart from the product …"
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
		--require-hashes -r tests/bench/peers.txt
	@touch $(PEERS)

bench-forecast: $(STAMP) $(FORECAST_PEERS)
	$(BIN)/python tests/bench/forecast.py --peers-python .venv-forecast/bin/python --page docs/forecast_scores.csv

$(FORECAST_PEERS): tests/bench/forecast_peers.txt
	@echo "Setting up .venv-forecast: forecasting peers, apart from the product …"
	@test -x .venv-forecast/bin/python || $(PYTHON) -m venv .venv-forecast
	@.venv-forecast/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r tests/bench/forecast_peers.txt
	@touch $(FORECAST_PEERS)

docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

pictures: $(STAMP)
	$(BIN)/python docs/make_pictures.py
	$(BIN)/python docs/make_dashboard_pictures.py
	$(BIN)/python docs/make_validation.py
	$(BIN)/python docs/make_replay.py
	$(BIN)/python docs/make_clock_of_day.py
	$(BIN)/python docs/make_calibration.py

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=…"; exit 1; }
	@echo "Setting up .venv (about a minute) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --group dev --quiet \
		--custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .venv-bench out site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
