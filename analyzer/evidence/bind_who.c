#include "config.h"

#include "evidence/bind_who.h"

#include <string.h>
#include <strings.h>

#include "evidence/text.h"

/* "http server", "http://127.0.0.1:8080"; the address of a page that explains the error is none. */
static bool is_http(struct bytes in)
{
    if (in.left < 4 || strncasecmp((const char *)in.p, "http", 4) != 0)
        return false;
    bytes_skip(&in, 4);
    if (bytes_peek(&in, 0) == 's' || bytes_peek(&in, 0) == 'S')
        bytes_skip(&in, 1);
    return !text_skip(&in, "://") || text_is_digit(bytes_peek(&in, 0)) ||
           strchr("[*:+", bytes_peek(&in, 0)) || text_starts(in, "localhost");
}

const char *bind_who_protocol(struct bytes line)
{
    size_t i;

    for (i = 0; i + 3 <= line.left; i++) {
        const char *p = (const char *)line.p + i;

        if (i && text_is_letter(line.p[i - 1]))
            continue;
        /* Names both, so it tells nothing: OpenVPN begins this line so whatever its protocol is
         * (socket.c, socket_bind). */
        if (i + 7 <= line.left &&
            (strncasecmp(p, "tcp/udp", 7) == 0 || strncasecmp(p, "udp/tcp", 7) == 0)) {
            i += 6;
            continue;
        }
        if (strncasecmp(p, "udp", 3) == 0)
            return "udp";
        if (strncasecmp(p, "tcp", 3) == 0 || is_http(bytes_of(p, line.left - i)))
            return "tcp";
    }
    /*
     * listen(2) is for streams, but programs listen with datagrams too ("listening socket for port
     * 53" of dnsmasq is either, network.c make_sock).  Only Node names the call: a datagram's is
     * "bind EADDRINUSE".
     */
    return text_has(line, "listen E") ? "tcp" : NULL;
}

static void keep_program(struct bind_failure *out, const uint8_t *p, size_t n)
{
    if (!n || n >= sizeof(out->program))
        return;
    memcpy(out->program, p, n);
    out->program[n] = '\0';
}

static bool is_name_byte(uint8_t c)
{
    return text_is_letter(c) || text_is_digit(c) || c == '_' || c == '-' || c == '.';
}

/* "[123] FATAL:  ", as PostgreSQL begins a message (elog.c, send_message_to_server_log): two blanks
 * behind the level. */
static bool is_postgres(struct bytes line, struct bind_failure *out)
{
    size_t close = text_find(line, "] "), open = close, at = close + 2;
    struct bytes digits;
    uint64_t pid;

    while (open && open <= line.left && text_is_digit(line.p[open - 1]))
        open--;
    if (close >= line.left || !open || line.p[open - 1] != '[')
        return false;
    while (at < line.left && line.p[at] >= 'A' && line.p[at] <= 'Z')
        at++;
    digits = bytes_of(line.p + open, close - open);
    if (at == close + 2 || !text_starts(bytes_of(line.p + at, line.left - at), ":  ") ||
        !text_number(&digits, UINT32_MAX, &pid))
        return false;
    out->pid = (uint32_t)pid;
    keep_program(out, (const uint8_t *)"postgres", 8);
    return true;
}

/*
 * "name.exe" anywhere, "name[123]:", or "name: " at the beginning of the message.  *name is where
 * it stands; what a program is called says nothing of what it did.
 */
void bind_who_program(struct bytes line, struct bind_failure *out, struct bind_span *name)
{
    static const char *const no_names[] = { "error",     "err",    "warn",    "warning",
                                            "fatal",     "panic",  "level",   "debug",
                                            "info",      "bind",   "oserror", "failed",
                                            "exception", "listen", "binding", "fehler" };
    size_t at = text_find_any_case(line, ".exe"), i, n;
    uint64_t number;

    *name = (struct bind_span){ 0, 0 };
    if (at < line.left) {
        for (i = at; i && (is_name_byte(line.p[i - 1]) || line.p[i - 1] >= 0x80);)
            i--;
        keep_program(out, line.p + i, at - i);
        *name = (struct bind_span){ i, at };
        return;
    }
    if (is_postgres(line, out))
        return;
    at = text_find(line, "]: ");
    for (i = at; at < line.left && i && text_is_digit(line.p[i - 1]);)
        i--;
    if (at < line.left && i > 1 && i < at && line.p[i - 1] == '[') {
        struct bytes digits = bytes_of(line.p + i, at - i);

        if (text_number(&digits, UINT32_MAX, &number))
            out->pid = (uint32_t)number;
        for (n = i - 1; n && is_name_byte(line.p[n - 1]);)
            n--;
        keep_program(out, line.p + n, i - 1 - n);
        *name = (struct bind_span){ 0, n < i - 1 ? at : 0 };
        return;
    }
    for (n = 0; n < line.left && is_name_byte(line.p[n]);)
        n++;
    if (n < 2 || n + 1 >= line.left || line.p[n] != ':' || line.p[n + 1] != ' ' ||
        !text_is_letter(line.p[0]))
        return;
    for (i = 0; i < sizeof(no_names) / sizeof(no_names[0]); i++)
        if (strlen(no_names[i]) == n && strncasecmp(no_names[i], (const char *)line.p, n) == 0)
            return;
    keep_program(out, line.p, n);
    *name = (struct bind_span){ 0, n };
}
