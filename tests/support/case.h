/*
 * case: a small case in a temporary folder, for the tests of store, verdict and report.
 *
 * Two kinds of fact of a frame and a line, one of a pair; case_fill writes two captures of one
 * conversation and a log, each with a few facts.
 */
#ifndef TESTS_SUPPORT_CASE_H
#define TESTS_SUPPORT_CASE_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fact/fact.h"
#include "store/sql.h"
#include "store/store.h"
#include "support/tap.h"

#define CASE_T0 INT64_C(1795248000000000000) /* 2026-11-21T08:00:00Z */

static const struct fact_column case_event_columns[] = {
    { "name", FACT_TEXT, "", "what happened", FACT_KEY },
    { "n", FACT_INT, "", "how often", FACT_PLAIN },
    { "share", FACT_REAL, "", "share of all", FACT_PLAIN },
    { "raw", FACT_BLOB, "bytes", "the bytes", FACT_PLAIN },
    { "frame2", FACT_INT, "frame", "where it ended", FACT_CITES },
    { "again", FACT_INT, "frame", "where it began", FACT_IS_FRAME },
};
static const struct fact_kind case_event = { "test_event", FACT_OF_FRAME, "something in a frame",
                                             case_event_columns, 6 };
static const struct fact_column case_log_columns[] = {
    { "text", FACT_TEXT, "", "what the line says", FACT_PLAIN },
};
static const struct fact_kind case_log = { "log_event", FACT_OF_LINE, "a line of a log",
                                           case_log_columns, 1 };
static const struct fact_column case_pair_columns[] = {
    { "first_source", FACT_INT, "", "source.id", FACT_PLAIN },
    { "other_source", FACT_INT, "", "source.id", FACT_PLAIN },
};
static const struct fact_kind case_pair = { "pair_source", FACT_OF_PAIR, "two vantages",
                                            case_pair_columns, 2 };
static const struct fact_kind *const case_kinds[] = { &case_event, &case_log, &case_pair, NULL };

static char case_folder[64];

/* A path inside a fresh folder; the folder goes with case_end. */
__attribute__((unused)) static const char *case_path(const char *name, char out[128])
{
    if (!case_folder[0]) {
        strcpy(case_folder, "/tmp/deadwire-test-XXXXXX");
        if (!mkdtemp(case_folder))
            abort();
    }
    snprintf(out, 128, "%s/%s", case_folder, name);
    return out;
}

__attribute__((unused)) static void case_end(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf '%s'", case_folder);
    if (case_folder[0] && system(command))
        abort();
    case_folder[0] = '\0';
}

/* Opens, or ends the test. */
__attribute__((unused)) static struct store *case_open(const char *path, enum store_mode mode)
{
    struct store *s;
    struct err err = { 0 };

    if (store_open(path, mode, case_kinds, &s, &err)) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
    return s;
}

__attribute__((unused)) static void case_event_put(struct store *s, uint64_t frame,
                                                   const char *name, int64_t n)
{
    struct fact_where w = { .flow = 1,
                            .frame = frame,
                            .has_time = true,
                            .time_ns = CASE_T0 + (int64_t)frame * 1000000000 };
    struct fact_value v[] = { fact_text(name), fact_int(n), fact_real(0.5), fact_blob("\0\1", 2),
                              fact_int((int64_t)frame + 1), fact_int((int64_t)frame) };

    store_facts(s)->put(store_facts(s)->user, &case_event, &w, v);
}

__attribute__((unused)) static void case_capture(struct store *s, uint32_t id, uint8_t sha,
                                                 unsigned n_frames, bool set_up, bool outstanding)
{
    struct err err = { 0 };
    struct source src;
    struct store_flow f = { .id = 1,
                            .proto = "tcp",
                            .a = "192.0.2.7",
                            .b = "2001:db8::1",
                            .has_ports = true,
                            .a_port = 26947,
                            .b_port = 8883,
                            .life = 1,
                            .first_frame = 1,
                            .last_frame = n_frames,
                            .has_time = true,
                            .first_ns = CASE_T0,
                            .last_ns = CASE_T0 + n_frames,
                            .a_frames = 3,
                            .b_frames = set_up,
                            .set_up = set_up,
                            .outstanding = outstanding,
                            .end = "open" };
    unsigned i;

    if (store_begin(s, id, &err) || store_source(s, id, &src, &err)) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
    for (i = 1; i <= n_frames; i++) {
        struct store_packet p = { .frame_no = i,
                                  .has_time = true,
                                  .time_ns = CASE_T0 + (int64_t)i * 1000000000,
                                  .wire_len = 60 + i,
                                  .cap_len = 60,
                                  .offset = 40 + i * 76,
                                  .flow = 1,
                                  .from_b = i & 1,
                                  .linktype = 1 };

        store_put_packet(s, &p);
    }
    if (n_frames)
        store_put_flow(s, &f);
    src.kind = SOURCE_CAPTURE;
    src.status = SOURCE_COMPLETE;
    src.format = "pcap";
    src.packets = n_frames;
    src.has_sha256 = true;
    memset(src.sha256, sha, 32);
    if (n_frames > 3) {
        case_event_put(s, 2, "syn", 7);
        case_event_put(s, 4, "answer", 8);
    }
    if (store_commit(s, &src, &err)) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
}

/* Sources 1 and 2 (captures of one conversation) and 3 (a log). */
__attribute__((unused)) static void case_fill(struct store *s)
{
    const char *paths[] = { "site/a.pcap", "site/b.pcap", "site/z.log" };
    const uint32_t bundles[] = { 1, 1, 1 };
    struct fact_where w = { .line = 12, .local_time = "Nov 21 08:00:12" };
    struct fact_value v[] = { fact_text("cannot bind") };
    struct source src;
    uint32_t ids[3];
    struct err err = { 0 };

    if (store_register(s, paths, bundles, 3, ids, &err))
        printf("# %s\n", err.msg);
    case_capture(s, ids[0], 0xaa, 20, true, false);
    case_capture(s, ids[1], 0x55, 20, true, false);
    store_begin(s, ids[2], &err);
    store_source(s, ids[2], &src, &err);
    store_facts(s)->put(store_facts(s)->user, &case_log, &w, v);
    src.kind = SOURCE_LOG;
    src.status = SOURCE_COMPLETE;
    src.format = "openvpn log";
    src.has_sha256 = true;
    memset(src.sha256, 0x11, 32);
    if (store_commit(s, &src, &err))
        printf("# %s\n", err.msg);
}

#endif
