/* timeline: counts from the bounds of chunks and from packets agree; marks, losses, stopping. */
#include "config.h"

#include "frame/timeline.h"

#include "flow/tcp.h"
#include "support/rows.h"

#define N_FRAMES     20000u /* of the long capture: one a millisecond */
#define RESENT_EVERY 7u

static struct timeline read_timeline(struct store *s, struct timeline_query q)
{
    struct timeline t;
    struct err err = { 0 };

    if (timeline_read(s, &q, &t, &err))
        printf("# %s\n", err.msg);
    return t;
}

static uint64_t frames_of(const struct timeline *t)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < t->n_buckets; i++)
        n += t->buckets[i].frames;
    return n;
}

static void test_zombie(void)
{
    struct store *s = rows_analyze("zombie", "lwip-reboot/zombie");
    struct timeline_query q = { .n_buckets = 10, .details = true };
    struct err err = { 0 };
    uint64_t lost = 0, resent = 0, resets = 0, frame_no = 0;
    uint32_t flow = 0;
    struct timeline t;
    size_t i;

    is_int(timeline_range(s, 0, &q.from_ns, &q.to_ns, &err), 1, "the case has times");
    t = read_timeline(s, q);
    for (i = 0; i < t.n_buckets; i++) {
        lost += t.buckets[i].lost;
        resent += t.buckets[i].resent;
        resets += t.buckets[i].resets;
    }
    is_int((int64_t)frames_of(&t), sql_number(store_db(s), "SELECT sum(packets) FROM source", 0),
           "every frame is in a bucket");
    is_int((int64_t)lost, 11, "and every lost one");
    is_int((int64_t)resent,
           sql_number(store_db(s), "SELECT sum(a_resent + b_resent) FROM tcp_life", 0),
           "and every resend");
    ok(resets > 0, "and resets");
    ok(t.n_marks > 5 && !t.marks_cut, "the evidence of the verdicts is marked");
    for (i = 1; i < t.n_marks && t.marks[i - 1].time_ns <= t.marks[i].time_ns;)
        i++;
    is_int((int64_t)i, (int64_t)t.n_marks, "by time");
    ok(!t.partial, "nothing is left out");
    is_int(timeline_frame_at(s, 2, t.marks[0].time_ns, &frame_no, &flow, &err), 1,
           "a time leads to a frame");
    ok(frame_no && flow, "of a flow");
    timeline_free(&t);
    q.n_buckets = TIMELINE_BUCKETS_MAX + 1;
    is_int(timeline_read(s, &q, &t, &err), ERR_USAGE, "no more columns than that");
    timeline_free(&t);
    store_close(s);
}

static bool stop_at_once(void *user, uint64_t done, uint64_t total)
{
    (void)done, (void)total;
    ++*(int *)user;
    return true;
}

static struct store *long_case(void)
{
    const char *path = "long.pcap";
    const uint32_t bundle = 1;
    struct err err = { 0 };
    struct source src;
    char file[128];
    struct store *s;
    uint32_t id;
    unsigned i;

    s = case_open(case_path("long", file), STORE_WRITE);
    if (store_register(s, &path, &bundle, 1, &id, &err) || store_begin(s, id, &err) ||
        store_source(s, id, &src, &err))
        printf("# %s\n", err.msg);
    for (i = 1; i <= N_FRAMES; i++) {
        bool resent = i % RESENT_EVERY == 0;

        store_put_packet(s, &(struct store_packet){ .frame_no = i,
                                                    .has_time = true,
                                                    .time_ns = CASE_T0 + i * INT64_C(1000000),
                                                    .wire_len = 100,
                                                    .marks = resent ? TCP_MARK_RETRANSMISSION : 0,
                                                    .resent = resent,
                                                    .cap_len = 100 });
    }
    src.kind = SOURCE_CAPTURE;
    src.status = SOURCE_COMPLETE;
    src.packets = N_FRAMES;
    src.has_time = true;
    src.first_ns = CASE_T0 + 1000000;
    src.last_ns = CASE_T0 + N_FRAMES * INT64_C(1000000);
    if (store_commit(s, &src, &err))
        printf("# %s\n", err.msg);
    return s;
}

static uint64_t resent_of(const struct timeline *t)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < t->n_buckets; i++)
        n += t->buckets[i].resent;
    return n;
}

/* The sums of whole chunks, those of their packets, and a case that was made before there were
 * sums. */
static void test_sums(void)
{
    struct store *s = long_case();
    struct timeline_query q = { .source = 1, .details = true };
    struct timeline t[3];
    struct err err = { 0 };
    size_t i;

    timeline_range(s, 1, &q.from_ns, &q.to_ns, &err);
    q.n_buckets = 2;
    t[0] = read_timeline(s, q);
    q.n_buckets = 200;
    t[1] = read_timeline(s, q);
    if (sql_exec(store_db(s),
                 "DROP INDEX packet_chunk_index1; ALTER TABLE packet_chunk DROP COLUMN bytes",
                 &err))
        printf("# %s\n", err.msg);
    q.n_buckets = 2;
    t[2] = read_timeline(s, q);
    for (i = 0; i < 3; i++) {
        is_int((int64_t)frames_of(&t[i]), N_FRAMES, "every frame");
        is_int((int64_t)resent_of(&t[i]), N_FRAMES / RESENT_EVERY, "and every resend");
    }
    is_int((int64_t)t[0].max_bytes, (int64_t)t[2].max_bytes, "as many bytes");
    for (i = 0; i < 3; i++)
        timeline_free(&t[i]);
    store_close(s);
}

static void test_long(void)
{
    struct store *s = long_case();
    int calls = 0;
    struct watch w = { stop_at_once, &calls };
    struct timeline_query q = { .source = 1, .n_buckets = 100 };
    struct timeline wide, exact;
    struct err err = { 0 };
    size_t i, same = 0;

    timeline_range(s, 1, &q.from_ns, &q.to_ns, &err);
    wide = read_timeline(s, q);
    q.details = true;
    exact = read_timeline(s, q);
    is_int((int64_t)frames_of(&wide), N_FRAMES, "all frames are counted");
    for (i = 0; i < 100; i++)
        same += wide.buckets[i].frames == exact.buckets[i].frames;
    is_int((int64_t)same, 100, "the same with and without unpacking");
    is_int((int64_t)exact.buckets[50].bytes, (int64_t)exact.buckets[50].frames * 100, "bytes");
    timeline_free(&wide);
    timeline_free(&exact);
    q.n_buckets = 1;
    q.details = false;
    q.watch = &w;
    wide = read_timeline(s, q);
    is_int(calls, 0, "one bucket needs no packet");
    is_int((int64_t)wide.max_frames, N_FRAMES, "and has them all");
    timeline_free(&wide);
    q.n_buckets = 50;
    wide = read_timeline(s, q);
    is_int(calls, 1, "a stop is asked for once a chunk");
    ok(wide.partial && frames_of(&wide) == 4096, "and leaves what was counted");
    timeline_free(&wide);
    store_close(s);
}

/* More chunks across buckets than may be unpacked: their sums are shared out by time. */
static void test_shared(void)
{
    struct store *s = long_case();
    struct timeline_query q = { .source = 1, .details = true, .n_buckets = 100, .unpack_most = 1 };
    struct timeline rough, exact;
    struct err err = { 0 };
    uint64_t most = 0, bytes = 0;
    size_t i, n_shared = 0;

    timeline_range(s, 1, &q.from_ns, &q.to_ns, &err);
    rough = read_timeline(s, q);
    q.unpack_most = 10;
    exact = read_timeline(s, q);
    is_int((int64_t)rough.n_shared, 5, "five chunks are too many");
    is_int((int64_t)exact.n_shared, 0, "or few enough");
    for (i = 0; i < 100; i++) {
        uint64_t a = rough.buckets[i].frames, b = exact.buckets[i].frames,
                 off = a > b ? a - b : b - a;

        most = off > most ? off : most;
        bytes += rough.buckets[i].bytes;
        n_shared += rough.buckets[i].shared && !exact.buckets[i].shared;
    }
    is_int((int64_t)n_shared, 100, "each bucket knows that it is an estimate");
    is_int((int64_t)frames_of(&rough), N_FRAMES, "no frame is lost by it");
    is_int((int64_t)bytes, N_FRAMES * 100, "no byte");
    is_int((int64_t)resent_of(&rough), (int64_t)resent_of(&exact), "and no resend");
    ok(most <= 2, "evenly spread packets are where they were");
    timeline_free(&rough);
    timeline_free(&exact);
    q.unpack_most = 1;
    q.to_ns = q.from_ns + 99;
    rough = read_timeline(s, q);
    is_int((int64_t)frames_of(&rough), 1, "a close look is exact at once");
    timeline_free(&rough);
    store_close(s);
}

int main(void)
{
    test_zombie();
    test_long();
    test_shared();
    test_sums();
    case_end();
    return tap_done();
}
