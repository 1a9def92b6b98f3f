#!/usr/bin/env bash
# Builds QEMU with its `nitro-enclave` machine, which Debian's own packages leave out, from Debian's source
# package, and prints the folder that holds it: qemu-nitro and data/ (firmware). It emulates what an AWS
# parent gives an enclave: an EIF loader, an NSM and a vsock; no KVM and no AWS are needed.
#
# The result is kept in the cache folder under this machine's Debian release, QEMU's version and the hash of
# this recipe, and found there again without the network. --refresh looks for a newer QEMU.
# Takes about two and a half minutes on two cores, 40 MB of download and, while it runs, 620 MB of disk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"

suite=trixie
release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-unknown}")
recipe=$(sha256sum "$here/build-qemu.sh" | cut -c1-8)
store=$CACHE/qemu-nitro

mkdir -p "$store"
newest_cached() {
  find "$store" -mindepth 2 -maxdepth 2 -path "*/$release-*-$recipe/qemu-nitro" | sort -V | tail -n 1
}

if [ "${1:-}" != --refresh ]; then
  cached=$(newest_cached)
  [ -z "$cached" ] || { dirname "$cached"; exit 0; }
fi

install_packages dpkg-dev gcc ninja-build pkg-config flex bison python3-venv libcbor-dev libglib2.0-dev \
  libpixman-1-dev libgnutls28-dev libfdt-dev zlib1g-dev

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
open_archive "$work/archive" "deb-src MIRROR $suite main" "deb MIRROR $suite main" \
  "deb MIRROR bookworm-backports main" ||
  unavailable "the Debian archive cannot be reached, and no QEMU is cached."
version=$(archive_cache showsrc qemu | awk '$1 == "Version:" { print $2 }' | sort -V | tail -n 1)
target=$store/$release-${version//:/_}-$recipe
[ ! -x "$target/qemu-nitro" ] || { printf '%s\n' "$target"; exit 0; }

say "building QEMU $version for $release; this takes some minutes"
cd "$work"
archive source -qq --download-only "qemu=$version" >/dev/null ||
  unavailable "the Debian archive does not hand out the source of QEMU $version."
dpkg-source --no-check -x qemu_*.dsc source >/dev/null
# QEMU asks for meson 1.5 or newer; bookworm installs 1.0, so a newer one is unpacked and used from there.
unpack_package "$work/meson" meson/bookworm-backports
export PYTHONPATH=$work/meson/usr/lib/python3/dist-packages

printf 'CONFIG_NITRO_ENCLAVE=y\nCONFIG_MICROVM=y\nCONFIG_VIRTIO_RNG=y\n' \
  >source/configs/devices/x86_64-softmmu/nitro.mak
mkdir build
cd build
../source/configure --python=/usr/bin/python3 --target-list=x86_64-softmmu \
  --without-default-features --without-default-devices --with-devices-x86_64=nitro \
  --enable-tcg --enable-fdt=system --enable-pixman --enable-libcbor --enable-gnutls --enable-vhost-user \
  --disable-docs --disable-werror --disable-tools --disable-guest-agent --disable-download \
  --disable-install-blobs --disable-debug-info --disable-user >configure.log 2>&1 ||
  { tail -n 30 configure.log >&2; die "QEMU's configure failed (its last lines are above)."; }
ninja qemu-system-x86_64 >ninja.log 2>&1 ||
  { tail -n 30 ninja.log >&2; die "QEMU's build failed (its last lines are above)."; }
cd "$work"

mkdir -p result/data
strip -o result/qemu-nitro build/qemu-system-x86_64
unpack_package "$work/firmware" "qemu-system-data/$suite"
cp -L firmware/usr/share/qemu/qboot.rom firmware/usr/share/qemu/linuxboot_dma.bin result/data/
result/qemu-nitro -M help | grep -q nitro-enclave || die "the built QEMU lacks the nitro-enclave machine."
rm -rf "$target"
mv result "$target"
say "kept in $target"
printf '%s\n' "$target"
