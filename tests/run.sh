#!/usr/bin/env bash
# Runs the built test projects whose names end in the word given (Tests or LiveTests) and ends with one line:
# N passed, N failed, N skipped. Exits non-zero when a test failed, a project did not run, or none was found.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1
configuration=${CONFIGURATION:-Release}
passed=0 failed=0 skipped=0 broken=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for project in tests/*."$kind"; do
    name=$(basename "$project")
    [[ $kind == Tests && $name == *.LiveTests ]] && continue
    assembly="$project/bin/$configuration/net10.0/Sequencer.$name.dll"
    if ! dotnet test "$assembly" --blame-hang-timeout 10min >"$log" 2>&1; then
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
    f=$(sed -E 's/.*Failed: +([0-9]+).*/\1/' <<<"$counts")
    p=$(sed -E 's/.*Passed: +([0-9]+).*/\1/' <<<"$counts")
    s=$(sed -E 's/.*Skipped: +([0-9]+).*/\1/' <<<"$counts")
    echo "$name: $p passed, $f failed, $s skipped"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "$passed passed, $failed failed, $skipped skipped"
[[ $broken == 0 && $failed == 0 && $passed -gt 0 ]]
