/*
 * bind_log: lines of any program that say that a local port could not be bound.
 *
 *     nginx: [emerg] bind() to 0.0.0.0:49300 failed (10013: An attempt was made to access a socket
 * ...) listen tcp 127.0.0.1:50051: bind: An attempt was made to access a socket in a way forbidden
 * ... OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8080): address
 * already in use
 *
 * A line counts if it has a word for binding, a port and an error (number, name, or Windows' text).
 * The same program with the same port again, or the next one, is one row.
 * A line that only speaks of such an error ("if you see ...") is none.  What a failure led to is read
 * from the lines around it: the program listens on the port, the process goes on, or it gives up.
 */
#ifndef EVIDENCE_BIND_LOG_H
#define EVIDENCE_BIND_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/evidence.h"
#include "evidence/text.h"

#define BIND_NAME_MAX 64 /* bytes of a name, NUL included */

/* One row of log_bind_failure: some tries that belong together. */
struct bind_failure {
    char program[BIND_NAME_MAX]; /* "": the line names none */
    const char *protocol;        /* "udp", "tcp", or NULL */
    char address[BIND_NAME_MAX]; /* "": not named */
    uint32_t first_port, last_port;
    uint32_t fresh_port; /* the first port if the program was started anew before; 0: no doubt */
    uint64_t tries;      /* 0: the log does not tell */
    uint32_t error;      /* Windows' number; 0: not named */
    const char *reason;  /* "access", "in use", "not local", or NULL */
    bool named;          /* the log names the ports; else they are the program's known constant */
    uint32_t pid;        /* of the process, where the line has it as "name[pid]: "; else 0 */
    const char *outcome; /* "failed", "bound", "lived", "went on", "cut" */
    uint64_t line, last_line, end_line; /* end_line: it gave up; 0: no such line */
    uint64_t shown_line; /* what shows that it is bound or that the process lives; 0: nothing */
    uint64_t n_later;    /* later lines of the process */
    char written[TEXT_TIME_MAX];        /* time of the first line as written, or "" */
    bool has_time;
    int64_t time_ns;
};

extern const struct fact_kind bind_failure_fact;

void bind_failure_put(const struct bind_failure *f, const struct fact_sink *sink);

struct bind_log;

/* Borrows the sink until bind_log_end(), which writes the facts and frees. */
struct bind_log *bind_log_start(const struct fact_sink *sink);
/* Looks at a line; true if it is one of these. */
bool bind_log_line(struct bind_log *b, struct bytes line, uint64_t line_no);
/* Returns the number of lines that left a fact. */
uint64_t bind_log_end(struct bind_log *b);

/* What a line says of a failed bind; false: nothing.  Ports, protocol, error and program are filled
 * in. */
bool bind_log_read_line(struct bytes line, struct bind_failure *out);

#endif
