/*
 * store: the case, one SQLite file (docs/store.md).
 *
 * It holds many sources with their flows, facts, packet index, exhibits and verdicts.  One writer.
 * Everything of one source is written in one transaction, so a killed run leaves finished sources
 * and nothing of the unfinished one.  Tables come from descriptors (store/schema.c and the fact
 * kinds handed to store_open).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define STORE_APPLICATION_ID 0x44575245 /* "DWRE" */
#define STORE_USER_VERSION   1
#define STORE_TUNE_FLOWS     2000 /* smaller cases are not tuned */

struct fact_kind;
struct fact_sink;
struct sqlite3;
struct store;

enum store_mode {
    STORE_TEMPORARY, /* a case that vanishes when it is closed; `path` is not used */
    STORE_WRITE,     /* create it, or add to it */
    STORE_READ,      /* it must exist */
};

/*
 * Opens or creates a case.  `kinds` (NULL-terminated, borrowed) are all registered kinds of fact;
 * their tables are created where missing.  ERR_FORMAT: not a case, or one of a newer deadwire.
 */
int store_open(const char *path, enum store_mode mode, const struct fact_kind *const *kinds,
               struct store **out, struct err *err);
/* The same where it is known how many bytes of captures a new case is for; 0: it is not. */
int store_open_for(const char *path, enum store_mode mode, const struct fact_kind *const *kinds,
                   uint64_t expected, struct store **out, struct err *err);
void store_close(struct store *s);

/* The connection, for prepared reads by vantage, verdict and report.  Owned by the store. */
struct sqlite3 *store_db(struct store *s);
/* Writes the case, as it stands, to a new file.  ERR_USAGE: there is a file of that name. */
int store_copy(struct store *s, const char *path, struct err *err);
/* The file behind it, for a second (read-only) connection. */
const char *store_path(const struct store *s);
/* Makes `packet` and our SQL functions known to another connection (the rule engine's). */
int store_extend(struct sqlite3 *db, struct err *err);

/* -- sources -------------------------------------------------------------------------------- */

enum source_status { SOURCE_PENDING, SOURCE_COMPLETE, SOURCE_PARTIAL, SOURCE_UNREADABLE,
                     SOURCE_SKIPPED };
enum source_kind { SOURCE_CAPTURE, SOURCE_LOG, SOURCE_TABLE, SOURCE_KEYLOG, SOURCE_OTHER };

/* Frames of each kind, as design.md section 6 counts them. */
struct source_counts {
    uint64_t tcp, udp, tcp_syn, tcp_rst, client_hello, openvpn, pppoe, mqtt;
};

struct source {
    uint32_t id;          /* 1-based by path (bytes) within the run that registered it */
    const char *path;     /* as given */
    const char *name;     /* last two parts of the path, or all of it; NULL until set by the store */
    uint32_t bundle;      /* files of one folder or one command line */
    enum source_kind kind;
    enum source_status status;
    const char *format;   /* "pcap", "SSLKEYLOGFILE", or NULL */
    const char *reason;   /* why it is not complete, or NULL */
    bool has_sha256;
    uint8_t sha256[32];
    uint8_t options[32];  /* hash of dissector version, options and key set that shape the facts */
    uint64_t size;        /* bytes */
    uint64_t stopped_at;  /* offset behind the last record read whole */
    uint64_t packets;     /* records read */
    bool has_time;
    int64_t first_ns, last_ns; /* smallest and largest time */
    uint64_t dropped;     /* frames that the capturing machine says it lost */
    uint64_t undecoded;   /* frames of a link type that is not decoded */
    uint64_t encrypted;   /* frames that are encrypted on the link */
    uint64_t evicted;     /* lives that had to leave the flow table before their end */
    uint64_t forgotten;   /* TCP lives that are not known any more to a later one on their ports */
    uint64_t ppp_unfollowed; /* frames of PPP control inside L2TP or PPTP */
    int64_t clock_back_ns; /* the furthest that its clock went back at once; 0: never */
    struct source_counts counts;
};

/*
 * Registers the paths of one run, sorted by the caller, before anything is read: known paths keep
 * their row (and status), new ones become SOURCE_PENDING.  ids[i] is the id of paths[i];
 * bundles[i] numbers the bundles of this run from 1 (the store makes them unique in the case).
 */
int store_register(struct store *s, const char *const *paths, const uint32_t *bundles, size_t n,
                   uint32_t *ids, struct err *err);

/* The source as the case knows it; pointers live until the next call on this store. */
int store_source(struct store *s, uint32_t id, struct source *out, struct err *err);

/* Another finished source (complete or partial) with this content, or 0. */
uint32_t store_same_content(struct store *s, const uint8_t sha256[32], uint32_t except);
/* Is there a finished source of so many bytes? */
bool store_has_size(struct store *s, uint64_t size);
/* The next source behind `after` with this content, whatever became of it, or 0. */
uint32_t store_next_same(struct store *s, const uint8_t sha256[32], uint32_t after);

/* The source to be begun has so many bytes: chooses how its transaction is kept safe.  A large first
 * source of a new case keeps readers out until it is there. */
void store_expect(struct store *s, uint64_t bytes);
/* Starts the transaction of one source; removes all that the case had of it. */
int store_begin(struct store *s, uint32_t source, struct err *err);
/* Writes the source row (`src->id` as begun) and commits. */
int store_commit(struct store *s, const struct source *src, struct err *err);
/* Forgets everything since store_begin. */
void store_rollback(struct store *s);

/*
 * The same for what lies between sources (facts of scope FACT_OF_PAIR): removes all of it, takes
 * the new rows through store_facts (their `source` is 0, ids count through the case).
 */
int store_begin_pairs(struct store *s, struct err *err);
int store_commit_pairs(struct store *s, struct err *err);

/* -- what a source holds; all between store_begin and store_commit ----------------------------- */

/* Facts of the source begun.  A failed write is kept and reported by store_commit. */
struct fact_sink *store_facts(struct store *s);

struct store_interface {
    uint32_t interface_no, section_no;
    uint32_t linktype, snap_len;
    uint64_t ticks_per_s;
    const char *name, *description; /* NULL: none; foreign bytes, made safe here */
    const char *link; /* what the link type is called, or NULL */
};
void store_put_interface(struct store *s, const struct store_interface *i);

/* One life of a conversation.  Addresses are text as shown ("10.0.0.1", "[::1]" without brackets,
 * or a MAC for link-level conversations).  `a` opened it, or spoke first. */
struct store_flow {
    uint32_t id;            /* 1-based per source, in order of first frame */
    const char *proto;      /* "tcp", "udp", "icmp", "pppoe", ... */
    const char *a, *b;      /* addresses */
    bool has_ports;
    uint16_t a_port, b_port;
    uint16_t vlan;          /* outermost VID, 0: none */
    const char *tunnel;     /* "VXLAN 42 (192.0.2.1, 192.0.2.2)", or NULL */
    uint32_t life;          /* 1 for the first life of this tuple */
    uint64_t first_frame, last_frame;
    bool has_time;
    int64_t first_ns, last_ns;
    uint64_t a_frames, b_frames;       /* frames sent by each end, copies left out */
    uint64_t a_bytes, b_bytes;         /* payload bytes on the wire */
    uint64_t copies;        /* frames seen twice (second interface, 802.11 retry) */
    const char *app;        /* nDPI's or our dissector's name, or NULL */
    const char *app_by;     /* "content", "DPI", "port", or NULL */
    bool a_opened;          /* it is known which end opened it */
    bool set_up;            /* handshake completed, or data both ways */
    bool outstanding;       /* something was sent and unanswered at the end (design.md section 5) */
    const char *end;        /* "closed", "reset", "open", "evicted", "replaced" */
};
void store_put_flow(struct store *s, const struct store_flow *f);

#define STORE_NO_INTERFACE UINT32_MAX /* a record that belongs to none */

struct store_packet {
    uint64_t frame_no;
    int64_t time_ns;
    bool has_time;
    uint32_t wire_len, cap_len, interface_no;
    uint64_t offset;     /* in the file, of the frame's bytes */
    uint32_t flow;       /* 0: none */
    bool from_b;         /* sent by b of the flow */
    uint32_t marks;      /* enum tcp_mark of flow/tcp.h, 0 for others */
    bool resent, reset;  /* what `marks` says of it; summed up for a chunk, not kept with the packet */
    uint32_t trouble;    /* enum packet_trouble */
    uint16_t linktype;
    /* What the receiver of an 802.11 frame noted; each is 0 unless its bit is set. */
    uint32_t radio_known; /* enum radio_known of capture/radio.h */
    uint16_t channel;
    uint32_t frequency_mhz, rate_kbps;
    uint8_t mcs, signal_percent;
    int16_t signal_dbm, noise_dbm;
};
/* Buffered; must come in order of frame_no. */
void store_put_packet(struct store *s, const struct store_packet *p);

/*
 * Where a packet of the source begun lies in it, by the index: its offset, lengths and link type.
 * Only when all of them were put; quick in the order of frames.  False: there is none.
 */
bool store_packet_of(struct store *s, uint64_t frame_no, struct store_packet *out);
/* No more will be asked for. */
void store_packet_of_end(struct store *s);

/* All flows were put, and what is said of them: their indexes can be built beside what follows. */
void store_flows_over(struct store *s);

/* The first bytes of a frame that a fact cites; already masked. */
void store_put_exhibit(struct store *s, uint64_t frame_no, uint16_t linktype, uint32_t wire_len,
                       const void *bytes, size_t len, bool masked);

/* `len` bytes at `at` of these frames are secret; len 0: all their payload. */
void store_put_secret(struct store *s, uint64_t first_frame, uint64_t last_frame, uint32_t at,
                      uint32_t len);

/* A comment found in the capture.  frame_no 0: of the section, interface or statistics. */
void store_put_comment(struct store *s, const char *of, uint64_t frame_no, const void *text,
                       size_t len);

/*
 * Tells SQLite how large the tables are, so that rules and views find the right indexes.  Does
 * nothing to a small case: there every plan is fast, and the time would show.
 */
int store_tune(struct store *s, struct err *err);

/* Column-by-column documentation of every table, as Markdown (docs/store.md).  Caller frees. */
char *store_describe(const struct fact_kind *const *kinds);

#endif
