#!/usr/bin/env bash
# Restarts the Docker engine that scripts/setup-engine.sh started on a host without systemd. Meant for tests.
#
#   scripts/engine-restart.sh [--stop | --start] [--kill] [--timeout SECONDS]
#
#   --stop             only stop it
#   --start            only start it again
#   --kill             stop it with SIGKILL, as a crash would, instead of SIGTERM
#   --timeout SECONDS  how long the stop and the start may take, each (default 60)
#   --help             this text
#
# Any other engine is refused. With SIGTERM containers end with the engine, and those with a restart policy come back with
# it. With --kill they go on running until the engine is back, which then ends them before anything else; it takes this for
# a stop by hand, so "always" and "on-failure" bring a container back and "unless-stopped" does not.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/lib/common.sh"
. "$root/lib/engine.sh"

mode=restart
signal=TERM
timeout_seconds=60
while (($#)); do
  case $1 in
    --stop | --start)
      [[ $mode == restart ]] || fail '--stop and --start exclude each other.' 'Leave out both to restart.'
      mode=${1#--}
      ;;
    --kill) signal=KILL ;;
    --timeout)
      timeout_seconds=${2-}
      is_count "$timeout_seconds" || fail "--timeout wants whole seconds, got \"$timeout_seconds\"."
      shift
      ;;
    -h | --help) usage "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "unknown option \"$1\"." 'See --help.' ;;
  esac
  shift
done
[[ $mode != start || $signal == TERM ]] || fail '--kill says how to stop: it makes no sense with --start.'

require_root
exec 9>"$ENGINE_LOCK"
flock -w 120 9 || fail 'another set-up or restart of the engine has not ended for 2 minutes.'

if ! engine_pid >/dev/null; then
  [[ ! -d /run/systemd/system ]] || fail 'on this host systemd runs the engine.' 'Use: systemctl restart docker'
  ! engine_answers || fail 'the engine that answers was not started by scripts/setup-engine.sh.' 'Restart it by its own means.'
  [[ $mode != restart ]] || fail 'there is no engine to restart.' 'Start one with scripts/setup-engine.sh.'
fi

[[ $mode == start ]] || engine_stop "$signal" "$timeout_seconds"
[[ $mode == stop ]] || engine_pid >/dev/null || engine_start "$timeout_seconds"
