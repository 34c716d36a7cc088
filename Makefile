# The only commands. `make help` lists them: the text after `##` is the help.
PYTHON ?= python3
VENV := .venv/bin
ROLE ?= officer
SUB ?=
SEED ?=
ROWS ?=
ALL ?=
LONG ?=
BUGS ?=
MINUTES ?=
FLAKY ?=

.DEFAULT_GOAL := help
.PHONY: demo test journeys faults mutations up status down token check contracts bench fairness lock help bootstrap

demo: bootstrap ## the main road end to end on a stack of its own: installs, starts, shows, checks, stops
	@$(VENV)/python -m deploy.local.demo

test: bootstrap ## the whole test suite in three processes, each with a real stack (ARGS="-k name" for a part, in one)
	@$(VENV)/python -m pytest $(or $(ARGS),-n 3)

journeys: bootstrap ## the journeys alone (FLAKY=1 in a district where calls fail now and then, ARGS="-k praise" for some)
	@$(if $(FLAKY),SALOR_FLAKY=1) $(VENV)/python -m pytest tests/journeys $(ARGS)

faults: bootstrap ## faults under load, and an audit after each (ROWS="F1 F5" for some, ALL=1, BUGS=1, LONG=1 MINUTES=60, SEED=7 to repeat)
	@$(VENV)/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(ALL),--all) $(if $(LONG),--long) $(if $(BUGS),--bugs) $(if $(MINUTES),--minutes $(MINUTES)) $(ROWS)

mutations: bootstrap ## takes the guards of the promise out one at a time; a named test must see each (ARGS="epoch" for some)
	@$(VENV)/python -m tests.mutations $(ARGS)

up: bootstrap ## the stack kept running, data in .local/data; prints addresses, tokens and curl lines
	@$(VENV)/python -m deploy.local up

status: bootstrap ## the truth about each process; fails when something is wrong
	@$(VENV)/python -m deploy.local status

down: bootstrap ## stops what make up started; the data stays
	@$(VENV)/python -m deploy.local down

token: bootstrap ## a token of the running issuer: make token ROLE=employee SUB=<uuid>
	@$(VENV)/python -m deploy.local token --role $(ROLE) $(if $(SUB),--sub $(SUB))

check: bootstrap ## format, lint, strict types, import contracts, the published contracts, dependency audit
	@$(VENV)/ruff format --check .
	@$(VENV)/ruff check .
	@$(VENV)/mypy .
	@$(VENV)/lint-imports
	@$(VENV)/python -m deploy.contracts check
	@$(VENV)/python -m deploy.local.audit

contracts: bootstrap ## writes the documents of events and HTTP from the code; refuses what breaks what was published
	@$(VENV)/python -m deploy.contracts

bench: bootstrap ## what it carries, beside the same work by hand, each goal met or short (ARGS="hop latency" for some)
	@$(VENV)/python -m benchmarks $(ARGS)

fairness: bootstrap ## the shipped rules on invented officers: tables, attacks, bounds that must hold (ARGS="--officers 30" for a quick look)
	@$(VENV)/python -m fairness $(or $(ARGS),--pages docs)

lock: bootstrap ## pins the dependencies of pyproject.toml anew, after a change there
	@$(VENV)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	@$(VENV)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(VENV)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml --group local -c requirements-dev.lock -o requirements-local.lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap:
	@$(PYTHON) -m deploy.local.bootstrap
