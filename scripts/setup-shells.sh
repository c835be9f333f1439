#!/usr/bin/env bash
# Installs zsh and fish from Debian's packages, for the tests of `plat completion` in real shells.
#
#   scripts/setup-shells.sh [--no-install]
#
#   --no-install  never install packages; fail where something is missing
#   --help        this text
#
# Does nothing when both are there already.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"

read_install_options "$@"

missing=()
for shell in zsh fish; do
  command -v "$shell" >/dev/null || missing+=("$shell")
done
((${#missing[@]})) || exit 0
[[ $may_install == 1 ]] || fail "missing: ${missing[*]}." 'Install the packages of these names, or leave out --no-install.'
require_root
say "installing ${missing[*]}"
apt_update
apt_install "${missing[@]}" || fail "could not install ${missing[*]}." 'apt says why above.'
