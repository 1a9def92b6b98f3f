# Fuzzing; included by the Makefile. The same targets run as properties in make test.
.PHONY: fuzz
fuzz: ## fuzz parsers by branch coverage: make fuzz [TARGET=note] [SECONDS=60]; without TARGET, each in turn
	$(call dotnet_build,tests/Fuzz)
	@for target in $(or $(TARGET),$$(dotnet tests/Fuzz/bin/$(CONFIGURATION)/net10.0/Sequencer.Fuzz.dll list)); do \
		CONFIGURATION=$(CONFIGURATION) tests/Fuzz/fuzz.sh $$target $(or $(SECONDS),60); done
