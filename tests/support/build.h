/*
 * build: assembles captures and frames byte by byte, for tests.
 *
 *     struct build f = { 0 };                       a growing buffer; build_free at the end
 *     build_ethernet(&f, 0x0800);
 *     at = build_ip4(&f, "192.0.2.1", "192.0.2.2", 6);
 *     build_tcp(&f, 1000, 443, seq, ack, flags, options, n_options);
 *     build_add(&f, "hello", 5);
 *     build_ip4_end(&f, at);                        fills in length and checksum
 *
 * frame_tcp() and frame_udp() do all of this.  Checksums of TCP and UDP are left zero.
 */
#ifndef TESTS_SUPPORT_BUILD_H
#define TESTS_SUPPORT_BUILD_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUILD __attribute__((unused)) static

struct build {
    uint8_t *p;
    size_t len, cap;
};

/* -- bytes ------------------------------------------------------------------- */

BUILD void build_free(struct build *b)
{
    free(b->p);
    *b = (struct build){ 0 };
}

BUILD void build_add(struct build *b, const void *p, size_t n)
{
    if (b->len + n > b->cap) {
        b->cap = (b->len + n) * 2 + 256;
        b->p = realloc(b->p, b->cap);
        if (!b->p)
            abort();
    }
    if (n)
        memcpy(b->p + b->len, p, n);
    b->len += n;
}

BUILD void build_u8(struct build *b, unsigned v)
{
    uint8_t c = (uint8_t)v;

    build_add(b, &c, 1);
}

BUILD void build_be16(struct build *b, unsigned v)
{
    build_u8(b, v >> 8);
    build_u8(b, v);
}

BUILD void build_be32(struct build *b, uint32_t v)
{
    build_be16(b, v >> 16);
    build_be16(b, v & 0xffff);
}

BUILD void build_le16(struct build *b, unsigned v)
{
    build_u8(b, v);
    build_u8(b, v >> 8);
}

BUILD void build_le32(struct build *b, uint32_t v)
{
    build_le16(b, v & 0xffff);
    build_le16(b, v >> 16);
}

BUILD void build_le64(struct build *b, uint64_t v)
{
    build_le32(b, (uint32_t)v);
    build_le32(b, (uint32_t)(v >> 32));
}

/* In the byte order of the file. */
BUILD void build_u16(struct build *b, bool big, unsigned v)
{
    if (big)
        build_be16(b, v);
    else
        build_le16(b, v);
}

BUILD void build_u32(struct build *b, bool big, uint32_t v)
{
    if (big)
        build_be32(b, v);
    else
        build_le32(b, v);
}

BUILD void build_zeros(struct build *b, size_t n)
{
    while (n--)
        build_u8(b, 0);
}

/* "02 00 5e" or "02005e". */
BUILD void build_hex(struct build *b, const char *hex)
{
    char pair[3] = { 0 };

    while (*hex) {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        pair[0] = hex[0];
        pair[1] = hex[1];
        build_u8(b, (unsigned)strtoul(pair, NULL, 16));
        hex += 2;
    }
}

BUILD void build_put_le32(struct build *b, size_t at, uint32_t v)
{
    struct build le = { 0 };

    build_le32(&le, v);
    memcpy(b->p + at, le.p, 4);
    build_free(&le);
}

BUILD void build_put_be16(struct build *b, size_t at, unsigned v)
{
    b->p[at] = (uint8_t)(v >> 8);
    b->p[at + 1] = (uint8_t)v;
}

/* -- guarded copies ------------------------------------------------------------ */

/*
 * A copy of the bytes whose end lies flush against a page that cannot be read: one byte too far
 * ends the test.  Free with guard_free.
 */
struct guard {
    uint8_t *map, *p;
    size_t map_len, len;
};

BUILD struct guard guard_new(const void *p, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (len + page - 1) / page * page;
    struct guard g = { .len = len, .map_len = room + page };
    void *map = mmap(NULL, g.map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (map == MAP_FAILED)
        abort();
    g.map = map;
    g.p = g.map + room - len;
    if (len)
        memcpy(g.p, p, len);
    if (mprotect(g.map + room, page, PROT_NONE))
        abort();
    return g;
}

BUILD void guard_free(struct guard *g)
{
    munmap(g->map, g->map_len);
    *g = (struct guard){ 0 };
}

/* -- pcap ---------------------------------------------------------------------- */

BUILD void pcap_header(struct build *b, bool big, bool ns, uint32_t linktype)
{
    build_u32(b, big, ns ? 0xa1b23c4d : 0xa1b2c3d4);
    build_u16(b, big, 2);
    build_u16(b, big, 4);
    build_zeros(b, 8);
    build_u32(b, big, 65535);
    build_u32(b, big, linktype);
}

BUILD void pcap_record(struct build *b, bool big, uint32_t s, uint32_t fraction, const void *p,
                       size_t len, size_t wire_len)
{
    build_u32(b, big, s);
    build_u32(b, big, fraction);
    build_u32(b, big, (uint32_t)len);
    build_u32(b, big, (uint32_t)wire_len);
    build_add(b, p, len);
}

/* -- pcapng -------------------------------------------------------------------- */

/* Starts a block; give what it returns to block_end. */
BUILD size_t block_start(struct build *b, bool big, uint32_t type)
{
    size_t at = b->len;

    build_u32(b, big, type);
    build_u32(b, big, 0);
    return at;
}

BUILD void block_end(struct build *b, bool big, size_t at)
{
    struct build len = { 0 };

    while ((b->len - at) % 4)
        build_u8(b, 0);
    build_u32(&len, big, (uint32_t)(b->len - at + 4));
    memcpy(b->p + at + 4, len.p, 4);
    build_add(b, len.p, 4);
    build_free(&len);
}

BUILD void block_option(struct build *b, bool big, unsigned code, const void *p, size_t len)
{
    build_u16(b, big, code);
    build_u16(b, big, (unsigned)len);
    build_add(b, p, len);
    build_zeros(b, (4 - len % 4) % 4);
}

BUILD void block_options_end(struct build *b)
{
    build_zeros(b, 4);
}

/* `comment` may be NULL. */
BUILD void pcapng_section(struct build *b, bool big, const char *comment)
{
    size_t at = block_start(b, big, 0x0a0d0d0a);

    build_u32(b, big, 0x1a2b3c4d);
    build_u16(b, big, 1);
    build_u16(b, big, 0);
    build_u32(b, big, 0xffffffff);
    build_u32(b, big, 0xffffffff);
    if (comment) {
        block_option(b, big, 1, comment, strlen(comment));
        block_options_end(b);
    }
    block_end(b, big, at);
}

/* tsresol: as in the option (6: microseconds); name may be NULL. */
BUILD void pcapng_interface(struct build *b, bool big, unsigned linktype, uint8_t tsresol,
                            const char *name)
{
    size_t at = block_start(b, big, 1);

    build_u16(b, big, linktype);
    build_u16(b, big, 0);
    build_u32(b, big, 0);
    if (name)
        block_option(b, big, 2, name, strlen(name));
    block_option(b, big, 9, &tsresol, 1);
    block_options_end(b);
    block_end(b, big, at);
}

BUILD void pcapng_packet(struct build *b, bool big, uint32_t interface, uint64_t ticks,
                         const void *p, size_t len, size_t wire_len, const char *comment)
{
    size_t at = block_start(b, big, 6);

    build_u32(b, big, interface);
    build_u32(b, big, (uint32_t)(ticks >> 32));
    build_u32(b, big, (uint32_t)ticks);
    build_u32(b, big, (uint32_t)len);
    build_u32(b, big, (uint32_t)wire_len);
    build_add(b, p, len);
    build_zeros(b, (4 - len % 4) % 4);
    if (comment) {
        block_option(b, big, 1, comment, strlen(comment));
        block_options_end(b);
    }
    block_end(b, big, at);
}

/* -- Omnipeek ------------------------------------------------------------------- */

/* Starts a block of a tagged file; give what it returns to peek_end.  flags: 0x200 for XML. */
BUILD size_t peek_start(struct build *b, const char *id, uint32_t flags)
{
    size_t at = b->len;

    build_add(b, id, 4);
    build_le32(b, 0);
    build_le32(b, flags);
    return at;
}

BUILD void peek_end(struct build *b, size_t at)
{
    build_put_le32(b, at + 4, (uint32_t)(b->len - at - 12));
}

/* A block of XML, padded with blanks as real ones are. */
BUILD void peek_xml(struct build *b, const char *id, const char *text)
{
    static const char head[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
    size_t at = peek_start(b, id, 0x200);

    build_add(b, head, sizeof(head) - 1);
    build_add(b, text, strlen(text));
    build_add(b, "     ", 5);
    peek_end(b, at);
}

BUILD void peek_attribute(struct build *b, unsigned tag, uint32_t v)
{
    build_le16(b, tag);
    build_le32(b, v);
}

/* Lengths as in the file, check bytes included. */
BUILD void peek_packet(struct build *b, int64_t unix_ns, const void *p, size_t len,
                       size_t wire_len)
{
    uint64_t ns = (uint64_t)unix_ns + UINT64_C(11644473600) * 1000000000;

    peek_attribute(b, 0, (uint32_t)wire_len);
    peek_attribute(b, 1, (uint32_t)ns);
    peek_attribute(b, 2, (uint32_t)(ns >> 32));
    peek_attribute(b, 3, 0);
    peek_attribute(b, 0xffff, (uint32_t)len);
    build_add(b, p, len);
}

/* -- headers ------------------------------------------------------------------- */

BUILD void build_ethernet(struct build *b, unsigned type)
{
    build_hex(b, "020000000002 020000000001"); /* to, from */
    build_be16(b, type);
}

BUILD void build_vlan(struct build *b, unsigned vid, unsigned type)
{
    build_be16(b, vid);
    build_be16(b, type);
}

/* Behind ethertype 8864; `len` counts the PPP protocol field. */
BUILD void build_pppoe(struct build *b, unsigned code, unsigned session, size_t len)
{
    build_u8(b, 0x11);
    build_u8(b, code);
    build_be16(b, session);
    build_be16(b, (unsigned)len);
}

/* Returns where it starts, for build_ip4_end.  Identification 0x1234, TTL 64. */
BUILD size_t build_ip4(struct build *b, const char *src, const char *dst, unsigned proto)
{
    size_t at = b->len;
    struct in_addr a;

    build_hex(b, "4500 0000 1234 0000 40");
    build_u8(b, proto);
    build_be16(b, 0);
    inet_pton(AF_INET, src, &a);
    build_add(b, &a, 4);
    inet_pton(AF_INET, dst, &a);
    build_add(b, &a, 4);
    return at;
}

BUILD void build_ip4_end(struct build *b, size_t at)
{
    uint32_t sum = 0;
    size_t i;

    build_put_be16(b, at + 2, (unsigned)(b->len - at));
    build_put_be16(b, at + 10, 0);
    for (i = at; i < at + 20; i += 2)
        sum += (uint32_t)(b->p[i] << 8 | b->p[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    sum += sum >> 16;
    build_put_be16(b, at + 10, ~sum & 0xffff);
}

/* Returns where it starts, for build_ip6_end. */
BUILD size_t build_ip6(struct build *b, const char *src, const char *dst, unsigned next)
{
    size_t at = b->len;
    struct in6_addr a;

    build_hex(b, "60000000 0000");
    build_u8(b, next);
    build_u8(b, 64);
    inet_pton(AF_INET6, src, &a);
    build_add(b, &a, 16);
    inet_pton(AF_INET6, dst, &a);
    build_add(b, &a, 16);
    return at;
}

BUILD void build_ip6_end(struct build *b, size_t at)
{
    build_put_be16(b, at + 4, (unsigned)(b->len - at - 40));
}

/* `options` is hex whose length is a multiple of 4 bytes, or NULL. */
BUILD void build_tcp(struct build *b, unsigned src_port, unsigned dst_port, uint32_t seq,
                     uint32_t ack, unsigned flags, const char *options)
{
    size_t at = b->len;

    build_be16(b, src_port);
    build_be16(b, dst_port);
    build_be32(b, seq);
    build_be32(b, ack);
    build_be16(b, flags);
    build_be16(b, 64240);
    build_be32(b, 0); /* checksum, urgent pointer */
    if (options)
        build_hex(b, options);
    b->p[at + 12] = (uint8_t)((b->len - at) / 4 << 4);
}

BUILD void build_udp(struct build *b, unsigned src_port, unsigned dst_port, size_t payload_len)
{
    build_be16(b, src_port);
    build_be16(b, dst_port);
    build_be16(b, (unsigned)payload_len + 8);
    build_be16(b, 0);
}

/* -- whole frames -------------------------------------------------------------- */

/* IPv6 addresses have a colon in them. */
BUILD size_t build_ip(struct build *b, const char *src, const char *dst, unsigned proto)
{
    return strchr(src, ':') ? build_ip6(b, src, dst, proto) : build_ip4(b, src, dst, proto);
}

BUILD void build_ip_end(struct build *b, size_t at)
{
    if (b->p[at] >> 4 == 6)
        build_ip6_end(b, at);
    else
        build_ip4_end(b, at);
}

struct tcp_spec {
    const char *src, *dst;
    unsigned src_port, dst_port;
    uint32_t seq, ack;
    unsigned flags;
    const char *options; /* hex, or NULL */
    const void *payload;
    size_t payload_len;
};

/* An Ethernet frame with one TCP segment; replaces what `b` held. */
BUILD void frame_tcp(struct build *b, const struct tcp_spec *t)
{
    size_t at;

    b->len = 0;
    build_ethernet(b, strchr(t->src, ':') ? 0x86dd : 0x0800);
    at = build_ip(b, t->src, t->dst, 6);
    build_tcp(b, t->src_port, t->dst_port, t->seq, t->ack, t->flags, t->options);
    build_add(b, t->payload, t->payload_len);
    build_ip_end(b, at);
}

BUILD void frame_udp(struct build *b, const char *src, unsigned src_port, const char *dst,
                     unsigned dst_port, const void *payload, size_t payload_len)
{
    size_t at;

    b->len = 0;
    build_ethernet(b, strchr(src, ':') ? 0x86dd : 0x0800);
    at = build_ip(b, src, dst, 17);
    build_udp(b, src_port, dst_port, payload_len);
    build_add(b, payload, payload_len);
    build_ip_end(b, at);
}

#endif
