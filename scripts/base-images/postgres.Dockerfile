FROM debian:trixie-slim
# The user has the ids of PostgreSQL's own image, so that a volume works with either.
# Debian would make a cluster while it installs the package: the entry point makes one in the volume instead.
RUN groupadd --system --gid 999 postgres \
  && useradd --system --gid postgres --uid 999 --home-dir /var/lib/postgresql --shell /bin/bash postgres \
  && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
  && apt-get -o Acquire::Retries=3 update \
  && apt-get -o Acquire::Retries=3 install -y --no-install-recommends postgresql-17 \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/*.log /var/log/apt \
  && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data /var/run/postgresql
ENV LANG=C.UTF-8 PATH=/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  PGDATA=/var/lib/postgresql/data
COPY --chmod=755 <<'ENTRYPOINT' /usr/local/bin/docker-entrypoint.sh
#!/bin/bash
# Makes the cluster, its superuser and its database when the volume is empty, then becomes the server as the user postgres.
# Of the settings of PostgreSQL's own image it knows POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_PASSWORD_FILE, POSTGRES_DB,
# POSTGRES_HOST_AUTH_METHOD and PGDATA.
set -euo pipefail
[ "${1:0:1}" != - ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres:postgres '{}' +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  password=${POSTGRES_PASSWORD:-}
  [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || password=$(cat "$POSTGRES_PASSWORD_FILE")
  if [ -z "$password" ] && [ "$method" != trust ]; then
    echo 'Error: set POSTGRES_PASSWORD to a password that is not empty.' >&2
    exit 1
  fi
  # A cluster that was begun and not finished has no PG_VERSION, or not yet the marker: initdb wants the folder empty.
  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host="$method"
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -w -o '-c listen_addresses=' start
  [ "$database" = postgres ] || createdb --username="$user" --maintenance-db=postgres "$database"
  pg_ctl -D "$PGDATA" -w -m fast stop
fi
exec "$@"
ENTRYPOINT
# Debian's default is localhost.
RUN sed -i "s/^#listen_addresses = 'localhost'.*/listen_addresses = '*'/" /usr/share/postgresql/17/postgresql.conf.sample \
  && grep -q "^listen_addresses = '\*'" /usr/share/postgresql/17/postgresql.conf.sample
STOPSIGNAL SIGINT
VOLUME /var/lib/postgresql/data
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
