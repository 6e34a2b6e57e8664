#include "config.h"

#include "frame/notes.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "frame/words.h"
#include "store/sql.h"
#include "store/store.h"

/* Frame, text, and 1 if the headers of the frame say it, too.  A table that a case lacks is left
 * out. */
static const char *const notes_sql[] = {
    "SELECT hello_frame, CASE carrier WHEN 'dtls' THEN 'DTLS' WHEN 'quic' THEN 'QUIC' ELSE 'TLS' "
    "END"
    " || ' ClientHello', 0 FROM tls_client_hello WHERE source = ?1 AND flow = ?2",
    "SELECT hello_frame, CASE carrier WHEN 'dtls' THEN 'DTLS' WHEN 'quic' THEN 'QUIC' ELSE 'TLS' "
    "END"
    " || iif(retry, ' HelloRetryRequest', ' ServerHello'), 0 FROM tls_server_hello"
    " WHERE source = ?1 AND flow = ?2",
    "SELECT alert_frame, 'TLS alert' || coalesce(' ' || name, ''), 0 FROM tls_alert"
    " WHERE source = ?1 AND flow = ?2",
    "SELECT connect_frame, 'MQTT CONNECT', 0 FROM mqtt_connect WHERE source = ?1 AND flow = ?2",
    "SELECT connack_frame, 'MQTT CONNACK', 0 FROM mqtt_session WHERE source = ?1 AND flow = ?2",
    "SELECT ping_frame, 'PINGREQ, never answered' || iif(read_by = 'content', '', ' (by size)'), 0"
    " FROM mqtt_session WHERE source = ?1 AND flow = ?2",
    "SELECT disconnect_frame, 'MQTT DISCONNECT', 0 FROM mqtt_disconnect"
    " WHERE source = ?1 AND flow = ?2",
    "SELECT error_frame, 'ICMP ' || coalesce(name, 'error'), 0 FROM icmp_error"
    " WHERE source = ?1 AND flow = ?2",
    "SELECT syn_frame, 'SYN', 1 FROM tcp_life WHERE source = ?1 AND flow = ?2",
    "SELECT synack_frame, 'SYN ACK', 1 FROM tcp_life WHERE source = ?1 AND flow = ?2",
    "SELECT rst_frame, 'RST', 1 FROM tcp_life WHERE source = ?1 AND flow = ?2",
    "SELECT a_fin_frame, 'FIN', 1 FROM tcp_life WHERE source = ?1 AND flow = ?2",
    "SELECT b_fin_frame, 'FIN', 1 FROM tcp_life WHERE source = ?1 AND flow = ?2",
    "SELECT syn_frame, 'SYN', 1 FROM tcp_attempt WHERE source = ?1 AND flow = ?2",
    "SELECT retry_frame, 'SYN', 1 FROM tcp_attempt WHERE source = ?1 AND flow = ?2",
    "SELECT last_syn_frame, 'SYN', 1 FROM tcp_attempt WHERE source = ?1 AND flow = ?2",
    "SELECT challenge_frame, 'ACK', 1 FROM tcp_attempt WHERE source = ?1 AND flow = ?2",
    "SELECT rst_frame, 'RST', 1 FROM tcp_attempt WHERE source = ?1 AND flow = ?2",
    "SELECT sent_frame, what, 1 FROM tcp_waiting WHERE source = ?1 AND flow = ?2",
    "SELECT packet_frame, 'PPPoE ' || name, 1 FROM pppoe_discovery WHERE source = ?1 AND flow = ?2",
    "SELECT first_request_frame, upper(protocol) || ' Configure-Request id ' || first_request_id, 1"
    " FROM ppp_layer WHERE source = ?1 AND flow = ?2",
    "SELECT acked_frame, upper(protocol) || ' Configure-Ack', 1 FROM ppp_layer"
    " WHERE source = ?1 AND flow = ?2",
    "SELECT sent_frame, 'P_CONTROL id ' || packet_id, 1 FROM openvpn_id"
    " WHERE source = ?1 AND flow = ?2",
    "SELECT ack_frame, 'acks ' || packet_id, 1 FROM openvpn_id WHERE source = ?1 AND flow = ?2",
};

static int by_frame(const void *x, const void *y)
{
    const struct note *a = x, *b = y;

    if (a->frame_no != b->frame_no)
        return a->frame_no < b->frame_no ? -1 : 1;
    return a->bare != b->bare ? a->bare - b->bare : strcmp(a->text, b->text);
}

int notes_read(struct store *s, uint32_t source, uint32_t flow, struct notes *out, struct err *err)
{
    size_t i;
    int rc = ERR_OK;

    for (i = 0; i < sizeof(notes_sql) / sizeof(notes_sql[0]) && rc >= 0; i++) {
        sqlite3_stmt *st = NULL;

        if (sql_prepare(store_db(s), notes_sql[i], &st, NULL))
            continue;
        sqlite3_bind_int64(st, 1, source);
        sqlite3_bind_int64(st, 2, flow);
        while (out->n < NOTES_MAX && (rc = sql_step(st, err)) == 1) {
            struct note n = { .frame_no = (uint64_t)sqlite3_column_int64(st, 0),
                              .bare = sqlite3_column_int(st, 2) };

            words_column(n.text, sizeof(n.text), st, 1);
            if (n.frame_no && n.text[0])
                VEC_PUSH(out->all, out->n, out->cap, n);
        }
        sqlite3_finalize(st);
    }
    if (out->n)
        qsort(out->all, out->n, sizeof(out->all[0]), by_frame);
    return rc < 0 ? rc : ERR_OK;
}

void notes_free(struct notes *n)
{
    free(n->all);
    *n = (struct notes){ 0 };
}

const struct note *notes_of(const struct notes *n, uint64_t frame_no, size_t *left)
{
    size_t lo = 0, hi = n->n, end;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (n->all[mid].frame_no < frame_no)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (end = lo; end < n->n && n->all[end].frame_no == frame_no;)
        end++;
    *left = end - lo;
    return *left ? &n->all[lo] : NULL;
}
