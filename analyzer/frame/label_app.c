#include "config.h"

#include "frame/label_app.h"

#include <stdbool.h>
#include <stdint.h>

#include "frame/words.h"

#define TLS_RECORD_MAX (16384u + 2048u)
#define WORDS_MAX      4u /* messages named of one segment */

/* RFC 8446 section 4, RFC 5246 section 7.4 */
static const char *handshake_name(uint8_t type)
{
    static const char *const names[] = {
        [1] = "ClientHello",         [2] = "ServerHello",      [4] = "NewSessionTicket",
        [8] = "EncryptedExtensions", [11] = "Certificate",     [12] = "ServerKeyExchange",
        [13] = "CertificateRequest", [14] = "ServerHelloDone", [15] = "CertificateVerify",
        [16] = "ClientKeyExchange",  [20] = "Finished",        [22] = "CertificateStatus",
    };

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

struct list {
    char *out;
    size_t len;
    const char *prefix, *last;
    unsigned n;
};

static void add(struct list *l, const char *word)
{
    if (word == l->last)
        return;
    l->last = word;
    if (l->n++ < WORDS_MAX)
        words_add(l->out, l->len, "%s%s", l->n == 1 ? l->prefix : ", ", word);
}

/* The messages of a handshake record; encrypted ones look like none. */
static void handshake(struct list *l, struct bytes in, bool whole, bool encrypted)
{
    bool any = false;

    if (encrypted) {
        add(l, "encrypted handshake");
        return;
    }

    while (in.left >= 4) {
        const char *name = handshake_name(bytes_u8(&in));
        uint32_t len = bytes_be24(&in);

        if (!name || (whole && len > in.left)) {
            if (!any)
                add(l, "encrypted handshake");
            return;
        }
        add(l, name);
        any = true;
        if (len > in.left)
            return;
        bytes_skip(&in, len);
    }
}

void label_tls(struct bytes in, char *out, size_t len)
{
    struct list l = { .out = out, .len = len, .prefix = "TLS " };
    bool encrypted = false;

    while (in.left >= 5) {
        uint8_t type = bytes_u8(&in), major = bytes_u8(&in), minor = bytes_u8(&in);
        uint16_t n = bytes_be16(&in);
        bool whole = n <= in.left;

        if (type < 20 || type > 23 || major != 3 || minor > 4 || n == 0 || n > TLS_RECORD_MAX)
            return;
        if (type == 22)
            handshake(&l, bytes_sub(&in, whole ? n : in.left), whole, encrypted);
        else
            add(&l, type == 20 ? "ChangeCipherSpec" : type == 21 ? "alert" : "application data");
        encrypted = encrypted || type == 20;
        if (type != 22)
            bytes_skip(&in, whole ? n : in.left);
    }
}

void label_mqtt(struct bytes in, char *out, size_t len)
{
    static const char *const names[16] = {
        NULL,      "CONNECT",  "CONNACK",    "PUBLISH", "PUBACK",      "PUBREC",
        "PUBREL",  "PUBCOMP",  "SUBSCRIBE",  "SUBACK",  "UNSUBSCRIBE", "UNSUBACK",
        "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
    };
    struct list l = { .out = out, .len = len, .prefix = "" };
    struct bytes check = in;
    unsigned pass;

    /* Only messages that fill the segment are surely messages; the first may be longer. */
    for (pass = 0; pass < 2; pass++) {
        struct bytes b = pass ? in : check;
        bool first = true;

        while (b.left >= 2) {
            const char *name = names[bytes_u8(&b) >> 4];
            uint32_t n = 0;
            unsigned shift;
            uint8_t c = 0x80;

            for (shift = 0; shift < 28 && c & 0x80; shift += 7) {
                c = bytes_u8(&b);
                n |= (uint32_t)(c & 0x7f) << shift;
            }
            if (!name || b.short_read || c & 0x80 || (n > b.left && !first))
                return;
            if (pass)
                add(&l, name);
            bytes_skip(&b, n > b.left ? b.left : n);
            first = false;
        }
        if (b.left)
            return;
    }
}
