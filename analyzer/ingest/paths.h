/*
 * paths: the files behind the arguments of a command: folders walked, sorted by path.
 */
#ifndef INGEST_PATHS_H
#define INGEST_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PATHS_MAX       10000000u /* files of one run */
#define PATHS_DEPTH_MAX 64u       /* folders inside folders */

struct paths {
    char **path;       /* sorted by bytes, each once */
    uint32_t *bundle;  /* 1: named together; each folder that was walked has its own */
    bool *walked;      /* met inside a folder */
    size_t n, cap;
};

/* "-" stays as it is.  ERR_IO: an argument that cannot be found at all is kept as a path (its
 * source will be unreadable), so only a limit fails. */
int paths_expand(char *const *args, size_t n_args, struct paths *out, struct err *err);
void paths_free(struct paths *p);

#endif
