#include "config.h"

#include "store/rows.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/vec.h"
#include "store/inside.h"
#include "store/schema.h"
#include "store/sql.h"

#define BUFFERS     4u
#define BUFFER_FULL (512u << 10) /* bytes */

struct rows {
    struct row_buffer buffers[BUFFERS]; /* a ring: written ones first, then full ones, then the one
                                           being filled */
    struct rows_shown shown;
    bool threaded;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t n_full, n_written; /* under the lock, as is `stop` */
    bool stop;
};

/* -- writing ------------------------------------------------------------------------------------- */

static void buffer_clear(struct row_buffer *b)
{
    b->n_rows = b->n_values = 0;
    b->flows_over = false;
    str_clear(&b->bytes);
}

static void buffer_free(struct row_buffer *b)
{
    free(b->rows);
    free(b->values);
    str_free(&b->bytes);
}

/*
 * OR FAIL: a failure undoes the whole transaction, so SQLite need not keep what it takes to undo
 * this statement alone.
 */
static int prepare(struct store *s, struct insert *into, size_t n, struct err *err)
{
    struct str sql = { 0 };
    size_t i;
    int rc = ERR_OK;

    if (into->kind && !into->indexed)
        rc = schema_index_fact(s->db, into->kind, err);
    into->indexed = rc == ERR_OK;
    if (rc || into->st)
        return rc;
    str_addf(&sql, "INSERT %s INTO \"%s\"%s SELECT ", into->or_else ? into->or_else : "OR FAIL",
             into->table, into->columns ? into->columns : "");
    for (i = 0; i < n; i++)
        str_addf(&sql, "%sv%zu", i ? "," : "", i);
    str_adds(&sql, " FROM " ROWS_TABLE);
    rc = sql_prepare(s->db, sql.s, &into->st, err);
    str_free(&sql);
    return rc;
}

static void write_table(struct store *s, const struct row_buffer *b, struct insert *into)
{
    struct err err = { 0 };
    int rc = prepare(s, into, b->rows[into->first - 1].n, &err);

    s->rows->shown.buffer = b;
    s->rows->shown.first = into->first;
    if (rc == ERR_OK)
        rc = sql_run(into->st, &err);
    s->rows->shown.first = 0;
    if (rc) {
        err_prefix(&err, "table %s", into->table);
        store_fail(s, &err);
    }
}

static void build_indexes(struct store *s)
{
    struct err err = { 0 };

    if (late_build(s, &err))
        store_fail(s, &err);
}

/* Everything in a buffer, the tables in the order of their first rows; after a failure, nothing. */
static void write_buffer(struct store *s, struct row_buffer *b)
{
    size_t i, n_flows = 0;

    for (i = 0; i < b->n_rows; i++)
        b->rows[i].into->first = 0;
    for (i = 0; i < b->n_rows; i++) {
        struct insert *into = b->rows[i].into;

        if (into->first)
            b->rows[into->last - 1].next = i + 1;
        else
            into->first = i + 1;
        into->last = i + 1;
        n_flows += into == &s->inserts[INSERT_FLOW];
    }
    for (i = 0; i < b->n_rows && !s->failed.code; i++)
        if (b->rows[i].into->first == i + 1)
            write_table(s, b, b->rows[i].into);
    if (!s->failed.code)
        late_flows(s, n_flows);
    if (b->flows_over && !s->failed.code)
        build_indexes(s);
    buffer_clear(b);
}

/* -- the other thread ---------------------------------------------------------------------------- */

static void *write_rows(void *user)
{
    struct store *s = user;
    struct rows *r = s->rows;

    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (r->n_full == r->n_written && !r->stop)
            pthread_cond_wait(&r->changed, &r->lock);
        if (r->n_full == r->n_written)
            break;
        pthread_mutex_unlock(&r->lock);
        write_buffer(s, &r->buffers[r->n_written % BUFFERS]);
        pthread_mutex_lock(&r->lock);
        r->n_written++;
        pthread_cond_signal(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void start_thread(struct store *s)
{
    struct rows *r = s->rows;

    r->stop = false;
    r->n_full = r->n_written = 0;
    r->threaded = thread_start(&r->thread, write_rows, s);
}

/* The buffer being filled is full: another one takes its place. */
static void hand_over(struct store *s)
{
    struct rows *r = s->rows;

    if (!r->threaded)
        start_thread(s);
    if (!r->threaded) {
        write_buffer(s, &r->buffers[0]);
        return;
    }
    pthread_mutex_lock(&r->lock);
    r->n_full++;
    pthread_cond_signal(&r->changed);
    while (r->n_full - r->n_written == BUFFERS)
        pthread_cond_wait(&r->changed, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

static struct row_buffer *filling(struct rows *r)
{
    return &r->buffers[r->threaded ? r->n_full % BUFFERS : 0];
}

bool rows_elsewhere(const struct store *s)
{
    return s->rows && s->rows->threaded;
}

void rows_settle(struct store *s)
{
    struct rows *r = s->rows;

    if (r->threaded) {
        pthread_mutex_lock(&r->lock);
        while (r->n_full != r->n_written)
            pthread_cond_wait(&r->changed, &r->lock);
        pthread_mutex_unlock(&r->lock);
    }
    write_buffer(s, filling(r));
}

void rows_flows_over(struct store *s)
{
    if (!s->rows->threaded || s->reading)
        return;
    filling(s->rows)->flows_over = true;
    hand_over(s);
}

void rows_end(struct store *s)
{
    struct rows *r = s->rows;
    size_t i;

    if (r->threaded) {
        pthread_mutex_lock(&r->lock);
        r->stop = true;
        pthread_cond_signal(&r->changed);
        pthread_mutex_unlock(&r->lock);
        pthread_join(r->thread, NULL);
    }
    r->threaded = false;
    for (i = 0; i < BUFFERS; i++)
        buffer_clear(&r->buffers[i]);
}

int rows_open(struct store *s, struct err *err)
{
    s->rows = xcalloc(1, sizeof(*s->rows));
    pthread_mutex_init(&s->rows->lock, NULL);
    pthread_cond_init(&s->rows->changed, NULL);
    return rows_table_register(s->db, &s->rows->shown) == SQLITE_OK ? ERR_OK
                                                                    : sql_error(s->db, err);
}

void rows_close(struct store *s)
{
    size_t i;

    if (!s->rows)
        return;
    rows_end(s);
    pthread_mutex_destroy(&s->rows->lock);
    pthread_cond_destroy(&s->rows->changed);
    for (i = 0; i < BUFFERS; i++)
        buffer_free(&s->rows->buffers[i]);
    str_free(&s->rows->shown.blob);
    free(s->rows);
    s->rows = NULL;
}

/* -- one row -------------------------------------------------------------------------------------- */

static struct row_value *next_value(struct store *s, enum row_type type)
{
    struct row_buffer *b = filling(s->rows);
    struct row_value *v = &b->values[b->n_values++];

    assert(b->n_values <= b->cap_values); /* row_start made room for ROW_VALUES_MAX */
    v->type = type;
    return v;
}

static void put_bytes(struct store *s, enum row_type type, const void *p, size_t len)
{
    struct row_value *v = next_value(s, type);
    struct str *bytes = &filling(s->rows)->bytes;

    v->len = (uint32_t)len;
    v->u.at = bytes->len;
    str_addn(bytes, p, v->len);
}

void row_start(struct store *s, struct insert *into)
{
    struct row_buffer *b = filling(s->rows);

    assert(s->begun);
    VEC_PUSH(b->rows, b->n_rows, b->cap_rows, (struct row){ .into = into, .value = b->n_values });
    if (b->cap_values - b->n_values < ROW_VALUES_MAX) {
        b->cap_values = b->cap_values * 2 + ROW_VALUES_MAX;
        b->values = xrealloc(b->values, b->cap_values, sizeof(*b->values));
    }
    row_int(s, s->source);
}

void row_null(struct store *s)
{
    next_value(s, ROW_NULL);
}

void row_int(struct store *s, int64_t v)
{
    next_value(s, ROW_INT)->u.i = v;
}

void row_int_if(struct store *s, bool known, int64_t v)
{
    next_value(s, known ? ROW_INT : ROW_NULL)->u.i = v;
}

void row_real(struct store *s, double v)
{
    next_value(s, ROW_REAL)->u.r = v;
}

void row_text(struct store *s, const void *p, size_t len)
{
    if (p)
        put_bytes(s, ROW_TEXT, p, len);
    else
        row_null(s);
}

void row_word(struct store *s, const char *word)
{
    row_text(s, word, word ? strlen(word) : 0);
}

void row_blob(struct store *s, const void *p, size_t len)
{
    put_bytes(s, ROW_BLOB, len ? p : "", len);
}

void row_packets(struct store *s, const struct store_packet *p, size_t n)
{
    static const char zeros[sizeof(max_align_t)];
    struct str *bytes = &filling(s->rows)->bytes;

    str_addn(bytes, zeros, -bytes->len % sizeof(zeros));
    put_bytes(s, ROW_PACKETS, p, n * sizeof(*p));
}

void row_end(struct store *s)
{
    struct row_buffer *b = filling(s->rows);
    struct row *row = &b->rows[b->n_rows - 1];

    row->n = b->n_values - row->value;
    /* Outside a source nobody else would write it. */
    if (!s->source)
        write_buffer(s, b);
    else if (b->n_values * sizeof(*b->values) + b->bytes.len < BUFFER_FULL)
        return;
    else if (s->reading) /* the connection must not be another thread's */
        write_buffer(s, b);
    else
        hand_over(s);
}
