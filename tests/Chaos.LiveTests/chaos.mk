# Chaos: real processes killed under load; included by the Makefile.
.PHONY: chaos
chaos: ## kill -9 gateway and enclave at random under load, then audit: make chaos [RUNS=50] [SEED=…]
	$(call dotnet_build,tests/Chaos.LiveTests)
	@CHAOS_RUNS=$(or $(RUNS),50) $(if $(SEED),CHAOS_SEED=$(SEED)) dotnet test --no-build -c $(CONFIGURATION) \
		tests/Chaos.LiveTests --filter FullyQualifiedName~ChaosTests --logger "console;verbosity=detailed" | grep -E 'chaos:|Passed|Failed|Error|Expected'

.PHONY: flood
flood: ## ten times a chain's quota beside a quiet chain, memory watched: make flood [SECONDS=600]
	$(call dotnet_build,tests/Chaos.LiveTests)
	@FLOOD_SECONDS=$(or $(SECONDS),600) dotnet test --no-build -c $(CONFIGURATION) tests/Chaos.LiveTests \
		--filter FullyQualifiedName~FloodTests --logger "console;verbosity=detailed" \
		| grep -E 'flood:|Passed|Failed|Error|Expected'

.PHONY: fork
fork: ## an older ledger is restored under a fresh enclave, and a monitor proves the fork
	$(call dotnet_build,tests/Chaos.LiveTests)
	@dotnet test --no-build -c $(CONFIGURATION) tests/Chaos.LiveTests \
		--filter FullyQualifiedName~RestoredLedgerTests

.PHONY: crowd
crowd: ## ten thousand idle connections, ten thousand feed readers, bodies that never end; memory watched
	$(call dotnet_build,tests/Chaos.LiveTests)
	@dotnet test --no-build -c $(CONFIGURATION) tests/Chaos.LiveTests --filter FullyQualifiedName~CrowdTests \
		--logger "console;verbosity=detailed" | grep -E 'crowd:|Passed|Failed|Error|Expected'
