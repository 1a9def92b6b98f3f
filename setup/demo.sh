#!/usr/bin/env bash
# The whole promise at once: starts a sequencer in a temporary folder on a free port, submits transactions with the
# command line and with curl, stops the server, verifies every bundle offline, and shows what is refused: a changed
# transaction, a changed receipt, another log's policy, an image that is not accepted. Exits non-zero if anything
# goes otherwise. Needs the projects built (make demo does that) and curl.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
configuration=${CONFIGURATION:-Release}
gateway="$root/src/Gateway/bin/$configuration/net10.0/sequencer-gateway"
cli="$root/src/Cli/bin/$configuration/net10.0/sequencer"

folder=$(mktemp -d)
server=
finish() {
    local code=$?
    if [[ -n $server ]]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
    if [[ $code != 0 && -f "$folder/server.log" ]]; then
        echo "--- the server's log:"
        tail -n 20 "$folder/server.log"
    fi
    rm -rf "$folder"
    exit $code
}
trap finish EXIT
cd "$folder"

step() { printf '\n\033[1m== %s\033[0m\n' "$1"; }
fail() { echo "DEMO FAILED: $1" >&2; exit 1; }

# Runs a command that must be refused (exit 1) and shows why it was.
refused() {
    local what=$1 code=0
    shift
    "$@" >refused.txt 2>&1 || code=$?
    [[ $code == 1 ]] || { cat refused.txt; fail "$what: exit code $code instead of 1"; }
    grep -E '^(FAIL|fail)' refused.txt || tail -n 3 refused.txt
    echo "refused, as it must be: $what"
}

free_port() { # asks the kernel for one that nobody uses
    local port
    for port in $(shuf -i 20000-29999 -n 50); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
    done
    fail "no free port"
}

# Starts a sequencer with keys of its own in a folder; sets $server. Arguments: folder, port.
start() {
    mkdir -p "$1/setup"
    cp "$root/setup/sample.toml" "$1/setup/"
    (cd "$1" && "$gateway" config) | sed -n '1,6p'
    (cd "$1" && SEQUENCER__SERVER__LISTEN="http://127.0.0.1:$2" SEQUENCER__SERVER__PUBLIC_HOST="$host" \
        exec "$gateway") >server.log 2>&1 &
    server=$!
    for _ in $(seq 1 300); do
        if curl -sf "http://127.0.0.1:$2/health/ready" >/dev/null; then return; fi
        kill -0 "$server" 2>/dev/null || fail "the server ended"
        sleep 0.2
    done
    fail "the server was not ready within 60 s"
}

stop() {
    kill "$server"
    wait "$server" || fail "the server did not stop in good order"
    server=
}

port=$(free_port)
host="127.0.0.1:$port"
url="http://$host"

step "Another operator's sequencer, of the same name but with other keys, for comparison"
start other "$port"
"$cli" submit hello --url "$url" --token "$("$cli" token --key other/secrets/jwt.key --chain demo)" >/dev/null
"$cli" policy "$url" demo --out other/trust >/dev/null 2>&1
stop

step "A sequencer on $url, its enclave simulated"
start . "$port"
curl -s "$url/heartbeat"; echo

step "Transactions: two by the command line, one by curl"
SEQUENCER_TOKEN=$("$cli" token --key secrets/jwt.key --chain demo)
export SEQUENCER_TOKEN
printf 'alice pays bob 5' >one.txt
printf 'bob pays carol 3' >two.txt
printf 'carol pays dave 1' >three.txt
"$cli" submit --url "$url" --file one.txt --out one.tlog-proof
"$cli" submit --url "$url" --out two.tlog-proof <two.txt
curl -sf "$url/sequence" -H "Authorization: Bearer $SEQUENCER_TOKEN" -H 'Content-Type: application/json' \
    -d "{\"data\": \"$(<three.txt)\"}"
echo
"$cli" receipt 2 --url "$url" --bundle --out three.tlog-proof

step "The policy files, and an audit of the whole chain"
"$cli" policy "$url" demo --out trust
"$cli" audit "$url" demo --policy trust/policy --images trust/images.json \
    --simulated-root trust/simulated-root.pem --token "$SEQUENCER_TOKEN" || fail "the audit"

step "The server is stopped: from here on everything is offline"
stop

verify() { # RECEIPT DATA
    "$cli" verify "$1" --data "$2" --policy trust/policy --images trust/images.json \
        --simulated-root trust/simulated-root.pem
}
for name in one two three; do
    verify "$name.tlog-proof" "$name.txt" >verified.txt || { cat verified.txt; fail "$name does not verify"; }
    echo "$name.txt: $(grep -c '^pass' verified.txt) checks passed. $(tail -n 1 verified.txt)"
done

step "A changed transaction"
printf 'alice pays bob 500' >forged.txt
refused "alice pays bob 500" verify one.tlog-proof forged.txt

step "A changed receipt"
sed 's/^index 0$/index 1/' one.tlog-proof >forged.tlog-proof
refused "the same receipt at another index" verify forged.tlog-proof one.txt

step "Another log's policy"
refused "a policy that names another log key" "$cli" verify one.tlog-proof --data one.txt --policy other/trust/policy \
    --images trust/images.json --simulated-root trust/simulated-root.pem

step "An image that is not accepted"
sed -E 's/("[Pp][Cc][Rr]0": *")[0-9a-f]{8}/\1deadbeef/' trust/images.json >other.json
refused "an enclave of another image" "$cli" verify one.tlog-proof --data one.txt --policy trust/policy \
    --images other.json --simulated-root trust/simulated-root.pem

step "A simulated enclave, without permission for it"
refused "simulation that nobody allowed" "$cli" verify one.tlog-proof --data one.txt --policy trust/policy \
    --images trust/images.json

printf '\nDemo passed: what was receipted verifies offline, and nothing else does.\n'
