#!/usr/bin/env bash
# Builds the enclave image: publishes the enclave program as Native AOT, lays it out with exactly the libraries
# it needs, packs it with the kernel's modules, and writes the EIF and the JSON of its measurements. The same
# commit, kernel, .NET SDK and Debian release give the same bytes, in any folder.
#
#   OUTPUT          image to write                          artifacts/sequencer.eif
#   ENCLAVE_CONFIG  measured configuration of the enclave   setup/enclave.json
#   PROJECT         program to pack, called as this one is  src/EnclaveHost
#   KERNEL, NSM_KO  a bzImage and, where it is not built in, its NSM driver, for example AWS's from
#                   /usr/share/nitro_enclaves/blobs         Debian's kernel, from fetch-kernel.sh
#
# Two ramdisks: the first has what belongs to the kernel, so that PCR1 covers kernel, command line and modules;
# the second has the program and its configuration, which PCR2 covers. PCR0 covers both.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"
output=${OUTPUT:-$root/artifacts/sequencer.eif}
configuration=${ENCLAVE_CONFIG:-$root/setup/enclave.json}
project=${PROJECT:-$root/src/EnclaveHost}
command_line=$(grep -v '^#' "$here/cmdline")

[ -f "$configuration" ] || die "$configuration is missing: give the enclave's configuration with ENCLAVE_CONFIG=…"
work=$(mktemp -d)
trap 'rm -rf "$work" "$output.new" "$output.new.json"' EXIT

stage_kernel() {
  local fetched
  mkdir -p "$work/boot"/{dev,modules,proc,run,sys,tmp}
  if [ -n "${KERNEL:-}" ]; then
    kernel=$KERNEL
    [ -z "${NSM_KO:-}" ] || cp "$NSM_KO" "$work/boot/modules/01-nsm.ko"
  else
    fetched=$("$here/fetch-kernel.sh")
    kernel=$fetched/bzImage
    cp "$fetched"/modules/*.ko "$work/boot/modules/"
  fi
}

# Lets the program itself read its configuration, which it does before it asks for the NSM that is not here. In the
# enclave nobody would hear what it refuses: there is no console.
check_configuration() {
  local said
  said=$("$work/published/$program" --listen "unix://$work/s" --config "$configuration" 2>&1) || true
  case $said in
    *": /dev/nsm cannot be opened: "*) ;;
    *) die "$configuration cannot be packed: $said" ;;
  esac
}

# What the measurements depend on beside the commit and the kernel, for whoever wants to build the same.
write_metadata() {
  local line libraries=
  while read -r _ line; do libraries+=${libraries:+, }\"$line\"; done < <(grep -v "(published" "$work/libraries" | sort -u -k2)
  cat >"$work/metadata.json" <<JSON
{
  "DotnetSdk": "$(dotnet --version)",
  "Linker": "$(gcc --version | head -n 1), $(ld --version | head -n 1)",
  "Libraries": [$libraries]
}
JSON
}

stage_kernel
program=$("$here/publish-aot.sh" "$project" "$work/published")
check_configuration
mkdir -p "$work/app/etc/sequencer" "$(dirname "$output")"
"$here/stage-program.sh" "$work/published" "$program" "$work/app" >"$work/libraries"
cp "$configuration" "$work/app/etc/sequencer/enclave.json"
write_metadata

say "building $output"
dotnet run --project "$root/src/Cli" -c Release -v quiet -- eif build --kernel "$kernel" \
  --cmdline "$command_line" --ramdisk "$work/boot" --ramdisk "$work/app" --metadata "$work/metadata.json" \
  --output "$output.new" >"$output.new.json"
# Only what is whole takes the place of an earlier image, and its measurements with it.
mv "$output.new.json" "$output.json"
mv "$output.new" "$output"
cat "$output.json"
say "SHA-384 $(sha384sum "$output")"
