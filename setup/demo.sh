#!/usr/bin/env bash
# The whole promise at once: starts three witnesses and a sequencer in a temporary folder on free ports, submits
# transactions with the command line and with curl, kills a witness, stops the server, verifies every bundle offline,
# and shows what is refused: a changed transaction, a changed receipt, another log's policy, an image that is not
# accepted, and yesterday's data under a fresh enclave. Exits non-zero if anything goes otherwise. Needs the projects
# built (make demo does that) and curl.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
configuration=${CONFIGURATION:-Release}
gateway="$root/src/Gateway/bin/$configuration/net10.0/sequencer-gateway"
witness="$root/src/Witness/bin/$configuration/net10.0/sequencer-witness"
cli="$root/src/Cli/bin/$configuration/net10.0/sequencer"

folder=$(mktemp -d)
server=
declare -A witnesses=() # process ids, by number
witnessing=()           # what the gateway's environment adds to its configuration
finish() {
    local code=$?
    for process in $server "${witnesses[@]}"; do
        kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true
    done
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

# Waits until a process serves. Arguments: what it is, process id, address to ask.
await() {
    for _ in $(seq 1 300); do
        if curl -sf "$3" >/dev/null; then return; fi
        kill -0 "$2" 2>/dev/null || fail "$1 ended"
        sleep 0.2
    done
    fail "$1 was not ready within 60 s"
}

configure() { # a sequencer with keys of its own in a folder
    mkdir -p "$1/setup"
    cp "$root/setup/sample.toml" "$1/setup/"
    (cd "$1" && "$gateway" config) | sed -n '1,6p'
}

# Starts the sequencer of a folder; sets $server. Arguments: folder, port.
start() {
    (cd "$1" && exec env SEQUENCER__SERVER__LISTEN="http://127.0.0.1:$2" SEQUENCER__SERVER__PUBLIC_HOST="$host" \
        "${witnessing[@]}" "$gateway") >>server.log 2>&1 &
    server=$!
    await "the server" "$server" "http://127.0.0.1:$2/health/ready"
}

stop() {
    kill "$server"
    wait "$server" || fail "the server did not stop in good order"
    server=
}

# Makes and starts a witness of the logs below $host/log; prints its line for policies. Argument: its number.
start_witness() {
    local address settings
    address="http://127.0.0.1:$(free_port)"
    settings=(SEQUENCER_WITNESS__SERVER__LISTEN="$address" SEQUENCER_WITNESS__WITNESS__PUBLIC_URL="$address"
        SEQUENCER_WITNESS__LOGS__LOCAL__PREFIX="$host/log"
        SEQUENCER_WITNESS__LOGS__LOCAL__ATTESTATION_URL="$url/log")
    mkdir -p "witness-$1"
    (cd "witness-$1" && "$witness" config --gateway .. --name "witness-$1.example") >/dev/null
    (cd "witness-$1" && exec env "${settings[@]}" "$witness") >"witness-$1/log" 2>&1 &
    witnesses[$1]=$!
    await "witness $1" "${witnesses[$1]}" "$address/health/ready"
    (cd "witness-$1" && env "${settings[@]}" "$witness" key) | tail -n 1 | tee -a witness-policy
}

submit() { # one transaction by curl, answered when its quorum has cosigned; prints status and body
    curl -s "$url/sequence" -H "Authorization: Bearer $SEQUENCER_TOKEN" -H 'Content-Type: application/json' \
        -H 'Prefer: finality=witnessed' -d "{\"data\": \"$1\"}" -w '\n%{http_code}\n'
}

port=$(free_port)
host="127.0.0.1:$port"
url="http://$host"

step "Another operator's sequencer, of the same name but with other keys, for comparison"
configure other
start other "$port"
"$cli" submit hello --url "$url" --token "$("$cli" token --key other/secrets/jwt.key --chain demo)" >/dev/null
"$cli" policy "$url" demo --out other/trust >/dev/null 2>&1
stop

step "Three witnesses, of which two must have cosigned"
configure . >/dev/null
for number in 1 2 3; do start_witness "$number"; done
printf 'group two-of-three 2 witness-1.example witness-2.example witness-3.example\nquorum two-of-three\n' |
    tee -a witness-policy
witnessing=(SEQUENCER__WITNESSES__POLICY_FILE=witness-policy SEQUENCER__WITNESSES__INTERVAL_MS=100
    SEQUENCER__ENCLAVE__SIMULATED_WITNESS_POLICY_FILE=witness-policy)

step "A sequencer on $url, its enclave simulated; it opens a chain with that quorum only"
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
submit "$(<three.txt)" | sed -n '1s/"attestation":"[^"]*"/"attestation":"…"/p'
"$cli" receipt 2 --url "$url" --bundle --out three.tlog-proof

step "The policy files, and an audit of the whole chain"
"$cli" policy "$url" demo --out trust
"$cli" audit "$url" demo --policy trust/policy --images trust/images.json \
    --simulated-root trust/simulated-root.pem --token "$SEQUENCER_TOKEN" || fail "the audit"

step "The day ends: the operator keeps a copy of the data. The next day one witness is killed"
stop
cp -a data yesterday
start . "$port"
kill -KILL "${witnesses[3]}"
wait "${witnesses[3]}" 2>/dev/null || true
unset 'witnesses[3]'
printf 'dave pays erin 2' >four.txt
submit "$(<four.txt)" >answer.txt
[[ $(tail -n 1 answer.txt) == 200 ]] || { cat answer.txt; fail "no quorum with one witness dead"; }
"$cli" receipt 3 --url "$url" --bundle --out four.tlog-proof
grep -E "^— witness-" four.tlog-proof

step "The server is stopped: from here on everything is offline"
stop
# What a careful verifier holds: the log's key, and a quorum that no single party controls.
{ grep '^log ' trust/policy; cat witness-policy; } >witnessed-policy

verify() { # RECEIPT DATA [POLICY]
    "$cli" verify "$1" --data "$2" --policy "${3:-trust/policy}" --images trust/images.json \
        --simulated-root trust/simulated-root.pem
}
accepted() { # NAME [POLICY]
    verify "$1.tlog-proof" "$1.txt" "${2:-trust/policy}" >verified.txt || { cat verified.txt; fail "$1 does not verify"; }
    echo "$1.txt: $(grep -c '^pass' verified.txt) checks passed. $(tail -n 1 verified.txt)"
    if [[ $# == 2 ]]; then grep -E '^pass +witness' verified.txt; fi
}
for name in one two; do accepted "$name"; done
for name in three four; do accepted "$name" witnessed-policy; done

step "A changed transaction"
printf 'alice pays bob 500' >forged.txt
refused "alice pays bob 500" verify one.tlog-proof forged.txt

step "A changed receipt"
sed 's/^index 0$/index 1/' one.tlog-proof >forged.tlog-proof
refused "the same receipt at another index" verify forged.tlog-proof one.txt

step "Another log's policy"
refused "a policy that names another log key" verify one.tlog-proof one.txt other/trust/policy

step "An image that is not accepted"
sed -E 's/("[Pp][Cc][Rr]0": *")[0-9a-f]{8}/\1deadbeef/' trust/images.json >other.json
refused "an enclave of another image" "$cli" verify one.tlog-proof --data one.txt --policy trust/policy \
    --images other.json --simulated-root trust/simulated-root.pem

step "A simulated enclave, without permission for it"
refused "simulation that nobody allowed" "$cli" verify one.tlog-proof --data one.txt --policy trust/policy \
    --images trust/images.json

step "The operator restores yesterday's data and starts a fresh enclave, to let dave pay mallory instead"
mv data today
cp -a yesterday data
start . "$port"
submit 'dave pays mallory 2' >answer.txt
grep -q '"code":"chain_stopped"' answer.txt || { cat answer.txt; fail "a second history was begun"; }
head -n 1 answer.txt
echo "refused, as it must be: a history that forgets what the witnesses have seen"
stop

step "With today's data the chain goes on"
rm -rf data
mv today data
start . "$port"
submit 'erin pays frank 1' >answer.txt
[[ $(tail -n 1 answer.txt) == 200 ]] || { cat answer.txt; fail "the chain does not go on"; }
echo "index $(grep -o '"idx":[0-9]*' answer.txt | head -n 1 | cut -d: -f2): erin pays frank 1"
stop

printf '\nDemo passed: what was receipted verifies offline, nothing else does, and history cannot be rolled back.\n'
