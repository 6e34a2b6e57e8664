#include "config.h"

#include "capture/guess.h"

#include <string.h>

#include "capture/capture.h"

struct magic {
    struct guess guess;
    size_t at, len;
    const char *bytes;
};

#define M(at, bytes, kind, name)                                                                   \
    {                                                                                              \
        { kind, name }, at, sizeof(bytes) - 1, bytes                                               \
    }

/* clang-format off */
static const struct magic magics[] = {
    M(0, "\x1f\x8b", GUESS_UNPACKS, "gzip"),
    M(0, "BZh", GUESS_UNPACKS, "bzip2"),
    M(0, "\xfd" "7zXZ\0", GUESS_UNPACKS, "xz"),
    M(0, "\x28\xb5\x2f\xfd", GUESS_UNPACKS, "zstd"),
    M(0, "\x04\x22\x4d\x18", GUESS_UNPACKS, "lz4"),
    M(0, "LZIP", GUESS_UNPACKS, "lzip"),
    M(0, "\x1f\x9d", GUESS_UNPACKS, "compress"),
    M(0, "\x5d\x00\x00\x80\x00", GUESS_UNPACKS, "lzma"),
    M(0, "PK\3\4", GUESS_UNPACKS, "zip"),
    M(0, "PK\5\6", GUESS_UNPACKS, "zip"),
    M(0, "7z\xbc\xaf\x27\x1c", GUESS_UNPACKS, "7z"),
    M(0, "Rar!\x1a\x07", GUESS_ARCHIVE, "rar"),
    M(0, "MSCF\0\0\0\0", GUESS_ARCHIVE, "cabinet"),
    M(257, "ustar", GUESS_UNPACKS, "tar"),
    M(0, "070701", GUESS_UNPACKS, "cpio"),
    M(0, "070702", GUESS_UNPACKS, "cpio"),
    M(0, "070707", GUESS_UNPACKS, "cpio"),
    M(0, "\xc7\x71", GUESS_UNPACKS, "cpio"),
    M(0, "RTSS", GUESS_CAPTURE, "Microsoft NetMon 1.x"),
    M(0, "GMBU", GUESS_CAPTURE, "Microsoft NetMon 2.x"),
    M(0, "XCP\0", GUESS_CAPTURE, "Sniffer (Windows)"),
    M(0, "TRSNIFF data    \x1a", GUESS_CAPTURE, "Sniffer (DOS)"),
    M(0, "snoop\0\0\0", GUESS_CAPTURE, "snoop"),
    M(0, "btsnoop\0", GUESS_CAPTURE, "btsnoop"),
    M(0, "\x7fver", GUESS_CAPTURE, "Savvius tagged (Omnipeek)"),
    M(0, "\x7fnpkt", GUESS_CAPTURE, "Savvius (Omnipeek, new)"),
    M(0, "iptrace 1.0", GUESS_CAPTURE, "AIX iptrace 1.0"),
    M(0, "iptrace 2.0", GUESS_CAPTURE, "AIX iptrace 2.0"),
    M(0, "\x05VNF", GUESS_CAPTURE, "Visual Networks"),
    M(0, "\x54\x52\x00\x64\x00", GUESS_CAPTURE, "HP-UX nettl"),
    M(0, "\xaa\xaa\xaa\xaa\0\0\1\0", GUESS_CAPTURE, "InfoVista 5View"),
    M(0, "\x42\xd2\x00\x34\x12\x66\x22\x88", GUESS_CAPTURE, "RADCOM"),
    M(0, "\0\0\2\0\x12\5\0\x10", GUESS_CAPTURE, "Tektronix K12"),
    M(0, "ObserverPktBuffe", GUESS_CAPTURE, "Network Instruments Observer"),
    M(0, "EyeSDN", GUESS_CAPTURE, "EyeSDN"),
    M(0, "V0208", GUESS_CAPTURE, "Aethra"),
    M(0, "LOGG", GUESS_CAPTURE, "Vector BLF"),
    M(0, "cpse", GUESS_CAPTURE, "Colasoft Capsa"),
    M(0, "NetS", GUESS_OTHER, "a NetStumbler log"),
    M(0, "Session Transcript", GUESS_CAPTURE, "Catapult DCT2000"),
    M(0, "+---------+---------------+----------+", GUESS_CAPTURE, "K12 text"),
    M(0, "#Format=", GUESS_CAPTURE, "Daintree SNA"),
    M(0, "SQLite format 3\0", GUESS_OTHER, "an SQLite database"),
    M(0, "\x7f" "ELF", GUESS_OTHER, "an ELF program"),
    M(0, "MZ", GUESS_OTHER, "a Windows program"),
    M(0, "%PDF", GUESS_OTHER, "a PDF document"),
    M(0, "\x89PNG\r\n", GUESS_OTHER, "a PNG image"),
    M(0, "<?xml", GUESS_OTHER, "XML text"),
};
/* clang-format on */

/* Traces as text, by words that stand in the heads of their records. */
static const struct {
    const char *words;
    struct guess guess;
} traces[] = {
    { "(i) len=", { GUESS_CAPTURE, "NetScreen snoop (text)" } },
    { "(o) len=", { GUESS_CAPTURE, "NetScreen snoop (text)" } },
    { "PRI-XMIT-", { GUESS_CAPTURE, "Ascend trace (text)" } },
    { "PRI-RCV-", { GUESS_CAPTURE, "Ascend trace (text)" } },
    { "T O S H I B A", { GUESS_CAPTURE, "Toshiba ISDN router trace (text)" } },
    { "ETHERWATCH ", { GUESS_CAPTURE, "DBS Etherwatch (text)" } },
    { "TCPIPtrace full display", { GUESS_CAPTURE, "VMS TCPIPtrace (text)" } },
    { "TCPtrace full display", { GUESS_CAPTURE, "VMS TCPIPtrace (text)" } },
    { "COMMUNICATIONS TRACE", { GUESS_CAPTURE, "IBM iSeries trace (text)" } },
};

#define NETSCALER_AT_MAX 32u  /* how far in its first record the name stands */
#define TS_PACKET        188u /* MPEG transport stream */
#define TS_SEEN          4u

static const struct guess netscaler = { GUESS_CAPTURE, "NetScaler" };
static const struct guess lanalyzer = { GUESS_CAPTURE, "Novell LANalyzer" };
static const struct guess transport = { GUESS_OTHER, "an MPEG transport stream" };
static const struct guess classic = { GUESS_CAPTURE, "Savvius classic (EtherPeek)" };
static const struct guess old_tar = { GUESS_UNPACKS, "tar" };
static const struct guess own_case = { GUESS_CASE, "a deadwire case" };
static const struct guess text = { GUESS_OTHER, "text" };

/*
 * EtherPeek classic has no magic.  What its reader does not take (another medium) is named if the
 * version is one there was, the 12 reserved bytes are zero, and the counts fit together.
 */
static bool is_classic(struct bytes b)
{
    uint8_t version = bytes_u8(&b), status = bytes_u8(&b);
    uint32_t len, n, media, subtype, reserved = 0;
    int i;

    version &= 0x7f; /* EtherHelp sets the top bit */
    len = bytes_be32(&b);
    n = bytes_be32(&b);
    bytes_skip(&b, 12); /* time stamps */
    media = bytes_be32(&b);
    subtype = bytes_be32(&b);
    bytes_skip(&b, 8); /* version of the program, speed of the link */
    for (i = 0; i < 3; i++)
        reserved |= bytes_be32(&b);
    return !b.short_read && version >= 5 && version <= 8 && status == 0 && reserved == 0 &&
           len > 50 && n && n <= len / 16 && media <= 13 && subtype <= 10;
}

static bool has_words(struct bytes b, const char *words)
{
    size_t len = strlen(words), i;

    for (i = 0; i + len <= b.left; i++)
        if (b.p[i] == (uint8_t)words[0] && memcmp(b.p + i, words, len) == 0)
            return true;
    return false;
}

/* The first record is a header, and one more record of a known number follows behind it. */
static bool is_lanalyzer(struct bytes b)
{
    uint16_t first = bytes_le16(&b), next;

    bytes_skip(&b, bytes_le16(&b));
    next = bytes_le16(&b);
    return !b.short_read && (first == 0x1001 || first == 0x1007) && next >= 0x1002 &&
           next <= 0x100b;
}

static bool is_transport(struct bytes b)
{
    size_t i;

    if (b.left < TS_PACKET * TS_SEEN)
        return false;
    for (i = 0; i < TS_SEEN; i++)
        if (b.p[i * TS_PACKET] != 0x47)
            return false;
    return true;
}

/*
 * tar before POSIX has no magic, but a checksum in every header: the sum of its 512 bytes, with
 * blanks in place of the sum itself, as octal digits (tar(5)).
 */
static bool is_tar(struct bytes b)
{
    uint32_t sum = 0, said = 0, any = 0;
    int i;

    for (i = 0; i < 512; i++) {
        uint8_t c = bytes_u8(&b);

        if (i >= 148 && i < 156) {
            if (c >= '0' && c <= '7')
                said = said * 8 + c - '0';
            sum += ' ';
        } else {
            sum += c;
            any |= c;
        }
    }
    return !b.short_read && any && sum == said;
}

static const struct guess *find_binary(struct bytes head)
{
    struct bytes start = head;

    if (start.left > NETSCALER_AT_MAX)
        start.left = NETSCALER_AT_MAX;
    if (has_words(start, "NetScaler "))
        return &netscaler;
    if (is_lanalyzer(head))
        return &lanalyzer;
    if (is_classic(head))
        return &classic;
    if (is_tar(head))
        return &old_tar;
    return is_transport(head) ? &transport : NULL;
}

static bool is_text(struct bytes b)
{
    size_t n = b.left < 512 ? b.left : 512, i;

    if (n < 2)
        return false;
    for (i = 0; i < n; i++) {
        uint8_t c = b.p[i];

        if (c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\a' &&
            c != '\b' && c != 0x1b) /* bell, backspace, escape: a log of a terminal */
            return false;
    }
    return true;
}

/* SQLite's file format, section 1.3: the application id stands at 68. */
static bool is_case(struct bytes b)
{
    static const char magic[] = "SQLite format 3", id[] = "DWRE";

    return b.left >= 72 && memcmp(b.p, magic, sizeof(magic)) == 0 && memcmp(b.p + 68, id, 4) == 0;
}

const struct guess *guess_find(struct bytes head)
{
    size_t i;

    if (is_case(head))
        return &own_case;
    for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        const struct magic *m = &magics[i];

        if (head.left >= m->at + m->len && memcmp(head.p + m->at, m->bytes, m->len) == 0)
            return &m->guess;
    }
    if (!is_text(head))
        return find_binary(head);
    for (i = 0; i < sizeof(traces) / sizeof(traces[0]); i++)
        if (has_words(head, traces[i].words))
            return &traces[i].guess;
    return &text;
}

const char *capture_guess(struct bytes head)
{
    const struct guess *g = guess_find(head);

    return g ? g->name : NULL;
}
