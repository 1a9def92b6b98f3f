#!/usr/bin/env bash
# publish-aot.sh PROJECT FOLDER: publishes a Native AOT program so that the same commit, SDK and linker give the
# same bytes in any folder, and prints the program's name. What would vary is kept out: no debug files, and the
# checkout's own folder is mapped to a fixed name wherever a compiler would record it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=setup/nitro/debian.sh
. "$here/debian.sh"
[ $# = 2 ] || die "usage: publish-aot.sh PROJECT FOLDER"
need dotnet dotnet-sdk-10.0
install_packages gcc libc6-dev

say "publishing $(basename "$1")"
dotnet publish "$1" -c Release -o "$2" -nologo -v quiet -p:CppCompilerAndLinker=gcc -p:DebugType=none \
  -p:NativeDebugSymbols=false "-p:PathMap=$root=/_" >&2
program=$(find "$2" -maxdepth 1 -type f -executable ! -name '*.so' ! -name '*.dbg' -printf '%f\n')
[ "$(wc -w <<<"$program")" = 1 ] || die "expected one program in $2, found: ${program:-none}"
printf '%s\n' "$program"
