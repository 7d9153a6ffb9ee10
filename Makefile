# Séjour. `make help` lists every target; `make up` and `make test` are the two that matter.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
BUF := node_modules/.bin/buf
OURS := services gateway deploy tests
SOURCES := services/values/src services/tariff/src services/chassis/src services/catalog/src services/pricing/src \
  services/availability/src services/booking/src services/documents/src gateway/src deploy/local/src
INSTALL_RUN := sh deploy/local/bootstrap.sh run
INSTALL_TEST := sh deploy/local/bootstrap.sh test

.PHONY: help
help: ## List the targets.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1	\2/' | expand -t 22

# --- Run it ------------------------------------------------------------------------------------------------------
.PHONY: up down reset logs status clock load export
up: ## Install what is missing and run everything in the foreground (SEJOUR_PORT, SEJOUR_HOME).
	@$(INSTALL_RUN) && exec .venv/bin/sejour up

down: ## Stop what runs in another terminal.
	@.venv/bin/sejour down

reset: ## Stop and remove all data; asks first (YES=1 does not ask).
	@.venv/bin/sejour reset $(if $(YES),--yes)

logs: ## Follow the logs (NAME=catalog for one).
	@exec .venv/bin/sejour logs $(NAME)

status: ## Say what runs, with its memory.
	@.venv/bin/sejour status || :

clock: ## Show the clock, or move it: make clock SET="2026-03-01 10:00".
	@.venv/bin/sejour clock $(if $(SET),set "$(SET)",show)

load: ## Load a data file: make load FILE=cast.yaml.
	@.venv/bin/sejour load $(FILE)

export: ## Write an owner's data file: make export OWNER=27144.
	@.venv/bin/sejour export $(OWNER)

# --- Check it ----------------------------------------------------------------------------------------------------
.PHONY: install test check lint types imports contracts unit integration e2e screens
install: ## Install everything that tests and development need.
	@$(INSTALL_TEST)

test: install ## Install what is needed and run every check and every test (what CI runs).
	@sh deploy/local/test.sh

check: ## The quick checks: lint, types, imports, contracts, unit tests.
	@sh deploy/local/test.sh lint types imports contracts unit

lint: ## ruff: rules and format.
	@sh deploy/local/test.sh lint

types: ## mypy, strict.
	@sh deploy/local/test.sh types

imports: ## Import directions.
	@sh deploy/local/test.sh imports

contracts: ## buf lint, buf breaking, generated code up to date.
	@sh deploy/local/test.sh contracts

unit: ## Unit tests, without I/O.
	@sh deploy/local/test.sh unit

integration: ## Integration and component tests, on real PostgreSQL and Kafka.
	@sh deploy/local/test.sh integration

e2e: ## The stories, in Chromium.
	@sh deploy/local/test.sh e2e

screens: ## Pictures of every page under build/screens.
	@$(PY) -m pytest tests/e2e -m screens

.PHONY: chaos
chaos: ## The long run: guests book while processes are killed (MINUTES=10 GUESTS=16 SEED=1).
	@$(PY) tests/chaos/run.py --minutes $(or $(MINUTES),10) --guests $(or $(GUESTS),16) --seed $(or $(SEED),1)

.PHONY: rolling
rolling: ## Restarts every process of a doubled copy under load; no request may fail (ROUNDS=2).
	@$(PY) tests/chaos/rolling.py --rounds $(or $(ROUNDS),2)

.PHONY: fuzz
fuzz: ## Schemathesis with many examples on a copy of its own, and the readers of feeds (EXAMPLES=200).
	@SEJOUR_FUZZ_EXAMPLES=$(or $(EXAMPLES),200) $(PY) -m pytest tests/component/test_schemathesis.py tests/unit/catalog/adapters/test_fuzz_feeds.py

.PHONY: chart images
chart: install ## The chart: helm lint, Kubernetes' schemas, tests; installs helm and kubeconform (needs Go).
	@sh deploy/helm/tools.sh && $(PY) -m pytest tests/chart

images: install ## The images of all services, built by buildah and tried (SERVICE=catalog for one; BASE, IMAGES, VERSION).
	@sh deploy/images.sh $(SERVICE) && SEJOUR_TRY_IMAGES=1 $(PY) -m pytest tests/chart/test_images.py $(if $(SERVICE),-k $(SERVICE))

.PHONY: bench
bench: ## Measure a copy of its own: make bench ONLY=search,options FULL=1; figures in build/bench.json.
	@$(PY) tests/load/run.py $(if $(ONLY),--only "$(ONLY)") $(if $(FULL),--full)

.PHONY: prices
prices: install ## Hold search's prices against the quotes' for 10 000 tariffs of every kind (EXAMPLES; minutes).
	@SEJOUR_EXAMPLES=$(or $(EXAMPLES),10000) $(PY) -m pytest tests/unit/tariff/test_vector.py

# --- Change it ---------------------------------------------------------------------------------------------------
.PHONY: format proto image requirements assets
format: ## Mend what ruff can mend.
	@.venv/bin/ruff check --fix $(OURS); .venv/bin/ruff format $(OURS)

proto: ## Generate proto/gen from the contracts.
	@sh proto/generate.sh

image: ## Freeze the contracts as the image that later ones must not break.
	@$(BUF) build proto -o proto/image.binpb

requirements: ## Lock the Python packages again, with hashes.
	@sh deploy/local/requirements.sh

assets: ## Build the front end into the gateway's static files.
	@npm run --silent build
