#!/usr/bin/env bash
# Builds the enclave image as artifacts/test.eif, unless NITRO_EIF names one, and boots it in an emulated Nitro enclave,
# where it is put through its whole protocol, by itself and behind a real gateway. An operator's artifacts/sequencer.eif,
# with another configuration, is left alone. Needs no KVM and no AWS; QEMU is built once and
# kept, see build-qemu.sh. Prints the figures and, last, the counts.
#
# With --optional, where Debian's packages cannot be had, the tests are skipped, visibly, instead of failing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"

# prepare COMMAND...: what it prints is in $prepared. Where it ends with UNAVAILABLE, and that may be, all tests are
# skipped.
prepare() {
  local status=0
  prepared=$("$@") || status=$?
  [ "$status" != 0 ] || return 0
  [ "$status" = "$UNAVAILABLE" ] && [ "$optional" = 1 ] || exit "$status"
  say "SKIPPED: the image is not booted in an emulated enclave, for want of the above."
  exec env -u NITRO_EIF "$root/tests/run.sh" Nitro.LiveTests --filter Category=nitro
}

build() {
  local output
  output=$(dotnet build "$root/$1" -c Release -nologo -v quiet 2>&1) || { printf '%s\n' "$output" >&2; exit 1; }
}

optional=0
[ "${1:-}" != --optional ] || optional=1
export CONFIGURATION=Release
for project in tests/Nitro.LiveTests src/Gateway src/Cli; do build "$project"; done

prepare install_packages python3
image=${NITRO_EIF:-$root/artifacts/test.eif}
[ -n "${NITRO_EIF:-}" ] || prepare env OUTPUT="$image" "$here/build-eif.sh"
prepare "$here/build-qemu.sh"
export NITRO_EIF=$image NITRO_QEMU=$prepared
export NITRO_GATEWAY=$root/src/Gateway/bin/Release/net10.0/sequencer-gateway
export NITRO_CLI=$root/src/Cli/bin/Release/net10.0/sequencer
exec "$root/tests/run.sh" Nitro.LiveTests --filter Category=nitro
