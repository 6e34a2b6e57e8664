#include "config.h"

#include "frame/belief_openvpn.h"

#include <sqlite3.h>
#include <string.h>

#include "base/times.h"
#include "frame/belief.h"
#include "frame/words.h"
#include "store/sql.h"
#include "store/store.h"

#define WINDOW_MAX 64u /* wider ones are none of OpenVPN's */

/* How wide a window is shows only where it was full; versions differ (4, 6, others). */
static const char window_sql[] =
    "SELECT sent_by, max(max(window, widest)) FROM openvpn_stall WHERE source = ?1 AND flow = ?2 "
    "GROUP BY sent_by";

int belief_openvpn_learn(struct store *s, uint32_t source, uint32_t flow,
                         struct belief_about *about, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ERR_OK;

    if (sql_prepare(store_db(s), window_sql, &st, NULL))
        return ERR_OK; /* a case without such facts */
    sqlite3_bind_int64(st, 1, source);
    sqlite3_bind_int64(st, 2, flow);
    while ((rc = sql_step(st, err)) == 1) {
        int64_t n = sqlite3_column_int64(st, 1);

        if (n > 0 && n <= WINDOW_MAX)
            about->window[strcmp(sql_text(st, 0), "b") == 0] = (uint32_t)n;
    }
    sqlite3_finalize(st);
    return rc;
}

/* -- packets ----------------------------------------------------------------------------------- */

static void start(struct belief_openvpn *b, uint8_t key_id)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        struct belief_openvpn_end *e = &b->end[i];

        e->n_ids = 0;
        e->next = 0;
        e->data = false;
        e->sid_known = e->sid_known && key_id != 0;
    }
    b->started = true;
    b->sealed = false;
    b->key_id = key_id;
}

/* The lowest acknowledged id leaves, else the lowest. */
static void drop_id(struct belief_openvpn_end *e)
{
    unsigned i = 0;

    while (i < e->n_ids && outstanding_open(&e->ids[i].o))
        i++;
    i = i == e->n_ids ? 0 : i;
    memmove(&e->ids[i], &e->ids[i + 1], (e->n_ids - i - 1u) * sizeof(e->ids[0]));
    e->n_ids--;
}

static void sent(struct belief_openvpn *b, uint32_t id, const struct store_packet *row, int64_t ns)
{
    struct belief_openvpn_end *e = &b->end[row->from_b];
    unsigned i;

    for (i = 0; i < e->n_ids; i++) {
        if (e->ids[i].id != id)
            continue;
        e->ids[i].again = e->ids[i].o.answer_frame != 0;
        outstanding_resend(&e->ids[i].o, row->frame_no, ns);
        b->resent_frame = row->frame_no;
        return;
    }
    if (e->next && id < e->next) /* an id that is forgotten already */
        return;
    if (e->n_ids == BELIEF_IDS_MAX)
        drop_id(e);
    memset(&e->ids[e->n_ids], 0, sizeof(e->ids[0]));
    e->ids[e->n_ids].id = id;
    outstanding_send(&e->ids[e->n_ids].o, row->frame_no, ns);
    e->n_ids++;
    e->next = id + 1;
}

static void acked(struct belief_openvpn_end *e, uint32_t id, const struct store_packet *row,
                  int64_t ns)
{
    unsigned i;

    for (i = 0; i < e->n_ids; i++)
        if (e->ids[i].id == id && outstanding_open(&e->ids[i].o))
            outstanding_answer(&e->ids[i].o, row->frame_no, ns);
}

static void control(struct belief_openvpn *b, const struct openvpn_packet *p,
                    const struct store_packet *row, int64_t ns)
{
    struct belief_openvpn_end *mine = &b->end[row->from_b], *other = &b->end[!row->from_b];
    unsigned i;

    if ((openvpn_is_client_reset(p->op) && (!mine->sid_known || mine->sid != p->sid)) ||
        !b->started || (p->op == OPENVPN_SOFT_RESET_V1 && p->key_id != b->key_id))
        start(b, openvpn_is_client_reset(p->op) ? 0 : p->key_id);
    if (p->key_id != b->key_id) /* the old key's last words */
        return;
    mine->sid = p->sid;
    mine->sid_known = true;
    b->sealed = b->sealed || p->encrypted;
    if (p->encrypted)
        return;
    if (p->n_acks && (!other->sid_known || p->remote_sid == other->sid))
        for (i = 0; i < p->n_acks; i++)
            acked(other, p->acks[i], row, ns);
    if (p->has_id)
        sent(b, p->id, row, ns);
}

/* As dissectors/openvpn.c learns it: a renegotiation may be wrapped otherwise, a new session
 * anyhow. */
static void learn(struct belief_openvpn *b, struct bytes in, uint8_t op, int64_t ns)
{
    struct openvpn_wrapping *w = &b->wrapping[(bytes_peek(&in, 0) & 7) != 0], learnt;

    if ((w->wrap == WRAP_UNKNOWN || openvpn_is_client_reset(op) || op == OPENVPN_SOFT_RESET_V1) &&
        openvpn_learn(in, ns / NS_PER_S, &learnt))
        *w = learnt;
    if (w->wrap == WRAP_UNKNOWN)
        *w = b->wrapping[0];
}

void belief_openvpn_packet(struct belief_openvpn *b, const struct store_packet *row,
                           struct bytes in, int64_t ns)
{
    uint8_t op = bytes_peek(&in, 0) >> 3;
    struct openvpn_packet p;

    b->end[row->from_b].heard = true;
    if (in.left && !openvpn_is_data(op))
        learn(b, in, op, ns);
    if (!openvpn_parse(in, &b->wrapping[(bytes_peek(&in, 0) & 7) != 0], &p))
        return;
    if (p.control)
        control(b, &p, row, ns);
    else if (p.key_id == b->key_id)
        b->end[row->from_b].data = true;
}

void belief_openvpn_segment(struct belief_openvpn *b, const struct store_packet *row,
                            struct bytes in, int64_t ns)
{
    while (in.left >= 2) {
        uint16_t len = bytes_be16(&in);

        if (len == 0 || len > in.left)
            return;
        belief_openvpn_packet(b, row, bytes_sub(&in, len), ns);
    }
}

/* -- text -------------------------------------------------------------------------------------- */

/* The index of the lowest id that holds the window; n_ids: none does. */
static unsigned stuck(const struct belief_openvpn_end *e)
{
    unsigned i;

    for (i = 0; i < e->n_ids; i++)
        if (outstanding_open(&e->ids[i].o) || e->ids[i].again)
            break;
    return i;
}

void belief_openvpn_state(const struct belief_openvpn *b, unsigned end, uint32_t window, char *out,
                          size_t len)
{
    const struct belief_openvpn_end *e = &b->end[end];
    bool up = b->end[0].data && b->end[1].data;
    unsigned i = stuck(e);
    uint32_t used;

    if (!e->heard || !b->started) {
        words_add(out, len, "?");
    } else if (i == e->n_ids || up) {
        words_add(out, len, "key %u %s%s", b->key_id, up ? "up" : "negotiating",
                  b->sealed && !up ? ", ids encrypted" : "");
    } else {
        used = e->next - e->ids[i].id;
        if (window >= used)
            words_add(out, len, "window %u/%u on id %u", used, window, e->ids[i].id);
        else
            words_add(out, len, "window %u on id %u", used, e->ids[i].id);
    }
}

void belief_openvpn_detail(const struct belief_openvpn *b, unsigned end, int64_t now_ns, char *out,
                           size_t len)
{
    const struct belief_openvpn_end *e = &b->end[end];
    unsigned i = stuck(e);

    if (i == e->n_ids || (b->end[0].data && b->end[1].data))
        return;
    words_add(out, len, "id %u", e->ids[i].id);
    if (outstanding_open(&e->ids[i].o))
        belief_wait(&e->ids[i].o, now_ns, out, len);
    else
        words_add(out, len, " acknowledged here, yet sent %u times", e->ids[i].o.n_resent + 1);
}
