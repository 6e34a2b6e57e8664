#!/usr/bin/env bash
# cut.sh: every sample cut at many places (the program prints the TAP; a .sh name is what the slow
# tests are found by).
exec "$BUILDDIR/tests/unit/ingest/cut"
