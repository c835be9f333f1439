# shellcheck shell=bash disable=SC2034
# PostgreSQL from Debian's package, started as the image of this name starts it.

tags=(postgres:17-trixie)
needs=(debian)

make_image() {
  mkdir -p "$1/context"
  BUILD_ARGUMENTS=()
  build_image "${BASH_SOURCE[0]%.sh}.Dockerfile" "$1/context" "${tags[@]}"
}
