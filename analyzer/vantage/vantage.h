/*
 * vantage: which sources of a case saw the same network, and what was lost between them.
 *
 * Sources recognise each other by their sketches (ingest/sketch.h); a second pass over both captures
 * then tells for each frame whether both have it.  Addresses, TTL, checksums, MACs, VLAN tags, padding
 * and snap length are left out of the comparison: they change on the way.
 *
 * It leaves facts: pair_source (two vantages, their clocks, how the comparison went), pair_flow (this
 * life is that life, seen elsewhere), pair_direction, pair_lost and pair_finding (what was lost, and
 * what the lost have in common).
 */
#ifndef VANTAGE_VANTAGE_H
#define VANTAGE_VANTAGE_H

#include "base/err.h"

struct fact_kind;
struct store;

/* NULL-terminated. */
const struct fact_kind *const *vantage_fact_kinds(void);

/* Finds all pairs of the case anew and writes their facts, in one transaction. */
int vantage_find(struct store *s, struct err *err);

#endif
