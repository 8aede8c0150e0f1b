# `make help` lists the targets to type. The others are parts of them.
#
# Go and make are enough for most. The race detector needs a C compiler, make validators needs Node, and make recovery and
# make fleet need Redis.

GO ?= go
# The modules. Those in tools/released are released with the root module. Module tools has no code.
TESTED  := . $(shell cat tools/released) cmd/gen contract harness compat examples/fleet
MODULES := $(TESTED) contract/consumer

# The race detector needs cgo.
HAVE_CC := $(shell command -v "$$($(GO) env CC | cut -d' ' -f1)" >/dev/null 2>&1 && [ "$$($(GO) env CGO_ENABLED)" = 1 ] && echo yes)
RACE    := $(if $(HAVE_CC),-race)
# These start no goroutines, and the race detector slows their tests down by a factor of four to eight.
SINGLE  := cmd/gen contract compat
# The programs that tests with real servers need and this machine lacks. Without them, these tests are skipped.
LACKING := $(foreach p,redis-server redis-sentinel,$(if $(shell command -v $p),,$p))
# On a busy machine, some packages take longer than the 10 minutes that Go allows.
TEST    := $(GO) test -timeout 1h

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Create, update and tag a conversation: on a fake, or for real if KUSTOMER_API_KEY is set
	@$(GO) run ./examples/quickstart

# The root module takes as long as all others together, so they run in parallel. The output is printed module by module.
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.PHONY: test
test: ## Run the tests of all modules, with the race detector if there is a C compiler
	@$(MAKE) --no-print-directory --keep-going -j2 $(SYNC) $(TESTED:%=test-in/%)
	@echo "$(if $(HAVE_CC),All tests passed with the race detector (except $(SINGLE) which start no goroutines).,All tests passed WITHOUT the race detector because there is no C compiler.)"
	@[ -z "$(strip $(LACKING))" ] || echo "NOT RUN: the tests with real servers, because this machine lacks" $(LACKING)

# Go caches results and does not see changes of documents outside the module, so the tests of nested modules always run.
.PHONY: $(TESTED:%=test-in/%)
$(TESTED:%=test-in/%): test-in/%:
	@echo "== $*"; cd $* && $(TEST) $(if $(filter $*,$(SINGLE)),,$(RACE)) $(if $(filter .,$*),,-count=1) ./...

.PHONY: check
check: static workflows generated consumer compat ## Check formatting, vet, lint, module files, generated code, workflows, consumers and compatibility

.PHONY: static
static:
	@bad="$$(gofmt -l .)"; [ -z "$$bad" ] || { echo "not formatted (gofmt -w):"; echo "$$bad"; exit 1; }
	@set -e; for m in $(MODULES); do echo "tidy and vet $$m"; (cd $$m && $(GO) mod tidy -diff && $(GO) vet ./...); done
	@cd tools && $(GO) mod tidy -diff
	@GOOS=js GOARCH=wasm $(GO) vet ./client
	@set -e; bin="$$(pwd)/.bin/staticcheck"; (cd tools && $(GO) build -o "$$bin" honnef.co/go/tools/cmd/staticcheck); \
	for m in $(MODULES); do echo "lint $$m"; (cd $$m && "$$bin" ./...); done

# Actionlint checks neither how actions are pinned nor the permissions of workflows.
.PHONY: workflows
workflows:
	@bin="$$(pwd)/.bin/actionlint"; (cd tools && $(GO) build -o "$$bin" github.com/rhysd/actionlint/cmd/actionlint) && "$$bin"
	@if grep -n 'uses:' .github/workflows/*.yml | grep -Ev 'uses: [^ @]+@[0-9a-f]{40} # v[0-9.]+$$'; then echo "pin these actions by commit, with the version in a comment" >&2; exit 1; fi
	@if grep -L '^permissions:' .github/workflows/*.yml | grep .; then echo "these workflows have no permissions" >&2; exit 1; fi
	@if grep -nE '(: *write|-all)( |$$)' .github/workflows/*.yml | grep -v 'release.yml:.*contents: write'; then echo "these permissions are too wide" >&2; exit 1; fi

.PHONY: generate
generate: ## Write gen/ and client/models.go from the documents in api/
	cd cmd/gen && $(GO) run . -root ../..

.PHONY: generated
generated:
	cd cmd/gen && $(GO) run . -root ../.. -check
	$(GO) run ./cmd/attributes -check -o examples/attributes/attributes.go examples/attributes/metadata.json

# What a user's module gains by importing the client: at most this many indirect modules and lines of go.sum.
MAX_INDIRECT := 4
MAX_GOSUM    := 25

.PHONY: consumer
consumer:
	@cd contract/consumer && $(GO) build -mod=readonly -o /dev/null . \
	&& indirect=$$(grep -c '// indirect' go.mod) && lines=$$(wc -l < go.sum) \
	&& echo "a user's module gains $$indirect indirect modules (at most $(MAX_INDIRECT)) and $$lines lines of go.sum (at most $(MAX_GOSUM))" \
	&& [ $$indirect -le $(MAX_INDIRECT) ] && [ $$lines -le $(MAX_GOSUM) ]
	@GO=$(GO) bash contract/consumer/newmodule.sh
	@GO=$(GO) bash contract/consumer/fromtags.sh

.PHONY: compat
compat: ## Fail if CHANGELOG.md lacks a breaking change of documents or Go API since the last release or the baseline
	@cd compat && $(GO) run . ..

.PHONY: baseline
baseline: ## Make the last commit the baseline of make compat, while there is no release
	git rev-parse HEAD >compat/baseline

.PHONY: smoke
smoke: demo ## Run make demo, and short versions of make bench and make faults
	@$(MAKE) --no-print-directory bench SEEDS=1
	@$(MAKE) --no-print-directory faults FAULTS=3000 SEED=20

SEEDS ?= 3
.PHONY: bench
bench: ## Run the benchmarks, print the table of the rate-limit simulation, draw docs/window.svg
	$(GO) test -run '^$$' -bench . -benchmem ./client ./custom ./ratelimit
	cd harness && $(GO) test ./simulation -run '^$$' -bench Picture -benchtime 1x -picture ../../docs/window.svg
	cd harness && $(TEST) ./simulation -run '^$$' -bench Table -benchtime 1x -seeds $(SEEDS)

# Two runs of a fleet are not the same, so make bench does not draw this picture again.
.PHONY: picture
picture: ## Record a fleet in the rate-limit simulation, and draw docs/fleet.svg
	cd harness && $(GO) test ./simulation -run '^$$' -bench Fleet -benchtime 1x -fleet ../../docs/fleet.svg

FAULTS ?= 12000
SEED   ?= 0
.PHONY: faults
faults: ## Check the client's errors in FAULTS (12000) calls whose connections fail, from SEED (0 is a new one); takes 3 min
	cd harness && $(GO) test ./faults -count=1 -timeout 20m -v -faults $(FAULTS) -seed $(SEED)

TIMES ?= 1
.PHONY: recovery
recovery: needs-redis ## Check TIMES (1) times that limiters recover when real servers fail; needs redis-server and redis-sentinel
	cd harness && $(TEST) ./servers ./fleet $(RACE) -count=$(TIMES)

.PHONY: fleet
fleet: needs-redis ## Measure fleets of processes that share a budget, on an idle machine; needs the same, takes 4 min (ARGS='-row EXPRESSION')
	cd redislimit && $(GO) test -run '^$$' -bench Exchange -benchtime 3000x .
	@cd harness && $(GO) build -o ../.bin/fleet ./fleet && cd .. && .bin/fleet $(ARGS)

.PHONY: needs-redis
needs-redis:
	@[ -z "$(strip $(LACKING))" ] || { echo "this target needs" $(LACKING), from Debian packages of the same names >&2; exit 1; }

FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: ## Run each fuzz test for FUZZTIME (30s)
	@set -e; for p in $$(grep -rl '^func Fuzz' --include='*_test.go' --exclude-dir=node_modules . | xargs -n1 dirname | sort -u); do \
	for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$p/*_test.go); do \
	echo "fuzz $$p $$f"; (cd $$p && $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) .); done; done

MUTATED ?= custom ratelimit client
.PHONY: mutation
mutation: ## Fail if tests detect less than 85 % of changed operators in MUTATED (custom ratelimit client); takes hours
	@set -e; for p in $(MUTATED); do GO=$(GO) bash tools/mutation.sh $$p 85; done

.PHONY: vulncheck
vulncheck: ## Look for known vulnerabilities in the code that the modules call; needs the network
	@set -e; bin="$$(pwd)/.bin/govulncheck"; (cd tools && $(GO) build -o "$$bin" golang.org/x/vuln/cmd/govulncheck); \
	for m in $(TESTED); do echo "vulnerabilities of $$m"; (cd $$m && "$$bin" ./...); done

.PHONY: verify-live
verify-live: ## Test the assumptions against a sandbox; needs KUSTOMER_SANDBOX=yes, _ORG, _API_KEY, _CUSTOMER_ID (ARGS='-report FILE')
	@cd harness && $(GO) build -o ../.bin/verify-live ./verify-live && cd .. && .bin/verify-live $(ARGS)

# Third-party programs from npm.
NODE     := contract/node
PACKAGES := $(NODE)/node_modules/.package-lock.json
REDOCLY  := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true node node_modules/@redocly/cli/bin/cli.js

.PHONY: validators
validators: test-prism test-clients lint-api ## Check client, fake and documents with Prism, a TypeScript client, curl and Redocly; needs Node 22 and curl

# npm installs the versions of the lock file, and runs no scripts of the packages (.npmrc).
$(PACKAGES): $(NODE)/package.json $(NODE)/package-lock.json $(NODE)/.npmrc
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 22 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null \
	|| { echo "this target needs Node 22 or later and npm, see https://nodejs.org (found: $$(node --version 2>/dev/null || echo none))" >&2; exit 1; }
	cd $(NODE) && npm ci --loglevel=error && touch node_modules/.package-lock.json

.PHONY: test-prism
test-prism: $(PACKAGES)
	GO=$(GO) contract/prism/run.sh

.PHONY: test-clients
test-clients: $(PACKAGES)
	@command -v curl >/dev/null || { echo "this target needs curl" >&2; exit 1; }
	cd $(NODE) && rm -rf build/client build/related build/metadata build/js \
	&& node node_modules/@hey-api/openapi-ts/bin/run.js -i ../../api/openapi.yaml -o build/client --silent --no-log-file \
	&& node node_modules/@hey-api/openapi-ts/bin/run.js -i ../../api/related.yaml -o build/related --silent --no-log-file \
	&& node node_modules/@hey-api/openapi-ts/bin/run.js -i ../../api/metadata.yaml -o build/metadata --silent --no-log-file \
	&& node node_modules/typescript/bin/tsc -p .
	cd contract && KUSTOMER_CLIENTS=1 $(GO) test -count=1 ./clients

# Also makes an HTML reference in docs/build. Redocly prints warnings about Node and itself in boxes, which are ignored.
.PHONY: lint-api
lint-api: $(PACKAGES)
	cd $(NODE) && $(REDOCLY) lint --lint-config error --format stylish conversations related metadata
	@set -e; mkdir -p docs/build $(NODE)/build; for page in conversations:openapi related:related metadata:metadata; do \
	api=$${page%:*}; document=api/$${page#*:}.yaml; html=docs/build/$$api.html; log=$(NODE)/build/docs.log; \
	(cd $(NODE) && $(REDOCLY) build-docs $$api --lint-config error --inlineBundle -o ../../$$html) >$$log 2>&1 || { cat $$log; exit 1; }; \
	if grep -v -e ║ -e ╔ -e ╚ $$log | grep -i -e warn -e ⚠; then echo "lint-api: $$document was rendered with warnings" >&2; exit 1; fi; \
	for id in $$(sed -n 's/^ *operationId: //p' $$document); do grep -q "$$id" $$html || { echo "lint-api: $$html lacks $$id" >&2; exit 1; }; done; \
	echo "$$html"; done
