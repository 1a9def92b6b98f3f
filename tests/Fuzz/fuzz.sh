#!/usr/bin/env bash
# Fuzzes one parser of outside bytes with afl-fuzz, which sees through SharpFuzz's probes which branches an input
# takes. Ends with one line; exits 1 when there is a finding, and keeps the inputs that show it in artifacts/fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:?"say which target: one of those that make fuzz lists"} seconds=${2:?"say how many seconds"}
built=tests/Fuzz/bin/${CONFIGURATION:-Release}/net10.0
found=artifacts/fuzz/$target

command -v afl-fuzz >/dev/null || {
    apt-get install -y -qq --no-install-recommends afl++ >/dev/null 2>&1 || {
        echo "make fuzz needs afl-fuzz: apt-get install afl++ (as root, after apt-get update)" >&2
        exit 1
    }
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet "$built/Sequencer.Fuzz.dll" seeds "$target" "$work/seeds"
cp -r "$built" "$work/program"
# All of the product and the canary; not the fuzzer itself, which sets the probes' map up.
assemblies=("$work/program/sequencer-gateway.dll")
for assembly in "$work"/program/Sequencer.*.dll; do
    [[ $assembly == *.Fuzz.dll ]] || assemblies+=("$assembly")
done
dotnet "$built/Sequencer.Fuzz.dll" instrument "${assemblies[@]}"

# Exceptions are answers here, not crashes of the process; afl's checks of the machine's crash handling do not apply.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
    AFL_NO_UI=1 AFL_BENCH_UNTIL_CRASH=1 AFL_FORKSRV_INIT_TMOUT=60000 DOTNET_gcServer=0 DOTNET_TieredPGO=0
afl-fuzz -i "$work/seeds" -o "$work/found" -V "$seconds" -t 2000 -m none -- \
    dotnet "$work/program/Sequencer.Fuzz.dll" run "$target" >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 1
}

stat() { sed -n "s/^$1 *: //p" "$work/found/default/fuzzer_stats"; }
echo "fuzz $target: $(stat execs_done) inputs in $(stat run_time) s, $(stat corpus_count) of them took new branches," \
    "$(stat saved_crashes) crashes, $(stat saved_hangs) hangs"
if [[ $(stat saved_crashes) != 0 || $(stat saved_hangs) != 0 ]]; then
    mkdir -p "$found"
    cp "$work"/found/default/{crashes,hangs}/id* "$found/" 2>/dev/null || true
    echo "fuzz $target: dotnet $built/Sequencer.Fuzz.dll replay $target $found/* shows what happened" >&2
    exit 1
fi
