#!/bin/sh
# The C code on the pages is what it says: code.sh <root> <compiler> [its arguments]
#     the README's example is examples/compare.c to the byte;
#     the estimator of CONTRIBUTING.md compiles against the real headers.
set -eu
root=$1
shift
block() {
    awk '/^```/ { on = $0 == "```c"; next } on' "$1"
}
failed=0
block "$root/README.md" | diff - "$root/examples/compare.c" || failed=1
block "$root/CONTRIBUTING.md" |
    "$@" -x c -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
        -I"$root/include" -I"$root/src" -fsyntax-only - || failed=$((failed + 1))
echo "2 cases, $failed failed"
[ "$failed" -eq 0 ]
