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

may_install=1
while (($#)); do
  case $1 in
    --no-install) may_install=0 ;;
    -h | --help) usage "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "unknown option \"$1\"." 'See --help.' ;;
  esac
  shift
done

compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null && exit 0
[[ $may_install == 1 ]] || fail 'libfaketime is missing.' 'Install the package libfaketime, or leave out --no-install.'
require_root
say 'installing libfaketime'
apt_update
apt_install libfaketime || fail 'could not install libfaketime.' 'apt says why above.'
