/* Any bytes as an archive: what it lists, and the first bytes of each member, twice. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "capture/capture.h"
#include "capture/input.h"
#include "ingest/members.h"

#define MEMBERS_TRIED 4u
#define FRAMES_TRIED  64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_through(struct input *in)
{
    struct capture *c = NULL;
    struct err err = { 0 };
    struct frame f;
    unsigned n = 0;
    uint64_t sum = 0;

    if (capture_open(in, NULL, &c, &err) == ERR_OK)
        while (n++ < FRAMES_TRIED && capture_next(c, &f, &err) == CAPTURE_FRAME)
            sum += f.cap_len ? f.bytes[0] + f.bytes[f.cap_len - 1] : 0;
    if (sum == UINT64_MAX)
        abort();
    capture_close(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input *outer = input_of(data, size), *in = NULL;
    struct members m;
    size_t i;

    members_list(outer, &m);
    if (!m.is_archive && input_open_member(outer, NULL, &in, NULL) == ERR_OK) {
        read_through(in);
        read_through(in);
        input_close(in);
    }
    for (i = 0; i < m.n && i < MEMBERS_TRIED; i++) {
        in = NULL;
        if (!m.all[i].refused && input_open_member(outer, m.all[i].name, &in, NULL) == ERR_OK) {
            read_through(in);
            input_close(in);
        }
    }
    members_free(&m);
    input_close(outer);
    return 0;
}
