/*
 * engine: runs the SQL of a rule, which may come from a stranger.
 *
 * Its own read-only connection; an authorizer that allows SELECT over the case and a list of
 * functions without side effects or chance; a budget of virtual-machine steps (not of seconds:
 * results must not depend on load); limits on lengths; no second statement.
 */
#ifndef VERDICT_ENGINE_H
#define VERDICT_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct draft;
struct engine;
struct sqlite3_stmt;

/* Opens the case at `path` a second time.  Each statement may take `steps` steps. */
int engine_open(const char *path, uint64_t steps, struct engine **out, struct err *err);
void engine_close(struct engine *e);

/* Compiles one SELECT and starts its budget.  The caller finalizes *out before the next one. */
int engine_prepare(struct engine *e, const char *sql, struct sqlite3_stmt **out, struct err *err);

/* Says why a statement of this engine failed, where SQLite's words would mislead. */
void engine_explain(const struct engine *e, struct err *err);

/* Makes a verdict known to the rules that follow, in the TEMP table `said`. */
int engine_said(struct engine *e, const struct draft *d, struct err *err);

/* The authorizer alone, for connections that show a person's own SELECT (`deadwire query`). */
struct sqlite3;
int engine_protect(struct sqlite3 *db, struct err *err);

#endif
