/*
 * tcp: the one TCP machine: what each end of a life must believe, and what a segment does to it.
 *
 * One struct tcp_life is one incarnation (RFC 9293 section 3.4.1) of a four-tuple.  The machine
 * judges a segment (does it belong to this life, open an attempt on it, or start the next one?) and
 * then applies it.  It needs headers only, so it works on snapped and encrypted captures.  It emits
 * nothing: dissectors/tcp.c turns what it returns into facts.
 *
 * Sources: RFC 9293 sections 3.4-3.10, RFC 5961 sections 3-4 (challenge ACK), RFC 6191 (TIME-WAIT),
 * Linux net/ipv4/tcp_input.c and tcp_minisocks.c for what stacks do in practice.  All comparisons
 * are modulo 2^32.
 */
#ifndef FLOW_TCP_H
#define FLOW_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/outstanding.h"

struct tcp_view; /* packet/packet.h */

/* What one end must believe, as far as its own segments and the answers to them show. */
enum tcp_state {
    TCP_UNKNOWN, /* nothing of this end was seen yet */
    TCP_SYN_SENT,
    TCP_SYN_RECEIVED,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT, /* sent FIN; FIN-WAIT-1 or -2 */
    TCP_CLOSE_WAIT,
    TCP_LAST_ACK, /* sent FIN after the other's; CLOSING or LAST-ACK */
    TCP_TIME_WAIT,
    TCP_CLOSED,
    TCP_RESET, /* sent, or had to accept, a RST */
};

const char *tcp_state_name(enum tcp_state s);

/* What a segment is, in its direction.  The first group agrees with Wireshark's tcp.analysis.*. */
enum tcp_mark {
    TCP_MARK_ZERO_WINDOW_PROBE = 1 << 0,
    TCP_MARK_ZERO_WINDOW = 1 << 1,
    TCP_MARK_LOST_SEGMENT = 1 << 2, /* a segment before this one was not captured */
    TCP_MARK_KEEP_ALIVE = 1 << 3,
    TCP_MARK_WINDOW_UPDATE = 1 << 4,
    TCP_MARK_WINDOW_FULL = 1 << 5,
    TCP_MARK_KEEP_ALIVE_ACK = 1 << 6,
    TCP_MARK_ZERO_WINDOW_PROBE_ACK = 1 << 7,
    TCP_MARK_DUPLICATE_ACK = 1 << 8,
    TCP_MARK_ACK_LOST_SEGMENT = 1 << 9, /* acknowledges what was not captured */
    TCP_MARK_SPURIOUS_RETRANSMISSION = 1 << 10,
    TCP_MARK_FAST_RETRANSMISSION = 1 << 11,
    TCP_MARK_OUT_OF_ORDER = 1 << 12,
    TCP_MARK_RETRANSMISSION = 1 << 13,
    /* ours */
    TCP_MARK_COPY = 1 << 16,          /* the same frame again; not an event */
    TCP_MARK_SYN_ON_LIVE = 1 << 17,   /* opens or repeats an attempt */
    TCP_MARK_CHALLENGE_ACK = 1 << 18, /* RFC 5961 answer to an attempt */
    TCP_MARK_RST_ACCEPTED = 1 << 19,  /* exact sequence number: the other end is reset */
    TCP_MARK_RST_IGNORED = 1 << 20,   /* out of window, or in window but not exact */
    TCP_MARK_OLD_LIFE = 1 << 21,      /* belongs to the life before the present one */
    TCP_MARK_LATE = 1 << 22,          /* out of time order in the file */
    /* groups */
    TCP_MARKS_RESENT =
        TCP_MARK_RETRANSMISSION | TCP_MARK_FAST_RETRANSMISSION | TCP_MARK_SPURIOUS_RETRANSMISSION,
};

#define TCP_FLIGHT_MAX 8  /* first sendings remembered per end; the rest is joined to the last one */

/* One piece of the stream that was sent and is not acknowledged yet. */
struct tcp_sent {
    uint32_t seq, end; /* [seq, end) */
    struct outstanding o;
    uint8_t flags;     /* TCP_SYN, TCP_FIN: the piece holds that control bit */
};

/*
 * What one end has in flight, oldest first: n_flight pieces, the rest means nothing.  It lies
 * beside the life, since most lives at most times have nothing in flight, and there are many lives.
 */
struct tcp_flight {
    struct tcp_sent piece[TCP_FLIGHT_MAX];
};

/* In the order of use, as struct flow. */
struct tcp_end {
    enum tcp_state state;
    bool isn_known, nxt_known, ack_known, fin_seen;
    bool spoke;        /* sent a segment without SYN */
    int8_t scale;      /* window scale it announced; -1 not known */
    bool has_ts, window_known;
    uint32_t isn;
    uint32_t nxt;      /* highest sequence number sent, plus length */
    uint32_t ack;      /* highest acknowledgement sent: what this end has received */
    uint32_t fin_seq;  /* sequence number behind its FIN */
    uint32_t ts_val;   /* newest time stamp it sent */
    uint32_t window;   /* last one advertised, raw */

    /* for the marks of section 8 of the fact sheet */
    uint32_t next;       /* as nxt, but moved by this end's own segments only */
    uint32_t acked_max;  /* sent without a hole: what the other end may acknowledge */
    uint32_t last_ack;
    uint32_t n_dup_ack;
    unsigned last_marks;
    bool next_known, acked_max_known;
    uint8_t n_flight;   /* pieces of its struct tcp_flight */
    bool flight_joined; /* pieces had to be joined: first frames may be too early */
    int64_t next_ns;    /* when `next` moved */
    int64_t last_ack_ns, last_ns;

    uint64_t n_segments, n_bytes;  /* copies left out; payload on the wire */
    uint64_t acked_bytes;          /* of its data, acknowledged by the other end */
    int64_t last_advance_ns;       /* when its data was last acknowledged (0: never) */
    uint64_t last_advance_frame, last_frame, first_data_frame;
    uint64_t zero_window_frame;    /* first of the present zero-window period, else 0 */
    uint32_t n_retransmission, n_out_of_order, n_dup_acks, n_lost, n_keep_alive, n_zero_window;
    uint32_t n_probes_answered; /* of its keep-alives */
    struct outstanding keep_alive;

    uint64_t unseen_frame; /* last segment that shows: it heard what this capture does not have */
    uint64_t syn_frame, fin_frame, rst_frame;
    int64_t fin_ns;
    struct outstanding repaired; /* the longest wait of data that was answered in the end */
    uint32_t repaired_seq;
};

/* An end opens the four-tuple again while the other end, as far as we know, still holds it. */
struct tcp_attempt {
    bool pending;
    uint8_t opener;        /* 0 a, 1 b */
    bool old_captured;     /* the life before it was seen */
    enum tcp_state held;   /* what the other end believed of the old life */
    bool closed;           /* as its challenge shows, only TIME-WAIT was left of it */
    uint32_t isn;
    int8_t scale;          /* window scale of the SYN, -1: none */
    bool old_isn_known;
    uint32_t old_isn;
    uint64_t old_syn_frame;
    struct outstanding syn; /* first SYN, resends; answered by SYN/ACK */
    int64_t quiet_ns;       /* last segment of the old life to the first SYN */
    uint64_t quiet_frame;   /* that segment */
    uint64_t challenge_frame; /* first challenge ACK, 0: none */
    int64_t challenge_ns;
    uint32_t challenge_seq, challenge_ack;
    bool challenge_exact;   /* seq and ack are the old life's next ones */
    uint32_t n_challenge;
    uint64_t rst_frame;     /* the opener's RST to the challenge */
    int64_t rst_ns;
    bool rst_exact;         /* its sequence number is the challenge's ack */
    uint32_t n_rst;
    uint64_t retry_frame;   /* first SYN after that RST */
    uint64_t refused_frame; /* RST of the other end to the SYN */
    bool refused_by_old;    /* that RST carries the old life's next sequence number */
};

#define TCP_STATES_MAX 24 /* belief changes kept per life */

struct tcp_change {
    uint64_t frame_no : 48; /* TCP_FRAMES_MAX at most; a life has many of these, and there are many lives */
    uint64_t end : 8;       /* 0 a, 1 b */
    uint64_t state : 8;
};
#define TCP_FRAMES_MAX ((UINT64_C(1) << 48) - 1)

struct tcp_life {
    struct tcp_end end[2]; /* 0: a, which opened it or spoke first; 1: b */
    struct tcp_attempt attempt;
    uint64_t syn_frame, synack_frame, established_frame;
    int64_t syn_ns, synack_ns;
    uint64_t rst_frame;
    int64_t rst_ns;
    uint8_t rst_by;
    uint8_t rst_verdict;   /* enum tcp_rst */
    bool rst_has_ack;
    bool rst_unseen; /* its end had sent more than the capture has */
    uint32_t rst_seq, rst_ack;
    uint64_t rst_heard_frame,
        rst_asked_frame; /* before it: last segment of rst_by and of the other end; 0: none */
    int64_t rst_heard_ns, rst_asked_ns;
    uint64_t
        rst_denied_frame; /* rst_by sends other segments, long after it: it did not send the RST */
    uint64_t refused_frame; /* RST that answered the first SYN */
    uint64_t closed_frame;  /* the segment after which neither end holds the life */
    int64_t last_ns;        /* of any segment that is not a copy and not late */
    int64_t closed_ns;
    uint32_t rtt_ns;        /* SYN/ACK to SYN + ACK to SYN/ACK, 0 unknown; saturates */
    uint8_t n_changes;
    struct tcp_change changes[TCP_STATES_MAX]; /* n_changes of them; the rest means nothing */
};

enum tcp_rst { RST_NONE, RST_EXACT, RST_IN_WINDOW, RST_OUTSIDE, RST_UNKNOWN };

/* One segment as the machine needs it. */
struct tcp_segment {
    uint64_t frame_no;
    int64_t ns;
    uint32_t seq, ack, len; /* len: payload on the wire */
    uint8_t flags;
    uint16_t window;
    int8_t scale;           /* -1: no option */
    bool has_ts;
    uint32_t ts_val, ts_ecr;
    uint8_t n_sack;
    uint8_t from;           /* 0 a, 1 b, of the life it is judged against */
    bool late;              /* its time is before the life's last segment */
};

enum tcp_judgement {
    TCP_BELONGS,     /* to this life */
    TCP_NEXT_LIFE,   /* starts the next life of the four-tuple */
    TCP_IS_ATTEMPT,  /* a SYN on this life, which the other end may still hold */
};

/* Decides, without changing anything. */
enum tcp_judgement tcp_judge(const struct tcp_life *t, const struct tcp_segment *s);

/*
 * How badly the segment misses this life's sequence numbers: 0 fits; used to tell whether a segment
 * belongs to the present life or to the one before it.
 */
uint64_t tcp_misfit(const struct tcp_life *t, const struct tcp_segment *s);

/*
 * Applies a segment that belongs (or is an attempt); returns enum tcp_mark bits.  `flight`: by end;
 * the sender's is there, the other end's may be NULL while it has nothing in flight.
 */
unsigned tcp_apply(struct tcp_life *t, struct tcp_flight *const flight[2],
                   const struct tcp_segment *s);

/*
 * Starts the life that answers the pending attempt of `old` (its end `a` is the opener), from the
 * SYN that was answered, which is what end a has in flight; the attempt is over and so is the old
 * life.
 */
void tcp_start_next(struct tcp_life *next, struct tcp_flight *a_flight, struct tcp_life *old,
                    uint64_t frame_no, int64_t ns);

/* Does the other end still owe an answer to the SYN of this life? */
bool tcp_awaits_answer(const struct tcp_life *t);

/* Of a life, what tcp_recall asks for; by end. */
struct tcp_remains {
    uint64_t syn_frame[2];
    uint64_t last_frame; /* of either end */
    int64_t last_ns;
    uint32_t nxt[2], ack[2], isn[2];
    bool known[2];       /* nxt and ack */
    bool isn_known[2];
    bool reset;          /* by a RST that should have been accepted */
    bool over;
};
void tcp_remains_of(const struct tcp_life *t, struct tcp_remains *out);

/*
 * A SYN of `t` was answered by a challenge ACK, and `before`, the life that this capture has of the
 * same four-tuple, was reset by a RST that should have been accepted, or had to leave memory before
 * its end: if the challenge speaks of `before`, the RST never got there, and the attempt is on a life
 * that was captured.  `swapped`: end a of `t` was end b of `before`.
 */
void tcp_recall(struct tcp_life *t, const struct tcp_remains *before, bool swapped);

/* True if neither end can still hold this life (closed both ways, reset, refused). */
bool tcp_over(const struct tcp_life *t);

/* A life of which nothing is known yet. */
void tcp_start(struct tcp_life *t);

/* The first thing of an end that waits for its acknowledgement, or NULL. */
static inline const struct tcp_sent *tcp_waiting(const struct tcp_end *e,
                                                 const struct tcp_flight *f)
{
    return e->n_flight ? &f->piece[0] : NULL;
}

static inline int32_t tcp_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

#endif
