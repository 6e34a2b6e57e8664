/*
 * rule: reads the header of one rule file (docs/rules.md).
 *
 * Header lines are `-- NAME[.KEY][@LOCALE]: text`, continued by lines that begin with `--   `; the
 * first line that is no comment starts the SELECT.  Everything wrong is said as `file:line: what`.
 */
#ifndef VERDICT_RULE_H
#define VERDICT_RULE_H

#include <stddef.h>

#include "base/err.h"

#define RULE_LEN_MAX   100000u /* bytes of one rule file */
#define RULE_TEXTS_MAX 256u    /* entries of one name in a header */

struct arena;
struct rule;
struct rule_text;

/* Fills *out with strings owned by `a`.  `origin` is borrowed. */
int rule_parse(const char *origin, const void *text, size_t len, struct arena *a, struct rule *out,
               struct err *err);

/* The text of KEY in a language ("" is the default), or NULL. */
const char *rule_text_of(const struct rule_text *texts, const char *key, const char *locale);

#endif
