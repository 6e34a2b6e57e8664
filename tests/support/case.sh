# case.sh: what a case holds, as text, for tests that compare cases.  Sourced; needs $DEADWIRE.
#
# content CASE: every row of every table but `run`, in an order of its own.  What belongs to SQLite itself
# is left out.  `packet` is read as a table; its chunks are compared as well.
content() {
    local table
    for table in $("$DEADWIRE" query --format=csv "$1" \
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         AND name <> 'run' ORDER BY name" | tr -d '\r' | tail -n +2) packet; do
        echo "== $table"
        "$DEADWIRE" query --format=jsonl "$1" "SELECT * FROM $table" | LC_ALL=C sort || return 1
    done
}

# sound CASE: SQLite itself finds nothing wrong with the file.
sound() {
    if command -v sqlite3 >/dev/null; then
        [ "$(sqlite3 "file:$1?mode=ro" 'PRAGMA integrity_check' 2>&1)" = ok ]
    else
        "$DEADWIRE" query "$1" "SELECT count(*) FROM source" >/dev/null
    fi
}
