/*
 * make_capture: a large capture from a seed, with faults that are known beforehand.
 *
 *     make_capture KIND SEED MIB FILE
 *
 * KIND is `mix` (TLS, HTTP, MQTT, DNS, media), `small` (short connections), `eleph` (a few
 * downloads); or, for the bounds and without faults, `flood` (a SYN of ever another host), `hosts`
 * (a datagram of each) or `endless` (one connection that never ends). Conversations run beside each
 * other and end in order; among them are faults, evenly spread.  What was planted goes to stdout, a
 * line each: how deadwire must name it, and how often. The same arguments make the same bytes.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bench/wire.h"

#define FAULTS    25u   /* of each kind */
#define TALKS_MAX 2048u /* conversations at once */
#define NOISE     (1u << 16)
#define QUIET_US  INT64_C(600000000) /* before the last conversation */

/* -- what conversations consist of ----------------------------------------------------------------
 */

enum act {
    SYN,
    SYN_ACK,
    ACK,
    DATA,  /* `len` bytes without a meaning */
    AGAIN, /* what this end sent last, once more */
    FIN,
    HTTP_GET,
    HTTP_OK,
    CLIENT_HELLO,
    SERVER_HELLO,
    TLS_DATA,
    MQTT_CONNECT,
    MQTT_CONNACK,
    MQTT_PUBLISH,
    MQTT_PING,
    MQTT_PONG,
    DATAGRAM,
    DNS_ASK,
    DNS_ANSWER,
    REOPEN,    /* SYN on a connection that the other end still holds */
    CHALLENGE, /* RFC 5961 section 4: the ACK that answers it */
    RESET,     /* RST that answers a challenge */
    LOOP,      /* back by `from` steps, `len` times */
    OVER,
};

/* `from` 0: the opener. */
struct step {
    uint8_t from, act;
    uint16_t len;
    uint32_t after_us; /* the step before */
};

#define RTT        20000u
#define FOR_EVER   0xffffu /* turns of a loop: until the capture is full */
#define SECONDS(n) ((n)*1000000u)
#define OPENED                                                                                     \
    { 0, SYN, 0, 0 }, { 1, SYN_ACK, 0, RTT },                                                      \
    {                                                                                              \
        0, ACK, 0, 50                                                                              \
    }
#define CLOSED                                                                                     \
    { 0, FIN, 0, 1000 }, { 1, FIN, 0, RTT }, { 0, ACK, 0, 50 },                                    \
    {                                                                                              \
        0, OVER, 0, 0                                                                              \
    }

/* clang-format off */
static const struct step short_talk[] = {
    OPENED, { 0, HTTP_GET, 380, 100 }, { 1, DATA, 980, RTT }, CLOSED
};
static const struct step short_resent[] = {
    OPENED, { 0, HTTP_GET, 380, 100 }, { 0, AGAIN, 0, 250000 }, { 1, DATA, 980, RTT }, CLOSED
};
static const struct step download[] = {
    OPENED, { 0, HTTP_GET, 380, 100 },
    { 1, DATA, 1460, 30 }, { 1, DATA, 1460, 12 }, { 0, ACK, 0, 20 }, { 3, LOOP, 5000, 10 },
    CLOSED
};
static const struct step download_resent[] = {
    OPENED, { 0, HTTP_GET, 380, 100 },
    { 1, DATA, 1460, 30 }, { 1, DATA, 1460, 12 }, { 0, ACK, 0, 20 }, { 3, LOOP, 5000, 10 },
    { 1, DATA, 1460, 30 }, { 1, AGAIN, 0, 250000 }, { 0, ACK, 0, 20 },
    CLOSED
};
static const struct step http[] = {
    OPENED, { 0, HTTP_GET, 420, 100 }, { 1, HTTP_OK, 1460, RTT }, { 1, DATA, 1100, 30 },
    { 0, ACK, 0, 40 }, CLOSED
};
static const struct step tls[] = {
    OPENED, { 0, CLIENT_HELLO, 0, 100 }, { 1, SERVER_HELLO, 0, RTT }, { 1, TLS_DATA, 900, 30 },
    { 0, ACK, 0, 40 }, { 0, TLS_DATA, 60, 900 }, { 0, TLS_DATA, 300, 100 }, { 1, TLS_DATA, 700, RTT },
    { 0, ACK, 0, 40000 }, { 0, TLS_DATA, 26, 100000 }, CLOSED
};
static const struct step mqtt[] = {
    OPENED, { 0, MQTT_CONNECT, 0, 100 }, { 1, MQTT_CONNACK, 0, RTT },
    { 0, MQTT_PUBLISH, 90, 300000 }, { 1, ACK, 0, RTT }, { 2, LOOP, 5, 0 },
    { 0, MQTT_PING, 0, SECONDS(10) }, { 1, MQTT_PONG, 0, RTT }, { 0, ACK, 0, 40000 }, CLOSED
};
static const struct step dns[] = { { 0, DNS_ASK, 0, 0 }, { 1, DNS_ANSWER, 0, RTT }, { 0, OVER, 0, 0 } };
static const struct step media[] = {
    { 0, DATAGRAM, 172, 0 }, { 1, DATAGRAM, 172, 10000 }, { 2, LOOP, 15, 10000 }, { 0, OVER, 0, 0 }
};

static const struct step flood[] = { { 0, SYN, 0, 0 }, { 0, OVER, 0, 0 } };
static const struct step hosts[] = { { 0, DATAGRAM, 40, 0 }, { 0, OVER, 0, 0 } };
static const struct step endless[] = {
    OPENED, { 0, HTTP_GET, 380, 100 },
    { 1, DATA, 1460, 30 }, { 1, DATA, 1460, 12 }, { 0, ACK, 0, 20 }, { 3, LOOP, FOR_EVER, 10 },
    CLOSED
};

/* The opener restarted and forgot; its ISN is near the old one (rules/tcp-tuple-reuse.sql). */
static const struct step reuse[] = {
    OPENED, { 0, DATA, 300, 100 }, { 1, DATA, 500, RTT }, { 0, ACK, 0, 50 },
    { 0, REOPEN, 0, SECONDS(4) }, { 1, CHALLENGE, 0, RTT }, { 0, RESET, 0, 50 },
    { 0, REOPEN, 0, SECONDS(1) }, { 1, SYN_ACK, 0, RTT }, { 0, ACK, 0, 50 },
    { 0, DATA, 200, 100 }, { 1, DATA, 400, RTT }, { 0, ACK, 0, 50 }, CLOSED
};
/* The other end is gone: the timeout doubles each time (RFC 6298 section 5.5). */
static const struct step dead[] = {
    OPENED, { 0, DATA, 300, 100 }, { 1, DATA, 500, RTT }, { 0, ACK, 0, 50 }, { 0, DATA, 250, 500000 },
    { 0, AGAIN, 0, 300000 }, { 0, AGAIN, 0, 600000 }, { 0, AGAIN, 0, 1200000 },
    { 0, AGAIN, 0, 2400000 }, { 0, AGAIN, 0, 4800000 }, { 0, AGAIN, 0, 9600000 },
    { 0, AGAIN, 0, 19200000 }, { 0, AGAIN, 0, 38400000 }, { 0, OVER, 0, 0 }
};
/* clang-format on */

struct share {
    const struct step *script;
    unsigned of_100;
    uint16_t port; /* of the server */
    bool udp;
};

/* What is planted: `n` conversations a fault, each of which shows what `rule` says. */
static const struct fault {
    const char *rule;
    const struct step *script;
    unsigned n;
    uint16_t port;
} faults[] = {
    { "tcp-tuple-reuse", reuse, 1, 9000 },
    { "tcp-dead-peer", dead, 1, 9000 },
    { "tls-random-repeat", tls, 2, 443 }, /* two connections with one client random */
};
#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))

static const struct kind {
    const char *name;
    unsigned n_talks; /* at once */
    bool bare;        /* every conversation has a client of its own; no faults */
    struct share shares[8];
} kinds[] = {
    { "mix",
      1000,
      false,
      { { tls, 40, 443, false },
        { dns, 30, 53, true },
        { http, 20, 80, false },
        { media, 7, 16384, true },
        { mqtt, 2, 1883, false },
        { short_resent, 1, 9000, false } } },
    { "small", 2000, false, { { short_talk, 98, 9000, false }, { short_resent, 2, 9000, false } } },
    { "eleph", 6, false, { { download, 50, 80, false }, { download_resent, 50, 80, false } } },
    { "flood", 1000, true, { { flood, 100, 80, false } } },
    { "hosts", 1000, true, { { hosts, 100, 16384, true } } },
    { "endless", 1, true, { { endless, 100, 80, false } } },
};

/* -- one conversation
 * ------------------------------------------------------------------------------ */

struct talk {
    const struct step *at;
    bool udp, ipv6;
    uint16_t vlan;
    struct wire_end end[2];
    uint32_t next[2]; /* sequence number, by end */
    struct {
        const struct step *step;
        uint32_t seq;
        uint64_t random;
    } last[2]; /* data sent last, by end */
    uint32_t isn, n_reopened;
    uint64_t random; /* of its TLS hello */
    unsigned n_loops;
    int64_t due_us;
    uint64_t number;
};

struct maker {
    struct wire wire;
    const struct kind *kind;
    uint64_t state; /* of the random numbers */
    uint64_t n_started, target;
    uint64_t n_resent, n_planted[N_FAULTS], n_flows;
    struct talk *heap[TALKS_MAX + 2 * N_FAULTS * FAULTS]; /* the next one first */
    unsigned n_talks;
    uint8_t noise[NOISE + WIRE_PAYLOAD_MAX];
};

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t mixed(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void fill(uint8_t *p, size_t len, uint64_t state)
{
    size_t i;

    for (i = 0; i < len; i++)
        p[i] = (uint8_t)(mixed(&state) >> 32);
}

static uint32_t text_of(uint8_t *out, const char *text)
{
    size_t len = strlen(text);

    memcpy(out, text, len);
    return (uint32_t)len;
}

/* RFC 8446 section 4.1.2: a hello with a key share of its own, as every stack sends it. */
static uint32_t hello(const struct talk *t, uint64_t random, uint8_t *out, bool client)
{
    static const uint8_t server_tail[] = { 0x00, 0x13, 0x01,
                                           0x00 }, /* no session, suite, compression */
        client_tail[] = { 0x00, 0x00, 0x04, 0x13, 0x01, 0x13, 0x02, 0x01, 0x00 },
                         server_version[] = { 0x00, 0x2b, 0x00, 0x02, 0x03, 0x04 },
                         client_version[] = { 0x00, 0x2b, 0x00, 0x03, 0x02, 0x03, 0x04 },
                         server_share[] = { 0x00, 0x33, 0x00, 0x24, 0x00, 0x1d, 0x00, 0x20 },
                         client_share[] = { 0x00, 0x33, 0x00, 0x26, 0x00,
                                            0x24, 0x00, 0x1d, 0x00, 0x20 };
    uint8_t *at = out + 9;
    uint32_t extensions;

#define PUT(bytes) (memcpy(at, bytes, sizeof(bytes)), at += sizeof(bytes))
    *at++ = 3;
    *at++ = 3;
    fill(at, 32, client ? t->random : ~random);
    at += 32;
    if (client)
        PUT(client_tail);
    else
        PUT(server_tail);
    at += 2;
    extensions = (uint32_t)(at - out);
    if (client) {
        PUT(client_version);
        PUT(client_share);
    } else {
        PUT(server_version);
        PUT(server_share);
    }
#undef PUT
    fill(at, 32, random);
    at += 32;
    extensions = (uint32_t)(at - out) - extensions;
    at[-(long)extensions - 2] = (uint8_t)(extensions >> 8);
    at[-(long)extensions - 1] = (uint8_t)extensions;
    memcpy(out,
           (const uint8_t[]){ 22, 3, client ? 1 : 3, 0, (uint8_t)(at - out - 5), client ? 1 : 2, 0,
                              0, (uint8_t)(at - out - 9) },
           9);
    return (uint32_t)(at - out);
}

/* RFC 1035 section 4: one question for a name of our own, one answer. */
static uint32_t dns_message(const struct talk *t, uint8_t *out, bool answer)
{
    static const uint8_t question[] = { 4,   'h', 'o', 's', 't', 7, 'e', 'x', 'a',
                                        'm', 'p', 'l', 'e', 0,   0, 1,   0,   1 },
                         record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1 };
    uint8_t head[12] = { (uint8_t)(t->isn >> 8),
                         (uint8_t)t->isn,
                         answer ? 0x81 : 0x01,
                         answer ? 0x80 : 0,
                         0,
                         1,
                         0,
                         answer };
    uint32_t len = sizeof(head);

    memcpy(out, head, sizeof(head));
    memcpy(out + len, question, sizeof(question));
    len += sizeof(question);
    if (answer) {
        memcpy(out + len, record, sizeof(record));
        len += sizeof(record);
    }
    return len;
}

/* OASIS MQTT 3.1.1 section 3. */
static uint32_t mqtt_packet(const struct step *s, uint64_t random, uint8_t *out)
{
    static const uint8_t connect[] = { 0x10, 17, 0, 4, 'M', 'Q', 'T', 'T', 4,  2,
                                       0,    60, 0, 5, 'b', 'e', 'n', 'c', 'h' },
                         connack[] = { 0x20, 2, 0, 0 }, topic[] = { 0, 3, 'a', '/', 'b' };

    switch (s->act) {
    case MQTT_CONNECT:
        memcpy(out, connect, sizeof(connect));
        return sizeof(connect);
    case MQTT_CONNACK:
        memcpy(out, connack, sizeof(connack));
        return sizeof(connack);
    case MQTT_PUBLISH:
        out[0] = 0x30;
        out[1] = (uint8_t)(s->len - 2);
        memcpy(out + 2, topic, sizeof(topic));
        fill(out + 2 + sizeof(topic), s->len - 2 - sizeof(topic), random);
        return s->len;
    default:
        out[0] = s->act == MQTT_PING ? 0xc0 : 0xd0;
        out[1] = 0;
        return 2;
    }
}

/* The bytes of a step: the same for the same `random`. */
static uint32_t payload_of(const struct maker *m, const struct talk *t, const struct step *s,
                           uint64_t random, uint8_t *out)
{
    memcpy(out, m->noise + (random & (NOISE - 1)), s->len);
    switch (s->act) {
    case HTTP_GET:
        text_of(out, "GET /a/file HTTP/1.1\r\nHost: host.example\r\nX-Noise: ");
        return s->len;
    case HTTP_OK:
        text_of(out, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "
                     "2000\r\n\r\n");
        return s->len;
    case CLIENT_HELLO:
    case SERVER_HELLO:
        return hello(t, random, out, s->act == CLIENT_HELLO);
    case TLS_DATA:
        memcpy(out,
               (const uint8_t[]){ 23, 3, 3, (uint8_t)((s->len - 5) >> 8), (uint8_t)(s->len - 5) },
               5);
        return s->len;
    case DNS_ASK:
    case DNS_ANSWER:
        return dns_message(t, out, s->act == DNS_ANSWER);
    case MQTT_CONNECT:
    case MQTT_CONNACK:
    case MQTT_PUBLISH:
    case MQTT_PING:
    case MQTT_PONG:
        return mqtt_packet(s, random, out);
    default:
        return s->len;
    }
}

/* Puts the frame of one step, as the numbers of its conversation want it. */
static void play(struct maker *m, struct talk *t, const struct step *s)
{
    uint8_t payload[WIRE_PAYLOAD_MAX + 64];
    unsigned from = s->from;
    struct wire_packet p = { .src = &t->end[from],
                             .dst = &t->end[!from],
                             .ipv6 = t->ipv6,
                             .udp = t->udp,
                             .vlan = t->vlan,
                             .seq = t->next[from],
                             .ack = t->next[!from],
                             .flags = WIRE_ACK,
                             .payload = payload };

    switch (s->act) {
    case SYN:
        p.seq = t->isn;
        p.flags = WIRE_SYN;
        t->next[0] = t->isn + 1;
        break;
    case SYN_ACK:
        p.flags = WIRE_SYN | WIRE_ACK;
        if (t->n_reopened)
            p.seq = t->next[1] = (uint32_t)mixed(&m->state);
        p.ack = t->next[0] = t->isn + 7 * t->n_reopened + 1;
        t->next[1]++;
        break;
    case REOPEN:
        t->n_reopened = 1;
        p.seq = t->isn + 7;
        p.flags = WIRE_SYN;
        break;
    case RESET:
        p.seq = t->next[0];
        p.flags = WIRE_RST;
        break;
    case FIN:
        p.flags = WIRE_FIN | WIRE_ACK;
        t->next[from]++;
        break;
    case AGAIN:
        p.seq = t->last[from].seq;
        p.len = payload_of(m, t, t->last[from].step, t->last[from].random, payload);
        p.flags = WIRE_PSH | WIRE_ACK;
        m->n_resent++;
        break;
    case ACK:
    case CHALLENGE:
        break;
    default:
        t->last[from].step = s;
        t->last[from].seq = p.seq;
        t->last[from].random = mixed(&m->state);
        p.len = payload_of(m, t, s, t->last[from].random, payload);
        p.flags = WIRE_PSH | WIRE_ACK;
        t->next[from] += p.len;
    }
    wire_put(&m->wire, &p);
}

/* -- all of them, by time
 * -------------------------------------------------------------------------- */

static bool before(const struct talk *x, const struct talk *y)
{
    return x->due_us != y->due_us ? x->due_us < y->due_us : x->number < y->number;
}

static void sift_down(struct maker *m, unsigned i)
{
    struct talk *t = m->heap[i];

    for (;;) {
        unsigned child = 2 * i + 1;

        if (child + 1 < m->n_talks && before(m->heap[child + 1], m->heap[child]))
            child++;
        if (child >= m->n_talks || !before(m->heap[child], t))
            break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = t;
}

static void add(struct maker *m, struct talk *t)
{
    unsigned i = m->n_talks++;

    for (; i && before(t, m->heap[(i - 1) / 2]); i = (i - 1) / 2)
        m->heap[i] = m->heap[(i - 1) / 2];
    m->heap[i] = t;
}

/* A new conversation: no four-tuple comes twice in 250 million of them. */
static struct talk *start(struct maker *m, const struct step *script, uint16_t port, bool udp)
{
    struct talk *t = xcalloc(1, sizeof(*t));
    uint64_t n = m->n_started++, client = m->kind->bare ? n : n % 5000;

    t->at = script;
    t->udp = udp;
    t->ipv6 = client % 10 == 9;
    t->vlan = client % 20 == 3 ? 100 : 0;
    memcpy(t->end[0].addr,
           (const uint8_t[]){ (uint8_t)(10 + (client >> 24)), (uint8_t)(client >> 16),
                              (uint8_t)(client >> 8), (uint8_t)client },
           4);
    memcpy(t->end[1].addr, (const uint8_t[]){ 192, 0, 2, (uint8_t)(1 + n % 200) }, 4);
    if (t->ipv6) { /* 2001:db8::/32, RFC 3849 */
        memmove(t->end[0].addr + 4, t->end[0].addr, 4);
        memmove(t->end[1].addr + 4, t->end[1].addr, 4);
        memcpy(t->end[0].addr, "\x20\x01\x0d\xb8", 4);
        memcpy(t->end[1].addr, "\x20\x01\x0d\xb8", 4);
    }
    t->end[0].port = (uint16_t)(10000 + n / 5000 % 50000);
    t->end[1].port = port;
    t->isn = (uint32_t)mixed(&m->state);
    t->next[1] = (uint32_t)mixed(&m->state);
    t->random = mixed(&m->state);
    t->number = n;
    t->due_us = m->wire.now_us + (int64_t)(mixed(&m->state) % RTT);
    add(m, t);
    return t;
}

static void start_any(struct maker *m)
{
    unsigned r = (unsigned)(mixed(&m->state) % 100);
    const struct share *s = m->kind->shares;

    for (; r >= s->of_100; s++)
        r -= s->of_100;
    m->n_flows++;
    start(m, s->script, s->port, s->udp);
}

/* The same host again, and its peer, on a port that nobody else has. */
static void take_ends(struct talk *t, const struct talk *of, uint64_t number)
{
    t->ipv6 = of->ipv6;
    t->vlan = of->vlan;
    memcpy(t->end[0].addr, of->end[0].addr, sizeof(t->end[0].addr));
    memcpy(t->end[1].addr, of->end[1].addr, sizeof(t->end[1].addr));
    t->end[0].port = (uint16_t)(60000 + number);
}

static void plant(struct maker *m)
{
    size_t i;
    unsigned k;

    for (i = 0; i < N_FAULTS; i++) {
        uint64_t random = mixed(&m->state);
        struct talk *first = NULL;

        for (k = 0; k < faults[i].n; k++) {
            struct talk *t = start(m, faults[i].script, faults[i].port, false);

            t->random = random;
            if (first)
                take_ends(t, first, m->n_planted[i]);
            first = first ? first : t;
            m->n_flows += faults[i].script == reuse ? 2 : 1;
        }
        m->n_planted[i]++;
    }
}

/* The next step of the conversation that is due first; false: it was its last. */
static bool go_on(struct maker *m, struct talk *t)
{
    bool more = m->wire.n_bytes < m->target;

    m->wire.now_us = t->due_us;
    play(m, t, t->at++);
    if (t->at->act == LOOP) {
        if (t->at->len == FOR_EVER ? more : t->n_loops++ < t->at->len) {
            t->due_us += t->at->after_us;
            t->at -= t->at->from;
        } else {
            t->n_loops = 0;
            t->at++;
        }
    }
    t->due_us += t->at->after_us + (int64_t)(mixed(&m->state) % (t->at->after_us / 8 + 1));
    return t->at->act != OVER;
}

/* Long after everything else a last conversation shows that the capture went on. */
static void finish(struct maker *m)
{
    struct talk *t;

    m->wire.now_us += QUIET_US;
    t = start(m, short_talk, 9000, false);
    m->n_flows++;
    while (go_on(m, t))
        continue;
    free(t);
    m->n_talks = 0;
}

static void run(struct maker *m)
{
    unsigned n_planted = 0;

    while (m->n_talks < m->kind->n_talks)
        start_any(m);
    while (m->n_talks) {
        struct talk *t = m->heap[0];
        bool more = m->wire.n_bytes < m->target;

        if (n_planted < FAULTS && !m->kind->bare &&
            (!more || m->wire.n_bytes >= m->target / (FAULTS + 1) * (n_planted + 1))) {
            plant(m);
            n_planted++;
            continue;
        }
        if (!go_on(m, t)) {
            free(t);
            m->heap[0] = m->heap[--m->n_talks];
            if (more && m->n_talks < m->kind->n_talks)
                start_any(m);
        }
        if (m->n_talks)
            sift_down(m, 0);
    }
    finish(m);
}

static const struct kind *find_kind(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct maker *m = xcalloc(1, sizeof(*m));
    size_t i;

    m->kind = argc == 5 ? find_kind(argv[1]) : NULL;
    if (!m->kind) {
        fprintf(stderr, "usage: make_capture mix|small|eleph|flood|hosts|endless SEED MIB FILE\n");
        return 2;
    }
    m->state = strtoull(argv[2], NULL, 10);
    m->target = strtoull(argv[3], NULL, 10) << 20;
    fill(m->noise, sizeof(m->noise), mixed(&m->state));
    if (!wire_open(&m->wire, argv[4])) {
        fprintf(stderr, "%s: %s\n", argv[4], strerror(errno));
        return 1;
    }
    run(m);
    for (i = 0; i < N_FAULTS && !m->kind->bare; i++)
        printf("%s %llu\n", faults[i].rule, (unsigned long long)m->n_planted[i]);
    printf("frames %llu\nflows %llu\nresent %llu\n", (unsigned long long)m->wire.n_frames,
           (unsigned long long)m->n_flows, (unsigned long long)m->n_resent);
    i = !wire_close(&m->wire);
    if (i)
        fprintf(stderr, "%s: %s\n", argv[4], strerror(errno));
    free(m);
    return (int)i;
}
