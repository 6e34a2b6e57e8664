/*
 * pairview: two vantages of one network: clocks, what was lost in each direction, and what the lost
 * frames have in common.  The tables pair_* as plain records, for reports and screens.
 *
 * The frames side by side, in time order, with who has them: ladder_open_pair.
 */
#ifndef FRAME_PAIRVIEW_H
#define FRAME_PAIRVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PAIRVIEW_NAME_LEN 128

struct store;

/* One row of pair_source.  Times are on the clock of source[0]. */
struct pairview {
    int64_t id;
    uint32_t source[2];
    char name[2][PAIRVIEW_NAME_LEN];
    int64_t offset_ns; /* clock of source[1] minus that of source[0] */
    int64_t drift_ppb, error_ns;
    int64_t from_ns, to_ns; /* the overlap */
    uint64_t both, only[2], outside;
    bool compared;
    char reason[256];       /* why not, or not all; "" */
};

/* What went from one of them to the other. */
struct pairview_direction {
    uint32_t from, to;
    uint64_t delivered, lost, missed; /* missed: the first capture did not get them */
};

struct pairview_kind {
    char kind[64]; /* "TCP data" */
    uint64_t lost;
    uint32_t size_min, size_max;
};

struct pairview_finding {
    char trait[16]; /* small, large, kind, port, flow, time */
    char value[64];
    int64_t lost_limit, delivered_limit; /* as in pair_finding */
    uint64_t lost, delivered;
    double p_value;
    char text[200]; /* "up to 60 bytes (delivered from 74 on)" */
};

struct pairview_lost {
    int64_t id;
    uint64_t frame_no;
    int64_t time_ns;
    uint32_t size, flow;
    char kind[64];
};

/* The pair behind `after` (0: the first).  1: *out is one, 0: no more. */
int pairview_next(struct store *s, int64_t after, struct pairview *out, struct err *err);
/* The pair `id`; ERR_USAGE: there is none. */
int pairview_read(struct store *s, int64_t id, struct pairview *out, struct err *err);
/* The pair of two sources in any order.  0: they are none. */
int pairview_of(struct store *s, uint32_t a, uint32_t b, struct pairview *out, struct err *err);

/* A time of the other source (1) on the clock of the first (0), or the way back. */
int64_t pairview_to_first(const struct pairview *p, int64_t other_ns);
int64_t pairview_to_other(const struct pairview *p, int64_t first_ns);

/* `from`: 0 what source[0] saw first, 1 what source[1] saw first. */
int pairview_direction(struct store *s, const struct pairview *p, unsigned from,
                       struct pairview_direction *out, struct err *err);

/*
 * Lists of a direction: up to `max` rows into `out`, *n of them; the kinds by number, the findings
 * as they were found, the lost frames by frame behind `after` (0: from the first).
 */
int pairview_kinds(struct store *s, const struct pairview *p, unsigned from,
                   struct pairview_kind *out, size_t max, size_t *n, struct err *err);
int pairview_findings(struct store *s, const struct pairview *p, unsigned from,
                      struct pairview_finding *out, size_t max, size_t *n, struct err *err);
int pairview_lost(struct store *s, const struct pairview *p, unsigned from, uint64_t after,
                  struct pairview_lost *out, size_t max, size_t *n, struct err *err);

struct pairview_life {
    uint32_t source, flow;
};

/*
 * The same flow in every capture of the case that saw it, itself among them, by source: up to `max`
 * into `out`, *n of them.
 */
int pairview_lives(struct store *s, uint32_t source, uint32_t flow, struct pairview_life *out,
                   size_t max, size_t *n, struct err *err);

/* The same flow in another capture of the case; *other_flow keeps its value if there is none. */
int pairview_partner(struct store *s, uint32_t source, uint32_t flow, uint32_t *other_source,
                     uint32_t *other_flow, struct err *err);

#endif
