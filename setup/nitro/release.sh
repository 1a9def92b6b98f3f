#!/usr/bin/env bash
# Packs what goes onto a Nitro instance into artifacts/sequencer-nitro.tar.gz, laid out as it is to lie there: the
# gateway with its .NET runtime, the enclave image with its measurements, the systemd units and what they need.
# docs/nitro.md unpacks it with `tar -C /`. The image is artifacts/sequencer.eif, from `make eif` or from wherever
# it was published, with its .json beside it.
#
#   EIF   another image     artifacts/sequencer.eif
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"
image=${EIF:-$root/artifacts/sequencer.eif}
output=$root/artifacts/sequencer-nitro.tar.gz
[ -s "$image" ] && [ -s "$image.json" ] ||
  die "$image and $image.json are needed, and not empty: run 'make eif' first, or fetch both and name the first with EIF=…"

work=$(mktemp -d)
trap 'rm -rf "$work" "$output.new"' EXIT
units=$root/setup/systemd
mkdir -p "$(dirname "$output")"
say "publishing the gateway"
dotnet publish "$root/src/Gateway" -c Release -o "$work/opt/sequencer/gateway" -nologo -v quiet \
  -p:DebugType=none >&2
install -m 0644 "$image" "$work/opt/sequencer/sequencer.eif"
install -m 0644 "$image.json" "$work/opt/sequencer/sequencer.eif.json"
install -m 0755 "$units/run-enclave" "$work/opt/sequencer/run-enclave"
install -D -m 0644 -t "$work/etc/systemd/system" "$units"/*.service
install -D -m 0644 "$units/journald.conf" "$work/etc/systemd/journald.conf.d/sequencer.conf"
install -D -m 0644 "$units/logrotate.conf" "$work/etc/logrotate.d/nitro-enclaves"
install -D -m 0644 "$units/sysusers.conf" "$work/etc/sysusers.d/sequencer.conf"
# The folders' own modes stay as they are on the instance: only files and the folders of ours are packed.
(cd "$work" && find etc -type f -print0 && find opt/sequencer -mindepth 1 -print0) |
  tar -C "$work" --null --no-recursion --files-from=- --sort=name --mtime=@0 --owner=0 --group=0 -czf "$output.new"
# Only what is whole takes the place of an earlier archive.
mv "$output.new" "$output"
say "packed $output, $(du -h "$output" | cut -f1)"
printf '%s\n' "$output"
