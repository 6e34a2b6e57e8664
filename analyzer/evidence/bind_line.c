#include "config.h"

#include "evidence/bind_line.h"

#include <string.h>
#include <strings.h>

#include "evidence/bind_who.h"

#define RETRIES_MAX 3u /* so often a promise to try again is believed */

/* Numbers, names and texts of errors.  Windows translates its texts; the numbers stay. */
/* clang-format off */
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
    { "address in use", 0, "in use" }, /* musl */
    { "EADDRNOTAVAIL", 0, "not local" },
    { "cannot assign requested address", 0, "not local" },
    { "can't assign requested address", 0, "not local" }, /* BSD, macOS */
    { "address not available", 0, "not local" },          /* musl, libuv */
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

/* -- the word for it ------------------------------------------------------------------------- */

struct word {
    const char *text;
    const char *ends; /* how it may go on, between blanks; NULL: in any way */
};

static const struct word bind_words[] = {
    { "bind", " s ing en " }, { "rebind", " s ing " },
    { "bound", " " },         { "listen", " s ing er ers " },
    { "绑定", NULL },         { "綁定", NULL },
    { "监听", NULL },         { "監聽", NULL },
    { "バインド", NULL },     { "바인드", NULL },
};
static const struct word bound_words[] = {
    { "listening", " " },
    { "bound", " " },
    { "监听", NULL },
    { "監聽", NULL },
};

/* Whether the word ends at `end`, or goes on as it may: "binding", "bindException". */
static bool word_ends(struct bytes line, size_t end, const char *ends)
{
    char rest[8] = " ";
    size_t n = 0;

    while (end + n < line.left && text_is_letter(line.p[end + n]))
        n++;
    if (end + n < line.left && (text_is_digit(line.p[end + n]) || line.p[end + n] >= 0x80))
        return false; /* "bind9" */
    if (!n || (line.p[end - 1] >= 'a' && line.p[end] < 'a'))
        return true;
    if (n + 3 > sizeof(rest))
        return false;
    memcpy(rest + 1, line.p + end, n);
    rest[n + 1] = ' ';
    return text_find_any_case(bytes_of(ends, strlen(ends)), rest) < strlen(ends);
}

/* "bound" is no bind where it is a part of another word: "out-bound", "cpu_bound". */
static bool is_compound(struct bytes line, size_t at, const char *text)
{
    return strcmp(text, "bound") == 0 && at && strchr("-_/", line.p[at - 1]);
}

/* Bytes with which words begin, so that most of a line is passed over at once. */
struct begins {
    bool with[256];
};

static void begins_with(struct begins *b, const char *word)
{
    uint8_t c = (uint8_t)word[0];

    b->with[c] = true;
    if (text_is_letter(c))
        b->with[c ^ 0x20] = true;
}

/*
 * The first of the words in the line that is no part of another one (unbound, outbound) nor of the
 * program's name; false: none.
 */
static bool find_word(struct bytes line, struct bind_span name, const struct word *words, size_t n,
                      struct bind_span *out)
{
    struct begins begins = { { false } };
    size_t i, at, len;

    for (i = 0; i < n; i++)
        begins_with(&begins, words[i].text);
    for (at = 0; at < line.left; at++) {
        for (i = 0; i < n && begins.with[line.p[at]]; i++) {
            const struct word *w = &words[i];

            if (!text_is_at(line, at, w->text) || (at >= name.from && at < name.to))
                continue;
            len = strlen(w->text);
            if (!w->ends || (text_begins_word(line, at) && word_ends(line, at + len, w->ends) &&
                             !is_compound(line, at, w->text))) {
                *out = (struct bind_span){ at, at + len };
                return true;
            }
        }
    }
    return false;
}

#define FIND_WORD(line, name, words, out)                                                          \
    find_word((line), (name), (words), sizeof(words) / sizeof((words)[0]), (out))

/* A word that stands by itself: no part of a name like "kafka-connect" or "a.connect.b". */
static bool stands_alone(struct bytes line, size_t at, size_t end)
{
    static const char joints[] = "-_./";

    if (at && (text_is_letter(line.p[at - 1]) || text_is_digit(line.p[at - 1]) ||
               strchr(joints, line.p[at - 1])))
        return false;
    return end >= line.left || !(text_is_letter(line.p[end]) || text_is_digit(line.p[end]) ||
                                 (strchr(joints, line.p[end]) && end + 1 < line.left &&
                                  text_is_letter(line.p[end + 1])));
}

/* Where one of the words first stands by itself in line[from..); line.left: nowhere. */
static size_t find_alone(struct bytes line, size_t from, const char *const *words, size_t n)
{
    struct begins begins = { { false } };
    size_t i;

    for (i = 0; i < n; i++)
        begins_with(&begins, words[i]);
    for (; from < line.left; from++)
        for (i = 0; i < n && begins.with[line.p[from]]; i++)
            if (text_is_at(line, from, words[i]) &&
                stands_alone(line, from, from + strlen(words[i])))
                return from;
    return line.left;
}

#define FIND_ALONE(line, from, words)                                                              \
    find_alone((line), (from), (words), sizeof(words) / sizeof((words)[0]))

/*
 * Whether something else than a socket is bound: with LDAP (RFC 4511 section 4.2), DCE/RPC and SMPP
 * a client binds by a message to its server, a mount and a driver are bound too.  Such a bind finds
 * no address in use.
 */
static bool is_no_socket(struct bytes line, struct bind_span bind, const struct bind_failure *f)
{
    static const char *const protocols[] = { "ldap",      "dcerpc", "rpc_bind",
                                             " rpc bind", "smpp",   "sasl" };
    static const char *const objects[] = { " mount", " driver", " as ", " dn " };
    struct bytes behind = bytes_of(line.p + bind.to, line.left - bind.to);
    size_t i;

    if (strcmp(f->reason, "in use") == 0)
        return false;
    for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
        if (behind.left && text_is_at(behind, 0, objects[i]))
            return true;
    return ANY_OF(line, protocols);
}

/* -- the port that stands with it ------------------------------------------------------------ */

/* Words that may stand between a port and its bind: "port 80 is already bound", ":80: bind". */
static bool is_link(struct bytes between)
{
    static const char links[] =
        " is was be been has could cannot can t not already to failed error "
        "unable tcp udp socket ";
    char word[16] = " ";
    size_t n;

    while (between.left) {
        for (n = 0; n < between.left && text_is_letter(between.p[n]);)
            n++;
        if (n + 3 > sizeof(word))
            return false;
        if (n) {
            memcpy(word + 1, between.p, n);
            word[n + 1] = ' ';
            word[n + 2] = '\0';
            if (text_find_any_case(bytes_of(links, strlen(links)), word) >= strlen(links))
                return false;
        } else if (strchr(",;()|", between.p[0])) {
            return false; /* another clause */
        }
        bytes_skip(&between, n ? n : 1);
    }
    return true;
}

/* By the word before it the port is the other end's.  What is bound may stand behind "to". */
static bool is_of_other(struct bytes line, size_t at, bool behind_bind)
{
    static const char *const others[] = { "client", "peer", "from", "to",
                                          "with",   "host", "h",    "server" };
    size_t n = behind_bind ? 3 : sizeof(others) / sizeof(others[0]), end, from, i;

    for (end = at; end && !text_is_letter(line.p[end - 1]) && !text_is_digit(line.p[end - 1]);)
        end--;
    for (from = end; from && text_is_letter(line.p[from - 1]);)
        from--;
    for (i = 0; i < n; i++)
        if (end - from == strlen(others[i]) &&
            strncasecmp((const char *)line.p + from, others[i], end - from) == 0)
            return true;
    return false;
}

/*
 * Behind the text of the error, " to 10.0.0.1 port 80" is where the socket was to lead: curl's
 * "bind failed with errno 99: Cannot assign requested address to 10.0.0.1 port 80".
 */
static bool is_destination(struct bytes line, size_t from, size_t at)
{
    size_t blanks = 0, i;

    for (i = at; i > from && blanks < 3; i--) {
        blanks += line.p[i - 1] == ' ';
        if (i >= from + 4 && strncasecmp((const char *)line.p + i - 4, " to ", 4) == 0)
            return true;
    }
    return false;
}

/*
 * The port of the bind at `bind`: the first one behind it, up to where the line goes on about the
 * other end; a port before it only where nothing but such words as `is_link` knows stand between.
 */
static bool find_port(struct bytes line, struct bind_span bind, size_t error_at,
                      struct bind_port *port)
{
    /* clang-format off */
    static const char *const others[] = {
        "connect", "connects", "connecting", "connectex", "dial", "dialing", "sending", "sendto",
        "sendmsg", "upstream", "client:", "peer", "remote", "destination",
    };
    /* clang-format on */
    size_t to = FIND_ALONE(line, bind.to, others);

    if (bind_port_first(line, bind.to, to, port))
        return !is_of_other(line, port->at, true) && (error_at < bind.to || port->at < error_at ||
                                                      !is_destination(line, error_at, port->at));
    /* Its argument is an address, and has no port: the kernel chooses one. */
    if (bind_port_has_address(line, bind.to, to) || !bind_port_last(line, 0, bind.from, port))
        return false;
    return port->end <= bind.from && !is_of_other(line, port->at, false) &&
           is_link(bytes_of(line.p + port->end, bind.from - port->end));
}

/*
 * Whether the line tells of what another call did: connect() and sendto() fail with the same
 * errors.  Go names the call that failed first, whatever was wrapped around it (net.OpError:
 * "listen tcp :80: bind: ...").
 */
static bool is_other_call(struct bytes line, struct bind_span name, struct bind_span bind)
{
    static const char *const verbs[] = { "connect", "connects", "connecting", "connectex",
                                         "dial",    "dialing",  "dialling",   "send",
                                         "sending", "sendto",   "sendmsg",    "connection to" };
    struct bytes call = bytes_of(line.p + bind.from, line.left - bind.from);

    return !text_starts(call, "listen tcp") && !text_starts(call, "listen udp") &&
           FIND_ALONE(line, name.from == 0 ? name.to : 0, verbs) < bind.from;
}

static void keep_port(struct bind_failure *out, const struct bind_port *port)
{
    out->first_port = out->last_port = port->port;
    memcpy(out->address, port->address, sizeof(out->address));
}

void bind_line_program(struct bytes line, struct bind_failure *out)
{
    struct bind_span name;

    bind_who_program(line, out, &name);
}

/* -- a whole line ---------------------------------------------------------------------------- */

/*
 * Sentences that say it all without a word for binding: Spring Boot's (PortInUseFailureAnalyzer)
 * and that of Flask's server (Werkzeug serving.py).
 */
static bool is_sentence(struct bytes line, struct bind_failure *out, struct bind_port *port)
{
    static const struct {
        const char *before, *behind;
    } sentences[] = {
        { "failed to start. ", " was already in use." },
        { "", " is in use by another program. Either identify and stop that program" },
    };
    size_t i, at;

    for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
        at = text_find(line, sentences[i].before) + strlen(sentences[i].before);
        if (at < line.left && bind_port_first(line, at, at + 1, port) && port->by_word &&
            text_starts(bytes_of(line.p + port->end, line.left - port->end), sentences[i].behind)) {
            out->reason = "in use";
            return true;
        }
    }
    return false;
}

/* Passes over what stands before a message, and keeps the time and who wrote it. */
static struct bind_span start_line(struct bytes *line, struct bind_failure *out)
{
    struct text_time time;
    struct bind_span name;

    *out = (struct bind_failure){ .named = true, .tries = 1, .outcome = "failed" };
    text_blanks(line);
    text_time(line, &time);
    bind_who_program(*line, out, &name);
    memcpy(out->written, time.written, sizeof(out->written));
    out->has_time = time.has_zone;
    out->time_ns = time.has_zone ? time.clock_us * 1000 : 0;
    return name;
}

bool bind_line_read(struct bytes line, struct bind_failure *out)
{
    struct bind_port port = { 0 };
    struct bind_span name = { 0, 0 }, bind;
    size_t at;

    if (line.left > BIND_LOOK_MAX)
        line.left = BIND_LOOK_MAX;
    /* Remarks, quotes and tables of a written page tell about logs; they are none.  Nearly all
     * lines of a log have no such word, and end here. */
    if (!line.left || strchr("#|>*", line.p[0]) ||
        (!FIND_WORD(line, name, bind_words, &bind) && !text_has(line, " in use")))
        return false;
    name = start_line(&line, out);
    if (!is_sentence(line, out, &port)) {
        if (!FIND_WORD(line, name, bind_words, &bind) || is_other_call(line, name, bind))
            return false;
        at = find_error(line, out);
        if (at == line.left || is_told(line, at) || is_no_socket(line, bind, out))
            return false;
        port = (struct bind_port){ 0 };
        if (!find_port(line, bind, at, &port) && port.port)
            return false; /* it is another one's */
    }
    keep_port(out, &port);
    out->protocol = bind_who_protocol(line);
    return true;
}

bool bind_line_error(struct bytes line, struct bind_failure *out)
{
    static const char word[] = "Error: ";
    size_t at;

    start_line(&line, out);
    at = text_find(line, word) + strlen(word);
    return at < line.left && find_error(line, out) == at;
}

/* -- what came of it -------------------------------------------------------------------------- */

/* "listening on 0.0.0.0:8080": a port that the program has.  What it means to do, cannot do, or
 * says of another program does not count. */
bool bind_line_bound(struct bytes line, struct bind_failure *out)
{
    static const char *const others[] = {
        "error",        "fail", " not ",   "n't",    "unable",  "refuse", "trying",  "try to",
        "attempt",      "will", "another", "other ", "already", " if ",   "unbound", "going to",
        "no listening", "失败", "失敗",    "错误",   "錯誤",    "无法",   "無法"
    };

    struct bind_port port;
    struct bind_span name = { 0, 0 }, bound;

    if (!FIND_WORD(line, name, bound_words, &bound))
        return false;
    bind_who_program(line, out, &name);
    if (!FIND_WORD(line, name, bound_words, &bound) || ANY_OF(line, others) ||
        !find_port(line, bound, line.left, &port))
        return false;
    keep_port(out, &port);
    out->protocol = bind_who_protocol(line);
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
