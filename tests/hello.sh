#!/bin/bash
# hello: one client random in several hellos, and what tls-random-repeat and weak-random make of it (make_hello.py
# says why).
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

command -v python3 >/dev/null || {
    echo "1..0 # SKIP python3 is missing"
    exit 0
}
python3 -B "$TOP_SRCDIR/tests/support/make_hello.py" "$tmp" || exit 1

# Rule, state and number of frames cited, one verdict after the other.
gives() { # case, wanted
    local got
    "$DEADWIRE" analyze --format=jsonl "$tmp/$1"/*.pcap >"$tmp/out"
    got=$(python3 -c 'import json, sys
for line in sys.stdin:
    v = json.loads(line)
    if v["schema"] == "deadwire.verdict/1" and "random" in v["rule"]:
        print(v["rule"], v["state"], len(v["evidence"]), end="; ")' <"$tmp/out")
    n=$((n + 1))
    if [ "$got" = "$2" ]; then
        echo "ok $n - $1: $2"
    else
        echo "not ok $n - $1: ${got}and not $2"
        sed -nE 's/.*"because":"([^"]*)".*/#   \1/p' "$tmp/out"
        failed=1
    fi
}
says() { # case, rule, what stands in its verdict
    n=$((n + 1))
    "$DEADWIRE" analyze --format=jsonl "$tmp/$1"/*.pcap >"$tmp/out"
    if grep "\"rule\":\"$2\"" "$tmp/out" | grep -qF -- "$3"; then
        echo "ok $n - $1 says: $3"
    else
        echo "not ok $n - $1 does not say: $3"
        sed -nE 's/.*"because":"([^"]*)".*/#   \1/p' "$tmp/out"
        failed=1
    fi
}

both="tls-random-repeat confirmed 2; weak-random likely 2; "
gives repeated "$both"
gives relay-retries "tls-random-repeat unknown 2; weak-random unknown 2; "
says relay-retries tls-random-repeat "The first was not answered"
gives second-unanswered "tls-random-repeat likely 2; weak-random likely 2; "
says second-unanswered tls-random-repeat "Only one answer was captured."
says second-unanswered weak-random "one hello that a proxy or tunnel passed on"
gives one-way "tls-random-repeat likely 2; weak-random likely 2; "
says one-way tls-random-repeat "No answers were captured."
says one-way weak-random "one hello that a proxy or tunnel passed on"
gives second-one-way "$both"
says second-one-way weak-random "1 client random came back"
gives first-one-way "$both"
echo "1..$n"
exit $failed
