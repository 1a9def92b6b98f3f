#!/usr/bin/env bash
# Builds the enclave image, unless NITRO_EIF names one, and boots it in an emulated Nitro enclave, where it is put
# through its whole protocol. Needs no KVM and no AWS; QEMU is built once and kept, see build-qemu.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ -z "${NITRO_EIF:-}" ]; then
  export NITRO_EIF=$root/artifacts/sequencer.eif
  OUTPUT=$NITRO_EIF "$here/build-eif.sh" >/dev/null
fi
NITRO_QEMU=$("$here/build-qemu.sh")
export NITRO_QEMU
dotnet test "$root/tests/Nitro.LiveTests" -nologo --filter Category=nitro --logger 'console;verbosity=detailed'
