# shellcheck shell=bash
# Debian packages, from the mirrors this host already uses. Sourced after common.sh.

# The suite that has a current Docker engine with BuildKit and Compose v2.
ENGINE_SUITE=trixie

APT_OPTIONS=(
  -o Acquire::Retries=3
  -o Acquire::http::Timeout=30
  -o DPkg::Lock::Timeout=300
  -o Dpkg::Use-Pty=0
  -qq
)

APT_LOG=/var/log/plat-apt.log

# apt_get ARGUMENTS...: its output goes to a log, of which only the end is shown, and only on failure.
apt_get() {
  DEBIAN_FRONTEND=noninteractive timeout --foreground 900 apt-get "${APT_OPTIONS[@]}" "$@" </dev/null >"$APT_LOG" 2>&1 && return
  local status=$?
  tail -n 20 "$APT_LOG" >&2
  return "$status"
}

# debian_mirror CODENAME: the URI apt fetches that release of Debian from; empty when it does not.
debian_mirror() {
  # shellcheck disable=SC2016 # apt fills it in
  apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' "Codename: $1" 'Component: main' | sort -u | head -n 1
}

# apt_update: fetches the package lists, and adds the engine's suite where the host runs bookworm.
# The suite is pinned below everything else: it is used only where a command asks for it by name.
apt_update() {
  local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  command -v apt-get >/dev/null || no_known_packages
  retry apt_get update || say 'apt-get update reported errors; going on with the lists it got.'
  [[ -z $(debian_mirror "$ENGINE_SUITE") ]] || return 0

  mirror=$(debian_mirror bookworm)
  [[ -n $mirror ]] || no_known_packages
  printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$ENGINE_SUITE" >"/etc/apt/preferences.d/plat-$ENGINE_SUITE"
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$ENGINE_SUITE" "$keyring" \
    >"/etc/apt/sources.list.d/plat-$ENGINE_SUITE.sources"
  retry apt_get update || say 'apt-get update reported errors; going on with the lists it got.'
}

no_known_packages() {
  fail 'packages are known for Debian bookworm and trixie only, and apt has package lists of neither.' \
    'Install Docker Engine with the buildx and compose plugins yourself, start it, then run this again.'
}

# apt_install PACKAGE...: from the engine's suite, without recommended packages.
# Where no init system runs, packages must not start their services by other means.
apt_install() {
  local guard=/usr/sbin/policy-rc.d made_guard=0 status=0
  if [[ ! -d /run/systemd/system && ! -e $guard ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$guard"
    chmod +x "$guard"
    made_guard=1
  fi
  retry apt_get install -t "$ENGINE_SUITE" --no-install-recommends -y "$@" || status=$?
  [[ $made_guard == 0 ]] || rm -f "$guard"
  return "$status"
}

# read_install_options ARGUMENTS...: of a script that installs packages and has no other options. Sets may_install.
read_install_options() {
  may_install=1
  while (($#)); do
    case $1 in
      --no-install) may_install=0 ;;
      -h | --help) usage "${BASH_SOURCE[1]}"; exit 0 ;;
      *) fail "unknown option \"$1\"." 'See --help.' ;;
    esac
    shift
  done
}
