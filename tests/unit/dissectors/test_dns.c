/* test_dns: what is DNS. */
#include "config.h"

#include "support/build.h"
#include "support/dissect.h"
#include "support/tap.h"

#define HEAD "1234 0100 0001 0000 0000 0000"
#define NAME "04686f7374 076578616d706c65 00"

static bool claims(uint16_t port, const char *hex)
{
    struct build b = { 0 };
    struct flow flow = { .a_is_lo = true, .key = { .lo_port = 40000, .hi_port = port } };
    struct dissect_ctx ctx = { .flow = &flow };
    bool yes;

    build_hex(&b, hex);
    yes = dissect_by_name("dns")->claims(&ctx, bytes_of(b.p, b.len));
    build_free(&b);
    return yes;
}

int main(void)
{
    ok(claims(53, HEAD NAME "0001 0001"), "a question");
    ok(claims(53, "1234 8180 0001 0001 0000 0001" NAME
                  "001c 0001 c00c 001c 0001 0000003c 0004 c0000201"),
       "an answer");
    ok(claims(53, HEAD "00 0002 0001"), "of the root");
    ok(!claims(5353, HEAD NAME "0001 0001"), "multicast DNS has another name");
    ok(!claims(53, HEAD NAME "0001"), "cut");
    ok(!claims(53, HEAD "04686f73"), "  in the name");
    ok(!claims(53, HEAD "c00c 0001 0001"), "a question points nowhere");
    ok(!claims(53, "1234 0100 0000 0000 0000 0000" NAME "0001 0001"), "no question");
    ok(!claims(53, "1234 7900 0001 0000 0000 0000" NAME "0001 0001"), "an opcode that is none");
    ok(!claims(53, "1234 0100 0001 ffff 0000 0000" NAME "0001 0001"), "more answers than fit");
    ok(!claims(53, "16030100"), "something else on that port");
    return tap_done();
}
