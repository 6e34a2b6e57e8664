/* play: the program without a terminal: keys from a script, screens as text. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "tui/ui.h"
#include "tui/terminal.h"

#define TIMED_MAX 1000

struct play {
    int rows, cols;
    struct ui *ui;
    FILE *out;
};

static int no_key(void *user, int timeout_ms)
{
    (void)user;
    (void)timeout_ms;
    return KEY_CODE_NONE;
}

static void no_show(void *user, const struct grid *g, int row, int col)
{
    (void)user;
    (void)g;
    (void)row;
    (void)col;
}

static void play_size(void *user, int *rows, int *cols)
{
    struct play *p = user;

    *rows = p->rows;
    *cols = p->cols;
}

static void play_copy(void *user, const char *text, size_t len)
{
    struct play *p = user;

    fprintf(p->out, "== copied %zu bytes\n%s\n", len, text);
}

static void print_styles(const struct grid *g, int row, FILE *out)
{
    /* One letter a style, in the order of enum style; upper case where it is selected. */
    static const char letters[] = ".dstbkhrcwngABCepm";
    struct str s = { 0 };
    int col;

    for (col = 0; col < g->cols; col++) {
        uint8_t style = g->cells[(size_t)row * (size_t)g->cols + (size_t)col].style;
        char c = letters[(style & ~STYLE_SELECTED) % STYLE_N];

        str_addc(&s, style & STYLE_SELECTED ? (c == '.' ? '#' : c == 'd' ? 'D' : c) : c);
    }
    while (s.len && s.s[s.len - 1] == '.')
        s.s[--s.len] = '\0';
    fprintf(out, "%s\n", str_get(&s));
    str_free(&s);
}

/*
 * One letter for what a terminal does with a cell: bold, dim, underlined, reversed, coloured only;
 * a blank: nothing.
 */
static void print_looks(const struct ui *ui, const struct grid *g, int row, FILE *out)
{
    struct str s = { 0 };
    int col;

    for (col = 0; col < g->cols; col++) {
        uint8_t style = g->cells[(size_t)row * (size_t)g->cols + (size_t)col].style;
        struct theme_style t =
            theme_of((enum style)(style & ~STYLE_SELECTED), ui->look, ui->no_color ? 0 : 256);

        str_addc(&s, style & STYLE_SELECTED || t.reverse ? 'r'
                     : t.underline                       ? 'u'
                     : t.bold                            ? 'b'
                     : t.dim                             ? 'd'
                     : t.color >= 0                      ? 'c'
                                                         : ' ');
    }
    while (s.len && s.s[s.len - 1] == ' ')
        s.s[--s.len] = '\0';
    fprintf(out, "%s\n", str_get(&s));
    str_free(&s);
}

enum print { PRINT_TEXT, PRINT_STYLES, PRINT_LOOKS };

static void print_screen(struct play *p, const char *title, enum print what)
{
    struct grid *g = p->ui->grid;
    struct str row = { 0 };
    int i;

    ui_draw(p->ui);
    if (p->ui->prompt.kind != PROMPT_NONE)
        prompt_draw(&p->ui->prompt, g, g->rows - 1);
    fprintf(p->out, "== %s (%dx%d)\n", title, g->cols, g->rows);
    for (i = 0; i < g->rows; i++) {
        if (what == PRINT_STYLES)
            print_styles(g, i, p->out);
        if (what == PRINT_LOOKS)
            print_looks(p->ui, g, i, p->out);
        if (what != PRINT_TEXT)
            continue;
        grid_row(g, i, &row);
        fprintf(p->out, "%s\n", str_get(&row));
    }
    str_free(&row);
}

static int by_size(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

/* "20 j": the key so often, each time with the screen drawn; how long that took. */
static int measure(struct play *p, const char *words, struct err *err)
{
    int64_t took[TIMED_MAX];
    char name[32];
    int n = 0, i, key;

    if (sscanf(words, "%d %31s", &n, name) != 2 || n < 1 || n > TIMED_MAX ||
        (key = key_from_name(name)) == KEY_CODE_NONE)
        return err_set(err, ERR_USAGE, "time N KEY, at most %d times", TIMED_MAX);
    for (i = 0; i < n; i++) {
        struct timespec a, b;

        clock_gettime(CLOCK_MONOTONIC, &a);
        ui_key(p->ui, key);
        ui_draw(p->ui);
        clock_gettime(CLOCK_MONOTONIC, &b);
        took[i] = (b.tv_sec - a.tv_sec) * INT64_C(1000000000) + b.tv_nsec - a.tv_nsec;
    }
    qsort(took, (size_t)n, sizeof(took[0]), by_size);
    fprintf(p->out, "%-10s %-5s %4d times: median %.2f ms, 95 %% within %.2f ms, worst %.2f ms\n",
            p->ui->stack[p->ui->n_levels - 1].ops->name, name, n, (double)took[n / 2] / 1e6,
            (double)took[n * 95 / 100] / 1e6, (double)took[n - 1] / 1e6);
    return ERR_OK;
}

static void type(struct play *p, const char *text, int flag)
{
    while (*text) {
        uint32_t code = 0;

        text += str_utf8(text, strlen(text), &code);
        ui_key(p->ui, (int)code | flag);
    }
}

static int play_line(struct play *p, const char *line, struct err *err)
{
    const char *rest = strchr(line, ' ');
    size_t len = rest ? (size_t)(rest - line) : strlen(line);
    int key;

    rest = rest ? rest + 1 : "";
    if (!line[0] || (line[0] == '#' && line[1]))
        return ERR_OK;
    if (len == 4 && strncmp(line, "type", 4) == 0) {
        type(p, rest, 0);
    } else if (len == 5 && strncmp(line, "paste", 5) == 0) {
        type(p, rest, KEY_PASTED);
    } else if (len == 4 && strncmp(line, "size", 4) == 0) {
        if (sscanf(rest, "%dx%d", &p->cols, &p->rows) != 2)
            return err_set(err, ERR_USAGE, "size COLSxROWS");
        ui_key(p->ui, KEY_CODE_RESIZE);
    } else if (len == 4 && strncmp(line, "time", 4) == 0) {
        return measure(p, rest, err);
    } else if (len == 4 && strncmp(line, "show", 4) == 0) {
        print_screen(p, rest, PRINT_TEXT);
    } else if (len == 6 && strncmp(line, "styles", 6) == 0) {
        print_screen(p, rest, PRINT_STYLES);
    } else if (len == 5 && strncmp(line, "looks", 5) == 0) {
        print_screen(p, rest, PRINT_LOOKS);
    } else if (len == 4 && strncmp(line, "tick", 4) == 0) {
        struct ui_level *l = &p->ui->stack[p->ui->n_levels - 1];

        if (l->ops->tick)
            l->ops->tick(p->ui, l->state);
    } else {
        key = key_from_name(line);
        if (key == KEY_CODE_NONE)
            return err_set(err, ERR_USAGE, "'%s': no key and no word of a script", line);
        ui_key(p->ui, key);
    }
    if (p->ui->leaving)
        fprintf(p->out, "== left\n");
    return ERR_OK;
}

int tui_play(const struct tui_options *o, const char *script, int rows, int cols, FILE *out,
             struct err *err)
{
    struct play p = { .rows = rows, .cols = cols, .out = out };
    const struct ui_io io = {
        .user = &p, .key = no_key, .show = no_show, .size = play_size, .copy = play_copy
    };
    int rc = ui_new(o, &io, o->ascii, &p.ui, err);

    while (!rc && *script && !p.ui->leaving) {
        size_t len = strcspn(script, "\n");
        char *line = xstrndup(script, len);

        rc = play_line(&p, line, err);
        free(line);
        script += len + (script[len] == '\n');
    }
    ui_free(p.ui);
    return rc;
}

int tui_run(const struct tui_options *o, struct err *err)
{
    struct ui_io io = { 0 };
    bool ascii = false;
    int rc = terminal_open(o, &io, &ascii, err);

    if (rc)
        return rc;
    rc = ui_run(o, &io, ascii, err);
    terminal_close();
    return rc;
}
