# shellcheck shell=bash disable=SC2034
# Node.js and npm, both as the npm registry publishes them.

tags=(node:24-trixie-slim node:24-slim)
needs=(debian)

make_image() {
  local context=$1/context architecture
  case $(uname -m) in
    x86_64) architecture=x64 ;;
    aarch64) architecture=arm64 ;;
    *) fail "there is no Node.js package for $(uname -m)." ;;
  esac
  npm_package "node-linux-$architecture@24" "$context/node"
  # OpenSSL's headers come for each platform there is: sixty megabytes, of which one platform's are of use.
  find "$context/node/include/node/openssl/archs" -mindepth 1 -maxdepth 1 ! -name "linux-$(uname -m)" -exec rm -rf {} +
  npm_package npm@11 "$context/npm"
  BUILD_ARGUMENTS=()
  build_image "${BASH_SOURCE[0]%.sh}.Dockerfile" "$context" "${tags[@]}"
}
