#!/usr/bin/env bash
# Installs schemathesis, which tests the API against its own document, where its end-to-end test looks for it.
#
#   scripts/setup-schemathesis.sh
#
# Does nothing when it is there already. It goes into a Python environment of its own below the user's cache folder;
# Python's venv is taken from Debian's packages when it is missing.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"

VERSION=4.32.5

case ${1-} in
  '') ;;
  -h | --help) usage "${BASH_SOURCE[0]}"; exit 0 ;;
  *) fail "unknown option \"$1\"." 'See --help.' ;;
esac

# make_environment FOLDER: fails where Python has no venv or no pip to put into it.
make_environment() { rm -rf "$1" && python3 -m venv "$1" >/dev/null 2>&1; }

target=${XDG_CACHE_HOME:-$HOME/.cache}/plat/schemathesis
if [[ $(timeout 60 "$target/bin/schemathesis" --version 2>/dev/null) == *" $VERSION" ]]; then
  say "schemathesis $VERSION is there already."
  exit 0
fi
if ! make_environment "$target"; then
  require_root
  apt_update
  apt_install python3-venv
  make_environment "$target" || fail "Python cannot make an environment in $target."
fi
retry timeout 600 "$target/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$VERSION" ||
  fail 'schemathesis could not be installed.' 'It comes from the Python package index; see the messages above.'
say "schemathesis $VERSION is in $target."
