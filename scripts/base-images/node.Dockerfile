FROM debian:trixie-slim
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
COPY node/bin/node /usr/local/bin/node
COPY node/include /usr/local/include
COPY npm /usr/local/lib/node_modules/npm
COPY --chmod=755 <<'ENTRYPOINT' /usr/local/bin/docker-entrypoint.sh
#!/bin/sh
# "docker run IMAGE app.js" and "docker run IMAGE --version" mean node; anything that is a command stays one.
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null || { [ -f "$1" ] && [ ! -x "$1" ]; }; then
  set -- node "$@"
fi
exec "$@"
ENTRYPOINT
RUN ln -s node /usr/local/bin/nodejs \
  && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
  && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
  && rm -rf /usr/local/lib/node_modules/npm/docs /usr/local/lib/node_modules/npm/man \
  && npm --version && npx --version
# node-gyp compiles against the headers of this image; it would download them otherwise.
ENV npm_package_config_node_gyp_nodedir=/usr/local
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
