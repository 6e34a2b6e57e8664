/*
 * Random segments of one direction: what is delivered is, byte by byte, the first copy that came
 * of its place, in order, and never twice.
 *
 * Input: 4 bytes of first sequence number, 1 of budget, then commands of 4 bytes: what, offset,
 * length, missing.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "flow/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SPACE 8192u

struct model {
    uint8_t first[SPACE]; /* the first copy of a byte */
    uint8_t state[SPACE]; /* 0 never sent, 1 captured, 2 sent but cut by the snap length */
    const struct stream *s;
    uint32_t isn;
    uint32_t at;     /* everything before was delivered or skipped */
    uint32_t n_kept; /* of it, what the taker gave back */
    uint8_t appetite;
    bool lossy; /* a limit was near: a first copy may have been dropped */
};

static size_t take(void *user, struct bytes in, bool after_gap)
{
    struct model *m = user;
    uint32_t from = m->at - m->n_kept, i, used;

    assert(in.left);
    if (after_gap) {
        uint32_t end = m->s->next - m->isn;

        while (end && m->state[end - 1] == 2)
            end--;
        assert(end >= in.left && end - in.left >= m->at);
        from = end - (uint32_t)in.left;
    }
    assert(from + in.left <= SPACE);
    for (i = 0; i < in.left; i++)
        assert(m->lossy || (m->state[from + i] == 1 && m->first[from + i] == in.p[i]));
    m->at = from + (uint32_t)in.left;
    used = m->appetite >= in.left ? (uint32_t)in.left : m->appetite;
    m->n_kept = (uint32_t)in.left - used;
    return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct model m;
    struct bytes in = bytes_of(data, size);
    struct stream s = { 0 };
    struct stream_taker taker = { take, &m };
    uint32_t isn = bytes_be32(&in), serial = 0;
    struct stream_budget budget = { .max = 1u << (8 + (bytes_u8(&in) & 15)) };

    memset(&m, 0, sizeof(m));
    m.appetite = 255;
    m.s = &s;
    m.isn = isn;
    s.started = true;
    s.next = isn;
    while (in.left >= 4 && !s.off) {
        uint8_t what = bytes_u8(&in);
        uint32_t at = bytes_u8(&in) * 16u + (what >> 4), len = bytes_u8(&in) * 2u;
        uint32_t missing = bytes_u8(&in), i;
        uint8_t payload[512];

        if ((what & 3) == 3) {
            stream_acked(&s, &budget, isn + at, &taker);
            m.appetite = (uint8_t)(missing | 1);
            continue;
        }
        missing = what & 4 && missing < len ? missing : 0;
        for (i = 0; i < len; i++) {
            payload[i] = (uint8_t)(++serial * 167u >> 3);
            if (!m.state[at + i] && at + i >= s.next - isn) {
                m.state[at + i] = i < len - missing ? 1 : 2;
                m.first[at + i] = payload[i];
            }
        }
        m.lossy |= s.n_ahead + 8 > STREAM_PIECES_MAX || budget.max - budget.used < 2 * len;
        stream_push(&s, &budget, isn + at, payload, len - missing, len, &taker);
        assert(budget.used <= budget.max);
        assert(s.n_ahead <= STREAM_PIECES_MAX && s.ahead_bytes <= STREAM_AHEAD_MAX);
    }
    stream_stop(&s, &budget);
    assert(budget.used == 0);
    return 0;
}
