# shellcheck shell=bash disable=SC2034
# Debian without documentation, as small as apt allows.

tags=(debian:trixie-slim)
needs=()

make_image() {
  local root=$1/root mirror security
  require_root
  mirror=$(debian_mirror trixie)
  if [[ -z $mirror ]] || ! command -v debootstrap >/dev/null; then
    apt_update
    mirror=$(debian_mirror trixie)
    apt_install debootstrap || fail 'could not install debootstrap.' 'apt says why above.'
  fi
  security=$(debian_mirror trixie-security)
  [[ -n $security ]] || security=$(debian_mirror bookworm-security)

  retry bootstrap "$root" "$mirror" >"$1/debootstrap.log" 2>&1 ||
    { tail -n 20 "$1/debootstrap.log" >&2; fail 'debootstrap failed.'; }

  write_apt_setup "$root" "$mirror" "$security"
  copy_custom_ca "$root"
  upgrade_packages "$root" >"$1/upgrade.log" 2>&1 || { tail -n 20 "$1/upgrade.log" >&2; fail 'could not upgrade the packages.'; }
  strip_root "$root"
  import_image "$root" "${tags[0]}"
}

# The mounts that debootstrap makes vanish with the namespace, whatever happens.
bootstrap() {
  rm -rf --one-file-system "$1"
  timeout --foreground 900 unshare --mount debootstrap --variant=minbase trixie "$1" "$2"
}

write_apt_setup() {
  local root=$1 uri=$2 security=$3 keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  rm -f "$root/etc/apt/sources.list"
  {
    printf 'Types: deb\nURIs: %s\nSuites: trixie trixie-updates\nComponents: main\nSigned-By: %s\n' "$uri" "$keyring"
    [[ -z $security ]] ||
      printf '\nTypes: deb\nURIs: %s\nSuites: trixie-security\nComponents: main\nSigned-By: %s\n' "$security" "$keyring"
  } >"$root/etc/apt/sources.list.d/debian.sources"

  printf '%s\n' 'APT::Keep-Downloaded-Packages "false";' 'APT::AutoRemove::SuggestsImportant "false";' \
    'Acquire::Languages "none";' 'Acquire::GzipIndexes "true";' >"$root/etc/apt/apt.conf.d/docker-clean"
  # What the host had to say so that its mirror is accepted (a snapshot's dates, say), the image has to say too.
  apt-config dump Acquire::Check-Valid-Until >"$root/etc/apt/apt.conf.d/host"
  apt-config dump Acquire::Check-Date >>"$root/etc/apt/apt.conf.d/host"

  printf 'path-exclude=%s\n' '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/groff/*' \
    '/usr/share/lintian/*' '/usr/share/locale/*' >"$root/etc/dpkg/dpkg.cfg.d/docker"
  printf 'path-include=%s\n' '/usr/share/doc/*/copyright' '/usr/share/locale/locale.alias' >>"$root/etc/dpkg/dpkg.cfg.d/docker"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
}

upgrade_packages() {
  # shellcheck disable=SC2016
  DEBIAN_FRONTEND=noninteractive timeout --foreground 600 unshare --mount sh -euc '
    mount -t proc proc "$1/proc"
    chroot "$1" apt-get -qq -o Acquire::Retries=3 update
    chroot "$1" apt-get -qq -o Acquire::Retries=3 -y dist-upgrade
  ' sh "$1" </dev/null
}

strip_root() {
  local root=$1
  find "$root/usr/share/doc" -type f ! -name copyright -delete
  find "$root/usr/share/doc" -type l -delete
  find "$root/usr/share/doc" -mindepth 1 -type d -empty -delete
  rm -rf "$root"/usr/share/{man,info,groff,lintian}/* "$root/debootstrap"
  find "$root/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/cache/debconf/*-old "$root"/var/cache/ldconfig/* \
    "$root"/var/lib/dpkg/*-old "$root"/tmp/* "$root"/var/tmp/*
  find "$root/var/log" -type f -delete
  mkdir -p "$root/var/cache/apt/archives/partial"
  rm -f "$root/etc/resolv.conf" "$root/etc/hostname"
  : >"$root/etc/machine-id"
}
