#!/bin/bash
# docs: the manual knows every command and option, every rule has its page, links lead somewhere.
set -u
cd "$TOP_SRCDIR" || exit 1
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

manual=$(sed -e 's/\\-/-/g' -e 's/\\f[A-Z]//g' docs/deadwire.1)
commands=$(sed -n 's/^X(\([a-z]*\))$/\1/p' analyzer/cli/commands.h)
problems=
for command in $commands; do
    grep -q "^\.B deadwire $command\|^\.B $command" <<<"$manual" || problems+="$command
"
    for option in $("$DEADWIRE" "$command" --help | grep -oE -e '--[a-z][a-z-]*' | sort -u); do
        grep -qe "${option}[^a-z-]" -e "$option\$" <<<"$manual" || problems+="$command $option
"
    done
done
result "$problems" "deadwire(1) has every command and option of --help"

problems=
for option in $(grep -oE -e '(^| |")--[a-z][a-z-]*' <<<"$manual" | tr -d '" ' | sort -u); do
    found=
    for command in '' $commands; do
        "$DEADWIRE" $command --help | grep -qe "$option" && found=1
    done
    [ "$option" = --version ] || [ -n "$found" ] || problems+="$option
"
done
result "$problems" "deadwire(1) has no option that no command knows"

if command -v groff >/dev/null; then
    result "$(groff -man -Tutf8 -ww docs/deadwire.1 2>&1 >/dev/null)" "deadwire(1) is well formed"
else
    n=$((n + 1))
    echo "ok $n - deadwire(1) is well formed # SKIP needs groff"
fi

problems=
for id in $("$DEADWIRE" rules list | cut -d' ' -f1); do
    [ "$(head -n 1 "docs/rules/$id.md" 2>/dev/null)" = "# $id" ] || problems+="docs/rules/$id.md
"
done
for page in docs/rules/*.md; do
    [ -e "rules/$(basename "$page" .md).sql" ] || problems+="$page has no rule
"
done
result "$problems" "every rule has its page"

problems=
for page in README.md CONTRIBUTING.md docs/*.md docs/rules/*.md; do
    # [text](path), without anchors and addresses; and `folder/file` where the folder is one of ours.
    for to in $(grep -oE '\]\([^)#: ]+' "$page" | cut -c3-); do
        [ -e "$(dirname "$page")/$to" ] || problems+="$page: $to
"
    done
    for to in $(grep -oE '`(analyzer|dissectors|docs|rules|samples|tests|m4)/[A-Za-z0-9_./-]+`' "$page" | tr -d '`'); do
        case $to in *NAME* | *ID* | *CASE*) continue ;; esac
        [ -e "$to" ] || problems+="$page: $to
"
    done
done
result "$problems" "links and file names lead somewhere"

# A screen in docs/tui.md is the one of that title that the golden case saw; UPDATE=1 puts it there.
if [ -n "${UPDATE:-}" ]; then
    awk '/^<!-- screen: / {
        print
        case_name = title = $0
        sub(/^<!-- screen: /, "", case_name); sub(/:.*/, "", case_name)
        sub(/^<!-- screen: [^:]*: /, "", title); sub(/ -->$/, "", title)
        file = "tests/screens/" case_name "/expected"
        print "```"
        on = 0
        while ((getline line <file) > 0) {
            if (on && line ~ /^(== |exit: )/) break
            if (on) print line
            if (index(line, "== " title " (") == 1) on = 1
        }
        close(file)
        print "```"
        skip = 2
        next
    }
    skip && /^```/ { skip--; next }
    skip { next }
    { print }' docs/tui.md >"docs/tui.md.new" && mv docs/tui.md.new docs/tui.md
fi
problems=
while IFS=: read -r case title; do
    title=${title# } title=${title% -->}
    shown=$(awk -v head="<!-- screen: $case: $title -->" '$0 == head { on = 1; next } on && /^```/ { if (++n == 2) exit; next } on' \
        docs/tui.md)
    seen=$(awk -v head="== $title (" 'index($0, head) == 1 { on = 1; next } on && /^(== |exit: )/ { exit } on' \
        "tests/screens/$case/expected")
    [ -n "$seen" ] && [ "$shown" = "$seen" ] || problems+="$case: $title
"
done < <(sed -n 's/^<!-- screen: //p' docs/tui.md)
result "$problems" "the screens in docs/tui.md are those that the tests see"
echo "1..$n"
exit $failed
