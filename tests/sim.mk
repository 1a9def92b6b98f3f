# The deterministic simulation of the sequencer: the same seed, the same run.
.PHONY: sim
sim: ## simulate crashes, faults and interleavings: make sim [SEED=1] [RUNS=2000]
	@dotnet build -c $(CONFIGURATION) -v quiet tests/Core.Tests
	@SIM_SEED=$(or $(SEED),1) SIM_RUNS=$(or $(RUNS),2000) dotnet test tests/Core.Tests -c $(CONFIGURATION) \
		--no-build --filter "FullyQualifiedName~Sim.SimulationTests.AnySeed" \
		--logger "console;verbosity=detailed" | grep -E '^ *(seeds |Failed |Passed |Expected )'

.PHONY: sim-rollback
sim-rollback: ## simulate an operator who rolls enclaves back: make sim-rollback [SEED=1] [RUNS=2000]
	@dotnet build -c $(CONFIGURATION) -v quiet tests/Enclave.Tests
	@SIM_SEED=$(or $(SEED),1) SIM_RUNS=$(or $(RUNS),2000) dotnet test tests/Enclave.Tests -c $(CONFIGURATION) \
		--no-build --filter "FullyQualifiedName~RollbackTests.AnySeed" \
		--logger "console;verbosity=detailed" | grep -E '^ *(seeds |Failed |Passed |Expected )'
