#include "config.h"

#include "evidence/bind_port.h"

#include <string.h>
#include <strings.h>

#include "evidence/text.h"

#define ADDRESS_MAX 46u /* bytes of an IPv6 address in text */

static bool is_hex(uint8_t c)
{
    return text_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The number of a port stands at `at`; *end is the byte behind it. */
static bool number_at(struct bytes line, size_t at, uint32_t *port, size_t *end)
{
    struct bytes b = bytes_of(line.p + at, line.left - at);
    uint64_t v;

    if (!text_number(&b, 65535, &v) || !v || (b.left && (text_is_letter(b.p[0]) || b.p[0] == '_')))
        return false;
    /* An address or a fraction goes on behind a dot, an IPv6 address or a time behind a colon. */
    if (b.left > 1 && ((b.p[0] == '.' && text_is_digit(b.p[1])) ||
                       (b.p[0] == ':' && (is_hex(b.p[1]) || b.p[1] == ':'))))
        return false;
    *port = (uint32_t)v;
    *end = line.left - b.left;
    return true;
}

/* -- "port 80" ------------------------------------------------------------------------------- */

/* What may stand between "port" and its number: "port: 49327", "port=49327", "port #49327",
 * "port(s) 49327". */
static bool is_between(uint8_t c)
{
    return c >= 0x80 || (c && strchr(" :=#(s)\t", c));
}

/* "remote port 53" is the other end's. */
static bool is_remote(struct bytes line, size_t at)
{
    static const char *const words[] = { "remote ", "peer ", "destination ", "dest ", "dst " };
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i]);

        if (at >= n && strncasecmp((const char *)line.p + at - n, words[i], n) == 0)
            return true;
    }
    return false;
}

static bool by_word(struct bytes line, size_t at, struct bind_port *out)
{
    static const char *const words[] = { "port",   "puerto", "端口", "連接埠",
                                         "通訊埠", "ポート", "포트", "порт" };
    size_t i, n, p;

    if (line.p[at] != 'p' && line.p[at] != 'P' && line.p[at] < 0x80)
        return false;
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!text_is_at(line, at, words[i]))
            continue;
        n = strlen(words[i]);
        /* "transport 5" has no port; "listenPort=80" has one. */
        if (!text_begins_word(line, at))
            continue;
        for (p = at + n; p < line.left && p < at + n + 8 && is_between(line.p[p]);)
            p++;
        if (p < line.left && text_is_digit(line.p[p]) && !is_remote(line, at) &&
            number_at(line, p, &out->port, &out->end)) {
            out->at = at;
            out->by_word = true;
            return true;
        }
    }
    return false;
}

/* -- "0.0.0.0:80" ---------------------------------------------------------------------------- */

/*
 * An IPv6 address without brackets has colons of its own: only where a port always follows is the
 * last number one.  Node writes "listen EADDRINUSE: address already in use ::1:3000"
 * (lib/internal/errors.js, UVExceptionWithHostPort), OpenVPN "[AF_INET6]2001:db8::1:1194"
 * (socket.c, print_sockaddr_ex).
 */
static bool port_follows(struct bytes line, size_t address)
{
    struct bytes before = bytes_of(line.p, address);

    if (address >= 10 && memcmp(line.p + address - 10, "[AF_INET6]", 10) == 0)
        return true;
    return text_has(before, "listen E") || text_has(before, "bind E");
}

/* What stands before a colon: an address that was bound. */
static bool is_address_end(struct bytes line, size_t colon)
{
    size_t i = colon, digits = 0, dots = 0, colons = 0;

    if (!colon || strchr("]*([\"' \t", line.p[colon - 1]))
        return true;
    for (; i && (text_is_digit(line.p[i - 1]) || line.p[i - 1] == '.'); i--) {
        digits += line.p[i - 1] != '.';
        dots += line.p[i - 1] == '.';
    }
    if (dots == 3 && digits >= 4)
        return true;
    for (i = colon; i && text_is_letter(line.p[i - 1]);)
        i--;
    if (colon - i == 9 && strncasecmp((const char *)line.p + i, "localhost", 9) == 0)
        return true;
    for (i = colon;
         i && colon - i < ADDRESS_MAX && (is_hex(line.p[i - 1]) || line.p[i - 1] == ':');)
        colons += line.p[--i] == ':';
    /* Three colons are the address "::" and one more. */
    if (colons == 2 && colon - i == 2)
        return true;
    return colons >= 2 && port_follows(line, i);
}

/* Keeps the address before the colon, unless it is none (OpenVPN's "[undef]"), and says where it
 * begins. */
static size_t keep_address(struct bytes line, size_t colon, struct bind_port *out)
{
    bool bracket = colon && line.p[colon - 1] == ']';
    size_t end = bracket ? colon - 1 : colon, from = end, n;

    while (from && (is_hex(line.p[from - 1]) || strchr(".:%", line.p[from - 1])))
        from--;
    n = end - from;
    if (bracket && !(from && line.p[from - 1] == '['))
        return from;
    if (n >= 2 && n < sizeof(out->address)) {
        memcpy(out->address, line.p + from, n);
        out->address[n] = '\0';
    }
    return from;
}

/* "127.0.0.1:49327", "[::]:49327", "*:49327", " :49327", "('127.0.0.1', 49327)"; `at` is that of
 * the colon or of the quote behind the address. */
static bool by_address(struct bytes line, size_t at, struct bind_port *out)
{
    bool pair = line.p[at] == '\'' && at + 3 < line.left && memcmp(line.p + at, "', ", 3) == 0;

    if (!pair && line.p[at] != ':')
        return false;
    if (!number_at(line, at + (pair ? 3 : 1), &out->port, &out->end) ||
        (!pair && !is_address_end(line, at))) {
        out->port = 0;
        return false;
    }
    out->at = keep_address(line, at, out);
    return true;
}

/* -- in a line ------------------------------------------------------------------------------- */

static bool port_at(struct bytes line, size_t at, struct bind_port *out)
{
    *out = (struct bind_port){ 0 };
    return at + 1 < line.left && (by_address(line, at, out) || by_word(line, at, out));
}

bool bind_port_first(struct bytes line, size_t from, size_t to, struct bind_port *out)
{
    for (; from < to; from++)
        if (port_at(line, from, out))
            return true;
    return false;
}

bool bind_port_last(struct bytes line, size_t from, size_t to, struct bind_port *out)
{
    while (to > from)
        if (port_at(line, --to, out))
            return true;
    return false;
}

bool bind_port_has_address(struct bytes line, size_t from, size_t to)
{
    size_t digits, dots, colons;

    while (from < to) {
        digits = dots = colons = 0;
        for (; from < to && (is_hex(line.p[from]) || strchr(".:", line.p[from])) && line.p[from];
             from++) {
            digits += text_is_digit(line.p[from]);
            dots += line.p[from] == '.';
            colons += line.p[from] == ':';
        }
        if ((dots == 3 && digits >= 4) || colons >= 2)
            return true;
        from++;
    }
    return false;
}
