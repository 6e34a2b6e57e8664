/* builtin: the rules compiled in; rules/builtin.c is generated from rules/local.mk's list. */
#ifndef VERDICT_BUILTIN_H
#define VERDICT_BUILTIN_H

#include <stddef.h>

struct rule_builtin {
    const char *id;   /* the file's name without .sql */
    const char *text; /* the whole file */
};

/* Ended by id NULL. */
extern const struct rule_builtin rules_builtin[];

#endif
