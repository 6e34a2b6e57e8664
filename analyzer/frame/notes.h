/*
 * notes: what the facts of a flow say of single frames, in a few words, for a ladder's labels.
 */
#ifndef FRAME_NOTES_H
#define FRAME_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define NOTES_MAX 16384u /* of one flow; what is beyond is not told */

struct store;

struct note {
    uint64_t frame_no;
    bool bare;     /* what the headers say anyway: only for frames without bytes */
    char text[56];
};

struct notes {
    struct note *all; /* by frame */
    size_t n, cap;
};

/* Free with notes_free. */
int notes_read(struct store *s, uint32_t source, uint32_t flow, struct notes *out, struct err *err);
void notes_free(struct notes *n);

/* The first note of the frame, or NULL; *left counts it and those that follow. */
const struct note *notes_of(const struct notes *n, uint64_t frame_no, size_t *left);

#endif
