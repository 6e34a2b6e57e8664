#!/bin/bash
# situations: what happens on every network and is no fault raises no alarm (make_situations.py says why).
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

# Something stayed unanswered as far as the capture shows, or only one end was captured.
unknown=" answer-missed answer-missed-then-closed answer-missed-then-new big-gap clock-back clock-back-before-ack half-seen half-seen-losses
 half-seen-pings half-seen-pings-piggyback half-seen-probes one-direction one-direction-reused
 openvpn-idle-missed openvpn-one-direction openvpn-one-direction-no-data openvpn-watched openvpn-watched-2-6
 other-direction other-direction-reused
 padding-counted port-scan scan-twice "
unknown=${unknown//$'\n'/}

command -v python3 >/dev/null || {
    echo "1..0 # SKIP python3 is missing"
    exit 0
}
python3 "$TOP_SRCDIR/tests/support/make_situations.py" "$tmp" || exit 1
for file in "$tmp"/*.pcap; do
    name=$(basename "$file" .pcap)
    want=healthy
    case $unknown in *" $name "*) want=unknown ;; esac
    "$DEADWIRE" analyze --format=jsonl "$file" >"$tmp/out"
    got=$(sed -nE 's/.*"deadwire.summary\/1","result":"([a-z]*)".*/\1/p' "$tmp/out")
    alarms=$(grep -cE '"severity":"(warning|critical)"' "$tmp/out")
    n=$((n + 1))
    if [ "$got $alarms" = "$want 0" ]; then
        echo "ok $n - $name: $want, no alarm"
    else
        echo "not ok $n - $name: $got with $alarms alarms, not $want with none"
        grep -E '"severity"' "$tmp/out" | sed -E 's/.*"because":"([^"]*)".*/#   \1/'
        failed=1
    fi
done
echo "1..$n"
exit $failed
