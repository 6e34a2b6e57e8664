#!/bin/bash
# archive: a capture in an archive, compressed or not, is that capture: same verdicts, same ids, same frames.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0
is() { # got, wanted, what
    n=$((n + 1))
    if [ "$1" = "$2" ]; then
        echo "ok $n - $3"
    else
        echo "not ok $n - $3"
        diff <(echo "$2") <(echo "$1") | head -n 6 | cut -c1-300 | sed 's/^/#   /'
        failed=1
    fi
}
ids() { # arguments...: id, rule and frames of each verdict
    "$DEADWIRE" analyze --format=jsonl "$@" | grep '"deadwire.verdict/1"' |
        sed -E 's/.*"id":"([^"]*)","rule":"([^"]*)".*/\1 \2/' | sort
}
sources() { # arguments...: path, status and reason of each source
    "$DEADWIRE" analyze --format=jsonl "$@" | grep '"deadwire.source/1"' |
        sed -E 's/.*"path":"([^"]*)".*"status":"([^"]*)".*"reason":("[^"]*"|null).*/\1 \2 \3/'
}
cp "$TOP_SRCDIR"/samples/lwip-reboot/zombie/*.pcap "$tmp"
chmod u+w "$tmp"/*
cd "$tmp" || exit 1
want=$(ids client.pcap server.pcap)
is "$(grep -c tcp-tuple-reuse <<<"$want")" 1 "there is a verdict to compare"

tar cf both.tar client.pcap server.pcap
gzip -k both.tar
is "$(ids both.tar)" "$want" "tar: both vantages"
is "$(ids both.tar.gz)" "$want" "tar.gz: both vantages, matched by a second pass"
gzip -k client.pcap server.pcap
is "$(ids client.pcap.gz server.pcap.gz)" "$want" "two compressed files"
mkdir day && tar cf day/inner.tar client.pcap.gz server.pcap.gz && tar czf outer.tgz day
is "$(ids outer.tgz)" "$want" "compressed captures in an archive in an archive"
is "$(ids day)" "$want" "an archive in a folder"
is "$(ids "outer.tgz!day/inner.tar!client.pcap.gz")" "$(ids client.pcap)" "one member by name"

is "$(sources client.pcap client.pcap.gz)" "client.pcap complete null
client.pcap.gz skipped \"same as client.pcap\"" "the same bytes are read once"
is "$(sources client.pcap.gz both.tar | head -n 3)" "both.tar!client.pcap complete null
both.tar!server.pcap complete null
client.pcap.gz skipped \"same as both.tar!client.pcap\"" "also when they are hashed as they go by"

head -c 3000 client.pcap.gz >cut.gz
"$DEADWIRE" analyze cut.gz >/dev/null 2>&1
is $? 3 "a compressed capture that is cut: exit status"
is "$(sources cut.gz)" "cut.gz partial \"gzip: the data ends early\"" "and the reason"
head -c 3000 both.tar >cut.tar
is "$(sources cut.tar | cut -d' ' -f1-2)" "cut.tar unreadable
cut.tar!client.pcap partial" "an archive that is cut says so beside its members"
# Members are read as they lie, whatever their names: each order gives the same.
mkdir mix deep && cp client.pcap mix/z.pcap && cp client.pcap mix/b.pcap && cp server.pcap mix/a.pcap
gzip -k <server.pcap >mix/c.pcap.gz && echo "a note" >mix/note
cp client.pcap deep/2 && cp server.pcap deep/1 && tar czf mix/in.tgz deep/2 deep/1
tar czf sorted.tgz mix/a.pcap mix/b.pcap mix/c.pcap.gz mix/in.tgz mix/note mix/z.pcap
tar czf other.tgz mix/z.pcap mix/in.tgz mix/c.pcap.gz mix/note mix/b.pcap mix/a.pcap
is "$(sources other.tgz | sed 's/other/sorted/g')" "$(sources sorted.tgz)" "members in another order"
is "$(sources sorted.tgz | grep -c complete)" 2 "and what comes twice is read once"
is "$(ids other.tgz)" "$(ids sorted.tgz)" "the same verdicts"
cp sorted.tgz same.tgz && mv other.tgz sorted.tgz # the path is part of the case
"$DEADWIRE" analyze -o other.db sorted.tgz >/dev/null 2>&1
mv same.tgz sorted.tgz && "$DEADWIRE" analyze -o sorted.db sorted.tgz >/dev/null 2>&1
. "$TOP_SRCDIR/tests/support/case.sh"
is "$(content other.db | md5sum)" "$(content sorted.db | md5sum)" "the same case"

"$DEADWIRE" analyze nothing.zip >/dev/null 2>&1
is $? 4 "no such archive: exit status"

"$DEADWIRE" analyze -o case.db both.tar.gz >/dev/null 2>&1
before=$("$DEADWIRE" verdicts --format=jsonl case.db | grep -c '"deadwire.verdict/1"')
"$DEADWIRE" analyze -o case.db both.tar.gz >/dev/null 2>&1
is "$("$DEADWIRE" verdicts --format=jsonl case.db | grep -c '"deadwire.verdict/1"')" "$before" \
    "read again into the same case: nothing is doubled"
is "$(cat client.pcap.gz | "$DEADWIRE" info - | grep -c packets)" 2 "compressed, from a pipe"
echo "1..$n"
exit $failed
