/* test_packet: names, addresses, and random bytes under every link type. */
#include "config.h"

#include "tests/unit/packet/decode.h"

/* A fixed sequence, so that a failure comes again. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void noise(void)
{
    static const unsigned links[] = { LINK_NULL,      LINK_ETHERNET, LINK_PPP,    LINK_PPP_HDLC,
                                      LINK_RAW,       LINK_WIFI,     LINK_SLL,    LINK_RADIOTAP,
                                      LINK_PPP_ETHER, LINK_SLL2,     LINK_C_HDLC, LINK_IPV4,
                                      LINK_IPV6,      LINK_PPP_PPPD, LINK_LOOP,   999 };
    struct packet_decoder *d = packet_decoder_new();
    uint32_t state = 1;
    unsigned outside = 0, i, k;

    for (i = 0; i < 20000; i++) {
        uint8_t bytes[128];
        size_t len = next_random(&state) % sizeof(bytes);
        struct guard g;
        struct frame f;
        struct packet p;

        for (k = 0; k < len; k++)
            bytes[k] = next_random(&state) % 3 ? (uint8_t)next_random(&state) : 0;
        if (len && i % 2)
            bytes[0] = i % 4 == 1 ? 0x45 : 0x60;
        g = guard_new(bytes, len);
        f = (struct frame){ .bytes = g.p,
                            .cap_len = (uint32_t)len,
                            .wire_len = (uint32_t)(len + next_random(&state) % 64),
                            .fcs_len = (uint8_t)(next_random(&state) % 6),
                            .linktype = (uint16_t)links[i % 16] };
        packet_decode(d, &f, &p);
        do {
            outside += !inside(&p, &g);
        } while (packet_decode_next(d, &p));
        guard_free(&g);
    }
    is_int(outside, 0, "noise stays inside its frame");
    packet_decoder_free(d);
}

int main(void)
{
    struct ip_addr a = { 4, { 192, 0, 2, 7 } };
    char text[IP_ADDR_LEN];
    int kind;

    is_str(ip_addr_text(&a, text), "192.0.2.7", "IPv4");
    a = (struct ip_addr){ 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
    is_str(ip_addr_text(&a, text), "2001:db8::1", "IPv6");
    a.family = 0;
    is_str(ip_addr_text(&a, text), "-", "none");
    is_str(packet_layer_name(LAYER_IP4), "IPv4", "a layer's name");
    for (kind = LAYER_NONE; kind <= LAYER_PAYLOAD; kind++)
        if (!packet_layer_name((enum packet_layer_kind)kind))
            ok(false, "layer %d has no name", kind);
    is_str(packet_layer_name((enum packet_layer_kind)99), "unknown", "no such layer");
    noise();
    packet_decoder_free(NULL);
    return tap_done();
}
