/* notes: what a person says about a verdict, written into the case. */
#include "config.h"

#include "tui/notes.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/keep.h"
#include "tui/ui.h"

/* The case is open for reading; a note is the one thing that is written. */
int ui_annotate(struct ui *ui, const char *verdict, const char *mark, const char *text,
                struct err *err)
{
    struct store *s = NULL;
    sqlite3_stmt *st = NULL;
    int rc = keep_open(ui, &s, err);

    if (!rc)
        rc = sql_prepare(store_db(s),
                         "INSERT INTO annotation VALUES(?1, ?2, ?3) ON CONFLICT(verdict) DO UPDATE "
                         "SET mark = ?2, text = ?3",
                         &st, err);
    if (!rc) {
        sql_bind_text(st, 1, verdict);
        sql_bind_text(st, 2, mark);
        sql_bind_text(st, 3, text);
        rc = sql_run(st, err);
    }
    sqlite3_finalize(st);
    store_close(s);
    return rc;
}

void ui_ask_note(struct ui *ui, const char *verdict, const char *present)
{
    snprintf(ui->note_on, sizeof(ui->note_on), "%s", verdict);
    prompt_start(&ui->prompt, PROMPT_NOTE, present);
}

void note_typed(struct ui *ui, const char *text)
{
    struct err err = { 0 };
    sqlite3_stmt *st = NULL;
    char *mark = NULL;

    if (sql_prepare(store_db(ui->store), "SELECT mark FROM annotation WHERE verdict = ?1", &st,
                    NULL) == ERR_OK) {
        sql_bind_text(st, 1, ui->note_on);
        if (sql_step(st, NULL) == 1 && sqlite3_column_type(st, 0) != SQLITE_NULL)
            mark = xstrdup(sql_text(st, 0));
    }
    sqlite3_finalize(st);
    if (ui_annotate(ui, ui->note_on, mark, text[0] ? text : NULL, &err)) {
        ui_fail(ui, &err);
    } else {
        ui_reload(ui);
        ui_say(ui, "%s%s", text[0] ? "noted" : "no note any more", keep_hint(ui));
    }
    free(mark);
}
