# The deterministic simulation of the sequencer: the same seed, the same run.
SEED ?= 1
RUNS ?= 2000

.PHONY: sim
sim: ## simulate crashes, faults and interleavings: make sim [SEED=1] [RUNS=2000]
	@$(DOTNET_BUILD) tests/Core.Tests
	@SIM_SEED=$(SEED) SIM_RUNS=$(RUNS) dotnet test tests/Core.Tests -c $(CONFIGURATION) --no-build \
		--filter "FullyQualifiedName~Sim.SimulationTests.AnySeed" --logger "console;verbosity=detailed" \
		| grep -E '^ *(seeds |Failed |Passed |Expected )'
