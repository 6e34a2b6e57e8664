#include "config.h"

#include "frame/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/times.h"
#include "store/sql.h"

const char *words_span(int64_t ns, char out[WORDS_SPAN_LEN])
{
    const char *sign = ns < 0 ? "-" : "";
    double v = ns < 0 ? -(double)ns : (double)ns;

    if (v < 1e6)
        snprintf(out, WORDS_SPAN_LEN, "%s%.0f \xc2\xb5s", sign, v / 1e3);
    else if (v < 1e9)
        snprintf(out, WORDS_SPAN_LEN, "%s%.1f ms", sign, v / 1e6);
    else if (v < 60e9)
        snprintf(out, WORDS_SPAN_LEN, "%s%.1f s", sign, v / 1e9);
    else if (v < 600e9)
        snprintf(out, WORDS_SPAN_LEN, "%s%.0f s", sign, v / 1e9);
    else
        snprintf(out, WORDS_SPAN_LEN, "%s%.0f min", sign, v / 60e9);
    return out;
}

/* The end of the longest whole character within `len` bytes of valid UTF-8. */
static size_t whole(const char *s, size_t len)
{
    while (len && ((unsigned char)s[len] & 0xc0) == 0x80)
        len--;
    return len;
}

char *words_copy(char *out, size_t len, const char *text)
{
    struct str s = { 0 };
    size_t n = strnlen(text, len), keep;

    str_add_foreign(&s, text, n);
    keep = s.len < len ? s.len : whole(str_get(&s), len - 1);
    memcpy(out, str_get(&s), keep);
    out[keep] = '\0';
    str_free(&s);
    return out;
}

char *words_column(char *out, size_t len, struct sqlite3_stmt *st, int column)
{
    return words_copy(out, len, sql_text(st, column));
}

void words_add(char *out, size_t len, const char *fmt, ...)
{
    size_t at = strlen(out);
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(out + at, len - at, fmt, ap);
    va_end(ap);
    if (n > 0 && (size_t)n >= len - at)
        out[whole(out, len - 1)] = '\0';
}
