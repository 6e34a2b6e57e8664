/* test_filter: one expression, many link types. */
#include "config.h"

#include "capture/capture.h"
#include "capture/filter.h"
#include "tests/support/build.h"
#include "tests/support/tap.h"

static const struct tcp_spec syn = {
    .src = "192.0.2.1", .dst = "198.51.100.2", .src_port = 1000, .dst_port = 443, .flags = 2
};

static struct frame frame_of(const struct build *b, size_t skip, uint16_t linktype)
{
    return (struct frame){ .bytes = b->p + skip,
                           .cap_len = (uint32_t)(b->len - skip),
                           .wire_len = (uint32_t)(b->len - skip),
                           .linktype = linktype };
}

int main(void)
{
    struct build b = { 0 };
    struct filter *f = NULL;
    struct err err = { 0 };
    struct frame frame;
    char *long_text;
    unsigned i, passed = 0;

    frame_tcp(&b, &syn);
    is_int(filter_new("tcp port 443", &f, &err), ERR_OK, "an expression");
    frame = frame_of(&b, 0, 1);
    ok(filter_match(f, &frame), "Ethernet passes");
    frame = frame_of(&b, 14, 101);
    ok(filter_match(f, &frame), "raw IP passes: 101 in files is 12 for libpcap");
    frame = frame_of(&b, 14, 228);
    ok(filter_match(f, &frame), "IPv4 passes");
    frame = frame_of(&b, 0, 65000);
    ok(!filter_match(f, &frame), "an unknown link type does not");
    for (i = 0; i < 40; i++) {
        frame = frame_of(&b, i % 2 ? 14 : 0, (uint16_t)(i % 2 ? 101 : 1000 + i));
        passed += filter_match(f, &frame);
    }
    is_int(passed, 20, "more link types than are kept");
    frame_udp(&b, "192.0.2.1", 53, "192.0.2.2", 53, "x", 1);
    frame = frame_of(&b, 0, 1);
    ok(!filter_match(f, &frame), "UDP does not pass");
    filter_free(f);

    is_int(filter_new("type mgt", &f, &err), ERR_OK, "an expression for 802.11 only");
    ok(!filter_match(f, &frame), "lets no Ethernet pass");
    filter_free(f);
    is_int(filter_new("tcp prot 443", &f, &err), ERR_USAGE, "a wrong expression");
    ok(strstr(err.msg, "tcp prot 443"), "is named");
    ok(f == NULL, "no filter then");
    long_text = calloc(1, 10000);
    memset(long_text, '(', 9999);
    is_int(filter_new(long_text, &f, &err), ERR_USAGE, "a very long expression");
    free(long_text);
    filter_free(NULL);
    build_free(&b);
    return tap_done();
}
