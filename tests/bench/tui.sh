#!/bin/bash
# tui: how fast the screens are on a large case: to the first screen, and from a key to the redrawn screen.
#
#     tests/bench/tui.sh BUILD FOLDER [PACKETS] [FLOWS]
#
# The case is made in FOLDER if it is not there (100 million packets and 10 million flows need 4 GB and some
# minutes).  Times are milliseconds; cold: the page cache was asked to forget the case.
set -eu
build=$1 folder=$2 packets=${3:-100000000} flows=${4:-10000000}
case=$folder/big-$packets-$flows.db
[ -x "$build/tests/bench/big_case" ] || make -C "$build" tests/bench/big_case >/dev/null
if [ ! -e "$case" ]; then
    echo "making a case of $packets packets and $flows flows" >&2
    "$build/tests/bench/big_case" "$case.new" "$packets" "$flows"
    mv "$case.new" "$case"
fi
ls -l --block-size=M "$case" | awk '{ print "case: " $5 }'
forget() { dd if="$case" iflag=nocache count=0 status=none; }
script=$(mktemp)
trap 'rm -f "$script"' EXIT
first() { # what
    local start end
    echo "show first" >"$script"
    start=$(date +%s%N)
    "$build/deadwire" tui --script="$script" "$case" >/dev/null
    end=$(date +%s%N)
    echo "first screen, $1: $(((end - start) / 1000000)) ms"
}
forget
first cold
first warm
cat >"$script" <<'KEYS'
time 200 j
L
time 200 j
time 50 PgDn
time 20 G
time 20 g
time 50 PgUp
x
time 100 j
q
v
P
time 200 j
time 100 PgDn
time 20 G
time 20 g
Enter
time 100 l
q
v
B
time 20 l
KEYS
"$build/deadwire" tui --script="$script" --size=120x40 "$case"
