# BLOCKY Sequencer. `make` alone lists what there is. Needs Linux, the .NET 10 SDK, make and git; the demo also curl.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

CONFIGURATION ?= Release
CHAIN ?= demo
# A build says nothing when all is well, and everything when it is not.
dotnet_build = @output=$$(dotnet build -c $(CONFIGURATION) -v quiet $(1) 2>&1) || { echo "$$output" >&2; exit 1; }
GATEWAY := src/Gateway/bin/$(CONFIGURATION)/net10.0/sequencer-gateway
WITNESS := src/Witness/bin/$(CONFIGURATION)/net10.0/sequencer-witness
CLI := src/Cli/bin/$(CONFIGURATION)/net10.0/sequencer

.PHONY: help
help: ## list every target
	@echo "BLOCKY Sequencer. First steps: make run, make demo, make test."
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: config
config: build-gateway ## make setup/config.toml and the keys of a development set-up; overwrites nothing
	@$(GATEWAY) config

.PHONY: build
build: ## build everything, warnings as errors
	$(call dotnet_build,Sequencer.sln)

.PHONY: build-gateway
build-gateway:
	$(call dotnet_build,src/Gateway)

.PHONY: build-cli
build-cli:
	$(call dotnet_build,src/Cli)

# With lock files of its own: it takes the packages of the runtime that it carries along, a build does not.
.PHONY: cli
cli: ## the command line as one file that needs no .NET, artifacts/sequencer: make cli [RUNTIME=linux-arm64]
	@output=$$(dotnet publish src/Cli -c Release -r $(or $(RUNTIME),linux-x64) --self-contained -p:PublishSingleFile=true \
		-p:DebugType=none -p:NuGetLockFilePath=obj/cli.lock.json -o artifacts/cli -v quiet 2>&1) \
		|| { echo "$$output" >&2; exit 1; }
	@mv artifacts/cli/sequencer artifacts/sequencer && rm -r artifacts/cli

.PHONY: run
run: build-gateway ## run the sequencer on http://127.0.0.1:5000, the enclave simulated
	@test -f setup/config.toml || $(GATEWAY) config
	@$(GATEWAY)

.PHONY: build-witness
build-witness:
	$(call dotnet_build,src/Witness)

.PHONY: witness
witness: build-gateway build-witness ## run a witness on http://127.0.0.1:5010 that cosigns the chains of make run
	@test -f secrets/log.key || $(GATEWAY) config
	@test -f setup/witness.toml || $(WITNESS) config
	@$(WITNESS)

.PHONY: token
token: build-cli ## mint a development token: make token CHAIN=demo [SCOPE=read]
	@test -f secrets/jwt.key || { echo "There is no secrets/jwt.key: run 'make config' first." >&2; exit 1; }
	@$(CLI) token --key secrets/jwt.key --chain $(CHAIN) $(if $(SCOPE),--scope $(SCOPE))

.PHONY: demo
demo: build-gateway build-witness build-cli ## submit, verify offline, tamper, roll back: the whole promise, in a minute and a half
	@CONFIGURATION=$(CONFIGURATION) setup/demo.sh

.PHONY: test
test: build ## every test that needs no network, no AWS and no root
	@CONFIGURATION=$(CONFIGURATION) tests/run.sh Tests

.PHONY: test-live
test-live: build ## real processes over real HTTP; Iac against AWS or its emulator
	@CONFIGURATION=$(CONFIGURATION) tests/run.sh LiveTests

.PHONY: lint
lint: ## formatting, analysers as errors, shell syntax
	@dotnet format whitespace --folder . --verify-no-changes --include $$(git ls-files '*.cs')
	$(call dotnet_build,Sequencer.sln -warnaserror)
	@git ls-files '*.sh' .ci/run setup/systemd/run-enclave | xargs -n 1 bash -n
	@echo "lint: clean"

.PHONY: format
format: ## put the code into its format
	@dotnet format Sequencer.sln

# What an operator made or wrote, beside secrets/: `make clean` leaves it.
KEPT := data witness-state setup/config.toml setup/witness.toml setup/witness-images.json \
	setup/enclave.local.json setup/images.json

.PHONY: clean
clean: ## remove build output
	@find src tests bench -type d \( -name bin -o -name obj -o -name TestResults \) -prune -exec rm -rf {} + 2>/dev/null || true
	@rm -rf artifacts

.PHONY: veryclean
veryclean: ## also remove the ledger, the witness's state, the configuration and every secret; asks first
	@if [ -n "$$(ls -d $(KEPT) 2>/dev/null)" ] || [ -n "$$(ls -A secrets | grep -v '^README.md$$' || true)" ]; then \
		if [ "$(YES)" != 1 ]; then \
			answer=; \
			read -r -p "This deletes data/, witness-state/, the configuration in setup/ and all keys in secrets/. Type yes: " answer || echo; \
			[ "$$answer" = yes ] || { echo "Nothing was deleted."; exit 1; }; \
		fi; \
		rm -rf $(KEPT); \
		find secrets -mindepth 1 ! -name README.md -delete; \
	fi
	@$(MAKE) --no-print-directory clean

-include setup/nitro/nitro.mk
-include setup/aws-emulator/aws.mk
-include tests/sim.mk
-include tests/Fuzz/fuzz.mk
-include tests/Chaos.LiveTests/chaos.mk
-include bench/bench.mk
