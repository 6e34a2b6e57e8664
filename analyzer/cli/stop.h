/*
 * stop: Ctrl-C and SIGTERM ask a command to end in good order; a second one ends it at once.
 *
 * Signals have no context: the flag is the one thing of its kind.
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <signal.h>

/* From now on; what is returned is set when somebody asks (ingest_options.stop). */
const volatile sig_atomic_t *stop_catch(void);

#endif
