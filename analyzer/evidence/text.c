#include "config.h"

#include "evidence/text.h"

#include <string.h>
#include <strings.h>

#include "base/times.h"

#define US_PER_S INT64_C(1000000)
#define US_MAX   INT64_C(9000000000000000) /* about the year 2255: facts count nanoseconds */

size_t text_find(struct bytes in, const char *word)
{
    const uint8_t *at = in.left ? memmem(in.p, in.left, word, strlen(word)) : NULL;

    return at ? (size_t)(at - in.p) : in.left;
}

size_t text_find_any_case(struct bytes in, const char *word)
{
    size_t n = strlen(word), i;
    uint8_t first = (uint8_t)word[0], other = text_is_letter(first) ? first ^ 0x20 : first;

    for (i = 0; i + n <= in.left; i++)
        if ((in.p[i] == first || in.p[i] == other) &&
            strncasecmp((const char *)in.p + i, word, n) == 0)
            return i;
    return in.left;
}

bool text_has(struct bytes in, const char *word)
{
    return text_find(in, word) < in.left;
}

bool text_starts(struct bytes in, const char *word)
{
    size_t n = strlen(word);

    return in.left >= n && memcmp(in.p, word, n) == 0;
}

bool text_skip(struct bytes *in, const char *word)
{
    if (!text_starts(*in, word))
        return false;
    bytes_skip(in, strlen(word));
    return true;
}

bool text_blanks(struct bytes *in)
{
    bool any = false;

    while (in->left && (in->p[0] == ' ' || in->p[0] == '\t')) {
        bytes_skip(in, 1);
        any = true;
    }
    return any;
}

bool text_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool text_is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool text_is_at(struct bytes in, size_t at, const char *word)
{
    size_t n = strlen(word);

    return n <= in.left - at && strncasecmp((const char *)in.p + at, word, n) == 0;
}

bool text_begins_word(struct bytes in, size_t at)
{
    return !at || !text_is_letter(in.p[at - 1]) || (in.p[at - 1] >= 'a' && in.p[at] < 'a');
}

bool text_number(struct bytes *in, uint64_t max, uint64_t *v)
{
    struct bytes b = *in;
    uint64_t n = 0;

    while (b.left && text_is_digit(b.p[0])) {
        unsigned digit = b.p[0] - '0';

        if (n > (max - digit) / 10 || digit > max)
            return false;
        n = n * 10 + digit;
        bytes_skip(&b, 1);
    }
    if (b.left == in->left)
        return false;
    *in = b;
    *v = n;
    return true;
}

/* -- times ---------------------------------------------------------------------------------- */

static bool month_name(struct bytes *in, unsigned *m)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned i;

    for (i = 0; in->left >= 3 && i < 12; i++)
        if (memcmp(in->p, names + (size_t)i * 3, 3) == 0) {
            bytes_skip(in, 3);
            *m = i + 1;
            return true;
        }
    return false;
}

static bool weekday_name(struct bytes *in)
{
    static const char names[] = "SunMonTueWedThuFriSat";
    unsigned i;

    for (i = 0; in->left >= 4 && i < 7; i++)
        if (memcmp(in->p, names + (size_t)i * 3, 3) == 0 && in->p[3] == ' ') {
            bytes_skip(in, 4);
            return true;
        }
    return false;
}

/* Exactly n digits. */
static bool digits(struct bytes *in, unsigned n, unsigned *v)
{
    unsigned i, sum = 0;

    if (in->left < n)
        return false;
    for (i = 0; i < n; i++) {
        if (!text_is_digit(in->p[i]))
            return false;
        sum = sum * 10 + (in->p[i] - '0');
    }
    bytes_skip(in, n);
    *v = sum;
    return true;
}

static bool clock_of(struct bytes *in, int64_t *seconds)
{
    unsigned h, m, s;

    if (!digits(in, 2, &h) || !text_skip(in, ":") || !digits(in, 2, &m) || !text_skip(in, ":") ||
        !digits(in, 2, &s) || h > 23 || m > 59 || s > 60)
        return false;
    *seconds = (int64_t)h * 3600 + m * 60 + s;
    return true;
}

/* ".123456" or ",123": microseconds. */
static int64_t fraction(struct bytes *in)
{
    struct bytes b = *in;
    int64_t us = 0, unit = 100000;

    if (!text_skip(&b, ".") && !text_skip(&b, ","))
        return 0;
    if (!b.left || !text_is_digit(b.p[0]))
        return 0;
    for (; b.left && text_is_digit(b.p[0]); bytes_skip(&b, 1), unit /= 10)
        us += (b.p[0] - '0') * unit;
    *in = b;
    return us;
}

/* "Jul 24 16:53:15", then " 2013" for ctime. */
static bool named_month(struct bytes *in, bool with_year, struct text_time *out)
{
    struct bytes b = *in;
    unsigned m = 0, year = 2000;
    uint64_t d = 0;
    int64_t s = 0;

    if (with_year && !weekday_name(&b))
        return false;
    if (!month_name(&b, &m) || !text_blanks(&b) || !text_number(&b, 31, &d) || !d ||
        !text_blanks(&b) || !clock_of(&b, &s))
        return false;
    if (with_year && (!text_blanks(&b) || !digits(&b, 4, &year)))
        return false;
    out->clock_us = (times_days(year, m, (unsigned)d) * 86400 + s) * US_PER_S;
    *in = b;
    return true;
}

/* "Z", "+02:00", "+0200": seconds east of Greenwich. */
static bool zone_of(struct bytes *in, int64_t *east)
{
    struct bytes b = *in;
    unsigned h, m;
    int64_t sign;

    *east = 0;
    if (text_skip(in, "Z"))
        return true;
    sign = bytes_peek(&b, 0) == '-' ? -1 : 1;
    if ((!text_skip(&b, "+") && !text_skip(&b, "-")) || !digits(&b, 2, &h))
        return false;
    text_skip(&b, ":");
    if (!digits(&b, 2, &m) || h > 14 || m > 59)
        return false;
    *east = sign * ((int64_t)h * 3600 + m * 60);
    *in = b;
    return true;
}

static bool iso(struct bytes *in, struct text_time *out)
{
    struct bytes b = *in;
    unsigned y, m, d;
    int64_t s, east;

    if (!digits(&b, 4, &y) || !text_skip(&b, "-") || !digits(&b, 2, &m) || !text_skip(&b, "-") ||
        !digits(&b, 2, &d) || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    if ((!text_skip(&b, "T") && !text_blanks(&b)) || !clock_of(&b, &s))
        return false;
    out->clock_us = (times_days(y, m, d) * 86400 + s) * US_PER_S + fraction(&b);
    if (zone_of(&b, &east)) {
        out->has_zone = true;
        out->clock_us -= east * US_PER_S;
    }
    *in = b;
    return true;
}

/* Seconds since 1970 with six decimals (openvpn --machine-readable-output). */
static bool epoch(struct bytes *in, struct text_time *out)
{
    struct bytes b = *in;
    uint64_t s;
    unsigned us;

    if (!text_number(&b, INT64_C(99999999999), &s) || s < 100000000 || !text_skip(&b, ".") ||
        !digits(&b, 6, &us) || !text_blanks(&b))
        return false;
    out->clock_us = (int64_t)s * US_PER_S + us;
    out->has_zone = true;
    *in = b;
    return true;
}

bool text_time(struct bytes *in, struct text_time *out)
{
    struct bytes b = *in, behind;
    size_t len;
    uint64_t us;

    *out = (struct text_time){ 0 };
    if (!epoch(&b, out) && !iso(&b, out) && !named_month(&b, true, out) &&
        !named_month(&b, false, out))
        return false;
    if (out->clock_us > US_MAX || out->clock_us < -US_MAX) {
        *out = (struct text_time){ 0 };
        return false;
    }
    behind = b;
    if (!out->has_zone && text_blanks(&behind) && text_skip(&behind, "us=") &&
        text_number(&behind, 999999, &us)) {
        out->clock_us += (int64_t)us;
        b = behind;
    }
    len = in->left - b.left;
    while (len && in->p[len - 1] == ' ')
        len--;
    if (len >= sizeof(out->written))
        len = sizeof(out->written) - 1;
    memcpy(out->written, in->p, len);
    out->has_clock = true;
    text_blanks(&b);
    *in = b;
    return true;
}
