#!/usr/bin/env bash
# Runs moto, the AWS emulator, for `make aws-emulator` and the live tests of iac.
#
#   moto.sh install          debootstrap Debian trixie with python3-moto into the cache (root, about a minute, 400 MB)
#   moto.sh start [STATE]    start it on 127.0.0.1 on a free port; prints the endpoint
#   moto.sh stop [STATE]     stop the one that `start` recorded in STATE
#   moto.sh endpoint [STATE] print the endpoint of the running one, or fail
#
# STATE is a folder for its pid, port and log; several may run side by side, each with its own.
# python3-moto is in Debian trixie and later, hence the chroot: the machine itself may be older.
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/sequencer"
root="$cache/moto-trixie"
mirror="${SEQUENCER_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
state="${2:-$cache/moto-state}"

say() { printf 'aws-emulator: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

need_root() {
    [ "$(id -u)" -eq 0 ] || fail "$1 needs root (debootstrap and chroot); run it as root or with sudo -E."
}

in_root() {
    chroot "$root.new" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

install_moto() {
    if [ -e "$root/installed" ]; then
        say "moto $(cat "$root/installed") is installed in $root."
        return
    fi
    need_root "install"
    if ! command -v debootstrap > /dev/null; then
        say "installing debootstrap"
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends debootstrap > /dev/null
    fi
    rm -rf --one-file-system "$root.new"
    mkdir -p "$cache"
    say "bootstrapping Debian trixie into $root (once; about 70 s)"
    debootstrap --variant=minbase trixie "$root.new" "$mirror" > "$cache/moto-install.log" 2>&1 \
        || fail "debootstrap failed; its log is $cache/moto-install.log."
    cp /etc/resolv.conf "$root.new/etc/resolv.conf"
    # python3-moto must come after debootstrap, which cannot resolve one of its virtual packages;
    # python3-flask-cors is needed by the server but is no dependency of the package.
    in_root apt-get install -y --no-install-recommends python3-moto python3-flask-cors \
        >> "$cache/moto-install.log" 2>&1 \
        || fail "installing python3-moto failed; the log is $cache/moto-install.log."
    in_root apt-get clean
    in_root dpkg-query --show --showformat='${Version}' python3-moto > "$root.new/installed"
    rm -rf --one-file-system "$root"
    mv "$root.new" "$root"
    say "installed moto $(cat "$root/installed")."
}

is_running() {
    [ -f "$state/pid" ] && grep -qz moto.server "/proc/$(cat "$state/pid")/cmdline" 2> /dev/null
}

free_port() {
    chroot "$root" /usr/bin/python3 -c \
        'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_moto() {
    [ -e "$root/installed" ] || fail "moto is not installed; run 'make aws-emulator' first."
    if is_running; then
        cat "$state/endpoint"
        return
    fi
    need_root "start"
    mkdir -p "$state"
    local port
    port="$(free_port)"
    setsid chroot "$root" env -i PATH=/usr/bin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
        AWS_ACCESS_KEY_ID=emulator AWS_SECRET_ACCESS_KEY=emulator AWS_EC2_METADATA_DISABLED=true \
        /usr/bin/python3 -c 'from moto.server import main; main()' -H 127.0.0.1 -p "$port" \
        > "$state/log" 2>&1 < /dev/null &
    local pid=$!
    echo "$pid" > "$state/pid"
    for _ in $(seq 1 150); do
        kill -0 "$pid" 2> /dev/null || fail "moto ended at once; its log is $state/log."
        if (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then
            echo "http://127.0.0.1:$port" | tee "$state/endpoint"
            return
        fi
        sleep 0.2
    done
    kill "$pid"
    fail "moto did not answer on port $port within 30 s; its log is $state/log."
}

stop_moto() {
    if ! is_running; then
        say "not running."
        return
    fi
    local pid
    pid="$(cat "$state/pid")"
    kill "$pid"
    for _ in $(seq 1 50); do
        kill -0 "$pid" 2> /dev/null || break
        sleep 0.1
    done
    rm -f "$state/pid" "$state/endpoint"
    say "stopped."
}

case "${1:-}" in
    install) install_moto ;;
    start) start_moto ;;
    stop) stop_moto ;;
    endpoint) is_running && cat "$state/endpoint" ;;
    *) fail "usage: moto.sh install | start [STATE] | stop [STATE] | endpoint [STATE]" ;;
esac
