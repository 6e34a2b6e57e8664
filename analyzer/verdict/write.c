/* write: ids, order, and the one transaction in which verdicts reach the case. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/str.h"
#include "base/vec.h"
#include "store/sql.h"
#include "verdict/draft.h"
#include "verdict/rule.h"
#include "verdict/verdict.h"

/* -- ids ------------------------------------------------------------------------------------ */

/* A verdict that the case has from before. */
struct old_verdict {
    char id[17];
    char *rule, *key;
    int64_t source, frame, line;
    bool taken;
};

struct ids {
    sqlite3_stmt *hash;
    struct old_verdict *old;
    size_t n, cap;
};

/* What stands for a source: its SHA-256, or that of its path while it was not read to the end. */
static int source_hash(struct ids *ids, int64_t source, uint8_t out[SHA256_LEN], struct err *err)
{
    int rc;

    sqlite3_bind_int64(ids->hash, 1, source);
    rc = sql_step(ids->hash, err);
    if (rc == 1 && sqlite3_column_bytes(ids->hash, 0) == SHA256_LEN)
        memcpy(out, sqlite3_column_blob(ids->hash, 0), SHA256_LEN);
    else if (rc == 1)
        sha256(sql_text(ids->hash, 1), strlen(sql_text(ids->hash, 1)), out);
    sqlite3_reset(ids->hash);
    return rc < 0 ? rc : ERR_OK;
}

static int64_t place(const struct draft_evidence *e)
{
    return e->frame ? e->frame : e->line;
}

/* design.md section 5: the earliest evidence in the cited source with the smallest SHA-256. */
static int give_id(struct ids *ids, struct draft *d, struct err *err)
{
    uint8_t best[SHA256_LEN] = { 0 }, hash[SHA256_LEN];
    int64_t last = 0;
    struct str text = { 0 };
    size_t i;
    int rc = ERR_OK, order = 0;

    d->anchor = NULL;
    for (i = 0; i < d->n_evidence && rc == ERR_OK; i++) {
        struct draft_evidence *e = &d->evidence[i];

        if (e->source != last) {
            rc = source_hash(ids, e->source, hash, err);
            last = e->source;
        }
        order = d->anchor ? memcmp(hash, best, SHA256_LEN) : -1;
        if (order < 0 || (order == 0 && place(e) < place(d->anchor))) {
            memcpy(best, hash, SHA256_LEN);
            d->anchor = e;
        }
    }
    if (rc)
        return rc;
    str_addn(&text, d->rule->id, strlen(d->rule->id) + 1);
    str_add_hex(&text, best, SHA256_LEN);
    str_addc(&text, '\0');
    str_addf(&text, "%lld", (long long)place(d->anchor));
    str_addc(&text, '\0');
    str_adds(&text, d->key);
    sha256(text.s, text.len, hash);
    str_clear(&text);
    str_add_hex(&text, hash, 8);
    memcpy(d->id, text.s, sizeof(d->id));
    str_free(&text);
    return ERR_OK;
}

static bool covers(const struct draft *d, const struct old_verdict *o)
{
    size_t i;

    for (i = 0; i < d->n_evidence; i++)
        if (d->evidence[i].source == o->source && d->evidence[i].frame == o->frame &&
            d->evidence[i].line == o->line)
            return true;
    return false;
}

/* How sure we are that a new verdict is the old one; each round takes what the last one left. */
enum kinship { SAME_ID, SAME_KEY, SAME_EVIDENCE, KINSHIPS };

static bool is_kin(const struct draft *d, const struct old_verdict *o, enum kinship k)
{
    if (k == SAME_ID)
        return strcmp(d->id, o->id) == 0;
    if (strcmp(d->rule->id, o->rule) != 0 || (k == SAME_KEY && strcmp(d->key, o->key) != 0))
        return false;
    return covers(d, o);
}

static void keep_old_ids(struct ids *ids, struct draft_list *l)
{
    bool *kept = xcalloc(l->n, sizeof(*kept));
    size_t i, k;
    int kin;

    for (kin = SAME_ID; kin < KINSHIPS; kin++) {
        for (i = 0; i < l->n; i++) {
            for (k = 0; k < ids->n && !kept[i]; k++) {
                struct old_verdict *o = &ids->old[k];

                if (o->taken || !is_kin(&l->all[i], o, (enum kinship)kin))
                    continue;
                memcpy(l->all[i].id, o->id, sizeof(o->id));
                o->taken = kept[i] = true;
            }
        }
    }
    free(kept);
}

static int load_old(sqlite3 *db, struct ids *ids, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(db,
                         "SELECT id, rule, verdict_key, source, frame, line FROM verdict "
                         "ORDER BY id",
                         &st, err);

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        struct old_verdict o = { .rule = xstrdup(sql_text(st, 1)),
                                 .key = xstrdup(sql_text(st, 2)),
                                 .source = sqlite3_column_int64(st, 3),
                                 .frame = sqlite3_column_int64(st, 4),
                                 .line = sqlite3_column_int64(st, 5) };

        snprintf(o.id, sizeof(o.id), "%s", sql_text(st, 0));
        VEC_PUSH(ids->old, ids->n, ids->cap, o);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

static int give_ids(sqlite3 *db, struct draft_list *l, struct err *err)
{
    struct ids ids = { 0 };
    size_t i;
    int rc = sql_prepare(db, "SELECT sha256, path FROM source WHERE id = ?1", &ids.hash, err);

    for (i = 0; i < l->n && rc == ERR_OK; i++)
        rc = give_id(&ids, &l->all[i], err);
    if (rc == ERR_OK)
        rc = load_old(db, &ids, err);
    if (rc == ERR_OK)
        keep_old_ids(&ids, l);
    for (i = 0; i < ids.n; i++) {
        free(ids.old[i].rule);
        free(ids.old[i].key);
    }
    free(ids.old);
    sqlite3_finalize(ids.hash);
    return rc;
}

/* -- order ---------------------------------------------------------------------------------- */

static const struct draft_evidence *first_in_time(const struct draft *d)
{
    const struct draft_evidence *first = NULL;
    size_t i;

    for (i = 0; i < d->n_evidence; i++)
        if (d->evidence[i].has_time && (!first || d->evidence[i].time_ns < first->time_ns))
            first = &d->evidence[i];
    return first;
}

static int by_rank(const void *a, const void *b)
{
    const struct draft *x = *(const struct draft *const *)a, *y = *(const struct draft *const *)b;
    const struct draft_evidence *ex = first_in_time(x), *ey = first_in_time(y);

    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    if (!ex != !ey)
        return ex ? -1 : 1;
    if (ex && ex->time_ns != ey->time_ns)
        return ex->time_ns < ey->time_ns ? -1 : 1;
    return strcmp(x->rule->id, y->rule->id) ? strcmp(x->rule->id, y->rule->id)
                                            : strcmp(x->key, y->key);
}

/* -- writing -------------------------------------------------------------------------------- */

enum statement {
    INTO_VERDICT,
    INTO_EVIDENCE,
    INTO_RIVAL,
    INTO_MISSING,
    INTO_LINK,
    INTO_TEXT,
    STATEMENTS
};

static const char *const statement_sql[STATEMENTS] = {
    [INTO_VERDICT] =
        "INSERT INTO verdict(id, rank, rule, verdict_key, say, state, severity, title, "
        "because, advice, subject, subject_kind, subject_source, subject_id, proto, a, "
        "b, numbers, source, frame, line, time_ns) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, "
        "?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    [INTO_EVIDENCE] =
        "INSERT INTO verdict_evidence(verdict, n, source, frame, line, time_ns, "
        "local_time, at, at_len, what_key, what, error_ns) VALUES(?1, ?2, ?3, ?4, ?5, "
        "?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [INTO_RIVAL] = "INSERT INTO verdict_rival VALUES(?1, ?2, ?3, ?4, ?5)",
    [INTO_MISSING] = "INSERT INTO verdict_missing VALUES(?1, ?2, ?3, ?4)",
    [INTO_LINK] = "INSERT OR IGNORE INTO verdict_link VALUES(?1, ?2)",
    [INTO_TEXT] = "INSERT OR IGNORE INTO verdict_text VALUES(?1, ?2, ?3, ?4)",
};

struct writer {
    sqlite3_stmt *st[STATEMENTS];
    const struct draft *d; /* at hand */
    int64_t n;             /* rows of a list so far */
};

static int write_verdict(struct writer *w, int64_t rank, struct err *err)
{
    sqlite3_stmt *st = w->st[INTO_VERDICT];
    const struct draft *d = w->d;
    const struct draft_evidence *first = first_in_time(d);
    const char *const texts[] = { d->id,
                                  NULL,
                                  d->rule->id,
                                  d->key,
                                  d->say,
                                  verdict_state_names[d->state],
                                  verdict_severity_names[d->severity],
                                  d->rule->title,
                                  d->because,
                                  d->advice,
                                  d->subject,
                                  d->on.kind,
                                  NULL,
                                  NULL,
                                  d->on.proto,
                                  d->on.a,
                                  d->on.b,
                                  d->numbers };
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        sql_bind_text(st, (int)i + 1, texts[i]);
    sqlite3_bind_int64(st, 2, rank);
    sql_bind_int_if(st, 13, d->on.source != 0, d->on.source);
    sql_bind_int_if(st, 14, d->on.id != 0, d->on.id);
    sqlite3_bind_int64(st, 19, d->anchor->source);
    sql_bind_int_if(st, 20, d->anchor->frame != 0, d->anchor->frame);
    sql_bind_int_if(st, 21, d->anchor->line != 0, d->anchor->line);
    sql_bind_int_if(st, 22, first != NULL, first ? first->time_ns : 0);
    return sql_run(st, err);
}

static int write_evidence(struct writer *w, size_t i, struct err *err)
{
    const struct draft_evidence *e = &w->d->evidence[i];
    sqlite3_stmt *st = w->st[INTO_EVIDENCE];

    sql_bind_text(st, 1, w->d->id);
    sqlite3_bind_int64(st, 2, (int64_t)i + 1);
    sqlite3_bind_int64(st, 3, e->source);
    sql_bind_int_if(st, 4, e->frame != 0, e->frame);
    sql_bind_int_if(st, 5, e->line != 0, e->line);
    sql_bind_int_if(st, 6, e->has_time, e->time_ns);
    sql_bind_int_if(st, 12, e->error_ns != 0, e->error_ns);
    sql_bind_text(st, 7, e->local_time);
    sql_bind_int_if(st, 8, e->has_at, e->at);
    sql_bind_int_if(st, 9, e->has_at_len, e->at_len);
    sql_bind_text(st, 10, e->what);
    sql_bind_text(st, 11, rule_text_of(w->d->rule->what, e->what, ""));
    return sql_run(st, err);
}

/* A part of the verdict in one language; `key` may be "". */
static int write_text(struct writer *w, const char *locale, const char *part, const char *key,
                      const char *text, size_t len, struct err *err)
{
    sqlite3_stmt *st = w->st[INTO_TEXT];
    struct str name = { 0 };
    int rc;

    str_addf(&name, "%s%s%s", part, *key ? "." : "", key);
    sql_bind_text(st, 1, w->d->id);
    sql_bind_text(st, 2, locale);
    sql_bind_text(st, 3, name.s);
    sqlite3_bind_text64(st, 4, text, len, SQLITE_STATIC, SQLITE_UTF8);
    rc = sql_run(st, err);
    str_free(&name);
    return rc;
}

static int write_texts(struct writer *w, const struct rule_text *t, const char *part,
                       const char *key, struct err *err)
{
    int rc = ERR_OK;

    for (; t && t->key && rc == ERR_OK; t++) {
        const char *bar = strcmp(part, "rival") == 0 ? strstr(t->text, " | ") : NULL;

        if (!*t->locale || strcmp(t->key, key) != 0)
            continue;
        rc = write_text(w, t->locale, part, key, t->text,
                        bar ? (size_t)(bar - t->text) : strlen(t->text), err);
        if (rc == ERR_OK && bar)
            rc = write_text(w, t->locale, "settle", key, bar + 3, strlen(bar + 3), err);
    }
    return rc;
}

static int write_rival(void *user, const char *word, size_t len, struct err *err)
{
    struct writer *w = user;
    sqlite3_stmt *st = w->st[INTO_RIVAL];
    char *key = xstrndup(word, len);
    const char *text = rule_text_of(w->d->rule->rival, key, ""), *bar = strstr(text, " | ");
    int rc;

    sql_bind_text(st, 1, w->d->id);
    sqlite3_bind_int64(st, 2, ++w->n);
    sql_bind_text(st, 3, key);
    sqlite3_bind_text(st, 4, text, (int)(bar - text), SQLITE_STATIC);
    sql_bind_text(st, 5, bar + 3);
    rc = sql_run(st, err);
    if (rc == ERR_OK)
        rc = write_texts(w, w->d->rule->rival, "rival", key, err);
    free(key);
    return rc;
}

static int write_missing(void *user, const char *word, size_t len, struct err *err)
{
    struct writer *w = user;
    sqlite3_stmt *st = w->st[INTO_MISSING];
    char *key = xstrndup(word, len);
    int rc;

    sql_bind_text(st, 1, w->d->id);
    sqlite3_bind_int64(st, 2, ++w->n);
    sql_bind_text(st, 3, key);
    sql_bind_text(st, 4, rule_text_of(w->d->rule->missing, key, ""));
    rc = sql_run(st, err);
    if (rc == ERR_OK)
        rc = write_texts(w, w->d->rule->missing, "missing", key, err);
    free(key);
    return rc;
}

/* What is missing whatever the rule: no header has words for it. */
static int write_common(struct writer *w, const char *key, const char *text, struct err *err)
{
    sqlite3_stmt *st = w->st[INTO_MISSING];

    sql_bind_text(st, 1, w->d->id);
    sqlite3_bind_int64(st, 2, ++w->n);
    sql_bind_text(st, 3, key);
    sql_bind_text(st, 4, text);
    return sql_run(st, err);
}

static int write_draft(struct writer *w, const struct draft *d, int64_t rank,
                       const struct draft_list *l, struct err *err)
{
    size_t i;
    int rc;

    w->d = d;
    rc = write_verdict(w, rank, err);
    for (i = 0; i < d->n_evidence && rc == ERR_OK; i++) {
        rc = write_evidence(w, i, err);
        if (rc == ERR_OK)
            rc = write_texts(w, d->rule->what, "what", d->evidence[i].what, err);
    }
    w->n = 0;
    if (rc == ERR_OK)
        rc = draft_words(d->rivals, write_rival, w, err);
    w->n = 0;
    if (rc == ERR_OK)
        rc = draft_words(d->missing, write_missing, w, err);
    if (rc == ERR_OK && d->evicted)
        rc = write_common(w, "evicted",
                          "what came later: too many conversations at once, this one left memory "
                          "before its end",
                          err);
    if (rc == ERR_OK && d->unrelated)
        rc = write_common(w, "unrelated",
                          "what the other captures show of it: too many conversations to find this "
                          "one there",
                          err);
    if (rc == ERR_OK)
        rc = write_texts(w, d->rule->titles, "title", "", err);
    for (i = 0; i < d->n_texts && rc == ERR_OK; i++)
        rc = write_text(w, d->texts[i].locale, d->texts[i].part, "", d->texts[i].text,
                        strlen(d->texts[i].text), err);
    for (i = 0; i < d->n_causes && rc == ERR_OK; i++) {
        sql_bind_text(w->st[INTO_LINK], 1, l->all[d->causes[i]].id);
        sql_bind_text(w->st[INTO_LINK], 2, d->id);
        rc = sql_run(w->st[INTO_LINK], err);
    }
    return rc;
}

int draft_write(struct sqlite3 *db, struct draft_list *l, struct err *err)
{
    struct draft **order = xcalloc(l->n, sizeof(*order));
    struct writer w = { 0 };
    size_t i;
    int rc = give_ids(db, l, err);

    for (i = 0; i < l->n; i++)
        order[i] = &l->all[i];
    if (rc == ERR_OK && l->n)
        qsort(order, l->n, sizeof(struct draft *), by_rank);
    if (rc == ERR_OK)
        rc = sql_exec(
            db,
            "DELETE FROM verdict; DELETE FROM verdict_evidence; DELETE FROM verdict_rival; "
            "DELETE FROM verdict_missing; DELETE FROM verdict_link; "
            "DELETE FROM verdict_text",
            err);
    for (i = 0; i < STATEMENTS && rc == ERR_OK; i++)
        rc = sql_prepare(db, statement_sql[i], &w.st[i], err);
    for (i = 0; i < l->n && rc == ERR_OK; i++)
        rc = write_draft(&w, order[i], (int64_t)i + 1, l, err);
    for (i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(w.st[i]);
    free(order);
    return rc;
}
