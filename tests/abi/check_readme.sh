#!/bin/sh
# The README's C example is word for word the part of embed_example.c between its two marks, which is compiled and run.
# Usage: check_readme.sh README.md embed_example.c
set -u
quoted=$(awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$1")
compiled=$(sed -n '/\[README\]/,/\[\/README\]/p' "$2" | sed '1d;$d')
if [ -z "$compiled" ] || [ "$quoted" != "$compiled" ]; then
  echo "$1: its C example is not what $2 compiles" >&2
  exit 1
fi
