/* openvpn_silence: who of a tunnel spoke last, and what the other end has said since. */
#include "config.h"

#include "base/times.h"
#include "dissectors/dissect.h"
#include "dissectors/openvpn_facts.h"
#include "flow/flow.h"

#define SILENCE_NS (3 * NS_PER_S) /* shorter ones are not told */

static void note_longest(struct openvpn_longest *l, int64_t ns)
{
    if (ns > l->one_ns) {
        l->two_ns = l->one_ns;
        l->one_ns = ns;
    } else if (ns > l->two_ns) {
        l->two_ns = ns;
    }
}

/*
 * What the other end said into the silence is told if that lasted longer than is the way of this
 * tunnel: pings that are always answered late are none.  Over TCP bytes of this end that came
 * before and waited for a hole to be filled were no silence (see openvpn_doubt_silence).
 */
static bool was_silent(const struct dissect_ctx *ctx, const struct openvpn_session *s)
{
    unsigned me = ctx->from, you = !ctx->from;
    const struct tcp_life *tcp = ctx->flow->tcp;

    if (!s->up_frame || !s->last_frame[me] || s->since[you] < 2 ||
        s->last_ns[you] - s->last_ns[me] < SILENCE_NS ||
        ctx->now_ns - s->since_ns[you] <= s->wait[me].two_ns)
        return false;
    return !tcp || (tcp->end[you].unseen_frame <= s->last_frame[me] &&
                    !(tcp->end[me].next_known && tcp->end[me].next_ns != ctx->now_ns &&
                      tcp->end[me].next_ns > s->last_ns[me]));
}

void openvpn_heard(struct dissect_ctx *ctx, struct openvpn_session *s)
{
    unsigned me = ctx->from, you = !ctx->from;

    if (was_silent(ctx, s))
        openvpn_emit_silence(ctx, s, you);
    if (!s->since[me]++) {
        s->since_frame[me] = ctx->frame_no;
        s->since_ns[me] = ctx->now_ns;
        s->since_gap_ns[me] = 0;
    } else if (ctx->now_ns - s->last_ns[me] > s->since_gap_ns[me]) {
        s->since_gap_ns[me] = ctx->now_ns - s->last_ns[me];
    }
    if (s->up_frame && s->since[you])
        note_longest(&s->wait[me], ctx->now_ns - s->since_ns[you]);
    if (s->up_frame && s->last_frame[me])
        note_longest(&s->gap[me], ctx->now_ns - s->last_ns[me]);
    s->since[you] = 0;
    s->last_frame[me] = ctx->frame_no;
    s->last_ns[me] = ctx->now_ns;
}

/*
 * Over TCP one hole stops the reading, so an end that seems silent may have sent more than was read.
 * Then nothing is known to be unanswered.  A FIN counts as well: who takes its leave is not silent.
 */
void openvpn_doubt_silence(const struct dissect_ctx *ctx, struct openvpn_session *s)
{
    const struct tcp_life *tcp = ctx->flow->tcp;
    unsigned end;

    for (end = 0; tcp && end < 2; end++)
        if (s->since[!end] && ((tcp->end[end].next_known && tcp->end[end].next_ns > s->last_ns[end]) ||
                               tcp->end[!end].unseen_frame > s->last_frame[end]))
            s->since[!end] = 0;
}
