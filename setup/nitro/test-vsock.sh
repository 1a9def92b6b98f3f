#!/usr/bin/env bash
# Runs the vsock transport over a real AF_VSOCK, the kernel's loopback, in a guest of Debian's own QEMU: for
# machines on which the nitro-enclave machine cannot be built. No vsock is opened on the host.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"
install_packages qemu-system-x86
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

kernel=$("$here/fetch-test-kernel.sh")
program=$("$here/publish-aot.sh" "$root/tests/Nitro.Guest" "$work/published")
"$here/stage-program.sh" "$work/published" "$program" "$work/guest" >/dev/null
mkdir -p "$work/guest/modules"
cp "$kernel"/modules/*.ko "$work/guest/modules/"
export VSOCK_GUEST=$work/guest VSOCK_KERNEL=$kernel/bzImage
export CONFIGURATION=Release
output=$(dotnet build "$root/tests/Nitro.LiveTests" -c Release -nologo -v quiet 2>&1) ||
  { printf '%s\n' "$output" >&2; exit 1; }
"$root/tests/run.sh" Nitro.LiveTests --filter Category=vsock
