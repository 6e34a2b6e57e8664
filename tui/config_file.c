#include "config.h"

#include "tui/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "tui/columns.h"
#include "tui/ui.h"

#define CONFIG_MAX (1 << 20) /* bytes */
#define BLANKS     " \t\r"

/* -- settings ---------------------------------------------------------------------------------- */

enum { THEME_DARK, THEME_LIGHT, THEME_NONE };

static int get_theme(const struct ui *ui)
{
    return ui->no_color ? THEME_NONE : ui->look == LOOK_LIGHT ? THEME_LIGHT : THEME_DARK;
}

static void set_theme(struct ui *ui, int value)
{
    ui->no_color = value == THEME_NONE;
    if (value != THEME_NONE)
        ui->look = value == THEME_LIGHT ? LOOK_LIGHT : LOOK_DARK;
    if (ui->io->look)
        ui->io->look(ui->io->user, ui->look, ui->no_color);
}

static int get_characters(const struct ui *ui)
{
    return ui->grid->ascii;
}

static void set_characters(struct ui *ui, int value)
{
    ui->grid->ascii = value || ui->ascii_only;
    if (!value && ui->ascii_only)
        ui_say(ui, "the locale, or --ascii, allows no others");
}

static int get_times(const struct ui *ui)
{
    return (int)ui->times;
}

static void set_times(struct ui *ui, int value)
{
    ui->times = (enum ui_times)value;
    if (ui->n_levels)
        ui_reload(ui);
}

static int get_layout(const struct ui *ui)
{
    return (int)ui->layout;
}

static void set_layout(struct ui *ui, int value)
{
    ui->layout = (enum split_layout)value;
    ui->split_by = 0;
}

static const struct setting settings[] = {
    { "theme",
      "colours on dark, on light, or bold and underline instead",
      { "dark", "light", "none" },
      get_theme,
      set_theme },
    { "characters",
      "signs, blocks and braille, or nothing beyond ASCII",
      { "unicode", "ascii" },
      get_characters,
      set_characters },
    { "times",
      "the clock in UTC, or seconds since the start of the case",
      { "clock", "since" },
      get_times,
      set_times },
    { "layout",
      "two parts as the width allows, below each other, or side by side",
      { "automatic", "below", "beside" },
      get_layout,
      set_layout },
};

#define N_SETTINGS (sizeof(settings) / sizeof(settings[0]))
_Static_assert(N_SETTINGS <= SETTINGS_MAX, "room for what the session began with");

const struct setting *config_setting(size_t n)
{
    return n < N_SETTINGS ? &settings[n] : NULL;
}

void config_remember(struct ui *ui)
{
    size_t i;

    for (i = 0; i < N_SETTINGS; i++)
        ui->settings_before[i] = settings[i].get(ui);
}

/* -- reading ----------------------------------------------------------------------------------- */

/* NULL: there is none. */
static char *read_file(const char *path)
{
    FILE *f = path ? fopen(path, "r") : NULL;
    char *text;
    size_t n;

    if (!f)
        return NULL;
    text = xcalloc(1, CONFIG_MAX + 1);
    n = fread(text, 1, CONFIG_MAX, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* "columns TABLE a,b,c" */
static int read_columns(struct ui *ui, char *line, struct err *err)
{
    char *save = NULL, *table, *list;

    strtok_r(line, BLANKS, &save);
    table = strtok_r(NULL, BLANKS, &save);
    list = strtok_r(NULL, BLANKS, &save);
    if (!list || strtok_r(NULL, BLANKS, &save))
        return err_set(err, ERR_USAGE, "columns TABLE NAME,NAME,...");
    columns_set(ui->columns, table, list);
    return ERR_OK;
}

static bool begins(const char *line, const char *word)
{
    size_t n = strlen(word);

    line += strspn(line, BLANKS);
    return strncmp(line, word, n) == 0 && (!line[n] || strchr(BLANKS, line[n]));
}

static const struct setting *setting_of(const char *line)
{
    size_t i;

    for (i = 0; i < N_SETTINGS; i++)
        if (begins(line, settings[i].name))
            return &settings[i];
    return NULL;
}

/* What the command line or NO_COLOR says goes before. */
static bool decided(const struct ui *ui, const struct setting *s)
{
    return s->get == get_theme && (ui->o->look_given || ui->o->no_color);
}

static int read_setting(struct ui *ui, const struct setting *s, char *line, struct err *err)
{
    char *save = NULL, *word;
    int i;

    strtok_r(line, BLANKS, &save);
    word = strtok_r(NULL, BLANKS, &save);
    for (i = 0; word && s->values[i]; i++)
        if (strcmp(s->values[i], word) == 0 && !strtok_r(NULL, BLANKS, &save)) {
            if (!decided(ui, s))
                s->set(ui, i);
            return ERR_OK;
        }
    if (!s->values[2])
        return err_set(err, ERR_USAGE, "%s %s or %s", s->name, s->values[0], s->values[1]);
    return err_set(err, ERR_USAGE, "%s %s, %s or %s", s->name, s->values[0], s->values[1],
                   s->values[2]);
}

static int read_line(struct ui *ui, char *line, struct err *err)
{
    const struct setting *s = setting_of(line);

    return s                         ? read_setting(ui, s, line, err)
           : begins(line, "columns") ? read_columns(ui, line, err)
                                     : keys_read_line(ui->keys, line, err);
}

int config_read(struct ui *ui, struct err *err)
{
    char *text = read_file(ui->o->config), *at = text;
    unsigned no = 0;
    int rc = ERR_OK;

    while (at && *at && !rc) {
        size_t len = strcspn(at, "\n");
        char *line = xstrndup(at, len);

        no++;
        rc = read_line(ui, line, err);
        if (rc)
            err_prefix(err, "%s, line %u", ui->o->config, no);
        free(line);
        at += len + (at[len] == '\n');
    }
    free(text);
    return rc;
}

/* -- writing ----------------------------------------------------------------------------------- */

static bool changed(const struct ui *ui, const struct setting *s)
{
    return s->get(ui) != ui->settings_before[s - settings];
}

static void add_setting(const struct ui *ui, const struct setting *s, struct str *out)
{
    str_addf(out, "%s %s\n", s->name, s->values[s->get(ui)]);
}

/* The table of a line "columns TABLE ..."; the caller frees it. */
static char *table_of(const char *line)
{
    line += strspn(line, BLANKS) + strlen("columns");
    line += strspn(line, BLANKS);
    return xstrndup(line, strcspn(line, BLANKS));
}

struct rewriting {
    struct ui *ui;
    struct str out;
    bool said[SETTINGS_MAX];
    struct columns *tables; /* that were written */
};

static void add_columns(struct rewriting *w, const char *table)
{
    const char *list = columns_of(w->ui->columns, table);

    if (list && !columns_of(w->tables, table)) {
        str_addf(&w->out, "columns %s %s\n", table, list);
        columns_set(w->tables, table, list);
    }
}

/* A line of the old file, or what stands in its place now. */
static void rewrite_line(struct rewriting *w, const char *line)
{
    const struct setting *s = setting_of(line);

    if (s && changed(w->ui, s)) {
        if (!w->said[s - settings])
            add_setting(w->ui, s, &w->out);
        w->said[s - settings] = true;
    } else if (begins(line, "columns")) {
        char *table = table_of(line);

        add_columns(w, table);
        free(table);
    } else {
        str_addf(&w->out, "%s\n", line);
    }
}

static void rewrite(struct rewriting *w, const char *old)
{
    const char *table;
    size_t i;

    while (old && *old) {
        size_t len = strcspn(old, "\n");
        char *line = xstrndup(old, len);

        rewrite_line(w, line);
        free(line);
        old += len + (old[len] == '\n');
    }
    for (i = 0; i < N_SETTINGS; i++)
        if (changed(w->ui, &settings[i]) && !w->said[i])
            add_setting(w->ui, &settings[i], &w->out);
    for (i = 0; (table = columns_table(w->ui->columns, i)) != NULL; i++)
        add_columns(w, table);
}

/* The folder of the file, and the one that it is in. */
static void make_folders(const char *path)
{
    char *copy = xstrdup(path), *folder = dirname(copy), *again = xstrdup(folder);

    mkdir(dirname(again), 0777);
    free(again);
    mkdir(folder, 0777); /* what fails here fails again when the file is made */
    free(copy);
}

/* Through a file beside it, so that a full disk leaves the old one. */
static int replace_file(const char *path, const struct str *text, struct err *err)
{
    struct str beside = { 0 };
    FILE *f = NULL;
    int fd, failed = 1;

    str_addf(&beside, "%s.new", path);
    fd = open(str_get(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (f) {
        fputs(str_get(text), f);
        failed = fflush(f) || ferror(f);
        failed |= fclose(f);
        if (!failed)
            failed = rename(str_get(&beside), path);
    }
    if (failed)
        err_set(err, ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
    if (failed && f)
        unlink(str_get(&beside));
    str_free(&beside);
    return failed ? ERR_IO : ERR_OK;
}

int config_write(struct ui *ui, struct err *err)
{
    struct rewriting w = { .ui = ui };
    char *old, *real;
    int rc;

    if (!ui->o->config)
        return err_set(err, ERR_USAGE, "there is no config folder (set HOME or XDG_CONFIG_HOME)");
    old = read_file(ui->o->config);
    w.tables = columns_new();
    rewrite(&w, old);
    if (!old)
        make_folders(ui->o->config);
    /* A link to where a person keeps such files stays one. */
    real = realpath(ui->o->config, NULL);
    rc = replace_file(real ? real : ui->o->config, &w.out, err);
    if (!rc)
        config_remember(ui);
    free(real);
    free(old);
    columns_free(w.tables);
    str_free(&w.out);
    return rc;
}
