#include "config.h"

#include "report/report.h"

#include <errno.h>
#include <string.h>

#include "report/formats.h"

int report_case(struct store *s, const struct report_options *o, FILE *out, struct err *err)
{
    int rc = o->format == REPORT_TEXT ? report_text(s, o, out, err) : report_json(s, o, out, err);

    if (rc == ERR_OK && (fflush(out) || ferror(out)))
        return err_set(err, errno == EPIPE ? ERR_PIPE : ERR_IO, "cannot write the report: %s",
                       strerror(errno));
    return rc;
}
