#include "config.h"

#include "tui/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sql.h"
#include "store/store.h"
#include "tui/keep.h"
#include "tui/ui.h"

#define WORDS_MAX 3

void command_save(struct ui *ui, const char *path, bool over)
{
    struct str row = { 0 };
    /* Over a file that is there only where that was said: a capture may lie beside it. */
    int fd = open(path, O_WRONLY | O_CREAT | (over ? O_TRUNC : O_EXCL) | O_CLOEXEC, 0666);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    int i, failed;

    if (!f) {
        if (errno == EEXIST)
            ui_say(ui, "%.200s is there already (:write! %.200s writes over it)", path, path);
        else
            ui_say(ui, "%.200s: %s", path, strerror(errno));
        ui->message_is_error = true;
        return;
    }
    ui_draw(ui);
    for (i = 0; i < ui->grid->rows - 1; i++) {
        grid_row(ui->grid, i, &row);
        fprintf(f, "%s\n", str_get(&row));
    }
    failed = ferror(f);
    failed |= fclose(f);
    ui_say(ui, failed ? "%.200s: cannot be written" : "written: %.200s", path);
    str_free(&row);
}

/* ":frame 24" opens it in the first capture, ":24" goes to row 24. */
void command_run(struct ui *ui, const char *line)
{
    char copy[PROMPT_LEN_MAX + 1], *words[WORDS_MAX] = { NULL }, *save = NULL, *w;
    const char *rest = line + strspn(line, " ");
    struct view_args args = { 0 };
    int n = 0;

    snprintf(copy, sizeof(copy), "%s", line);
    for (w = strtok_r(copy, " ", &save); w && n < WORDS_MAX; w = strtok_r(NULL, " ", &save))
        words[n++] = w;
    if (!n)
        return;
    rest += strcspn(rest, " ");
    rest += strspn(rest, " "); /* a name may hold blanks */
    if (strspn(words[0], "0123456789") == strlen(words[0])) {
        struct ui_level *l = &ui->stack[ui->n_levels - 1];

        l->ops->act(ui, l->state, ACTION_end, atoi(words[0]));
    } else if (strcmp(words[0], "quit") == 0 || strcmp(words[0], "q") == 0) {
        keep_leave(ui);
    } else if (strcmp(words[0], "keep") == 0) {
        if (n > 1)
            keep_case(ui, rest);
        else
            ui_say(ui, "keep FILE: the case, with what you noted, in a file of its own");
    } else if ((strcmp(words[0], "write") == 0 || strcmp(words[0], "write!") == 0) && n > 1) {
        command_save(ui, rest, words[0][5] == '!');
    } else if (view_find(words[0])) {
        if (n > 1) {
            snprintf(args.text, sizeof(args.text), "%s", words[1]);
            args.frame = strtoull(words[1], NULL, 10);
        }
        ui_open(ui, words[0], n > 1 ? &args : NULL);
    } else {
        ui_say(ui, "no command '%.100s' (a view's name, a row, write FILE, keep FILE, quit)",
               words[0]);
        ui->message_is_error = true;
    }
}

static const char *view_candidate(const char *word, int n)
{
    static const char *const more[] = { "keep", "quit", "write", NULL };
    const struct view_ops *const *v;
    int i;

    for (v = views_all(); *v; v++)
        if (strncmp((*v)->name, word, strlen(word)) == 0 && n-- == 0)
            return (*v)->name;
    for (i = 0; more[i]; i++)
        if (strncmp(more[i], word, strlen(word)) == 0 && n-- == 0)
            return more[i];
    return NULL;
}

/* Tables and their columns. */
static const char *sql_candidate(struct ui *ui, const char *word, int n)
{
    sqlite3_stmt *st = NULL;
    bool found = false;

    if (sql_prepare(store_db(ui->store),
                    "SELECT name FROM (SELECT name, 1 AS k FROM sqlite_schema WHERE type = 'table' "
                    "AND name NOT LIKE 'sqlite_%' UNION SELECT 'packet', 1 UNION SELECT c.name, 2 "
                    "FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table') "
                    "WHERE substr(name, 1, length(?1)) = ?1 ORDER BY k, name LIMIT 1 OFFSET ?2",
                    &st, NULL))
        return NULL;
    sql_bind_text(st, 1, word);
    sqlite3_bind_int(st, 2, n);
    if (sql_step(st, NULL) == 1) {
        snprintf(ui->candidate, sizeof(ui->candidate), "%s", sql_text(st, 0));
        found = true;
    }
    sqlite3_finalize(st);
    return found ? ui->candidate : NULL;
}

const char *command_candidate(struct ui *ui, enum prompt_kind kind, const char *word, int n)
{
    if (kind == PROMPT_COMMAND)
        return view_candidate(word, n);
    if (kind == PROMPT_SQL)
        return sql_candidate(ui, word, n);
    return NULL;
}
