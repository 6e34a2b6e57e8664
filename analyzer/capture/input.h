/*
 * input: the bytes of one source, wherever they come from.
 *
 * A regular file is mapped; a pipe ("-" or a FIFO) is spooled to an unlinked temporary file within a
 * budget and then mapped.  Readers see one flat range of bytes and may go back, so a second pass
 * (exhibits, vantages) reads the same bytes again.  A file that shrinks under the mapping does not
 * kill the program: its missing pages read as zero and input_damaged() says so from then on.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define INPUT_SPOOL_MAX (INT64_C(64) << 30) /* bytes taken from a pipe at most */
#define INPUT_OPEN_MAX  1024u               /* files mapped at once */

struct input;

/* Opens `path` ("-": standard input) and reads or maps all of it.  Caller frees with input_close. */
int input_open(const char *path, struct input **out, struct err *err);
/* The same over bytes in memory (tests, fuzzing); borrowed. */
struct input *input_of(const void *p, size_t len);
void input_close(struct input *in);

/*
 * The bytes at `offset`: at least `want` of them, fewer only where the input ends (none behind its
 * end).  Borrowed until the next call.
 */
struct bytes input_at(struct input *in, uint64_t offset, size_t want);
uint64_t input_len(const struct input *in);

/* True once a page of the mapping was gone (the file was cut while it was read). */
bool input_damaged(const struct input *in);

/* SHA-256 of all bytes; computed at the first call. */
const uint8_t *input_sha256(struct input *in);

#endif
