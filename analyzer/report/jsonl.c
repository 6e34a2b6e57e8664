/* jsonl: deadwire.verdict/1, deadwire.source/1 and deadwire.summary/1 (design.md section 6). */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "base/str.h"
#include "report/formats.h"
#include "report/json.h"
#include "store/sql.h"
#include "store/store.h"
#include "verdict/result.h"

enum list {
    LIST_EVIDENCE,
    LIST_RIVALS,
    LIST_MISSING,
    LIST_CAUSES,
    LIST_CAUSED_BY,
    LIST_ANNOTATION, /* one at most */
    LISTS
};

static const char *const list_sql[LISTS] = {
    [LIST_EVIDENCE] = "SELECT s.name, e.frame, e.line, e.time_ns, e.local_time, e.at, e.at_len, "
                      "e.what, e.error_ns FROM verdict_evidence e JOIN source s ON s.id = e.source "
                      "WHERE e.verdict = ?1 ORDER BY e.n",
    [LIST_RIVALS] = "SELECT cause, settle FROM verdict_rival WHERE verdict = ?1 ORDER BY n",
    [LIST_MISSING] = "SELECT text FROM verdict_missing WHERE verdict = ?1 ORDER BY n",
    [LIST_CAUSES] = "SELECT effect FROM verdict_link WHERE cause = ?1 ORDER BY effect",
    [LIST_CAUSED_BY] = "SELECT cause FROM verdict_link WHERE effect = ?1 ORDER BY cause",
    [LIST_ANNOTATION] = "SELECT mark, text FROM annotation WHERE verdict = ?1",
};

struct writer {
    struct json j;
    struct store *s;
    bool lines; /* one object a line; else members of one array */
    sqlite3_stmt *lists[LISTS];
};

static const char *text_or_null(sqlite3_stmt *st, int column)
{
    return (const char *)sqlite3_column_text(st, column);
}

static void int_if(struct json *j, const char *key, sqlite3_stmt *st, int column)
{
    if (sqlite3_column_type(st, column) != SQLITE_NULL)
        json_int(j, key, sqlite3_column_int64(st, column));
}

static void write_evidence(struct json *j, sqlite3_stmt *st)
{
    json_open(j, NULL, '{');
    json_text(j, "source", text_or_null(st, 0));
    int_if(j, "frame", st, 1);
    int_if(j, "line", st, 2);
    json_time(j, "time", "time_ns", sqlite3_column_type(st, 3) != SQLITE_NULL,
              sqlite3_column_int64(st, 3));
    if (sqlite3_column_type(st, 2) != SQLITE_NULL)
        json_text(j, "local_time", text_or_null(st, 4));
    if (sqlite3_column_type(st, 8) != SQLITE_NULL)
        json_real(j, "time_error_s", (double)sqlite3_column_int64(st, 8) / 1e9);
    int_if(j, "at", st, 5);
    int_if(j, "at_len", st, 6);
    json_text(j, "what", text_or_null(st, 7));
    json_close(j, '}');
}

static void write_rival(struct json *j, sqlite3_stmt *st)
{
    json_open(j, NULL, '{');
    json_text(j, "cause", text_or_null(st, 0));
    json_text(j, "settle", text_or_null(st, 1));
    json_close(j, '}');
}

static void write_word(struct json *j, sqlite3_stmt *st)
{
    json_text(j, NULL, text_or_null(st, 0));
}

static int write_list(struct writer *w, const char *key, enum list which, const char *id,
                      void (*one)(struct json *j, sqlite3_stmt *st), struct err *err)
{
    sqlite3_stmt *st = w->lists[which];
    int rc;

    sqlite3_reset(st);
    sql_bind_text(st, 1, id);
    json_open(&w->j, key, '[');
    while ((rc = sql_step(st, err)) == 1)
        one(&w->j, st);
    json_close(&w->j, ']');
    sqlite3_reset(st);
    return rc;
}

/* What a person said about it; nothing where nobody did. */
static int write_annotation(struct writer *w, const char *id, struct err *err)
{
    sqlite3_stmt *st = w->lists[LIST_ANNOTATION];
    int rc;

    sqlite3_reset(st);
    sql_bind_text(st, 1, id);
    rc = sql_step(st, err);
    if (rc == 1) {
        json_open(&w->j, "annotation", '{');
        json_text(&w->j, "mark", text_or_null(st, 0));
        json_text(&w->j, "note", text_or_null(st, 1));
        json_close(&w->j, '}');
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : ERR_OK;
}

static void write_subject(struct json *j, sqlite3_stmt *st, int column)
{
    const char *kind = sql_text(st, column);

    json_open(j, "subject", '{');
    json_text(j, "kind", kind);
    if (strcmp(kind, "flow") == 0)
        json_text(j, "proto", text_or_null(st, column + 1));
    if (strcmp(kind, "flow") == 0 || strcmp(kind, "link") == 0) {
        json_text(j, "a", text_or_null(st, column + 2));
        json_text(j, "b", text_or_null(st, column + 3));
    } else {
        json_text(j,
                  strcmp(kind, "host") == 0      ? "address"
                  : strcmp(kind, "program") == 0 ? "name"
                                                 : "source",
                  text_or_null(st, column + 2));
    }
    json_close(j, '}');
}

static void end_object(struct writer *w)
{
    json_close(&w->j, '}');
    if (w->lines)
        json_line(&w->j);
}

static int write_verdict(struct writer *w, sqlite3_stmt *st, struct err *err)
{
    static const char *const keys[] = { "id",    "rule",    "state", "severity",
                                        "title", "because", "advice" };
    const char *id = sql_text(st, 0);
    int i, rc;

    json_open(&w->j, NULL, '{');
    json_text(&w->j, "schema", "deadwire.verdict/1");
    for (i = 0; i < 7; i++)
        json_text(&w->j, keys[i], text_or_null(st, i));
    write_subject(&w->j, st, 7);
    rc = write_list(w, "evidence", LIST_EVIDENCE, id, write_evidence, err);
    json_raw(&w->j, "numbers", sql_text(st, 11));
    if (rc == ERR_OK)
        rc = write_list(w, "rivals", LIST_RIVALS, id, write_rival, err);
    if (rc == ERR_OK)
        rc = write_list(w, "missing", LIST_MISSING, id, write_word, err);
    if (rc == ERR_OK)
        rc = write_list(w, "causes", LIST_CAUSES, id, write_word, err);
    if (rc == ERR_OK)
        rc = write_list(w, "caused_by", LIST_CAUSED_BY, id, write_word, err);
    if (rc == ERR_OK)
        rc = write_annotation(w, id, err);
    end_object(w);
    return rc;
}

/* A source that was registered and never reached is no reading: the run was interrupted. */
static int write_source(struct writer *w, sqlite3_stmt *st, struct err *err)
{
    static const char *const counts[] = { "tcp",          "udp",     "tcp_syn", "tcp_rst",
                                          "client_hello", "openvpn", "pppoe",   "mqtt" };
    bool pending = strcmp(sql_text(st, 5), "pending") == 0;
    struct str hex = { 0 };
    int i;

    (void)err;
    str_add_hex(&hex, sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2));
    json_open(&w->j, NULL, '{');
    json_text(&w->j, "schema", "deadwire.source/1");
    json_text(&w->j, "path", text_or_null(st, 0));
    json_text(&w->j, "source", text_or_null(st, 1));
    json_text(&w->j, "sha256", hex.len ? hex.s : NULL);
    json_text(&w->j, "format", text_or_null(st, 3));
    int_if(&w->j, "packets", st, 4);
    json_text(&w->j, "status", pending ? "skipped" : text_or_null(st, 5));
    int_if(&w->j, "stopped_at", st, 6);
    json_text(&w->j, "reason", pending ? "not reached: interrupted" : text_or_null(st, 7));
    json_time(&w->j, "first_time", "first_time_ns", sqlite3_column_type(st, 8) != SQLITE_NULL,
              sqlite3_column_int64(st, 8));
    json_time(&w->j, "last_time", "last_time_ns", sqlite3_column_type(st, 9) != SQLITE_NULL,
              sqlite3_column_int64(st, 9));
    json_open(&w->j, "counts", '{');
    for (i = 0; i < 8; i++)
        int_if(&w->j, counts[i], st, 10 + i);
    json_close(&w->j, '}');
    int_if(&w->j, "evicted", st, 18);
    int_if(&w->j, "forgotten", st, 19);
    end_object(w);
    str_free(&hex);
    return ERR_OK;
}

/* A rule that failed, and why, is part of the summary: without it nothing is what it seems. */
static int write_rule_errors(struct writer *w, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(w->s),
                         "SELECT rule, message FROM rule_error ORDER BY rule, message", &st, err);

    if (rc)
        return rc;
    json_open(&w->j, "rule_errors", '[');
    while ((rc = sql_step(st, err)) == 1) {
        json_open(&w->j, NULL, '{');
        json_text(&w->j, "rule", text_or_null(st, 0));
        json_text(&w->j, "message", text_or_null(st, 1));
        json_close(&w->j, '}');
    }
    json_close(&w->j, ']');
    sqlite3_finalize(st);
    return rc;
}

static int write_summary(struct writer *w, const char *key, struct err *err)
{
    struct case_result r;
    int rc = verdict_result(w->s, &r, err);

    if (rc)
        return rc;
    json_open(&w->j, key, '{');
    json_text(&w->j, "schema", "deadwire.summary/1");
    json_text(&w->j, "result", case_outcome_name(r.outcome));
    json_text(&w->j, "reason", r.reason);
    json_int(&w->j, "verdicts", (int64_t)r.verdicts);
    json_int(&w->j, "sources", (int64_t)r.sources);
    json_int(&w->j, "unread", (int64_t)r.unread);
    json_int(&w->j, "packets", (int64_t)r.packets);
    json_int(&w->j, "flows", (int64_t)r.flows);
    json_int(&w->j, "failed_rules", (int64_t)r.failed_rules);
    if (r.failed_rules)
        rc = write_rule_errors(w, err);
    json_time(&w->j, "first_time", "first_time_ns", r.has_time, r.first_ns);
    json_time(&w->j, "last_time", "last_time_ns", r.has_time, r.last_ns);
    end_object(w);
    return rc;
}

static int write_all(struct writer *w, const char *sql,
                     int (*one)(struct writer *w, sqlite3_stmt *st, struct err *err),
                     struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(w->s), sql, &st, err);

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1)
        rc = one(w, st, err);
    sqlite3_finalize(st);
    return rc;
}

static const char verdict_sql[] =
    "SELECT id, rule, state, severity, title, because, advice, subject_kind, proto, a, b, numbers "
    "FROM verdict ORDER BY rank";

static int write_sources(struct writer *w, struct err *err)
{
    struct str sql = { 0 };
    int rc;

    str_addf(&sql,
             "SELECT path, name, sha256, format, packets, status, stopped_at, reason, first_ns, "
             "last_ns, tcp, udp, tcp_syn, tcp_rst, client_hello, openvpn, pppoe, mqtt, evicted, %s "
             "FROM source ORDER BY path, id",
             sql_has_column(store_db(w->s), "source", "forgotten") ? "forgotten" : "NULL");
    rc = write_all(w, sql.s, write_source, err);
    str_free(&sql);
    return rc;
}

static int write_case(struct writer *w, struct err *err)
{
    int rc;

    if (!w->lines) {
        json_open(&w->j, NULL, '{');
        json_text(&w->j, "schema", "deadwire.case/1");
        json_open(&w->j, "verdicts", '[');
    }
    rc = write_all(w, verdict_sql, write_verdict, err);
    if (!w->lines) {
        json_close(&w->j, ']');
        json_open(&w->j, "sources", '[');
    }
    if (rc == ERR_OK)
        rc = write_sources(w, err);
    if (!w->lines)
        json_close(&w->j, ']');
    if (rc == ERR_OK)
        rc = write_summary(w, w->lines ? NULL : "summary", err);
    if (!w->lines) {
        json_close(&w->j, '}');
        json_line(&w->j);
    }
    return rc;
}

int report_json(struct store *s, const struct report_options *o, FILE *out, struct err *err)
{
    struct writer w = { .s = s, .lines = o->format == REPORT_JSONL };
    int i, rc = ERR_OK;

    json_start(&w.j, out);
    for (i = 0; i < LISTS && rc == ERR_OK; i++)
        rc = sql_prepare(store_db(s), list_sql[i], &w.lists[i], err);
    if (rc == ERR_OK)
        rc = write_case(&w, err);
    for (i = 0; i < LISTS; i++)
        sqlite3_finalize(w.lists[i]);
    return rc;
}
