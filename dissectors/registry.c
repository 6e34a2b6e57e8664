#include "config.h"

#include <string.h>

#include "dissectors/dissect.h"

#define X(name) extern const struct dissector name##_dissector;
#include "dissectors/list.h"
#undef X

static const struct dissector *const all[] = {
#define X(name) &name##_dissector,
#include "dissectors/list.h"
#undef X
    NULL,
};

const struct dissector *const *dissect_all(void)
{
    return all;
}

const struct dissector *dissect_by_name(const char *name)
{
    const struct dissector *const *d;

    for (d = all; *d; d++)
        if (strcmp((*d)->name, name) == 0)
            return *d;
    return NULL;
}

const struct dissector *dissect_by_port(enum key key, uint16_t port)
{
    const struct dissector *const *d;
    size_t i;

    for (d = all; *d; d++)
        for (i = 0; i < sizeof((*d)->bind) / sizeof((*d)->bind[0]); i++)
            if ((*d)->bind[i].key == key && (*d)->bind[i].value == port)
                return *d;
    return NULL;
}
