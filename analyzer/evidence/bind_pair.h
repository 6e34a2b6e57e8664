/*
 * bind_pair: a failed bind told in two lines, one of which has the error and the other one the
 * port.
 *
 *     LOG:  could not bind IPv4 address "0.0.0.0": Address already in use
 *     HINT:  Is another postmaster already running on port 5432?
 *
 * Lines that merely stand side by side prove nothing, so only programs are read that are known to
 * write such pairs: PostgreSQL, MySQL and MariaDB, Mosquitto.
 */
#ifndef EVIDENCE_BIND_PAIR_H
#define EVIDENCE_BIND_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/bind_line.h"

struct bind_pair {
    struct bind_failure failed; /* without a port, on failed_line; 0: none */
    uint64_t failed_line;
    struct bind_failure begun; /* what is about to be bound, from begun_line on; 0: nothing */
    uint64_t begun_line;
};

/*
 * Takes the next line, with what bind_line_read() made of it where it names no port; NULL: nothing.
 * True if it ends a pair: *out is complete, and its line is that of the error.
 */
bool bind_pair_line(struct bind_pair *p, struct bytes line, uint64_t line_no,
                    const struct bind_failure *said, struct bind_failure *out);

#endif
