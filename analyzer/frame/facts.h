/*
 * facts: what the case knows of one frame, as lines of text.
 */
#ifndef FRAME_FACTS_H
#define FRAME_FACTS_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_FACTS_MAX 64u /* lines of one frame */

struct store;

struct frame_fact_line {
    char *kind; /* the table: "tcp_attempt" */
    char *text; /* "name value, name value": columns without NULL */
};

struct frame_facts {
    struct frame_fact_line *lines;
    size_t n, cap;
};

/* Facts that belong to the frame.  Free with frame_facts_free; none where the case cannot be read. */
void frame_facts_of(struct store *s, uint32_t source, uint64_t frame_no, struct frame_facts *out);
void frame_facts_free(struct frame_facts *f);

#endif
