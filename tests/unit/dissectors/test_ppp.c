/* test_ppp: what each end of a session must believe, and what it asks in vain. */
#include "config.h"

#include "dissectors/ppp_config.h"
#include "support/build.h"
#include "support/dissect.h"
#include "support/tap.h"

#define S    INT64_C(1000000000)
#define LCP  0xc021
#define PAP  0xc023
#define CHAP 0xc223
#define IPCP 0x8021
#define IP6  0x8057
#define CCP  0x80fd

static struct dissect_test t;

/* Both MACs are known; end a is the client. */
static void begin(void)
{
    dissect_start(&t, "ppp");
    t.flow.key.hi.b[0] = 2;
    t.flow.key.lo_port = 258;
}

/* A frame of `protocol` after `ns`. */
static void ppp(int64_t ns, unsigned from, unsigned protocol, const char *hex)
{
    struct build b = { 0 };

    build_hex(&b, hex);
    dissect_step(&t, ns);
    t.packet.ppp_protocol = (uint16_t)protocol;
    t.packet.true_len = 22 + (uint32_t)b.len;
    dissect_packet(&t, from, b.p, b.len);
    build_free(&b);
}

static void row(const char *kind, const char *want, const char *what)
{
    if (!ok(dissect_has(&t, kind, want), "%s", what))
        printf("#   %s\n", dissect_rows(&t));
}

static void none(const char *kind, const char *what)
{
    if (!ok(dissect_n(&t, kind) == 0, "%s", what))
        printf("#   %s\n", dissect_rows(&t));
}

static void done(void)
{
    dissect_end(&t);
}

static void forget(void)
{
    str_free(&t.rows);
}

#define OURS         "0306 cb00714d" /* 203.0.113.77 */
#define THEIRS       "0306 cb007101"
#define MINE(id)     "01" id "000a" OURS
#define MINE_ACK(id) "02" id "000a" OURS
#define YOUR(id)     "01" id "000a" THEIRS
#define YOUR_ACK(id) "02" id "000a" THEIRS

/* LCP and IPV6CP open; frames 1 to 8. */
static void open_others(void)
{
    ppp(0, 0, LCP, "01 01 000a 0506 00000007");
    ppp(S / 100, 1, LCP, "01 01 000e 0104 05d4 0506 00000009");
    ppp(S / 100, 0, LCP, "02 01 000e 0104 05d4 0506 00000009");
    ppp(S / 100, 1, LCP, "02 01 000a 0506 00000007");
    ppp(S / 100, 0, IP6, "01 01 000e 010a 0000000000000007");
    ppp(S / 100, 1, IP6, "01 01 000e 010a 0000000000000009");
    ppp(S / 100, 1, IP6, "02 01 000e 010a 0000000000000007");
    ppp(S / 100, 0, IP6, "02 01 000e 010a 0000000000000009");
}

static void healthy(void)
{
    begin();
    open_others();
    ppp(S / 100, 0, IPCP, "01 01 000a 0306 00000000");
    ppp(S / 100, 1, IPCP, "03 01 000a" OURS);
    ppp(S / 100, 0, IPCP, MINE("02"));
    ppp(S / 100, 1, IPCP, MINE_ACK("02"));
    ppp(S / 100, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(S, 0, 0x0021, "");
    ppp(S, 1, 0x0021, "");
    done();
    row("ppp_layer",
        "session=258 protocol=ipcp at_end=a ends_known=1 requests=2 first_request_frame=9 "
        "first_request_id=1 last_request_frame=11 last_request_id=2 acked_frame=12 "
        "ack_sent_frame=14 acks=1 opened_frame=14 opened=1 state=opened address=203.0.113.77 "
        "data=1",
        "IPCP after a Nak: open");
    row("ppp_layer", "protocol=ipcp at_end=b naks=1 acks=1 opened_frame=14 state=opened data=1",
        "  at both ends");
    row("ppp_layer", "protocol=ipv6cp at_end=b opened_frame=8 address=fe80::9", "IPV6CP is open");
    none("ppp_unacked", "nothing is asked in vain");
    ok(!t.flow.outstanding, "nothing is left unanswered");
    forget();
}

static void lost_ack(void)
{
    begin();
    open_others();
    ppp(S / 100, 0, IPCP, MINE("01"));
    ppp(S / 100, 1, IPCP, MINE_ACK("01"));
    ppp(S / 100, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(4 * S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(4 * S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(S, 0, 0x0021, "");
    done();
    row("ppp_unacked",
        "protocol=ipcp sent_by=b request_id=1 ids=1 size=32 requests=3 sent_frame=11 "
        "resend_frame=13 last_frame=15 ack_frame=12 last_ack_frame=16 acks=3 ack_size=32 "
        "after_ack=2 refusals=0 reactions=0 ended=end",
        "asked again after an Ack");
    ok(!strstr(dissect_rows(&t), "through_frame"), "  and never through");
    forget();

    begin();
    open_others();
    ppp(S / 100, 0, IPCP, MINE("01"));
    ppp(S / 100, 1, IPCP, MINE_ACK("01"));
    ppp(S / 100, 1, IPCP, YOUR("01"));
    ppp(3 * S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, MINE("02"));
    ppp(S / 100, 1, IPCP, MINE_ACK("02"));
    ppp(3 * S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, MINE("03"));
    done();
    row("ppp_unacked", "sent_by=b requests=3 acks=0 after_ack=0 reactions=2 peer_frames=2",
        "at the end that asks: no Ack, but the other end begins anew");
    ok(t.flow.outstanding, "  something is left unanswered");
    forget();

    begin();
    ppp(0, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(2 * S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(S, 1, 0x0021, "");
    ppp(9 * S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    done();
    row("ppp_unacked", "requests=2 through_frame=5 ended=superseded",
        "once open, the same id is another negotiation");
    ok(dissect_n(&t, "ppp_unacked") == 1, "  which is not asked in vain");
    forget();
}

static void not_lost(void)
{
    begin();
    ppp(0, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(S / 50, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    done();
    none("ppp_unacked", "a frame that was captured twice is not sent again");
    row("ppp_layer", "at_end=b requests=1", "  and counts once");
    forget();

    begin();
    ppp(0, 1, IPCP, YOUR("01"));
    ppp(S * 9 / 10, 0, IPCP, YOUR_ACK("01"));
    ppp(S / 5, 1, IPCP, YOUR("01"));
    ppp(S / 10, 0, IPCP, YOUR_ACK("01"));
    done();
    row("ppp_unacked", "requests=2 acks=2 after_ack=0", "packets that cross");
    forget();

    begin();
    ppp(0, 0, IPCP, MINE("01"));
    ppp(3 * S, 0, IPCP, MINE("02"));
    ppp(3 * S, 0, IPCP, MINE("03"));
    ppp(S / 10, 1, IPCP, MINE_ACK("02"));
    ppp(S / 10, 1, IPCP, MINE_ACK("03"));
    done();
    row("ppp_unacked", "request_id=3 ids=3 requests=3 acks=1 after_ack=0",
        "resent with new ids; an Ack of an old id does not count");
    forget();

    begin();
    ppp(0, 0, IPCP, MINE("01"));
    ppp(S / 10, 1, IPCP, MINE_ACK("01"));
    ppp(S / 10, 1, IPCP, YOUR("01"));
    ppp(S / 10, 0, IPCP, YOUR_ACK("01"));
    ppp(9 * S, 0, IPCP, MINE("02"));
    ppp(S / 100, 1, IPCP, YOUR("02"));
    ppp(S / 10, 1, IPCP, MINE_ACK("02"));
    ppp(S / 10, 0, IPCP, YOUR_ACK("02"));
    done();
    ok(!dissect_has(&t, "ppp_unacked", "sent_by=b"), "an answer to a new negotiation");
    forget();

    begin();
    ppp(0, 0, CCP, "01 01 0006 1a02");
    ppp(3 * S, 0, CCP, "01 01 0006 1a02");
    ppp(S / 10, 1, LCP, "08 05 000c 80fd 01 01 0006 1a02");
    done();
    row("ppp_reject", "protocol=lcp sent_by=b what=protocol rejected=33021 reject_frame=3",
        "Protocol-Reject");
    row("ppp_unacked", "protocol=ccp refusals=1 ended=rejected", "  answers what was asked");
    row("ppp_layer", "protocol=ccp at_end=a state=rejected", "  and closes the protocol");
    ok(!t.flow.outstanding, "  nothing is left unanswered");
    forget();
}

/* The capture begins when all but one Ack is over. */
static void from_the_middle(bool data)
{
    int i;

    begin();
    for (i = 0; i < 5; i++) {
        if (data)
            ppp(S, 0, 0x0021, "");
        ppp(2 * S, 1, IPCP, YOUR("01"));
        ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    }
    done();
    row("ppp_unacked",
        data ? "sent_by=b requests=5 acks=5 after_ack=4" : "sent_by=b acks=5 after_ack=0",
        data ? "from the middle: the other end sends IPv4, so it is open, and was acknowledged"
             : "from the middle, without data: nobody knows");
    forget();
}

/* RFC 1661 section 4.1, Ack-Rcvd: an end that was acknowledged asks on until it has acknowledged
 * too. */
static void waits_for_peer(void)
{
    int i;

    begin();
    open_others();
    for (i = 0; i < 5; i++) {
        ppp(3 * S, 0, IPCP, MINE("05"));
        ppp(S / 100, 1, IPCP, MINE_ACK("05"));
    }
    dissect_step(&t, 9 * S);
    done();
    row("ppp_unacked", "sent_by=a requests=5 acks=5 after_ack=0", "the other end never asks");
    ok(t.flow.outstanding, "  and the protocol is left half open");
    forget();

    begin();
    open_others();
    for (i = 0; i < 5; i++) {
        ppp(3 * S, 0, IPCP, MINE("05"));
        ppp(S / 100, 1, IPCP, MINE_ACK("05"));
        ppp(S / 2, 1, IPCP, i & 1 ? YOUR("21") : YOUR("20"));
        ppp(S / 100, 0, IPCP, i & 1 ? "03 21 000a 0306 cb007109" : "03 20 000a 0306 cb007109");
    }
    ppp(S, 1, IPCP, "01 28 000a 0306 cb007109");
    ppp(S / 100, 0, IPCP, "02 28 000a 0306 cb007109");
    dissect_step(&t, 9 * S);
    done();
    row("ppp_unacked", "sent_by=a requests=5 acks=5 after_ack=0",
        "it refuses what the other end asks");
    row("ppp_layer", "protocol=ipcp at_end=a state=opened", "  until both agree");
    ok(!t.flow.outstanding, "  and nothing is left unanswered");
    forget();

    begin();
    open_others();
    ppp(S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, MINE("05"));
    ppp(S / 100, 1, IPCP, MINE_ACK("05"));
    for (i = 0; i < 4; i++) {
        ppp(3 * S, 1, IPCP, YOUR("01"));
        ppp(S / 100, 0, IPCP, MINE("05"));
        ppp(S / 100, 1, IPCP, MINE_ACK("05"));
    }
    done();
    row("ppp_unacked", "sent_by=b requests=5 acks=0 reactions=0",
        "timers in step: the same id is no beginning anew");
    forget();
}

static void lcp_anew(void)
{
    begin();
    open_others();
    ppp(S / 10, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, IPCP, YOUR_ACK("01"));
    ppp(4 * S, 1, IPCP, YOUR("01"));
    ppp(S / 100, 0, LCP, "01 02 000a 0506 00000017");
    ppp(S, 1, IPCP, YOUR("01"));
    done();
    row("ppp_unacked", "protocol=ipcp requests=2 ended=renegotiated",
        "LCP anew ends what is above");
    ok(dissect_n(&t, "ppp_unacked") == 1, "  the same request then is a new one");
    row("ppp_layer", "protocol=lcp at_end=a state=ack-sent", "  LCP is not open");
    forget();
}

static void over(void)
{
    begin();
    open_others();
    ppp(S / 10, 1, CCP, "01 01 0006 1a02");
    ppp(5 * S, 0, LCP, "05 09 0010 557365722072657175657374");
    ppp(3 * S, 0, LCP, "05 09 0010 557365722072657175657374");
    ppp(S / 100, 1, LCP, "06 09 0004");
    ppp(S, 1, LCP, "09 01 0008 00000009");
    dissect_step(&t, 9 * S);
    done();
    row("ppp_terminate",
        "protocol=lcp sent_by=a terminate_frame=10 requests=2 ack_frame=12 reason=User",
        "terminated");
    none("ppp_echo", "  who has left need not answer");
    ok(!t.flow.outstanding, "  nor is anything outstanding");
    row("ppp_layer", "protocol=ipv6cp state=closed", "  all is closed");
    forget();

    begin();
    ppp(0, 1, CCP, "01 01 0006 1a02");
    t.packet.pppoe_code = 0xa7;
    ppp(9 * S, 0, 0, "");
    t.packet.pppoe_code = 0;
    done();
    ok(!t.flow.outstanding, "PADT ends the session");
    forget();

    begin();
    ppp(0, 1, CCP, "01 01 0006 1a02");
    dissect_step(&t, S);
    done();
    ok(!t.flow.outstanding, "asked a moment before the capture ends");
    forget();
}

static void echoes(void)
{
    begin();
    ppp(0, 1, LCP, "09 01 0008 00000009");
    ppp(S / 100, 0, LCP, "0a 01 0008 00000007");
    ppp(5 * S, 1, LCP, "09 02 0008 00000009");
    ppp(5 * S, 1, LCP, "09 03 0008 00000009");
    ppp(S / 100, 0, LCP, "0a 03 0008 00000007");
    ppp(5 * S, 1, LCP, "09 04 0008 00000009");
    dissect_step(&t, 4 * S);
    done();
    row("ppp_echo", "sent_by=b unanswered=2 first_frame=3 last_frame=4 answer_frame=5 sent=3",
        "echoes: the second one was answered");
    row("ppp_echo", "unanswered=1 first_frame=6 sent=4 answered=2", "  the last one was not");
    ok(dissect_n(&t, "ppp_echo") == 2, "  an answered one is no row");
    ok(t.flow.outstanding, "  that is outstanding");
    forget();
}

static void secrets(void)
{
    begin();
    ppp(0, 0, PAP, "01 01 0011 05 7573657231 06 736563726574");
    ok(t.n_secret == 6 && !strcmp(t.secret, "secret"), "PAP: the password is a secret");
    ppp(S / 10, 1, PAP, "03 01 0008 03 6e6f21");
    done();
    row("ppp_auth",
        "method=pap sent_by=a name=user1 request_frame=1 answer_frame=2 outcome=refused "
        "message=no!",
        "  refused");
    ok(!strstr(dissect_rows(&t), "secret"), "  it is in no fact");
    forget();

    begin();
    ppp(0, 1, CHAP, "01 01 000c 04 01020304 616263");
    ppp(S / 10, 0, CHAP, "02 01 000d 04 61626364 75736572");
    ok(t.n_secret == 4 && !strcmp(t.secret, "abcd"), "CHAP: the response is a secret");
    ppp(S / 10, 1, CHAP, "03 01 000a 533d31323334");
    ok(!strcmp(t.secret, "S=1234"), "  and the proof that answers it");
    done();
    row("ppp_auth", "method=chap name=user outcome=accepted", "  accepted");
    ok(!strstr(dissect_rows(&t), "1234"), "  without the proof");
    forget();

    begin();
    ppp(0, 0, PAP, "01 01 000d 05 7573657231 06 736563726574");
    ok(t.n_secret == 6, "a length that lies hides all of the password");
    done();
    forget();

    begin();
    ppp(0, 0, PAP, "01 01 0011 05 7573657231 06 7365");
    ok(t.n_secret == 2, "a password cut by the snap length");
    dissect_step(&t, 9 * S);
    done();
    row("ppp_auth", "outcome=unanswered", "  was not answered");
    ok(t.flow.outstanding, "  that is outstanding");
    forget();
}

static void no_addresses(void)
{
    begin();
    t.flow.key.hi.b[0] = 0;
    ppp(0, 0, IPCP, MINE("01"));
    ppp(S / 10, 0, IPCP, YOUR("01"));
    ppp(S / 10, 0, IPCP, MINE_ACK("01"));
    ppp(S / 10, 0, IPCP, YOUR_ACK("01"));
    done();
    row("ppp_layer", "at_end=a ends_known=0 requests=1 acks=1 address=203.0.113.77 state=opened",
        "without addresses: the first to ask");
    row("ppp_layer", "at_end=b ends_known=0 requests=1 acks=1 address=203.0.113.1 state=opened",
        "  and the other one");
    forget();
}

static void options(void)
{
    char out[PPP_OPTIONS_TEXT];
    struct build b = { 0 };

    build_hex(&b, "0104 05d4 0305 c223 05 0702 0d03 06 6303 07");
    ok(ppp_options_text(PPP_LCP, bytes_of(b.p, b.len), out), "options of LCP");
    is_str(out, "mru 1492, auth chap-md5, pfc, callback 06, option-99 07", "  their text");
    b.len = 0;
    build_hex(&b, "8106 c0000235 0301");
    ok(!ppp_options_text(PPP_IPCP, bytes_of(b.p, b.len), out), "an option shorter than its header");
    is_str(out, "dns 192.0.2.53", "  what stands before it");
    ok(!ppp_options_text(PPP_IPCP, bytes_of("\3\6\1", 3), out), "one longer than what is left");
    b.len = 0;
    while (b.len < 250)
        build_hex(&b, "63ff");
    build_zeros(&b, 255);
    ppp_options_text(PPP_LCP, bytes_of(b.p, b.len), out);
    ok(strlen(out) < PPP_OPTIONS_TEXT, "text that does not fit is cut");
    build_free(&b);
}

/* Each packet of a session cut at every byte, flush against a page that cannot be read. */
static void cuts(void)
{
    static const struct {
        unsigned protocol;
        const char *hex;
    } all[] = {
        { LCP, "01 01 000e 0104 05d4 0506 00000009" },
        { LCP, "05 09 0010 557365722072657175657374" },
        { LCP, "08 05 000c 80fd 01 01 0006 1a02" },
        { LCP, "07 05 0008 0c010004" },
        { LCP, "09 01 0008 00000009" },
        { IPCP, MINE("01") },
        { IPCP, MINE_ACK("01") },
        { IPCP, "03 01 000a" OURS },
        { PAP, "01 01 0011 05 7573657231 06 736563726574" },
        { CHAP, "02 01 000d 04 61626364 75736572" },
        { IPCP, "01 01 0002" },
    };
    size_t i, n;

    begin();
    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct build b = { 0 };

        build_hex(&b, all[i].hex);
        for (n = 0; n <= b.len; n++) {
            struct guard g = guard_new(b.p, n);
            struct dissect_ctx ctx;

            t.frame_no++;
            dissect_step(&t, S);
            t.packet.ppp_protocol = (uint16_t)all[i].protocol;
            ctx = dissect_context(&t, n & 1, t.state);
            if (t.dissector->packet(&ctx, bytes_of(g.p, g.len)) != DISSECT_SHORT && n < 4)
                ok(false, "a cut header is short");
            guard_free(&g);
        }
        build_free(&b);
    }
    done();
    ok(true, "cut at every byte");
    forget();
}

int main(void)
{
    healthy();
    lost_ack();
    not_lost();
    from_the_middle(true);
    from_the_middle(false);
    waits_for_peer();
    lcp_anew();
    over();
    echoes();
    secrets();
    no_addresses();
    options();
    cuts();
    return tap_done();
}
