# The benchmark: the real gateway, the real enclave process and RocksDB with sync, against limits measured in the same
# run. Needs wrk, which is installed from Debian's packages when it is missing. docs/performance.md explains the table.
BENCH := bench/Bench/bin/Release/net10.0/sequencer-bench

.PHONY: bench
bench: bench-build bench-wrk ## measure against this machine's limits: make bench [QUICK=1|FULL=1]
	@$(BENCH) run $(if $(QUICK),quick,$(if $(FULL),full,standard))

.PHONY: bench-soak
bench-soak: bench-build bench-wrk ## ten minutes of steady load, memory watched: make bench-soak [SOAK_SECONDS=600]
	@$(BENCH) soak $(or $(SOAK_SECONDS),600)

.PHONY: bench-peers
bench-peers: bench-build bench-wrk $(if $(INSTALL),bench-peers-install) ## beside Redis, PostgreSQL, etcd, JetStream, hypercore: make bench-peers [INSTALL=1]
	@$(BENCH) peers $(or $(PEER_SECONDS),8)

.PHONY: bench-witness
bench-witness: bench-build bench-wrk ## what witnesses cost, and how long a witnessed receipt takes: make bench-witness [SECONDS=10]
	@$(BENCH) witness $(or $(SECONDS),10)

# Without INSTALL=1 nothing is installed: what is missing is skipped, and said so.
.PHONY: bench-peers-install
bench-peers-install:
	@apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server postgresql etcd-server nats-server e2fsprogs >/dev/null

.PHONY: bench-micro
bench-micro: ## micro-benchmarks of the parts: they explain, they do not decide
	@dotnet run -c Release --project bench/Micro -- --filter '$(or $(FILTER),*)'

.PHONY: bench-build
bench-build:
	@dotnet build -c Release -v quiet bench/Bench.slnf

.PHONY: bench-wrk
bench-wrk:
	@command -v wrk >/dev/null || { \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends wrk >/dev/null; } || { \
		echo "make bench needs wrk: apt-get install wrk (as root, after apt-get update)" >&2; exit 1; }
