# The two commands are `make demo` and `make test`; CONTRIBUTING.md has the others.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Images of CI set it; every worker and server would then compile all modules again.
unexport PYTHONDONTWRITEBYTECODE
WEB := backend/kindpakket/web/shop/index.html
# One more than processors: tests of pages wait for half of their time.
WORKERS := $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")
PROOFS := $(CURDIR)/.proofs/node_modules/@foundry-rs/forge-linux-amd64/bin:$(CURDIR)/.proofs/halmos/bin:$(CURDIR)/.proofs/slither/bin:$(PATH)

.PHONY: demo demo-network test test-network install check check-python check-web screens lock bench wheel node node-check prove slither sbom clean

demo: install
	kindpakket demo --data town

demo-network: install node
	python -m scripts.demo_network

test: install
	$(MAKE) --jobs 2 check-python check-web
	pytest -n $(WORKERS) --dist loadgroup --durations 40

test-network: install $(if $(filter anvil,$(NODE)),,node)
	NODE=$(or $(NODE),four) pytest tests/network $(if $(filter anvil,$(NODE)),,tests/conformance) --log-cli-level INFO --durations 10

install: .venv/installed backend/kindpakket/ledger/VoucherLedger.json $(WEB)

# The lock names every package, and Python compiles a module when it is first imported: half of the time.
.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --no-deps --no-compile --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.package-lock.json: package-lock.json .venv/installed
	npm ci --silent --no-audit --no-fund --ignore-scripts
	touch $@

# Compiling writes Parties.json too, here and in node/parties, and contract.json in audit, which is in the repository.
backend/kindpakket/ledger/VoucherLedger.json: $(wildcard contracts/*.sol contracts/interfaces/*.sol) scripts/compile.py scripts/solc.js node_modules/.package-lock.json
	python scripts/compile.py

$(WEB): $(shell find web_shared parent_app shop_app desk_web backend/kindpakket/services/paper -type f -not -path '*/test/*' -not -path '*/node_modules/*' -not -name '*.py*') node_modules/.package-lock.json
	npm run build --silent

check: check-python
	npm run check --silent

check-python:
	ruff check . && ruff format --check . && mypy

check-web:
	npm run check --silent
	npm test --silent

# What a server installs: with the compiled contracts and the built apps.
wheel: .venv/installed
	pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist ./audit

# Go builds a node's packages once, in ten minutes on two cores. `-p` bounds how much memory that takes.
node: backend/kindpakket/ledger/VoucherLedger.json
	cd node && go build -p 2 -trimpath -buildvcs=false -ldflags "-s -w" -o kindpakket-node .

node-check: backend/kindpakket/ledger/VoucherLedger.json
	cd node && test -z "$$(gofmt -l .)" && go vet ./... && go test ./... && \
		go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# Contact sheets of every screen, at the sizes that people use.
screens: install
	pytest --screens docs/screens tests/apps tests/desk tests/demo tests/api tests/figures

bench: install
	python -m scripts.bench

# Tools that do not go with the packages above, each in an environment of its own.
prove: .proofs/halmos.installed .proofs/forge.installed
	PATH="$(PROOFS)" halmos --forge-build-out .proofs/out --default-bytes-lengths 64 --solver-timeout-assertion 0 \
		--solver-command ".proofs/halmos/bin/python contracts/proofs/solve.py" $(PROVE)

slither: .proofs/slither.installed .proofs/forge.installed
	PATH="$(PROOFS)" slither . --foundry-compile-all --filter-paths "node_modules|proofs" --fail-low \
		--exclude-informational --exclude unused-return,shadowing-local,timestamp

.proofs/%.installed: contracts/proofs/%.lock node_modules/.package-lock.json
	$(PYTHON) -m venv .proofs/$*
	.proofs/$*/bin/pip install --quiet --require-hashes --requirement $<
	touch $@

.proofs/forge.installed: contracts/proofs/package-lock.json
	cp contracts/proofs/package.json contracts/proofs/package-lock.json .proofs
	npm ci --prefix .proofs --silent --no-audit --no-fund --ignore-scripts
	touch $@

# What a server consists of, and its licences.
sbom: .sbom/installed node_modules/.package-lock.json
	mkdir -p dist
	cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file dist/sbom-python.json .sbom
	npm sbom --sbom-format cyclonedx --omit dev > dist/sbom-npm.json
	python scripts/licences.py dist/sbom-python.json dist/sbom-npm.json > dist/licences.txt

.sbom/installed: runtime.lock .venv/installed
	$(PYTHON) -m venv --without-pip .sbom
	pip --python .sbom install --quiet --require-hashes --requirement runtime.lock
	touch $@

lock: .venv/installed
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev pyproject.toml requirements.build.in --output-file requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra postgresql --constraint requirements.lock pyproject.toml --output-file runtime.lock
	npm install --package-lock-only --ignore-scripts

clean:
	rm -rf .venv node_modules .proofs .sbom dist town backend/kindpakket/ledger/VoucherLedger.json backend/kindpakket/ledger/Parties.json backend/kindpakket/web \
		node/parties/Parties.json node/kindpakket-node
