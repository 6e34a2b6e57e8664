/*
 * input: the bytes of one source, wherever they come from.
 *
 * A source is a path, "-" for standard input, or "archive!member" (also nested:
 * "a.zip!b.tgz!c.pcap"). What is compressed is unpacked as it is read, through a window that moves
 * along (window.h). A regular file is mapped; a pipe ("-" or a FIFO) is spooled to an unlinked
 * temporary file within a budget and then mapped.  Readers see one flat range of bytes and may go
 * back, so a second pass (exhibits, vantages) reads the same bytes again.  A file that shrinks
 * under the mapping does not kill the program: its missing pages read as zero and input_damaged()
 * says so from then on.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define INPUT_SPOOL_MAX (INT64_C(64) << 30) /* bytes taken from a pipe at most */
#define INPUT_DEPTH_MAX 4u /* archives inside archives, and compressed inside those */

struct input;

/*
 * Opens `path`.  A compressed file gives the bytes that were compressed; an archive, without a
 * "!member", gives its own bytes.  Caller frees with input_close.  A FIFO into which nobody writes
 * is ERR_IO: what came out of it once does not come again.
 */
int input_open(const char *path, struct input **out, struct err *err);
/*
 * The same for who opens it first: waits for the one who writes into a FIFO.  ERR_STOPPED: *stop
 * was set meanwhile (it may be NULL), also while a pipe was read.
 */
int input_open_wait(const char *path, const volatile sig_atomic_t *stop, struct input **out,
                    struct err *err);
/* The same without unpacking the last file of the path: its own bytes. */
int input_open_packed(const char *path, struct input **out, struct err *err);
/*
 * A member of an archive that is open, its own bytes; a name as window.h has it.  Name NULL: what
 * was compressed in a file that is no archive.  `outer` is borrowed until the member is closed and
 * read by nobody else meanwhile.
 */
int input_open_member(struct input *outer, const char *name, struct input **out, struct err *err);
/*
 * Goes on to a later member of the same archive, `in` being one of its members; NULL: it was not
 * met, and `in` is closed.
 */
struct input *input_advance(struct input *in, const char *name);
/*
 * What was opened last.  A member that stands behind it in the same archive is read on from there:
 * to open it anew means to unpack all that comes before it once more.  Members are to be asked for
 * in the order in which they lie; else clear the shelf in between, since one name may stand there
 * twice.
 */
struct input_shelf {
    char *path;
    struct input *in;
    const volatile sig_atomic_t *stop; /* as input_open_wait has it; the caller's */
};
/* As input_open_wait, but *out belongs to the shelf, until the next call or input_shelf_clear. */
int input_shelf_open(struct input_shelf *s, const char *path, struct input **out, struct err *err);
void input_shelf_clear(struct input_shelf *s);
/* The same over bytes in memory (tests, fuzzing); borrowed. */
struct input *input_of(const void *p, size_t len);
void input_close(struct input *in);

/*
 * The bytes at `offset`: at least `want` of them, fewer only where the input ends (none behind its
 * end).  Borrowed until the next call.
 */
struct bytes input_at(struct input *in, uint64_t offset, size_t want);
/* What is at hand there, perhaps nothing: nothing is read, unpacked or moved, and what input_at gave
 * stays. */
struct bytes input_peek(const struct input *in, uint64_t offset);
/* Bytes there are; of what is unpacked, those that came so far (all of them after input_sha256). */
uint64_t input_len(const struct input *in);
/* All bytes are there at once; else going back costs a second unpacking. */
bool input_is_whole(const struct input *in);

/* True once a page of the mapping was gone (the file was cut while it was read). */
bool input_damaged(const struct input *in);
/* Unpacking ended before the data did; *why says how. */
bool input_cut(const struct input *in, struct err *why);

/*
 * Starts hashing on another thread, beside whoever reads; input_sha256 waits for it.  For large
 * files: what is unpacked is hashed as it goes by anyway.
 */
void input_hash_beside(struct input *in);
/* SHA-256 of all bytes; computed at the first call, or while what is unpacked goes by. */
const uint8_t *input_sha256(struct input *in);

/* What it was unpacked from ("gzip", "zip"), or NULL. */
const char *input_packing(const struct input *in);

/* For progress: how much of the file itself was read when reading stands at `offset`. */
uint64_t input_done(const struct input *in, uint64_t offset);
uint64_t input_file_len(const struct input *in);

#endif
