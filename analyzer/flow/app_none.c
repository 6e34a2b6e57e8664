#include "config.h"

#include "flow/app.h"

struct app *app_new(void)
{
    return NULL;
}

void app_free(struct app *a)
{
    (void)a;
}

void app_reset(struct app *a)
{
    (void)a;
}

bool app_feed(struct app *a, void **state, unsigned n_fed, const struct packet *p, char *name,
              size_t name_len, const char **by)
{
    (void)a, (void)state, (void)n_fed, (void)p, (void)name_len;
    name[0] = '\0';
    *by = NULL;
    return true;
}

void app_drop(struct app *a, void **state)
{
    (void)a, (void)state;
}

const char *app_version(void)
{
    return "";
}
