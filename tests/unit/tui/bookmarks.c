/* bookmarks: those of a case that a stranger made lead to a screen or to words, and to nothing
 * worse. */
#include "config.h"

#include "tui/bookmarks.h"

#include "support/rows.h"
#include "tui/ui.h"

#define ROWS 9
#define COLS 80

static int no_key(void *user, int timeout_ms)
{
    (void)user;
    (void)timeout_ms;
    return KEY_CODE_NONE;
}

static void size(void *user, int *rows, int *cols)
{
    (void)user;
    *rows = ROWS;
    *cols = COLS;
}

static const struct ui_io io = { .key = no_key, .size = size };

/* In the order of the letters. */
static const char *const hostile[] = {
    "'log', 2, 0, 0, 4611686018427387904, NULL, NULL, NULL",
    "'log', -1, 0, 0, -9, NULL, NULL, NULL",
    "'facts', 2, 0, 0, 4611686018427387904, NULL, NULL, 'tcp_life\"; DROP TABLE flow; --'",
    "'facts', 2, 0, 0, 0, 1, NULL, char(27) || ']0;x'",
    "'sql', 0, 0, 0, 0, NULL, NULL, 'DELETE FROM flow'",
    "'sql', 0, 0, 0, 0, NULL, NULL, 'SELECT char(27) || ''[2J'''",
    "'ladder', 2, 1, 4611686018427387904, 99, NULL, NULL, NULL",
    "'ladder', 2, 1, 0, 0, -5, NULL, NULL",
    "'plot', 2, 99, 0, 0, NULL, NULL, NULL",
    "'timeline', 7, 0, 0, 0, -4611686018427387904, NULL, NULL",
    "'timeline', 0, 0, 0, 0, 9223372036854775807, NULL, NULL",
    "'evidence', 0, 0, 0, -7, NULL, char(27) || '[31m', NULL",
    "'frame', 2, 0, -1, 0, NULL, NULL, NULL",
    "'text', 2, 0, -1, 0, NULL, NULL, NULL",
    "'packets', 2147483648, 5, 7, 0, NULL, NULL, NULL",
    "'rules', 0, 0, 0, 0, 1, NULL, printf('%.*c', 5000, 'x')",
    "'compare', 0, 0, 0, 0, -1, NULL, NULL",
    "'lives', 8589934592, 8589934592, 0, 0, NULL, NULL, NULL",
    "'columns', 0, 0, 0, 0, NULL, NULL, NULL",
    "'verdicts', 0, 0, 0, 0, NULL, printf('%.*c', 500, 'x'), NULL",
    "'no view', 0, 0, 0, 0, NULL, NULL, NULL",
    "x'00ff', 'x', 'y', 'z', 'w', NULL, NULL, NULL",
};

#define N_HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

/* Without STRICT types, as a stranger may have them. */
static void fill(const char *path)
{
    struct store *s = case_open(path, STORE_WRITE);
    size_t i;

    sql_exec(store_db(s),
             "DROP TABLE bookmark; CREATE TABLE bookmark(name, view, source, flow, frame, "
             "line, point, verdict, text)",
             NULL);
    for (i = 0; i < N_HOSTILE; i++) {
        char sql[300];
        struct err err = { 0 };

        snprintf(sql, sizeof(sql), "INSERT INTO bookmark VALUES('%c', %s)", 'a' + (char)i,
                 hostile[i]);
        if (sql_exec(store_db(s), sql, &err))
            printf("# %s\n", err.msg);
    }
    store_close(s);
}

static bool screen_is_text(struct ui *ui)
{
    struct str row = { 0 };
    bool text = true;
    int i;

    ui_draw(ui);
    for (i = 0; i < ui->grid->rows; i++) {
        grid_row(ui->grid, i, &row);
        text = text && !strchr(str_get(&row), 27);
    }
    str_free(&row);
    return text;
}

int main(void)
{
    struct store *s = rows_analyze("strange", "lwip-reboot/zombie");
    char path[128];
    struct tui_options o = { .path = case_path("strange", path), .title = "strange" };
    struct err err = { 0 };
    struct ui *ui = NULL;
    size_t i;

    store_close(s);
    fill(o.path);
    is_int(ui_new(&o, &io, false, &ui, &err), ERR_OK, "the case opens");
    for (i = 0; i < N_HOSTILE && ui; i++) {
        ui_key(ui, '\'');
        ui_key(ui, 'a' + (int)i);
        ok(screen_is_text(ui), "%.60s", hostile[i]);
        ui_key(ui, 'j');
        ui_key(ui, '}');
        ui_key(ui, 'G');
        ui_key(ui, '{');
    }
    is_int(ui && !ui->leaving && ui->n_levels >= 1, 1, "and the program goes on");
    is_int(ui ? sql_number(store_db(ui->store), "SELECT count(*) FROM flow", 0) > 0 : 0, 1,
           "with the case as it was");
    ui_free(ui);
    case_end();
    return tap_done();
}
