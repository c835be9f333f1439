# shellcheck shell=bash
# What the recipes in scripts/base-images/ build with. Sourced after common.sh and apt.sh.

HOST_CA_FOLDER=/usr/local/share/ca-certificates
IMAGE_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt

# custom_ca_bundle: the host's CA bundle if it holds certificates of the host's own; empty otherwise.
custom_ca_bundle() {
  local bundle=${SSL_CERT_FILE:-$IMAGE_CA_BUNDLE}
  [[ -s $bundle ]] || return 0
  [[ -n ${SSL_CERT_FILE-}${NODE_EXTRA_CA_CERTS-} || -n $(find "$HOST_CA_FOLDER" -name '*.crt' 2>/dev/null) ]] || return 0
  printf '%s' "$bundle"
}

# ca_digest: stands in a label of each image, so that images made with other certificates are made again.
ca_digest() {
  local bundle
  bundle=$(custom_ca_bundle)
  if [[ -n $bundle ]]; then sha256sum <"$bundle" | cut -c 1-16; else printf none; fi
}

# image_labels: one NAME=VALUE a line.
image_labels() { printf '%s\n' plat.base-image=true "plat.base-image.ca=$(ca_digest)"; }

# image_environment: one NAME=VALUE a line, for the clients that do not read Debian's bundle by themselves.
image_environment() {
  local name
  if [[ -n $(custom_ca_bundle) ]]; then
    for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS PIP_CERT REQUESTS_CA_BUNDLE CURL_CA_BUNDLE; do
      printf '%s=%s\n' "$name" "$IMAGE_CA_BUNDLE"
    done
  fi
  mirror_variable NPM_CONFIG_REGISTRY "$(npm_registry)"
  mirror_variable PIP_INDEX_URL "$(pip_index)"
  mirror_variable GOPROXY "${GOPROXY-}"
}

# mirror_variable NAME URL: a mirror whose URL holds a password stays out of the images.
mirror_variable() {
  [[ -n $2 ]] || return 0
  if [[ $2 == *@* ]]; then
    say "leaving $1 out of the images: the host's value holds credentials"
  else
    printf '%s=%s\n' "$1" "$2"
  fi
}

# npm_registry: the host's npm registry, empty when it is npm's default.
npm_registry() {
  local configured default
  configured=$(npm config get registry 2>/dev/null) || return 0
  default=$(cd / && env -u npm_config_registry -u NPM_CONFIG_REGISTRY \
    npm config get registry --userconfig=/nonexistent/user --globalconfig=/nonexistent/global 2>/dev/null) || return 0
  [[ $configured == "$default" ]] || printf '%s' "$configured"
}

# pip_index: the host's package index for pip, empty when none is set.
pip_index() {
  printf '%s' "${PIP_INDEX_URL:-$(pip config get global.index-url 2>/dev/null || true)}"
}

# copy_custom_ca ROOT: the bundle itself, and its own certificates where update-ca-certificates finds them,
# so that installing the package ca-certificates in a Dockerfile does not lose them.
copy_custom_ca() {
  local bundle
  bundle=$(custom_ca_bundle)
  [[ -n $bundle ]] || return 0
  mkdir -p "$1${IMAGE_CA_BUNDLE%/*}" "$1$HOST_CA_FOLDER"
  cp -L "$bundle" "$1$IMAGE_CA_BUNDLE"
  find "$HOST_CA_FOLDER" -name '*.crt' -exec cp -L {} "$1$HOST_CA_FOLDER/" \; 2>/dev/null || true
}

# import_image ROOT TAG: a folder becomes an image of one layer.
import_image() {
  local changes=() line
  while read -r line; do changes+=(--change "LABEL $line"); done < <(image_labels)
  while read -r line; do changes+=(--change "ENV $line"); done < <(image_environment)
  tar -C "$1" --numeric-owner --one-file-system -c . |
    docker import "${changes[@]}" --change 'CMD ["bash"]' - "$2" >/dev/null
}

# build_image DOCKERFILE CONTEXT TAG...: build arguments come from the array BUILD_ARGUMENTS.
build_image() {
  local dockerfile=$1 context=$2 options=() line
  shift 2
  while read -r line; do options+=(--label "$line"); done < <(image_labels)
  for line in "$@"; do options+=(--tag "$line"); done
  for line in http_proxy https_proxy no_proxy; do
    [[ -z ${!line-} ]] || options+=(--build-arg "$line")
  done
  [[ ${MAKE_AFRESH-} != 1 ]] || options+=(--no-cache)
  # "--pull=false" and the local base image: nothing here may depend on a registry of images.
  DOCKER_BUILDKIT=1 docker build --quiet --pull=false --file "$dockerfile" "${options[@]}" \
    "${BUILD_ARGUMENTS[@]/#/--build-arg=}" "$context" >/dev/null
}

# npm_package NAME@VERSION FOLDER: unpacks a package of the npm registry into the folder.
npm_package() {
  local archive
  command -v npm >/dev/null || fail 'npm is missing on this host.' 'Install Node.js with npm.'
  mkdir -p "$2"
  archive=$(cd "$2" && retry npm pack --silent --ignore-scripts "$1") || fail "could not fetch $1 with npm."
  tar -C "$2" --strip-components=1 --no-same-owner -xzf "$2/$archive"
  rm "${2:?}/$archive"
}
