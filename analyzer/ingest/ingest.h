/*
 * ingest: reads one source into the case.
 *
 * It recognises what the source is by content (a capture, a key log, ...), runs it through the
 * pipeline and leaves a source row that says how far it got.  Trouble with the source itself is
 * never an error of the run: it is the source's status.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "store/store.h"

struct app;
struct dissect_keys;
struct fact_kind;
struct input_shelf;

/* How far a source is. */
struct ingest_progress {
    const char *path;
    uint64_t done, of; /* bytes of its file; of 0: nobody knows */
    uint64_t frames;   /* met so far */
};

struct ingest_options {
    const char *filter; /* BPF expression, or NULL */
    enum progress_mode progress;
    bool again;                        /* read known sources again */
    const struct dissect_keys *keys;   /* dissectors/keys.h, or NULL */
    const volatile sig_atomic_t *stop; /* set by Ctrl-C; may be NULL */
    struct input_shelf *shelf;         /* capture/input.h, kept from source to source; or NULL */
    struct app *app;                   /* flow/app.h, kept from source to source; or NULL */
    /* Called every few thousand frames; may be NULL. */
    void (*tell)(void *user, const struct ingest_progress *p);
    void *tell_user;
};

/*
 * Reads source `id` (registered) from its path.  `walked`: it was met in a folder, so a file that
 * is no input at all is skipped, not unreadable.  *out tells what became of it; pointers live until
 * the next call on the store.  ERR_STOPPED after Ctrl-C: what was read is kept as partial.
 * ERR_GONE: it cannot be read any more, and the case keeps what it knew of it.
 */
int ingest_source(struct store *s, uint32_t id, bool walked, const struct ingest_options *o,
                  struct source *out, struct err *err);

/*
 * A source that is known to be unreadable before it is opened (an encrypted member of an archive),
 * or with `no_input` to be none: the reason is kept.
 */
int ingest_refuse(struct store *s, uint32_t id, const char *why, bool no_input, struct source *out,
                  struct err *err);

/*
 * Writes the kinds of fact that dissectors and importers emit into `out`, each once, and returns
 * their number (at most `max`).
 */
size_t ingest_fact_kinds(const struct fact_kind **out, size_t max);

#endif
