/*
 * netsh: tables of `netsh interface ipv4 show excludedportrange` and `show dynamicport`.
 *
 *     Protocol udp Port Exclusion Ranges
 *
 *     Start Port    End Port
 *     ----------    --------
 *          50000       50059     *
 *
 *     * - Administered port exclusions.
 *
 * Windows translates every word of it; the dashes, the numbers, the `*` and "udp" or "tcp" stay, so
 * only those are read.  A table says nothing about the time or the machine it comes from.
 */
#ifndef EVIDENCE_NETSH_H
#define EVIDENCE_NETSH_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/evidence.h"

struct netsh;

struct netsh *netsh_start(const struct fact_sink *sink);
/* True if the line belongs to a table. */
bool netsh_line(struct netsh *n, struct bytes line, uint64_t line_no);
/* Returns the number of lines that left a fact. */
uint64_t netsh_end(struct netsh *n);

#endif
