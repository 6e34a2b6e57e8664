#include "config.h"

#include "ingest/recent.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/capture.h"
#include "ingest/exhibit.h"

struct slot {
    uint64_t frame_no; /* 0: empty */
    uint32_t len, wire_len;
    uint16_t linktype;
    uint8_t bytes[EXHIBIT_SNAP];
};

struct recent {
    struct slot slots[RECENT_FRAMES]; /* by frame number */
};

struct recent *recent_new(void)
{
    return xcalloc(1, sizeof(struct recent));
}

void recent_free(struct recent *r)
{
    free(r);
}

void recent_add(struct recent *r, const struct frame *f)
{
    struct slot *s = &r->slots[f->frame_no % RECENT_FRAMES];

    s->frame_no = f->frame_no;
    s->len = f->cap_len < EXHIBIT_SNAP ? f->cap_len : EXHIBIT_SNAP;
    s->wire_len = f->wire_len;
    s->linktype = f->linktype;
    memcpy(s->bytes, f->bytes, s->len);
}

bool recent_find(const struct recent *r, uint64_t frame_no, struct frame *out)
{
    const struct slot *s = &r->slots[frame_no % RECENT_FRAMES];

    if (!frame_no || s->frame_no != frame_no)
        return false;
    *out = (struct frame){ .frame_no = frame_no,
                           .bytes = s->bytes,
                           .cap_len = s->len,
                           .wire_len = s->wire_len,
                           .linktype = s->linktype };
    return true;
}
