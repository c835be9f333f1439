#!/usr/bin/env bash
# Installs and starts a Docker engine with BuildKit and Compose on Debian bookworm or trixie.
#
#   scripts/setup-engine.sh [--timeout SECONDS] [--no-install]
#
#   --timeout SECONDS  how long the engine may take to answer once started (default 60)
#   --no-install       never install packages; fail where something is missing
#   --help             this text
#
# Does nothing when an engine answers already and has the buildx and compose plugins. Packages come from the mirrors apt
# is set up with; on bookworm they come from trixie, which is added with a pin of 100 so that it upgrades nothing by itself.
# With systemd the engine is the service "docker"; without, it runs in the background, logs to /var/log/plat-dockerd.log
# and has its pid in /run/plat-dockerd.pid (see scripts/engine-restart.sh).

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/apt.sh"
. "$root/lib/engine.sh"

timeout_seconds=60
may_install=1
while (($#)); do
  case $1 in
    --timeout)
      timeout_seconds=${2-}
      is_count "$timeout_seconds" || fail "--timeout wants whole seconds, got \"$timeout_seconds\"."
      shift
      ;;
    --no-install) may_install=0 ;;
    -h | --help) usage "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "unknown option \"$1\"." 'See --help.' ;;
  esac
  shift
done

has_command() { command -v "$1" >/dev/null; }
has_plugin() { timeout 10 docker "$1" version >/dev/null 2>&1; }

# A host that has an engine from elsewhere keeps it: only what is missing is installed.
missing_packages() {
  has_command docker || printf '%s\n' docker-cli
  has_plugin buildx || printf '%s\n' docker-buildx
  has_plugin compose || printf '%s\n' docker-compose
  [[ $1 == with-engine ]] || return 0
  has_command dockerd || printf '%s\n' docker.io
}

install_missing() {
  local packages
  mapfile -t packages < <(missing_packages "$1")
  ((${#packages[@]})) || return 0
  [[ $may_install == 1 ]] || fail "missing: ${packages[*]}." 'Install them, or leave out --no-install.'
  require_root
  say "installing ${packages[*]}"
  apt_update
  apt_install "${packages[@]}" || fail "could not install ${packages[*]}." 'apt says why above.'
  hash -r
}

start_engine() {
  if [[ -d /run/systemd/system ]]; then
    systemctl enable --now docker || fail 'systemd could not start the service "docker".' 'See: journalctl -u docker'
    local deadline=$((SECONDS + timeout_seconds))
    until engine_answers; do
      ((SECONDS < deadline)) || fail "the engine did not answer within $timeout_seconds seconds." 'See: journalctl -u docker'
      sleep 0.2
    done
  else
    engine_start "$timeout_seconds"
  fi
}

if engine_answers; then
  install_missing plugins
  exit 0
fi

[[ -z ${DOCKER_HOST-} ]] || fail "no engine answers at DOCKER_HOST ($DOCKER_HOST)." 'Start that engine, or unset DOCKER_HOST to use one on this host.'
require_root

# One set-up at a time: whoever comes second finds the engine running.
exec 9>"$ENGINE_LOCK"
flock -w 900 9 || fail 'another set-up of the engine has not ended for 15 minutes.'
if ! engine_answers; then
  install_missing with-engine
  start_engine
fi
say "Docker $(docker version --format '{{.Server.Version}}') answers"
