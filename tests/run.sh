#!/usr/bin/env bash
# run.sh KIND|PROJECT [ARGUMENT...]: runs built test projects, those whose names end in KIND (Tests or LiveTests) or
# one by its whole name, with arguments of `dotnet test`. Prints the counts of each, the lines "figure: …" that its
# tests wrote, and what failed; last, one line: N passed, N failed, N skipped. Exits non-zero when a test failed, a
# project did not run, or none was found.
#
#   CONFIGURATION   of the build                                                              Release
#   COUNTS          file that the last line is added to, for who sums up several runs         printed
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1
shift
configuration=${CONFIGURATION:-Release}
passed=0 failed=0 skipped=0 broken=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log

projects=(tests/*."$kind")
[[ ! -d tests/$kind ]] || projects=("tests/$kind")
for project in "${projects[@]}"; do
    name=$(basename "$project")
    [[ $kind == Tests && $name == *.LiveTests ]] && continue
    assembly="$project/bin/$configuration/net10.0/Sequencer.$name.dll"
    if ! dotnet test "$assembly" --blame-hang-timeout 10min --results-directory "$work" \
        --logger "console;verbosity=minimal" --logger "trx;LogFileName=$name.trx" "$@" >"$log" 2>&1; then
        broken=1
        cat "$log"
    fi
    # Passed!  - Failed:     0, Passed:    14, Skipped:     0, Total:    14, Duration: …
    counts=$(grep -E '^(Passed|Failed|Skipped)! +- ' "$log" | tail -n 1 || true)
    if [[ -z $counts ]]; then
        echo "$name: no test ran"
        grep -q 'No test is available' "$log" || broken=1
        continue
    fi
    grep -E '^\s+Skipped ' "$log" | sed "s/^ *Skipped /$name: skipped /" || true
    grep -oh 'figure: [^<]*' "$work/$name.trx" | sed "s/^figure: /$name: /" || true
    f=$(sed -E 's/.*Failed: +([0-9]+).*/\1/' <<<"$counts")
    p=$(sed -E 's/.*Passed: +([0-9]+).*/\1/' <<<"$counts")
    s=$(sed -E 's/.*Skipped: +([0-9]+).*/\1/' <<<"$counts")
    echo "$name: $p passed, $f failed, $s skipped"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "$passed passed, $failed failed, $skipped skipped" >>"${COUNTS:-/dev/stdout}"
[[ $broken == 0 && $failed == 0 && $((passed + skipped)) -gt 0 ]]
