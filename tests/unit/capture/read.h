/* read: reads a generated capture to its end and notes what came, for the tests of the readers. */
#ifndef TESTS_UNIT_CAPTURE_READ_H
#define TESTS_UNIT_CAPTURE_READ_H

#include "capture/capture.h"
#include "capture/input.h"
#include "tests/support/build.h"
#include "tests/support/tap.h"

#define READ_FRAMES_MAX 16

struct read {
    int open_rc;
    struct err err; /* of open, or why it ended */
    enum capture_result result;
    char format[32], title[64];
    uint64_t n_frames, offset;
    struct frame frames[READ_FRAMES_MAX]; /* `bytes` is not kept */
    uint8_t first_byte[READ_FRAMES_MAX], last_byte[READ_FRAMES_MAX];
    struct capture_interface interfaces[READ_FRAMES_MAX];
    char names[READ_FRAMES_MAX][64], descriptions[READ_FRAMES_MAX][64];
    unsigned n_interfaces;
    char comments[512]; /* "1:text" (kind of comment:text), one after the other */
    uint64_t comment_frames;
    char secrets[64];
    uint32_t secrets_type;
    size_t secrets_len;
    uint64_t dropped;
};

static void read_interface(void *user, const struct capture_interface *i)
{
    struct read *r = user;

    if (r->n_interfaces < READ_FRAMES_MAX) {
        r->interfaces[r->n_interfaces] = *i;
        snprintf(r->names[r->n_interfaces], 64, "%.*s", (int)i->name.left,
                 i->name.left ? (const char *)i->name.p : "");
        snprintf(r->descriptions[r->n_interfaces], 64, "%.*s", (int)i->description.left,
                 i->description.left ? (const char *)i->description.p : "");
    }
    r->n_interfaces++;
}

static void read_comment(void *user, enum capture_comment_of of, uint64_t frame_no,
                         struct bytes text)
{
    struct read *r = user;
    size_t len = strlen(r->comments);

    snprintf(r->comments + len, sizeof(r->comments) - len, "%d:%.*s ", of, (int)text.left,
             text.left ? (const char *)text.p : "");
    r->comment_frames += frame_no;
}

static void read_secrets(void *user, uint32_t type, struct bytes data)
{
    struct read *r = user;

    r->secrets_type = type;
    r->secrets_len = data.left;
    snprintf(r->secrets, sizeof(r->secrets), "%.*s", (int)data.left,
             data.left ? (const char *)data.p : "");
}

static void read_dropped(void *user, uint32_t interface_no, uint64_t n)
{
    struct read *r = user;

    (void)interface_no;
    r->dropped += n;
}

/* The bytes lie flush against a page that cannot be read. */
__attribute__((unused)) static void read_all(const void *p, size_t len, struct read *r)
{
    const struct capture_hooks hooks = { r, read_interface, read_comment, read_secrets,
                                         read_dropped };
    struct guard g = guard_new(p, len);
    struct input *in = input_of(g.p, g.len);
    struct capture *c = NULL;
    struct frame f;

    *r = (struct read){ 0 };
    r->open_rc = capture_open(in, &hooks, &c, &r->err);
    while (c && (r->result = capture_next(c, &f, &r->err)) == CAPTURE_FRAME) {
        if (r->n_frames < READ_FRAMES_MAX) {
            r->frames[r->n_frames] = f;
            r->first_byte[r->n_frames] = f.cap_len ? f.bytes[0] : 0;
            r->last_byte[r->n_frames] = f.cap_len ? f.bytes[f.cap_len - 1] : 0;
        }
        r->n_frames++;
    }
    if (c) {
        r->offset = capture_offset(c);
        snprintf(r->format, sizeof(r->format), "%s", capture_format_name(c));
        snprintf(r->title, sizeof(r->title), "%s", capture_title(c));
    }
    capture_close(c);
    input_close(in);
    guard_free(&g);
}

/*
 * Cut at every byte: never more frames than whole ones, never a word of "complete" unless the cut
 * is a place where a file may end (n_ends of them, the whole file included).
 */
__attribute__((unused)) static void read_cuts(const struct build *file, unsigned n_ends,
                                              const char *what)
{
    unsigned ends = 0, silent = 0, backwards = 0;
    uint64_t last = 0;
    struct read r;
    size_t len;

    for (len = 0; len <= file->len; len++) {
        read_all(file->p, len, &r);
        if (r.open_rc == 0 && r.result == CAPTURE_END)
            ends++;
        else if (!r.err.msg[0])
            silent++;
        backwards += r.n_frames < last;
        last = r.n_frames;
    }
    is_int(ends, n_ends, what);
    is_int(silent, 0, "  every cut says why");
    is_int(backwards, 0, "  a longer file never has fewer frames");
}

#endif
