# shellcheck shell=bash disable=SC2034
# Python from Debian's packages, laid out as Python's own images are.

tags=(python:3.13-slim-trixie python:3.13-slim)
needs=(debian)

make_image() {
  mkdir -p "$1/context"
  BUILD_ARGUMENTS=()
  build_image "${BASH_SOURCE[0]%.sh}.Dockerfile" "$1/context" "${tags[@]}"
}
