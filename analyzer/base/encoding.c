#include "config.h"

#include "base/encoding.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LOOK_MAX 65536u                       /* bytes from which the encoding is guessed */
#define OUT_MAX  (4 * ENCODING_LINE_MAX + 16) /* one byte becomes four at most: \xNN */

/* Length of the UTF-8 character at p; 0: it is none (overlong, surrogate, cut, ...). */
static size_t utf8_len(const uint8_t *p, size_t n)
{
    uint32_t code;
    size_t len, i;

    if (p[0] < 0x80)
        return 1;
    len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
        return 0;
    code = p[0] & (0x7fu >> len);
    for (i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    if ((len == 3 && code < 0x800) || (len == 4 && (code < 0x10000 || code > 0x10ffff)))
        return 0;
    return code >= 0xd800 && code < 0xe000 ? 0 : len;
}

static bool is_utf8(struct bytes b)
{
    size_t len;

    for (; b.left; bytes_skip(&b, len))
        if (!(len = utf8_len(b.p, b.left)))
            return false;
    return true;
}

/* Text without a mark: in UTF-16 every second byte of ASCII is zero. */
static enum encoding_is utf16_by_zeros(struct bytes head)
{
    size_t zeros[2] = { 0, 0 }, n = head.left < 4096 ? head.left : 4096, i;

    for (i = 0; i < n; i++)
        zeros[i & 1] += head.p[i] == 0;
    if (zeros[1] > n / 8 && zeros[0] <= zeros[1] / 8)
        return ENCODING_UTF16LE;
    return zeros[0] > n / 8 && zeros[1] <= zeros[0] / 8 ? ENCODING_UTF16BE : ENCODING_UTF8;
}

/*
 * GB18030 gives nearly every pair of bytes a meaning, so Shift JIS or Latin letters would "decode"
 * as well.  Real Chinese text lies in the area of GB 2312 for the most part.
 */
static enum encoding_is code_page(struct bytes b)
{
    size_t common = 0, rare = 0;

    if (b.left > LOOK_MAX)
        b.left = LOOK_MAX;
    while (b.left > 1) {
        size_t len = utf8_len(b.p, b.left);

        if (len) {
            bytes_skip(&b, len);
            continue;
        }
        if (b.p[0] >= 0xa1 && b.p[0] <= 0xf7 && b.p[1] >= 0xa1)
            common++;
        else
            rare++;
        bytes_skip(&b, b.p[1] >= 0x40 ? 2 : 1);
    }
    return common > 4 * rare ? ENCODING_GB18030 : ENCODING_BYTES;
}

static bool starts_with(struct bytes *b, const char *mark, size_t n)
{
    if (b->left < n || memcmp(b->p, mark, n) != 0)
        return false;
    bytes_skip(b, n);
    return true;
}

bool encoding_is_text(struct bytes head)
{
    size_t i, odd = 0;

    if (head.left > 4096)
        head.left = 4096;
    if (starts_with(&head, "\xff\xfe", 2) || starts_with(&head, "\xfe\xff", 2) ||
        utf16_by_zeros(head) != ENCODING_UTF8)
        return true;
    for (i = 0; i < head.left; i++)
        odd += (head.p[i] < 0x20 && !(head.p[i] >= '\t' && head.p[i] <= '\r') && head.p[i] != 0x1b);
    return head.left && odd <= head.left / 64;
}

void encoding_open(struct encoding *e, struct bytes text)
{
    static const char *const names[] = { [ENCODING_UTF16LE] = "UTF-16LE",
                                         [ENCODING_UTF16BE] = "UTF-16BE",
                                         [ENCODING_GB18030] = "GB18030",
                                         [ENCODING_BYTES] = NULL };

    *e = (struct encoding){ .rest = text };
    if (starts_with(&e->rest, "\xef\xbb\xbf", 3))
        e->is = ENCODING_BYTES; /* so says its mark: what is no UTF-8 is damage */
    else if (starts_with(&e->rest, "\xff\xfe", 2))
        e->is = ENCODING_UTF16LE;
    else if (starts_with(&e->rest, "\xfe\xff", 2))
        e->is = ENCODING_UTF16BE;
    else if ((e->is = utf16_by_zeros(text)) == ENCODING_UTF8)
        e->is = code_page(text);
    if (names[e->is]) {
        iconv_t cd = iconv_open("UTF-8", names[e->is]);

        e->converter = (intptr_t)cd == -1 ? NULL : cd;
    }
}

void encoding_close(struct encoding *e)
{
    if (e->converter)
        iconv_close(e->converter);
    free(e->line);
    *e = (struct encoding){ 0 };
}

static bool is_utf16(const struct encoding *e)
{
    return e->is == ENCODING_UTF16LE || e->is == ENCODING_UTF16BE;
}

/* Cuts the next line off `rest`, without its LF, at most ENCODING_LINE_MAX bytes. */
static struct bytes cut_line(struct encoding *e)
{
    struct bytes line = bytes_of(e->rest.p, e->rest.left);
    size_t unit = is_utf16(e) ? 2 : 1, high = e->is == ENCODING_UTF16BE ? 0 : 1, at;

    if (unit == 1) {
        const uint8_t *end = memchr(e->rest.p, '\n', e->rest.left);

        at = end ? (size_t)(end - e->rest.p) : e->rest.left;
    } else {
        for (at = 0; at + 1 < e->rest.left; at += 2)
            if (e->rest.p[at + high] == 0 && e->rest.p[at + 1 - high] == '\n')
                break;
        if (at + 1 >= e->rest.left)
            at = e->rest.left;
    }
    line.left = at;
    bytes_skip(&e->rest, at + unit <= e->rest.left ? at + unit : e->rest.left);
    if (line.left > ENCODING_LINE_MAX)
        line.left = ENCODING_LINE_MAX;
    return line;
}

static char *add_hex(char *to, uint8_t c)
{
    static const char digits[] = "0123456789abcdef";

    *to++ = '\\';
    *to++ = 'x';
    *to++ = digits[c >> 4];
    *to++ = digits[c & 15];
    return to;
}

/* Keeps what is UTF-8, writes the rest as \xNN. */
static size_t by_bytes(char *out, struct bytes in)
{
    char *to = out;

    while (in.left) {
        size_t len = utf8_len(in.p, in.left);

        if (len) {
            memcpy(to, in.p, len);
            to += len;
            bytes_skip(&in, len);
        } else {
            to = add_hex(to, bytes_u8(&in));
        }
    }
    return (size_t)(to - out);
}

static size_t by_iconv(struct encoding *e, struct bytes in)
{
    char *to = e->line, *end = e->line + OUT_MAX;

    iconv(e->converter, NULL, NULL, NULL, NULL);
    while (in.left) {
        char *from = (char *)(uintptr_t)in.p; /* iconv wants char ** and does not write */
        size_t left = in.left, room = (size_t)(end - to), got;

        got = iconv(e->converter, &from, &left, &to, &room);
        bytes_skip(&in, in.left - left);
        if (got != (size_t)-1)
            break;
        if (!in.left || end - to < 4)
            break;
        to = add_hex(to, bytes_u8(&in));
        if (is_utf16(e) && in.left && end - to >= 4)
            to = add_hex(to, bytes_u8(&in));
    }
    return (size_t)(to - e->line);
}

bool encoding_line(struct encoding *e, struct bytes *line)
{
    struct bytes raw;

    if (!e->rest.left)
        return false;
    raw = cut_line(e);
    e->line_no++;
    if (is_utf16(e) || !is_utf8(raw)) {
        if (!e->line)
            e->line = xmalloc(OUT_MAX);
        raw = bytes_of(e->line, e->converter ? by_iconv(e, raw) : by_bytes(e->line, raw));
    }
    if (raw.left && raw.p[raw.left - 1] == '\r')
        raw.left--;
    *line = raw;
    return true;
}
