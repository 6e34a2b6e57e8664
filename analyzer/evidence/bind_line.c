#include "config.h"

#include "evidence/bind_line.h"

#include <string.h>
#include <strings.h>

#define RETRIES_MAX 3u /* so often a promise to try again is believed */

/* Numbers, names and texts of errors.  Windows translates its texts; the numbers stay. */
static const struct {
    const char *text;
    uint32_t error;
    const char *reason;
} errors[] = {
    { "10013", 10013, "access" },
    { "WSAEACCES", 10013, "access" },
    { "forbidden by its access permissions", 10013, "access" },
    { "以一种访问权限不允许的方式", 10013, "access" },
    { "嘗試存取通訊端被拒絕", 10013, "access" },
    { "アクセス許可で禁じられた方法", 10013, "access" },
    { "no permitida por sus permisos de acceso", 10013, "access" },
    { "Zugriffsrechte", 10013, "access" },
    { "10048", 10048, "in use" },
    { "WSAEADDRINUSE", 10048, "in use" },
    { "Only one usage of each socket address", 10048, "in use" },
    { "通常每个套接字地址", 10048, "in use" },
    { "10049", 10049, "not local" },
    { "WSAEADDRNOTAVAIL", 10049, "not local" },
    { "EADDRINUSE", 0, "in use" },
    { "address already in use", 0, "in use" },
    { "port already in use", 0, "in use" },
    { "EADDRNOTAVAIL", 0, "not local" },
    { "cannot assign requested address", 0, "not local" },
    { "EACCES", 0, "access" },
    { "permission denied", 0, "access" },
};
/* clang-format on */

/* A bare number is an error only where the text calls it one: "error 10013", "failed (10013: ",
 * "[10013]". */
static bool is_called_error(struct bytes line, size_t at)
{
    static const char *const words[] = { "err",  "code", "fehler", "fail", "wsa",
                                         "错误", "錯誤", "エラー", "오류", "ошибк" };
    size_t from = at > 20 ? at - 20 : 0, i;
    struct bytes before = bytes_of(line.p + from, at - from);

    if (at && (line.p[at - 1] == '(' || line.p[at - 1] == '['))
        return true;
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t found = text_find_any_case(before, words[i]);
        struct bytes between = bytes_of(before.p + found, before.left - found);

        if (found < before.left && text_find_any_case(between, "port") == between.left &&
            text_find(between, ". ") == between.left)
            return true;
    }
    return false;
}

/* Where the error stands; a number must be one of its own. */
static size_t find_code(struct bytes in, const char *text)
{
    size_t n = strlen(text), from = 0;

    if (!text_is_digit((uint8_t)text[0]))
        return text_find_any_case(in, text);
    while (from < in.left) {
        size_t at = from + text_find(bytes_of(in.p + from, in.left - from), text);

        if (at >= in.left)
            break;
        if (!(at && text_is_digit(in.p[at - 1])) &&
            !(at + n < in.left && text_is_digit(in.p[at + n])) && is_called_error(in, at))
            return at;
        from = at + 1;
    }
    return in.left;
}

/* Where the error stands; line.left: nowhere. */
static size_t find_error(struct bytes line, struct bind_failure *out)
{
    size_t i, at;

    for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        at = find_code(line, errors[i].text);
        if (at == line.left)
            continue;
        out->error = errors[i].error;
        out->reason = errors[i].reason;
        return at;
    }
    return line.left;
}

/* -- lines that tell of errors ----------------------------------------------------------------- */

static bool any_of(struct bytes line, const char *const *words, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (text_find_any_case(line, words[i]) < line.left)
            return true;
    return false;
}

#define ANY_OF(line, words) any_of((line), (words), sizeof(words) / sizeof((words)[0]))

/* A level at which no program reports that it could not do its work: "INFO", "[debug]", "help:". */
static bool is_calm(struct bytes line)
{
    static const char *const levels[] = { "info", "debug", "trace", "help", "hint", "note", "tip" };
    size_t i, n = 0;

    if (bytes_peek(&line, 0) == '[')
        bytes_skip(&line, 1);
    while (n < line.left && text_is_letter(line.p[n]))
        n++;
    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (n == strlen(levels[i]) && strncasecmp((const char *)line.p, levels[i], n) == 0)
            return true;
    return false;
}

/*
 * Does the line only speak of such an error?  A condition before it does ("if you see ..."), and a
 * quotation at a calm level.  A quote behind '=' or ':' is a field of a structured log (logfmt,
 * JSON), and its text is the program's own.
 */
static bool is_told(struct bytes line, size_t error_at)
{
    static const char *const conditions[] = { " if ", "如果", "若出现" };
    struct bytes before = bytes_of(line.p, error_at);
    size_t i, quote = 0;

    if (ANY_OF(before, conditions) ||
        (before.left > 3 && strncasecmp((const char *)line.p, "if ", 3) == 0))
        return true;
    for (i = 1; i < before.left; i++)
        if (line.p[i] == '"' || line.p[i] == '`')
            quote = quote ? 0 : i;
    return quote && line.p[quote - 1] == ' ' && is_calm(line);
}

/* -- ports ---------------------------------------------------------------------------------- */

static bool port_at(struct bytes line, size_t at, uint32_t *port)
{
    struct bytes b = bytes_of(line.p + at, line.left - at);
    uint64_t v;

    if (!text_number(&b, 65535, &v) || !v || (b.left && (text_is_letter(b.p[0]) || b.p[0] == '_')))
        return false;
    if (b.left > 1 && b.p[0] == '.' && text_is_digit(b.p[1]))
        return false; /* an address, a fraction */
    *port = (uint32_t)v;
    return true;
}

/* What may stand between "port" and its number: "port: 49327", "port=49327", "port #49327",
 * "port(s) 49327". */
static bool is_between(uint8_t c)
{
    return c >= 0x80 || (c && strchr(" :=#(s)\t", c));
}

static bool port_behind(struct bytes line, const char *word, uint32_t *port)
{
    size_t from = 0, at;

    while (from < line.left) {
        at = from + text_find_any_case(bytes_of(line.p + from, line.left - from), word);
        if (at >= line.left)
            return false;
        for (from = at += strlen(word); at < line.left && at < from + 8 && is_between(line.p[at]);)
            at++;
        if (at < line.left && text_is_digit(line.p[at]) && port_at(line, at, port))
            return true;
    }
    return false;
}

static bool port_by_word(struct bytes line, uint32_t *port)
{
    static const char *const words[] = { "port",   "puerto", "端口", "連接埠",
                                         "通訊埠", "ポート", "포트", "порт" };
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (port_behind(line, words[i], port))
            return true;
    return false;
}

/* What stands before a colon: an address that was bound. */
static bool is_address_end(struct bytes line, size_t colon)
{
    size_t i = colon, digits = 0, dots = 0;

    if (!colon || strchr("]*([\"': \t", line.p[colon - 1]))
        return true;
    for (; i && (text_is_digit(line.p[i - 1]) || line.p[i - 1] == '.'); i--) {
        digits += line.p[i - 1] != '.';
        dots += line.p[i - 1] == '.';
    }
    if (dots == 3 && digits >= 4)
        return true;
    for (i = colon; i && text_is_letter(line.p[i - 1]);)
        i--;
    return colon - i == 9 && strncasecmp((const char *)line.p + i, "localhost", 9) == 0;
}

static void keep_address(struct bytes line, size_t colon, struct bind_failure *out)
{
    size_t i = colon, n;

    while (i && (text_is_digit(line.p[i - 1]) || strchr(".:[]abcdefABCDEF%", line.p[i - 1])))
        i--;
    n = colon - i;
    if (n && line.p[colon - 1] == ']' && line.p[i] != '[')
        return; /* OpenVPN's "[undef]" */
    if (n >= 2 && line.p[i] == '[' && line.p[colon - 1] == ']')
        i++, n -= 2;
    if (n < 2 || n >= sizeof(out->address))
        return;
    memcpy(out->address, line.p + i, n);
    out->address[n] = '\0';
}

/* "127.0.0.1:49327", "[::]:49327", "*:49327", " :49327", "('127.0.0.1', 49327)". */
static bool port_by_address(struct bytes line, struct bind_failure *out)
{
    size_t i;
    uint32_t port;

    for (i = 0; i + 1 < line.left; i++) {
        if (line.p[i] == ':' && is_address_end(line, i) && port_at(line, i + 1, &port)) {
            out->first_port = port;
            keep_address(line, i, out);
            return true;
        }
        if (line.p[i] == '\'' && i + 3 < line.left && memcmp(line.p + i, "', ", 3) == 0 &&
            port_at(line, i + 3, &port)) {
            out->first_port = port;
            keep_address(line, i, out);
            return true;
        }
    }
    return false;
}

/* -- who and over what ---------------------------------------------------------------------- */

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

static const char *protocol_of(struct bytes line)
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
    /* Only streams are listened on. */
    return text_find_any_case(line, "listen") < line.left ? "tcp" : NULL;
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

/* "name.exe" anywhere, "name[123]:", or "name: " at the beginning of the message. */
void bind_line_program(struct bytes line, struct bind_failure *out)
{
    static const char *const no_names[] = { "error",   "err",    "warn",      "warning", "fatal",
                                            "panic",   "level",  "debug",     "info",    "bind",
                                            "oserror", "failed", "exception", "listen" };
    size_t at = text_find_any_case(line, ".exe"), i, n;
    uint64_t number;

    if (at < line.left) {
        for (i = at; i && (is_name_byte(line.p[i - 1]) || line.p[i - 1] >= 0x80);)
            i--;
        keep_program(out, line.p + i, at - i);
        return;
    }
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
}

static bool says_bind(struct bytes line)
{
    static const char *const words[] = { "bind", "bound", "listen",   "绑定",  "綁定",
                                         "监听", "監聽",  "バインド", "바인드" };

    return ANY_OF(line, words);
}

bool bind_line_read(struct bytes line, struct bind_failure *out)
{
    struct text_time time;
    size_t at;

    *out = (struct bind_failure){ .named = true, .tries = 1, .outcome = "failed" };
    if (line.left > BIND_LOOK_MAX)
        line.left = BIND_LOOK_MAX;
    /* Remarks, quotes and tables of a written page tell about logs; they are none. */
    if (!line.left || strchr("#|>*", line.p[0]) || !says_bind(line))
        return false;
    text_blanks(&line);
    text_time(&line, &time);
    at = find_error(line, out);
    if (at == line.left || is_told(line, at))
        return false;
    if (!port_by_address(line, out) && !port_by_word(line, &out->first_port))
        return false;
    out->last_port = out->first_port;
    out->protocol = protocol_of(line);
    bind_line_program(line, out);
    memcpy(out->written, time.written, sizeof(out->written));
    out->has_time = time.has_zone;
    out->time_ns = time.has_zone ? time.clock_us * 1000 : 0;
    return true;
}

/* -- what came of it -------------------------------------------------------------------------- */

/* "listening on 0.0.0.0:8080": a port that the program has.  What it means to do, cannot do, or
 * says of another program does not count. */
bool bind_line_bound(struct bytes line, struct bind_failure *out)
{
    static const char *const words[] = { "listening", "bound", "监听", "監聽" };
    static const char *const others[] = {
        "error",        "fail", " not ",   "n't",    "unable",  "refuse", "trying",  "try to",
        "attempt",      "will", "another", "other ", "already", " if ",   "unbound", "going to",
        "no listening", "失败", "失敗",    "错误",   "錯誤",    "无法",   "無法"
    };

    if (!ANY_OF(line, words) || ANY_OF(line, others))
        return false;
    if (!port_by_address(line, out) && !port_by_word(line, &out->first_port))
        return false;
    out->protocol = protocol_of(line);
    return true;
}

bool bind_line_ends(struct bytes line)
{
    static const char *const words[] = { "exit",      "fatal",   "abort", "terminat",
                                         "giving up", "gave up", "stopp", "shut",
                                         "emerg",     "panic",   "退出" };

    return ANY_OF(line, words);
}

bool bind_line_trouble(struct bytes line)
{
    static const char *const words[] = { "fail",      "error",    "cannot", "can't",
                                         "could not", "couldn't", "unable", "失败",
                                         "失敗",      "错误",     "錯誤" };

    return ANY_OF(line, words);
}

/*
 * A bind that the program outlives, by its own line: it tries again, or the port is a client's wish
 * and not its own.  sshd says "bind [address]:port" of what is to be forwarded (OpenSSH channels.c,
 * channel_setup_fwd_listener_tcpip); of its own port it says "Bind to port" (sshd.c).
 */
bool bind_line_lives(struct bytes line, const struct bind_failure *f)
{
    static const char *const words[] = { "retry",      "try again",   "trying again",
                                         "will try",   "trying next", "trying another",
                                         "try another" };

    return (f->tries < RETRIES_MAX && ANY_OF(line, words)) ||
           (strcmp(f->program, "sshd") == 0 && text_has(line, " bind ["));
}
