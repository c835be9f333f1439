# shellcheck shell=bash
# The Docker engine on a host without a service manager: start, stop, wait. Sourced after common.sh.

ENGINE_PIDFILE=/run/plat-dockerd.pid
ENGINE_LOG=/var/log/plat-dockerd.log
# shellcheck disable=SC2034 # the scripts take it
ENGINE_LOCK=/run/plat-engine.lock

engine_answers() { [[ -n $(timeout 5 docker version --format '{{.Server.Version}}' 2>/dev/null) ]]; }

# engine_pid: the pid of the engine these scripts started; fails when there is none.
# A pid alone proves nothing, since pids are used again: the process must be a dockerd with this pidfile.
engine_pid() {
  local pid
  pid=$(cat "$ENGINE_PIDFILE" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ && $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]] || return 1
  tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "--pidfile=$ENGINE_PIDFILE" || return 1
  printf '%s' "$pid"
}

# engine_start TIMEOUT_SECONDS: starts dockerd in a session of its own and waits until it answers.
engine_start() {
  local deadline=$((SECONDS + $1)) launched
  mkdir -p /run "${ENGINE_LOG%/*}"
  forget_stale_pids
  # fd 9 is the lock of the caller; an engine that inherited it would hold the lock for ever.
  setsid dockerd --pidfile="$ENGINE_PIDFILE" --live-restore=false </dev/null >>"$ENGINE_LOG" 2>&1 9>&- &
  launched=$!
  until engine_answers; do
    kill -0 "$launched" 2>/dev/null || engine_pid >/dev/null || engine_start_failed 'the engine ended while it started'
    ((SECONDS < deadline)) || engine_start_failed "the engine did not answer within $1 seconds"
    sleep 0.2
  done
}

# After a crash or a reboot, a pidfile may name a process of somebody else, which dockerd would take for a running engine.
forget_stale_pids() {
  local containerd=/run/docker/containerd/containerd.pid
  engine_pid >/dev/null || rm -f "$ENGINE_PIDFILE"
  [[ ! -e $containerd || $(cat "/proc/$(cat "$containerd")/comm" 2>/dev/null) == containerd ]] || rm -f "$containerd"
}

engine_start_failed() {
  tail -n 15 "$ENGINE_LOG" >&2 || true
  fail "$1." "The whole log is in $ENGINE_LOG."
}

# engine_stop SIGNAL TIMEOUT_SECONDS: ends the engine by its pid and waits until it is gone.
engine_stop() {
  local pid deadline=$((SECONDS + $2))
  pid=$(engine_pid) || return 0
  kill -s "$1" "$pid"
  while kill -0 "$pid" 2>/dev/null && [[ $(cut -d' ' -f3 "/proc/$pid/stat" 2>/dev/null) != Z ]]; do
    ((SECONDS < deadline)) || fail "the engine (pid $pid) did not end within $2 seconds of SIG$1."
    sleep 0.1
  done
}
