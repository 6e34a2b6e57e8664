#include "config.h"

#include "flow/app.h"

#include <ndpi_api.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/packet.h"

struct app {
    struct ndpi_detection_module_struct *module;
    int64_t n_blocks; /* that the library held when the module was new */
    bool refused;     /* the library would not start */
    unsigned n_states;
};

/*
 * Blocks of memory that the library holds for this thread.  It makes each of its caches when the first
 * entry comes, and has no call that empties them: a module that holds as many blocks as when it was
 * new has none.  Its allocator takes no argument of ours, hence the global.
 */
static _Thread_local int64_t n_blocks;

static void *counted_malloc(size_t size)
{
    void *p = malloc(size);

    n_blocks += p != NULL;
    return p;
}

static void counted_free(void *p)
{
    n_blocks -= p != NULL;
    free(p);
}

struct app *app_new(void)
{
    return calloc(1, sizeof(struct app));
}

void app_free(struct app *a)
{
    if (!a)
        return;
    if (a->module)
        ndpi_exit_detection_module(a->module);
    free(a);
}

void app_reset(struct app *a)
{
    if (!a || !a->module || n_blocks == a->n_blocks)
        return;
    ndpi_exit_detection_module(a->module);
    a->module = NULL;
}

static bool start(struct app *a)
{
    if (a->module || a->refused)
        return !a->refused;
    set_ndpi_malloc(counted_malloc);
    set_ndpi_free(counted_free);
#ifdef NDPI_INIT_PREFS
    a->module = ndpi_init_detection_module(ndpi_no_prefs);
#else
    a->module = ndpi_init_detection_module(NULL);
#endif
    /* A library that was built with another layout of the flow would overrun ours. */
    a->refused = !a->module ||
                 ndpi_detection_get_sizeof_ndpi_flow_struct() != sizeof(struct ndpi_flow_struct);
    if (a->refused)
        return false;
#ifdef NDPI_BITMASK2
    NDPI_PROTOCOL_BITMASK all;
    NDPI_BITMASK_SET_ALL(all);
    ndpi_set_protocol_detection_bitmask2(a->module, &all);
#endif
    ndpi_finalize_initialization(a->module);
    a->n_blocks = n_blocks;
    return true;
}

static ndpi_protocol feed(struct app *a, struct ndpi_flow_struct *f, const struct packet *p)
{
    uint16_t len = (uint16_t)(p->l3_len > UINT16_MAX ? UINT16_MAX : p->l3_len);
    uint64_t ms = p->has_time ? (uint64_t)(p->time_ns / 1000000) : 0;

#ifdef NDPI_PROCESS_5
    return ndpi_detection_process_packet(a->module, f, p->l3, len, ms);
#else
    return ndpi_detection_process_packet(a->module, f, p->l3, len, ms, NULL);
#endif
}

void app_drop(struct app *a, void **state)
{
    if (!*state)
        return;
    ndpi_free_flow(*state);
    *state = NULL;
    a->n_states--;
}

bool app_feed(struct app *a, void **state, unsigned n_fed, const struct packet *p, char *name,
              size_t name_len, const char **by)
{
    ndpi_protocol proto;
    unsigned master, app;

    name[0] = '\0';
    *by = NULL;
    if (!a || !p->l3 || !start(a) || (!*state && a->n_states >= APP_STATES_MAX))
        return true;
    if (!*state) {
        *state = ndpi_flow_malloc(sizeof(struct ndpi_flow_struct));
        if (!*state)
            return true;
        memset(*state, 0, sizeof(struct ndpi_flow_struct));
        a->n_states++;
    }
    proto = feed(a, *state, p);
#ifdef NDPI_PROTO_NESTED
    master = proto.proto.master_protocol;
    app = proto.proto.app_protocol;
#else
    master = proto.master_protocol;
    app = proto.app_protocol;
#endif
    if (app == NDPI_PROTOCOL_UNKNOWN && master == NDPI_PROTOCOL_UNKNOWN &&
        n_fed + 1 < APP_PACKETS_MAX)
        return false;
    if (app != NDPI_PROTOCOL_UNKNOWN || master != NDPI_PROTOCOL_UNKNOWN) {
        unsigned id = app != NDPI_PROTOCOL_UNKNOWN ? app : master;

        snprintf(name, name_len, "%s", ndpi_get_proto_name(a->module, (uint16_t)id));
        *by = "DPI";
    }
    app_drop(a, state);
    return true;
}

const char *app_version(void)
{
    return ndpi_revision();
}
