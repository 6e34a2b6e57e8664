#include "config.h"

#include "frame/logtext.h"

#include "base/encoding.h"
#include "base/str.h"
#include "capture/input.h"
#include "capture/window.h"
#include "store/store.h"

int logtext_read(struct store *s, uint32_t source, uint64_t from, uint64_t to, logtext_line *line,
                 void *user, struct err *err)
{
    struct input *in = NULL;
    struct source src;
    struct encoding e;
    struct bytes one;
    bool goes_on = true;
    int rc = store_source(s, source, &src, err);

    if (!rc)
        rc = input_open(src.path, &in, err);
    if (rc)
        return rc;
    encoding_open(&e, input_at(in, 0, WINDOW_MAX));
    while (goes_on && e.line_no < to && encoding_line(&e, &one)) {
        struct str text = { 0 };

        if (e.line_no < from)
            continue;
        str_add_foreign(&text, one.p, one.left);
        goes_on = line(user, e.line_no, str_get(&text));
        str_free(&text);
    }
    encoding_close(&e);
    input_close(in);
    return ERR_OK;
}
