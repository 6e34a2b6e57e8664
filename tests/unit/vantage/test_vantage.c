/*
 * test_vantage: two captures are generated from one truth, with offset, drift, jitter, NAT, VLAN
 * tags, snap length, duplicates, reordering and loss; what vantage finds must be that truth.
 */
#include "config.h"

#include "vantage/vantage.h"

#include "fact/fact.h"
#include "ingest/ingest.h"
#include "support/build.h"
#include "support/case.h"
#include "vantage/lives.h"
#include "vantage/match.h"

#define FRAMES    600
#define KINDS_MAX 256

static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* What one run does to the frames between a and b. */
struct world {
    const char *name;
    int64_t offset_us;
    double drift;
    uint32_t loss; /* percent lost at random, both ways */
    bool nat, vlan, snap, again, shuffle;
    uint32_t small, large; /* payloads up to, and from, this size are lost from a to b; 0: none */
    unsigned port;         /* what goes to this port is lost from a to b; 0: none */
    bool identical;        /* nearly all frames of a direction are the same, byte for byte */
    bool one_end;          /* only end a's frames are the same in both captures */
    uint32_t filtered;     /* payloads up to this size b's capture leaves out, whoever sent them */
    unsigned dropped;      /* so many of its own end's frames b's capture lost */
    bool one_way;          /* b's capture has only what comes from there, of two hosts */
    bool tunnel;           /* b sees everything inside IP in IP */
    unsigned flood;        /* equal frames at one moment in the middle, that only a's capture has */
};

struct truth {
    uint64_t lost[2], delivered[2];
};

static struct build file[2];

static void put(unsigned side, double us, const struct build *f, bool snap)
{
    size_t cap = snap && f->len > 80 ? 80 : f->len;
    uint64_t t = 1700000000000000u + (uint64_t)us;

    pcap_record(&file[side], false, (uint32_t)(t / 1000000), (uint32_t)(t % 1000000), f->p, cap,
                f->len);
}

static void frame(struct build *f, const struct world *w, unsigned from, unsigned at, unsigned i,
                  unsigned port, size_t size)
{
    const char *client = w->nat && at ? "198.51.100.1" : "10.0.0.7",
               *server = w->one_way && i % 4 == 1 ? "203.0.113.10" : "203.0.113.9";
    uint8_t payload[1400];
    bool same = w->identical && i % 51;
    size_t k;

    for (k = 0; k < sizeof(payload); k++)
        payload[k] = (uint8_t)(same ? k : k * 7 + i * 13 + from);
    if (w->one_end && from)
        payload[0] = (uint8_t)(payload[0] + at * 91);
    f->len = 0;
    if (from)
        frame_udp(f, server, port, client, w->nat && at ? 61000 : 40000, payload, size);
    else
        frame_udp(f, client, w->nat && at ? 61000 : 40000, server, port, payload, size);
    build_put_be16(f, 14 + 4, same ? 7u : i + 1u + (w->one_end && from ? at * 3000u : 0));
    if (w->tunnel && at) {
        struct build outer = { 0 };

        build_add(&outer, f->p, 14);
        build_be16(&outer, 0x4500);
        build_be16(&outer, (uint16_t)(f->len - 14 + 20));
        build_be16(&outer, (uint16_t)i);
        build_be16(&outer, 0);
        build_be32(&outer, 0x40040000); /* TTL, IP in IP */
        build_be32(&outer, from ? 0xcb007109 : 0x0a000001);
        build_be32(&outer, from ? 0x0a000001 : 0xcb007109);
        build_add(&outer, f->p + 14, f->len - 14);
        build_free(f);
        *f = outer;
    }
    if (w->vlan && at) {
        struct build tagged = { 0 };

        build_add(&tagged, f->p, 12);
        build_be16(&tagged, 0x8100);
        build_be16(&tagged, 42);
        build_add(&tagged, f->p + 12, f->len - 12);
        build_free(f);
        *f = tagged;
    }
}

/* `FRAMES` frames, 10 ms apart (identical ones 1.5 s), alternately from either end. */
static struct truth generate(const struct world *w)
{
    struct truth truth = { { 0 }, { 0 } };
    struct build at[2] = { { 0 }, { 0 } };
    unsigned i, side;

    seed = 12345;
    for (side = 0; side < 2; side++) {
        build_free(&file[side]);
        pcap_header(&file[side], false, false, 1);
    }
    for (i = 0; i < FRAMES; i++) {
        unsigned from = i & 1, port = i % 7 ? 5000 : 5060;
        size_t size = 1 + random_below(1300);
        double t = i * (w->identical ? 1500000.0 : 10000.0);
        double way = 200 + random_below(800) + (w->shuffle && !random_below(8) ? 30000.0 : 0);
        bool edge = i < 10 || i >= FRAMES - 10;
        bool lost = !edge && random_below(100) < w->loss;

        if (w->identical)
            size = 64;
        lost |= !edge && !from && w->small && size <= w->small;
        lost |= !edge && !from && w->large && size >= w->large;
        lost |= !edge && !from && w->port && port == w->port;
        if (edge && !from && (w->small || w->large || w->port)) {
            size = 600;
            port = 5000;
        }
        for (side = 0; side < 2; side++) {
            bool here = side == from || !lost; /* the sender's vantage always has it */

            if (side && from && i / 50 >= 1 && i / 50 <= w->dropped && i % 50 == 1)
                here = false;
            double when = t + (side == from ? 0 : way);

            if (!here || (side && (size <= w->filtered || (w->one_way && !from))))
                continue;
            if (side)
                when += (double)w->offset_us + t * w->drift;
            frame(&at[side], w, from, side, i, port, size);
            put(side, when, &at[side], w->snap && side);
        }
        truth.lost[from] += lost;
        truth.delivered[from] += !lost;
        if (i == FRAMES / 2) {
            unsigned k;

            frame(&at[0], w, 0, 0, FRAMES, 5000, 64);
            for (k = 0; k < w->flood; k++)
                put(0, t, &at[0], false);
        }
    }
    build_free(&at[0]);
    build_free(&at[1]);
    return truth;
}

static struct store *load(void)
{
    static const struct fact_kind *kinds[KINDS_MAX + 1];
    const struct fact_kind *const *k;
    char a[128], b[128];
    const char *paths[] = { case_path("a.pcap", a), case_path("b.pcap", b) };
    const uint32_t bundles[] = { 1, 1 };
    size_t n = ingest_fact_kinds(kinds, KINDS_MAX - 8), i;
    struct ingest_options o = { 0 };
    struct store *s = NULL;
    struct err err = { 0 };
    struct source src;
    uint32_t ids[2];

    for (k = vantage_fact_kinds(); *k; k++)
        kinds[n++] = *k;
    kinds[n] = NULL;
    for (i = 0; i < 2; i++) {
        FILE *h = fopen(paths[i], "wb");

        if (!h)
            abort();
        fwrite(file[i].p, 1, file[i].len, h);
        fclose(h);
    }
    if (store_open(NULL, STORE_TEMPORARY, kinds, &s, &err) ||
        store_register(s, paths, bundles, 2, ids, &err) ||
        ingest_source(s, ids[0], false, &o, &src, &err) ||
        ingest_source(s, ids[1], false, &o, &src, &err) || vantage_find(s, &err)) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
    return s;
}

static int64_t number(struct store *s, const char *sql)
{
    return sql_number(store_db(s), sql, -1);
}

static void is_truth(struct store *s, const struct truth *t, const char *name)
{
    char what[128];
    unsigned from;

    for (from = 0; from < 2; from++) {
        char lost[160], delivered[160];

        snprintf(lost, sizeof(lost), "SELECT lost FROM pair_direction WHERE from_source = %u",
                 from + 1);
        snprintf(delivered, sizeof(delivered),
                 "SELECT delivered FROM pair_direction WHERE from_source = %u", from + 1);
        snprintf(what, sizeof(what), "%s: lost from %c", name, from ? 'b' : 'a');
        is_int(number(s, lost), (int64_t)t->lost[from], what);
        snprintf(what, sizeof(what), "%s: delivered from %c", name, from ? 'b' : 'a');
        is_int(number(s, delivered), (int64_t)t->delivered[from], what);
    }
}

static void run(const struct world *w, const char *trait)
{
    struct truth t = generate(w);
    struct store *s = load();
    char what[128], sql[200];
    int64_t off;

    snprintf(what, sizeof(what), "%s: the captures are vantages", w->name);
    if (!is_int(number(s, "SELECT count(*) FROM pair_source WHERE compared = 1"), 1, what)) {
        store_close(s);
        return;
    }
    is_truth(s, &t, w->name);
    off = number(s, "SELECT offset_ns FROM pair_source") - w->offset_us * 1000;
    snprintf(what, sizeof(what), "%s: the offset is within its error", w->name);
    ok(llabs(off) <= number(s, "SELECT error_ns FROM pair_source") +
                         (int64_t)(w->drift * FRAMES * 10000000.0) + 1000000,
       "%s", what);
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM pair_finding WHERE trait = '%s'",
             trait ? trait : "");
    snprintf(what, sizeof(what), "%s: the lost have in common: %s", w->name,
             trait ? trait : "nothing");
    if (trait)
        is_int(number(s, sql), 1, what);
    else
        is_int(number(s, "SELECT count(*) FROM pair_finding"), 0, what);
    store_close(s);
}

/* The same client bytes at the same distances, other answers: a reboot, not a second vantage. */
static void reboot(void)
{
    struct world w = { .name = "reboot", .one_end = true, .offset_us = 60000000 };
    struct store *s;

    generate(&w);
    s = load();
    is_int(number(s, "SELECT count(*) FROM pair_source"), 0, "equal bytes of one end make no pair");
    store_close(s);
}

/* A capture that leaves frames out proves no loss, neither way. */
static void holes(void)
{
    struct world w = { .name = "a filter", .filtered = 60 };
    struct world few = { .name = "frames dropped", .small = 60, .dropped = 3 };
    struct world one_way = { .name = "one direction", .one_way = true };
    struct world both = { .name = "a filter and a loss", .filtered = 60, .small = 60 };
    struct store *s;

    generate(&w);
    s = load();
    is_int(number(s, "SELECT count(*) FROM pair_source WHERE compared = 1"), 1,
           "a capture with a filter is a vantage");
    is_int(number(s, "SELECT missed > 0 FROM pair_direction WHERE from_source = 2"), 1,
           "  that missed what its own end sent");
    is_int(number(s, "SELECT count(*) FROM pair_finding"), 0, "  nothing is lost by its size");
    is_int(number(s, "SELECT count(*) FROM pair_lost WHERE to_source = 2"), 0,
           "  and no frame is said to be lost");
    store_close(s);
    generate(&both);
    s = load();
    is_int(number(s, "SELECT count(*) FROM pair_finding"), 0, "nor where something may be lost");
    is_int(number(s, "SELECT total(proven) FROM pair_direction WHERE to_source = 2"), 0,
           "  nor is anything proven by it");
    store_close(s);
    generate(&few);
    s = load();
    is_int(number(s, "SELECT missed FROM pair_direction WHERE from_source = 2"), 3,
           "a capture that lost three frames");
    is_int(number(s, "SELECT proven FROM pair_direction WHERE from_source = 1"), 1,
           "  proves what did not get there");
    is_int(number(s, "SELECT count(*) FROM pair_finding WHERE trait = 'small'"), 1,
           "  and that it was lost by its size");
    store_close(s);
    generate(&one_way);
    s = load();
    is_int(number(s, "SELECT count(*) FROM pair_source WHERE compared = 1"), 1,
           "one direction only");
    is_int(number(s, "SELECT delivered FROM pair_direction WHERE from_source = 1"), 0,
           "  nothing of the other one is there");
    is_int(number(s, "SELECT count(*) FROM pair_lost"), 0, "  but it is not said to be lost");
    store_close(s);
}

/* The same of captures that count sizes differently, and of two times. */
static void incomparable(void)
{
    struct world tunnel = { .name = "a tunnel", .small = 60, .tunnel = true };
    struct world other = { .name = "another time", .loss = 45, .offset_us = -7200000000 };
    struct store *s;

    generate(&tunnel);
    s = load();
    is_int(number(s, "SELECT count(*) FROM pair_source WHERE compared = 1"), 1,
           "one end sees a tunnel");
    is_int(number(s, "SELECT count(*) > 0 FROM pair_lost"), 1, "  frames are lost");
    is_int(number(s, "SELECT count(*) FROM pair_finding WHERE trait IN ('small', 'large')"), 0,
           "  but sizes cannot be compared");
    store_close(s);
    generate(&other);
    s = load();
    is_int(number(s, "SELECT count(*) FROM pair_source"), 0,
           "hours apart, and much of each is not in the other: no vantages");
    store_close(s);
}

/* Equal frames at one moment: what is more than the matcher lets wait is said, never called lost.
 */
static void flood(void)
{
    struct world few = { .name = "a flood that can wait", .flood = MATCH_CHAIN_MAX };
    struct world many = { .name = "a flood", .flood = MATCH_CHAIN_MAX + 500 };
    struct truth t = generate(&few);
    struct store *s = load();

    t.lost[0] += few.flood;
    is_truth(s, &t, few.name);
    is_int(number(s, "SELECT compared FROM pair_source"), 1, "  all frames were compared");
    store_close(s);

    t = generate(&many);
    s = load();
    t.lost[0] += MATCH_CHAIN_MAX;
    is_truth(s, &t, many.name);
    is_int(number(s, "SELECT compared FROM pair_source"), 0, "  not all frames were compared");
    is_int(number(s, "SELECT reason LIKE '%some were not compared' FROM pair_source"), 1,
           "  and it says so");
    store_close(s);
}

/* Where there is no room for all lives, their sources are named. */
static void too_many_lives(void)
{
    struct live_pairs lives = { .max = 2 };
    uint32_t i;

    for (i = 0; i < 2; i++)
        lives_add(&lives, &(struct live_pair){ .first = { 1, i }, .other = { 2, i } });
    ok(lives.n == 2 && lives.n_unrelated == 0, "lives are related while there is room");
    lives_add(&lives, &(struct live_pair){ .first = { 3, 7 }, .other = { 9, 7 } });
    lives_add(&lives, &(struct live_pair){ .first = { 1, 7 }, .other = { 3, 7 } });
    ok(lives.n == 2 && lives.n_unrelated == 3 && lives.unrelated[0] == 1 &&
           lives.unrelated[1] == 3 && lives.unrelated[2] == 9,
       "then the sources of further ones are kept, each once");
    lives_free(&lives);
}

int main(void)
{
    /* clang-format off */
    static const struct world worlds[] = {
        { .name = "nothing lost" },
        { .name = "random loss", .loss = 10 },
        { .name = "offset and drift", .loss = 5, .offset_us = -7200000000, .drift = 50e-6 },
        { .name = "NAT, VLAN, snap length", .loss = 10, .nat = true, .vlan = true, .snap = true },
        { .name = "reordering", .loss = 10, .shuffle = true },
        { .name = "identical frames", .loss = 10, .identical = true },
    };
    static const struct world small = { .name = "short frames lost", .small = 60 };
    static const struct world large = { .name = "an MTU hole", .large = 1100, .offset_us = 1234567 };
    static const struct world port = { .name = "a port is filtered", .port = 5060 };
    /* clang-format on */
    size_t i;

    for (i = 0; i < sizeof(worlds) / sizeof(worlds[0]); i++)
        run(&worlds[i], NULL);
    run(&small, "small");
    run(&large, "large");
    run(&port, "port");
    reboot();
    holes();
    incomparable();
    flood();
    too_many_lives();
    build_free(&file[0]);
    build_free(&file[1]);
    case_end();
    return tap_done();
}
