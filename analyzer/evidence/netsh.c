#include "config.h"

#include "evidence/netsh.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "evidence/pasted.h"
#include "evidence/text.h"

#define LINE_MAX_  512u  /* bytes of a line that are looked at */
#define HEADER_MAX 6u    /* lines before the dashes in which the protocol may stand */
#define ROWS_MAX   4096u /* of one table; Windows has far fewer */

/* clang-format off */
static const struct fact_column table_columns[] = {
    { "table_no", FACT_INT, "", "1-based within the text", 0 },
    { "protocol", FACT_TEXT, "", "udp, tcp; NULL: the text does not say", 0 },
    { "family", FACT_TEXT, "", "ipv4, ipv6; NULL: the text does not say", 0 },
    { "ranges", FACT_INT, "", "rows", 0 },
    { "incomplete", FACT_INT, "bool", "rows were left out (dots), or only the persistent ones are listed", 0 },
};
static const struct fact_kind table_fact = {
    "log_exclusion_table", FACT_OF_LINE, "a table of excluded port ranges; the line is that of its dashes",
    table_columns, sizeof(table_columns) / sizeof(table_columns[0]),
};

static const struct fact_column range_columns[] = {
    { "table_no", FACT_INT, "", "which log_exclusion_table", 0 },
    { "protocol", FACT_TEXT, "", "udp, tcp; NULL: the text does not say", 0 },
    { "family", FACT_TEXT, "", "ipv4, ipv6; NULL: the text does not say", 0 },
    { "first_port", FACT_INT, "", "first excluded port", 0 },
    { "last_port", FACT_INT, "", "last excluded port", 0 },
    { "administered", FACT_INT, "bool", "marked with a star: reserved by an administrator or a program", 0 },
};
static const struct fact_kind range_fact = {
    "log_excluded_range", FACT_OF_LINE, "ports that Windows does not give to programs", range_columns,
    sizeof(range_columns) / sizeof(range_columns[0]),
};

static const struct fact_column dynamic_columns[] = {
    { "protocol", FACT_TEXT, "", "udp, tcp; NULL: the text does not say", 0 },
    { "family", FACT_TEXT, "", "ipv4, ipv6; NULL: the text does not say", 0 },
    { "first_port", FACT_INT, "", "first port of the range", 0 },
    { "ports", FACT_INT, "", "how many", 0 },
};
static const struct fact_kind dynamic_fact = {
    "log_dynamic_ports", FACT_OF_LINE, "the range from which Windows takes ports for outgoing connections",
    dynamic_columns, sizeof(dynamic_columns) / sizeof(dynamic_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &table_fact, &range_fact, &dynamic_fact, NULL };

struct netsh {
    const struct fact_sink *sink;
    uint64_t n_used;
    /* What the lines before the dashes said, and how many lines ago. */
    const char *protocol, *family;
    unsigned protocol_age, family_age;
    bool persistent;
    /* The table that is being read. */
    bool open;
    int64_t table_no, rows;
    uint64_t line;
    bool incomplete;
    const char *table_protocol, *table_family;
    /* `show dynamicport`: after its dashes, two numbers. */
    unsigned wanted; /* 2: the first port comes next, 1: the number of ports */
    uint64_t start, start_line;
    const char *dynamic_protocol, *dynamic_family;
};

/* -- one line ------------------------------------------------------------------------------- */

/* Other characters that people and programs put in the place of ASCII ones. */
static const struct {
    const char *from;
    char to;
} folds[] = {
    { "\xe3\x80\x80", ' ' }, /* full-width space */
    { "\\x81@", ' ' },       /* the same in Shift JIS */
    { "\xc2\xa0", ' ' },     /* no-break space */
    { "\xe2\x80\x8b", ' ' }, /* zero-width space */
    { "\xef\xbc\x9a", ':' }, /* full-width colon */
    { "\xef\xbc\x8a", '*' }, /* full-width star */
    { "\xef\xbc\x8d", '-' }, /* full-width hyphen */
    { "\xe2\x80\x93", '-' }, /* en dash */
    { "\xe2\x80\x94", '-' }, /* em dash */
    { "\xe2\x80\x95", '-' }, /* bar */
    { "\xe2\x94\x80", '-' }, /* box line */
    { "\xe2\x88\x92", '-' }, /* minus */
    { "\xe2\x80\xa6", '.' }, /* ellipsis */
    { "\xe2\x8b\xaf", '.' }, /* the same in the middle */
    { "\xe3\x80\x82", '.' }, /* full stop */
    { "\t", ' ' },
};

/* The line with those folded and full-width digits made plain. */
static struct bytes fold(struct bytes in, char out[LINE_MAX_])
{
    size_t n = 0, i;

    while (in.left && n < LINE_MAX_) {
        if (in.p[0] < 0x80 && in.p[0] != '\t' && in.p[0] != '\\') { /* most of any log */
            out[n++] = (char)bytes_u8(&in);
            continue;
        }
        for (i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
            if (text_skip(&in, folds[i].from))
                break;
        if (i < sizeof(folds) / sizeof(folds[0])) {
            out[n++] = folds[i].to;
        } else if (in.left >= 3 && in.p[0] == 0xef && in.p[1] == 0xbc && in.p[2] >= 0x90 &&
                   in.p[2] <= 0x99) {
            out[n++] = (char)('0' + in.p[2] - 0x90);
            bytes_skip(&in, 3);
        } else {
            out[n++] = (char)bytes_u8(&in);
        }
    }
    while (n && out[n - 1] == ' ')
        n--;
    return bytes_of(out, n);
}

static size_t run_of(struct bytes *b, uint8_t c)
{
    size_t n = 0;

    for (; b->left && b->p[0] == c; bytes_skip(b, 1))
        n++;
    return n;
}

/* How many runs of dashes (of three or more) the line begins with; the cursor is behind them. */
static unsigned dashes(struct bytes *in)
{
    struct bytes b = *in;
    unsigned runs = 0;

    for (text_blanks(&b); b.left && b.p[0] == '-'; text_blanks(&b)) {
        if (run_of(&b, '-') < 3)
            return 0;
        runs++;
        *in = b;
    }
    text_blanks(in);
    return runs;
}

/* "49152 49251 *": one row, or several that were glued. */
static bool row(struct bytes *in, uint64_t *first, uint64_t *last, bool *star)
{
    struct bytes b = *in;

    text_blanks(&b);
    if (!text_number(&b, 65535, first) || !text_blanks(&b) || !text_number(&b, 65535, last) ||
        *first > *last || !*last)
        return false;
    if (b.left && b.p[0] != ' ' && b.p[0] != '*')
        return false;
    text_blanks(&b);
    *star = text_skip(&b, "*");
    text_blanks(&b);
    *in = b;
    return true;
}

static bool only_rows(struct bytes b)
{
    uint64_t first, last;
    bool star;

    if (!b.left)
        return false;
    while (b.left)
        if (!row(&b, &first, &last, &star))
            return false;
    return true;
}

static bool is_dots(struct bytes b)
{
    text_blanks(&b);
    if (!b.left)
        return false;
    for (; b.left; bytes_skip(&b, 1))
        if (b.p[0] != '.' && b.p[0] != ' ')
            return false;
    return true;
}

/* The last of the two words in the line; no part of a longer word. */
static const char *last_word(struct bytes line, const char *one, const char *other, const char *old)
{
    size_t n = strlen(one), i;

    for (i = 0; i + n <= line.left; i++) {
        const char *p = (const char *)line.p + i, first = (char)(line.p[i] | 0x20);

        if ((first != one[0] && first != other[0]) || (i && text_is_letter(line.p[i - 1])) ||
            (i + n < line.left && text_is_letter(line.p[i + n])))
            continue;
        if (strncasecmp(p, one, n) == 0)
            old = one;
        else if (strncasecmp(p, other, n) == 0)
            old = other;
    }
    return old;
}

/* -- header, table -------------------------------------------------------------------------- */

static void note_words(struct netsh *n, struct bytes line)
{
    const char *protocol = last_word(line, "udp", "tcp", NULL);
    const char *family = last_word(line, "ipv4", "ipv6", NULL);

    if (++n->protocol_age > HEADER_MAX)
        n->protocol = NULL, n->persistent = false;
    if (++n->family_age > HEADER_MAX)
        n->family = NULL;
    if (protocol)
        n->protocol = protocol, n->protocol_age = 0;
    if (family)
        n->family = family, n->family_age = 0;
    n->persistent |= text_find_any_case(line, "persistent") < line.left;
}

/* What stood above belongs to this table and to no later one. */
static void forget_words(struct netsh *n)
{
    n->protocol = n->family = NULL;
    n->persistent = false;
}

static void end_table(struct netsh *n)
{
    struct fact_where where = { .line = n->line };

    if (!n->open)
        return;
    n->open = false;
    n->n_used++;
    n->sink->put(n->sink->user, &table_fact, &where,
                 (struct fact_value[]){ fact_int(n->table_no), fact_text(n->table_protocol),
                                        fact_text(n->table_family), fact_int(n->rows),
                                        fact_int(n->incomplete) });
}

static void start_table(struct netsh *n, uint64_t line_no)
{
    end_table(n);
    n->open = true;
    n->wanted = 0;
    n->table_no++;
    n->rows = 0;
    n->line = line_no;
    n->incomplete = n->persistent;
    n->table_protocol = n->protocol;
    n->table_family = n->family;
    forget_words(n);
}

static void put_rows(struct netsh *n, struct bytes b, uint64_t line_no)
{
    struct fact_where where = { .line = line_no };
    uint64_t first, last;
    bool star;

    while (b.left && row(&b, &first, &last, &star)) {
        if (++n->rows > (int64_t)ROWS_MAX) {
            n->incomplete = true;
            return;
        }
        n->sink->put(n->sink->user, &range_fact, &where,
                     (struct fact_value[]){ fact_int(n->table_no), fact_text(n->table_protocol),
                                            fact_text(n->table_family), fact_int((int64_t)first),
                                            fact_int((int64_t)last), fact_int(star) });
    }
    n->n_used += line_no != n->line;
}

/* "Number of Ports : 16384": what stands behind the last colon. */
static bool number_at_end(struct bytes line, uint64_t *v)
{
    size_t i = line.left;
    struct bytes b;

    while (i && text_is_digit(line.p[i - 1]))
        i--;
    b = bytes_of(line.p + i, line.left - i);
    while (i && line.p[i - 1] == ' ')
        i--;
    return i && line.p[i - 1] == ':' && text_number(&b, 65536, v);
}

static bool dynamic_line(struct netsh *n, struct bytes line, uint64_t line_no)
{
    struct fact_where where = { .line = n->start_line };
    uint64_t v;

    if (!line.left)
        return true;
    if (!number_at_end(line, &v)) {
        n->wanted = 0;
        return false;
    }
    if (n->wanted-- == 2) {
        n->start = v;
        n->start_line = line_no;
        return true;
    }
    n->sink->put(n->sink->user, &dynamic_fact, &where,
                 (struct fact_value[]){ fact_text(n->dynamic_protocol),
                                        fact_text(n->dynamic_family), fact_int((int64_t)n->start),
                                        fact_int((int64_t)v) });
    n->n_used++;
    return true;
}

struct netsh *netsh_start(const struct fact_sink *sink)
{
    struct netsh *n = xcalloc(1, sizeof(*n));

    n->sink = sink;
    return n;
}

bool netsh_line(struct netsh *n, struct bytes line, uint64_t line_no)
{
    char buffer[LINE_MAX_];
    struct bytes rest;
    unsigned runs;

    line = rest = fold(line, buffer);
    runs = dashes(&rest);
    if (runs == 2 && (!rest.left || only_rows(rest))) {
        start_table(n, line_no);
        put_rows(n, rest, line_no);
        return true;
    }
    if (runs == 1 && !rest.left && n->protocol && !n->open) {
        n->wanted = 2;
        n->dynamic_protocol = n->protocol;
        n->dynamic_family = n->family;
        forget_words(n);
        return true;
    }
    if (n->wanted && dynamic_line(n, line, line_no))
        return true;
    if (n->open) {
        if (!line.left)
            return true;
        if (only_rows(line)) {
            put_rows(n, line, line_no);
            return true;
        }
        if (is_dots(line)) {
            n->incomplete = true;
            return true;
        }
        end_table(n);
    }
    note_words(n, line);
    return false;
}

uint64_t netsh_end(struct netsh *n)
{
    uint64_t used;

    end_table(n);
    used = n->n_used;
    free(n);
    return used;
}

/* -- importer ------------------------------------------------------------------------------- */

struct found {
    bool range, table, dynamic; /* table: with a protocol */
};

static void find_facts(void *user, const struct fact_kind *kind, const struct fact_where *where,
                       const struct fact_value *values)
{
    struct found *f = user;

    (void)where;
    f->range |= kind == &range_fact;
    f->table |= kind == &table_fact && values[1].type == FACT_TEXT;
    f->dynamic |= kind == &dynamic_fact;
}

/* Two runs of dashes with rows of two ports below, or with "udp" or "tcp" above. */
static bool netsh_probe(struct bytes head)
{
    struct found found = { false, false, false };
    struct fact_sink sink = { &found, find_facts };
    struct netsh *n = netsh_start(&sink);
    struct encoding e;
    struct bytes line;

    encoding_open(&e, head);
    while (!found.range && !found.table && !found.dynamic && encoding_line(&e, &line))
        netsh_line(n, line, e.line_no);
    encoding_close(&e);
    netsh_end(n);
    return found.range || found.table || found.dynamic;
}

const struct importer netsh_importer = {
    .name = "netsh port table",
    .is = EVIDENCE_TABLE,
    .facts = kinds,
    .probe = netsh_probe,
    .read = pasted_read,
};
