#include "config.h"

#include "capture/window.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/str.h"
#include "capture/ahead.h"
#include "capture/gunzip.h"
#include "capture/input.h"
#include "capture/unpack.h"

#define WINDOW_USUAL (1u << 20) /* bytes read ahead */
#define WINDOW_AGAIN (64u << 10) /* in later passes, which pick out single frames */
#define AHEAD_FROM   (4u << 20) /* what is smaller is not worth a thread */

struct window {
    struct input *base;
    bool owned;
    char *member; /* NULL: not an archive */
    struct unpack *u;
    /*
     * Unpacking goes on beside whoever uses the bytes.  While this is not NULL, `u`, `made`,
     * `marks`, `digest` and `digested` are the other thread's.
     */
    struct ahead *ahead;
    struct gunzip_marks *marks;
    uint64_t made;   /* bytes of this pass that came out of `u` */
    uint64_t jumped; /* where it began: the place of the last jump, or 0 */
    _Atomic uint64_t taken;
    uint8_t *buf;
    size_t cap, len;
    uint64_t start; /* offset of buf[0] in what is unpacked */
    bool ended;
    bool damaged;
    struct err why;
    uint64_t total;        /* bytes seen in the longest pass */
    struct digest *digest; /* of the first pass; NULL when it is done */
    uint64_t digested;
    uint8_t sha256[SHA256_LEN];
    char *title;
};

bool window_search_next(struct window_search *s, const char *name, const char **inner)
{
    size_t len = strlen(name);
    char *end;
    unsigned long n;

    *inner = NULL;
    if (strncmp(s->wanted, name, len) != 0 || !len)
        return false;
    if (s->wanted[len] == '#') {
        n = strtoul(s->wanted + len + 1, &end, 10);
        if (n < 2 || (*end && *end != '!') || ++s->n_same != n)
            return false;
        *inner = *end ? end + 1 : NULL;
        return true;
    }
    if (s->wanted[len] == '!')
        *inner = s->wanted + len + 1;
    return !s->wanted[len] || s->wanted[len] == '!';
}

static int no_content(const struct unpack_member *m, struct err *err)
{
    struct str target = { 0 };

    if (m->kind == UNPACK_LINK) {
        str_add_foreign(&target, m->target ? m->target : "", m->target ? strlen(m->target) : 0);
        err_set(err, ERR_FORMAT, "is a link to %.200s, which is read where it lies",
                str_get(&target));
        str_free(&target);
        return ERR_FORMAT;
    }
    if (m->kind != UNPACK_FILE)
        return err_set(err, ERR_FORMAT, "is a %s",
                       m->kind == UNPACK_FOLDER ? "folder" : "device, not a file");
    if (m->encrypted)
        return err_set(err, ERR_FORMAT, "is encrypted (unpack it with its password first)");
    return ERR_OK;
}

static void stop_ahead(struct window *w)
{
    ahead_stop(w->ahead);
    w->ahead = NULL;
}

static void rewind_buffer(struct window *w)
{
    w->start = w->len = w->made = 0;
    w->ended = w->damaged = false;
}

/* Opens the archive anew and stands at the first byte of the member. */
static int begin(struct window *w, struct err *err)
{
    struct window_search search = { .wanted = w->member };
    struct unpack_member m;
    const char *inner;
    int rc;

    stop_ahead(w);
    unpack_close(w->u);
    w->u = NULL;
    rewind_buffer(w);
    rc = unpack_open(w->base, &w->u, err);
    if (!rc && !w->member)
        unpack_keep_marks(w->u, w->marks);
    while (!rc) {
        rc = unpack_next(w->u, &m, err);
        if (rc < 0)
            return rc;
        if (rc == 0)
            return err_set(err, ERR_FORMAT, w->member ? "is not in the archive" : "holds nothing");
        if (!w->member || (window_search_next(&search, m.name, &inner) && !inner))
            return no_content(&m, err);
        rc = 0;
    }
    return rc;
}

int window_open(struct input *base, bool owned, const char *member, struct window **out,
                struct err *err)
{
    struct window *w = xcalloc(1, sizeof(*w));
    int rc;

    w->base = base;
    w->owned = owned;
    w->member = member ? xstrdup(member) : NULL;
    w->digest = digest_new();
    w->marks = gunzip_marks_new();
    rc = begin(w, err);
    *out = rc ? NULL : w;
    if (rc)
        window_close(w);
    else
        w->title = xstrdup(unpack_title(w->u));
    return rc;
}

void window_close(struct window *w)
{
    if (!w)
        return;
    stop_ahead(w);
    unpack_close(w->u);
    gunzip_marks_free(w->marks);
    if (w->owned)
        input_close(w->base);
    digest_free(w->digest);
    free(w->title);
    free(w->member);
    free(w->buf);
    free(w);
}

bool window_advance(struct window *w, const char *rest, const char **inner)
{
    struct window_search search = { .wanted = rest };
    struct unpack_member m;

    *inner = NULL;
    /* Which of several members of one name it is, only a count from the first one tells. */
    if (!w->member || !w->u || strchr(rest, '#'))
        return false;
    stop_ahead(w);
    while (unpack_next(w->u, &m, NULL) > 0) {
        if (!window_search_next(&search, m.name, inner))
            continue;
        free(w->member);
        w->member = *inner ? xstrndup(rest, (size_t)(*inner - rest) - 1) : xstrdup(rest);
        rewind_buffer(w);
        w->why = (struct err){ 0 };
        w->total = w->digested = 0;
        digest_free(w->digest);
        w->digest = digest_new();
        return no_content(&m, NULL) == ERR_OK;
    }
    return false;
}

const char *window_member(const struct window *w)
{
    return w->member;
}

struct input *window_peel(struct window *w)
{
    struct input *base = w->base;

    w->owned = false;
    window_close(w);
    return base;
}

/* The next bytes that are unpacked; hashes what no pass had before.  Maybe on another thread. */
static int64_t produce(void *user, uint8_t *p, size_t len, struct err *err)
{
    struct window *w = user;
    int64_t n = unpack_read(w->u, p, len, err);
    uint64_t known = w->digested - w->made;

    atomic_store(&w->taken, unpack_taken(w->u));
    if (n <= 0)
        return n;
    if (w->digest && w->made <= w->digested && known < (uint64_t)n) {
        digest_add(w->digest, p + known, (size_t)((uint64_t)n - known));
        w->digested = w->made + (uint64_t)n;
    }
    w->made += (uint64_t)n;
    return n;
}

static void finish(struct window *w, bool damaged)
{
    stop_ahead(w);
    w->ended = true;
    w->damaged = damaged;
    if (w->digest)
        digest_end(w->digest, w->sha256);
    w->digest = NULL;
}

/* Room for `want` bytes, the kept ones included. */
static void reserve(struct window *w, size_t want)
{
    size_t cap = w->cap ? w->cap : WINDOW_USUAL;

    while (cap < want)
        cap *= 2;
    if (cap > w->cap) {
        w->buf = xrealloc(w->buf, cap, 1);
        w->cap = cap;
    }
}

/* Stands at or before `offset`, without unpacking all that lies before it.  False: not that way. */
static bool jump(struct window *w, uint64_t offset)
{
    uint64_t at;

    stop_ahead(w);
    if (!w->u || !unpack_go_to(w->u, offset, &at))
        return false;
    rewind_buffer(w);
    w->start = w->made = w->jumped = at;
    return true;
}

/* Reads until the window reaches `end` or the data does. */
static void fill(struct window *w, uint64_t end)
{
    while (!w->ended && w->start + w->len < end) {
        size_t room = w->cap - w->len;
        int64_t n;

        if (!w->ahead && w->made - w->jumped >= AHEAD_FROM && unpack_is_light(w->u))
            w->ahead = ahead_start(produce, w);
        if (!w->ahead && !w->digest && room > WINDOW_AGAIN)
            room = WINDOW_AGAIN;
        n = w->ahead ? ahead_read(w->ahead, w->buf + w->len, room, &w->why)
                     : produce(w, w->buf + w->len, room, &w->why);
        if (n <= 0) {
            finish(w, n < 0);
            break;
        }
        w->len += (size_t)n;
        if (w->start + w->len > w->total)
            w->total = w->start + w->len;
    }
}

/* Moves the start of the window to `offset`. */
static void slide(struct window *w, uint64_t offset)
{
    /* The first pass is hashed as it goes by and makes the marks; later ones may leave something
     * out. */
    if (!w->digest && gunzip_mark_before(w->marks, offset) > w->start + w->len)
        jump(w, offset);
    while (offset > w->start + w->len && !w->ended) { /* far ahead: what lies between goes by */
        w->start += w->len;
        w->len = 0;
        fill(w, w->start + 1);
    }
    if (offset >= w->start + w->len) {
        w->start += w->len;
        w->len = 0;
    } else {
        w->len -= (size_t)(offset - w->start);
        memmove(w->buf, w->buf + (offset - w->start), w->len);
        w->start = offset;
    }
}

struct bytes window_peek(const struct window *w, uint64_t offset)
{
    if (offset < w->start || offset >= w->start + w->len)
        return bytes_of(w->buf, 0);
    return bytes_of(w->buf + (offset - w->start), (size_t)(w->start + w->len - offset));
}

struct bytes window_at(struct window *w, uint64_t offset, size_t want)
{
    if (want > WINDOW_MAX)
        want = WINDOW_MAX;
    if (offset < w->start && !jump(w, offset) && begin(w, &w->why))
        finish(w, true); /* it could be opened before */
    if (offset + want > w->start + w->len) {
        reserve(w, 1);
        if (offset + want > w->start + w->cap || offset > w->start + w->len)
            slide(w, offset);
        reserve(w, want);
        fill(w, offset + want);
    }
    return window_peek(w, offset);
}

bool window_damaged(const struct window *w, struct err *why)
{
    if (w->damaged && why)
        *why = w->why;
    return w->damaged;
}

uint64_t window_len(const struct window *w)
{
    return w->total;
}

const uint8_t *window_sha256(struct window *w)
{
    while (w->digest)
        window_at(w, w->start + w->len, 1);
    return w->sha256;
}

const char *window_title(const struct window *w)
{
    return w->title;
}

uint64_t window_taken(const struct window *w)
{
    return atomic_load(&w->taken);
}

struct input *window_base(const struct window *w)
{
    return w->base;
}
