/*
 * loader: reads captures into a temporary case on a thread of its own, while the screens show what there
 * is so far.
 */
#ifndef CLI_LOADER_H
#define CLI_LOADER_H

#include <stddef.h>

#include "base/err.h"

struct loader;
struct rules;
struct tui_host;

/* `paths` and `rules` are borrowed until loader_end. */
int loader_start(char **paths, size_t n, const struct rules *rules, struct loader **out,
                 struct err *err);
/* The case, for a connection of the screens' own. */
const char *loader_path(const struct loader *l);
const struct tui_host *loader_host(const struct loader *l);
/* Waits until everything is read. */
void loader_wait(struct loader *l);
/* Stops, waits, removes the case. */
void loader_end(struct loader *l);

#endif
