#include "config.h"

#include "tui/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

struct wanted {
    char *table, *list;
};

struct columns {
    struct wanted *all;
    size_t n, cap;
};

struct columns *columns_new(void)
{
    return xcalloc(1, sizeof(struct columns));
}

void columns_free(struct columns *c)
{
    size_t i;

    if (!c)
        return;
    for (i = 0; i < c->n; i++) {
        free(c->all[i].table);
        free(c->all[i].list);
    }
    free(c->all);
    free(c);
}

static size_t find(const struct columns *c, const char *table)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        if (strcmp(c->all[i].table, table) == 0)
            break;
    return i;
}

const char *columns_of(const struct columns *c, const char *table)
{
    size_t i = c && table ? find(c, table) : 0;

    return c && table && i < c->n ? c->all[i].list : NULL;
}

void columns_set(struct columns *c, const char *table, const char *list)
{
    size_t i = find(c, table);

    if (i < c->n) {
        free(c->all[i].list);
        c->all[i].list = list ? xstrdup(list) : NULL;
        if (list)
            return;
        free(c->all[i].table);
        memmove(&c->all[i], &c->all[i + 1], (c->n - i - 1) * sizeof(c->all[0]));
        c->n--;
    } else if (list && c->n < COLUMNS_TABLES_MAX) {
        VEC_PUSH(c->all, c->n, c->cap, (struct wanted){ xstrdup(table), xstrdup(list) });
    }
}

const char *columns_table(const struct columns *c, size_t n)
{
    return n < c->n ? c->all[n].table : NULL;
}
