/*
 * text: small readers for lines of logs.
 *
 * All work on a cursor over one line (UTF-8) and move it only if they found what they look for.
 */
#ifndef EVIDENCE_TEXT_H
#define EVIDENCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define TEXT_TIME_MAX 64 /* room for a time as it was written, NUL included */

/* A time as a log writes it. */
struct text_time {
    bool has_clock;   /* date and time of day; without a zone only differences mean something */
    int64_t clock_us; /* as if it were UTC; without a year: in 2000 */
    bool has_zone;    /* then clock_us is since 1970, UTC */
    char written[TEXT_TIME_MAX]; /* the text; "" if there is none */
};

/* Where `word` begins in `in`; in.left if it does not occur. */
size_t text_find(struct bytes in, const char *word);
/* The same, whatever the case of ASCII letters. */
size_t text_find_any_case(struct bytes in, const char *word);
bool text_has(struct bytes in, const char *word);

bool text_starts(struct bytes in, const char *word);
/* Passes over `word` if `in` begins with it. */
bool text_skip(struct bytes *in, const char *word);
/* Passes over blanks and tabs; true if there were any. */
bool text_blanks(struct bytes *in);
/* Passes over a decimal number of at most `max`. */
bool text_number(struct bytes *in, uint64_t max, uint64_t *v);

bool text_is_digit(uint8_t c);
bool text_is_letter(uint8_t c);
/* `word` stands at `at`, whatever the case of ASCII letters. */
bool text_is_at(struct bytes in, size_t at, const char *word);
/* No word of ASCII letters goes on at `at`: "bind", "tcp_bind", "tcpBind", but not "unbind". */
bool text_begins_word(struct bytes in, size_t at);

/*
 * Passes over the time at the beginning of a line and what belongs to it (blanks behind it,
 * OpenVPN's "us=N"):
 *
 *     Wed Jul 24 16:53:15 2013        ctime
 *     2024-05-01 10:00:00             also with T, a fraction, Z or +02:00
 *     1714550000.123456               seconds since 1970, UTC, with six decimals
 *     May  1 10:00:00                 syslog: no year
 *
 * False: the line has none, or one that nanoseconds since 1970 cannot count; *out says so.
 */
bool text_time(struct bytes *in, struct text_time *out);

#endif
