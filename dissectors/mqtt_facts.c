#include "config.h"

#include "dissectors/mqtt_facts.h"

#include "dissectors/dissect.h"
#include "flow/flow.h"

/* Two capture queues deliver an answer before its question, by no more than this. */
#define REORDER_NS INT64_C(10000000)

/* clang-format off */
static const struct fact_column columns[] = {
    { "read_by", FACT_TEXT, "", "content, or record size: a guess from TLS record sizes and timing", 0 },
    { "level", FACT_INT, "", "protocol level: 3 (3.1), 4 (3.1.1), 5; NULL: CONNECT not seen", 0 },
    { "client", FACT_TEXT, "", "which end is the client: a or b", 0 },
    { "keepalive_s", FACT_INT, "s", "agreed keep-alive; NULL: not seen", 0 },
    { "connect_frame", FACT_INT, "frame", "CONNECT", FACT_CITES_ORDINARY },
    { "connack_frame", FACT_INT, "frame", "CONNACK", 0 },
    { "connack_code", FACT_INT, "", "its return or reason code", 0 },
    { "disconnect_frame", FACT_INT, "frame", "DISCONNECT", FACT_CITES },
    { "messages", FACT_INT, "", "control packets (guess: data records)", 0 },
    { "pings", FACT_INT, "", "PINGREQs", 0 },
    { "answered", FACT_INT, "", "of them, answered by PINGRESP", 0 },
    { "ping_frame", FACT_INT, "frame", "the first PINGREQ that was never answered", FACT_CITES },
    { "ping_ns", FACT_INT, "ns", "its time", 0 },
    { "ping_again", FACT_INT, "", "further PINGREQs while it was open", 0 },
    { "last_ping_frame", FACT_INT, "frame", "the last of them", FACT_CITES },
    { "heard_frame", FACT_INT, "frame", "after it: last bytes of the server that may hide a PINGRESP", FACT_CITES },
    { "heard_ns", FACT_INT, "ns", "their time", 0 },
    { "unseen_frame", FACT_INT, "frame", "shows that the client meanwhile heard bytes that are not in this capture", FACT_CITES },
    { "client_unseen", FACT_INT, "bool", "the client's last bytes are not in this capture, or could not be read: a DISCONNECT may be among them", 0 },
    { "server_frame", FACT_INT, "frame", "last message of the server", 0 },
    { "server_ns", FACT_INT, "ns", "its time", 0 },
    { "client_frame", FACT_INT, "frame", "last message of the client", 0 },
    { "client_ns", FACT_INT, "ns", "its time", 0 },
};
/* clang-format on */

const struct fact_kind mqtt_session_fact = {
    "mqtt_session", FACT_OF_FRAME, "the MQTT session of one flow, written when the flow ends",
    columns, sizeof(columns) / sizeof(columns[0]),
};

void mqtt_session_start(struct mqtt_session *s, bool by_size)
{
    *s = (struct mqtt_session){ .by_size = by_size, .keepalive_s = -1, .connack_code = -1 };
}

void mqtt_heard(struct mqtt_session *s, uint64_t frame_no, int64_t ns)
{
    s->heard_frame = frame_no;
    s->heard_ns = ns;
}

/* Did the server speak after the ping that is open, so that this may have been the answer? */
static bool heard_since(const struct mqtt_session *s)
{
    return s->heard_frame && s->heard_ns > s->ping.sent_ns;
}

/*
 * An open ping that may have been answered is no witness any more: the next one is a new question,
 * not the same one again.  A PINGRESP comes for a PINGREQ only (section 3.13), so one that was read before
 * its PINGREQ was captured out of order.
 */
void mqtt_ping(struct mqtt_session *s, uint64_t frame_no, int64_t ns)
{
    bool answered = s->stray_frame && s->stray_ns >= ns - REORDER_NS;

    s->n_pings++;
    if (outstanding_open(&s->ping) && !heard_since(s))
        outstanding_resend(&s->ping, frame_no, ns);
    else
        outstanding_send(&s->ping, frame_no, ns);
    if (answered)
        mqtt_pong(s, s->stray_frame, s->stray_ns);
    s->stray_frame = 0;
}

void mqtt_pong(struct mqtt_session *s, uint64_t frame_no, int64_t ns)
{
    if (!outstanding_open(&s->ping)) {
        s->stray_frame = frame_no;
        s->stray_ns = ns;
        return;
    }
    outstanding_answer(&s->ping, frame_no, ns);
    s->n_answered++;
}

bool mqtt_is_left(const struct dissect_ctx *ctx, const struct mqtt_session *s)
{
    const struct tcp_life *tcp = ctx->flow->tcp;
    uint64_t fin = tcp ? tcp->end[s->client].fin_frame : 0;

    return ctx->from != s->client && fin && fin < ctx->frame_no;
}

static struct fact_value frame_value(uint64_t frame_no)
{
    return fact_int_if(frame_no, (int64_t)frame_no);
}

/* Did the client send more, at the end, than could be read? */
static bool client_unseen(const struct flow *f, unsigned client)
{
    const struct tcp_end *e = f->tcp ? &f->tcp->end[client] : NULL;
    const struct stream *s = &f->stream[client];

    return e && s->started && e->nxt_known &&
           tcp_diff(e->fin_seen ? e->fin_seq - 1 : e->nxt, s->next) > 0;
}

void mqtt_session_emit(struct dissect_ctx *ctx, const struct mqtt_session *s)
{
    const struct tcp_life *tcp = ctx->flow->tcp; /* NULL inside a tunnel of datagrams */
    bool open = outstanding_open(&s->ping), heard = open && heard_since(s);
    uint64_t unseen = tcp ? tcp->end[s->client].unseen_frame : 0;

    /* A record that is too long for a PINGRESP may hold one all the same. */
    if (open && !(heard && s->by_size) && !(tcp && tcp_over(tcp)) &&
        outstanding_waited_ns(&s->ping, ctx->now_ns) >= FLOW_PATIENCE_NS)
        ctx->flow->outstanding = true;
    fact_emit_at(ctx, &mqtt_session_fact, ctx->flow->first_frame, ctx->flow->first_ns,
                 (struct fact_value[]){
                     fact_text(s->by_size ? "record size" : "content"),
                     fact_int_if(s->level, s->level),
                     fact_end(s->client),
                     fact_int_if(s->keepalive_s >= 0, s->keepalive_s),
                     frame_value(s->connect_frame),
                     frame_value(s->connack_frame),
                     fact_int_if(s->connack_code >= 0, s->connack_code),
                     frame_value(s->disconnect_frame),
                     fact_int((int64_t)s->n_messages),
                     fact_int(s->n_pings),
                     fact_int(s->n_answered),
                     frame_value(open ? s->ping.sent_frame : 0),
                     fact_int_if(open, s->ping.sent_ns),
                     fact_int_if(open, s->ping.n_resent),
                     frame_value(open ? s->ping.last_frame : 0),
                     frame_value(heard ? s->heard_frame : 0),
                     fact_int_if(heard, s->heard_ns),
                     frame_value(open && unseen > s->ping.sent_frame ? unseen : 0),
                     fact_int(s->client_lost || client_unseen(ctx->flow, s->client)),
                     frame_value(s->server_frame),
                     fact_int_if(s->server_frame, s->server_ns),
                     frame_value(s->client_frame),
                     fact_int_if(s->client_frame, s->client_ns),
                 });
}
