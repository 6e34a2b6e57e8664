/*
 * bind_log: lines of any program that say that a local port could not be bound.
 *
 *     nginx: [emerg] bind() to 0.0.0.0:49300 failed (10013: An attempt was made to access a socket
 * ...) listen tcp 127.0.0.1:50051: bind: An attempt was made to access a socket in a way forbidden
 * ... OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8080): address
 * already in use
 *
 * A line counts if it has a word for binding, a port that stands with it, and an error (number,
 * name, or Windows' text); bind_pair knows who tells it in two lines.  The same program with the
 * same port again, or the next one, is one row.  A line that only speaks of such an error ("if you
 * see ...") is none.  What a failure led to is read from the lines around it: the program listens
 * on the port, the process goes on, or it gives up.
 */
#ifndef EVIDENCE_BIND_LOG_H
#define EVIDENCE_BIND_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/bind_line.h"
#include "evidence/evidence.h"

extern const struct fact_kind bind_failure_fact;

void bind_failure_put(const struct bind_failure *f, const struct fact_sink *sink);

struct bind_log;

/* Borrows the sink until bind_log_end(), which writes the facts and frees. */
struct bind_log *bind_log_start(const struct fact_sink *sink);
/* Looks at a line; true if it is one of these. */
bool bind_log_line(struct bind_log *b, struct bytes line, uint64_t line_no);
/* Returns the number of lines that left a fact. */
uint64_t bind_log_end(struct bind_log *b);

#endif
