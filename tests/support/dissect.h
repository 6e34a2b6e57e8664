/*
 * dissect: runs one dissector over bytes; the facts it emits become lines of text.
 *
 *     struct dissect_test t;
 *     dissect_start(&t, "mqtt");
 *     dissect_feed(&t, 0, "\xc0\0", 2);      end a sends
 *     dissect_end(&t);
 *     is_str(dissect_rows(&t), "mqtt_session read_by=content ...\n", "a ping");
 *
 * A row names its kind and every column that is not NULL; blobs in hex.  Bytes that the dissector
 * does not use come again with more behind them, as flow/stream hands them.
 */
#ifndef TESTS_SUPPORT_DISSECT_H
#define TESTS_SUPPORT_DISSECT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "dissectors/dissect.h"
#include "flow/flow.h"

#define DISSECT_SCRATCH (1u << 20)

struct dissect_test {
    const struct dissector *dissector;
    struct flow flow;
    struct tcp_life tcp; /* of the flow */
    uint64_t frame_no;
    struct packet packet;
    void *state, *inner_state; /* inner: of mqtt_tls, which tls feeds */
    struct {
        uint8_t *p;
        size_t len;
        bool gap;
    } kept[2];
    struct str rows;
    size_t n_secret;  /* bytes named as secret */
    char secret[256]; /* the last of them, if short */
    unsigned count[COUNT_N];
    unsigned n_carried, from; /* from: who sends the present bytes */
    int64_t ns;
    bool over; /* NOT_MINE */
    enum dissect_result last;
    uint8_t *kept_block[2]; /* dissect_keep */
    size_t kept_size[2];
    uint8_t *scratch[16];
    size_t n_scratch;
};

#define DISSECT __attribute__((unused)) static

DISSECT void dissect_put(void *user, const struct fact_kind *kind, const struct fact_where *where,
                         const struct fact_value *values)
{
    struct dissect_test *t = user;
    size_t i, k;

    str_addf(&t->rows, "%s @%llu", kind->name, (unsigned long long)where->frame);
    for (i = 0; i < kind->n_columns; i++) {
        const struct fact_value *v = &values[i];

        if (v->type == FACT_NULL)
            continue;
        str_addf(&t->rows, " %s=", kind->columns[i].name);
        if (v->type == FACT_INT) {
            str_addf(&t->rows, "%lld", (long long)v->u.i);
        } else if (v->type == FACT_REAL) {
            str_addf(&t->rows, "%g", v->u.r);
        } else if (v->type == FACT_BLOB) {
            str_add_hex(&t->rows, v->u.b.p, v->u.b.len);
        } else {
            for (k = 0; k < v->u.b.len; k++)
                str_addf(&t->rows, "%c", ((const char *)v->u.b.p)[k]);
        }
    }
    str_addf(&t->rows, "\n");
}

DISSECT void dissect_on_secret(void *user, const uint8_t *p, size_t len)
{
    struct dissect_test *t = user;

    t->n_secret += len;
    snprintf(t->secret, sizeof(t->secret), "%.*s", len < 255 ? (int)len : 255, (const char *)p);
}

DISSECT void dissect_on_count(void *user, enum dissect_count what)
{
    ((struct dissect_test *)user)->count[what]++;
}

DISSECT void *dissect_on_scratch(void *user, size_t size)
{
    struct dissect_test *t = user;

    if (t->n_scratch == 16 || size > DISSECT_SCRATCH)
        return NULL;
    t->scratch[t->n_scratch] = xmalloc(size ? size : 1);
    return t->scratch[t->n_scratch++];
}

DISSECT void *dissect_on_keep(void *user, size_t size)
{
    struct dissect_test *t = user;
    size_t had = t->kept_size[t->from];
    uint8_t *p = size && size <= DISSECT_KEEP_MAX ? xcalloc(1, size) : NULL;

    if (p && had)
        memcpy(p, t->kept_block[t->from], had < size ? had : size);
    free(t->kept_block[t->from]);
    t->kept_block[t->from] = p;
    t->kept_size[t->from] = p ? size : 0;
    return p;
}

DISSECT void dissect_on_carried(void *user, const char *name, uint32_t lane, struct bytes in,
                                bool stream);

static const struct dissect_host dissect_host = { dissect_on_carried, dissect_on_secret,
                                                  dissect_on_count, dissect_on_scratch,
                                                  dissect_on_keep };
static struct fact_sink dissect_sink;

DISSECT struct dissect_ctx dissect_context(struct dissect_test *t, unsigned from, void *state)
{
    dissect_sink = (struct fact_sink){ t, dissect_put };
    t->flow.last_frame = t->frame_no;
    return (struct dissect_ctx){ .frame_no = t->frame_no,
                                 .packet = &t->packet,
                                 .flow = &t->flow,
                                 .from = from,
                                 .now_ns = t->ns,
                                 .state = state,
                                 .sink = &dissect_sink,
                                 .host = &dissect_host,
                                 .user = t };
}

DISSECT void dissect_on_carried(void *user, const char *name, uint32_t lane, struct bytes in,
                                bool stream)
{
    struct dissect_test *t = user;
    const struct dissector *d = dissect_by_name(name);
    struct dissect_ctx ctx;

    (void)lane;
    (void)stream;
    t->n_carried++;
    if (!d || !d->packet || strcmp(name, "mqtt_tls"))
        return;
    if (!t->inner_state)
        t->inner_state = xcalloc(1, d->state_size);
    ctx = dissect_context(t, t->from, t->inner_state);
    d->packet(&ctx, in);
}

/* Flow 1 from 192.0.2.1:40000 to port 9999; change t->flow.key before the first byte. */
DISSECT void dissect_start(struct dissect_test *t, const char *name)
{
    *t = (struct dissect_test){ .dissector = dissect_by_name(name) };
    if (!t->dissector)
        abort();
    t->state = xcalloc(1, t->dissector->state_size ? t->dissector->state_size : 1);
    t->flow.id = 1;
    t->flow.a_is_lo = true;
    t->flow.first_frame = 1;
    t->flow.key.lo_port = 40000;
    t->flow.key.hi_port = 9999;
    t->flow.key.proto = 6;
    t->flow.tcp = &t->tcp;
    tcp_start(&t->tcp);
    t->ns = INT64_C(1000000000);
    t->flow.first_ns = t->ns;
}

DISSECT void dissect_step(struct dissect_test *t, int64_t ns)
{
    t->ns += ns;
}

/* Bytes of this direction were missed. */
DISSECT void dissect_gap(struct dissect_test *t, unsigned from)
{
    t->kept[from].len = 0;
    t->kept[from].gap = true;
}

/* One segment's bytes, a frame of their own. */
DISSECT void dissect_feed(struct dissect_test *t, unsigned from, const void *bytes, size_t len)
{
    uint8_t *all;
    size_t used = 0, total = t->kept[from].len + len;
    struct dissect_ctx ctx;

    t->frame_no++;
    if (t->over || !len)
        return;
    all = xmalloc(total);
    if (t->kept[from].len)
        memcpy(all, t->kept[from].p, t->kept[from].len);
    memcpy(all + t->kept[from].len, bytes, len);
    /* The frame is the bytes, unless some of them came earlier. */
    t->packet.bytes = t->kept[from].len ? NULL : all;
    t->packet.cap_len = t->kept[from].len ? 0 : (uint32_t)len;
    t->from = from;
    ctx = dissect_context(t, from, t->state);
    ctx.after_gap = t->kept[from].gap;
    t->kept[from].gap = false;
    t->last = t->dissector->stream(&ctx, bytes_of(all, total), &used);
    if (used > total)
        abort();
    t->over = t->last == DISSECT_NOT_MINE;
    if (t->last == DISSECT_BAD || t->over || total - used > 96 * 1024)
        used = total;
    free(t->kept[from].p);
    t->kept[from].len = total - used;
    t->kept[from].p = used < total ? xmalloc(total - used) : NULL;
    if (used < total)
        memcpy(t->kept[from].p, all + used, total - used);
    free(all);
    while (t->n_scratch)
        free(t->scratch[--t->n_scratch]);
}

/* One message, a frame of its own; set what it needs of t->packet before. */
DISSECT void dissect_packet(struct dissect_test *t, unsigned from, const void *bytes, size_t len)
{
    uint8_t *all = xmalloc(len ? len : 1);
    struct dissect_ctx ctx;

    if (len)
        memcpy(all, bytes, len);
    t->frame_no++;
    t->from = from;
    t->packet.bytes = all;
    t->packet.cap_len = (uint32_t)len;
    ctx = dissect_context(t, from, t->state);
    if (!t->over)
        t->last = t->dissector->packet(&ctx, bytes_of(all, len));
    t->over = t->over || t->last == DISSECT_NOT_MINE;
    free(all);
    while (t->n_scratch)
        free(t->scratch[--t->n_scratch]);
}

/* The flow ends.  The rows stay until dissect_rows' caller frees t->rows.s. */
DISSECT void dissect_end(struct dissect_test *t)
{
    struct dissect_ctx ctx = dissect_context(t, 0, t->state);

    ctx.frame_no = 0;
    ctx.packet = NULL;
    if (t->dissector->end && !t->over)
        t->dissector->end(&ctx);
    if (t->inner_state) {
        ctx.state = t->inner_state;
        dissect_by_name("mqtt_tls")->end(&ctx);
    }
    free(t->state);
    free(t->inner_state);
    free(t->kept[0].p);
    free(t->kept[1].p);
    free(t->kept_block[0]);
    free(t->kept_block[1]);
    while (t->n_scratch)
        free(t->scratch[--t->n_scratch]);
}

DISSECT const char *dissect_rows(const struct dissect_test *t)
{
    return t->rows.len ? t->rows.s : "";
}

/* Is there a row of this kind that holds all of `what` ("a=1 b=2" words, in any order)? */
DISSECT bool dissect_has(const struct dissect_test *t, const char *kind, const char *what)
{
    const char *line = dissect_rows(t);

    while (*line) {
        size_t len = strcspn(line, "\n"), n = strlen(kind);
        bool all = strncmp(line, kind, n) == 0 && line[n] == ' ';
        const char *w = what;

        while (all && *w) {
            size_t word = strcspn(w, " "), i;
            bool found = false;

            for (i = 0; i + word <= len && !found; i++)
                found = i && line[i - 1] == ' ' && strncmp(line + i, w, word) == 0 &&
                        (line[i + word] == ' ' || line[i + word] == '\n');
            all = found;
            w += word + strspn(w + word, " ");
        }
        if (all)
            return true;
        line += len + (line[len] == '\n');
    }
    return false;
}

/* How many rows of this kind. */
DISSECT int dissect_n(const struct dissect_test *t, const char *kind)
{
    const char *line = dissect_rows(t);
    size_t n = strlen(kind);
    int found = 0;

    while (*line) {
        found += strncmp(line, kind, n) == 0 && line[n] == ' ';
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return found;
}

#endif
