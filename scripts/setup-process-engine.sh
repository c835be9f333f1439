#!/usr/bin/env bash
# Installs what functions need that run as processes of this host (docs/process-engine.md), from Debian's packages:
# bubblewrap, which confines them, and Python with pip, which every user of the host can run.
#
#   scripts/setup-process-engine.sh [--no-install]
#
#   --no-install  never install packages; fail where something is missing
#   --help        this text
#
# Does nothing when all of it is there already. util-linux (prlimit, setpriv) is on every Debian.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"

read_install_options "$@"

# missing_packages: those that are not there, by what they bring.
missing_packages() {
  command -v bwrap >/dev/null || echo bubblewrap
  [[ -x /usr/bin/python3 ]] || echo python3
  /usr/bin/python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
}

mapfile -t packages < <(missing_packages)
((${#packages[@]})) || exit 0
[[ $may_install == 1 ]] || fail "missing: ${packages[*]}." 'Install these packages, or leave out --no-install.'
require_root
say "installing ${packages[*]}"
apt_update
# From the host's own release: nothing here is newer than it has to be.
retry apt_get install --no-install-recommends -y "${packages[@]}" || fail "could not install ${packages[*]}." 'apt says why above.'
mapfile -t packages < <(missing_packages)
((${#packages[@]} == 0)) || fail "installed, and still missing: ${packages[*]}."
