# is: one thing asked, what came of it and what should.  Sourced; a test ends with is_end.
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

is_end() {
    echo "1..$n"
    exit $failed
}
