#!/bin/bash
# determinism: the same input gives the same case and the same JSON, whatever the order of the arguments, the
# locale, the working folder and the state of the case.
set -u
. "$TOP_SRCDIR/tests/support/case.sh"
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
same() { # file, file, what
    cmp -s "$1" "$2"
    local status=$?
    ok $status "$3"
    [ $status = 0 ] || diff "$1" "$2" | head -n 5 | cut -c1-300 | sed 's/^/#   /'
}
analyze() { # name, arguments...: leaves name.case, name.jsonl, name.content
    local name=$1
    shift
    "$DEADWIRE" analyze -o "$tmp/$name.case" --format=jsonl "$@" >"$tmp/$name.jsonl"
    content "$tmp/$name.case" >"$tmp/$name.content"
}
as_first() { # name, what
    same "$tmp/first.jsonl" "$tmp/$1.jsonl" "$2: JSON"
    same "$tmp/first.content" "$tmp/$1.content" "$2: content"
}

cp -r "$TOP_SRCDIR/samples" "$tmp/samples"
chmod -R u+w "$tmp/samples"
cd "$TOP_SRCDIR/samples" || exit 1
paths=(lwip-reboot/zombie lwip-reboot/tls-only lwip-reboot/hello-retry/client.pcap
    lwip-reboot/hello-retry/server.pcap lwip-reboot/recovered mqtt pppoe-tap tcp)
analyze first "${paths[@]}"
grep -q '"schema":"deadwire.verdict/1"' "$tmp/first.jsonl"
ok $? "there are verdicts to compare"
[ "$(grep -c '^==' "$tmp/first.content")" -gt 20 ] && [ "$(wc -l <"$tmp/first.content")" -gt 300 ]
ok $? "there are rows to compare"

for ((i = ${#paths[@]} - 1; i >= 0; i--)); do backwards+=("${paths[i]}"); done
analyze backwards "${backwards[@]}"
as_first backwards "the last argument first"
analyze turned "${paths[@]:3}" "${paths[@]:0:3}"
as_first turned "from the middle on"
analyze twice "${paths[@]}" "${paths[@]}"
as_first twice "every argument twice"

LC_ALL=C analyze c "${paths[@]}"
as_first c "LC_ALL=C"
other=$(locale -a 2>/dev/null | grep -viE '^(C|POSIX|en)([._]|$)' | head -n 1)
# Turkish has a comma in numbers and an i of its own.
if [ -z "$other" ] && mkdir "$tmp/locales" &&
    localedef -i tr_TR -f UTF-8 "$tmp/locales/tr_TR.UTF-8" >/dev/null 2>&1; then
    other=tr_TR.UTF-8
    export LOCPATH=$tmp/locales
fi
if [ -n "$other" ]; then
    { LC_ALL=$other analyze other "${paths[@]}"; } 2>/dev/null # bash itself may not find it
    as_first other "LC_ALL=$other"
else
    n=$((n + 1))
    echo "ok $n - another locale # SKIP only C and English are installed"
fi
TZ=Asia/Shanghai analyze zone "${paths[@]}"
as_first zone "another time zone"

cd "$tmp/samples" || exit 1
analyze moved "${paths[@]}"
as_first moved "another working folder"

# The same again: nothing is read, nothing changes.
cp "$tmp/first.case" "$tmp/again.case"
analyze again "${paths[@]}"
as_first again "a second run into the same case"
analyze again --again "${paths[@]}"
as_first again "a second run that reads all again"

# A case that grows keeps the numbers and ids that it gave, but says the same.
said() { "$DEADWIRE" query --format=jsonl "$1" "SELECT rule, verdict_key, state, severity, because, numbers FROM verdict ORDER BY rule, verdict_key"; }
analyze grown "${paths[4]}" "${paths[0]}"
analyze grown "${paths[@]}"
said "$tmp/first.case" >"$tmp/first.said"
said "$tmp/grown.case" >"$tmp/grown.said"
same "$tmp/first.said" "$tmp/grown.said" "a case that had some of it: what the rules say"

# Without a case, and while the machine is busy.
"$DEADWIRE" analyze --format=jsonl "${paths[@]}" >"$tmp/temporary.jsonl"
same "$tmp/first.jsonl" "$tmp/temporary.jsonl" "a temporary case: JSON"
for i in 1 2 3; do
    "$DEADWIRE" analyze --format=jsonl "${backwards[@]}" >"$tmp/busy$i.jsonl" &
done
wait
for i in 1 2 3; do
    same "$tmp/first.jsonl" "$tmp/busy$i.jsonl" "three at once: JSON $i"
done

# Through a pipe only the name differs.
verdicts() { grep '"schema":"deadwire.verdict/1"'; }
cd lwip-reboot/no-answer || exit 1
"$DEADWIRE" analyze --format=jsonl - <client.pcap | verdicts >"$tmp/file.jsonl"
cat client.pcap | "$DEADWIRE" analyze --format=jsonl - | verdicts >"$tmp/pipe.jsonl"
"$DEADWIRE" analyze --format=jsonl client.pcap | verdicts | sed 's/"source":"client.pcap"/"source":"-"/g' >"$tmp/named.jsonl"
[ -s "$tmp/pipe.jsonl" ]
ok $? "there are verdicts from a pipe"
same "$tmp/named.jsonl" "$tmp/pipe.jsonl" "a pipe"
same "$tmp/named.jsonl" "$tmp/file.jsonl" "a file as standard input"
echo "1..$n"
exit $failed
