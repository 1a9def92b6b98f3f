#!/usr/bin/env bash
# Builds the enclave image, unless NITRO_EIF names one, and boots it in an emulated Nitro enclave, where it is put
# through its whole protocol, by itself and behind a real gateway. Needs no KVM and no AWS; QEMU is built once and
# kept, see build-qemu.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ -z "${NITRO_EIF:-}" ]; then
  export NITRO_EIF=$root/artifacts/sequencer.eif
  OUTPUT=$NITRO_EIF "$here/build-eif.sh" >/dev/null
fi
NITRO_QEMU=$("$here/build-qemu.sh")
dotnet build "$root/src/Gateway" -c Release -nologo -v quiet
dotnet build "$root/src/Cli" -c Release -nologo -v quiet
export NITRO_QEMU NITRO_GATEWAY=$root/src/Gateway/bin/Release/net10.0/sequencer-gateway
export NITRO_CLI=$root/src/Cli/bin/Release/net10.0/sequencer
dotnet test "$root/tests/Nitro.LiveTests" -nologo --filter Category=nitro --logger 'console;verbosity=detailed'
