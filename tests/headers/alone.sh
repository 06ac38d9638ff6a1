#!/bin/sh
# Every public header compiles alone, and twice, in one language:
#     alone.sh <include folder> <c|c++> <standard> <compiler> [its arguments]
set -eu
include=$1 language=$2 standard=$3
shift 3
failed=0 n=0
for header in "$include"/hone/*.h; do
    name=hone/${header##*/}
    printf '#include <%s>\n#include <%s>\ntypedef int not_empty;\n' "$name" "$name" |
        "$@" -x "$language" -std="$standard" -Wall -Wextra -Wpedantic -Wshadow -Werror \
            -I"$include" -fsyntax-only - || { echo "$name: not alone as $standard"; failed=1; }
    n=$((n + 1))
done
echo "$n headers as $standard"
[ "$n" -gt 0 ] && exit "$failed"
