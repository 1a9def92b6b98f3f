#!/usr/bin/env bash
# Builds the image of the committed state in two clean clones, in folders of different names and depths, and compares
# the bytes. Takes twice as long as `make eif`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for folder in "$work/one" "$work/another/of a/different depth"; do
  git clone -q "$root" "$folder"
  "$folder/setup/nitro/build-eif.sh" >/dev/null
done
one=$work/one/artifacts/sequencer.eif another="$work/another/of a/different depth/artifacts/sequencer.eif"
sha384sum "$one" "$another"
cmp "$one" "$another" && cmp "$one.json" "$another.json" || die "the two images differ."
say "the two images are the same, byte for byte."
