/*
 * pasted: a text as people collect it for a ticket.
 *
 * A client's log, the output of netsh, lines of other programs often stand in one file.  Whatever
 * such a file was recognised by, each line is offered to all of these readers.
 */
#ifndef EVIDENCE_PASTED_H
#define EVIDENCE_PASTED_H

#include "base/encoding.h"
#include "evidence/evidence.h"

struct pasted;

/* Borrows the sink until pasted_end(), which writes what is left and frees. */
struct pasted *pasted_start(const struct fact_sink *sink, struct evidence_result *out);
/* Offers a line; true if somebody took it. */
bool pasted_line(struct pasted *p, struct bytes line, uint64_t line_no);
void pasted_end(struct pasted *p);

/* The `read` of an importer that knows nothing more. */
void pasted_read(struct bytes text, const struct fact_sink *sink, struct evidence_result *out);

#endif
