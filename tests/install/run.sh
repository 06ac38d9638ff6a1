#!/bin/sh
# Installs into a fresh folder, builds a program against what is there by pkg-config alone, runs
# it and the command:   run.sh <build folder> <prefix> <program.c> <compiler> [its arguments]
set -eu
build=$1 prefix=$2 program=$3
shift 3
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
meson install -C "$build" --no-rebuild --quiet --destdir "$to" >"$to/log" 2>&1 || { cat "$to/log"; exit 1; }
pc=$(find "$to" -name hone.pc)
lib=${pc%/pkgconfig/hone.pc}
PKG_CONFIG_PATH=${pc%/hone.pc} PKG_CONFIG_SYSROOT_DIR=$to
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
# shellcheck disable=SC2046
"$@" -std=c11 "$program" -o "$to/program" $(pkg-config --cflags --libs hone)
LD_LIBRARY_PATH=$lib "$to/program"
LD_LIBRARY_PATH=$lib "$to$prefix/bin/hone" models >/dev/null
[ -f "$to$prefix/include/hone/hone.h" ]
echo "installed: a program and the command run"
