#!/bin/bash
# hostile: archives and captures that were made to hurt; each ends within limits of memory and time.
command -v python3 >/dev/null || {
    echo "1..0 # SKIP python3 is missing"
    exit 0
}
exec python3 "$TOP_SRCDIR/tests/support/hostile.py" "$DEADWIRE"
