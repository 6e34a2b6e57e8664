# What deadwire says of captures that a script made: one folder each, analyzed together.  Sourced; a test defines
# `sum_up`, which makes one line of the JSON lines on its stdin, calls `made_by`, asks `gives` and `says`, and ends
# with `made_end`.
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

command -v python3 >/dev/null || {
    echo "1..0 # SKIP python3 is missing"
    exit 0
}

# The script of tests/support that makes them.
made_by() { # script
    python3 -B "$TOP_SRCDIR/tests/support/$1" "$tmp" || exit 1
}

analyze_made() { # case
    "$DEADWIRE" analyze --format=jsonl "$tmp/$1"/*.pcap >"$tmp/out"
}

report() { # whether it is so, what is right, what is wrong
    n=$((n + 1))
    if [ "$1" = yes ]; then
        echo "ok $n - $2"
        return
    fi
    echo "not ok $n - $3"
    sed -nE 's/.*"because":"([^"]*)".*/#   \1/p' "$tmp/out"
    failed=1
}

# No rule failed, and what sum_up makes of it is so.
gives() { # case, wanted
    local got right=no
    analyze_made "$1"
    got=$(sum_up <"$tmp/out")
    got=${got%% }
    [ "$got" = "$2" ] && ! grep -q '"rule_failed\|differs between rows' "$tmp/out" && right=yes
    report $right "$1: $2" "$1: $got and not $2"
}

# These words stand in a verdict of that rule.
says() { # case, rule, words
    local right=no
    analyze_made "$1"
    grep "\"rule\":\"$2\"" "$tmp/out" | grep -qF -- "$3" && right=yes
    report $right "$1 says: $3" "$1 does not say: $3"
}

made_end() {
    echo "1..$n"
    exit $failed
}
