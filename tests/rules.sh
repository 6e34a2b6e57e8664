#!/bin/bash
# rules: every rule says of its samples what its header promises; and `rules test` sees a broken promise.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

ok() { # status, what
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        failed=1
    fi
}

# What `rules test` says, numbered anew so that more can follow.
test_rules() { "$DEADWIRE" rules test --samples="$TOP_SRCDIR/samples" "$@"; }
test_rules >"$tmp/all"
status=$?
while IFS= read -r line; do
    case $line in
    "ok "*) n=$((n + 1)) && echo "ok $n - ${line#* - }" ;;
    "not ok "*) n=$((n + 1)) && failed=1 && echo "not ok $n - ${line#* - }" ;;
    "#"*) echo "$line" ;;
    esac
done <"$tmp/all"
if grep -q '^not ok' "$tmp/all"; then [ "$status" = 1 ]; else [ "$status" = 0 ]; fi
ok $? "the exit status agrees"

# A rule is tested where it fires, where it must not, and where it cannot know.
for id in $("$DEADWIRE" rules list | cut -d' ' -f1); do
    for promise in fires "is silent" "cannot know"; do
        grep -q -- " - $id: $promise on " "$tmp/all"
        ok $? "$id has a sample where it $promise"
    done
done

# A rule of our own: what it says of every capture, the samples it names.
mkdir "$tmp/rules"
rule() { # samples, state, severity, missing
    cat >"$tmp/rules/t-own.sql" <<END
-- id: t-own
-- title: A capture
-- because.it: {frames} frames.
-- what.first: its first frame
-- missing.all: all the rest
-- samples: $1
SELECT 's' || source AS verdict_key, 'it' AS say, '$2' AS state, '$3' AS severity,
       'source:' || source AS subject, source, frame, NULL AS line, NULL AS at, NULL AS at_len,
       'first' AS what, NULL AS rivals, $4 AS missing, NULL AS caused_by, frame AS frames
FROM packet WHERE frame = 1 ${5:-}
END
}
says() { # wanted status, what
    test_rules --rules="$tmp/rules" t-own >"$tmp/own" 2>&1
    local got=$?
    [ $got = "$1" ] || sed 's/^/#   /' "$tmp/own"
    [ $got = "$1" ]
    ok $? "$2"
}
here=lwip-reboot/zombie
rule "fires: $here" likely info NULL
says 0 "likely fires"
rule "silent: $here" likely info NULL
says 1 "likely is not silent, however small"
rule "unknown: $here" likely info NULL
says 1 "likely knows"
rule "fires: $here" unknown warning "'all'"
says 1 "unknown does not fire"
rule "silent: $here" unknown warning "'all'"
says 1 "unknown is not silent at warning"
rule "silent: $here" unknown notice "'all'"
says 0 "unknown is silent at notice"
rule "unknown: $here" unknown warning "'all'"
says 0 "unknown names what is missing"
rule "unknown: $here" unknown warning NULL
says 1 "unknown without what is missing"
rule "silent: $here" likely info NULL "AND 0"
says 0 "no verdict is silent"
rule "silent: $here" likely info NULL "AND no_such_column"
says 1 "a rule that fails is not silent"
grep -q "no such column" "$tmp/own"
ok $? "it says why the rule failed"
rule "silent: no/such/folder" likely info NULL
says 1 "a folder that is not there"
rule "silent: ../samples/$here" likely info NULL "AND 0"
says 1 "a folder outside the samples"
rule "sometimes: $here" likely info NULL
says 1 "a promise that is none"
test_rules no-such-rule >/dev/null 2>&1
[ $? = 2 ]
ok $? "a rule that is not there"
echo "1..$n"
exit $failed
