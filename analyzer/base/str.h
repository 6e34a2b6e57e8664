/*
 * str: a growing string, and text as a terminal sees it.
 *
 * For what we write ourselves (sentences, JSON, SQL).  Never for bytes of a capture whose length
 * has no limit yet.  `s` is always NUL-terminated once something was added, else NULL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    char *s;
    size_t len, cap;
};

void str_free(struct str *b);
void str_clear(struct str *b);
/* The text, "" when empty. */
const char *str_get(const struct str *b);
/* Hands the text over; the caller frees it with free().  Never NULL. */
char *str_take(struct str *b);

void str_addc(struct str *b, char c);
void str_adds(struct str *b, const char *s);
void str_addn(struct str *b, const void *p, size_t n);
void str_addf(struct str *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_pad(struct str *b, size_t n, char c);

/* Adds n bytes as lower-case hex. */
void str_add_hex(struct str *b, const void *p, size_t n);

/*
 * Adds n foreign bytes as UTF-8 that is safe to print: what is no UTF-8 and every control
 * character becomes \xNN, so nothing from a capture reaches a terminal as an escape sequence.
 */
void str_add_foreign(struct str *b, const void *p, size_t n);

/* Decodes one character of valid or broken UTF-8; returns its length in bytes (at least 1 if n). */
size_t str_utf8(const char *s, size_t n, uint32_t *code);

/* Columns that a UTF-8 text takes on a terminal: wide characters count 2, combining ones 0. */
size_t str_width(const char *s);

/* Bytes of the longest prefix of `s` that fits into `columns`. */
size_t str_fit(const char *s, size_t columns);

/* "1,234,567" style is not used: 1234567 with thin grouping "1 234 567" for people. */
const char *str_group(uint64_t n, char out[32]);

#endif
