#!/bin/sh
# run.sh -- plays a transcript and compares: run.sh FILE.case
#
# A transcript holds commands and what they must do; the environment gives HONE and JSON (paths of
# the command and of the JSON reader) and DATA (the folder of data sets). Each runs in an empty
# folder of its own, which is removed at the end.
#
#   # words            a comment
#   $ command          run by sh; `hone` and `json` are there, and the functions below
#   ? 1                its exit status (0 if there is no such line)
#   > line             a line of its standard output; "..." stands for any characters
#   ! line             a line of its standard error
#   >- line, !- line   no line is like this
#   @ condition        skips the next command unless the condition holds
set -u
case_file=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
case $case_file in /*) ;; *) case_file=$PWD/$case_file ;; esac
cd "$folder" || exit 1
out=$folder/.stdout err=$folder/.stderr
failures=0 commands=0 skip=no command='' status=0
unset NO_COLOR OPENBLAS_CORETYPE
LC_ALL=C
export LC_ALL

hone() { "$HONE" "$@"; }
json() { "$JSON" "$@"; }
# Is each number read at least (at most) $1?
at_least() { awk -v least="$1" '!($1 >= least) { print; bad = 1 } END { exit bad || !NR }'; }
at_most() { awk -v most="$1" '!($1 <= most) { print; bad = 1 } END { exit bad || !NR }'; }
# Sends SIGINT to the command after $1 seconds and waits for it.
interrupt_after() {
    seconds=$1
    shift
    "$@" &
    sleep "$seconds"
    kill -INT $!
    wait $!
}

fail() {
    failures=$((failures + 1))
    printf '%s: $ %s\n    %s\n' "${case_file##*/}" "$command" "$1"
    sed 's/^/    1> /' "$out" | head -n 40
    sed 's/^/    2> /' "$err" | head -n 40
}

# An expected line as a regular expression.
pattern() {
    printf '%s\n' "$1" | sed 's/[][\.*^$]/\\&/g; s/\\\.\\\.\\\./.*/g'
}

expect() { # expect FILE LINE
    grep -q -x -e "$(pattern "$2")" "$1" || fail "expected the line: $2"
}

refuse() { # refuse FILE LINE
    ! grep -q -x -e "$(pattern "$2")" "$1" || fail "did not expect the line: $2"
}

# The status is checked when all the lines about a command are read.
finish() {
    [ -z "$command" ] || [ "$status" = "$wanted" ] || fail "exit status $status, expected $wanted"
    command='' wanted=0
}

wanted=0
while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    '$ '*)
        finish
        if [ "$skip" = yes ]; then
            skip=passed
            continue
        fi
        skip=no
        command=${line#??}
        (eval "$command") >"$out" 2>"$err" </dev/null
        status=$?
        commands=$((commands + 1))
        ;;
    '@ '*)
        finish
        if (eval "${line#??}") >/dev/null 2>&1; then skip=no; else skip=yes; fi
        ;;
    '#'* | '') ;;
    *)
        [ "$skip" = passed ] && continue
        case $line in
        '? '*) wanted=${line#??} ;;
        '> '*) expect "$out" "${line#??}" ;;
        '! '*) expect "$err" "${line#??}" ;;
        '>- '*) refuse "$out" "${line#???}" ;;
        '!- '*) refuse "$err" "${line#???}" ;;
        *) fail "cannot read this line of the transcript: $line" ;;
        esac
        ;;
    esac
done <"$case_file"
finish
echo "${case_file##*/}: $commands commands, $failures failures"
[ "$failures" -eq 0 ] && [ "$commands" -gt 0 ]
