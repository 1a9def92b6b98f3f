# Sourced by the scripts beside it, never run: how they take packages from Debian's archive without touching
# the machine they run on. apt checks the archive's signatures; nothing is installed and the machine's own
# package lists stay as they are. Works for any user.
#
#   CACHE           folder outside the tree that survives `make veryclean`; one sub-folder per thing kept
#   DEBIAN_MIRROR   archive to use; by default the one that this machine's apt is configured with
# shellcheck shell=bash

# shellcheck disable=SC2034 # for those that source this
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/sequencer

# Exit code of a script that cannot have what it needs from Debian (EX_TEMPFAIL): nothing here is broken, and who
# can do without may go on. Everything else ends with 1.
UNAVAILABLE=75

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() { say "$*"; exit 1; }
unavailable() { say "$*"; exit "$UNAVAILABLE"; }

# need COMMAND PACKAGE: stops unless the command exists.
need() { command -v "$1" >/dev/null || die "needs '$1': install the package $2."; }

# install_packages PACKAGE...: installs those that are missing when run as root, else names them and stops.
install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] ||
    unavailable "needs the packages ${missing[*]}: run 'apt-get install ${missing[*]}' as root."
  say "installing ${missing[*]}"
  local output
  output=$({ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"; } 2>&1) ||
    { printf '%s\n' "$output" >&2; unavailable "the packages ${missing[*]} cannot be installed (see above)."; }
}

debian_mirror() {
  local mirror=${DEBIAN_MIRROR:-} folder
  [ -n "$mirror" ] || mirror=$(configured_mirror)
  if [ -z "$mirror" ]; then
    # apt knows whose an archive is once it has its lists, and a new machine has none.
    folder=$(mktemp -d)
    set_aside "$folder"
    apt-get "${ASIDE[@]}" update -qq || true
    mirror=$(configured_mirror "${ASIDE[@]}")
    rm -rf "$folder"
  fi
  [ -n "$mirror" ] ||
    unavailable "this machine's apt knows no Debian archive: set DEBIAN_MIRROR to the address of one."
  printf '%s\n' "$mirror"
}

# configured_mirror APT_OPTION...: the archive that this machine's apt is configured with; nothing when it knows none.
configured_mirror() {
  # shellcheck disable=SC2016 # apt's own variables
  apt-get "$@" indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' |
    awk '$2 == "Debian" && $3 == "Debian" && !mirror { mirror = $1 } END { if (mirror) print mirror }'
}

# set_aside FOLDER: options, in ASIDE, by which apt keeps its lists and packages in FOLDER in place of the machine's.
set_aside() {
  mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial"
  ASIDE=(-o "Dir::State=$1/state" -o "Dir::Cache=$1/cache" -o Dir::State::status=/var/lib/dpkg/status
    -o APT::Sandbox::User=root)
}

# open_archive FOLDER LINE...: prepares `archive` and `archive_cache` below, which then see only those lines
# of a sources.list, in which MIRROR stands for the archive's address. Fails when the archive cannot be reached.
open_archive() {
  local folder=$1 mirror line
  shift
  need apt-get apt
  mirror=$(debian_mirror) || return
  set_aside "$folder"
  : >"$folder/sources.list"
  for line in "$@"; do printf '%s\n' "${line/MIRROR/$mirror}" >>"$folder/sources.list"; done
  ARCHIVE_OPTIONS=("${ASIDE[@]}" -o "Dir::Etc::sourcelist=$folder/sources.list"
    -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null)
  archive update -qq -o APT::Update::Error-Mode=any
}

archive() { apt-get "${ARCHIVE_OPTIONS[@]}" "$@"; }
archive_cache() { apt-cache "${ARCHIVE_OPTIONS[@]}" "$@"; }

# unpack_package FOLDER PACKAGE: downloads one binary package and unpacks it into FOLDER.
unpack_package() {
  local folder=$1 package=$2
  mkdir -p "$folder"
  (cd "$folder" && archive download -qq "$package") ||
    unavailable "the Debian archive does not hand out the package $package."
  dpkg-deb -x "$folder"/"${package%%[/=]*}"_*.deb "$folder"
  rm -f "$folder"/*.deb
}

# unpack_module KERNEL NAME FILE: a module of the kernel that was unpacked in KERNEL, uncompressed, as FILE.
unpack_module() {
  local file
  file=$(find "$1" -name "$2.ko" -o -name "$2.ko.xz" | head -n 1)
  case $file in
    *.xz) xz -dc "$file" >"$3" ;;
    *.ko) cp "$file" "$3" ;;
    *) die "the kernel in $1 has no module $2." ;;
  esac
}
