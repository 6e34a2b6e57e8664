/*
 * evidence: importers for text beside the packets (key logs, logs, tables).
 *
 * An importer is recognised by content and turns lines into facts; each fact keeps its line number,
 * so that a verdict cites a line as it cites a frame.
 *
 * Adding one: evidence/NAME.c with one `const struct importer`, a line in importers.h, a line in
 * local.mk, a sample.
 */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/encoding.h"
#include "fact/fact.h"

#define EVIDENCE_LINE_MAX ENCODING_LINE_MAX
#define EVIDENCE_HEAD_MAX 1048576u /* bytes that recognition looks at */

enum evidence_is { EVIDENCE_KEYLOG, EVIDENCE_LOG, EVIDENCE_TABLE };

struct evidence_result {
    uint64_t n_lines;   /* lines read */
    uint64_t n_used;    /* of them, lines that left a fact */
    uint64_t n_unknown; /* lines that are not of this format */
};

struct importer {
    const char *name; /* as source.format shows it: "SSLKEYLOGFILE" */
    enum evidence_is is;
    const struct fact_kind *const *facts;
    /* Is this that format?  `head` are the first bytes, at most EVIDENCE_HEAD_MAX. */
    bool (*probe)(struct bytes head);
    void (*read)(struct bytes text, const struct fact_sink *sink, struct evidence_result *out);
};

/* The importer for these bytes, or NULL. */
const struct importer *evidence_probe(struct bytes head);

/* All importers, NULL-terminated. */
const struct importer *const *evidence_all(void);

/* The next line without its end (LF or CRLF), cut to EVIDENCE_LINE_MAX; false at the end. */
bool evidence_line(struct bytes *text, struct bytes *line);

#endif
