#!/usr/bin/env bash
# What the official image's entry promises, as far as this project and Testcontainers use it: POSTGRES_USER, POSTGRES_DB,
# POSTGRES_PASSWORD, POSTGRES_HOST_AUTH_METHOD, POSTGRES_INITDB_ARGS, PGDATA; arguments that begin with '-' are the server's.
set -euo pipefail

[ "${1:0:1}" != - ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" -eq 0 ]; then
  mkdir -p "$PGDATA" && chown -R postgres "$PGDATA" && chmod 0700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=${POSTGRES_USER:-postgres}
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo 'Error: the database is uninitialized and the superuser has no password.' >&2
    echo 'Set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust to allow all connections without one.' >&2
    exit 1
  fi
  # Words of POSTGRES_INITDB_ARGS are split on purpose, as the official entry does.
  # shellcheck disable=SC2086
  initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-unused}") --encoding=UTF8 \
    ${POSTGRES_INITDB_ARGS:-} -D "$PGDATA"
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
  database=${POSTGRES_DB:-$user}
  [ "$database" = postgres ] || printf 'CREATE DATABASE "%s"\n' "${database//\"/\"\"}" | postgres --single -D "$PGDATA" postgres
fi
exec "$@"
