/*
 * openvpn_log: logs of OpenVPN servers and clients (OpenVPN src/openvpn/error.c, reliable.c).
 *
 * What counts is the reliable layer: "ACK output sequence broken: [12] 8" says that the window is
 * full at this moment, which also happens in healthy logs; only the same lowest id for seconds is a
 * stall.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/encoding.h"
#include "evidence/evidence.h"
#include "evidence/openvpn_line.h"
#include "evidence/pasted.h"

#define PEERS_MAX                                                                                  \
    1024u /* conversations that are watched at a time; the one that was quiet longest leaves */
#define PEER_MAX   200u /* bytes of a name that are kept */
#define STALLS_MAX 65536u
#define SENT_MAX   32u  /* ids of which the first sending is remembered */
#define TEXT_MAX   200u /* bytes of a line that an event keeps */
#define LEAST_US   INT64_C(2000000)
#define QUIET_US   INT64_C(60000000) /* a window that stands is spoken of more often */
#define PROBE_MIN  3u

/* clang-format off */
static const struct fact_column stall_columns[] = {
    { "peer", FACT_TEXT, "", "the other end, as the log names it", 0 },
    { "side", FACT_TEXT, "", "whose log, so whose window: server or client", 0 },
    { "packet_id", FACT_INT, "", "the lowest id that is not acknowledged", 0 },
    { "next_id", FACT_INT, "", "the first id that could not be sent", 0 },
    { "n", FACT_INT, "", "lines that say so", 0 },
    { "last_line", FACT_INT, "line", "the last of them", 0 },
    { "seconds", FACT_REAL, "s", "from the first sending of the id, or the first such line, to its end", 0 },
    { "recovered", FACT_INT, "bool", "the id was acknowledged in the end", 0 },
    { "failed_line", FACT_INT, "line", "the negotiation failed: the line that says so", 0 },
};
static const struct fact_kind stall_fact = {
    "log_openvpn_stall", FACT_OF_LINE, "a full send window that stood still, by the log of its owner",
    stall_columns, sizeof(stall_columns) / sizeof(stall_columns[0]),
};

static const struct fact_column event_columns[] = {
    { "peer", FACT_TEXT, "", "the other end, as the log names it; NULL: the line names none", FACT_KEY },
    { "event", FACT_TEXT, "", "negotiation failed, handshake failed, TLS error, inactivity, restart, exit, up, "
                              "peer up, auth failed, verify error, soft reset, initial packet, connection reset, window full (the last line of a stall)", FACT_KEY },
    { "text", FACT_TEXT, "", "the message, its first 200 bytes; NULL for window full", 0 },
};
static const struct fact_kind event_fact = {
    "log_openvpn_event", FACT_OF_LINE, "a line of an OpenVPN log that tells how a connection fared",
    event_columns, sizeof(event_columns) / sizeof(event_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &stall_fact, &event_fact, NULL };

/* A run of lines with the same lowest id. */
struct run {
    char peer[PEER_MAX + 1];
    uint32_t low, next;
    uint64_t n, line, last_line, failed_line;
    bool has_clock, has_zone, recovered;
    int64_t from_us, first_us, last_us, end_us; /* from: first sending of the id, if known */
    double named_s;                             /* the hand-window, where the log has no times */
    char written[TEXT_TIME_MAX], last_written[TEXT_TIME_MAX];
};

/* One conversation: a prefix of the log, or the log itself if it has none. */
struct peer {
    uint64_t hash, used; /* used: line number of its last line */
    bool open;           /* run is under way */
    struct run run;
    struct {
        uint32_t id;
        bool has;
        int64_t us;
    } sent[SENT_MAX];
};

struct reader {
    const struct fact_sink *sink;
    struct evidence_result *out;
    struct pasted *pasted;  /* offered what is of no known shape */
    struct hash_key secret; /* names come from the log: none may stand for another */
    struct peer *peers;
    size_t n_peers, cap_peers;
    struct run *stalls;
    size_t n_stalls, cap_stalls;
    uint64_t server, client; /* lines that speak for a server's log, a client's */
    char remote[PEER_MAX + 1];
};

static void keep_text(char out[PEER_MAX + 1], struct bytes b)
{
    size_t n = b.left < PEER_MAX ? b.left : PEER_MAX;

    while (n < b.left && n && (b.p[n] & 0xc0) == 0x80)
        n--; /* not in the middle of a character */
    if (n)
        memcpy(out, b.p, n);
    out[n] = '\0';
}

static struct peer *peer_of(struct reader *r, const struct openvpn_line *l, uint64_t line_no)
{
    uint64_t hash =
        hash_bytes(&r->secret, l->peer.left ? l->peer.p : (const uint8_t *)"", l->peer.left);
    struct peer *p, *oldest = r->peers;
    size_t i;

    for (i = 0; i < r->n_peers; i++) {
        if (r->peers[i].hash == hash) {
            r->peers[i].used = line_no;
            return &r->peers[i];
        }
        if (r->peers[i].used < oldest->used)
            oldest = &r->peers[i];
    }
    if (r->n_peers < PEERS_MAX) {
        VEC_PUSH(r->peers, r->n_peers, r->cap_peers, (struct peer){ 0 });
        p = &r->peers[r->n_peers - 1];
    } else {
        p = oldest;
        *p = (struct peer){ 0 };
    }
    p->hash = hash;
    p->used = line_no;
    return p;
}

/* -- runs ----------------------------------------------------------------------------------- */

/* The run is over; is it worth a fact? */
static void close_run(struct reader *r, struct peer *p)
{
    struct run *run = &p->run;
    bool seen_long = run->n >= 2 && run->last_us - run->first_us >= LEAST_US;
    bool ended_late = (run->recovered || (run->failed_line && run->n >= 2)) &&
                      run->end_us - run->first_us >= LEAST_US;

    p->open = false;
    if (!run->has_clock ? run->named_s <= 0 || run->n < 3 : !seen_long && !ended_late)
        return;
    if (r->n_stalls < STALLS_MAX)
        VEC_PUSH(r->stalls, r->n_stalls, r->cap_stalls, *run);
}

static void end_run(struct reader *r, struct peer *p, const struct text_time *t, bool recovered)
{
    if (!p->open)
        return;
    p->run.recovered = recovered;
    p->run.end_us =
        t && t->has_clock && t->clock_us > p->run.last_us ? t->clock_us : p->run.last_us;
    close_run(r, p);
}

static void forget_sent(struct peer *p)
{
    memset(p->sent, 0, sizeof(p->sent));
}

static void note_sent(struct reader *r, struct peer *p, const struct openvpn_line *l)
{
    size_t slot = l->id % SENT_MAX;

    if (!p->sent[slot].has || p->sent[slot].id != l->id) {
        p->sent[slot].has = l->time.has_clock;
        p->sent[slot].id = l->id;
        p->sent[slot].us = l->time.clock_us;
    }
    if (p->open && l->id >= p->run.next)
        end_run(r, p, &l->time, true); /* what could not be sent is sent now */
}

static void note_broken(struct reader *r, struct peer *p, const struct openvpn_line *l,
                        uint64_t line_no)
{
    struct run *run = &p->run;
    size_t slot = l->low % SENT_MAX;

    /* A lower id is another negotiation.  A higher one only says that the window moved since. */
    if (p->open && l->low != run->low) {
        int64_t quiet = l->time.clock_us - run->last_us;
        bool stood = run->last_us - run->first_us >= LEAST_US && quiet < QUIET_US;

        end_run(r, p, l->low > run->low && stood ? &l->time : NULL, l->low > run->low);
    }
    if (!p->open) {
        *run = (struct run){ .low = l->low,
                             .line = line_no,
                             .has_clock = l->time.has_clock,
                             .has_zone = l->time.has_zone,
                             .first_us = l->time.clock_us,
                             .from_us = l->time.clock_us };
        keep_text(run->peer, l->peer);
        memcpy(run->written, l->time.written, sizeof(run->written));
        if (p->sent[slot].has && p->sent[slot].id == l->low && p->sent[slot].us <= run->first_us)
            run->from_us = p->sent[slot].us;
        p->open = true;
    }
    run->n++;
    run->last_line = line_no;
    memcpy(run->last_written, l->time.written, sizeof(run->last_written));
    run->last_us = l->time.clock_us > run->first_us ? l->time.clock_us : run->first_us;
    if (l->next > run->next)
        run->next = l->next;
}

/* "failed to occur within 60 seconds": all that a log without times says. */
static double named_seconds(struct bytes text)
{
    size_t at = text_find(text, " within ");
    uint64_t s = 0;

    bytes_skip(&text, at < text.left ? at + 8 : text.left);
    return text_number(&text, 86400, &s) ? (double)s : 0;
}

static void note_event(struct reader *r, struct peer *p, const struct openvpn_line *l,
                       uint64_t line_no)
{
    struct fact_where where = { .line = line_no,
                                .has_time = l->time.has_zone,
                                .time_ns = l->time.has_zone ? l->time.clock_us * 1000 : 0,
                                .local_time = l->time.has_clock ? l->time.written : NULL,
                                .has_clock = l->time.has_clock,
                                .clock_ns = l->time.clock_us * 1000 };
    char text[PEER_MAX + 1], peer[PEER_MAX + 1];

    _Static_assert(TEXT_MAX <= PEER_MAX, "one buffer size for both");
    keep_text(text, l->text);
    keep_text(peer, l->peer);
    r->sink->put(r->sink->user, &event_fact, &where,
                 (struct fact_value[]){ fact_text(peer[0] ? peer : NULL), fact_text(l->event),
                                        fact_text(text) });
    r->out->n_used++;
    if (!p->open || l->means == OPENVPN_MEANS_NOTHING)
        return;
    if (l->means == OPENVPN_MEANS_FAILED) {
        p->run.failed_line = line_no;
        p->run.named_s = named_seconds(l->text);
    }
    end_run(r, p, l->means == OPENVPN_MEANS_END ? NULL : &l->time, l->means == OPENVPN_MEANS_UP);
}

/* The first address that a log without prefixes names: "[AF_INET]192.0.2.7:1194". */
static void note_remote(struct reader *r, struct bytes remote)
{
    if (r->remote[0])
        return;
    if (text_starts(remote, "[AF_"))
        bytes_skip(&remote, text_find(remote, "]") + 1);
    keep_text(r->remote, remote);
}

static void note_packet(struct reader *r, struct peer *p, const struct openvpn_line *l,
                        uint64_t line_no)
{
    size_t i;

    if (l->starts) {
        /* A new session while the window stands: the old one was given up. */
        if (p->open && l->is == OPENVPN_LINE_READ) {
            p->run.failed_line = line_no;
            end_run(r, p, &l->time, false);
        }
        if (l->is == OPENVPN_LINE_READ || !p->open)
            forget_sent(p);
    }
    if (l->is == OPENVPN_LINE_WRITE && l->has_id)
        note_sent(r, p, l);
    for (i = 0; l->is == OPENVPN_LINE_READ && i < l->n_ids && p->open; i++)
        if (l->ids[i] == p->run.low)
            end_run(r, p, &l->time, true);
    note_remote(r, l->remote);
}

static void one_line(struct reader *r, struct bytes line, uint64_t line_no)
{
    struct openvpn_line l;
    struct peer *p;

    openvpn_line(line, &l);
    r->server += l.server > 0;
    r->client += l.client > 0;
    if (!l.known || (l.is == OPENVPN_LINE_OTHER && (text_has(line, "bind") || text_has(line, "bound"))))
        l.known |= pasted_line(r->pasted, line, line_no);
    r->out->n_unknown += !l.known && line.left;
    if (l.is == OPENVPN_LINE_OTHER) {
        note_remote(r, l.remote);
        return;
    }
    p = peer_of(r, &l, line_no);
    switch (l.is) {
    case OPENVPN_LINE_BROKEN:
        note_broken(r, p, &l, line_no);
        break;
    case OPENVPN_LINE_READ:
    case OPENVPN_LINE_WRITE:
        note_packet(r, p, &l, line_no);
        break;
    case OPENVPN_LINE_ACKED:
        if (p->open && l.id == p->run.low)
            end_run(r, p, &l.time, true);
        break;
    case OPENVPN_LINE_SENT:
        note_sent(r, p, &l);
        break;
    default:
        note_event(r, p, &l, line_no);
        break;
    }
}

/* -- facts ---------------------------------------------------------------------------------- */

static int by_line(const void *a, const void *b)
{
    const struct run *x = a, *y = b;

    return x->line < y->line ? -1 : x->line > y->line;
}

static void put_stall(struct reader *r, const struct run *run, const char *side)
{
    struct fact_where where = { .line = run->line,
                                .has_time = run->has_zone,
                                .time_ns = run->has_zone ? run->first_us * 1000 : 0,
                                .local_time = run->has_clock ? run->written : NULL,
                                .has_clock = run->has_clock,
                                .clock_ns = run->first_us * 1000 };
    const char *peer = run->peer[0] ? run->peer : r->remote[0] ? r->remote : "the other end";
    double s = run->has_clock ? (double)(run->end_us - run->from_us) / 1e6 : run->named_s;

    r->sink->put(r->sink->user, &stall_fact, &where,
                 (struct fact_value[]){
                     fact_text(peer), fact_text(side), fact_int(run->low), fact_int(run->next),
                     fact_int((int64_t)run->n), fact_int((int64_t)run->last_line), fact_real(s),
                     fact_int(run->recovered),
                     fact_int_if(run->failed_line != 0, (int64_t)run->failed_line) });
    r->out->n_used++;
    if (run->last_line == run->line)
        return;
    /* The last line is cited too, so it needs its time. */
    where.line = run->last_line;
    where.time_ns = run->has_zone ? run->last_us * 1000 : 0;
    where.local_time = run->has_clock ? run->last_written : NULL;
    where.clock_ns = run->last_us * 1000;
    r->sink->put(r->sink->user, &event_fact, &where,
                 (struct fact_value[]){ fact_text(run->peer[0] ? run->peer : NULL),
                                        fact_text("window full"), fact_null() });
}

static void openvpn_log_read(struct bytes text, const struct fact_sink *sink,
                             struct evidence_result *out)
{
    struct reader r = { .secret = hash_key_random(), .sink = sink, .out = out };
    struct encoding e;
    struct bytes line;
    size_t i;

    r.pasted = pasted_start(sink, out);
    encoding_open(&e, text);
    while (encoding_line(&e, &line))
        one_line(&r, line, e.line_no);
    out->n_lines = e.line_no;
    encoding_close(&e);
    pasted_end(r.pasted);
    for (i = 0; i < r.n_peers; i++)
        end_run(&r, &r.peers[i], NULL, false);
    if (r.n_stalls)
        qsort(r.stalls, r.n_stalls, sizeof(*r.stalls), by_line);
    for (i = 0; i < r.n_stalls; i++)
        put_stall(&r, &r.stalls[i], r.server && r.server >= r.client ? "server" : "client");
    free(r.peers);
    free(r.stalls);
}

/* A few lines that only OpenVPN writes, and not lost among others. */
static bool openvpn_log_probe(struct bytes head)
{
    struct encoding e;
    struct openvpn_line l;
    struct bytes line;
    size_t known = 0, lines = 0;

    encoding_open(&e, head);
    while (known < PROBE_MIN && encoding_line(&e, &line)) {
        openvpn_line(line, &l);
        lines += line.left > 0;
        known += l.known;
    }
    encoding_close(&e);
    return known >= PROBE_MIN || (known >= 1 && known * 2 >= lines);
}

const struct importer openvpn_log_importer = {
    .name = "OpenVPN log",
    .is = EVIDENCE_LOG,
    .facts = kinds,
    .probe = openvpn_log_probe,
    .read = openvpn_log_read,
};
