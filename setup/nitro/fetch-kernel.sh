#!/usr/bin/env bash
# Fetches the newest 6.12 cloud kernel of Debian's bookworm-backports (bookworm's own 6.1 has no NSM driver)
# with the modules an enclave needs, and prints the folder that holds them:
#   bzImage             the kernel, as Debian signed and shipped it
#   modules/NN-NAME.ko  in the order they are to be loaded
#   version, SHA256SUMS
# Nothing is installed. The folder lies in the cache, under the kernel's version; without the network the
# newest one there is used, and said so.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"

install_packages xz-utils
store=$CACHE/kernel
mkdir -p "$store"
recipe=$(cat "$here/fetch-kernel.sh" "$here"/virtio_mmio_cmdline/* | sha256sum | cut -c1-8)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! open_archive "$work/archive" "deb MIRROR bookworm-backports main" "deb MIRROR bookworm main"; then
  cached=$(find "$store" -mindepth 2 -maxdepth 2 -path "*-$recipe/bzImage" | sort -V | tail -n 1)
  [ -n "$cached" ] || unavailable "the Debian archive cannot be reached and no kernel is cached: try again, or" \
    "give one with 'make eif KERNEL=… NSM_KO=…'."
  say "the Debian archive cannot be reached: taking the newest kernel in the cache, which may not be the newest"
  dirname "$cached"
  exit 0
fi

package=$(archive_cache pkgnames linux-image-6.12. | grep -E '^linux-image-6\.12\.[0-9]+.*-cloud-amd64$' |
  sort -V | tail -n 1)
[ -n "$package" ] || die "bookworm-backports lists no linux-image-6.12.*-cloud-amd64: name a kernel with KERNEL=…"
release=${package#linux-image-}
version=$(archive_cache show --no-all-versions "$package" | awk '$1 == "Version:" { print $2; exit }')
target=$store/$release-${version//[:~]/_}-$recipe
[ ! -f "$target/SHA256SUMS" ] || { printf '%s\n' "$target"; exit 0; }

say "fetching $package $version"
unpack_package "$work/kernel" "$package"
result=$work/result
mkdir -p "$result/modules"
cp "$work/kernel/boot/vmlinuz-$release" "$result/bzImage"
printf '%s %s\n' "$release" "$version" >"$result/version"

# The kernel is built without CONFIG_VIRTIO_MMIO_CMDLINE_DEVICES, which is how Nitro (as Firecracker, and
# QEMU's nitro-enclave machine) announces its devices; our module of a page of C fills that in.
# shellcheck source=setup/nitro/build-module.sh
"$here/build-module.sh" "$release" "$work/archive" "$result/modules/01-virtio_mmio_cmdline.ko"

number=2
for module in virtio_mmio vsock vmw_vsock_virtio_transport_common vmw_vsock_virtio_transport nsm; do
  unpack_module "$work/kernel" "$module" "$result/modules/$(printf '%02d' "$number")-$module.ko"
  number=$((number + 1))
done
(cd "$result" && sha256sum bzImage modules/*.ko >SHA256SUMS)
rm -rf "$target"
mv "$result" "$target"
say "kept in $target"
printf '%s\n' "$target"
