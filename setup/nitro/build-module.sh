#!/usr/bin/env bash
# build-module.sh RELEASE ARCHIVE OUTPUT: builds virtio_mmio_cmdline.ko for Debian's kernel RELEASE against its
# own headers, unpacked in the folder ARCHIVE that fetch-kernel.sh opened. Called by fetch-kernel.sh.
# The same compiler gives the same bytes in any folder: no debug information, no path, no time goes in.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"
[ $# = 3 ] || die "usage: build-module.sh RELEASE ARCHIVE OUTPUT"
release=$1 archive=$2 output=$3
install_packages make gcc-12 libelf1

open_archive "$archive" "deb MIRROR bookworm-backports main" "deb MIRROR bookworm main" ||
  unavailable "the Debian archive cannot be reached."
base=${release%-cloud-amd64}
headers=$archive/headers
for package in "linux-headers-$release" "linux-headers-$base-common" "linux-kbuild-$base"; do
  unpack_package "$headers" "$package"
done
tree=$headers/usr/src/linux-headers-$release
# The packages expect to be installed: point them at where they lie.
sed -i "s|/usr/src/|$headers/usr/src/|g; s|/usr/lib/|$headers/usr/lib/|g" "$tree/Makefile"
for link in "$tree/scripts" "$tree/tools"; do
  [ ! -L "$link" ] || ln -sfn "$headers/usr/lib/linux-kbuild-$base/$(basename "$link")" "$link"
done
rm -f "$tree/vmlinux"   # absent, so that no BTF, which no enclave needs, is made from it

source=$archive/virtio_mmio_cmdline
rm -rf "$source"
cp -r "$here/virtio_mmio_cmdline" "$source"
make -s -C "$tree" M="$source" KCFLAGS="-g0 -ffile-prefix-map=$source/=" KBUILD_BUILD_TIMESTAMP=0 modules >&2
strip --strip-debug -o "$output" "$source/virtio_mmio_cmdline.ko"
