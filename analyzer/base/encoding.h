/*
 * encoding: the lines of a text of unknown encoding, as UTF-8.
 *
 * Logs come from everywhere: UTF-8 with or without a mark, UTF-16 (PowerShell's `>`), the code page
 * of a Chinese Windows (GB18030).  Each line is decoded on its own, so a log in which one name is
 * in another encoding stays readable, line numbers are those of the original, and memory is
 * bounded. What cannot be decoded becomes \xNN.
 */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define ENCODING_LINE_MAX 65536u /* bytes of one line that are looked at; the rest is passed over */

enum encoding_is {
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_GB18030,
    ENCODING_BYTES
};

/* Open with encoding_open(), close with encoding_close(); the text is borrowed until then. */
struct encoding {
    struct bytes rest;
    enum encoding_is is; /* of lines that are no UTF-8 */
    uint64_t line_no;    /* of the line that was read last; 1-based */
    void *converter;     /* iconv_t, or NULL: none is needed, or the system has none */
    char *line;          /* owned; NULL until a line has to be decoded */
};

/* Could this be text at all?  Looks at the first bytes. */
bool encoding_is_text(struct bytes head);

void encoding_open(struct encoding *e, struct bytes text);
void encoding_close(struct encoding *e);

/*
 * The next line as UTF-8 without its end (LF or CRLF); false at the end.  At most ENCODING_LINE_MAX
 * bytes of the original are looked at, the rest of the line is passed over.  Valid until the next
 * call.
 */
bool encoding_line(struct encoding *e, struct bytes *line);

#endif
