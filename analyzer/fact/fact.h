/*
 * fact: how a kind of fact is described, and where facts go.
 *
 * A kind is a table of the case: its columns are declared once, by whoever emits it, and the
 * table, its documentation (docs/store.md) and the exhibits follow from that.  Every row also has
 * `source` and `id` (1-based per source and kind), and:
 *
 *     FACT_OF_FRAME   flow (or NULL), frame, time_ns
 *     FACT_OF_FLOW    flow: it has one such fact at most, and says where and when that was
 *     FACT_OF_LINE    line, time_ns (or NULL), local_time (or NULL), clock_ns (or NULL)
 *     FACT_OF_PAIR    nothing more (vantages)
 */
#ifndef FACT_FACT_H
#define FACT_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACT_COLUMNS_MAX 48

enum fact_type { FACT_NULL, FACT_INT, FACT_REAL, FACT_TEXT, FACT_BLOB };

enum fact_scope { FACT_OF_FRAME, FACT_OF_FLOW, FACT_OF_LINE, FACT_OF_PAIR };

/* What a column is beside its type. */
enum fact_column_is {
    FACT_PLAIN = 0,
    FACT_CITES = 1, /* a frame number (or NULL) that a verdict may cite: ingest keeps an exhibit */
    FACT_KEY = 2,   /* rules look facts up by it: gets an index */
    FACT_CITES_ORDINARY = 4, /* as FACT_CITES, of a frame that every connection has: it gets what room
                                the others leave, and must be a SYN, a RST or the frame at hand */
    /*
     * Not written, because other columns say it; whoever reads the table need not know.  Never with
     * FACT_KEY: SQLite 3.40 loses rows in a join over an index of such a column (its Bloom filter
     * reads them wrong).
     */
    FACT_IS_FRAME = 8,   /* the fact's own frame */
    FACT_IS_RANDOM = 16, /* `random_head` and `random_tail` in one */
    FACT_NOT_WRITTEN = FACT_IS_FRAME | FACT_IS_RANDOM,
};

struct fact_column {
    const char *name;
    enum fact_type type;
    const char *unit;    /* "ns", "bytes", "frame", or "" */
    const char *meaning; /* one line for docs/store.md */
    unsigned is;         /* enum fact_column_is */
};

struct fact_kind {
    const char *name;    /* the table: "tls_client_hello" */
    enum fact_scope scope;
    const char *meaning; /* one line: what a row is */
    const struct fact_column *columns;
    size_t n_columns;
};

/* One value of a row, in the order of the kind's columns.  Text is UTF-8 or foreign bytes (the
 * store makes them safe); pointers are borrowed for the call. */
struct fact_value {
    enum fact_type type;
    union {
        int64_t i;
        double r;
        struct {
            const void *p;
            size_t len;
        } b;
    } u;
};

struct fact_where {
    uint32_t flow;   /* per source, 1-based; 0: none */
    uint64_t frame;  /* or 0 */
    uint64_t line;   /* or 0 */
    bool has_time;
    int64_t time_ns;
    const char *local_time; /* FACT_OF_LINE: as written, or NULL */
    bool has_clock;         /* FACT_OF_LINE: the time on the log's own clock, zone unknown: */
    int64_t clock_ns;       /* as if it were UTC */
};

/* Takes facts.  The source is known to whoever made the sink. */
struct fact_sink {
    void *user;
    void (*put)(void *user, const struct fact_kind *kind, const struct fact_where *where,
                const struct fact_value *values);
};

struct fact_value fact_null(void);
struct fact_value fact_int(int64_t v);
/* The value, or NULL when `known` is false. */
struct fact_value fact_int_if(bool known, int64_t v);
struct fact_value fact_real(double v);
struct fact_value fact_text(const char *s); /* NULL gives a NULL value */
struct fact_value fact_textn(const void *p, size_t len);
struct fact_value fact_blob(const void *p, size_t len);

#endif
