#!/bin/bash
# ppp: which Acks of PPP are lost, seen from one end, from both, in pieces, in tunnels; and which are not
# (make_ppp.py says why).
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

command -v python3 >/dev/null || {
    echo "1..0 # SKIP python3 is missing"
    exit 0
}
python3 -B "$TOP_SRCDIR/tests/support/make_ppp.py" "$tmp" || exit 1

# What ppp-ack-lost says, one verdict after the other: state, severity, requests, seconds; and the case's result.
gives() { # case, wanted
    local got
    "$DEADWIRE" analyze --format=jsonl "$tmp/$1"/*.pcap >"$tmp/out"
    got=$(sed -nE 's/.*"rule":"ppp-ack-lost","state":"([a-z]*)","severity":"([a-z]*)".*"requests":([0-9]*),"seconds":([0-9.]*).*/\1 \2 \3 \4;/p
        s/.*"deadwire.summary\/1","result":"([a-z]*)".*/\1/p' "$tmp/out" | tr '\n' ' ')
    n=$((n + 1))
    if [ "$got" = "$2 " ] && ! grep -q '"rule_failed\|differs between rows' "$tmp/out"; then
        echo "ok $n - $1: $2"
    else
        echo "not ok $n - $1: ${got}and not $2"
        sed -nE 's/.*"because":"([^"]*)".*/#   \1/p' "$tmp/out"
        failed=1
    fi
}
says() { # case, what stands in a sentence
    n=$((n + 1))
    "$DEADWIRE" analyze --format=jsonl "$tmp/$1"/*.pcap >"$tmp/out"
    if grep '"rule":"ppp-ack-lost"' "$tmp/out" | grep -qF -- "$2"; then
        echo "ok $n - $1 says: $2"
    else
        echo "not ok $n - $1 does not say: $2"
        sed -nE 's/.*"because":"([^"]*)".*/#   \1/p' "$tmp/out"
        failed=1
    fi
}

gives waits-for-peer "unknown"
gives never-agrees "unknown"
gives agrees-late "healthy"
gives asks-late "healthy"
gives two-ends "confirmed critical 10 27; fault"
says two-ends "none of its 10 Configure-Acks arrived at two-ends/server.pcap"
gives second-hears-host-only "confirmed critical 10 27; fault"
says second-hears-host-only "none of its 10 Configure-Acks arrived"
gives second-hears-server-only "likely critical 10 27; fault"
gives split "likely critical 10 27; fault"
says split ", while IPV6CP did"
gives split-named-backwards "likely critical 10 27; fault"
gives two-days "likely critical 10 27; likely critical 7 12; fault"
for link in vxlan gre erspan cooked; do
    gives in-$link "likely critical 10 27; fault"
    says in-$link "02:00:00:00:00:09 sent its IPCP Configure-Request 10 times"
done
gives two-hosts-in-cooked "unknown"
echo "1..$n"
exit $failed
