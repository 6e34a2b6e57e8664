/* test_capture: what is said about inputs that are no capture, and about the end. */
#include "config.h"

#include "tests/unit/capture/read.h"

static void refused(const char *p, size_t len, enum err_code code, const char *says)
{
    struct read r;

    read_all(p, len, &r);
    is_int(r.open_rc, code, says);
    is_str(r.err.msg, says, "  in these words");
}

static void end_stays(void)
{
    struct build b = { 0 };
    struct capture *c = NULL;
    struct input *in;
    struct err why = { 0 };
    struct frame f;

    pcap_header(&b, false, false, 1);
    build_zeros(&b, 3);
    in = input_of(b.p, b.len);
    is_int(capture_open(in, NULL, &c, &why), ERR_OK, "opened without hooks");
    is_int(capture_next(c, &f, &why), CAPTURE_CUT, "a cut record");
    why = (struct err){ 0 };
    is_int(capture_next(c, &f, &why), CAPTURE_CUT, "asked again it is still cut");
    ok(strstr(why.msg, "offset 24"), "and says so again");
    is_int((int64_t)capture_offset(c), 24, "where reading stands");
    capture_close(c);
    capture_close(NULL);
    input_close(in);
    build_free(&b);
}

int main(void)
{
    refused("", 0, ERR_FOREIGN, "empty file");
    refused("\1\2\3\4", 4, ERR_FOREIGN, "4 bytes are fewer than any capture's header");
    refused("GMBU\0\2", 6, ERR_FORMAT,
            "cut within its file header (6 of 72 bytes)");
    refused("\x1f\x8b\x08", 3, ERR_FORMAT, "is a gzip file that is damaged or holds nothing");
    refused("btsnoop\0", 8, ERR_FORMAT, "is a btsnoop capture, which is not supported yet");
    refused("Rar!\x1a\x07\0", 7, ERR_FORMAT, "is a rar archive (unpack it first)");
    refused("SQLite format 3", 16, ERR_FOREIGN, "is an SQLite database, not a capture");
    refused("just some words here, nothing else", 34, ERR_FOREIGN, "is text, not a capture");
    refused("\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7\0\1", 25, ERR_FOREIGN,
            "is in no format that deadwire knows");
    end_stays();
    return tap_done();
}
