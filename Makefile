.DEFAULT_GOAL := help
.PHONY: help run dev check test bench drills lint format map pictures hooks lock audit sbom clean

python := .venv/bin/python

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: ## installs, seeds and serves the portal at http://127.0.0.1:8000/ (PORT=8001 make run: elsewhere)
	@bin/bootstrap
	@$(python) bin/prepare.py
	@exec $(python) -m gunicorn --config deploy/gunicorn.conf.py config.wsgi

dev: export DJANGO_DEBUG := on
dev: ## the same for working on it: reloads by itself, shows errors
	@bin/bootstrap
	@$(python) bin/prepare.py
	@exec $(python) manage.py runserver "127.0.0.1:$${PORT:-8000}"

check: lint ## for every save, in a minute or so: style, types, and the tests that need neither PostgreSQL nor a browser
	@bin/test quick

test: ## every test, on SQLite, on PostgreSQL and in a browser
	@bin/test

bench: ## measures how fast the portal answers, on SQLite and PostgreSQL (needs wrk; some minutes)
	@bin/bootstrap dev
	@$(python) -m benchmarks.bench $(BENCH)

drills: ## breaks things on purpose and checks what readers and editors get (some minutes; DRILLS="--list" names them)
	@bin/bootstrap dev
	@$(python) -m benchmarks.drills $(DRILLS)

lint: ## style, formatting, types
	@bin/bootstrap dev
	@$(python) -m ruff check
	@$(python) -m ruff format --check
	@$(python) -m mypy

format: ## puts style and formatting right where that can be done by itself
	@bin/bootstrap dev
	@$(python) -m ruff check --fix
	@$(python) -m ruff format

hooks: ## has git check style, formatting, types and migrations at every commit
	@bin/bootstrap dev
	@$(python) -m pre_commit install

map: ## draws docs/architecture.svg from the imports
	@bin/bootstrap dev
	@$(python) bin/architecture.py

pictures: ## takes the pictures of docs/ anew, in a browser
	@bin/bootstrap dev
	@$(python) -m pytest tests/browser/documents.py --numprocesses=0

lock: ## pins the packages of requirements*.in anew, those of the benchmark too (needs uv)
	@command -v uv >/dev/null || { echo 'Touchstone: `make lock` needs uv: install it with `pip install uv`.' >&2; exit 1; }
	@uv pip compile --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in --output-file requirements.txt
	@uv pip compile --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-operating.in --output-file requirements-operating.txt
	@uv pip compile --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in --output-file requirements-dev.txt
	@for each in benchmarks/speed/requirements/*.in; do \
		uv pip compile --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-header $$each --output-file $${each%.in}.txt; \
	done
	@cd tests/clients && uv pip compile --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in --output-file requirements.txt

audit: ## looks the pinned packages up among known vulnerabilities (needs uv and the network)
	@command -v uvx >/dev/null || { echo 'Touchstone: `make audit` needs uv: install it with `pip install uv`.' >&2; exit 1; }
	@for each in requirements.txt requirements-operating.txt requirements-dev.txt; do \
		uvx --quiet pip-audit@2.10.1 --strict --vulnerability-service pypi --require-hashes --disable-pip --requirement $$each || exit 1; \
	done

sbom: ## writes the bill of materials of a public installation to sbom.json, as CycloneDX has it (needs uv)
	@command -v uvx >/dev/null || { echo 'Touchstone: `make sbom` needs uv: install it with `pip install uv`.' >&2; exit 1; }
	@uvx --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py requirements requirements-operating.txt --output-reproducible --output-file sbom.json

clean: ## removes what can be made again; the database and the secret key stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis var/static var/static.stamp var/test.sqlite3*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
