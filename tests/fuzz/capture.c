/* Any bytes as a capture: every reader, its hooks, and the guesses. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "capture/capture.h"
#include "capture/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sums {
    uint64_t bytes, calls;
};

/* Reads every byte that was handed over. */
static void take(struct sums *s, const uint8_t *p, size_t len)
{
    while (len--)
        s->bytes += *p++;
    s->calls++;
}

static void on_interface(void *user, const struct capture_interface *i)
{
    take(user, i->name.p, i->name.left);
    take(user, i->description.p, i->description.left);
}

static void on_comment(void *user, enum capture_comment_of of, uint64_t frame_no, struct bytes text)
{
    (void)of;
    (void)frame_no;
    if (text.left > CAPTURE_TEXT_MAX)
        abort();
    take(user, text.p, text.left);
}

static void on_secrets(void *user, uint32_t type, struct bytes data)
{
    (void)type;
    if (data.left > CAPTURE_SECRETS_MAX)
        abort();
    take(user, data.p, data.left);
}

static void on_dropped(void *user, uint32_t interface_no, uint64_t n)
{
    struct sums *s = user;

    (void)interface_no;
    s->calls += n != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sums sums = { 0 };
    const struct capture_hooks hooks = { &sums, on_interface, on_comment, on_secrets, on_dropped };
    struct input *in = input_of(data, size);
    struct capture *c = NULL;
    struct err err = { 0 };
    struct frame f;
    uint64_t frames = 0;

    capture_guess(bytes_of(data, size));
    if (capture_open(in, &hooks, &c, &err) == ERR_OK) {
        while (capture_next(c, &f, &err) == CAPTURE_FRAME) {
            if (f.frame_no != ++frames || f.cap_len > f.wire_len || f.cap_len > CAPTURE_FRAME_MAX ||
                f.bytes != data + f.offset || f.offset + f.cap_len > size)
                abort();
            take(&sums, f.bytes, f.cap_len);
        }
        if (capture_offset(c) > size)
            abort();
    }
    capture_close(c);
    input_close(in);
    return 0;
}
