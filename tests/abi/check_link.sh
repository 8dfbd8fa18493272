#!/bin/sh
# What dosegate.so shows to a host (rule 1 of plugin/ABI.md and the linking section of the design).
# Usage: check_link.sh NM READELF dosegate.so [sanitized]
# A sanitized build needs the sanitizer's runtime: its NEEDED entries are not looked at.
set -u
nm=$1 readelf=$2 so=$3 sanitized=${4:-}
failed=0
fail() {
  echo "$so: $1" >&2
  failed=1
}

exports=$("$nm" -D --defined-only "$so" | awk '{ print $2, $3 }')
[ "$exports" = "T dosegate_negotiate" ] || fail "exports more or less than dosegate_negotiate: $exports"

dynamic=$("$readelf" -dW "$so")
segments=$("$readelf" -lW "$so")
[ -n "$dynamic" ] && [ -n "$segments" ] || fail "cannot be read"
if [ "$sanitized" != sanitized ]; then
  for needed in $(echo "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    case $needed in
      libc.so.6 | libm.so.6 | ld-linux-x86-64.so.2 | ld-linux-aarch64.so.1) ;;
      *) fail "needs $needed" ;;
    esac
  done
  echo "$dynamic" | grep -q '(NEEDED)' || fail "needs nothing: not the library"
fi
echo "$dynamic" | grep -q 'BIND_NOW' || fail "is not bound at load (-z now)"
echo "$dynamic" | grep -q 'NODELETE' || fail "may be unmapped (-z nodelete)"
echo "$dynamic" | grep -q 'TEXTREL' && fail "has relocations in its code"
echo "$dynamic" | grep -qE 'RPATH|RUNPATH' && fail "has a search path of the build machine"
echo "$segments" | grep -qE ' (RWE|WE) ' && fail "has a segment that is writable and executable"
echo "$segments" | grep -q 'GNU_STACK.* RW ' || fail "asks for an executable stack"
echo "$segments" | grep -q 'GNU_RELRO' || fail "has no read-only relocations (-z relro)"
"$readelf" -nW "$so" | grep -qE 'Build ID: [0-9a-f]{40}' || fail "has no build id"
exit $failed
