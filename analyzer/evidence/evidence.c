#include "config.h"

#include "evidence/evidence.h"

#include "base/encoding.h"

#define X(name) extern const struct importer name##_importer;
#include "evidence/importers.h"
#undef X

static const struct importer *const all[] = {
#define X(name) &name##_importer,
#include "evidence/importers.h"
#undef X
    NULL,
};

const struct importer *const *evidence_all(void)
{
    return all;
}

const struct importer *evidence_probe(struct bytes head)
{
    const struct importer *const *i;

    if (head.left > EVIDENCE_HEAD_MAX)
        head.left = EVIDENCE_HEAD_MAX;
    if (!encoding_is_text(head))
        return NULL;
    for (i = all; *i; i++)
        if ((*i)->probe(head))
            return *i;
    return NULL;
}

bool evidence_line(struct bytes *text, struct bytes *line)
{
    const uint8_t *end;
    size_t len;

    if (!text->left)
        return false;
    end = memchr(text->p, '\n', text->left);
    len = end ? (size_t)(end - text->p) : text->left;
    *line = bytes_of(text->p, len);
    bytes_skip(text, end ? len + 1 : len);
    if (line->left && line->p[line->left - 1] == '\r')
        line->left--;
    if (line->left > EVIDENCE_LINE_MAX)
        line->left = EVIDENCE_LINE_MAX;
    return true;
}
