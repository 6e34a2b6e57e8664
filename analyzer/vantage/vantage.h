/*
 * vantage: which sources of a case saw the same traffic.
 *
 * Two captures hold the same life of a connection when numbers of both ends agree that neither end
 * alone can repeat: both initial sequence numbers, or both hello randoms.  A rebooted device may
 * send its own bytes again, byte for byte; it cannot make its peer do so.  (For the same reason equal
 * bytes of one end are never enough.)  Addresses and ports are left out: NAT changes them.
 *
 * It leaves facts: `pair_flow` (this life is that life, seen elsewhere) and `pair_source` (these two
 * sources are vantages, and how far their clocks are apart).
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
