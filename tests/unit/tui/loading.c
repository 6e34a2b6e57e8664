/* loading: what the screens say while a capture is read. */
#include "config.h"

#include "support/case.h"
#include "tui/tui.h"

static struct tui_progress progress = {
    .running = true, .what = "large.pcap", .done = 570, .of = 1000, .frames = 1203456
};

static void how_far(void *user, struct tui_progress *out)
{
    (void)user;
    *out = progress;
}

static const char *screen(const char *path)
{
    static char text[8192];
    const struct tui_host host = { .progress = how_far };
    const struct tui_options o = { .path = path, .title = "large.pcap", .host = &host };
    FILE *out = fmemopen(text, sizeof(text), "w");
    struct err err = { 0 };

    memset(text, 0, sizeof(text));
    if (!out)
        abort();
    is_int(tui_play(&o, "show", 12, 100, out, &err), ERR_OK, "a screen");
    fclose(out);
    return text;
}

int main(void)
{
    char path[128];
    const char *text;

    store_close(case_open(case_path("loading.db", path), STORE_WRITE));
    text = screen(path);
    ok(strstr(text, "a capture is judged when its end is read") != NULL,
       "nothing is said before the end");
    ok(strstr(text, "1 203 456 frames so far") != NULL, "frames are counted");
    ok(strstr(text, " 57 %  1 203 456 frames   (^C stops)   large.pcap") != NULL, "how far it is");
    progress.frames = 0;
    text = screen(path);
    ok(strstr(text, " 57 %  reading   (^C stops)   large.pcap") != NULL, "  of a few frames, too");
    case_end();
    return tap_done();
}
