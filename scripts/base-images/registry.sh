# shellcheck shell=bash disable=SC2034
# The distribution registry from Debian's package, with the configuration of the image of this name.

tags=(registry:2)
needs=(debian)

make_image() {
  mkdir -p "$1/context"
  BUILD_ARGUMENTS=()
  build_image "${BASH_SOURCE[0]%.sh}.Dockerfile" "$1/context" "${tags[@]}"
}
