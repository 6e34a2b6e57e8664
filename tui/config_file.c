#include "config.h"

#include "tui/config_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/columns.h"
#include "tui/ui.h"

#define CONFIG_MAX (1 << 20) /* bytes */
#define BLANKS     " \t\r"

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

static int read_line(struct ui *ui, char *line, struct err *err)
{
    return begins(line, "columns") ? read_columns(ui, line, err)
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
