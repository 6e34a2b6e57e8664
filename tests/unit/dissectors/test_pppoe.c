/* test_pppoe: discovery packets and their tags. */
#include "config.h"

#include "support/build.h"
#include "support/dissect.h"
#include "support/tap.h"

static struct dissect_test t;

static void discovery(unsigned code, unsigned session, const char *tags)
{
    struct build b = { 0 };

    build_hex(&b, tags);
    dissect_start(&t, "pppoe");
    t.packet.pppoe_code = (uint8_t)code;
    t.packet.pppoe_session = (uint16_t)session;
    t.packet.true_len = 20 + (uint32_t)b.len;
    dissect_packet(&t, 0, b.p, b.len);
    dissect_end(&t);
    build_free(&b);
}

static void row(const char *want, const char *what)
{
    if (!ok(dissect_has(&t, "pppoe_discovery", want), "%s", what))
        printf("#   %s\n", dissect_rows(&t));
    str_free(&t.rows);
}

#define PADO "0101 0000  0102 0003 6c6162  0103 0004 01020304  0104 0002 aabb  0120 0002 05dc"

static void every_cut(void)
{
    struct build b = { 0 };
    size_t n;
    bool fine = true;

    build_hex(&b, PADO);
    for (n = 0; n <= b.len; n++) {
        struct guard g = guard_new(b.p, n);
        struct dissect_ctx ctx;

        dissect_start(&t, "pppoe");
        t.packet.pppoe_code = 7;
        t.frame_no = 1;
        ctx = dissect_context(&t, 0, t.state);
        t.dissector->packet(&ctx, bytes_of(g.p, g.len));
        dissect_end(&t);
        fine = fine && dissect_n(&t, "pppoe_discovery") == 1;
        str_free(&t.rows);
        guard_free(&g);
    }
    ok(fine, "cut at every byte: always one row");
    build_free(&b);
}

int main(void)
{
    discovery(0x09, 0, "0101 0000");
    row("code=9 name=PADI sent_by=a session=0 packet_frame=1 size=24 service= cookie=0 broken=0",
        "PADI, any service");
    discovery(0x07, 0, PADO);
    row("name=PADO ac=lab host_uniq=01020304 cookie=1 max_payload=1500", "PADO, all its tags");
    discovery(0x65, 0, "0101 0000 0202 0004 66756c6c");
    row("name=PADS session=0 error=ac-system error_text=full", "PADS that refuses");
    discovery(0x65, 0, "0101 0000 0201 0000");
    row("error=service-name error_text=", "an error without words");
    discovery(0xa7, 258, "0203 0003 627965");
    ok(t.n_carried == 1, "PADT is handed on to ppp");
    row("name=PADT session=258 error=generic error_text=bye", "PADT with its reason");
    discovery(0x07, 0, "0000 0000 0102 0003 6c6162");
    ok(!strstr(dissect_rows(&t), "ac="), "nothing counts behind the end of the list");
    str_free(&t.rows);
    discovery(0x07, 0, "0102 0010 6c6162");
    row("name=PADO broken=1", "a tag longer than the packet");
    discovery(0x42, 0, "");
    row("code=66 size=20", "a code of nobody's");
    every_cut();
    return tap_done();
}
