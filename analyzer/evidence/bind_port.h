/*
 * bind_port: local ports and addresses as logs write them, and where in the line they stand.
 */
#ifndef EVIDENCE_BIND_PORT_H
#define EVIDENCE_BIND_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define BIND_NAME_MAX 64 /* bytes of a name or an address, NUL included */

struct bind_port {
    size_t at, end; /* of the line: where it begins, the byte behind its number */
    uint32_t port;
    char address[BIND_NAME_MAX]; /* "": not named beside it */
    bool by_word;                /* "port 80", not "0.0.0.0:80" */
};

/* The first one in line[from..to); false: none.  What is read of it may reach beyond `to`. */
bool bind_port_first(struct bytes line, size_t from, size_t to, struct bind_port *out);
/* The last one. */
bool bind_port_last(struct bytes line, size_t from, size_t to, struct bind_port *out);
/* An address, with a port or without, stands in line[from..to). */
bool bind_port_has_address(struct bytes line, size_t from, size_t to);

#endif
