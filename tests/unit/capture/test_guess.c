/* test_guess: foreign files get their name, and what has no magic is not guessed lightly. */
#include "config.h"

#include "capture/capture.h"
#include "tests/support/build.h"
#include "tests/support/tap.h"

static void named(const char *hex, const char *name)
{
    struct build b = { 0 };
    struct guard g;

    build_hex(&b, hex);
    g = guard_new(b.p, b.len);
    is_str(capture_guess(bytes_of(g.p, g.len)), name, name ? name : "nothing");
    guard_free(&g);
    build_free(&b);
}

static void words(const char *text, const char *name)
{
    struct guard g = guard_new(text, strlen(text));

    is_str(capture_guess(bytes_of(g.p, g.len)), name, name ? name : "nothing");
    guard_free(&g);
}

static void binary(void)
{
    struct build b = { 0 };
    int i;

    named("53514c69746520666f726d6174203300", "an SQLite database");
    named("aaaaaaaa 00000100", "InfoVista 5View");
    named("aaaaaaaa 00000200", NULL);
    named("0556 4e46", "Visual Networks");
    named("5452 0064 00", "HP-UX nettl");
    named("42d2003412662288", "RADCOM");
    named("0000020012050010", "Tektronix K12");
    named("0110 0400 01020304 0210", "Novell LANalyzer");
    named("0110 0400 01020304 0220", NULL);
    named("0100 3800 00000000 4e65745363616c657220506572666f726d616e63652044617461", "NetScaler");
    for (i = 0; i < 4; i++) {
        build_u8(&b, 0x47);
        build_zeros(&b, 187);
    }
    is_str(capture_guess(bytes_of(b.p, b.len)), "an MPEG transport stream", "MPEG");
    b.p[188] = 0;
    is_str(capture_guess(bytes_of(b.p, b.len)), NULL, "nothing");
    build_free(&b);
}

static void traces(void)
{
    words("ObserverPktBufferVersion=15.00", "Network Instruments Observer");
    words("EyeSDN\xff", "EyeSDN");
    words("V0208...", "Aethra");
    words("Session Transcript\n", "Catapult DCT2000");
    words("+---------+---------------+----------+\r\n", "K12 text");
    words("#Format=4\r\n", "Daintree SNA");
    words("6843828.0: trust(o) len=98:00121ebbd132->00600868d659/0800\n", "NetScreen snoop (text)");
    words("PRI-XMIT-2:  (task \"x\" at 0x1)\n", "Ascend trace (text)");
    words("\n    T O S H I B A   ISDN\n", "Toshiba ISDN router trace (text)");
    words("\033]0;me@here\a$ telnet 10.0.0.254\n* T O S H I B A  T R *\n",
          "Toshiba ISDN router trace (text)"); /* script(1) keeps what a terminal was told */
    words("ETHERWATCH  X5-008\n", "DBS Etherwatch (text)");
    words("TCPIPtrace full display RCV packet 8 at 10-JUL\n", "VMS TCPIPtrace (text)");
    words("  COMMUNICATIONS TRACE       Title: x\n", "IBM iSeries trace (text)");
    words("the letter says len=98 and nothing more\n", "text");
}

/* Every prefix of random-looking bytes may be asked about. */
static void prefixes(void)
{
    uint8_t bytes[64];
    size_t i;

    for (i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 37 + 1);
    for (i = 0; i <= sizeof(bytes); i++) {
        struct guard g = guard_new(bytes, i);

        capture_guess(bytes_of(g.p, g.len));
        guard_free(&g);
    }
    ok(true, "every length");
}

int main(void)
{
    struct build tar = { 0 };

    named("1f8b", "gzip");
    named("425a68", "bzip2");
    named("fd377a585a00", "xz");
    named("28b52ffd", "zstd");
    named("04224d18", "lz4");
    named("504b0304", "zip");
    named("377abcaf271c", "7z");
    named("52545353", "Microsoft NetMon 1.x");
    named("474d4255", "Microsoft NetMon 2.x");
    named("58435000", "Sniffer (Windows)");
    named("54 52 53 4e 49 46 46 20 64 61 74 61 20 20 20 20 1a", "Sniffer (DOS)");
    named("736e6f6f70000000", "snoop");
    named("6274736e6f6f7000", "btsnoop");
    named("7f766572", "Savvius tagged (Omnipeek)");
    named("0700 00001000 00000010 b0568d2e ffffffff ffffffff 00000002 00000000 00000000 00000000"
          "00000000 00000000 00000000",
          "Savvius classic (EtherPeek)");
    named("0700 00001000 00000010 b0568d2e ffffffff ffffffff 00000002 00000000 00000000 00000000"
          "00000000 00000000 00000001",
          NULL);
    named("7f454c46", "an ELF program");
    named("68656c6c6f0a", "text");
    named("", NULL);
    build_zeros(&tar, 257);
    build_add(&tar, "ustar", 5);
    is_str(capture_guess(bytes_of(tar.p, tar.len)), "tar", "tar, by a magic far inside");
    build_free(&tar);
    binary();
    traces();
    prefixes();
    return tap_done();
}
