# The image of every service: `docker build --build-arg SERVICE=<folder> --target <service|gateway|builder> .`
FROM node:24-trixie-slim AS base
WORKDIR /app

# Only what decides the dependencies, so that installing them is repeated only when that changes.
FROM base AS manifests
COPY . /source
RUN cd /source && mkdir /manifests \
  && find . -name node_modules -prune -o -maxdepth 2 \( -name package.json -o -name package-lock.json -o -name .npmrc \) -print \
  | xargs cp --parents -t /manifests

# ALSO: other workspaces that this one imports, besides the kit.
FROM base AS dependencies
ARG SERVICE
ARG ALSO=""
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.npm,sharing=locked \
  npm ci --omit=dev --workspace "$SERVICE" --no-audit --no-fund --prefer-offline \
  && for manifest in */package.json; do \
    case " platform-kit $SERVICE $ALSO " in *" ${manifest%/*} "*) ;; *) rm "$manifest" ;; esac; done \
  && find . -maxdepth 1 -type d -empty -delete \
  && find node_modules -xtype l -delete

# Nothing is compiled: Node.js takes the types out of our own files as it reads them.
FROM base AS service
ARG SERVICE
ENV NODE_ENV=production SERVICE=$SERVICE
# Volumes that are empty take owner and mode from these. The engine-gate's sockets are root's, everything else the service's.
RUN mkdir -p data secrets run engine /gate && chown node:node data secrets run
COPY --chmod=755 scripts/compose/health-check.sh /usr/local/bin/plat-health
COPY scripts/compose/make-secrets.mjs ./
COPY --from=dependencies /app ./
COPY platform-kit ./platform-kit
COPY ${SERVICE} ./${SERVICE}
USER node
CMD ["sh", "-c", "exec node \"$SERVICE/src/main.ts\""]

# The dashboard, built from the lock file like everything else.
FROM base AS dashboard
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.npm,sharing=locked \
  npm ci --workspace platform-ui --no-audit --no-fund --prefer-offline
COPY platform-kit ./platform-kit
COPY runtimes ./runtimes
COPY tsconfig.json ./
COPY platform-ui ./platform-ui
RUN cd platform-ui && npx vite build --logLevel warn

FROM service AS gateway
ENV UI_DIR=/app/platform-ui/dist
COPY --from=dashboard /app/platform-ui/dist ./platform-ui/dist

FROM service AS builder
COPY runtimes ./runtimes

FROM service AS admin
USER root
RUN mkdir builder-data controller-data && chown node:node builder-data controller-data
COPY api-gateway ./api-gateway
COPY builder ./builder
COPY function-controller ./function-controller
COPY function-proxy ./function-proxy
COPY metadata-service ./metadata-service
USER node
ENTRYPOINT ["node", "admin/bin/plat-admin.mjs"]
CMD ["--help"]
