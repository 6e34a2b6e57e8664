/*
 * plain: our signs where there is only ASCII: a terminal or a locale without UTF-8.
 */
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include <stdint.h>

struct str;

/* What stands for a character; '?' for those that have no twin. */
char plain_of(uint32_t code);
/* UTF-8 text, as wide as it was. */
void plain_add(struct str *out, const char *text);

#endif
