/*
 * big_case: makes a case of any size through the store, without a capture: for measuring the screens.
 *
 *     big_case CASE PACKETS FLOWS
 *
 * Flows are short TCP conversations of two hosts among many, one after the other in time; every
 * thousandth has a verdict.  The bytes depend on the numbers alone.
 */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/sql.h"
#include "store/store.h"

#define T0         INT64_C(1795248000000000000)
#define STEP_NS    INT64_C(50000) /* between two packets */
#define VERDICTS   2000u          /* at most */

static void put_flow(struct store *s, uint32_t id, uint64_t first, uint64_t last)
{
    char a[32], b[32];

    snprintf(a, sizeof(a), "10.%u.%u.%u", id >> 16 & 255, id >> 8 & 255, id & 255);
    snprintf(b, sizeof(b), "192.0.2.%u", id % 250 + 1);
    store_put_flow(s, &(struct store_flow){ .id = id,
                                            .proto = "tcp",
                                            .a = a,
                                            .b = b,
                                            .has_ports = true,
                                            .a_port = (uint16_t)(1024 + id % 60000),
                                            .b_port = 443,
                                            .life = 1,
                                            .first_frame = first,
                                            .last_frame = last,
                                            .has_time = true,
                                            .first_ns = T0 + (int64_t)first * STEP_NS,
                                            .last_ns = T0 + (int64_t)last * STEP_NS,
                                            .a_frames = (last - first + 1) / 2,
                                            .b_frames = (last - first + 2) / 2,
                                            .a_bytes = 600,
                                            .b_bytes = 2900,
                                            .app = "TLS",
                                            .app_by = "content",
                                            .a_opened = true,
                                            .set_up = true,
                                            .end = "closed" });
}

static void put_packet(struct store *s, uint64_t frame_no, uint32_t flow, unsigned at)
{
    uint32_t len = at % 3 == 2 ? 1514 : at % 2 ? 66 : 583;

    store_put_packet(s, &(struct store_packet){ .frame_no = frame_no,
                                                .time_ns = T0 + (int64_t)frame_no * STEP_NS,
                                                .has_time = true,
                                                .wire_len = len,
                                                .cap_len = len,
                                                .offset = 40 + frame_no * 700,
                                                .flow = flow,
                                                .from_b = at % 2,
                                                .marks = frame_no % 997 == 0 ? 1u << 13 : 0,
                                                .resent = frame_no % 997 == 0,
                                                .linktype = 1 });
}

static int put_verdicts(struct store *s, uint32_t n_flows, struct err *err)
{
    char sql[1400];
    uint32_t every = n_flows / VERDICTS ? n_flows / VERDICTS : 1;

    snprintf(sql, sizeof(sql),
             "INSERT INTO verdict(id, rank, rule, verdict_key, say, state, severity, title, because, "
             "advice, subject, subject_kind, subject_source, subject_id, proto, a, b, numbers, source, "
             "frame, time_ns) SELECT printf('%%016x', id), id, 'tcp-dead-peer', id, 'dead', 'likely', "
             "'critical', 'Data was never acknowledged again', a || ' sent data to ' || b || '; none of "
             "it was ever acknowledged.', 'Capture at the other end.', 'flow:' || id, 'flow', source, "
             "id, proto, a || ':' || a_port, b || ':' || b_port, '{}', source, first_frame, first_ns "
             "FROM flow WHERE id %% %u = 0;"
             "INSERT INTO verdict_evidence(verdict, n, source, frame, time_ns, what_key, what) SELECT "
             "id, 1, source, frame, time_ns, 'first', 'first sending' FROM verdict;",
             every);
    return sql_exec(store_db(s), sql, err);
}

int main(int argc, char **argv)
{
    static const struct fact_kind *const none[] = { NULL };
    const char *path = "generated.pcap";
    uint64_t n_packets, frame_no, flow_first = 1;
    uint32_t n_flows, bundle = 1, id = 0, flow = 1;
    struct store *s = NULL;
    struct err err = { 0 };
    struct source src = { .kind = SOURCE_CAPTURE, .status = SOURCE_COMPLETE, .format = "pcap" };

    if (argc != 4) {
        fprintf(stderr, "usage: big_case CASE PACKETS FLOWS\n");
        return 2;
    }
    n_packets = strtoull(argv[2], NULL, 10);
    n_flows = (uint32_t)strtoul(argv[3], NULL, 10);
    if (!n_flows || n_packets < n_flows) {
        fprintf(stderr, "big_case: at least one packet a flow\n");
        return 2;
    }
    if (store_open(argv[1], STORE_WRITE, none, &s, &err) ||
        store_register(s, &path, &bundle, 1, &id, &err) || store_begin(s, id, &err))
        goto failed;
    for (frame_no = 1; frame_no <= n_packets; frame_no++) {
        uint32_t mine = (uint32_t)((frame_no - 1) * n_flows / n_packets) + 1;

        if (mine != flow) {
            put_flow(s, flow, flow_first, frame_no - 1);
            flow = mine;
            flow_first = frame_no;
        }
        put_packet(s, frame_no, flow, (unsigned)(frame_no - flow_first));
    }
    put_flow(s, flow, flow_first, n_packets);
    src.id = id;
    src.path = path;
    src.bundle = 1;
    src.packets = n_packets;
    src.size = 40 + n_packets * 700;
    src.stopped_at = src.size;
    src.counts.tcp = n_packets;
    src.has_time = true;
    src.first_ns = T0 + STEP_NS;
    src.last_ns = T0 + (int64_t)n_packets * STEP_NS;
    if (store_commit(s, &src, &err) || put_verdicts(s, n_flows, &err))
        goto failed;
    store_close(s);
    return 0;
failed:
    fprintf(stderr, "big_case: %s\n", err.msg);
    store_close(s);
    return 1;
}
