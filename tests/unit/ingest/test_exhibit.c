/* test_exhibit: which of the cited frames are kept, and that what is rare comes before the rest. */
#include "config.h"

#include "capture/capture.h"
#include "capture/input.h"
#include "ingest/exhibit.h"
#include "ingest/recent.h"
#include "support/build.h"
#include "support/case.h"

#define N   50000u
#define LEN 300u

static struct build file;
static struct store *s;
static struct input *in;

/* N frames, each filled with its number. */
static void make_file(void)
{
    static uint8_t bytes[LEN];
    unsigned i;

    pcapng_section(&file, false, NULL);
    pcapng_interface(&file, false, 1, 6, "eth0");
    for (i = 1; i <= N; i++) {
        memset(bytes, (int)(i & 0xff), sizeof(bytes));
        pcapng_packet(&file, false, 0, 1000 * i, bytes, LEN, LEN, NULL);
    }
    in = input_of(file.p, file.len);
}

/* Walks the capture; every frame is cited as ordinary, kept as it goes by. */
static struct exhibits *walk(void)
{
    struct exhibits *e = exhibits_new();
    struct capture *c = NULL;
    struct frame f;

    capture_open(in, NULL, &c, NULL);
    while (capture_next(c, &f, NULL) == CAPTURE_FRAME) {
        struct store_packet p = { .frame_no = f.frame_no,
                                  .wire_len = f.wire_len,
                                  .cap_len = f.cap_len,
                                  .offset = f.offset,
                                  .linktype = 1 };

        store_put_packet(s, &p);
        exhibits_pass(e, &f);
        if (f.frame_no != 7)
            exhibits_keep(e, &f, true);
        exhibits_cite(e, f.frame_no, true);
    }
    capture_close(c);
    return e;
}

static int64_t ask(const char *sql)
{
    return sql_number(store_db(s), sql, -1);
}

static void write_all(struct exhibits *e, uint32_t id)
{
    struct source src = { .id = id, .path = "a", .kind = SOURCE_CAPTURE, .status = SOURCE_COMPLETE,
                          .format = "pcapng" };

    exhibits_write(e, in, s);
    exhibits_free(e);
    store_commit(s, &src, NULL);
}

static void budget(void)
{
    struct exhibits *e;
    unsigned i;

    store_begin(s, 1, NULL);
    e = walk();
    for (i = 0; i < 100; i++)
        exhibits_cite(e, N - 50 * i, false);
    exhibits_cite(e, 9, false);
    write_all(e, 1);
    is_int(ask("SELECT count(*) FROM exhibit WHERE frame > 44000"), 100, "all of what is rare");
    is_int(ask("SELECT count(*) FROM exhibit WHERE frame IN (8, 9)"), 2, "the first of the others");
    is_int(ask("SELECT count(*) FROM exhibit WHERE frame = 7"), 0, "unless they were not kept");
    ok(ask("SELECT max(frame) FROM exhibit WHERE frame < 44000") < 30000, "as many as fit");
    ok(ask("SELECT sum(length(bytes)) FROM exhibit") <= EXHIBIT_BUDGET, "within the budget");
    is_int(ask("SELECT count(*) FROM exhibit WHERE substr(hex(bytes), 1, 2) <> printf('%02X', frame & "
               "255) OR length(bytes) <> 256 OR wire_len <> 300"),
           0, "and each is that frame");
}

/* Those that are missing lie close together: the capture is walked again. */
static void dense(void)
{
    struct exhibits *e;
    unsigned i;

    store_begin(s, 2, NULL);
    e = walk();
    for (i = 1; i <= 1000; i++)
        exhibits_cite(e, N - 40 * i, false);
    write_all(e, 2);
    is_int(ask("SELECT count(*) FROM exhibit WHERE source = 2 AND frame % 40 = 0 AND frame BETWEEN "
               "10000 AND 49960 AND hex(bytes) LIKE printf('%02X', frame & 255) || '%'"),
           1000, "many that were not kept");
}

static void ring(void)
{
    struct recent *r = recent_new();
    struct capture *c = NULL;
    struct frame f, got;
    unsigned bad = 0;

    capture_open(in, NULL, &c, NULL);
    while (capture_next(c, &f, NULL) == CAPTURE_FRAME) {
        f.frame_no += RECENT_FRAMES - 100; /* goes round */
        recent_add(r, &f);
        bad += !recent_find(r, f.frame_no, &got) || got.cap_len != EXHIBIT_SNAP ||
               got.bytes[0] != f.bytes[0];
    }
    is_int(bad, 0, "what went by last is there");
    ok(recent_find(r, f.frame_no - 40000, &got) && got.bytes[255] == ((N - 40000) & 0xff),
       "what went by a while ago, too");
    ok(!recent_find(r, f.frame_no - RECENT_FRAMES, &got) && !recent_find(r, f.frame_no + 1, &got) &&
           !recent_find(r, 0, &got),
       "other frames are not");
    capture_close(c);
    recent_free(r);
}

int main(void)
{
    const char *paths[] = { "a", "b" };
    const uint32_t bundles[] = { 1, 1 };
    uint32_t ids[2];

    make_file();
    s = case_open(NULL, STORE_TEMPORARY);
    store_register(s, paths, bundles, 2, ids, NULL);
    budget();
    dense();
    ring();
    store_close(s);
    input_close(in);
    build_free(&file);
    case_end();
    return tap_done();
}
