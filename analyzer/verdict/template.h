/*
 * template: sentences with {names} in them.
 *
 * `{column}` and `{KEY.field}` stand for values; `{{` and `}}` for braces.
 */
#ifndef VERDICT_TEMPLATE_H
#define VERDICT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct str;

/* Every name must be known; ERR_USAGE names the first that is not, or a stray brace. */
int template_check(const char *t, bool (*known)(void *user, const char *name, size_t len),
                   void *user, struct err *err);

/* Adds the sentence to *out; `add` writes the value of a name. */
void template_render(const char *t,
                     void (*add)(void *user, const char *name, size_t len, struct str *out),
                     void *user, struct str *out);

#endif
