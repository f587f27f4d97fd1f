# The front door: every recipe is one line, anything longer is a script in tools/. Works with GNU make 3.81.
# ARGS goes to the command: make up ARGS="--port 9000 --demo", make test ARGS="tests/kit -x".

.PHONY: help up test test-python test-web setup check format bench load e2e contract identity mutate faults clean
.DEFAULT_GOAL := help

help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

up: setup ## set up, then run everything at http://127.0.0.1:8000 until Ctrl-C
	@.venv/bin/hauberk up $(ARGS)

test: test-python test-web ## the quick suite, against real embedded servers

test-python: setup ## its back end: all but long ones, browser and faults
	@PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 -m "not faults and not e2e and not nightly and not long" $(ARGS)

test-web: setup ## its front end
	@npm --prefix web test --silent

setup: ## Python packages, front-end packages and build; nothing to do when nothing changed
	@python3 tools/bootstrap.py

check: setup ## what CI runs: format, lint, types, import contracts, generated files, tests
	@.venv/bin/python tools/check.py $(ARGS)

format: setup ## format and fix what can be fixed
	@.venv/bin/python tools/check.py --fix

bench: setup ## measure on this machine, one JSON object a line
	@.venv/bin/hauberk bench $(ARGS)

load: setup ## Locust: twice the expected users against the running installation, with a verdict
	@.venv/bin/hauberk load $(ARGS)

e2e: setup ## the journey in a real browser
	@.venv/bin/python tools/e2e.py

contract: setup ## the API against its OpenAPI document, at length (the suite has a small set)
	@HAUBERK_CONTRACT_EXAMPLES=200 .venv/bin/python -m pytest tests/contract $(ARGS)

mutate: setup ## plant small faults where a lie costs most, and see whether the tests notice
	@.venv/bin/python tools/mutate.py $(ARGS)

identity: setup ## the identity test kit through a database, for every format
	@.venv/bin/python -m pytest -m nightly --timeout 600 $(ARGS)

faults: setup ## kill processes and break servers
	@.venv/bin/python -m pytest -m faults $(ARGS)

clean: ## remove what setup made (the data in .hauberk stays)
	@rm -rf .venv web/node_modules web/dist
