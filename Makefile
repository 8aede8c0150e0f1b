# What a contributor needs. `make help` lists the targets.
#
# Go and make are enough for all of them, but for the race detector, which needs a C compiler, and for those whose line
# in the list names Node: they have judges that this repository did not write.

GO      ?= go
# Every module of the repository. Only the first is released; the others serve it.
MODULES := . cmd/gen contract contract/consumer compat tools
# Those that have tests.
TESTED  := . cmd/gen contract compat tools

# The race detector works where cgo does.
HAVE_CC := $(shell command -v "$$($(GO) env CC | cut -d' ' -f1)" >/dev/null 2>&1 && [ "$$($(GO) env CGO_ENABLED)" = 1 ] && echo yes)
RACE    := $(if $(HAVE_CC),-race)
# The code of these starts no goroutines, and their tests, mostly of the libraries that they drive, take four to eight times as
# long with it: make race runs them so.
SINGLE  := cmd/gen contract compat

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Create, update and tag a conversation: on a fake in this process, or for real if KUSTOMER_API_KEY is set
	@$(GO) run ./examples/quickstart

# The first module takes as long as all others together, so they are tested beside it. What each says is printed when it is
# through, where make can do that.
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.PHONY: test
test: ## Run all tests of all modules, with the race detector if there is a C compiler
	@$(MAKE) --no-print-directory --keep-going -j2 $(SYNC) $(TESTED:%=test-in/%)
	@echo "$(if $(HAVE_CC),All tests passed with the race detector on (off for $(SINGLE) which start no goroutines).,All tests passed WITHOUT the race detector: it needs a C compiler and none was found.)"

# Go remembers results and does not see that a document outside the module has changed, so the nested modules test anew.
.PHONY: $(TESTED:%=test-in/%)
$(TESTED:%=test-in/%): test-in/%:
	@echo "== $*"; cd $* && $(GO) test $(if $(filter $*,$(SINGLE)),,$(RACE)) $(if $(filter .,$*),,-count=1) ./...

.PHONY: race
race: ## Run the tests that make test runs without the race detector with it (needs a C compiler); takes 6 min
	@set -e; for m in $(SINGLE); do echo "== $$m"; (cd $$m && $(GO) test -race -count=1 ./...); done

.PHONY: check
check: fmt vet lint workflows drift attributes tidy licenses-current consumer from-cache compat ## Formatting, vet, linter, generated code, module files, cost to users, compatibility

.PHONY: generate
generate: ## Make gen/ and client/models.go from the documents in api/
	cd cmd/gen && $(GO) run . -root ../..

.PHONY: drift
drift: ## Fail if generated code is not what the documents in api/ give
	cd cmd/gen && $(GO) run . -root ../.. -check

.PHONY: attributes
attributes: ## Fail if the example of cmd/attributes is not what its definitions give
	$(GO) run ./cmd/attributes -check -o examples/attributes/attributes.go examples/attributes/metadata.json

.PHONY: fmt
fmt: ## Fail if a Go file is not formatted
	@bad="$$(gofmt -l .)"; [ -z "$$bad" ] || { echo "not formatted (gofmt -w):"; echo "$$bad"; exit 1; }

.PHONY: vet
vet: ## Run go vet on every module
	@set -e; for m in $(TESTED) contract/consumer; do echo "vet $$m"; (cd $$m && $(GO) vet ./...); done
	@echo "vet client for js/wasm"; GOOS=js GOARCH=wasm $(GO) vet ./client

.PHONY: lint
lint: ## Run staticcheck, as pinned in tools/go.mod, on every module
	@set -e; bin="$$(pwd)/.bin/staticcheck"; (cd tools && $(GO) build -o "$$bin" honnef.co/go/tools/cmd/staticcheck); \
	for m in $(TESTED) contract/consumer; do echo "lint $$m"; (cd $$m && "$$bin" ./...); done

.PHONY: tidy
tidy: ## Fail if a go.mod or go.sum is not tidy
	@set -e; for m in $(MODULES); do echo "tidy $$m"; (cd $$m && $(GO) mod tidy -diff); done

.PHONY: workflows
workflows: ## Check the workflows of .github: by actionlint, as pinned in tools/go.mod, and for pins, permissions and tests
	@bin="$$(pwd)/.bin/actionlint"; (cd tools && $(GO) build -o "$$bin" github.com/rhysd/actionlint/cmd/actionlint) && "$$bin" && echo "the workflows are right"
	@cd tools && $(GO) run ./workflows

.PHONY: licenses
licenses: ## Write THIRD_PARTY.md, the licences of all dependencies
	cd tools && $(GO) run ./licenses

.PHONY: licenses-current
licenses-current: ## Fail if THIRD_PARTY.md is not what make licenses writes
	@cd tools && $(GO) run ./licenses -check && echo "THIRD_PARTY.md is current"

.PHONY: vulncheck
vulncheck: ## Look for known vulnerabilities in what the modules call; needs the network
	@set -e; bin="$$(pwd)/.bin/govulncheck"; (cd tools && $(GO) build -o "$$bin" golang.org/x/vuln/cmd/govulncheck); \
	for m in $(TESTED); do echo "vulnerabilities of $$m"; (cd $$m && "$$bin" ./...); done

.PHONY: release-notes
release-notes: ## Print what the changelog says of VERSION=v1.2.3
	@cd tools && $(GO) run ./releasenotes -- "$$VERSION"

# Lines of which operators are changed, in percent, from SEED (a new one if 0).
SAMPLE ?= 100
SEED   ?= 0
MUTATED ?= custom client

.PHONY: mutation
mutation: ## Change operators of MUTATED (custom client) one by one: the tests have to notice; all take half an hour (SAMPLE=10)
	@gremlins="$$(pwd)/.bin/gremlins"; cd tools && $(GO) build -o "$$gremlins" github.com/go-gremlins/gremlins/cmd/gremlins \
	&& $(GO) run ./mutation -gremlins "$$gremlins" -sample $(SAMPLE) -seed $(SEED) $(MUTATED)

.PHONY: guards
guards: ## Take each guard of ratelimit/GUARDS.md away: the test named there has to fail; all take ten minutes (SAMPLE=10)
	@cd tools && $(GO) run ./guards -sample $(SAMPLE) -seed $(SEED) ratelimit

# What a user's module gains by importing the client: at most this many indirect modules and lines of go.sum.
MAX_INDIRECT := 4
MAX_GOSUM    := 25

.PHONY: consumer
consumer: ## Build a stranger's module and hold what it gains to the limits
	@cd contract/consumer && $(GO) build -mod=readonly -o /dev/null . \
	&& indirect=$$(grep -c '// indirect' go.mod) && lines=$$(wc -l < go.sum) \
	&& echo "a user's module gains $$indirect indirect modules (at most $(MAX_INDIRECT)) and $$lines lines of go.sum (at most $(MAX_GOSUM))" \
	&& [ $$indirect -le $(MAX_INDIRECT) ] && [ $$lines -le $(MAX_GOSUM) ]
	@GO=$(GO) bash contract/consumer/stranger.sh

.PHONY: from-cache
from-cache: ## Run all tests of the root module as a user can, from the module cache; takes a minute
	@GO=$(GO) bash contract/consumer/fromcache.sh

# Judges that this repository did not write. They are npm packages, and need Node.
NODE    := contract/node
JUDGES  := $(NODE)/node_modules/.package-lock.json
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true node node_modules/@redocly/cli/bin/cli.js

# npm installs what the lock file says, and runs no scripts of the packages (.npmrc).
$(JUDGES): $(NODE)/package.json $(NODE)/package-lock.json $(NODE)/.npmrc
	@node -e '[a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b >= 19 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null \
	|| { echo "this target needs Node 20.19 or later and npm, see https://nodejs.org (found: $$(node --version 2>/dev/null || echo none))" >&2; exit 1; }
	cd $(NODE) && npm ci --loglevel=error && touch node_modules/.package-lock.json

.PHONY: test-prism
test-prism: $(JUDGES) ## Run the client against Prism, a server made of the document (needs Node 20.19 or later)
	GO=$(GO) contract/prism/run.sh -v

.PHONY: test-clients
test-clients: $(JUDGES) ## Run a generated TypeScript client and curl against the fake (needs Node 20.19 or later, bash, curl)
	@for tool in bash curl; do command -v $$tool >/dev/null || { echo "this target needs $$tool" >&2; exit 1; }; done
	cd $(NODE) && rm -rf build/client build/metadata build/js \
	&& node node_modules/@hey-api/openapi-ts/bin/run.js -i ../../api/openapi.yaml -o build/client --silent --no-log-file \
	&& node node_modules/@hey-api/openapi-ts/bin/run.js -i ../../api/metadata.yaml -o build/metadata --silent --no-log-file \
	&& node node_modules/typescript/bin/tsc -p .
	cd contract && KUSTOMER_CLIENTS=1 $(GO) test -count=1 -v ./clients

.PHONY: lint-api
lint-api: drift $(JUDGES) ## Lint the documents in api/ by kin-openapi and Redocly (needs Node 20.19 or later)
	cd $(NODE) && $(REDOCLY) lint --lint-config error --format stylish conversations metadata

# Faults are for the linter, for a reference that leads nowhere is rendered without a word. Redocly's boxes tell of Node and
# of itself; any other warning is one of the document.
.PHONY: docs
docs: lint-api ## Make an HTML reference of the documents, in docs/build (needs Node 20.19 or later)
	@set -e; mkdir -p docs/build $(NODE)/build; for page in conversations:openapi metadata:metadata; do \
	api=$${page%:*}; document=api/$${page#*:}.yaml; html=docs/build/$$api.html; log=$(NODE)/build/docs.log; \
	(cd $(NODE) && $(REDOCLY) build-docs $$api --lint-config error --inlineBundle -o ../../$$html) >$$log 2>&1 || { cat $$log; exit 1; }; \
	if grep -v -e ║ -e ╔ -e ╚ $$log | grep -i -e warn -e ⚠; then echo "docs: $$document was rendered with warnings" >&2; exit 1; fi; \
	for id in $$(sed -n 's/^ *operationId: //p' $$document); do grep -q "$$id" $$html || { echo "docs: $$html lacks $$id" >&2; exit 1; }; done; \
	echo "$$html"; done

.PHONY: compat
compat: ## Fail if a breaking change of documents or Go API, since the last release or the baseline, is not announced
	@cd compat && $(GO) run . -root ..

.PHONY: baseline
baseline: ## Record what make compat compares with while there is no release (see CONTRIBUTING.md)
	@cd compat && $(GO) run . -root .. -record

.PHONY: bench
bench: ## Run the benchmarks, print the table of the rate-limit simulation, draw docs/window.svg
	$(GO) test -run '^$$' -bench . -benchmem ./client ./custom ./ratelimit
	$(GO) test ./internal/simulation -run '^$$' -bench Picture -benchtime 1x -picture ../../docs/window.svg
	$(GO) test ./internal/simulation -run '^$$' -bench Table -benchtime 1x

.PHONY: verify-live
verify-live: ## Ask a sandbox what the reference leaves open; needs KUSTOMER_SANDBOX=yes, _ORG, _API_KEY, _CUSTOMER_ID (ARGS='-report FILE'; verify-live-report.md if none)
	@$(GO) run ./cmd/verify-live $(ARGS)

FAULTS ?= 12000
.PHONY: faults
faults: ## Judge what the client says of FAULTS (12,000) calls whose connections fail, from SEED (a new one); takes 3 min
	$(GO) test ./internal/sockets -count=1 -timeout 20m -v -faults $(FAULTS) -seed $(SEED)

FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: ## Run each fuzz test for FUZZTIME (30s)
	@set -e; for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	echo "fuzz $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; done; done
