/*
 * keylog: NSS key logs (SSLKEYLOGFILE; draft-ietf-tls-keylogfile).
 *
 *     LABEL <client random, 64 hex digits> <secret, hex>
 *
 * The secret itself is never kept: only HMAC-SHA256 over label and secret with the client random as
 * key, cut to 16 bytes.  That tells two secrets of one random apart, in every case alike.
 */
#include "config.h"

#include <string.h>

#include "base/digest.h"
#include "evidence/evidence.h"

#define SECRET_MAX 64u /* bytes; SHA-512 */
#define MARK_LEN   16u

/* clang-format off */
static const struct fact_column columns[] = {
    { "label", FACT_TEXT, "", "CLIENT_RANDOM, CLIENT_TRAFFIC_SECRET_0, ...", 0 },
    { "random", FACT_BLOB, "", "client random, 32 bytes", FACT_IS_RANDOM },
    { "random_head", FACT_BLOB, "", "its first 4 bytes", 0 },
    { "random_tail", FACT_BLOB, "", "its last 28 bytes", FACT_KEY },
    { "secret_mark", FACT_BLOB, "", "tells two secrets of one random apart; not the secret", 0 },
};
static const struct fact_kind secret_fact = {
    "log_tls_secret", FACT_OF_LINE, "a line of a TLS key log", columns,
    sizeof(columns) / sizeof(columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &secret_fact, NULL };

static const char *const labels[] = {
    "CLIENT_RANDOM",
    "CLIENT_EARLY_TRAFFIC_SECRET",
    "EARLY_EXPORTER_SECRET",
    "EARLY_EXPORTER_MASTER_SECRET",
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
    "EXPORTER_SECRET",
    "ECH_SECRET",
    "ECH_CONFIG",
    "PMS_CLIENT_RANDOM",
    "QUIC_CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "QUIC_SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "QUIC_CLIENT_TRAFFIC_SECRET_0",
    "QUIC_SERVER_TRAFFIC_SECRET_0",
};

static int nibble(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct bytes word(struct bytes *in)
{
    struct bytes w;

    while (in->left && (in->p[0] == ' ' || in->p[0] == '\t'))
        bytes_skip(in, 1);
    w = bytes_of(in->p, 0);
    while (in->left && in->p[0] != ' ' && in->p[0] != '\t') {
        bytes_skip(in, 1);
        w.left++;
    }
    return w;
}

/* Decodes hex; 0: not hex, odd, or longer than `max`. */
static size_t unhex(struct bytes in, uint8_t *out, size_t max)
{
    size_t n = in.left / 2, i;

    if (in.left % 2 || n > max)
        return 0;
    for (i = 0; i < n; i++) {
        int hi = nibble(in.p[2 * i]), lo = nibble(in.p[2 * i + 1]);

        if (hi < 0 || lo < 0)
            return 0;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return n;
}

static const char *known_label(struct bytes w)
{
    size_t i;

    for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        if (strlen(labels[i]) == w.left && memcmp(labels[i], w.p, w.left) == 0)
            return labels[i];
    return NULL;
}

struct line {
    const char *label;
    uint8_t random[32], secret[SECRET_MAX];
    size_t secret_len;
};

static bool read_line(struct bytes in, struct line *out)
{
    out->label = known_label(word(&in));
    if (!out->label || unhex(word(&in), out->random, 32) != 32)
        return false;
    out->secret_len = unhex(word(&in), out->secret, SECRET_MAX);
    return out->secret_len && word(&in).left == 0;
}

static bool is_remark(struct bytes line)
{
    struct bytes first = word(&line);

    return first.left == 0 || first.p[0] == '#';
}

/* At least one good line, and nothing but good lines, remarks and blank lines in the head. */
static bool keylog_probe(struct bytes head)
{
    struct bytes rest = head, line;
    struct line l;
    bool any = false, good = true;

    while (good && evidence_line(&rest, &line)) {
        if (!line.left || line.p[0] == '#')
            continue;
        if (read_line(line, &l))
            any = true;
        else
            good = rest.left == 0 && any; /* the last line of the head may be cut */
    }
    return any && good;
}

static void keylog_read(struct bytes text, const struct fact_sink *sink,
                        struct evidence_result *out)
{
    struct bytes line;

    while (evidence_line(&text, &line)) {
        uint8_t mark[SHA256_LEN], input[64 + SECRET_MAX];
        struct fact_where where = { .line = ++out->n_lines };
        struct line l;
        size_t label_len;

        if (!read_line(line, &l)) {
            out->n_unknown += !is_remark(line);
            continue;
        }
        label_len = strlen(l.label);
        memcpy(input, l.label, label_len);
        memcpy(input + label_len, l.secret, l.secret_len);
        hmac_sha256(l.random, sizeof(l.random), input, label_len + l.secret_len, mark);
        sink->put(sink->user, &secret_fact, &where,
                  (struct fact_value[]){ fact_text(l.label), fact_blob(l.random, 32),
                                         fact_blob(l.random, 4), fact_blob(l.random + 4, 28),
                                         fact_blob(mark, MARK_LEN) });
        out->n_used++;
    }
}

const struct importer keylog_importer = {
    .name = "SSLKEYLOGFILE",
    .is = EVIDENCE_KEYLOG,
    .facts = kinds,
    .probe = keylog_probe,
    .read = keylog_read,
};
