#include "config.h"

#include "dissectors/openvpn_facts.h"

#include "dissectors/dissect.h"
#include "dissectors/hello_facts.h"
#include "flow/flow.h"

/* clang-format off */
static const struct fact_column id_columns[] = {
    { "negotiation", FACT_INT, "", "its number in the flow", 0 },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "packet_id", FACT_INT, "", "id within the negotiation", 0 },
    { "sent_frame", FACT_INT, "frame", "first sending", 0 },
    { "resent", FACT_INT, "", "how often it was sent again", 0 },
    { "last_frame", FACT_INT, "frame", "last sending", 0 },
    { "ack_frame", FACT_INT, "frame", "first acknowledged by; NULL: never", 0 },
    { "ack_ns", FACT_INT, "ns", "its time", 0 },
    { "in_flight", FACT_INT, "", "unacknowledged ids when it was first sent, itself included", 0 },
    { "size", FACT_INT, "bytes", "true size of the first frame", 0 },
};
static const struct fact_kind id_fact = {
    "openvpn_id", FACT_OF_FRAME, "a control packet id: sent, resent, acknowledged", id_columns,
    sizeof(id_columns) / sizeof(id_columns[0]),
};

static const struct fact_column stall_columns[] = {
    { "negotiation", FACT_INT, "", "its number in the flow", 0 },
    { "sent_by", FACT_TEXT, "", "a or b: whose window", 0 },
    { "side", FACT_TEXT, "", "server or client: whose window; NULL: not known", 0 },
    { "packet_id", FACT_INT, "", "the lowest id that held the window", 0 },
    { "window", FACT_INT, "", "first id not sent minus that id", 0 },
    { "widest", FACT_INT, "", "widest window of this end in this negotiation", 0 },
    { "sent_frame", FACT_INT, "frame", "its first sending", FACT_CITES },
    { "resent", FACT_INT, "", "how often it was sent again", 0 },
    { "resend_frame", FACT_INT, "frame", "first of these", FACT_CITES },
    { "last_frame", FACT_INT, "frame", "last sending", FACT_CITES },
    { "last_ns", FACT_INT, "ns", "its time", 0 },
    { "ack_frame", FACT_INT, "frame", "first acknowledgement seen here; NULL: none", FACT_CITES },
    { "last_ack_frame", FACT_INT, "frame", "last one", FACT_CITES },
    { "n_acks", FACT_INT, "", "acknowledgements seen here", 0 },
    { "after_ack", FACT_INT, "", "sendings after the first acknowledgement seen here", 0 },
    { "above_acked", FACT_INT, "", "higher ids that were acknowledged meanwhile", 0 },
    { "recovered", FACT_INT, "bool", "something new was sent in the end", 0 },
    { "stalled_ns", FACT_INT, "ns", "first sending to the acknowledgement, or to the negotiation's end", 0 },
};
static const struct fact_kind stall_fact = {
    "openvpn_stall", FACT_OF_FRAME,
    "an end sent nothing new while one id stayed unacknowledged, the worst case of a negotiation",
    stall_columns, sizeof(stall_columns) / sizeof(stall_columns[0]),
};

static const struct fact_column negotiation_columns[] = {
    { "negotiation", FACT_INT, "", "its number in the flow", 0 },
    { "key_id", FACT_INT, "", "0: the first of a session", 0 },
    { "client", FACT_TEXT, "", "which end is the client: a or b; NULL: not known", 0 },
    { "started_by", FACT_TEXT, "", "a or b", 0 },
    { "wrap", FACT_TEXT, "", "none, tls-auth, tls-crypt, tls-crypt-v2", 0 },
    { "encrypted", FACT_INT, "bool", "ids cannot be read", 0 },
    { "mid", FACT_INT, "bool", "its start was not captured", 0 },
    { "a_sid", FACT_INT, "", "session id of a; NULL: not seen", FACT_KEY },
    { "b_sid", FACT_INT, "", "session id of b", 0 },
    { "start_frame", FACT_INT, "frame", "first packet", FACT_CITES },
    { "resets", FACT_INT, "", "hard resets of the client, resends included", 0 },
    { "answer_frame", FACT_INT, "frame", "first packet of the other end", FACT_CITES },
    { "answer_ns", FACT_INT, "ns", "its time", 0 },
    { "went_on_frame", FACT_INT, "frame", "first packet of the end that began that is no reset: it was answered, captured or not", FACT_CITES },
    { "own_controls", FACT_INT, "", "P_CONTROL packets of the end that began, resends included", 0 },
    { "cut_frame", FACT_INT, "frame", "first control packet that was not captured whole", 0 },
    { "last_frame", FACT_INT, "frame", "last control packet", FACT_CITES },
    { "last_ns", FACT_INT, "ns", "its time", 0 },
    { "agreed_frame", FACT_INT, "frame", "the other end's answer in the key exchange: TLS is set up; NULL also: ids cannot be read", 0 },
    { "own_data_frame", FACT_INT, "frame", "first data under its key of the end that began: it has the keys", 0 },
    { "unseen_frame", FACT_INT, "frame", "acknowledges an id that was not captured before", 0 },
    { "waiting", FACT_INT, "", "ids resent in vain: never acknowledged, or again and again although acknowledged here", 0 },
    { "done_frame", FACT_INT, "frame", "data under its key has come from both ends", 0 },
    { "done_ns", FACT_INT, "ns", "its time", 0 },
    { "outcome", FACT_TEXT, "", "done, superseded (the next one began before), unfinished", 0 },
    { "a_sent", FACT_INT, "", "control packets of a", 0 },
    { "b_sent", FACT_INT, "", "control packets of b", 0 },
    { "a_resent", FACT_INT, "", "of them, resends", 0 },
    { "b_resent", FACT_INT, "", "of them, resends", 0 },
    { "a_window", FACT_INT, "", "widest window of a", 0 },
    { "b_window", FACT_INT, "", "widest window of b", 0 },
};
static const struct fact_kind negotiation_fact = {
    "openvpn_negotiation", FACT_OF_FRAME, "a negotiation of keys", negotiation_columns,
    sizeof(negotiation_columns) / sizeof(negotiation_columns[0]),
};

static const struct fact_column session_columns[] = {
    { "client", FACT_TEXT, "", "which end is the client: a or b; NULL: not known", 0 },
    { "a_data", FACT_INT, "", "data packets of a", 0 },
    { "b_data", FACT_INT, "", "data packets of b", 0 },
    { "up_frame", FACT_INT, "frame", "data has come from both ends; NULL: never", FACT_CITES },
    { "up_ns", FACT_INT, "ns", "its time", 0 },
    { "a_last_frame", FACT_INT, "frame", "last packet of a", FACT_CITES },
    { "a_last_ns", FACT_INT, "ns", "its time", 0 },
    { "b_last_frame", FACT_INT, "frame", "last packet of b", FACT_CITES },
    { "b_last_ns", FACT_INT, "ns", "its time", 0 },
    { "a_peer_id", FACT_INT, "", "peer id in the last P_DATA_V2 of a; NULL: none", 0 },
    { "b_peer_id", FACT_INT, "", "of b", 0 },
    { "a_rhythm_ns", FACT_INT, "ns", "while up: longest but one that packets of b waited for one of a, and it came", 0 },
    { "b_rhythm_ns", FACT_INT, "ns", "the same of b", 0 },
    { "a_gap_ns", FACT_INT, "ns", "while up: longest but one time between two packets of a; NULL: less than two", 0 },
    { "b_gap_ns", FACT_INT, "ns", "the same of b", 0 },
    { "a_since", FACT_INT, "", "packets of a after the last one of b", 0 },
    { "a_since_frame", FACT_INT, "frame", "first of them", FACT_CITES },
    { "a_since_ns", FACT_INT, "ns", "its time", 0 },
    { "a_since_gap_ns", FACT_INT, "ns", "longest time between two of them", 0 },
    { "b_since", FACT_INT, "", "packets of b after the last one of a", 0 },
    { "b_since_frame", FACT_INT, "frame", "first of them", FACT_CITES },
    { "b_since_ns", FACT_INT, "ns", "its time", 0 },
    { "b_since_gap_ns", FACT_INT, "ns", "longest time between two of them", 0 },
    { "restart_frame", FACT_INT, "frame", "hard reset on the same flow that ended it", FACT_CITES },
    { "restart_ns", FACT_INT, "ns", "its time", 0 },
};
static const struct fact_kind session_fact = {
    "openvpn_session", FACT_OF_FRAME, "a tunnel on one flow, to its restart or its end",
    session_columns, sizeof(session_columns) / sizeof(session_columns[0]),
};

static const struct fact_column silence_columns[] = {
    { "up_frame", FACT_INT, "frame", "of which openvpn_session of the flow", 0 },
    { "speaker", FACT_TEXT, "", "a or b: who was not answered", 0 },
    { "heard_frame", FACT_INT, "frame", "last packet of the silent end before", FACT_CITES },
    { "heard_ns", FACT_INT, "ns", "its time", 0 },
    { "since", FACT_INT, "", "packets of the speaker meanwhile", 0 },
    { "since_frame", FACT_INT, "frame", "first of them", FACT_CITES },
    { "since_ns", FACT_INT, "ns", "its time", 0 },
    { "since_gap_ns", FACT_INT, "ns", "longest time between two of them", 0 },
    { "last_frame", FACT_INT, "frame", "last of them", FACT_CITES },
    { "last_ns", FACT_INT, "ns", "its time", 0 },
    { "resumed_frame", FACT_INT, "frame", "the silent end speaks again", FACT_CITES },
    { "resumed_ns", FACT_INT, "ns", "its time", 0 },
    { "rhythm_ns", FACT_INT, "ns", "longest but one time before that packets of the speaker waited, as in openvpn_session", 0 },
    { "gap_ns", FACT_INT, "ns", "longest but one time before between two packets of the silent end; NULL: less than two", 0 },
    { "speaker_gap_ns", FACT_INT, "ns", "the same of the speaker", 0 },
};
static const struct fact_kind silence_fact = {
    "openvpn_silence", FACT_OF_FRAME,
    "in a tunnel that was up an end fell silent, longer than was its way, and came back", silence_columns,
    sizeof(silence_columns) / sizeof(silence_columns[0]),
};
/* clang-format on */

const struct fact_kind *const openvpn_fact_kinds[] = {
    &negotiation_fact, &id_fact,           &stall_fact,        &session_fact,
    &silence_fact,     &client_hello_fact, &server_hello_fact, NULL,
};

static struct fact_value frame_value(uint64_t frame_no)
{
    return fact_int_if(frame_no, (int64_t)frame_no);
}

void openvpn_emit_id(struct dissect_ctx *ctx, const struct openvpn_negotiation *n,
                     const struct openvpn_id *s, unsigned from)
{
    fact_emit_at(ctx, &id_fact, s->o.sent_frame, s->o.sent_ns,
                 (struct fact_value[]){
                     fact_int(n->number),
                     fact_end(from),
                     fact_int(s->id),
                     frame_value(s->o.sent_frame),
                     fact_int(s->o.n_resent),
                     frame_value(s->o.last_frame),
                     frame_value(s->o.answer_frame),
                     fact_int_if(s->o.answer_frame, s->o.answer_ns),
                     fact_int(s->in_flight),
                     fact_int(s->size),
                 });
}

void openvpn_emit_stall(struct dissect_ctx *ctx, const struct openvpn_state *st,
                        const struct openvpn_negotiation *n, unsigned from)
{
    const struct openvpn_stall *s = &n->half[from].stall;
    const struct outstanding *o = &s->id.o;

    fact_emit_at(
        ctx, &stall_fact, o->sent_frame, o->sent_ns,
        (struct fact_value[]){
            fact_int(n->number),
            fact_end(from),
            st->client_known ? fact_text(from == st->client ? "client" : "server") : fact_null(),
            fact_int(s->id.id),
            fact_int(s->window),
            fact_int(n->half[from].window),
            frame_value(o->sent_frame),
            fact_int(o->n_resent),
            frame_value(o->resend_frame),
            frame_value(o->last_frame),
            fact_int(o->last_ns),
            frame_value(o->answer_frame),
            frame_value(s->id.last_ack_frame),
            fact_int(s->id.n_acks),
            fact_int(s->id.n_after_ack),
            fact_int(s->n_above_acked),
            fact_int(s->recovered),
            fact_int(s->stalled_ns),
        });
}

static struct fact_value client_value(const struct openvpn_state *st)
{
    return st->client_known ? fact_end(st->client) : fact_null();
}

void openvpn_emit_negotiation(struct dissect_ctx *ctx, const struct openvpn_state *st,
                              const struct openvpn_negotiation *n, bool superseded)
{
    const struct openvpn_half *a = &n->half[0], *b = &n->half[1];
    enum openvpn_wrap wrap = st->wrapping[n->key_id != 0].wrap;

    fact_emit_at(ctx, &negotiation_fact, n->start_frame, n->start_ns,
                 (struct fact_value[]){
                     fact_int(n->number),
                     fact_int(n->key_id),
                     client_value(st),
                     fact_end(n->by),
                     fact_text(openvpn_wrap_name(wrap)),
                     fact_int(n->encrypted),
                     fact_int(n->mid),
                     fact_int_if(a->sid_known, (int64_t)a->sid),
                     fact_int_if(b->sid_known, (int64_t)b->sid),
                     frame_value(n->start_frame),
                     fact_int(n->n_resets),
                     frame_value(n->answer_frame),
                     fact_int_if(n->answer_frame, n->answer_ns),
                     frame_value(n->went_on_frame),
                     fact_int(n->n_own_controls),
                     frame_value(n->cut_frame),
                     frame_value(n->last_frame),
                     fact_int(n->last_ns),
                     frame_value(n->agreed_frame),
                     frame_value(n->own_data_frame),
                     frame_value(n->unseen_frame),
                     fact_int(n->n_waiting),
                     frame_value(n->done_frame),
                     fact_int_if(n->done_frame, n->done_ns),
                     fact_text(n->done_frame ? "done"
                               : superseded  ? "superseded"
                                             : "unfinished"),
                     fact_int(a->n_sent),
                     fact_int(b->n_sent),
                     fact_int(a->n_resent),
                     fact_int(b->n_resent),
                     fact_int(a->window),
                     fact_int(b->window),
                 });
}

static struct fact_value peer_value(const struct openvpn_session *s, unsigned end)
{
    bool known = s->n_data[end] && s->peer_id[end] != OPENVPN_NO_PEER;

    return fact_int_if(known, s->peer_id[end]);
}

void openvpn_emit_silence(struct dissect_ctx *ctx, const struct openvpn_session *s, unsigned from)
{
    unsigned silent = !from;

    fact_emit_at(ctx, &silence_fact, s->since_frame[from], s->since_ns[from],
                 (struct fact_value[]){
                     frame_value(s->up_frame),
                     fact_end(from),
                     frame_value(s->last_frame[silent]),
                     fact_int(s->last_ns[silent]),
                     fact_int((int64_t)s->since[from]),
                     frame_value(s->since_frame[from]),
                     fact_int(s->since_ns[from]),
                     fact_int(s->since_gap_ns[from]),
                     frame_value(s->last_frame[from]),
                     fact_int(s->last_ns[from]),
                     frame_value(ctx->frame_no),
                     fact_int(ctx->now_ns),
                     fact_int(s->wait[silent].two_ns),
                     fact_int_if(s->gap[silent].two_ns, s->gap[silent].two_ns),
                     fact_int_if(s->gap[from].two_ns, s->gap[from].two_ns),
                 });
}

void openvpn_emit_session(struct dissect_ctx *ctx, const struct openvpn_state *st)
{
    const struct openvpn_session *s = &st->session;

    fact_emit_at(ctx, &session_fact, ctx->flow->first_frame, ctx->flow->first_ns,
                 (struct fact_value[]){
                     client_value(st),
                     fact_int((int64_t)s->n_data[0]),
                     fact_int((int64_t)s->n_data[1]),
                     frame_value(s->up_frame),
                     fact_int_if(s->up_frame, s->up_ns),
                     frame_value(s->last_frame[0]),
                     fact_int_if(s->last_frame[0], s->last_ns[0]),
                     frame_value(s->last_frame[1]),
                     fact_int_if(s->last_frame[1], s->last_ns[1]),
                     peer_value(s, 0),
                     peer_value(s, 1),
                     fact_int(s->wait[0].two_ns),
                     fact_int(s->wait[1].two_ns),
                     fact_int_if(s->gap[0].two_ns, s->gap[0].two_ns),
                     fact_int_if(s->gap[1].two_ns, s->gap[1].two_ns),
                     fact_int((int64_t)s->since[0]),
                     frame_value(s->since[0] ? s->since_frame[0] : 0),
                     fact_int_if(s->since[0], s->since_ns[0]),
                     fact_int_if(s->since[0], s->since_gap_ns[0]),
                     fact_int((int64_t)s->since[1]),
                     frame_value(s->since[1] ? s->since_frame[1] : 0),
                     fact_int_if(s->since[1], s->since_ns[1]),
                     fact_int_if(s->since[1], s->since_gap_ns[1]),
                     frame_value(s->restart_frame),
                     fact_int_if(s->restart_frame, s->restart_ns),
                 });
}
