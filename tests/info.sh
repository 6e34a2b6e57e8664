#!/bin/bash
# info: the command's text, JSON and exit status, on the small captures of the fuzz corpus.
set -u
corpus=$TOP_SRCDIR/tests/fuzz/corpus/capture
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. "$TOP_SRCDIR/tests/support/is.sh"

cp "$corpus/pcap-0" "$tmp/a.pcap"
cp "$corpus/pcapng-little" "$tmp/b.pcapng"
head -c 150 "$tmp/a.pcap" >"$tmp/cut.pcap"
: >"$tmp/empty"
printf '\x1f\x8b\x08' >"$tmp/packed.gz"
cd "$tmp" || exit 1

is "$("$DEADWIRE" info a.pcap | grep -v sha256)" "a.pcap
  format      pcap
  size        175 bytes
  interface   0: EN10MB (Ethernet), 2 packets
  packets     2, 158 bytes on the wire, 1 cut short when captured
  first       2023-11-14T22:13:20.000005000Z
  last        2023-11-14T22:13:21.000006000Z, 1.000 s later
  status      complete" "a complete capture"

is "$("$DEADWIRE" info b.pcapng | grep -v -e sha256 -e size -e first -e last)" "b.pcapng
  format      pcapng
  interfaces  0: EN10MB (Ethernet), eth0, 3 packets, 1 dropped
              1: IEEE802_11_RADIO (802.11 plus radiotap header), 1 packet
  packets     4, 238 bytes on the wire, 1 cut short when captured
  clock       1 step backwards
  comments    section
              comment
  key logs    1 embedded
  status      complete" "two sections, comments, secrets, drops"

is "$("$DEADWIRE" info cut.pcap | tail -n 1)" \
    "  status      partial, read up to offset 119: cut within the record at offset 119 (15 of 40 bytes)" \
    "a capture that was cut"
is "$("$DEADWIRE" info empty | tail -n 1)" "  status      unreadable: empty file" "an empty file"
is "$("$DEADWIRE" info . | grep -v '^ ' | tr -d '\n')" "./a.pcap./b.pcapng./cut.pcap./empty./packed.gz" "a folder"
is "$("$DEADWIRE" info packed.gz | tail -n 1)" \
    "  status      unreadable: is a gzip file that is damaged or holds nothing" "a cut gzip file"
gzip <a.pcap >a.pcap.gz
is "$("$DEADWIRE" info a.pcap.gz | tail -n +2)" "$("$DEADWIRE" info a.pcap | sed '2a\  packed      gzip' | tail -n +2)" \
    "a compressed capture is that capture"
tar cf t.tar a.pcap empty
is "$("$DEADWIRE" info t.tar | grep -e '^t' -e status | tr -d '\n')" \
    "t.tar!a.pcap  status      completet.tar!empty  status      skipped: empty file" "an archive is what is in it"
rm a.pcap.gz t.tar
is "$("$DEADWIRE" info - <a.pcap | tail -n 1)" "  status      complete" "standard input, a file"
is "$(cat a.pcap | "$DEADWIRE" info - | tail -n 1)" "  status      complete" "standard input, a pipe"

status() { # wanted, what, arguments...
    local wanted=$1 what=$2
    shift 2
    "$DEADWIRE" info "$@" >/dev/null 2>&1
    is $? "$wanted" "exit status: $what"
}
status 0 "complete" a.pcap b.pcapng
status 3 "one is cut" a.pcap cut.pcap
status 3 "one is unreadable" a.pcap empty
status 4 "none could be read" empty missing
status 2 "no file" --format text
status 2 "unknown option" --nonsense
status 2 "unknown format" --format xml a.pcap
status 0 "help" --help

is "$("$DEADWIRE" info --format jsonl a.pcap cut.pcap empty | grep -c '^{"schema":"deadwire.info/1".*}$')" 3 \
    "jsonl: one object a line"
is "$("$DEADWIRE" info --format json a.pcap cut.pcap | sed -n '1p;$p' | tr -d '\n')" "[]" "json: one array"
cp a.pcap 'q"\'$'\n'
is "$("$DEADWIRE" info --format jsonl 'q"\'$'\n' | grep -c '"path":"q\\"\\\\\\\\x0a"')" 1 "json: an odd name"
is "$("$DEADWIRE" info 'q"\'$'\n' | head -n 1)" 'q"\\x0a' "text: an odd name"
is_end
