#!/bin/bash
# golden: commands and their text.
#
# A case is a folder tests/golden/NAME: `cmd` is a shell line, run with deadwire on PATH, in the samples
# folder, with a fresh folder in $T and the case's own in $HERE; `expected` is its stdout and, as the last line,
# `exit: N`.  The cases of tests/screens are of the same kind: keys typed at the screens, and what they show.
#
#     UPDATE=1 make check TESTS=tests/golden.sh     writes `expected` anew; read the diff before you commit
#     CASES='zombie info' make check TESTS=tests/golden.sh     only these
set -u
golden=$TOP_SRCDIR/tests/golden
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"
ln -s "$DEADWIRE" "$tmp/bin/deadwire"
unset NO_COLOR COLUMNS POSIXLY_CORRECT
export LC_ALL=C.UTF-8 TZ=UTC TERM=dumb PATH=$tmp/bin:$PATH XDG_CONFIG_HOME=$tmp HOME=$tmp
n=0
failed=0

for folder in "$golden"/*/ "$TOP_SRCDIR"/tests/screens/*/; do
    name=$(basename "$folder")
    case " ${CASES:-$name} " in *" $name "*) ;; *) continue ;; esac
    n=$((n + 1))
    export T=$tmp/$name HERE=${folder%/}
    mkdir "$T"
    (cd "$TOP_SRCDIR/samples" && bash -o pipefail -c "$(cat "$folder/cmd")") >"$tmp/got" </dev/null 2>"$tmp/talk"
    echo "exit: $?" >>"$tmp/got"
    if [ -n "${UPDATE:-}" ]; then
        cmp -s "$tmp/got" "$folder/expected" || cp "$tmp/got" "$folder/expected"
    fi
    problems=$(diff -u --label expected "$folder/expected" --label got "$tmp/got" 2>&1)
    # What differs from machine to machine has no place here.
    for word in "$tmp" "$TOP_SRCDIR" "$HOME"; do
        grep -qF -- "$word" "$tmp/got" && problems+="it shows the path $word"
    done
    if [ -z "$problems" ]; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        printf '%s\n' "$problems" | cat - "$tmp/talk" | sed 's/^/#   /'
        failed=1
    fi
done
echo "1..$n"
exit $failed
