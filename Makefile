# Two commands matter: make run, make test. Everything is made when it is missing and left alone when it is there.
PYTHON ?= python3
TOOLS = @exec $(PYTHON) -m tools
MAKEFLAGS += --no-print-directory

ifdef DEMO
export MELDPUNT_DEMO := $(DEMO)
endif

.DEFAULT_GOAL := help
.PHONY: help run test lint setup train train-reader eval bench extract parse screenshots

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## Set up what is missing and start everything; DEMO=1 fills a new one with invented cases
	$(TOOLS) run

test: ## Set up what is missing and check everything that CI checks
	$(TOOLS) test

lint: ## Style, types and which package may import which
	$(TOOLS) lint

setup: ## Only make both Python environments and train what is not trained
	$(TOOLS) setup

train: ## Train Rasa's rules when they or their data changed
	$(TOOLS) train

train-reader: ## Train the reader again from the data in the repository (an hour or more)
	$(TOOLS) train-reader

eval: ## Accuracy figures
	$(TOOLS) eval

bench: ## Speed figures
	$(TOOLS) bench

extract: ## Read messages: JSON lines in, JSON lines out (use make -s)
	$(TOOLS) extract

screenshots: ## Make the pictures in docs/screenshots again (the browser tests make them)
	$(TOOLS) screenshots

parse: ## Classify messages as Rasa does: JSON lines in, JSON lines out (use make -s)
	$(TOOLS) parse
