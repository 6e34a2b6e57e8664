#!/bin/bash
# layers: who may include whom, and whether each file is built.
#
# The table is that of the design (section "The rooms"): data goes one way and so do includes.  A
# room may always include itself.  A room that is not in the table fails, so that nobody adds one
# without saying where it belongs.
set -u
top=${TOP_SRCDIR:-.}

allowed() {
    case $1 in
    base)       echo "" ;;
    capture)    echo "base" ;;
    packet)     echo "base capture" ;;
    flow)       echo "base packet" ;;
    fact)       echo "base" ;;
    dissectors) echo "base packet flow fact" ;;
    evidence)   echo "base fact" ;;
    store)      echo "base fact" ;;
    ingest)     echo "base capture packet flow fact dissectors evidence store" ;;
    vantage)    echo "base capture packet fact store" ;;
    verdict)    echo "base store" ;;
    frame)      echo "base capture packet flow fact dissectors store" ;;
    report)     echo "base frame store verdict" ;;
    batch)      echo "base report store vantage verdict" ;;
    replay)     echo "base capture packet frame store" ;;
    tui)        echo "base frame store verdict report replay" ;;
    cli)        echo "base capture packet flow fact dissectors evidence store ingest vantage" \
                     "verdict frame report batch replay tui" ;;
    *)          return 1 ;;
    esac
}

n=0
failed=0
result() { # problems, what
    n=$((n + 1))
    if [ -z "$1" ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        printf '%s' "$1" | sed 's/^/#   /'
        failed=1
    fi
}

for folder in "$top"/analyzer/*/ "$top"/dissectors/ "$top"/tui/; do
    [ -d "$folder" ] || continue
    folder=${folder%/}
    room=${folder##*/}
    files=$(find "$folder" -name '*.[ch]' | sort)

    if ! may=$(allowed "$room"); then
        [ -z "$files" ] || result "add it to the table in tests/layers.sh
" "$room is a known room"
        continue
    fi

    problems=
    while IFS=: read -r file line included; do
        [ -n "$file" ] || continue
        to=${included%%/*}
        case " $room $may " in
        *" $to "*) ;;
        *) problems+="${file#"$top"/}:$line includes $included
" ;;
        esac
    done < <(printf '%s\n' "$files" | xargs -r grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]*/' /dev/null |
        sed -nE 's/^([^:]*):([0-9]+):[^"]*"([^"]*)".*/\1:\2:\3/p')
    result "$problems" "$room includes only: ${may:-nothing of ours}"

    # A room that is not begun may hold the header that others already code against.
    grep -q '%D%/' "$folder/local.mk" 2>/dev/null || continue
    problems=
    for file in $files; do
        name=${file#"$folder"/}
        # As %D%/name in the room's own fragment, up to a space or the end of the line.
        grep -qE "%D%/${name//./\\.}([[:space:]]|\$)" "$folder/local.mk" 2>/dev/null ||
            problems+="${file#"$top"/} is in no local.mk
"
    done
    result "$problems" "$room: every file is built"
done
echo "1..$n"
exit $failed
