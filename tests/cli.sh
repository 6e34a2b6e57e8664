#!/bin/bash
# cli: what surrounds a command: pipes that nobody writes into, signals, streams that are closed or full.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset NO_COLOR COLUMNS POSIXLY_CORRECT
export LC_ALL=C.UTF-8 TERM=dumb TMPDIR=$tmp/temporary
. "$TOP_SRCDIR/tests/support/is.sh"
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
    # In the foreground: else the signal comes twice, and the second one ends it at once.
    timeout --foreground --preserve-status -s "$1" 1 "$DEADWIRE" analyze --format=jsonl client.pcap pipe >out 2>&1
    echo "$? $(sed -n 's/.*"path":"\([^"]*\)".*"status":"\([^"]*\)".*"reason":\([^,]*\).*/\1 \2 \3/p' out)"
}
is "$(stopped INT)" "130 client.pcap complete null
pipe skipped \"not reached: interrupted\"" "Ctrl-C while a FIFO is waited for: what was read is reported"
is "$(ls "$TMPDIR")" "" "and no temporary case is left"

is "$(timeout --foreground --preserve-status -s TERM 1 "$DEADWIRE" compare client.pcap pipe >out 2>&1; echo $?)$(ls "$TMPDIR")" 130 \
    "SIGTERM while compare waits: no temporary case is left"

# -- streams that are closed, full, or read by somebody who has had enough ---------------------------------------------
said() { # command line: its exit status, and what it says
    bash -c "$1" 2>talk
    echo "$?: $(cat talk)"
}
is "$(said "\"$DEADWIRE\" analyze client.pcap >&-")" "4: deadwire: cannot write the report: Bad file descriptor" \
    "standard output is closed"
is "$(said "\"$DEADWIRE\" analyze --format=jsonl - <&- | grep -o '\"reason\":\"[^\"]*\"' | head -n 1")" \
    '"reason":"standard input: cannot be read: Bad file descriptor"
0: ' "standard input is closed: nothing of ours is read instead"
is "$(said "\"$DEADWIRE\" info client.pcap 2>&- | sed -n 2p")" "  format      pcap
0: " "standard error is closed"
"$DEADWIRE" analyze -o case client.pcap >/dev/null
for command in "info client.pcap" "show case 24" "rules list" "query case 'SELECT * FROM packet, flow'"; do
    is "$(said "\"$DEADWIRE\" $command >/dev/full")" "4: deadwire: cannot write the results: No space left on device" \
        "a full disk: ${command%% *} says why"
done
for command in "analyze client.pcap" "verdicts case" "info client.pcap" "query case 'SELECT * FROM packet, flow'"; do
    want=0
    case $command in analyze* | verdicts*) want=1 ;; esac
    # Reads nothing and is gone before anything is written.
    is "$(said "{ sleep 0.3; \"$DEADWIRE\" $command; echo \$? >status; } | true; cat status")" "$want
0: " "who leaves early does not change the status: ${command%% *}"
done
is "$(said "\"$DEADWIRE\" analyze -o . client.pcap")" "4: deadwire: .: is a folder (name a file for the case)" \
    "a folder is no case"

# -- words -------------------------------------------------------------------------------------------------------------
usage() { # the first line of what is said of these words, and the status
    "$DEADWIRE" "$@" >/dev/null 2>talk
    echo "$? $(head -n 1 talk)"
}
is "$(usage compare --brief a b)" "2 deadwire compare: unknown option --brief" "compare takes no option that it ignores"
is "$(usage query --width=60 case 'SELECT 1')" "2 deadwire query: unknown option --width=60" "nor does query"
is "$(usage rules --locale=zh_CN)" "2 deadwire rules: unknown option --locale=zh_CN" "nor rules"
is "$(usage analyze --progress=foo a)" "2 deadwire analyze: --progress=foo: use one of auto, always, never" "a choice: --progress"
is "$(usage analyze --color=foo a)" "2 deadwire analyze: --color=foo: use one of auto, always, never" "a choice: --color"
is "$(usage tui --script)" "2 deadwire tui: --script needs a value" "a value is missing"
is "$(usage analyze --rules=/nope a)" "2 deadwire: --rules: /nope: cannot open: No such file or directory" \
    "a folder of rules that is not there"
is "$(usage compare client.pcap ./client.pcap)" "2 deadwire compare: client.pcap and ./client.pcap are the same file" \
    "a capture is not compared with itself"

is_end
