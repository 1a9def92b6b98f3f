#!/usr/bin/env bash
# Fetches bookworm's own cloud kernel for `make test-vsock` and prints the folder with bzImage and modules/. It is
# not the enclave's kernel: 6.12 does not run reliably under bookworm's QEMU 7.2. Nothing is installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"

install_packages xz-utils
store=$CACHE/test-kernel
mkdir -p "$store"
cached=$(find "$store" -mindepth 2 -maxdepth 2 -name bzImage | sort -V | tail -n 1)
[ -z "$cached" ] || { dirname "$cached"; exit 0; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
open_archive "$work/archive" "deb MIRROR bookworm main" ||
  unavailable "the Debian archive cannot be reached and no kernel is cached."
package=$(archive_cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" { print $2; exit }')
[ -n "$package" ] || die "bookworm lists no linux-image-cloud-amd64."
say "fetching $package"
unpack_package "$work/kernel" "$package"
result=$work/result
mkdir -p "$result/modules"
cp "$work/kernel/boot/vmlinuz-${package#linux-image-}" "$result/bzImage"
number=1
for module in vsock vmw_vsock_virtio_transport_common vsock_loopback; do
  unpack_module "$work/kernel" "$module" "$result/modules/$number-$module.ko"
  number=$((number + 1))
done
target=$store/${package#linux-image-}
rm -rf "$target"
mv "$result" "$target"
printf '%s\n' "$target"
