# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: where the project is, and how a step is run and reported.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
logs="$root/build/log"
jobs="$(nproc)"
exec </dev/null  # nothing here may wait for an answer

fail() {
  printf '%s\n' "$@" >&2
  exit 3
}

# step NAME COMMAND...: runs it into a log. Silent but for one line; where it fails, the end of the log and exit 3.
step() {
  local name="$1" log started=$SECONDS
  shift
  mkdir -p "$logs"
  log="$logs/${name// /-}.log"
  if ! "$@" >"$log" 2>&1; then
    grep -E -A 12 'error|Error|FAILED' "$log" | head -n 60 >&2 || true
    printf -- '---- the end of it:\n' >&2
    tail -n 25 "$log" >&2
    fail "$name: failed; all of it is in $log"
  fi
  printf '%-24s ok  %4d s\n' "$name" $((SECONDS - started))
}

# configure PRESET OPTION...: CMake runs only where it has not yet or an option differs; Ninja does so itself after that.
configure() {
  local preset="$1" option name
  shift
  local cache="$root/build/$preset/CMakeCache.txt"
  if [[ -f "$root/build/$preset/build.ninja" && -f "$cache" ]]; then
    local same=yes
    for option in "$@"; do
      name="${option#-D}"
      grep -qE "^${name%%=*}(:[A-Z]+)?=${name#*=}\$" "$cache" || same=no
    done
    # A preset that was edited is a new configuration; so is a tree that was moved.
    [[ "$root/CMakePresets.json" -nt "$cache" ]] && same=no
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" || { same=no; rm -rf "$root/build/$preset"; }
    [[ $same == yes ]] && return 0
  fi
  (cd "$root" && cmake --preset "$preset" "$@")
}
