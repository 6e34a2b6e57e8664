#include "config.h"

#include "packet/retry.h"

#include <string.h>

#include "base/hash.h"

bool retry_seen(struct retry_table *t, const struct retry_slot *frame)
{
    uint64_t h = hash_mix(frame->seq, frame->ta, sizeof(frame->ta));
    struct retry_slot *s = &t->slots[(h + frame->tid * 31u) & (RETRY_SLOTS - 1)];
    bool same = s->used && s->seq == frame->seq && s->tid == frame->tid &&
                s->wire_len == frame->wire_len && memcmp(s->ta, frame->ta, 6) == 0 &&
                memcmp(s->ra, frame->ra, 6) == 0 && frame->time_ns - s->time_ns <= RETRY_NS &&
                s->time_ns - frame->time_ns <= RETRY_NS;

    *s = *frame;
    s->used = true;
    return same;
}
