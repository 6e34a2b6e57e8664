/* ladder: rows of samples as text; long flows, backwards, without the capture. */
#include "config.h"

#include "support/rows.h"

static void is_rows(struct store *s, uint32_t source, uint32_t flow, uint64_t from, uint64_t to,
                    bool details, const char *want, const char *what)
{
    char *got = rows_of(s, source, flow, from, to, details);

    is_str(got, want, what);
    free(got);
}

static struct ladder *open_ladder(struct store *s, struct frame_reader *r, uint32_t source,
                                  uint32_t flow)
{
    struct err err = { 0 };
    struct ladder *l = ladder_open(s, r, source, flow, &err);

    if (!l) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
    return l;
}

/* -- a device that reboots ----------------------------------------------------------------------
 */

static const char reboot_rows[] =
    "22 <- PSH ACK 43 bytes, TLS application data | ESTABLISHED | ESTABLISHED\n"
    "23 -> ACK | ESTABLISHED | ESTABLISHED (cited)\n"
    "24 -> SYN seq 6509 | SYN-SENT | ESTABLISHED (SYN on a live connection, cited)\n"
    "25 <- ACK seq 3365065683 ack 7007 | SYN-SENT | ESTABLISHED (duplicate ACK, challenge ACK, "
    "cited)\n"
    "26 -> RST ACK seq 7007 ack 3365065683 | SYN-SENT | ESTABLISHED (resets the other end, "
    "cited)\n"
    "27 -> SYN seq 6509 | SYN-SENT | CLOSED (reset) (SYN on a live connection, cited)\n";

/* Behind the loss: the device gives up, the broker never learns of it. */
static const char zombie_rows[] =
    "28 <- SYN ACK seq 3662821760 ack 6510 | SYN-SENT | SYN-RECEIVED [SYN ACK unanswered for 2 "
    "\xc2\xb5s, window 64240] (cited)\n";
static const char lost_rows[] =
    "48 -> PSH ACK 31 bytes, TLS application data, PINGREQ, never answered (by size) | "
    "ESTABLISHED [31 bytes in flight, window 5174, ping sent (by record size)] | ESTABLISHED "
    "[window 63958] (lost, cited)\n"
    "49 -> PSH ACK 31 bytes, TLS application data | ESTABLISHED [31 bytes unanswered for 2.5 s, "
    "sent 2 times, window 5174, ping waits 2.5 s (by record size)] | ESTABLISHED [window 63958] "
    "(lost, resent, cited)\n"
    "50 -> FIN ACK seq 7007 | FIN-WAIT-1 [31 bytes and FIN unanswered for 6.0 s, sent 2 times, "
    "window 5174, ping waits 6.0 s (by record size)] | ESTABLISHED [window 63958] (lost, cited)\n";

static void test_zombie(void)
{
    struct store *s = rows_analyze("zombie", "lwip-reboot/zombie");
    struct frame_reader *r = frame_reader_new(s, false);
    struct ladder *l = open_ladder(s, r, 2, 2);
    const struct ladder_head *h = ladder_head(l);
    struct ladder_row row;
    struct err err = { 0 };
    uint64_t index = 0;
    bool exact;

    is_str(h->end[0], "10.66.0.2:58311", "the name of a");
    is_str(h->end[1], "10.77.0.2:8883", "the name of b");
    is_int(h->life, 2, "the second life");
    is_int((int64_t)h->opened_frame, 27, "its SYN is a frame of the first life");
    is_int(h->other_source, 3, "the other vantage");
    is_int((int64_t)h->n_lost[0], 11, "frames that never got there");
    is_int(h->near[0], 2, "this capture is nearer to a");
    is_int(h->near[1], 3, "the other one to b");
    is_int((int64_t)ladder_len(l, &exact), 41, "as many rows as frames");
    ok(!exact, "the end was not read yet");
    is_int(ladder_row(l, 41, &row, &err), 0, "no row 41");
    ladder_len(l, &exact);
    ok(exact, "now the end is known");
    is_int(ladder_find(l, 48, &index, &err), 1, "frame 48 is found");
    is_int((int64_t)index, 20, "at its index");
    is_int(ladder_find(l, 94, &index, &err), 0, "frame 94 is none of this flow");
    is_int(ladder_next(l, 20, -1, LADDER_CITED, &index, &err), 1, "a cited row before it");
    is_int((int64_t)index, 18, "is this one");
    is_int(ladder_row(l, 20, &row, &err), 1, "row 20");
    ok(row.n_cites >= 1 && row.cites[0].what[0], "says what it proves: %s", row.cites[0].what);
    ladder_close(l);
    is_rows(s, 2, 1, 21, 30, false, reboot_rows, "the first life ends with the attempt");
    is_rows(s, 2, 2, 0, 1, true, zombie_rows, "the second life begins with SYN-SENT");
    is_rows(s, 2, 2, 20, 23, true, lost_rows, "what was lost is believed by its sender only");
    ok(!ladder_open(s, r, 2, 99, &err) && err.code == ERR_USAGE, "there is no flow 99");
    frame_reader_free(r);
    store_close(s);
}

/* -- PPPoE: the Configure-Ack is lost ------------------------------------------------------------
 */

static const char ack_lost_rows[] =
    "17 -> IPCP Configure-Ack id 1 | LCP Opened, IPCP Ack-Sent, IPV6CP Ack-Rcvd | LCP IPV6CP "
    "Opened, IPCP Req-Sent [IPCP request id 1 unanswered for 259 \xc2\xb5s] (lost, cited)\n"
    "18 -> IPV6CP Configure-Ack id 1 | LCP IPV6CP Opened, IPCP Ack-Sent | LCP IPV6CP Opened, IPCP "
    "Req-Sent [IPCP request id 1 unanswered for 265 \xc2\xb5s]\n"
    "19 -> IPCP Configure-Request id 2 | LCP IPV6CP Opened, IPCP Ack-Sent [IPCP request id 2 in "
    "flight] | LCP IPV6CP Opened, IPCP Req-Sent [IPCP request id 1 unanswered for 271 "
    "\xc2\xb5s]\n"
    "20 <- IPCP Configure-Ack id 2 | LCP IPCP IPV6CP Opened | LCP IPV6CP Opened, IPCP Ack-Sent "
    "[IPCP request id 1 unanswered for 393 \xc2\xb5s]\n"
    "27 <- IPCP Configure-Request id 1 | LCP IPV6CP Opened, IPCP Ack-Rcvd | LCP IPV6CP Opened, "
    "IPCP Ack-Sent [IPCP request id 1 unanswered for 3.0 s, sent 2 times] (cited)\n";
static const char padt_rows[] = "195 -> LCP Terminate-Request id 2 | LCP Closing | LCP Closed\n"
                                "196 <- LCP Terminate-Ack id 2 | terminated | terminated\n"
                                "197 -> PPPoE PADT session 0x0a17 | terminated | terminated\n";

static void test_pppoe(void)
{
    struct store *s = rows_analyze("pppoe", "pppoe-tap/fault");

    is_rows(s, 2, 3, 13, 18, true, ack_lost_rows, "each end believes what reached it");
    is_rows(s, 2, 3, 71, 99, false, padt_rows, "and the end of the session");
    store_close(s);
}

/* -- OpenVPN: the window stands on id 8 -----------------------------------------------------------
 */

static const char stall_rows[] =
    "+24 -> P_ACK acks 8 | key 0 negotiating | window 1/4 on id 8 [id 8 unanswered for 9 "
    "\xc2\xb5s] (lost, only at the other vantage, cited)\n"
    "24 <- P_CONTROL id 9 | key 0 negotiating | window 2/4 on id 8 [id 8 unanswered for 167 "
    "\xc2\xb5s]\n";
static const char full_rows[] =
    "30 <- P_CONTROL id 8 | key 0 negotiating | window 4/4 on id 8 [id 8 unanswered for 6.1 s, "
    "sent 2 times]\n"
    "+32 -> P_ACK acks 8 | key 0 negotiating | window 4/4 on id 8 [id 8 unanswered for 6.1 s, sent "
    "2 times] (lost, only at the other vantage)\n";

static void test_openvpn(void)
{
    struct store *s = rows_analyze("stall", "openvpn-stall/acklost");

    is_rows(s, 3, 1, 23, 25, true, stall_rows, "the ACK of id 8 is a row of the other vantage");
    is_rows(s, 3, 1, 30, 32, true, full_rows, "the window is full");
    store_close(s);
}

int main(void)
{
    test_zombie();
    test_pppoe();
    test_openvpn();
    case_end();
    return tap_done();
}
