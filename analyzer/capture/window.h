/*
 * window: a moving window over bytes that are being unpacked.
 *
 * The window slides forward as bytes are asked for and grows to what one request needs.  Going back
 * behind its start begins again from the first byte: a second pass costs a second unpacking, never
 * disk or memory.  The SHA-256 is computed over the first pass as it goes by.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define WINDOW_MAX (64u << 20) /* bytes that one request may ask for */

struct input;
struct window;

/*
 * A window over `base`: unpacked, and with `member` over that member of the archive.  With `owned`
 * it closes `base` at the end (also when this fails).  A member is named as window_name names it.
 * ERR_FORMAT: damaged, encrypted, no such member.
 */
int window_open(struct input *base, bool owned, const char *member, struct window **out,
                struct err *err);
void window_close(struct window *w);

/*
 * Goes on to the member that `rest` (behind "archive!") names and that stands behind the present
 * one; *inner as window_search_next has it.  False: it was not met there, and the window is only
 * good to be closed.
 */
bool window_advance(struct window *w, const char *rest, const char **inner);
const char *window_member(const struct window *w); /* NULL: not of an archive */
/* Closes the window without its base, which is then the caller's. */
struct input *window_peel(struct window *w);

/* As input_at. */
struct bytes window_at(struct window *w, uint64_t offset, size_t want);
/* As input_peek. */
struct bytes window_peek(const struct window *w, uint64_t offset);

/* Unpacking ended before the data did; *why says how. */
bool window_damaged(const struct window *w, struct err *why);

/* Bytes unpacked so far: all of them once the end was met. */
uint64_t window_len(const struct window *w);
/* Reads on to the end. */
const uint8_t *window_sha256(struct window *w);
/* "zip, gzip" */
const char *window_title(const struct window *w);
/* Where reading stands in `base`. */
uint64_t window_taken(const struct window *w);
struct input *window_base(const struct window *w);

/*
 * The rest of a path behind "archive!" names a member, or a member of the archive that a member is:
 * "inner.tar!a.pcap".  Of members with one name the second is "name#2".  These two tell whether the
 * member that comes next is (or leads to) `wanted`; *inner is then what follows its "!", or NULL.
 */
struct window_search {
    const char *wanted;
    unsigned n_same; /* members so far that have the name before "#n" */
};
bool window_search_next(struct window_search *s, const char *name, const char **inner);

#endif
