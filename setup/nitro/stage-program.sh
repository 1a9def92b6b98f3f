#!/usr/bin/env bash
# stage-program.sh PUBLISHED PROGRAM FOLDER: lays a published Native AOT program out in FOLDER as the root file
# system of a machine whose only process it is: the program as /init, and every shared library that it needs at
# the path where its loader looks for it. What it needs is what the program and its libraries name as NEEDED,
# what was published beside it (*.so), and OpenSSL, which the .NET runtime opens by name at its first use.
# Prints one line for each library: its path in the image, the Debian package and version it came from.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"
[ $# = 3 ] || die "usage: stage-program.sh PUBLISHED PROGRAM FOLDER"
published=$1 program=$2 folder=$3
install_packages binutils
libraries=lib/x86_64-linux-gnu
search=(/lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu /lib64 /usr/lib64)

needed_by() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

find_library() {
  local place
  for place in "${search[@]}"; do
    [ ! -e "$place/$1" ] || { readlink -f "$place/$1"; return 0; }
  done
  die "the program needs $1, which is not on this machine."
}

# stage_library NAME: copies it, and what it needs, unless it is there already.
stage_library() {
  local name=$1 source target=$folder/$libraries/$1 owner next
  [ ! -e "$target" ] || return 0
  source=$(find_library "$name")
  install -m 0755 "$source" "$target"
  # A merged /usr: the package may list the file under either name.
  owner=$({ dpkg-query -S "$source" "${source#/usr}" 2>/dev/null || true; } | head -n 1 | cut -d: -f1)
  printf '%s %s\n' "/$libraries/$name" \
    "${owner:+$owner $(dpkg-query -W -f '${Version}\n' "$owner" | head -n 1)}"
  for next in $(needed_by "$source"); do stage_library "$next"; done
}

mkdir -p "$folder/$libraries" "$folder/lib64"
install -m 0755 "$published/$program" "$folder/init"
for library in "$published"/*.so; do
  [ -e "$library" ] || continue
  install -m 0755 "$library" "$folder/$libraries/"
  printf '%s %s\n' "/$libraries/$(basename "$library")" "(published with the program)"
done
for name in $(needed_by "$folder/init") libssl.so.3; do stage_library "$name"; done
for library in "$published"/*.so; do
  [ -e "$library" ] || continue
  for name in $(needed_by "$library"); do stage_library "$name"; done
done
# The loader itself is asked for by its full path.
mv "$folder/$libraries/ld-linux-x86-64.so.2" "$folder/lib64/" 2>/dev/null ||
  install -m 0755 "$(find_library ld-linux-x86-64.so.2)" "$folder/lib64/"
