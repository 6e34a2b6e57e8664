/*
 * rows: what is written of a source, on its way into the case.
 *
 * Whoever has a row only puts its values into a buffer.  Of a large source the full buffers are
 * written on another thread, in their order, so that SQLite's work goes on beside the analysis; of
 * a small one the buffer is written when the source ends.  What is in the case after that is the
 * same either way, and so is the first failure.
 *
 * The connection has no locks of its own (SQLITE_OPEN_NOMUTEX).  Inside the transaction of a source
 * it is the other thread's, from the first buffer that is handed over until rows_settle; whoever
 * reads it there settles first, and sets `reading` for as long as a statement of his is open.
 */
#include "config.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "store/inside.h"
#include "store/sql.h"

#define BUFFERS     4u
#define BUFFER_FULL (256u << 10) /* bytes */

/* One value is one of these, then its bytes. */
enum tag { TAG_END, TAG_NULL, TAG_INT, TAG_REAL, TAG_TEXT, TAG_BLOB, TAG_PACKETS };

struct rows {
    struct str buffers[BUFFERS]; /* a ring: written ones first, then full ones, then the one being
                                    filled */
    bool threaded;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t n_full, n_written; /* under the lock, as is `stop` */
    bool stop;
};

/* -- writing
 * --------------------------------------------------------------------------------------- */

static int prepare(struct store *s, struct insert *into)
{
    struct err err = { 0 };

    if (!into->st && sql_prepare(s->db, into->sql, &into->st, &err))
        store_fail(s, &err);
    return s->failed.code;
}

static void bind(struct insert *into, enum tag tag, struct bytes *in, int at)
{
    int64_t number;
    double real;
    uint32_t len;
    const uint8_t *p;

    switch (tag) {
    case TAG_INT:
        bytes_copy(in, &number, sizeof(number));
        sqlite3_bind_int64(into->st, at, number);
        break;
    case TAG_REAL:
        bytes_copy(in, &real, sizeof(real));
        sqlite3_bind_double(into->st, at, real);
        break;
    case TAG_TEXT:
    case TAG_BLOB:
        bytes_copy(in, &len, sizeof(len));
        p = bytes_take(in, len);
        if (tag == TAG_TEXT)
            sql_bind_foreign(into->st, at, p, len);
        else
            sqlite3_bind_blob64(into->st, at, p, len, SQLITE_STATIC);
        break;
    default:
        sqlite3_bind_null(into->st, at);
        break;
    }
}

static void run_row(struct store *s, struct insert *into)
{
    struct err err = { 0 };

    if (!sql_run(into->st, &err))
        return;
    err_prefix(&err, "table %s", into->table);
    store_fail(s, &err);
}

/* Everything in a buffer; after a failure it only goes by. */
static void write_buffer(struct store *s, struct str *buffer)
{
    struct bytes in = bytes_of(buffer->s, buffer->len);

    while (in.left && !s->failed.code) {
        struct insert *into;
        int at = 1;
        uint8_t tag;

        bytes_copy(&in, &into, sizeof(into));
        if (prepare(s, into))
            break;
        sqlite3_bind_int64(into->st, at++, s->source);
        while ((tag = bytes_u8(&in)) != TAG_END) {
            if (tag == TAG_PACKETS)
                chunk_bind(s, into->st, &in);
            else
                bind(into, tag, &in, at++);
        }
        run_row(s, into);
        if (into == &s->inserts[INSERT_FLOW])
            late_flow(s);
    }
    str_clear(buffer);
}

/* -- the other thread
 * ------------------------------------------------------------------------------ */

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

static struct str *filling(struct rows *r)
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
        str_clear(&r->buffers[i]);
}

void rows_open(struct store *s)
{
    s->rows = xcalloc(1, sizeof(*s->rows));
    pthread_mutex_init(&s->rows->lock, NULL);
    pthread_cond_init(&s->rows->changed, NULL);
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
        str_free(&s->rows->buffers[i]);
    free(s->rows);
    s->rows = NULL;
}

/* -- one row
 * --------------------------------------------------------------------------------------- */

static void put_tag(struct str *out, enum tag tag, const void *p, size_t len)
{
    char t = (char)tag;

    str_addn(out, &t, 1);
    str_addn(out, p, len);
}

static void put_bytes(struct store *s, enum tag tag, const void *p, size_t len)
{
    struct str *out = filling(s->rows);
    uint32_t n = (uint32_t)len;

    put_tag(out, tag, &n, sizeof(n));
    str_addn(out, p, n);
}

void row_start(struct store *s, struct insert *into)
{
    assert(s->begun);
    str_addn(filling(s->rows), (const char *)&into, sizeof(into));
}

void row_null(struct store *s)
{
    put_tag(filling(s->rows), TAG_NULL, "", 0);
}

void row_int(struct store *s, int64_t v)
{
    put_tag(filling(s->rows), TAG_INT, &v, sizeof(v));
}

void row_int_if(struct store *s, bool known, int64_t v)
{
    if (known)
        row_int(s, v);
    else
        row_null(s);
}

void row_real(struct store *s, double v)
{
    put_tag(filling(s->rows), TAG_REAL, &v, sizeof(v));
}

void row_text(struct store *s, const void *p, size_t len)
{
    if (p)
        put_bytes(s, TAG_TEXT, p, len);
    else
        row_null(s);
}

void row_word(struct store *s, const char *word)
{
    row_text(s, word, word ? strlen(word) : 0);
}

void row_blob(struct store *s, const void *p, size_t len)
{
    put_bytes(s, TAG_BLOB, len ? p : "", len);
}

void row_packets(struct store *s, const struct store_packet *p, size_t n)
{
    put_bytes(s, TAG_PACKETS, p, n * sizeof(*p));
}

void row_end(struct store *s)
{
    put_tag(filling(s->rows), TAG_END, "", 0);
    /* Where the connection is read between two rows, it must not be another thread's meanwhile. */
    if (!s->source || s->reading)
        write_buffer(s, filling(s->rows));
    else if (filling(s->rows)->len >= BUFFER_FULL)
        hand_over(s);
}
