#!/usr/bin/env bash
# Installs iproute2 from Debian's packages, for the tests that run the platform in a network namespace.
#
#   scripts/setup-iproute.sh [--no-install]
#
#   --no-install  never install packages; fail where something is missing
#   --help        this text
#
# Does nothing when `ip` is there already.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"

read_install_options "$@"

command -v ip >/dev/null && exit 0
[[ $may_install == 1 ]] || fail 'iproute2 is missing.' 'Install the package iproute2, or leave out --no-install.'
require_root
say 'installing iproute2'
apt_update
apt_install iproute2 || fail 'could not install iproute2.' 'apt says why above.'
