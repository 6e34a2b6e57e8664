/* netsh: tables of excluded ports, and lines of failed binds, read by every importer. */
#include "config.h"

#include "fuzz/evidence_fuzz.h"
