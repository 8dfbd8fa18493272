#!/bin/sh
# Runs the tests named by its arguments. 77, and why, where there is no PostgreSQL server for them to start.
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  echo "skipped: the package postgresql is not installed, so there is no server for the tests to start"
  exit 77
fi
exec "$@"
