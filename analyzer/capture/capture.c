#include "config.h"

#include "capture/capture.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/guess.h"
#include "capture/input.h"
#include "capture/unpack.h"

#define HEAD_LEN         4096 /* first bytes that a probe may look at */
#define HEADER_LEN_LEAST 24   /* no format of ours has a shorter file header */

#define X(name) extern const struct capture_format name##_format;
#include "capture/formats.h"
#undef X

static const struct capture_format *const formats[] = {
#define X(name) &name##_format,
#include "capture/formats.h"
#undef X
};

struct capture {
    struct input *in;
    const struct capture_hooks *hooks;
    const struct capture_format *format;
    void *state;
    const char *title;
    uint64_t offset;
    enum capture_result last; /* CAPTURE_FRAME while there may be more */
    struct err why;
};

static const struct capture_hooks no_hooks;

static const char *article(const char *name)
{
    return strchr("AEIOaeio58", name[0]) ? "an" : "a";
}

/* Something that unpacks was not unpacked: an archive of which no member was named, or damage. */
static int refuse_packed(struct input *in, const char *name, struct err *err)
{
    struct unpack *u = NULL;
    struct unpack_member m;
    struct err why = { 0 };
    int got = unpack_open(in, &u, &why);
    bool archive;

    if (!got)
        got = unpack_next(u, &m, &why);
    archive = got >= 0 && unpack_is_archive(u);
    unpack_close(u);
    if (got < 0)
        return err_set(err, ERR_FORMAT, "is %s %s file and %s", article(name), name, why.msg);
    if (archive)
        return err_set(err, ERR_FORMAT, "is %s %s archive%s", article(name), name,
                       got ? " (name a member as FILE!MEMBER)" : " without members");
    return err_set(err, ERR_FORMAT, "is %s %s file that is damaged or holds nothing", article(name),
                   name);
}

static int refuse(struct input *in, const struct bytes *head, struct err *err)
{
    const struct guess *g = guess_find(*head);
    struct err why = { 0 };

    /* What cannot be unpacked is not empty or short. */
    if (!g && head->left < HEADER_LEN_LEAST && input_cut(in, &why))
        return err_set(err, ERR_FORMAT, "%s", why.msg);
    if (head->left == 0)
        return err_set(err, ERR_FOREIGN, "empty file");
    if (!g && head->left < HEADER_LEN_LEAST)
        return err_set(err, ERR_FOREIGN, "%u bytes are fewer than any capture's header",
                       (unsigned)head->left);
    if (!g)
        return err_set(err, ERR_FOREIGN, "is in no format that deadwire knows");
    switch (g->kind) {
    case GUESS_CAPTURE:
        return err_set(err, ERR_FORMAT, "is %s %s capture, which is not supported yet",
                       article(g->name), g->name);
    case GUESS_UNPACKS:
        return refuse_packed(in, g->name, err);
    case GUESS_PACKED:
        return err_set(err, ERR_FORMAT, "is compressed with %s (unpack it first)", g->name);
    case GUESS_ARCHIVE:
        return err_set(err, ERR_FORMAT, "is %s %s archive (unpack it first)", article(g->name),
                       g->name);
    case GUESS_CASE:
        return err_set(err, ERR_FOREIGN,
                       "is %s, not a capture (tui, verdicts, show and query read it)", g->name);
    default:
        return err_set(err, ERR_FOREIGN, "is %s, not a capture", g->name);
    }
}

int capture_open(struct input *in, const struct capture_hooks *hooks, struct capture **out,
                 struct err *err)
{
    struct bytes head = input_at(in, 0, HEAD_LEN);
    const struct capture_format *format = NULL;
    struct capture *c;
    size_t i;
    int rc;

    *out = NULL;
    if (head.left > HEAD_LEN)
        head.left = HEAD_LEN;
    for (i = 0; i < sizeof(formats) / sizeof(formats[0]) && !format; i++)
        if (formats[i]->probe(head))
            format = formats[i];
    if (!format)
        return refuse(in, &head, err);
    c = xcalloc(1, sizeof(*c));
    c->in = in;
    c->hooks = hooks ? hooks : &no_hooks;
    c->format = format;
    c->title = format->title;
    rc = format->open(c, &c->state, err);
    if (rc) {
        free(c);
        return rc;
    }
    *out = c;
    return ERR_OK;
}

void capture_close(struct capture *c)
{
    if (!c)
        return;
    c->format->close(c->state);
    free(c);
}

/*
 * The page with the new end of a file that became shorter reads as zeros and raises nothing; a look
 * at the last byte tells a cut from what the zeros seem to say.
 */
static void touch_end(struct input *in)
{
    uint64_t len = input_len(in);
    struct bytes last;

    if (!len || !input_is_whole(in))
        return;
    last = input_at(in, len - 1, 1);
    (void)*(const volatile uint8_t *)last.p;
}

enum capture_result capture_next(struct capture *c, struct frame *f, struct err *why)
{
    if (c->last == CAPTURE_FRAME) {
        c->last = c->format->next(c, c->state, f, &c->why);
        if (c->last != CAPTURE_FRAME)
            touch_end(c->in);
        else if (c->format->usual_head)
            f->next = input_peek(c->in, c->offset + c->format->usual_head);
        /* Zeros in place of pages that vanished would read as a long row of empty frames. */
        if (input_damaged(c->in)) {
            err_set(&c->why, ERR_IO, "the file became shorter while it was read, near offset %llu",
                    (unsigned long long)c->offset);
            c->last = CAPTURE_CUT;
        }
        /* The reader met the end of what could be unpacked: why it is there says more. */
        if ((c->last == CAPTURE_END || c->last == CAPTURE_CUT) && input_cut(c->in, &c->why))
            c->last = CAPTURE_CUT;
    }
    if (c->last != CAPTURE_FRAME && why)
        *why = c->why;
    return c->last;
}

const char *capture_format_name(const struct capture *c)
{
    return c->format->name;
}

const char *capture_title(const struct capture *c)
{
    return c->title;
}

uint64_t capture_offset(const struct capture *c)
{
    return c->offset;
}

struct bytes capture_at(const struct capture *c, uint64_t offset, size_t want)
{
    return input_at(c->in, offset, want);
}

bool capture_is_whole(const struct capture *c)
{
    return input_is_whole(c->in);
}

const struct capture_hooks *capture_hooks(const struct capture *c)
{
    return c->hooks;
}

void capture_set_offset(struct capture *c, uint64_t offset)
{
    c->offset = offset;
}

void capture_set_title(struct capture *c, const char *title)
{
    c->title = title;
}
