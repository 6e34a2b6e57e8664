#include "config.h"

#include "flow/outstanding.h"

void outstanding_send(struct outstanding *o, uint64_t frame_no, int64_t ns)
{
    *o = (struct outstanding){
        .sent_frame = frame_no, .sent_ns = ns, .last_frame = frame_no, .last_ns = ns
    };
}

void outstanding_resend(struct outstanding *o, uint64_t frame_no, int64_t ns)
{
    if (!o->resend_frame)
        o->resend_frame = frame_no;
    o->last_frame = frame_no;
    o->last_ns = ns;
    o->n_resent++;
}

void outstanding_answer(struct outstanding *o, uint64_t frame_no, int64_t ns)
{
    o->answer_frame = frame_no;
    o->answer_ns = ns;
}

bool outstanding_open(const struct outstanding *o)
{
    return o->sent_frame && !o->answer_frame;
}

int64_t outstanding_waited_ns(const struct outstanding *o, int64_t end_ns)
{
    int64_t end = o->answer_frame ? o->answer_ns : end_ns;

    return o->sent_frame && end > o->sent_ns ? end - o->sent_ns : 0;
}
