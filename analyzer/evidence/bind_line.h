/*
 * bind_line: one line of a log, as far as it speaks of a local port.
 */
#ifndef EVIDENCE_BIND_LINE_H
#define EVIDENCE_BIND_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/bind_port.h"
#include "evidence/text.h"

#define BIND_LOOK_MAX 4096u /* bytes of a line that are looked at */

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
    uint64_t port_line;                 /* names the port; 0: the first line does */
    uint64_t shown_line; /* what shows that it is bound or that the process lives; 0: nothing */
    uint64_t n_later;    /* later lines of the process */
    char written[TEXT_TIME_MAX];        /* time of the first line as written, or "" */
    bool has_time;
    int64_t time_ns;
};

/* What a line says of a failed bind; false: nothing.  Ports, protocol, error and program are filled
 * in; first_port is 0 where no port stands in it. */
bool bind_line_read(struct bytes line, struct bind_failure *out);

/* The rest is for lines of which BIND_LOOK_MAX bytes at most are left. */

/* "Error: Address already in use", and nothing said of what failed. */
bool bind_line_error(struct bytes line, struct bind_failure *out);
/* "listening on 0.0.0.0:8080": a port that the program has; port, address, protocol and program are
 * filled in. */
bool bind_line_bound(struct bytes line, struct bind_failure *out);
/* Who wrote the line, and its process. */
void bind_line_program(struct bytes line, struct bind_failure *out);
/* A process that says this is at its end. */
bool bind_line_ends(struct bytes line);
/* Tells of the same trouble once more, so neither of an end nor of a life after it. */
bool bind_line_trouble(struct bytes line);
/* The line of a failure itself says that the program outlives it. */
bool bind_line_lives(struct bytes line, const struct bind_failure *f);

#endif
