/*
 * bind_who: which program wrote a line about a port, and whether it speaks of TCP or UDP.
 */
#ifndef EVIDENCE_BIND_WHO_H
#define EVIDENCE_BIND_WHO_H

#include <stddef.h>

#include "evidence/bind_line.h"

/* A part of a line. */
struct bind_span {
    size_t from, to;
};

/* "udp", "tcp", or NULL: the line does not tell. */
const char *bind_who_protocol(struct bytes line);
/* The program and its process; *name is where they stand, empty if the line does not tell. */
void bind_who_program(struct bytes line, struct bind_failure *out, struct bind_span *name);

#endif
