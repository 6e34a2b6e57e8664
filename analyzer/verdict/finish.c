/* finish: what a draft leans on (sources, times, subject, causes) and its sentences. */
#include "config.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/times.h"
#include "base/vec.h"
#include "store/sql.h"
#include "verdict/draft.h"
#include "verdict/rule.h"
#include "verdict/template.h"
#include "verdict/verdict.h"

struct finish {
    sqlite3 *db;
    const struct draft_columns *columns;
    struct draft_list *list;
    sqlite3_stmt *source, *frame, *flow;
    sqlite3_stmt *line, *pair, *clock, *unrelated; /* NULL without such facts */
};

/* -- statements ----------------------------------------------------------------------------- */

/* All facts of lines, as one SELECT of the time of a line; NULL if there are none. */
static char *line_sql(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    struct str sql = { 0 };

    if (sql_prepare(db,
                    "SELECT m.name FROM sqlite_schema m WHERE m.type = 'table' AND 3 = (SELECT "
                    "count(*) FROM pragma_table_info(m.name) i WHERE i.name IN ('line', 'time_ns', "
                    "'clock_ns')) AND m.name NOT LIKE 'verdict%' ORDER BY m.name",
                    &st, NULL))
        return NULL;
    while (sql_step(st, NULL) == 1) {
        char *one = sqlite3_mprintf("%s SELECT time_ns, local_time, clock_ns FROM \"%w\" "
                                    "WHERE source = ?1 AND line = ?2",
                                    sql.len ? " UNION ALL" : "", sql_text(st, 0));

        str_adds(&sql, one);
        sqlite3_free(one);
    }
    sqlite3_finalize(st);
    if (!sql.len)
        return NULL;
    return str_take(&sql);
}

/* Other sources may have more of this flow, and it is not known which of their flows it is. */
static const char unrelated_sql[] =
    "SELECT 1 FROM pair_unrelated WHERE of_source = ?1 AND ((SELECT count(*) FROM pair_unrelated) "
    "> 2"
    " OR NOT EXISTS (SELECT 1 FROM pair_view WHERE view_source = ?1 AND view_flow = ?2))";

static int open_statements(struct finish *f, struct err *err)
{
    char *sql = line_sql(f->db);
    int rc = sql_prepare(f->db, "SELECT name FROM source WHERE id = ?1", &f->source, err);

    if (rc == ERR_OK)
        rc = sql_prepare(f->db, "SELECT time_ns FROM packet WHERE source = ?1 AND frame = ?2",
                         &f->frame, err);
    if (rc == ERR_OK)
        rc = sql_prepare(
            f->db,
            "SELECT proto, a, b, a_port, b_port, end = 'evicted' FROM flow WHERE source = ?1 AND "
            "id = ?2",
            &f->flow, err);
    if (rc == ERR_OK && sql)
        rc = sql_prepare(f->db, sql, &f->line, err);
    if (rc == ERR_OK)
        sql_prepare(f->db,
                    "SELECT a.name, b.name FROM pair_source p JOIN source a ON a.id = "
                    "p.first_source JOIN source b ON b.id = p.other_source WHERE p.id = ?1",
                    &f->pair, NULL);
    if (rc == ERR_OK)
        sql_prepare(f->db, "SELECT offset_ns, error_ns FROM pair_clock WHERE log_source = ?1",
                    &f->clock, NULL);
    if (rc == ERR_OK)
        sql_prepare(f->db, unrelated_sql, &f->unrelated, NULL);
    free(sql);
    return rc;
}

static void close_statements(struct finish *f)
{
    sqlite3_finalize(f->source);
    sqlite3_finalize(f->frame);
    sqlite3_finalize(f->line);
    sqlite3_finalize(f->flow);
    sqlite3_finalize(f->pair);
    sqlite3_finalize(f->clock);
    sqlite3_finalize(f->unrelated);
}

static int ask(sqlite3_stmt *st, int64_t first, int64_t second, struct err *err)
{
    sqlite3_reset(st);
    sqlite3_bind_int64(st, 1, first);
    if (sqlite3_bind_parameter_count(st) > 1)
        sqlite3_bind_int64(st, 2, second);
    return sql_step(st, err);
}

/* -- evidence ------------------------------------------------------------------------------- */

/* A log that was put on a capture's clock (vantage/logs.c) has times after all. */
static int clock_time(struct finish *f, struct draft_evidence *e, int64_t clock_ns, struct err *err)
{
    int rc = f->clock ? ask(f->clock, e->source, 0, err) : 0;

    if (rc == 1) {
        e->has_time = true;
        e->time_ns = clock_ns - sqlite3_column_int64(f->clock, 0);
        e->error_ns = sqlite3_column_int64(f->clock, 1);
    }
    if (f->clock)
        sqlite3_reset(f->clock);
    return rc < 0 ? rc : ERR_OK;
}

static int finish_evidence(struct finish *f, struct draft_evidence *e, struct err *err)
{
    sqlite3_stmt *st = e->frame ? f->frame : f->line;
    int rc = ask(f->source, e->source, 0, err);

    sqlite3_reset(f->source);
    if (rc == 0)
        return err_set(err, ERR_USAGE, "there is no source %lld", (long long)e->source);
    if (rc < 0 || !st)
        return rc < 0 ? rc : ERR_OK;
    rc = ask(st, e->source, e->frame ? e->frame : e->line, err);
    if (rc == 1) {
        e->has_time = sqlite3_column_type(st, 0) != SQLITE_NULL;
        e->time_ns = sqlite3_column_int64(st, 0);
        if (!e->frame && sqlite3_column_type(st, 1) != SQLITE_NULL)
            e->local_time = xstrdup(sql_text(st, 1));
        if (!e->frame && !e->has_time && sqlite3_column_type(st, 2) != SQLITE_NULL)
            rc = clock_time(f, e, sqlite3_column_int64(st, 2), err);
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : ERR_OK;
}

/* -- subject -------------------------------------------------------------------------------- */

/* "192.0.2.7:8883", "[2001:db8::1]:443", or the address alone. */
static char *end_text(const char *address, bool has_port, int64_t port)
{
    struct str s = { 0 };

    if (!has_port)
        str_adds(&s, address);
    else
        str_addf(&s, strchr(address, ':') ? "[%s]:%lld" : "%s:%lld", address, (long long)port);
    return str_take(&s);
}

static bool is_mac(const char *s)
{
    return strlen(s) == 17 && strspn(s, "0123456789abcdefABCDEF:") == 17 && s[2] == ':' &&
           s[5] == ':' && s[8] == ':' && s[11] == ':' && s[14] == ':';
}

static int flow_subject(struct finish *f, struct draft *d, int64_t id, struct err *err)
{
    bool ports;
    int rc;

    d->on.source = d->evidence[0].source;
    d->on.id = id;
    rc = ask(f->flow, d->on.source, id, err);
    if (rc == 1) {
        ports = sqlite3_column_type(f->flow, 3) != SQLITE_NULL;
        d->on.kind = !ports && is_mac(sql_text(f->flow, 1)) ? "link" : "flow";
        d->on.proto = xstrdup(sql_text(f->flow, 0));
        d->on.a = end_text(sql_text(f->flow, 1), ports, sqlite3_column_int64(f->flow, 3));
        d->on.b = end_text(sql_text(f->flow, 2), ports, sqlite3_column_int64(f->flow, 4));
        /* What a rule says of a life it says of all of it; the rest of this one was not followed.
         */
        d->evicted = d->state != STATE_UNKNOWN && sqlite3_column_int(f->flow, 5);
        if (d->evicted)
            d->state = STATE_UNKNOWN;
        if (f->unrelated && d->state != STATE_UNKNOWN) {
            rc = ask(f->unrelated, d->on.source, id, err);
            d->unrelated = rc == 1;
            if (d->unrelated)
                d->state = STATE_UNKNOWN;
            sqlite3_reset(f->unrelated);
        }
    } else if (rc == 0) {
        rc = err_set(err, ERR_USAGE, "source %lld has no flow %lld", (long long)d->on.source,
                     (long long)id);
    }
    sqlite3_reset(f->flow);
    return rc < 0 ? rc : ERR_OK;
}

static int pair_subject(struct finish *f, struct draft *d, int64_t id, struct err *err)
{
    int rc = f->pair ? ask(f->pair, id, 0, err) : 0;

    d->on.kind = "link";
    d->on.id = id;
    if (rc == 1) {
        d->on.a = xstrdup(sql_text(f->pair, 0));
        d->on.b = xstrdup(sql_text(f->pair, 1));
    } else if (rc == 0) {
        rc = err_set(err, ERR_USAGE, "there is no pair %lld", (long long)id);
    }
    sqlite3_reset(f->pair);
    return rc < 0 ? rc : ERR_OK;
}

static int source_subject(struct finish *f, struct draft *d, int64_t id, struct err *err)
{
    int rc = ask(f->source, id, 0, err);

    d->on.kind = "source";
    d->on.source = id;
    if (rc == 1)
        d->on.a = xstrdup(sql_text(f->source, 0));
    else if (rc == 0)
        rc = err_set(err, ERR_USAGE, "there is no source %lld", (long long)id);
    sqlite3_reset(f->source);
    return rc < 0 ? rc : ERR_OK;
}

static int finish_subject(struct finish *f, struct draft *d, struct err *err)
{
    const char *colon = strchr(d->subject, ':'), *rest = colon ? colon + 1 : "", *blank;
    size_t n = colon ? (size_t)(colon - d->subject) : 0;
    char *end;
    int64_t id = strtoll(rest, &end, 10);
    bool number = *rest && !*end && id > 0;

    if (n == 4 && memcmp(d->subject, "flow", 4) == 0 && number)
        return flow_subject(f, d, id, err);
    if (n == 4 && memcmp(d->subject, "pair", 4) == 0 && number)
        return pair_subject(f, d, id, err);
    if (n == 6 && memcmp(d->subject, "source", 6) == 0 && number)
        return source_subject(f, d, id, err);
    if (*rest && n == 4 && memcmp(d->subject, "host", 4) == 0)
        d->on.kind = "host";
    else if (*rest && n == 7 && memcmp(d->subject, "program", 7) == 0)
        d->on.kind = "program";
    else if ((blank = strchr(rest, ' ')) && n == 4 && memcmp(d->subject, "link", 4) == 0) {
        d->on.kind = "link";
        d->on.a = xstrndup(rest, (size_t)(blank - rest));
        d->on.b = xstrdup(blank + 1);
        return ERR_OK;
    } else
        return err_set(err, ERR_USAGE,
                       "subject `%.60s` is none of flow:ID, pair:ID, link:A B, host:ADDR, "
                       "program:NAME, source:ID",
                       d->subject);
    d->on.a = xstrdup(rest);
    return ERR_OK;
}

/* -- sentences ------------------------------------------------------------------------------ */

static void trim_zeros(struct str *out)
{
    while (out->len && out->s[out->len - 1] == '0')
        out->s[--out->len] = '\0';
    if (out->len && out->s[out->len - 1] == '.')
        out->s[--out->len] = '\0';
}

/* Three decimals for what people count in; three digits for what is smaller. */
static void add_real(double v, struct str *out)
{
    struct str one = { 0 };

    if (!isfinite(v)) {
        str_adds(out, "null");
        return;
    }
    if (v == 0 || fabs(v) >= 0.001) {
        str_addf(&one, "%.3f", v);
        trim_zeros(&one);
    } else {
        str_addf(&one, "%.3g", v);
    }
    str_adds(out, strcmp(str_get(&one), "-0") == 0 ? "0" : str_get(&one));
    str_free(&one);
}

void draft_show_value(int type, const char *value, struct str *out)
{
    if (!value)
        str_adds(out, "?");
    else if (type == SQLITE_FLOAT)
        add_real(strtod(value, NULL), out);
    else
        str_adds(out, value);
}

struct sentence {
    struct finish *f;
    const struct draft *d;
};

static void add_evidence_field(struct sentence *s, const struct draft_evidence *e,
                               const char *field, size_t len, struct str *out)
{
    char clock[TIMES_LEN];

    if (len == 4 && memcmp(field, "time", 4) == 0) {
        if (e->has_time)
            str_adds(out, times_clock(e->time_ns, clock));
        else
            str_adds(out, e->local_time ? e->local_time : "?");
    } else if (len == 6 && memcmp(field, "source", 6) == 0) {
        if (ask(s->f->source, e->source, 0, NULL) == 1)
            str_adds(out, sql_text(s->f->source, 0));
        sqlite3_reset(s->f->source);
    } else {
        str_addf(out, "%lld", (long long)(e->frame ? e->frame : e->line));
    }
}

/* The value of a name; what a verdict does not have is "?". */
static void add_name(void *user, const char *name, size_t len, struct str *out)
{
    struct sentence *s = user;
    const struct draft *d = s->d;
    const char *dot = memchr(name, '.', len);
    size_t i, n = dot ? (size_t)(dot - name) : 0;

    for (i = 0; i < s->f->columns->n; i++) {
        if (strlen(s->f->columns->names[i]) == len &&
            memcmp(s->f->columns->names[i], name, len) == 0) {
            draft_show_value(d->types[i], d->values[i], out);
            return;
        }
    }
    for (i = 0; dot && i < d->n_evidence; i++) {
        if (strlen(d->evidence[i].what) == n && memcmp(d->evidence[i].what, name, n) == 0) {
            add_evidence_field(s, &d->evidence[i], dot + 1, len - n - 1, out);
            return;
        }
    }
    str_adds(out, "?");
}

static char *render(struct finish *f, const struct draft *d, const char *t)
{
    struct sentence s = { f, d };
    struct str out = { 0 };

    if (!t)
        return NULL;
    template_render(t, add_name, &s, &out);
    return str_take(&out);
}

static void add_json_text(const char *s, struct str *out)
{
    str_addc(out, '"');
    for (; *s; s++) { /* control characters have become \xNN when the row was read */
        if (*s == '"' || *s == '\\')
            str_addc(out, '\\');
        str_addc(out, *s);
    }
    str_addc(out, '"');
}

/* One member of `numbers`; its value must be of the declared type. */
static int add_number(const struct rule_number *n, int type, const char *value, struct str *out,
                      struct err *err)
{
    double real = value ? strtod(value, NULL) : 0;
    bool is_number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
    bool fits = n->type == RULE_TEXT || is_number;

    if (n->type == RULE_INT || n->type == RULE_BOOL)
        fits = type == SQLITE_INTEGER ||
               (type == SQLITE_FLOAT && real == floor(real) && fabs(real) < 9007199254740992.0);
    if (n->type == RULE_BOOL && fits)
        fits = real == 0 || real == 1;
    str_addf(out, "%s\"%s\":", out->len > 1 ? "," : "", n->name);
    if (!value)
        str_adds(out, "null");
    else if (!fits)
        return err_set(err, ERR_USAGE, "number `%s` is `%.40s`, which is not of its type", n->name,
                       value);
    else if (n->type == RULE_INT)
        str_addf(out, "%lld", type == SQLITE_INTEGER ? strtoll(value, NULL, 10) : (long long)real);
    else if (n->type == RULE_BOOL)
        str_adds(out, real == 1 ? "true" : "false");
    else if (n->type == RULE_REAL)
        add_real(real, out);
    else
        add_json_text(value, out);
    return ERR_OK;
}

static int finish_numbers(struct finish *f, struct draft *d, struct err *err)
{
    const struct rule_number *n;
    struct str out = { 0 };
    size_t i;
    int rc = ERR_OK;

    str_addc(&out, '{');
    for (n = d->rule->numbers; n->name && rc == ERR_OK; n++) {
        for (i = 0; strcmp(f->columns->names[i], n->name) != 0;)
            i++;
        rc = add_number(n, d->types[i], d->values[i], &out, err);
    }
    str_addc(&out, '}');
    d->numbers = str_take(&out);
    return rc;
}

/* -- causes --------------------------------------------------------------------------------- */

/* The known `rule/verdict_key` that `s` begins with, the longest if there are several. */
static size_t longest_match(const struct draft_list *l, const char *s, size_t *index)
{
    size_t i, best = 0;

    for (i = 0; i < l->n; i++) {
        const struct draft *d = &l->all[i];
        size_t r = strlen(d->rule->id), k = strlen(d->key), n = r + 1 + k;

        if (n > best && strncmp(s, d->rule->id, r) == 0 && s[r] == '/' &&
            strncmp(s + r + 1, d->key, k) == 0 && (!s[n] || s[n] == ' ' || s[n] == '\n')) {
            best = n;
            *index = i;
        }
    }
    return best;
}

static int link_one(const struct draft_list *l, struct draft *d, struct err *err)
{
    size_t self = (size_t)(d - l->all), index = 0, n, i;
    const char *s = d->caused_by;

    for (s = s ? s : ""; *(s += strspn(s, " \t\n")); s += n) {
        n = longest_match(l, s, &index);
        if (!n)
            return err_set(err, ERR_USAGE, "verdict `%.80s`: caused_by names no verdict: `%.80s`",
                           d->key, s);
        if (index == self)
            return err_set(err, ERR_USAGE, "verdict `%.80s`: caused_by names the verdict itself",
                           d->key);
        for (i = 0; i < d->n_causes && d->causes[i] != index;)
            i++;
        if (i == d->n_causes)
            VEC_PUSH(d->causes, d->n_causes, d->cap_causes, index);
    }
    return ERR_OK;
}

int draft_link(struct draft_list *l, size_t *bad, struct err *err)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        int rc = link_one(l, &l->all[i], err);

        if (rc) {
            *bad = i;
            return rc;
        }
    }
    return ERR_OK;
}

/* The same sentence in the other languages that the rule speaks. */
static void translate(struct finish *f, struct draft *d, const struct rule_text *t,
                      const char *part)
{
    for (; t->key; t++) {
        if (!*t->locale || strcmp(t->key, d->say) != 0)
            continue;
        VEC_PUSH(d->texts, d->n_texts, d->cap_texts,
                 (struct draft_text){ t->locale, part, render(f, d, t->text) });
    }
}

static int finish_one(struct finish *f, struct draft *d, struct err *err)
{
    size_t i;
    int rc = ERR_OK;

    for (i = 0; i < d->n_evidence && rc == ERR_OK; i++)
        rc = finish_evidence(f, &d->evidence[i], err);
    if (rc == ERR_OK)
        rc = finish_subject(f, d, err);
    if (rc == ERR_OK)
        rc = finish_numbers(f, d, err);
    if (rc)
        return err_prefix(err, "verdict `%.100s`", d->key);
    d->because = render(f, d, rule_text_of(d->rule->because, d->say, ""));
    d->advice = render(f, d, rule_text_of(d->rule->advice, d->say, ""));
    translate(f, d, d->rule->because, "because");
    translate(f, d, d->rule->advice, "advice");
    return ERR_OK;
}

int draft_finish(struct sqlite3 *db, const struct draft_columns *c, struct draft_list *l,
                 size_t first, struct err *err)
{
    struct finish f = { .db = db, .columns = c, .list = l };
    size_t i;
    int rc;

    if (first == l->n)
        return ERR_OK;
    rc = open_statements(&f, err);
    for (i = first; i < l->n && rc == ERR_OK; i++)
        rc = finish_one(&f, &l->all[i], err);
    close_statements(&f);
    return rc;
}
