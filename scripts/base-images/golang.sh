# shellcheck shell=bash disable=SC2034
# The Go toolchain from Debian's packages.

tags=(golang:1.24-trixie)
needs=(debian)

make_image() {
  mkdir -p "$1/context"
  BUILD_ARGUMENTS=()
  build_image "${BASH_SOURCE[0]%.sh}.Dockerfile" "$1/context" "${tags[@]}"
}
