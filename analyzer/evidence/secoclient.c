#include "config.h"

#include "evidence/secoclient.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "evidence/bind_log.h"
#include "evidence/pasted.h"
#include "evidence/text.h"

#define WORD_MAX  16                      /* bytes of a module or level, NUL included */
#define TEXT_MAX  200u                    /* bytes of a text that are kept */
#define BURST_US  (INT64_C(10) * 1000000) /* a longer pause is another attempt */
#define TRIES_MAX 8192u                   /* then the counter would leave the range of ports */

/* clang-format off */
static const struct fact_column columns[] = {
    { "module", FACT_TEXT, "", "VNIC, NETF, CNEM, ...", 0 },
    { "level", FACT_TEXT, "", "INFO, WARN, ERROR", 0 },
    { "text", FACT_TEXT, "", "first part of the message, its first 200 bytes", 0 },
    { "detail", FACT_TEXT, "", "the rest of it, its first 200 bytes; NULL: none", 0 },
};
static const struct fact_kind event_fact = {
    "log_seco_event", FACT_OF_LINE, "a line of the log of SecoClient", columns,
    sizeof(columns) / sizeof(columns[0]),
};
/* clang-format on */

struct seco_line {
    char module[WORD_MAX], level[WORD_MAX];
    struct text_time time;
    struct bytes text, detail;
};

struct secoclient {
    const struct fact_sink *sink;
    uint64_t n_events;
    uint64_t counted; /* failed binds before this burst, since the log began */
    bool open;
    int64_t last_us;
    struct bind_failure burst;
};

/* -- lines ---------------------------------------------------------------------------------- */

static bool word(struct bytes *in, char out[WORD_MAX])
{
    size_t n = 0;

    text_blanks(in);
    while (in->left && text_is_letter(in->p[0]) && n < WORD_MAX - 1)
        out[n++] = (char)bytes_u8(in);
    out[n] = '\0';
    return n >= 3;
}

/* "[user] [65535]": the name may hold anything, the number ends it. */
static bool skip_user(struct bytes *in)
{
    struct bytes b = *in;
    uint64_t number;

    if (bytes_peek(&b, 0) != '[')
        return false;
    while (b.left) {
        struct bytes c;

        bytes_skip(&b, text_find(b, "]"));
        if (!text_skip(&b, "]"))
            return false;
        c = b;
        text_blanks(&c);
        if (text_skip(&c, "[") && text_number(&c, UINT32_MAX, &number) && text_skip(&c, "]")) {
            *in = c;
            return true;
        }
    }
    return false;
}

/* "[Set IP and MASK][begin]": the parts may hold brackets of their own. */
static void split(struct bytes rest, struct seco_line *out)
{
    size_t at;

    text_blanks(&rest);
    text_skip(&rest, "[");
    while (rest.left && (rest.p[rest.left - 1] == ' ' || rest.p[rest.left - 1] == '\t'))
        rest.left--;
    if (rest.left && rest.p[rest.left - 1] == ']')
        rest.left--;
    at = text_find(rest, "][");
    out->text = bytes_of(rest.p, at);
    out->detail =
        at < rest.left ? bytes_of(rest.p + at + 2, rest.left - at - 2) : bytes_of(rest.p, 0);
}

static bool parse(struct bytes in, struct seco_line *out)
{
    *out = (struct seco_line){ .module = "" };
    text_blanks(&in);
    if (!text_skip(&in, "[") || !word(&in, out->module) || !text_blanks(&in) ||
        !word(&in, out->level) || !text_blanks(&in) || !text_time(&in, &out->time) ||
        !text_skip(&in, "]"))
        return false;
    text_blanks(&in);
    if (!skip_user(&in))
        return false;
    split(in, out);
    return true;
}

/* -- bursts --------------------------------------------------------------------------------- */

static void end_burst(struct secoclient *s, const char *outcome, uint64_t end_line)
{
    if (!s->open)
        return;
    s->open = false;
    s->counted += s->burst.tries;
    s->burst.outcome = outcome;
    s->burst.end_line = end_line;
    bind_failure_put(&s->burst, s->sink);
}

static bool says_bind_error(const struct seco_line *l)
{
    return (text_has(l->text, "bind") && text_has(l->text, "error")) ||
           (text_has(l->detail, "bind") && text_has(l->detail, "error"));
}

static void start_burst(struct secoclient *s, const struct seco_line *l, uint64_t line_no)
{
    uint32_t shift = s->counted < TRIES_MAX ? (uint32_t)s->counted : 0;

    s->open = true;
    s->burst = (struct bind_failure){ .program = "SecoClient",
                                      .protocol = "udp",
                                      .address = "127.0.0.1",
                                      .first_port = SECOCLIENT_FIRST_PORT + shift,
                                      .fresh_port = shift ? SECOCLIENT_FIRST_PORT : 0,
                                      .line = line_no,
                                      .last_line = line_no };
    s->burst.last_port = s->burst.first_port;
    memcpy(s->burst.written, l->time.written, sizeof(s->burst.written));
}

/* A version that names the port or the error is believed. */
static void note_named(struct secoclient *s, struct bytes line)
{
    struct bind_failure named;

    if (!bind_line_read(line, &named) || !named.first_port)
        return;
    s->burst.error = named.error;
    s->burst.reason = named.reason;
    if (!s->burst.named)
        s->burst.first_port = named.first_port;
    s->burst.named = true;
    s->burst.fresh_port = 0;
    s->burst.last_port = named.first_port;
}

static void note_failure(struct secoclient *s, const struct seco_line *l, struct bytes line,
                         uint64_t line_no)
{
    bool last = strcmp(l->level, "ERROR") == 0;

    if (s->open && !last && l->time.clock_us - s->last_us > BURST_US)
        end_burst(s, "cut", 0);
    if (!s->open)
        start_burst(s, l, line_no);
    s->last_us = l->time.clock_us;
    if (last) {
        end_burst(s, "failed", line_no);
        return;
    }
    s->burst.last_line = line_no;
    s->burst.tries++;
    if (!s->burst.named && s->burst.tries > 1 && s->burst.last_port < 65535)
        s->burst.last_port++;
    note_named(s, line);
}

/* Something of the adapter worked after the failures. */
static bool says_success(const struct seco_line *l)
{
    return strcmp(l->level, "INFO") == 0 && strcmp(l->module, "VNIC") == 0 &&
           (text_has(l->text, "success") || text_has(l->detail, "success"));
}

static void keep(const struct seco_line *l, struct secoclient *s, uint64_t line_no)
{
    struct fact_where where = { .line = line_no, .local_time = l->time.written };
    size_t text_len = l->text.left < TEXT_MAX ? l->text.left : TEXT_MAX;
    size_t detail_len = l->detail.left < TEXT_MAX ? l->detail.left : TEXT_MAX;

    s->n_events++;
    s->sink->put(s->sink->user, &event_fact, &where,
                 (struct fact_value[]){
                     fact_text(l->module), fact_text(l->level), fact_textn(l->text.p, text_len),
                     l->detail.left ? fact_textn(l->detail.p, detail_len) : fact_null() });
}

struct secoclient *secoclient_start(const struct fact_sink *sink)
{
    struct secoclient *s = xcalloc(1, sizeof(*s));

    s->sink = sink;
    return s;
}

bool secoclient_line(struct secoclient *s, struct bytes line, uint64_t line_no)
{
    struct seco_line l;

    if (!parse(line, &l))
        return false;
    keep(&l, s, line_no);
    if (strcmp(l.module, "VNIC") == 0 && strcmp(l.level, "INFO") != 0 && says_bind_error(&l))
        note_failure(s, &l, line, line_no);
    else if (says_success(&l))
        end_burst(s, "went on", 0);
    return true;
}

uint64_t secoclient_end(struct secoclient *s)
{
    uint64_t n = s->n_events;

    end_burst(s, "cut", 0);
    free(s);
    return n;
}

/* -- importer ------------------------------------------------------------------------------- */

static const struct fact_kind *const kinds[] = { &event_fact, &bind_failure_fact, NULL };

static bool secoclient_probe(struct bytes head)
{
    struct encoding e;
    struct seco_line l;
    struct bytes line;
    bool found = false;

    encoding_open(&e, head);
    while (!found && encoding_line(&e, &line))
        found = parse(line, &l);
    encoding_close(&e);
    return found;
}

const struct importer secoclient_importer = {
    .name = "SecoClient log",
    .is = EVIDENCE_LOG,
    .facts = kinds,
    .probe = secoclient_probe,
    .read = pasted_read,
};
