/*
 * guess: what a file is that no reader of ours takes, by its first bytes.
 *
 * Magics are from file(1), libpcap savefile.c, Wireshark wiretap (facts only) and the formats' own
 * specifications.  A format that has no real magic is named only where a mistake is unlikely.
 */
#ifndef CAPTURE_GUESS_H
#define CAPTURE_GUESS_H

#include "base/bytes.h"

enum guess_kind {
    GUESS_CAPTURE, /* packets, in a format that is not read yet */
    GUESS_UNPACKS, /* compressed, or an archive, of a kind that unpack.h opens */
    GUESS_PACKED,  /* one compressed file, not opened */
    GUESS_ARCHIVE, /* many files in one, not opened */
    GUESS_CASE,    /* what deadwire itself wrote (store/store.h) */
    GUESS_OTHER,   /* something else altogether */
};

struct guess {
    enum guess_kind kind;
    const char *name;
};

/* NULL: no idea. */
const struct guess *guess_find(struct bytes head);

#endif
