#include "config.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void reserve(struct str *b, size_t extra)
{
    size_t need = b->len + extra + 1;

    if (need <= b->cap)
        return;
    b->cap = b->cap * 2 > need ? b->cap * 2 : need + 32;
    b->s = xrealloc(b->s, b->cap, 1);
}

void str_free(struct str *b)
{
    free(b->s);
    *b = (struct str){ 0 };
}

void str_clear(struct str *b)
{
    b->len = 0;
    if (b->s)
        b->s[0] = '\0';
}

const char *str_get(const struct str *b)
{
    return b->s ? b->s : "";
}

char *str_take(struct str *b)
{
    char *s = b->s ? b->s : xstrdup("");

    *b = (struct str){ 0 };
    return s;
}

void str_addn(struct str *b, const void *p, size_t n)
{
    reserve(b, n);
    if (n)
        memcpy(b->s + b->len, p, n);
    b->len += n;
    b->s[b->len] = '\0';
}

void str_addc(struct str *b, char c)
{
    str_addn(b, &c, 1);
}

void str_adds(struct str *b, const char *s)
{
    str_addn(b, s, strlen(s));
}

void str_addf(struct str *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    reserve(b, (size_t)n);
    va_start(ap, fmt);
    vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void str_pad(struct str *b, size_t n, char c)
{
    reserve(b, n);
    memset(b->s + b->len, c, n);
    b->len += n;
    b->s[b->len] = '\0';
}

void str_add_hex(struct str *b, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *u = p;
    size_t i;

    reserve(b, n * 2);
    for (i = 0; i < n; i++) {
        b->s[b->len++] = digits[u[i] >> 4];
        b->s[b->len++] = digits[u[i] & 15];
    }
    b->s[b->len] = '\0';
}

size_t str_utf8(const char *s, size_t n, uint32_t *code)
{
    const uint8_t *u = (const uint8_t *)s;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t len, i;
    uint32_t c;

    *code = 0xfffd;
    if (n == 0)
        return 0;
    if (u[0] < 0x80) {
        *code = u[0];
        return 1;
    }
    len = u[0] >= 0xf0 && u[0] < 0xf5 ? 4 : u[0] >= 0xe0 && u[0] < 0xf0 ? 3 : u[0] >= 0xc2 ? 2 : 0;
    if (u[0] >= 0xf5 || len == 0 || len > n)
        return 1;
    c = u[0] & (0xffu >> (len + 1));
    for (i = 1; i < len; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 1;
        c = (c << 6) | (u[i] & 0x3fu);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 1;
    *code = c;
    return len;
}

void str_add_foreign(struct str *b, const void *p, size_t n)
{
    const char *s = p;
    size_t i = 0;

    while (i < n) {
        uint32_t c;
        size_t len = str_utf8(s + i, n - i, &c);
        bool broken = len == 1 && (uint8_t)s[i] >= 0x80;
        /* C0, DEL, C1, and the bidirectional controls that can turn a line around. */
        bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
                       (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
        size_t k;

        if (broken || control) {
            for (k = 0; k < len; k++)
                str_addf(b, "\\x%02x", (uint8_t)s[i + k]);
        } else {
            str_addn(b, s + i, len);
        }
        i += len;
    }
}

struct range {
    uint32_t first, last;
};

/* East Asian Wide and Fullwidth (Unicode UAX #11), in the blocks that matter to a terminal. */
static const struct range wide[] = {
    { 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x23e9, 0x23ec },   { 0x2614, 0x2615 },
    { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },   { 0x4e00, 0x9fff },
    { 0xa000, 0xa4cf },   { 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
    { 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
    { 0x16fe0, 0x18aff }, { 0x1b000, 0x1b2fb }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
    { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static const struct range zero[] = {
    { 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x200b, 0x200f },
    { 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

static bool in_ranges(uint32_t c, const struct range *r, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (c >= r[i].first && c <= r[i].last)
            return true;
    return false;
}

static size_t code_width(uint32_t c)
{
    if (c < 0x300)
        return c >= 0x20 && c != 0x7f;
    if (in_ranges(c, zero, sizeof(zero) / sizeof(zero[0])))
        return 0;
    return in_ranges(c, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

size_t str_width(const char *s)
{
    size_t n = strlen(s), i = 0, columns = 0;
    uint32_t c;

    while (i < n) {
        i += str_utf8(s + i, n - i, &c);
        columns += code_width(c);
    }
    return columns;
}

size_t str_fit(const char *s, size_t columns)
{
    size_t i = 0, used = 0;
    uint32_t c;

    while (s[i]) { /* without a look at all of it: a long text is asked about line by line */
        size_t len = str_utf8(s + i, strnlen(s + i, 4), &c);

        if (used + code_width(c) > columns)
            break;
        used += code_width(c);
        i += len;
    }
    return i;
}

const char *str_group(uint64_t n, char out[32])
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n), i, k = 0;

    for (i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0 && len > 4)
            out[k++] = ' ';
        out[k++] = digits[i];
    }
    out[k] = '\0';
    return out;
}
