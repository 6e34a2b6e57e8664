/*
 * play: a script of TCP segments through the machine, one line per segment, as in a trace.
 *
 *     play_start();
 *     at(0);      c("S", 100, 0, 0);          from the client: flags, seq, ack, payload bytes
 *     at(10);     s("SA", 500, 101, 0);       from the server, 10 ms later
 *
 * Flags: S SYN, A ACK, F FIN, R RST, P PSH.  Lives follow each other as ingest does it: `now` is the
 * present one, `old` the one before.  Each call returns the marks; `judged` is what tcp_judge said.
 */
#ifndef TESTS_UNIT_FLOW_PLAY_H
#define TESTS_UNIT_FLOW_PLAY_H

#include <stdlib.h>
#include <string.h>

#include "flow/tcp.h"
#include "packet/packet.h"
#include "support/tap.h"

#define MS INT64_C(1000000)

static struct tcp_life play_lives[16];
static struct tcp_flight play_flights[16][2];
static struct tcp_life *now, *old;
static struct tcp_attempt answered; /* the attempt that the present life answered */
static enum tcp_judgement judged;
static bool was_old;
static uint64_t frame_no;
static int64_t clock_ns;
static unsigned n_lives;
static bool swapped; /* the server is end a of the present life */

/* What the next segments carry beside; reset by play_start. */
static uint16_t window[2];
static int8_t scale[2];
static uint8_t n_sack;

/* Frame numbers and counters of any width. */
#define is_num(got, want, what) is_int((int64_t)(got), (int64_t)(want), what)

#define PLAY __attribute__((unused)) static

PLAY void play_start(void)
{
    memset(play_lives, 0, sizeof(play_lives));
    now = old = NULL;
    answered = (struct tcp_attempt){ 0 };
    frame_no = 0;
    n_lives = 0;
    clock_ns = 1000 * MS * 1000;
    window[0] = window[1] = 8192;
    scale[0] = scale[1] = -1;
    n_sack = 0;
    swapped = false;
}

/* `ms` after the segment before. */
PLAY void at(double ms)
{
    clock_ns += (int64_t)(ms * 1e6);
}

static struct tcp_life *play_life(void)
{
    if (n_lives == 16)
        abort();
    tcp_start(&play_lives[n_lives]);
    return &play_lives[n_lives++];
}

static unsigned play_apply(struct tcp_life *t, const struct tcp_segment *g)
{
    struct tcp_flight *f = play_flights[t - play_lives];

    return tcp_apply(t, (struct tcp_flight *[]){ &f[0], &f[1] }, g);
}

/* What waits at this end of the present life. */
PLAY const struct tcp_sent *waits(unsigned end)
{
    return tcp_waiting(&now->end[end], &play_flights[now - play_lives][end]);
}

static uint8_t play_flags(const char *text)
{
    uint8_t flags = 0;

    for (; *text; text++)
        flags |= *text == 'S'   ? TCP_SYN
                 : *text == 'A' ? TCP_ACK
                 : *text == 'F' ? TCP_FIN
                 : *text == 'R' ? TCP_RST
                                : TCP_PSH;
    return flags;
}

static struct tcp_segment play_segment(unsigned side, const char *flags, uint32_t seq,
                                       uint32_t ack, uint32_t len, const struct tcp_life *t)
{
    uint8_t f = play_flags(flags);

    return (struct tcp_segment){
        .frame_no = frame_no,
        .ns = clock_ns,
        .seq = seq,
        .ack = f & TCP_ACK ? ack : 0,
        .len = len,
        .flags = f,
        .window = window[side],
        .scale = f & TCP_SYN ? scale[side] : -1,
        .n_sack = n_sack,
        .from = (uint8_t)(side ^ swapped),
        .late = clock_ns < t->last_ns,
    };
}

static unsigned play(unsigned side, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
    struct tcp_segment g;

    frame_no++;
    if (!now) {
        now = play_life();
        /* A SYN/ACK that comes first: its receiver opened the life. */
        swapped = (play_flags(flags) & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) ? side == 0
                                                                                 : side == 1;
    }
    g = play_segment(side, flags, seq, ack, len, now);
    was_old = false;
    if (old && !(g.flags & TCP_SYN)) {
        struct tcp_segment to_old = play_segment(side, flags, seq, ack, len, old);

        if (tcp_misfit(old, &to_old) < tcp_misfit(now, &g)) {
            was_old = true;
            judged = TCP_BELONGS;
            return play_apply(old, &to_old) | TCP_MARK_OLD_LIFE;
        }
    }
    judged = tcp_judge(now, &g);
    if (judged == TCP_NEXT_LIFE) {
        old = now;
        answered = old->attempt;
        now = play_life();
        if (answered.pending) {
            unsigned opener = answered.opener ^ swapped;

            tcp_start_next(now, &play_flights[now - play_lives][0], old, frame_no, clock_ns);
            swapped = opener == 1;
        } else {
            swapped = (g.flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) ? side == 0
                                                                             : side == 1;
        }
        g = play_segment(side, flags, seq, ack, len, now);
    }
    return play_apply(now, &g);
}

PLAY unsigned c(const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
    return play(0, flags, seq, ack, len);
}

PLAY unsigned s(const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
    return play(1, flags, seq, ack, len);
}

/* The state that client (0) or server (1) must believe in the present life. */
PLAY const char *state(unsigned side)
{
    return tcp_state_name(now->end[side ^ swapped].state);
}

PLAY const struct tcp_end *end_of(unsigned side)
{
    return &now->end[side ^ swapped];
}

PLAY void is_state(unsigned side, const char *want, const char *what)
{
    is_str(state(side), want, what);
}

/* Only the marks that agree with Wireshark's tcp.analysis. */
PLAY void is_marks(unsigned got, unsigned want, const char *what)
{
    bool pass = ok((got & 0xffff) == want, "%s", what);

    if (!pass)
        printf("#   got 0x%x, wanted 0x%x\n", got & 0xffff, want);
}

/* Handshake 100/500, then `up` bytes of the client, acknowledged, and `down` of the server. */
PLAY void open_life(uint32_t up, uint32_t down)
{
    c("S", 100, 0, 0);
    at(10);
    s("SA", 500, 101, 0);
    at(1);
    c("A", 101, 501, 0);
    if (up) {
        at(1);
        c("PA", 101, 501, up);
        at(10);
        s("A", 501, 101 + up, 0);
    }
    if (down) {
        at(1);
        s("PA", 501, 101 + up, down);
        at(1);
        c("A", 101 + up, 501 + down, 0);
    }
}

#endif
