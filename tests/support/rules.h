/* rules: a folder of rules written by a test, and a run of them over a case. */
#ifndef TESTS_SUPPORT_RULES_H
#define TESTS_SUPPORT_RULES_H

#include <sys/stat.h>

#include "support/case.h"
#include "verdict/verdict.h"

#define RULE_HEAD(id)                                                                              \
    "-- id: " id "\n-- title: A test rule\n-- because.it: It happened at {first.time}.\n"          \
    "-- what.first: the first one\n-- what.last: the last one\n"
#define RULE_ROW                                                                                   \
    "SELECT 'k' AS verdict_key, 'it' AS say, 'likely' AS state, 'warning' AS severity, "           \
    "'flow:1' AS subject, 1 AS source, 2 AS frame, NULL AS line, NULL AS at, "                     \
    "NULL AS at_len, 'first' AS what, NULL AS rivals, NULL AS missing, NULL AS caused_by"

static char rules_folder[160];

/* A fresh folder of rules. */
__attribute__((unused)) static void rules_clear(void)
{
    static int n;
    char name[32];

    snprintf(name, sizeof(name), "rules%d", ++n);
    case_path(name, rules_folder);
    mkdir(rules_folder, 0777);
}

__attribute__((unused)) static void rules_write(const char *id, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s.sql", rules_folder, id);
    f = fopen(path, "w");
    if (!f)
        abort();
    fputs(text, f);
    fclose(f);
}

/* Loads the folder and runs it; returns the number of rules that failed, -1 for any error. */
__attribute__((unused)) static int rules_run(struct store *s, char *why, size_t size)
{
    const char *dirs[] = { rules_folder, NULL };
    struct rules *r = NULL;
    struct err err = { 0 };
    sqlite3_stmt *st = NULL;
    size_t failed = 0;
    int rc = rules_load_only(dirs, &r, &err);

    if (rc == 0)
        rc = verdict_run(s, r, &failed, &err);
    rules_free(r);
    snprintf(why, size, "%s", err.msg);
    if (rc == 0 && failed &&
        sql_prepare(store_db(s), "SELECT message FROM rule_error", &st, NULL) == 0 &&
        sql_step(st, NULL) == 1)
        snprintf(why, size, "%s", sql_text(st, 0));
    sqlite3_finalize(st);
    return rc ? -1 : (int)failed;
}

/* The first value of a SELECT as text. */
__attribute__((unused)) static const char *rules_ask(struct store *s, const char *sql,
                                                     char out[1024])
{
    sqlite3_stmt *st = NULL;
    struct err err = { 0 };

    snprintf(out, 1024, "(nothing)");
    if (sql_prepare(store_db(s), sql, &st, &err))
        snprintf(out, 1024, "%s", err.msg);
    else if (sql_step(st, &err) == 1)
        snprintf(out, 1024, "%s", sql_text(st, 0));
    sqlite3_finalize(st);
    return out;
}

#endif
