# Two commands matter: `make run` and `make test`. Both do all the set-up they need. `make help` lists the rest.
# Settings are passed on as they are, for example: make run PORT=8001 DATA_DIR=/srv/tracker

SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run test check format docs guide messages sbom bench fuzz-uploads judges failures failures-short hardships rehearsal

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## make .venv and install the pinned packages
	@.ci/setup requirements.txt

setup-tests:
	@.ci/setup tests/requirements.txt

run: setup ## set everything up and serve until Ctrl-C (PORT=, DATA_DIR=, DATABASE_URL=, …)
	@exec $(PY) -m tracker.runner

test: setup-tests ## run the whole suite (DATABASE_URL=postgres://… runs it there; ARGS= for pytest)
	@.ci/need chromium chromium chromium-browser google-chrome google-chrome-stable
	@.ci/need-servers
	@$(PY) -m tracker.translations
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup-tests ## style, types, module boundaries, migrations, generated pages, translations, deployment
	@.ci/need gettext xgettext
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m tracker.settings_page --check
	$(PY) manage.py workflow_docs --check
	$(PY) -m tracker.sbom --check
	$(PY) -m tracker.translations --check
	TRACKER_ENV=production SITE_URL=https://tracker.example ALLOWED_HOSTS=tracker.example \
	  SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	  VAULT_KEY="$$($(PY) -c 'import pyrage; print(pyrage.x25519.Identity.generate())')" \
	  $(PY) manage.py check --deploy --fail-level WARNING

format: setup-tests ## lay the code out
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs: setup ## write the pages that are made from the code
	$(PY) -m tracker.settings_page
	$(PY) manage.py workflow_docs
	$(PY) -m tracker.sbom

sbom: setup ## list what a release is made of, as docs/sbom.json (CycloneDX)
	$(PY) -m tracker.sbom

guide: setup-tests ## take the pictures of the user guide anew, as its journeys go
	@.ci/need chromium chromium chromium-browser google-chrome google-chrome-stable
	@$(PY) -m tracker.translations
	GUIDE=1 $(PY) -m pytest tests/browser --quiet -k journey

messages: setup-tests ## bring the translation catalogues up to the code
	@.ci/need gettext xgettext
	$(PY) manage.py makemessages --locale=ru --locale=kk --no-obsolete --ignore=.venv --ignore=var --ignore=tests
	$(PY) -m tracker.translations

bench: setup-tests ## measure list, search, import and export on generated data, beside raw SQL
	$(PY) -m tests.benchmarks

fuzz-uploads: setup-tests ## 5,000 mutated uploads down the whole road of a file (ARGS="--count 500")
	$(PY) -m tests.fuzz $(ARGS)

failures: setup-tests ## 10,000 reminders while workers, broker, database and mail server fail (ARGS="--stack postgres+redis")
	@.ci/need-servers
	$(PY) -m tests.failures $(ARGS)

failures-short: setup-tests ## the same with 500 reminders, in under 3 minutes
	@.ci/need-servers
	$(PY) -m tests.failures --short $(ARGS)

hardships: setup-tests ## measure pages while broker or database are away or hang, clients are slow, clocks are many or wrong
	@.ci/need-servers
	$(PY) -m tests.failures.hardships

rehearsal: setup-tests ## start what compose.yaml describes, without Docker, and do the main job over HTTPS
	@.ci/need-servers
	@PATH="$$PATH:/usr/sbin" .ci/need nginx-light nginx
	@.ci/need openssl openssl
	$(PY) -m tests.rehearsal

judges: setup-tests ## run the outside judges over code and every kind of page (JUDGES="bandit semgrep roles nu axe office" for some of them)
	@.ci/need chromium chromium chromium-browser google-chrome google-chrome-stable
	@.ci/need default-jre-headless java
	@.ci/need npm npm
	@.ci/need openssl openssl
	@.ci/need libreoffice-writer-nogui soffice
	$(PY) -m tests.judges $(JUDGES)
