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

  # Rule 27: RHEL 8 has glibc 2.28.
  versions=$("$readelf" -VW "$so" | grep -oE 'GLIBC_[0-9.]+' | sort -uV)
  [ -n "$versions" ] || fail "needs no version of glibc: not the library"
  newest=$(printf '%s\nGLIBC_2.28\n' "$versions" | sort -V | tail -n 1)
  [ "$newest" = GLIBC_2.28 ] || fail "needs $newest; a host may have glibc 2.28"
  # Older C libraries have threads in libpthread: what is needed of it may be missing.
  "$nm" -D --undefined-only "$so" | grep -E ' U pthread_(create|join|once|key_create)' && fail "cannot be loaded without libpthread"

  # Thread-local memory of a library that is loaded late is allocated at its first use, and the C library ends the process
  # where it cannot; unless it is static, and then there is little of it to be had.
  relocations=$("$readelf" -rW "$so")
  echo "$relocations" | grep -qE 'DTPMOD|DTPOFF|TLSDESC' && fail "has thread-local memory that is allocated at its first use"
  echo "$dynamic" | grep -q 'STATIC_TLS' || fail "does not ask for static thread-local memory"
  bytes=$(echo "$segments" | awk '$1 == "TLS" { print $6 }')
  [ $((bytes)) -gt 0 ] && [ $((bytes)) -le 64 ] || fail "has $((bytes)) bytes of thread-local memory"
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
