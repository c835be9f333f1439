#!/usr/bin/env bash
# Installs PostgreSQL's server programs from Debian's packages, for the tests: each starts a cluster of its own.
#
#   scripts/setup-postgres.sh [--no-install]
#
#   --no-install  never install packages; fail where something is missing
#   --help        this text
#
# Does nothing when the programs are there already. No server is started and no cluster is made by this script.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"

read_install_options "$@"

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

has_postgres && exit 0
[[ $may_install == 1 ]] || fail 'PostgreSQL is missing.' 'Install the package postgresql, or leave out --no-install.'
require_root

# Debian's package makes a cluster of the host's when it is installed, and starts it.
settings=/etc/postgresql-common/createcluster.conf
if [[ ! -e $settings ]]; then
  mkdir -p "${settings%/*}"
  printf 'create_main_cluster = false\n' >"$settings"
fi
say 'installing postgresql'
apt_update
apt_install postgresql || fail 'could not install postgresql.' 'apt says why above.'
has_postgres || fail 'the package postgresql brought no initdb under /usr/lib/postgresql.'
