# The commands of the README. Each sets up what it needs the first time (.ci/setup) and does no set-up the second time.

BIN := .venv/bin
# The demo's alerts: enough for half a minute under cProfile.
ALERTS ?= 1000
PIPELINE := python_ext/jupyterlab_hotspots/reference/pipeline.py
# JupyterLab refuses to run as root unless told to; containers often have no other user.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help install demo lab test test-typescript test-browser test-python pythons tested lint schema wheel bench soak clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: ## The product in .venv, front end built
	@.ci/setup lab

demo: install demo/alerts-$(ALERTS).parquet ## Profile the reference pipeline in the terminal
	@$(BIN)/jupyter-hotspots run --profiler cprofile $(PIPELINE) --alerts demo/alerts-$(ALERTS).parquet --output demo/results
	@printf '\nThe run is kept. Next:\n'
	@printf '  %-50s%s\n' 'make lab' 'see it, and profile live, in JupyterLab' '$(BIN)/jupyter-hotspots list' 'the history' \
		'$(BIN)/jupyter-hotspots show last' 'the table again' '$(BIN)/jupyter-hotspots export last demo/run.prof' 'for pstats and SnakeViz'

demo/alerts-%.parquet: | install
	@mkdir -p demo
	@$(BIN)/jupyter-hotspots reference simulate --alerts $* --seed 1 --output $@

lab: install demo/alerts-$(ALERTS).parquet ## Open JupyterLab with the panel and an example notebook
	@mkdir -p .venv/share/jupyter/lab/settings
	@printf '{"jupyterlab-hotspots:plugin": {"openAtStart": true}}\n' > .venv/share/jupyter/lab/settings/overrides.json
	@# Kernels and terminals find `jupyter hotspots` by PATH; the printed address, too, opens the notebook.
	@PATH="$(CURDIR)/$(BIN):$$PATH" jupyter lab $(ROOT) --ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/examples/first-profile.ipynb

test: ## Set up and run every test: TypeScript, browser, Python
	@.ci/setup lab browser
	@# All three, whatever fails first; pytest's summary comes last.
	@failed=; for suite in typescript browser python; do $(MAKE) --no-print-directory test-$$suite || failed="$$failed $$suite"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

test-typescript: install ## The front end's unit tests
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent test

test-browser: ## JupyterLab driven in Chromium; pictures in ui-tests/screenshots
	@.ci/setup lab browser
	@cd ui-tests && PATH="$(CURDIR)/$(BIN):$$PATH" HOTSPOTS_CHROMIUM="$$(cat ../.make/browser)" npx playwright test

pythons: install ## Environments for the tests: the profilers in every other Python of this machine
	@$(BIN)/python tests/agent/make_pythons.py

test-python: pythons ## The Python tests
	@$(BIN)/python -m pytest

# A failed test belongs on the page too.
tested: pythons ## Run the profilers' tests in every Python; writes docs/tested.md
	-@$(BIN)/python -m pytest tests/profilers tests/agent tests/truth --junitxml=.make/tested.xml
	@$(BIN)/python tests/agent/tested_matrix.py docs/tested.md .make/tested.xml

lint: install ## Formatting, types, layers, generated files
	$(BIN)/ruff format --check python_ext tests benchmarks
	$(BIN)/ruff check python_ext tests benchmarks
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m jupyterlab_hotspots.server.schemas --check schema
	PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent types:check
	PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent lint:check

# Not after `install`: the front end cannot be built while its types are stale.
schema: ## Generate the JSON Schemas from the Python model, and the TypeScript types from them
	@.ci/setup python node
	PYTHONPATH=python_ext $(BIN)/python -m jupyterlab_hotspots.server.schemas --write schema
	PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent types

wheel: ## A wheel with a freshly built front end, in dist/
	@.ci/setup python node
	@rm -rf dist python_ext/jupyterlab_hotspots/labextension .make/front
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m build --wheel --no-isolation --outdir dist .
	@.ci/setup lab

bench: install ## Measure; writes docs/benchmarks.md (QUICK=1 for a look, ONLY=name for one)
	@$(BIN)/python benchmarks/run_all.py $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

soak: install ## Long tests
	@$(BIN)/python -m pytest -m soak

clean: ## Remove what was built and installed
	rm -rf .venv .make node_modules lib dist demo python_ext/jupyterlab_hotspots/labextension ui-tests/test-results
