#include "config.h"

#include "base/encoding.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "evidence/evidence.h"
#include "support/tap.h"

/* All lines with their numbers: "1:first|2:second|". */
static void lines_are(const void *text, size_t len, const char *want, const char *what)
{
    struct encoding e;
    struct bytes line;
    struct str got = { 0 };

    encoding_open(&e, bytes_of(text, len));
    while (encoding_line(&e, &line)) {
        str_addf(&got, "%llu:", (unsigned long long)e.line_no);
        str_addn(&got, line.p, line.left);
        str_addc(&got, '|');
    }
    encoding_close(&e);
    is_str(str_get(&got), want, what);
    str_free(&got);
}

#define LINES(text, want, what) lines_are(text, sizeof(text) - 1, want, what)

static void test_kinds(void)
{
    LINES("a\r\n\nb", "1:a|2:|3:b|", "LF, CRLF, an empty line, no end");
    LINES("\xef\xbb\xbf"
          "a\xe8\xaf\x81\n",
          "1:a证|", "UTF-8 with a mark");
    LINES("\xff\xfe"
          "a\0\r\0\n\0\xc1\x8b\n\0",
          "1:a|2:证|", "UTF-16LE with a mark");
    LINES("\xfe\xff"
          "\0a\0\n\x8b\xc1\0\n",
          "1:a|2:证|", "UTF-16BE with a mark");
    LINES("a\0b\0\n\0c\0", "1:ab|2:c|", "UTF-16LE without one");
    LINES("\0a\0b\0\n\0c", "1:ab|2:c|", "UTF-16BE without one");
    LINES("Test\xd6\xa4\xca\xe9 x\nb\n", "1:Test证书 x|2:b|", "GB18030");
    LINES("\xe8\xaf\x81\xe4\xb9\xa6\n\xd6\xa4\xca\xe9\n", "1:证书|2:证书|", "both in one text");
    LINES("gr\xfc\xdf"
          "e\n",
          "1:gr\\xfc\\xdfe|", "another code page stays as it is");
    LINES("\x83\x76\x83\x8d\x83\x67 udp\n", "1:\\x83v\\x83\\x8d\\x83g udp|",
          "Shift JIS is not taken for Chinese");
    LINES("\xff\xfe"
          "a\0\0\xd8"
          "b\0\n\0",
          "1:a\\x00\\xd8b|", "half a surrogate pair");
    LINES("\xff\xfe"
          "a\0b",
          "1:a\\x62|", "half a character at the end");
    LINES("", "", "nothing");
    LINES("\xff\xfe", "", "nothing but a mark");
}

static void test_limits(void)
{
    size_t len = 3 * EVIDENCE_LINE_MAX, i;
    char *big = xmalloc(len + 2);
    struct encoding e;
    struct bytes line;

    for (i = 0; i < len; i++)
        big[i] = i % 7 ? 'a' : '\xfc';
    memcpy(big + len, "\nb", 2);
    encoding_open(&e, bytes_of(big, len + 2));
    ok(encoding_line(&e, &line) && line.left <= 4 * EVIDENCE_LINE_MAX &&
           line.left >= EVIDENCE_LINE_MAX,
       "a line without end is cut");
    ok(encoding_line(&e, &line) && line.left == 1 && e.line_no == 2,
       "and the next one is the second");
    encoding_close(&e);
    free(big);
    ok(encoding_is_text(bytes_of("hello\n", 6)) &&
           !encoding_is_text(bytes_of("\0\1\2\3\4\5\6\7", 8)) && !encoding_is_text(bytes_of("", 0)),
       "what text is");
}

int main(void)
{
    test_kinds();
    test_limits();
    return tap_done();
}
