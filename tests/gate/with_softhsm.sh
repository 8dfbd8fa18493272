#!/bin/sh
# Runs the tests named by its arguments. 77, and why, where there is no token for them.
if ! command -v softhsm2-util >/dev/null 2>&1; then
  echo "skipped: the package softhsm2 is not installed, so there is no token for the tests"
  exit 77
fi
exec "$@"
