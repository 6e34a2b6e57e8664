/* text: what a person reads; `--print` shows it in colour. */
#include "config.h"

#include "base/str.h"
#include "report/report.h"
#include "support/story.h"

static char *text_of(struct store *s, const char *locale, unsigned width)
{
    struct report_options o = { .format = REPORT_TEXT, .width = width, .locale = locale };
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    report_case(s, &o, f, NULL);
    fclose(f);
    return text;
}

static void has(const char *text, const char *want)
{
    ok(strstr(text, want) != NULL, "%.60s", want);
    if (!strstr(text, want))
        printf("# not found: %s\n", want);
}

/* No line is wider than asked. */
static size_t widest(const char *text)
{
    size_t most = 0, n;
    char line[1024];

    for (; *text; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)n, text);
        most = str_width(line) > most ? str_width(line) : most;
    }
    return most;
}

static void test_story(struct store *s)
{
    char *text = text_of(s, NULL, 80);

    has(text, "\xe2\x9c\x98 A new connection on a four-tuple that the other end still held\n"
              "  critical, confirmed \xc2\xb7 t-reuse \xc2\xb7 ");
    has(text, "\n  site/a.pcap\n    2026-11-21 (UTC)\n"
              "    frame 2  08:00:02.000000  SYN on a live connection\n"
              "    frame 4  08:00:04.000000  challenge ACK of the old life, whose sequence\n"
              "                              number lies far outside the new window\n");
    has(text, "\n  site/b.pcap\n    2026-11-21 (UTC)\n    frame 2");
    has(text,
        "  or else    the old connection was in TIME-WAIT \xe2\x80\x94 settled by: a capture");
    has(text, "  missing    the second ClientHello\n");
    has(text, "  caused by  A new connection on a four-tuple that the other end still held\n");
    has(text, "\n  tcp 192.0.2.7:26947 \xe2\x86\x92 [2001:db8::1]:8883\n\n");
    has(text, "  advice     Let the device");
    has(text, "    line 12  Nov 21 08:00:12  the log says so\n");
    has(text, "Sources\n  site/a.pcap  complete    pcap, 20 frames\n");
    has(text, "\nFault: A new connection on a four-tuple that the other end still held");
    ok(strchr(text, '\x1b') == NULL, "no colour unless asked");
    ok(widest(text) <= 80, "fits in 80 columns");
    free(text);
    text = text_of(s, NULL, 50);
    ok(widest(text) <= 50, "fits in 50 columns");
    free(text);
    text = text_of(s, "zh_CN", 40);
    has(text, "\xe2\x9c\x98 \xe5\x9c\xa8\xe5\xaf\xb9\xe7\xab\xaf");
    ok(widest(text) <= 40, "wide characters are wrapped");
    free(text);
}

static void test_healthy(void)
{
    const char *paths[] = { "a.pcap" };
    const uint32_t bundles[] = { 1 };
    struct store *s = case_open(NULL, STORE_TEMPORARY);
    uint32_t id;
    char *text;

    store_register(s, paths, bundles, 1, &id, NULL);
    case_capture(s, 1, 1, 20, true, false);
    text = text_of(s, NULL, 0);
    is_str(text, "Healthy: 1 conversation set up, nothing left unanswered (20 frames, 1 source).\n",
           "a healthy case is one calm sentence");
    free(text);
    store_close(s);
}

int main(int argc, char **argv)
{
    struct store *s = case_open(NULL, STORE_TEMPORARY);
    struct report_options o = { .format = REPORT_TEXT, .color = true };

    story(s);
    if (argc > 1) {
        o.locale = strcmp(argv[1], "--print") == 0 ? NULL : argv[1];
        report_case(s, &o, stdout, NULL);
    } else {
        test_story(s);
        test_healthy();
    }
    store_close(s);
    case_end();
    return argc > 1 ? 0 : tap_done();
}
