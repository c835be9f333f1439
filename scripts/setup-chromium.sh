#!/usr/bin/env bash
# Installs Debian's Chromium, which the dashboard's end-to-end test drives.
#
#   scripts/setup-chromium.sh
#
# Does nothing when it is there already.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"

case ${1-} in
  '') ;;
  -h | --help) usage "${BASH_SOURCE[0]}"; exit 0 ;;
  *) fail "unknown option \"$1\"." 'See --help.' ;;
esac

answers() { timeout 60 chromium --no-sandbox --version 2>/dev/null; }

if version=$(answers); then
  say "$version is there already."
  exit 0
fi
require_root
apt_update
# Named by package alone, so that it and its libraries come from the release this host runs.
retry apt_get install --no-install-recommends -y chromium ||
  fail 'Chromium could not be installed.' "See the end of $APT_LOG above."
version=$(answers) || fail 'Chromium was installed, and does not run.' 'Run: chromium --no-sandbox --version'
say "$version is installed."
