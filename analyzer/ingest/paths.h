/*
 * paths: the sources behind the arguments of a command: folders walked, archives listed, sorted.
 *
 * A member of an archive is the path "archive!member" (capture/input.h opens it); archives inside
 * archives are listed too.  Nothing that was met is left out but hidden files: what cannot be a
 * source (a pipe, a link that leads nowhere, a folder too deep, an encrypted member, an archive
 * that is damaged from some point on) stays in the list with its reason.
 */
#ifndef INGEST_PATHS_H
#define INGEST_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PATHS_MAX         10000000u /* files of one run */
#define PATHS_DEPTH_MAX   64u       /* folders inside folders; deeper ones are not walked */
#define PATHS_MEMBERS_MAX 100000u   /* members of one archive */

struct path {
    char *path;
    uint32_t place;  /* among the members of its archive, from 1; 0: not of an archive */
    uint32_t bundle; /* 1: named together; each folder and each archive has its own */
    bool walked;     /* met inside a folder or an archive */
    bool evidence;   /* begins like a log, a table, a key log */
    char *refused;   /* why it cannot be read, or NULL: try */
    bool no_input;   /* refused, but nothing is missed by that (a link) */
};

struct paths {
    struct path *all; /* sorted by path (bytes), each once */
    size_t n, cap;
    size_t *reading; /* indices of all[] in the order to read them: members as they lie */
};

/*
 * "-" stays as it is, and so does what cannot be found (its source will be unreadable); only a
 * limit fails.  Looks into every file for what it is.
 */
int paths_expand(char *const *args, size_t n_args, struct paths *out, struct err *err);
void paths_free(struct paths *p);

#endif
