/* test_members: what an archive holds, in its own words; nothing met is left out. */
#include "config.h"

#include "capture/input.h"
#include "ingest/members.h"
#include "tests/support/pack.h"
#include "tests/support/tap.h"

#define KEYLOG                                                                                     \
    "CLIENT_RANDOM 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff "              \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"                             \
    "00112233445566778899aabbccddeeff\n"

/* "name" or "name(why)", with '*' for evidence and '-' for no input. */
static const char *told(const struct build *b, char out[4096])
{
    struct input *in = input_of(b->p, b->len);
    struct members m;
    size_t i, len = 0;

    out[0] = '\0';
    members_list(in, &m);
    for (i = 0; i < m.n; i++)
        len += (size_t)snprintf(
            out + len, 4096 - len, "%s%s%s%s%s%s%s", i ? " | " : "", m.all[i].name,
            m.all[i].evidence ? "*" : "", m.all[i].no_input ? "-" : "", m.all[i].refused ? "(" : "",
            m.all[i].refused ? m.all[i].refused : "", m.all[i].refused ? ")" : "");
    if (!m.is_archive)
        snprintf(out, 4096, "no archive%s", m.evidence ? "*" : "");
    else if (m.refused)
        snprintf(out + len, 4096 - len, " ! %s", m.refused);
    members_free(&m);
    input_close(in);
    return out;
}

static void plain_files(void)
{
    struct build b = { 0 }, packed;
    char out[4096];

    pcap_header(&b, false, false, 1);
    is_str(told(&b, out), "no archive", "a capture");
    packed = pack_alone(ARCHIVE_FILTER_GZIP, b.p, b.len);
    is_str(told(&packed, out), "no archive", "a compressed capture");
    build_free(&packed);
    b.len = 0;
    build_add(&b, KEYLOG, strlen(KEYLOG));
    is_str(told(&b, out), "no archive*", "a key log");
    packed = pack_alone(ARCHIVE_FILTER_ZSTD, b.p, b.len);
    is_str(told(&packed, out), "no archive*", "a compressed key log");
    build_free(&packed);
    build_free(&b);
}

static void all_kinds(void)
{
    struct pack k = { 0 };
    char out[4096];

    pack_start(&k, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP);
    pack_entry(&k, "day", AE_IFDIR, NULL, NULL, 0);
    pack_file(&k, "day/a.pcap", "x", 1);
    pack_file(&k, "/etc/passwd", "x", 1);
    pack_file(&k, "../../up", "x", 1);
    pack_file(&k, "day/keys", KEYLOG, strlen(KEYLOG));
    pack_entry(&k, "day/soft", AE_IFLNK, "/etc/shadow", NULL, 0);
    pack_entry(&k, "day/hard", AE_IFREG, "day/a.pcap", NULL, 0);
    pack_entry(&k, "day/pipe", AE_IFIFO, NULL, NULL, 0);
    pack_file(&k, "day/a.pcap", "y", 1);
    pack_file(&k, "day/a.pcap", "z", 1);
    pack_end(&k);
    is_str(
        told(&k.out, out),
        "day/a.pcap | /etc/passwd | ../../up | day/keys* | day/soft-(is a link to /etc/shadow) | "
        "day/hard-(is a link to day/a.pcap) | day/pipe-(is a device, not a file) | day/a.pcap#2 | "
        "day/a.pcap#3",
        "files, links, devices, doubles; folders are none");
    build_free(&k.out);
}

static void damaged(void)
{
    struct pack k = { 0 };
    char out[4096];

    pack_start(&k, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE);
    pack_file(&k, "a", "x", 1);
    pack_file(&k, "b", "x", 1);
    pack_end(&k);
    k.out.len = 1024 + 300;
    is_str(told(&k.out, out), "a ! the archive is damaged: Truncated tar archive",
           "what comes before the cut, and the cut");
    build_free(&k.out);
}

static void empty(void)
{
    struct pack k = { 0 };
    char out[4096];

    pack_start(&k, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
    pack_end(&k);
    is_str(told(&k.out, out), " ! an archive without members", "an empty zip");
    build_free(&k.out);
}

static void encrypted(void)
{
    struct pack k = { 0 };
    char out[4096];

    k.a = archive_write_new();
    archive_write_set_format_zip(k.a);
    archive_write_set_options(k.a, "zip:encryption=traditional");
    archive_write_set_passphrase(k.a, "infected");
    archive_write_open(k.a, &k, NULL, pack_write, NULL);
    pack_file(&k, "a.pcap", "secret bytes", 12);
    pack_end(&k);
    is_str(told(&k.out, out), "a.pcap(is encrypted (unpack it with its password first))",
           "an encrypted member is missed, and says why");
    build_free(&k.out);
}

/* One in another, down to a limit. */
static void nested(void)
{
    struct build b = { 0 };
    char out[4096];
    unsigned depth;

    build_add(&b, KEYLOG, strlen(KEYLOG));
    for (depth = 1; depth <= INPUT_DEPTH_MAX + 1; depth++) {
        struct pack k = { 0 };

        pack_start(&k, depth & 1 ? ARCHIVE_FORMAT_TAR_USTAR : ARCHIVE_FORMAT_ZIP,
                   depth & 1 ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_NONE);
        pack_file(&k, depth == 1 ? "keys" : "in", b.p, b.len);
        pack_end(&k);
        build_free(&b);
        b = k.out;
        if (depth == 2)
            is_str(told(&b, out), "in!keys*", "an archive in an archive");
        if (depth == INPUT_DEPTH_MAX)
            is_str(told(&b, out), "in!in!in!keys*", "down to the limit");
    }
    is_str(told(&b, out), "in!in!in!in(archives nested deeper than 4)", "and no deeper");
    build_free(&b);
}

int main(void)
{
    plain_files();
    all_kinds();
    damaged();
    empty();
    encrypted();
    nested();
    return tap_done();
}
