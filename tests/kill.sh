#!/bin/bash
# kill: an analyze that is killed, or asked to stop, leaves a sound case; run again it ends as if nothing had been.
set -u
. "$TOP_SRCDIR/tests/support/case.sh"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0
kills=20

ok() { # status, what
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        failed=1
    fi
}
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# One large capture of many connections, and the samples.  Sources are read in the order of their paths.
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP needs python3 to make a large capture"
    exit 0
fi
cp -r "$TOP_SRCDIR/samples" "$tmp/samples"
chmod -R u+w "$tmp/samples"
cd "$tmp/samples" || exit 1
python3 "$TOP_SRCDIR/tests/support/make_large.py" "$tmp/samples/lwip-reboot/large.pcap" 60000
paths=(*/)

start=$(now_ms)
"$DEADWIRE" analyze -o "$tmp/whole.case" --format=jsonl "${paths[@]}" >"$tmp/whole.jsonl" 2>/dev/null
took=$(($(now_ms) - start))
content "$tmp/whole.case" >"$tmp/whole.content"
finished() { "$DEADWIRE" query --format=csv "$1" "SELECT path FROM source WHERE status IN ('complete', 'skipped')" | tail -n +2 | LC_ALL=C sort; }
# Killed before its tables were committed: an SQLite file without any.
is_unborn() {
    command -v sqlite3 >/dev/null && [ "$(sqlite3 "$1" 'SELECT count(*) FROM sqlite_master' 2>&1)" = 0 ]
}
echo "# uninterrupted: $took ms"

# The same case is killed again and again, a little later each time, then finished.
case_killed() { # delay in ms, case: 0 if the run was really killed
    "$DEADWIRE" analyze -o "$2" --format=jsonl "${paths[@]}" >/dev/null 2>&1 &
    local pid=$!
    sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? = 137 ]
}
bad=0 lost=0 unequal=0 inside=0 halfway=0
for ((i = 0; i < kills; i++)); do
    case=$tmp/killed.case
    rm -f "$case" "$case"-*
    case_killed $((took * i / kills + 1)) "$case" && inside=$((inside + 1))
    if [ -e "$case" ] && [ -s "$case" ]; then
        "$DEADWIRE" query "$case" "SELECT count(*) FROM packet" >/dev/null 2>"$tmp/why" || is_unborn "$case" ||
            { bad=$((bad + 1)) && echo "# kill $i: $(cat "$tmp/why")"; }
        sound "$case" || { bad=$((bad + 1)) && echo "# kill $i: not sound"; }
        finished "$case" >"$tmp/before" 2>/dev/null
        [ -s "$tmp/before" ] && halfway=$((halfway + 1))
        # A second kill, in the run that was to finish it: what was finished stays finished.
        case_killed $((took / 4)) "$case"
        finished "$case" >"$tmp/after" 2>/dev/null
        [ -z "$(LC_ALL=C comm -23 "$tmp/before" "$tmp/after")" ] || lost=$((lost + 1))
    fi
    "$DEADWIRE" analyze -o "$case" --format=jsonl "${paths[@]}" >"$tmp/killed.jsonl" 2>/dev/null
    content "$case" >"$tmp/killed.content"
    if ! cmp -s "$tmp/whole.content" "$tmp/killed.content" || ! cmp -s "$tmp/whole.jsonl" "$tmp/killed.jsonl"; then
        unequal=$((unequal + 1))
        diff "$tmp/whole.content" "$tmp/killed.content" | head -n 5 | cut -c1-200 | sed "s/^/# kill $i: /"
    fi
done
echo "# $inside of $kills kills hit a running analyze, $halfway of them between two sources"
[ $inside -ge $((kills / 2)) ] && [ $halfway -ge 1 ]
ok $? "the kills land inside"
[ $bad = 0 ]
ok $? "every killed case opens and is sound"
[ $lost = 0 ]
ok $? "finished sources are kept"
[ $unequal = 0 ]
ok $? "the same command again ends with the same content"

# Ctrl-C: what was read of the source at hand is kept as partial.
start=$(now_ms)
"$DEADWIRE" analyze -o "$tmp/stop.case" --format=jsonl lwip-reboot/large.pcap >"$tmp/alone.jsonl" 2>/dev/null
took=$(($(now_ms) - start))
content "$tmp/stop.case" >"$tmp/alone.content"
echo "# alone: $took ms"
# Early and late, until one lands while frames are read: the machine may be busier or idler than a moment ago.
status=0 partial=
for ((try = 0; try < 60 && status != 130; try++)); do
    delay=$((try % 20 + 1))
    rm -f "$tmp/stop.case"*
    # Job control, or a shell without a terminal starts it with SIGINT ignored.
    set -m
    "$DEADWIRE" analyze -o "$tmp/stop.case" --format=jsonl lwip-reboot/large.pcap >"$tmp/stop.jsonl" 2>"$tmp/stop.err" &
    pid=$!
    set +m
    sleep "$(printf '%d.%03d' $((took * delay / 22 / 1000)) $((took * delay / 22 % 1000)))"
    kill -INT $pid 2>/dev/null
    wait $pid 2>/dev/null
    status=$?
    partial=$("$DEADWIRE" query --format=csv "$tmp/stop.case" "SELECT status, packets > 0, sha256 IS NULL FROM source" 2>/dev/null | tail -n 1 | tr -d '\r')
    [ "$partial" = partial,1,1 ] || status=0
done
[ $status = 130 ]
ok $? "Ctrl-C: exit status 130"
[ "$partial" = partial,1,1 ]
ok $? "Ctrl-C: the source is partial, with what was read ($partial)"
grep -q '"schema":"deadwire.summary/1"' "$tmp/stop.jsonl"
ok $? "Ctrl-C: what is done is reported"
sound "$tmp/stop.case"
ok $? "Ctrl-C: the case is sound"
"$DEADWIRE" analyze -o "$tmp/stop.case" --format=jsonl lwip-reboot/large.pcap >"$tmp/stop.jsonl" 2>/dev/null
content "$tmp/stop.case" >"$tmp/stop.content"
cmp -s "$tmp/alone.content" "$tmp/stop.content" && cmp -s "$tmp/alone.jsonl" "$tmp/stop.jsonl"
ok $? "Ctrl-C: the same command again completes it"
echo "1..$n"
exit $failed
