# shellcheck shell=bash
# What every script here shares: how it reports, and how it tries again when the network fails.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# fail MESSAGE [HINT]: ends the script; the hint says what to do next.
fail() {
  say "error: $1"
  [[ -z ${2-} ]] || say "       $2"
  exit 1
}

# usage FILE: prints the comment block at the top of a script, which is its help text.
usage() { awk 'NR == 1 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$1"; }

# is_count VALUE: a whole number of at least 1.
is_count() { [[ $1 =~ ^[1-9][0-9]{0,5}$ ]]; }

# retry COMMAND...: up to three tries, with a pause that grows.
retry() {
  local try
  for try in 1 2 3; do
    "$@" && return 0
    [[ $try == 3 ]] || { say "failed, trying again: $*"; sleep $((try * 5)); }
  done
  return 1
}

require_root() {
  [[ $EUID == 0 ]] || fail 'this needs root.' 'Run it again with sudo.'
}
