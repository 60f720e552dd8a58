# The two commands: `make demo` and `make test`. Everything else serves them.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
WEB := backend/kindpakket/web/shop/index.html

.PHONY: demo test install check lock bench clean

demo: install
	kindpakket demo --data town

test: install check
	npm test --silent
	pytest -n auto --dist loadgroup

install: .venv/installed backend/kindpakket/ledger/VoucherLedger.json $(WEB)

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.package-lock.json: package-lock.json .venv/installed
	npm ci --silent --no-audit --no-fund --ignore-scripts
	touch $@

backend/kindpakket/ledger/VoucherLedger.json: $(wildcard contracts/*.sol contracts/interfaces/*.sol) scripts/compile.py scripts/solc.js node_modules/.package-lock.json
	python scripts/compile.py

$(WEB): $(shell find web_shared parent_app shop_app desk_web -type f -not -path '*/test/*' -not -path '*/node_modules/*') node_modules/.package-lock.json
	npm run build --silent

check:
	ruff check . && ruff format --check . && mypy
	npm run check --silent

bench: install
	python -m scripts.bench

lock: .venv/installed
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev pyproject.toml requirements.build.in --output-file requirements.lock
	npm install --package-lock-only --ignore-scripts

clean:
	rm -rf .venv node_modules town backend/kindpakket/ledger/VoucherLedger.json backend/kindpakket/web
