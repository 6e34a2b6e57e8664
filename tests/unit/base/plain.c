/* plain: signs that have a twin in ASCII, and those that have none. */
#include "config.h"

#include "base/plain.h"
#include "base/str.h"
#include "tests/support/tap.h"

static void becomes(const char *text, const char *wanted, const char *what)
{
    struct str out = { 0 };

    plain_add(&out, text);
    is_str(str_get(&out), wanted, what);
    str_free(&out);
}

int main(void)
{
    becomes("tcp-tuple-reuse\n", "tcp-tuple-reuse\n", "ASCII stays");
    becomes("✘ a · b → c …", "X a . b > c ~", "our signs have twins");
    becomes("李工", "? ? ", "what has none stays as wide as it was");
    becomes("", "", "nothing");
    return tap_done();
}
