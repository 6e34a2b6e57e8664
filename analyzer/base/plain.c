#include "config.h"

#include "base/plain.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

static const struct {
    uint32_t code;
    char plain;
} twins[] = {
    { 0x2718, 'X' }, { 0x25b2, '!' }, { 0x25cf, '*' }, { 0x00b7, '.' }, { 0x2026, '~' },
    { 0x2192, '>' }, { 0x2190, '<' }, { 0x2500, '-' }, { 0x2502, '|' }, { 0x2514, '`' },
    { 0x251c, '|' }, { 0x250c, '+' }, { 0x2510, '+' }, { 0x2518, '+' }, { 0x253c, '+' },
    { 0x2713, '+' }, { 0x203a, '>' }, { 0x2013, '-' }, { 0x2014, '-' }, { 0x2588, '#' },
    { 0x2591, '.' }, { 0x2592, ':' }, { 0x2593, '%' }, { 0x25b6, '>' }, { 0x25c0, '<' },
    { 0x25bc, 'v' }, { 0x25cb, 'o' }, { 0x2717, 'x' }, { 0x2504, '-' }, { 0x2581, '_' },
    { 0x2582, '_' }, { 0x2583, '-' }, { 0x2584, '-' }, { 0x2585, '=' }, { 0x2586, '=' },
    { 0x2587, '#' }, { 0x25c6, '#' }, { 0x00d7, 'x' }, { 0x00b5, 'u' }, { 0x2501, '=' },
    { 0x2534, '+' }, { 0x2191, '^' }, { 0x2193, 'v' }, { 0x2503, '!' },
};

char plain_of(uint32_t code)
{
    size_t i;

    if (code < 0x80)
        return (char)code;
    if (code > 0x2800 && code <= 0x28ff) /* braille: the upper half, the lower one, or both */
        return !(code & 0xe4) ? '\'' : !(code & 0x1b) ? '.' : ':';
    for (i = 0; i < sizeof(twins) / sizeof(twins[0]); i++)
        if (twins[i].code == code)
            return twins[i].plain;
    return '?';
}

void plain_add(struct str *out, const char *text)
{
    size_t left = strlen(text), n;
    uint32_t code;

    for (; left; text += n, left -= n) {
        char one[8] = { 0 };

        n = str_utf8(text, left, &code);
        if (n == 1) {
            str_addc(out, *text);
            continue;
        }
        memcpy(one, text, n < sizeof(one) ? n : sizeof(one) - 1);
        str_addc(out, plain_of(code));
        if (str_width(one) == 2)
            str_addc(out, ' ');
    }
}
