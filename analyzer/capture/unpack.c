#include "config.h"

#include "capture/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_MALLINFO2
#include <malloc.h>
#endif

#include "base/bytes.h"
#include "base/mem.h"
#include "capture/guess.h"
#include "capture/gunzip.h"
#include "capture/input.h"

#define BLOCK_LEN (256u << 10) /* bytes handed to libarchive at a time */
#define HEAD_LEN  4096u

struct unpack {
    struct archive *a;
    struct input *from;
    uint64_t at;                /* in `from` */
    uint64_t taken;             /* bytes handed to libarchive, those read twice counted twice */
    uint64_t given;             /* bytes of the member handed out */
    struct gunzip *gunzip;      /* `from` is gzip: libarchive sees what comes out of it */
    uint8_t *inflated;          /* BLOCK_LEN bytes, with gunzip */
    uint64_t n_inflated;        /* that came out of it */
    struct gunzip_marks *marks; /* borrowed, or NULL */
    bool direct;        /* after unpack_go_to: what is inflated is the member, without libarchive */
    struct bytes block; /* of the member, not handed out yet */
    uint64_t block_at;  /* where that block belongs in the member: a sparse file has holes */
    int64_t held;       /* large blocks of memory that libarchive has */
    bool archive, any;
    bool plain_gzip; /* and nothing else around or inside it */
    char title[64];
    /*
     * libarchive turns names into the character set of the locale.  Ours are bytes of UTF-8
     * whatever the user's locale is, so that the same archive always has the same names.
     */
    locale_t utf8;
};

bool unpack_probe(struct input *from)
{
    struct bytes head = input_at(from, 0, HEAD_LEN);
    const struct guess *g;

    if (head.left > HEAD_LEN)
        head.left = HEAD_LEN;
    g = guess_find(head);
    return g && g->kind == GUESS_UNPACKS;
}

/* -- what libarchive calls ------------------------------------------------------------------------
 */

/* The next bytes of `from`; none at its end.  Negative: it is cut. */
static int next_bytes(struct unpack *u, struct bytes *b, struct err *err)
{
    *b = input_at(u->from, u->at, BLOCK_LEN);
    if (b->left > BLOCK_LEN)
        b->left = BLOCK_LEN;
    return b->left == 0 && input_cut(u->from, err) ? ERR_FORMAT : ERR_OK;
}

static int64_t next_inflated(struct unpack *u, struct err *err)
{
    for (;;) {
        struct bytes b;
        size_t there;
        int64_t n;
        int rc;

        if (u->marks)
            gunzip_mark(u->marks, u->gunzip, u->at, u->n_inflated);
        rc = next_bytes(u, &b, err);
        there = b.left;
        n = gunzip_read(u->gunzip, &b, u->inflated, BLOCK_LEN, err);
        u->at += there - b.left;
        u->taken += there - b.left;
        if (n > 0)
            u->n_inflated += (uint64_t)n;
        if (n)
            return n;
        if (rc)
            return rc;
        if (!there && !gunzip_done(u->gunzip))
            return err_set(err, ERR_FORMAT, "gzip: the data ends early");
        if (!there)
            return 0;
    }
}

static la_ssize_t on_read(struct archive *a, void *user, const void **out)
{
    struct unpack *u = user;
    struct err why = { 0 };
    struct bytes b;
    int64_t n;

    if (u->gunzip) {
        n = next_inflated(u, &why);
        *out = u->inflated;
    } else {
        n = next_bytes(u, &b, &why) ? -1 : (int64_t)b.left;
        u->at += b.left;
        u->taken += b.left;
        *out = b.p;
    }
    if (n < 0)
        archive_set_error(a, EIO, "%s", why.msg);
    return n < 0 ? ARCHIVE_FATAL : n;
}

static la_int64_t on_skip(struct archive *a, void *user, la_int64_t n)
{
    struct unpack *u = user;
    uint64_t left = input_len(u->from) > u->at ? input_len(u->from) - u->at : 0;

    (void)a;
    if (n < 0)
        return 0;
    if ((uint64_t)n > left)
        n = (la_int64_t)left;
    u->at += (uint64_t)n;
    return n;
}

static la_int64_t on_seek(struct archive *a, void *user, la_int64_t n, int whence)
{
    struct unpack *u = user;
    int64_t len = (int64_t)input_len(u->from);
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)u->at : len;

    (void)a;
    if (n < -base || n > len - base)
        return ARCHIVE_FATAL;
    u->at = (uint64_t)(base + n);
    return base + n;
}

/* -- its memory -----------------------------------------------------------------------------------
 *
 * libarchive has no option that bounds a dictionary.  But so large a block is a mapping of its own
 * to glibc's malloc, which counts them; what libarchive has asked for is not touched yet, so it
 * costs nothing until data is unpacked into it.
 */

static int64_t mapped(void)
{
#ifdef HAVE_MALLINFO2
    return (int64_t)mallinfo2().hblkhd;
#else
    return 0;
#endif
}

/* `before`: mapped() before libarchive was called. */
static bool too_much(struct unpack *u, int64_t before)
{
    u->held += mapped() - before;
    return u->held > UNPACK_MEMORY_MAX;
}

static int refuse_memory(struct err *err)
{
    return err_set(err, ERR_LIMIT,
                   "needs more than %lld MiB of memory to be unpacked (unpack it first)",
                   (long long)(UNPACK_MEMORY_MAX >> 20));
}

/* -- opening --------------------------------------------------------------------------------------
 */

/* Only what libarchive does itself: no filter that would start another program. */
static void choose_formats(struct archive *a)
{
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lzma(a);
    archive_read_support_filter_lzip(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_filter_compress(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_zip(a);
    archive_read_support_format_7zip(a);
    archive_read_support_format_cpio(a);
    archive_read_support_format_raw(a);
}

/* What libarchive complains about; `what` stands before it, unless it says so itself (NULL). */
static int failed(struct unpack *u, const char *what, struct err *err)
{
    const char *why = archive_error_string(u->a);

    return err_set(err, ERR_FORMAT, "%s%s%.300s", what ? what : "", what ? ": " : "",
                   why ? why : "damaged");
}

int unpack_open(struct input *from, struct unpack **out, struct err *err)
{
    struct unpack *u = xcalloc(1, sizeof(*u));
    int64_t memory;
    locale_t before;
    int rc;

    *out = NULL;
    u->from = from;
    u->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    u->a = archive_read_new();
    choose_formats(u->a);
    archive_read_set_read_callback(u->a, on_read);
    archive_read_set_callback_data(u->a, u);
    if (gunzip_probe(input_at(from, 0, HEAD_LEN))) {
        u->gunzip = gunzip_new();
        u->inflated = xmalloc(BLOCK_LEN);
    } else if (input_is_whole(from)) { /* a stream is read on instead */
        archive_read_set_skip_callback(u->a, on_skip);
        archive_read_set_seek_callback(u->a, on_seek);
    }
    before = u->utf8 ? uselocale(u->utf8) : (locale_t)0;
    memory = mapped();
    rc = archive_read_open1(u->a);
    if (u->utf8)
        uselocale(before);
    if (rc != ARCHIVE_OK) {
        failed(u, "cannot be unpacked", err);
        unpack_close(u);
        return ERR_FORMAT;
    }
    if (too_much(u, memory)) {
        unpack_close(u);
        return refuse_memory(err);
    }
    *out = u;
    return ERR_OK;
}

void unpack_close(struct unpack *u)
{
    if (!u)
        return;
    archive_read_free(u->a);
    gunzip_free(u->gunzip);
    free(u->inflated);
    if (u->utf8)
        freelocale(u->utf8);
    free(u);
}

/* -- members --------------------------------------------------------------------------------------
 */

static const char *format_name(struct archive *a)
{
    switch (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) {
    case ARCHIVE_FORMAT_TAR:
        return "tar";
    case ARCHIVE_FORMAT_ZIP:
        return "zip";
    case ARCHIVE_FORMAT_7ZIP:
        return "7z";
    case ARCHIVE_FORMAT_CPIO:
        return "cpio";
    default:
        return NULL;
    }
}

static void make_title(struct unpack *u)
{
    const char *name = format_name(u->a);
    int i, n = archive_filter_count(u->a) - 1; /* the last one is "none" */
    size_t len = 0;

    u->archive = name != NULL;
    u->plain_gzip = u->gunzip && !name && n <= 0;
    if (name)
        len = (size_t)snprintf(u->title, sizeof(u->title), "%s", name);
    for (i = 0; i < n && len < sizeof(u->title); i++) {
        int added = snprintf(u->title + len, sizeof(u->title) - len, "%s%s", len ? ", " : "",
                             archive_filter_name(u->a, i));

        len += added > 0 ? (size_t)added : 0;
    }
    if (u->gunzip && len < sizeof(u->title))
        snprintf(u->title + len, sizeof(u->title) - len, "%sgzip", len ? ", " : "");
}

static void describe(struct archive_entry *e, struct unpack_member *out)
{
    const char *link = archive_entry_hardlink(e);
    const char *name = archive_entry_pathname(e);

    *out = (struct unpack_member){ .kind = UNPACK_FILE };
    out->name = name ? name : "";
    out->encrypted = archive_entry_is_encrypted(e) != 0;
    if (!link && archive_entry_filetype(e) == AE_IFLNK)
        link = archive_entry_symlink(e);
    if (link || archive_entry_filetype(e) == AE_IFLNK)
        out->kind = UNPACK_LINK;
    else if (archive_entry_filetype(e) == AE_IFDIR)
        out->kind = UNPACK_FOLDER;
    else if (archive_entry_filetype(e) != AE_IFREG && archive_entry_filetype(e) != 0)
        out->kind = UNPACK_DEVICE;
    out->target = link;
}

int unpack_next(struct unpack *u, struct unpack_member *out, struct err *err)
{
    locale_t before = u->utf8 ? uselocale(u->utf8) : (locale_t)0;
    struct archive_entry *e = NULL;
    int64_t memory = mapped();
    int rc = archive_read_next_header(u->a, &e), got = 1;
    bool heavy = too_much(u, memory);

    if (rc >= ARCHIVE_WARN && !u->any)
        make_title(u);
    if (heavy) {
        got = refuse_memory(err);
    } else if (rc == ARCHIVE_EOF) {
        got = 0;
    } else if (rc < ARCHIVE_WARN) {
        got = failed(u, u->any ? "the archive is damaged" : "cannot be unpacked", err);
    } else {
        u->any = true;
        u->given = u->block_at = 0;
        u->block = bytes_of(NULL, 0);
        describe(e, out);
        if (!u->archive)
            out->name = "";
        if (strlen(out->name) > UNPACK_NAME_MAX)
            got =
                err_set(err, ERR_LIMIT, "a member's name is longer than %u bytes", UNPACK_NAME_MAX);
    }
    if (u->utf8)
        uselocale(before);
    return got;
}

/* The next block of the member into u->block; 0: the member is over. */
static int next_block(struct unpack *u, struct err *err)
{
    const void *p = NULL;
    size_t n = 0;
    la_int64_t at = 0;
    int64_t memory, inflated;
    int rc;

    if (u->direct) {
        inflated = next_inflated(u, err);
        if (inflated <= 0)
            return (int)inflated;
        u->block = bytes_of(u->inflated, (size_t)inflated);
        u->block_at = u->given;
        return 1;
    }
    memory = u->plain_gzip ? 0 : mapped();
    do {
        rc = archive_read_data_block(u->a, &p, &n, &at);
    } while (rc == ARCHIVE_RETRY || (rc == ARCHIVE_OK && n == 0));
    /* zlib's window is small and fixed; what others allocate meanwhile must not be counted. */
    if (!u->plain_gzip && too_much(u, memory))
        return refuse_memory(err);
    if (rc == ARCHIVE_EOF)
        return 0;
    if (rc != ARCHIVE_OK || at < 0 || (uint64_t)at < u->given)
        return failed(u, u->gunzip && !u->archive ? NULL : u->title, err);
    u->block = bytes_of(p, n);
    u->block_at = (uint64_t)at;
    return 1;
}

int64_t unpack_read(struct unpack *u, void *p, size_t len, struct err *err)
{
    size_t n;
    int rc;

    if (!u->block.left) {
        rc = next_block(u, err);
        if (rc <= 0)
            return rc;
    }
    if (u->given < u->block_at) { /* a hole in front of it */
        n = u->block_at - u->given < len ? (size_t)(u->block_at - u->given) : len;
        memset(p, 0, n);
    } else {
        n = u->block.left < len ? u->block.left : len;
        bytes_copy(&u->block, p, n);
    }
    u->given += n;
    if (u->given > UNPACK_FREE && u->given / UNPACK_RATIO_MAX > u->taken)
        return err_set(err, ERR_LIMIT, "%s: a bomb: more than %u bytes came out of each byte read",
                       u->title, UNPACK_RATIO_MAX);
    return (int64_t)n;
}

void unpack_keep_marks(struct unpack *u, struct gunzip_marks *marks)
{
    u->marks = u->gunzip ? marks : NULL;
}

bool unpack_go_to(struct unpack *u, uint64_t offset, uint64_t *at)
{
    struct gunzip *g;
    uint64_t in, out;

    if (!unpack_is_light(u) || !u->marks || !(g = gunzip_from_mark(u->marks, offset, &in, &out)))
        return false;
    gunzip_free(u->gunzip);
    u->gunzip = g;
    u->direct = true;
    u->at = u->taken = in;
    u->n_inflated = u->given = *at = out;
    u->block = bytes_of(NULL, 0);
    return true;
}

bool unpack_is_archive(const struct unpack *u)
{
    return u->archive;
}

bool unpack_is_light(const struct unpack *u)
{
    return u->plain_gzip && input_is_whole(u->from);
}

const char *unpack_title(const struct unpack *u)
{
    return u->title;
}

uint64_t unpack_taken(const struct unpack *u)
{
    return u->at;
}
