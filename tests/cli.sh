#!/bin/bash
# cli: what surrounds a command: pipes that nobody writes into, signals, streams that are closed or full.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset NO_COLOR COLUMNS POSIXLY_CORRECT
export LC_ALL=C.UTF-8 TERM=dumb TMPDIR=$tmp/temporary
n=0
failed=0
is() { # got, wanted, what
    n=$((n + 1))
    if [ "$1" = "$2" ]; then
        echo "ok $n - $3"
    else
        echo "not ok $n - $3"
        printf '%s\n' "$1" | sed 's/^/#   got    /'
        printf '%s\n' "$2" | sed 's/^/#   wanted /'
        failed=1
    fi
}
mkdir "$TMPDIR"
cp "$TOP_SRCDIR/samples/lwip-reboot/zombie"/*.pcap "$tmp"
cd "$tmp" || exit 1
mkfifo pipe

# -- pipes by name -----------------------------------------------------------------------------------------------------
cat server.pcap >pipe &
is "$(timeout 20 "$DEADWIRE" analyze --format=jsonl client.pcap pipe | grep -c '"path":"pipe".*"status":"complete"')" 1 \
    "a capture from a FIFO beside one from a file; nobody waits for it to come again"
wait

stopped() { # signal: what analyze says that waits for somebody to write into a pipe
    # Of what bash starts in the background SIGINT is ignored.
    timeout --preserve-status -s "$1" 1 "$DEADWIRE" analyze --format=jsonl client.pcap pipe >out 2>&1
    echo "$? $(sed -n 's/.*"path":"\([^"]*\)".*"status":"\([^"]*\)".*"reason":\([^,]*\).*/\1 \2 \3/p' out)"
}
is "$(stopped INT)" "130 client.pcap complete null
pipe skipped \"not reached: interrupted\"" "Ctrl-C while a FIFO is waited for: what was read is reported"
is "$(ls "$TMPDIR")" "" "and no temporary case is left"

echo "1..$n"
exit $failed
