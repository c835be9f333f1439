#!/usr/bin/env bash
# Installs libfaketime from Debian's packages, for the test that steps the clock of the Compose stack.
#
#   scripts/setup-faketime.sh [--no-install]
#
#   --no-install  never install packages; fail where something is missing
#   --help        this text
#
# Does nothing when it is there already.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"

read_install_options "$@"

compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null && exit 0
[[ $may_install == 1 ]] || fail 'libfaketime is missing.' 'Install the package libfaketime, or leave out --no-install.'
require_root
say 'installing libfaketime'
apt_update
apt_install libfaketime || fail 'could not install libfaketime.' 'apt says why above.'
