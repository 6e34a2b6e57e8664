/*
 * cut: every sample cut at every byte, flush against a page that cannot be read.
 *
 * A cut source is complete (the cut fell between two records), partial or unreadable; nothing else,
 * and never a crash.  Of a long file every byte of the first 20 kB and every 97th behind is tried.
 * Without samples two built ones are cut: a capture, and a key log.
 */
#include "config.h"

#include <dirent.h>

#include "support/build.h"
#include "support/pipe.h"
#include "support/tap.h"

#define EVERY_BYTE 20000u
#define STEP       97u
#define CUTS_MAX                                                                                   \
    200u /* of one sample; beyond that fewer, evenly; CUT_ALL in the environment: all */

static struct store *s;

static void cut(const char *name, const uint8_t *p, size_t len)
{
    size_t n_all = len <= EVERY_BYTE ? len : EVERY_BYTE + (len - EVERY_BYTE) / STEP;
    size_t thin = getenv("CUT_ALL") ? 1 : n_all / CUTS_MAX + 1, n, i = 0, bad = 0, n_cuts = 0;
    enum source_status got = SOURCE_PENDING;

    for (n = 0; n <= len; n += n < EVERY_BYTE ? 1 : STEP) {
        struct guard g;

        /* Thinned out, but always the headers. */
        if (n > 512 && ++i % thin)
            continue;
        g = guard_new(p, n);
        got = pipe_run(s, g.p, g.len);
        n_cuts++;
        bad += got != SOURCE_COMPLETE && got != SOURCE_PARTIAL && got != SOURCE_UNREADABLE;
        guard_free(&g);
    }
    ok(bad == 0, "%s: cut at %zu places", name, n_cuts);
}

static void sample(const char *folder, const char *name)
{
    struct build b = { 0 };
    char path[4096];
    uint8_t piece[65536];
    size_t n;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (!f)
        return;
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        build_add(&b, piece, n);
    fclose(f);
    cut(name, b.p, b.len);
    build_free(&b);
}

static bool is_sample(const char *name)
{
    static const char *const ends[] = { ".pcap", ".pcapng", ".log" };
    size_t i, len = strlen(name);

    for (i = 0; i < 3; i++)
        if (len > strlen(ends[i]) && strcmp(name + len - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

/* Folders too, but no links. */
static void samples(const char *folder)
{
    struct dirent **names;
    int i, n = scandir(folder, &names, NULL, alphasort);

    for (i = 0; i < n; i++) {
        char sub[4096];

        if (is_sample(names[i]->d_name)) {
            sample(folder, names[i]->d_name);
        } else if (names[i]->d_name[0] != '.' && names[i]->d_type == DT_DIR &&
                   (size_t)snprintf(sub, sizeof(sub), "%s/%s", folder, names[i]->d_name) <
                       sizeof(sub)) {
            samples(sub);
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

static void built(void)
{
    static const char keys[] = "# keys\nCLIENT_RANDOM "
                               "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f "
                               "00112233445566778899aabbccddeeff\r\n";
    struct build file = { 0 }, f = { 0 };
    struct tcp_spec t = { .src = "192.0.2.1",
                          .dst = "2.0.2.2",
                          .src_port = 40000,
                          .dst_port = 1883,
                          .seq = 100,
                          .flags = 0x02,
                          .options = "030307 00" };
    unsigned i;

    pcapng_section(&file, false, "built");
    pcapng_interface(&file, false, 1, 6, "eth0");
    for (i = 0; i < 8; i++) {
        frame_tcp(&f, &t);
        pcapng_packet(&file, false, 0, 1000000 * i, f.p, f.len, f.len, i == 3 ? "three" : NULL);
        t.seq += i ? 12 : 1;
        t.flags = 0x18;
        t.ack = 500;
        t.payload = "\x10\x1b\0\4MQTT\4\302\0";
        t.payload_len = 12;
        t.options = NULL;
    }
    cut("a capture with MQTT", file.p, file.len);
    cut("a key log", (const uint8_t *)keys, sizeof(keys) - 1);
    build_free(&f);
    build_free(&file);
}

int main(void)
{
    const char *top = getenv("TOP_SRCDIR");
    char folder[4096];

    s = pipe_store();
    built();
    snprintf(folder, sizeof(folder), "%s/samples", top ? top : ".");
    samples(folder);
    store_close(s);
    return tap_done();
}
