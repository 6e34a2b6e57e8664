/*
 * app: which application a flow is, by nDPI, within a budget of packets.
 *
 * A label for browsing: verdicts never depend on it.  The library's module is made at the first flow
 * that needs it, since that costs 20 ms, and goes from source to source; but only as long as it is as
 * new, since its caches would make results depend on what was fed before.  Without nDPI nothing is
 * ever named.
 */
#ifndef FLOW_APP_H
#define FLOW_APP_H

#include <stdbool.h>
#include <stddef.h>

#define APP_PACKETS_MAX 8u    /* packets of one flow that nDPI sees */
#define APP_STATES_MAX  8192u /* flows asked about at once */

struct app;
struct packet;

struct app *app_new(void);
void app_free(struct app *a);
/* Between two sources, when every flow was dropped: what comes is named as if nothing had been before. */
void app_reset(struct app *a);

/*
 * Feeds one packet of a flow.  *state starts as NULL.  True: decided (or given up); `name` then
 * holds the application ("" if unknown), *by how it was found, and *state is NULL again.
 */
bool app_feed(struct app *a, void **state, unsigned n_fed, const struct packet *p, char *name,
              size_t name_len, const char **by);

/* Forgets a flow that ended before it was decided. */
void app_drop(struct app *a, void **state);

/* The library and its version, "" without one. */
const char *app_version(void);

#endif
