/*
 * unpack: compressed files and archives as streams of bytes, through libarchive.
 *
 * Nothing is written to disk, and nothing is held but libarchive's own buffers: the present member
 * is read as far as somebody asks.  Names are what the archive says ("../x", "/etc/x" are names
 * like any other here, since no file is ever made from them).  Links are told, not followed.
 *
 * Compressed: gzip, bzip2, xz, lzma, lzip, zstd, lz4, compress.  Archives: tar, zip, 7z, cpio,
 * these compressed or not.  Others are named by guess.h and not opened.
 */
#ifndef CAPTURE_UNPACK_H
#define CAPTURE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define UNPACK_NAME_MAX 4096u /* bytes of a member's name; a longer one is damage */
/*
 * A bomb: so many bytes out of one that was read, once this much came out.  deflate reaches 1032
 * (RFC 1951 section 3.2.5: 258 bytes for two bits); nobody's capture comes near in bulk.
 */
#define UNPACK_RATIO_MAX 2000u
#define UNPACK_FREE      (UINT64_C(64) << 20)
/*
 * What libarchive may hold at once.  A dictionary may be said to have 4 GiB (xz, lzma, 7z); what
 * packers use is 64 MiB at most unless they are told to use more.
 */
#define UNPACK_MEMORY_MAX (INT64_C(256) << 20)

struct gunzip_marks;
struct input;
struct unpack;

enum unpack_kind { UNPACK_FILE, UNPACK_LINK, UNPACK_FOLDER, UNPACK_DEVICE };

struct unpack_member {
    enum unpack_kind kind;
    bool encrypted;
    const char *name;   /* borrowed until the next call; "" in a file that is only compressed */
    const char *target; /* of a link, or NULL */
};

/*
 * Does the file begin like something that unpack_open takes?  By its first bytes; a compressed tar
 * looks like any compressed file.
 */
bool unpack_probe(struct input *from);

/*
 * Opens what `from` holds; `from` is borrowed until unpack_close and read by nobody else meanwhile.
 * ERR_FORMAT: it cannot be opened; the message says why, without a path.
 */
int unpack_open(struct input *from, struct unpack **out, struct err *err);
void unpack_close(struct unpack *u);

/* Many files in one?  Known after the first unpack_next. */
bool unpack_is_archive(const struct unpack *u);
/*
 * It needs little memory whatever is in it and shares nothing, so that it may go on beside other
 * threads (what libarchive holds can only be told while nobody else allocates).
 */
bool unpack_is_light(const struct unpack *u);
/* "gzip", "tar", "tar, gzip"; known after the first unpack_next. */
const char *unpack_title(const struct unpack *u);

/* The next member: 1 it is in *out, 0 there is none, negative: the archive is damaged from here on.
 */
int unpack_next(struct unpack *u, struct unpack_member *out, struct err *err);

/* Up to `len` bytes of the present member: 0 at its end, negative: damaged, or a bomb. */
int64_t unpack_read(struct unpack *u, void *p, size_t len, struct err *err);

/*
 * Remembers places in *marks (gunzip.h), which outlives `u`, while a light one is read; later
 * unpack_go_to reads on from the last of them at or before `offset`, and *at is where that is.
 * False: there is none, and nothing changed.
 */
void unpack_keep_marks(struct unpack *u, struct gunzip_marks *marks);
bool unpack_go_to(struct unpack *u, uint64_t offset, uint64_t *at);

/* Bytes of `from` that were taken so far. */
uint64_t unpack_taken(const struct unpack *u);

#endif
