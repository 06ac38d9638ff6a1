#!/bin/sh
# Runs every command of a page's sh blocks, in order, in one fresh folder:
#     run.sh PAGE.md <folder of hone> <folder of the data>
set -eu
page=$1 data=$3
PATH=$2:$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```/ { on = $0 == "```sh"; next } on' "$page" >"$folder/commands"
cd "$folder"
ln -s "$data" data
n=0 failed=0
# read without -r joins lines that end in a backslash
# shellcheck disable=SC2162
while read command <&3; do
    case $command in '' | '#'*) continue ;; esac
    n=$((n + 1))
    if ! (eval "$command") >output 2>&1 </dev/null; then
        failed=$((failed + 1))
        echo "\$ $command"
        cat output
    fi
done 3<commands
echo "$n cases, $failed failed"
[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
