#!/bin/bash
# screens: every action of tui/keys.h is used by a script of tests/screens, and every view is opened by one.
set -uf # no names of files are meant by * and ?
cd "$TOP_SRCDIR" || exit 1
scripts=$(find tests/screens -name keys -exec cat {} +)
n=0
failed=0
result() { # problems, what
    n=$((n + 1))
    if [ -z "$1" ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        printf '%s' "$1" | sed 's/^/#   /'
        failed=1
    fi
}

# The help lists all keys of an action, made from the table itself.
printf '?\nshow keys\n' >"${TMPDIR:-/tmp}/deadwire-screens-$$"
trap 'rm -f "${TMPDIR:-/tmp}/deadwire-screens-$$"' EXIT
help=$(LC_ALL=C.UTF-8 "$DEADWIRE" tui --script="${TMPDIR:-/tmp}/deadwire-screens-$$" --size=200x300 samples/mtu-hole)
problems=
for action in $(sed -n 's/^ *X(\([a-z_]*\), ".*/\1/p' tui/keys.h); do
    words=$(grep -oP "X\($action, \"\K[^\"]*" tui/keys.h)
    keys=$(grep -F -- " $words" <<<"$help" | head -n 1)
    keys=${keys%%"$words"*}
    used=
    for key in $(sed 's/, \([^ ]\)/ \1/g' <<<"$keys"); do
        grep -qxFe "$key" <<<"$scripts" && used=1
    done
    [ -n "$used" ] || problems+="$action (${keys// /})
"
done
result "$problems" "every action is used by a script"

# A view's name stands last in the line of crumbs.
screens=$(find tests/screens -name expected -exec cat {} +)
problems=
for view in $(sed -n 's/^X(\([a-z]*\))$/\1/p' tui/views.h); do
    grep -qP "^deadwire  (.* [›>] )?$view( |\$)" <<<"$screens" || problems+="$view
"
done
result "$problems" "every view is shown by a script"

for size in 80x24 100x30 140x40 200x60; do
    grep -q "($size)" <<<"$screens"
    result "$([ $? = 0 ] || echo none)" "there are screens of $size"
done
echo "1..$n"
exit $failed
