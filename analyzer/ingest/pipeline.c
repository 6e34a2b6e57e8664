#include "config.h"

#include "ingest/pipeline.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "flow/app.h"
#include "ingest/exhibit.h"
#include "ingest/lanes.h"
#include "ingest/sketch.h"

#define FAR_MARK        6 /* a byte of an address behind the MAC: the far end of a cooked capture */
#define TUNNEL_TEXT_LEN 160

/* note_clock: less than this is no step back; so many in a row are one, and one that is so far
 * back. */
#define CLOCK_BACK_NS     INT64_C(500000000)
#define CLOCK_BACK_FRAMES 8
#define CLOCK_BACK_FAR_NS INT64_C(60000000000)

static void put_fact(void *user, const struct fact_kind *kind, const struct fact_where *where,
                     const struct fact_value *values)
{
    struct pipeline *p = user;
    struct fact_sink *store = store_facts(p->store);
    size_t i;

    for (i = 0; i < kind->n_columns; i++) {
        unsigned is = kind->columns[i].is;
        uint64_t frame_no;

        if (!(is & (FACT_CITES | FACT_CITES_ORDINARY)) || values[i].type != FACT_INT ||
            values[i].u.i <= 0)
            continue;
        frame_no = (uint64_t)values[i].u.i;
        if (p->frame && p->frame->frame_no == frame_no)
            exhibits_keep(p->exhibits, p->frame, is & FACT_CITES_ORDINARY);
        exhibits_cite(p->exhibits, frame_no, is & FACT_CITES_ORDINARY);
    }
    store->put(store->user, kind, where, values);
}

static const char *proto_name(uint8_t proto, char out[16])
{
    static const struct {
        uint8_t number;
        const char *name;
    } names[] = {
        { 1, "icmp" }, { 2, "igmp" },  { 6, "tcp" },    { 17, "udp" },  { 47, "gre" },
        { 50, "esp" }, { 51, "ah" },   { 58, "icmpv6" }, { 89, "ospf" }, { 132, "sctp" },
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].number == proto)
            return names[i].name;
    snprintf(out, 16, "ip-%u", proto);
    return out;
}

/* Sent and never answered for longer than a capture's last moment (design.md section 5). */
static bool tcp_outstanding(const struct flow *f, int64_t now_ns)
{
    unsigned end;

    if (!f->tcp || tcp_over(f->tcp) || f->tcp->closed_frame)
        return false;
    for (end = 0; end < 2; end++) {
        const struct tcp_sent *w = flow_waiting(f, end);
        const struct outstanding *k = &f->tcp->end[end].keep_alive;

        if (w && outstanding_waited_ns(&w->o, now_ns) >= FLOW_PATIENCE_NS)
            return true;
        if (outstanding_open(k) && outstanding_waited_ns(k, now_ns) >= FLOW_PATIENCE_NS)
            return true;
    }
    return f->tcp->attempt.pending &&
           outstanding_waited_ns(&f->tcp->attempt.syn, now_ns) >= FLOW_PATIENCE_NS;
}

static const char *end_name(const struct flow *f, bool evicted)
{
    const struct tcp_life *t = f->tcp;

    if (f->tcp && t->rst_frame && t->closed_frame == t->rst_frame)
        return "reset";
    if (f->tcp && t->closed_frame)
        return t->end[0].fin_seen && t->end[1].fin_seen ? "closed" : "replaced";
    return evicted ? "evicted" : "open";
}

/* "VXLAN 42 (192.0.2.1, 192.0.2.2)": the ends in an order that is the same for both directions. */
static const char *tunnel_text(const struct packet_tunnel *t, char out[TUNNEL_TEXT_LEN])
{
    char a[IP_ADDR_LEN], b[IP_ADDR_LEN], id[16] = "", ends[2 * IP_ADDR_LEN + 8] = "";
    bool swap = memcmp(t->src.b, t->dst.b, sizeof(t->src.b)) > 0;

    if (!t->name)
        return NULL;
    if (t->has_id)
        snprintf(id, sizeof(id), " %u", t->id);
    if (t->src.family)
        snprintf(ends, sizeof(ends), " (%s, %s)", ip_addr_text(swap ? &t->dst : &t->src, a),
                 ip_addr_text(swap ? &t->src : &t->dst, b));
    snprintf(out, TUNNEL_TEXT_LEN, "%s%s%s", t->name, id, ends);
    return out;
}

/* The name of an end; of a near or far one the MAC that it was seen to have. */
static const char *end_text(const struct flow *f, unsigned end, char *out)
{
    struct ip_addr mac = { .family = 48 };

    if (!f->link_known[end])
        return ip_addr_text(flow_addr(f, end), out);
    memcpy(mac.b, f->link_mac[end], sizeof(f->link_mac[end]));
    return ip_addr_text(&mac, out);
}

static void end_flow(void *user, struct flow *f, bool evicted)
{
    struct pipeline *p = user;
    char a[IP_ADDR_LEN], b[IP_ADDR_LEN], proto[16], tunnel[TUNNEL_TEXT_LEN];
    struct store_flow row;
    bool both = f->n_bytes[0] && f->n_bytes[1];

    lanes_end(p, f);
    stream_stop(&f->stream[0], &p->streams);
    stream_stop(&f->stream[1], &p->streams);
    app_drop(p->app, &f->app_state);
    row = (struct store_flow){
        .id = f->id,
        .proto = f->key.lo.family == 48 ? "pppoe" : proto_name(f->key.proto, proto),
        .a = end_text(f, 0, a),
        .b = end_text(f, 1, b),
        .has_ports = f->key.lo.family != 48 && (f->key.proto == 6 || f->key.proto == 17),
        .a_port = flow_port(f, 0),
        .b_port = flow_port(f, 1),
        .vlan = f->vlan,
        .tunnel = tunnel_text(&f->tunnel, tunnel),
        .life = f->life,
        .first_frame = f->first_frame,
        .last_frame = f->last_frame,
        .has_time = f->has_time,
        .first_ns = f->first_ns,
        .last_ns = f->last_ns,
        .a_frames = f->n_frames[0],
        .b_frames = f->n_frames[1],
        .a_bytes = f->n_bytes[0],
        .b_bytes = f->n_bytes[1],
        .copies = f->n_copies,
        .app = f->app,
        .app_by = f->app_by,
        .a_opened = f->a_opened,
        .set_up = f->tcp ? f->tcp->established_frame || both
                                 : f->n_frames[0] && f->n_frames[1],
        .outstanding = f->outstanding || tcp_outstanding(f, p->now_ns),
        .end = end_name(f, evicted),
    };
    store_put_flow(p->store, &row);
}

void pipeline_start(struct pipeline *p, struct store *s, struct app *app, struct source *source)
{
    memset(p, 0, sizeof(*p));
    p->store = s;
    p->source = source;
    p->decoder = packet_decoder_new();
    p->flows = flow_table_new(end_flow, p);
    p->streams.max = STREAM_BUDGET;
    p->app = app;
    p->scratch = arena_new(PIPELINE_SCRATCH);
    p->exhibits = exhibits_new();
    p->sketch = sketch_new();
    p->sink = (struct fact_sink){ .user = p, .put = put_fact };
}

/* Frames of conversations without a dissector of ours are shown to nDPI, the first few. */
static void ask_app(struct pipeline *p, struct flow *f)
{
    if (!p->packet.src.family || f->app || f->app_packets >= APP_PACKETS_MAX || !p->packet.payload_len)
        return;
    if (app_feed(p->app, &f->app_state, f->app_packets, &p->packet, f->app_name,
                 sizeof(f->app_name), &f->app_by)) {
        f->app = f->app_name[0] ? f->app_name : NULL;
        f->app_packets = APP_PACKETS_MAX;
        return;
    }
    f->app_packets++;
}

static void other_ip(struct pipeline *p, const struct flow_key *key, bool from_lo)
{
    struct flow *f = flow_find(p->flows, key);

    if (!f)
        f = flow_start(p->flows, key, from_lo, &p->packet);
    p->flow = f;
    p->from = flow_from(f, from_lo);
    if (flow_is_copy(p->flows, f, &p->packet, p->from)) {
        f->n_copies++;
        p->marks = TCP_MARK_COPY;
        return;
    }
    if (p->packet.l4 == 17 && p->packet.payload_len)
        lanes_packet(p, f, p->from, bytes_of(p->packet.payload, p->packet.payload_len));
}

/*
 * PPPoE and PPP control frames: a conversation of two MAC addresses, a session id and a VLAN (RFC 2516
 * section 4).  PPP without PPPoE has no addresses; both ends are then the same nobody.  A Linux cooked
 * header has the sender's address only, but says whether it is this machine: the ends are a near and
 * a far one.
 */
static bool link_key_of(const struct packet *p, struct flow_key *key, bool *from_lo)
{
    int order = memcmp(p->mac_src, p->mac_dst, sizeof(p->mac_src));

    if (!(p->seen & SEEN_PPPOE || p->ppp_protocol))
        return false;
    memset(key, 0, sizeof(*key));
    key->lo.family = key->hi.family = 48;
    if (p->direction && !p->has_mac) {
        *from_lo = p->direction == DIRECTION_OUT;
        key->hi.b[FAR_MARK] = 1;
    } else {
        *from_lo = order <= 0;
        memcpy(key->lo.b, *from_lo ? p->mac_src : p->mac_dst, sizeof(p->mac_src));
        memcpy(key->hi.b, *from_lo ? p->mac_dst : p->mac_src, sizeof(p->mac_src));
    }
    key->lo_port = p->pppoe_session;
    key->hi_port = p->n_vlans ? p->vlans[0] : 0;
    return true;
}

/* The same session number with two far ends: the frames that this machine sent may go to either. */
static void note_macs(struct flow *f, const struct packet *p, unsigned from)
{
    if (p->has_mac || !p->direction)
        return;
    f->link_mixed |=
        f->link_known[from] && memcmp(f->link_mac[from], p->mac_src, sizeof(p->mac_src)) != 0;
    f->link_known[from] = true;
    memcpy(f->link_mac[from], p->mac_src, sizeof(p->mac_src));
}

static void link_level(struct pipeline *p, const struct flow_key *key, bool from_lo)
{
    struct flow *f = flow_find(p->flows, key);
    bool discovery = p->packet.pppoe_code != 0;
    bool pads = p->packet.pppoe_code == 0x65 && p->packet.pppoe_session;

    /* Session ids come back after PADT: a PADS starts the next life. */
    if (!f || (pads && p->packet.frame_no != f->first_frame))
        f = flow_start(p->flows, key, pads ? !from_lo : from_lo, &p->packet);
    p->flow = f;
    p->from = flow_from(f, from_lo);
    note_macs(f, &p->packet, p->from);
    lanes_link(p, f, p->from, discovery ? "pppoe" : "ppp",
               bytes_of(p->packet.payload, p->packet.payload_len));
}

/* What a PPPoE session carries tells its dissector that the layer is open; the frame itself belongs to
 * the conversation of its addresses. */
static void link_data(struct pipeline *p)
{
    struct flow_key key;
    struct flow *f;
    bool from_lo;

    if (!(p->packet.seen & SEEN_PPPOE) || p->packet.pppoe_code ||
        !link_key_of(&p->packet, &key, &from_lo))
        return;
    f = flow_find(p->flows, &key);
    if (!f)
        return;
    flow_touch(p->flows, f);
    lanes_link(p, f, flow_from(f, from_lo), "ppp", bytes_of(NULL, 0));
}

/* An ICMP error is a fact about the conversation that it quotes. */
static void icmp_error(struct pipeline *p)
{
    struct packet about = p->packet;
    struct flow_key key;
    struct flow *f;
    bool from_lo;

    about.src = p->packet.quoted.src;
    about.dst = p->packet.quoted.dst;
    about.src_port = p->packet.quoted.src_port;
    about.dst_port = p->packet.quoted.dst_port;
    about.ip_proto = p->packet.quoted.ip_proto;
    f = flow_key_of(&about, &key, &from_lo) ? flow_find(p->flows, &key) : NULL;
    if (f)
        lanes_link(p, f, flow_from(f, from_lo), "icmp", bytes_of(NULL, 0));
}

/* A session of L2TP or PPTP has another number in each direction, which only the control connection
 * pairs: its PPP is not followed, and whoever says that all is well must know. */
static bool is_ppp_unfollowed(const struct packet *p)
{
    const char *name = p->n_tunnels ? p->tunnels[p->n_tunnels - 1].name : "";

    return p->ppp_protocol & 0x8000 && p->src.family &&
           (strcmp(name, "L2TP") == 0 || strcmp(name, "PPTP") == 0);
}

static void conversation(struct pipeline *p)
{
    struct flow_key key;
    struct flow *f;
    bool from_lo;

    p->source->ppp_unfollowed += is_ppp_unfollowed(&p->packet);
    if (p->packet.src.family)
        link_data(p);
    if (!p->packet.src.family && link_key_of(&p->packet, &key, &from_lo))
        link_level(p, &key, from_lo);
    else if (!flow_key_of(&p->packet, &key, &from_lo) || p->packet.trouble & TROUBLE_FRAGMENT)
        return;
    else if (p->packet.l4 == 6 && key.proto == 6)
        pipeline_tcp(p, &key, from_lo);
    else if (p->packet.ip_proto != 6)
        other_ip(p, &key, from_lo);
    f = p->flow;
    if (!f)
        return;
    f->last_frame = p->frame->frame_no;
    if (p->frame->has_time) {
        if (!f->has_time || p->now_ns < f->first_ns)
            f->first_ns = p->now_ns;
        if (!f->has_time || p->now_ns > f->last_ns)
            f->last_ns = p->now_ns;
        f->has_time = true;
    }
    if (p->marks & TCP_MARK_COPY)
        return;
    f->n_frames[p->from]++;
    f->n_bytes[p->from] += p->packet.payload_wire_len;
    flow_touch(p->flows, f);
    ask_app(p, f);
    if (p->packet.icmp_error)
        icmp_error(p);
}

static void count(struct pipeline *p)
{
    struct source_counts *c = &p->source->counts;
    unsigned seen = p->packet.seen;

    c->tcp += !!(seen & SEEN_TCP);
    c->udp += !!(seen & SEEN_UDP);
    c->tcp_syn += !!(seen & SEEN_TCP_SYN);
    c->tcp_rst += !!(seen & SEEN_TCP_RST);
    c->pppoe += !!(seen & SEEN_PPPOE);
}

/*
 * Frames of two queues or interfaces are written out of time order, by milliseconds, or by as long
 * as one waits for more while it is quiet.  When many in a row are further before what came
 * already, or one is far before it, the clock was set back: to every life that was heard before,
 * what follows looks late.
 */
static void note_clock(struct pipeline *p, int64_t ns)
{
    int64_t back = p->top_ns - ns;

    if (!p->source->has_time || back < CLOCK_BACK_NS) {
        p->n_back = 0;
        if (!p->source->has_time || back <= 0)
            p->top_ns = ns;
        return;
    }
    p->back_ns = p->n_back++ ? p->back_ns : back;
    if (p->n_back < CLOCK_BACK_FRAMES && back < CLOCK_BACK_FAR_NS)
        return;
    if (p->back_ns > p->source->clock_back_ns)
        p->source->clock_back_ns = p->back_ns;
    p->top_ns = ns;
    p->n_back = 0;
}

/* The times of records that are no frames may be those of another moment. */
static void note_time(struct pipeline *p, const struct frame *f)
{
    struct source *s = p->source;

    if (!f->has_time || f->linktype == CAPTURE_NO_LINK)
        return;
    if (!s->has_time || f->time_ns < s->first_ns)
        s->first_ns = f->time_ns;
    if (!s->has_time || f->time_ns > s->last_ns)
        s->last_ns = f->time_ns;
    note_clock(p, f->time_ns);
    s->has_time = true;
    p->now_ns = f->time_ns;
}

static void put_packet(struct pipeline *p, const struct store_packet *about)
{
    struct store_packet row = *about;
    const struct frame_radio *r = &p->packet.radio;

    row.radio_known = r->known;
    row.channel = r->channel;
    row.frequency_mhz = r->frequency_mhz;
    row.rate_kbps = r->rate_kbps;
    row.mcs = r->mcs;
    row.signal_percent = r->signal_percent;
    row.signal_dbm = r->signal_dbm;
    row.noise_dbm = r->noise_dbm;
    store_put_packet(p->store, &row);
}

void pipeline_frame(struct pipeline *p, const struct frame *f)
{
    struct flow_ahead ahead = flow_ahead_bucket(p->flows, f->linktype, f->next);
    uint32_t flow_id;
    unsigned from, marks, trouble;

    arena_reset(p->scratch);
    p->frame = f;
    p->flow = NULL;
    p->from = 0;
    p->marks = 0;
    p->counted_mqtt = p->counted_openvpn = false;
    note_time(p, f);
    packet_decode(p->decoder, f, &p->packet);
    count(p);
    sketch_add(p->sketch, &p->packet);
    exhibits_pass(p->exhibits, f);
    flow_ahead_life(p->flows, &ahead);
    conversation(p);
    flow_ahead_tcp(p->flows, &ahead);
    /* The index has one row per frame: an aggregate of several packets is filed under its first. */
    flow_id = p->flow ? p->flow->id : 0; /* the next packet may end that life */
    from = p->from;
    marks = p->marks;
    trouble = p->packet.trouble;
    p->source->undecoded += !!(trouble & TROUBLE_UNKNOWN_LINK);
    p->source->encrypted += !!(trouble & TROUBLE_ENCRYPTED);
    while (packet_decode_next(p->decoder, &p->packet)) {
        p->flow = NULL;
        p->marks = 0;
        count(p);
        conversation(p);
    }
    put_packet(p, &(struct store_packet){
                                   .frame_no = f->frame_no,
                                   .time_ns = f->has_time ? f->time_ns : 0,
                                   .has_time = f->has_time,
                                   .wire_len = f->wire_len,
                                   .cap_len = f->cap_len,
                                   .interface_no = f->interface_no,
                                   .offset = f->offset,
                                   .flow = flow_id,
                                   .from_b = from,
                                   .marks = marks,
                                   .resent = (marks & TCP_MARKS_RESENT) != 0,
                                   .reset = (marks & TCP_MARK_RST_ACCEPTED) != 0,
                                   .trouble = trouble,
                                   .linktype = f->linktype,
                               });
}

void pipeline_end(struct pipeline *p, struct input *in)
{
    uint64_t n_evicted;

    p->frame = NULL;
    if (p->source->has_time)
        p->now_ns = p->source->last_ns;
    n_evicted = flow_table_evicted(p->flows);
    p->source->forgotten = flow_table_forgotten(p->flows);
    flow_table_free(p->flows);
    p->source->evicted = n_evicted + p->streams.n_refused;
    sketch_write(p->sketch, &p->sink);
    sketch_free(p->sketch);
    exhibits_write(p->exhibits, in, p->store);
    exhibits_free(p->exhibits);
    packet_decoder_free(p->decoder);
    app_reset(p->app);
    arena_free(p->scratch);
}
