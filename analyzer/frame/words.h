/*
 * words: small pieces of text that several views use.
 */
#ifndef FRAME_WORDS_H
#define FRAME_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct sqlite3_stmt;

#define WORDS_SPAN_LEN 24

/* "120 µs", "3.2 ms", "3.2 s", "95 s", "12 min"; a negative span has its sign.  Returns `out`. */
const char *words_span(int64_t ns, char out[WORDS_SPAN_LEN]);

/*
 * Copies foreign text, cut at a character to what fits; control characters and broken UTF-8 become
 * \xNN, so that nothing of a stranger's case reaches a terminal.  Returns `out`.
 */
char *words_copy(char *out, size_t len, const char *text);
/* The same of a column; "" for NULL. */
char *words_column(char *out, size_t len, struct sqlite3_stmt *st, int column);

/* Adds formatted text to what stands in `out`; what does not fit is cut. */
void words_add(char *out, size_t len, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
