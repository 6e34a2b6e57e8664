/*
 * peek_xml: elements of a small XML text, one after the other.
 *
 * Enough for the metadata of Omnipeek files: names, nesting, text, the five entities and character
 * references.  No attributes, no document types; what is not well-formed ends the walk.
 */
#ifndef CAPTURE_PEEK_XML_H
#define CAPTURE_PEEK_XML_H

#include <stdbool.h>

#include "base/bytes.h"

#define PEEK_XML_DEPTH_MAX 16u /* deeper is no metadata */

struct peek_xml {
    struct bytes rest;
    unsigned depth;
};

struct peek_element {
    unsigned depth;    /* 1: the root */
    struct bytes name; /* borrowed from the text */
    struct bytes text; /* up to the next tag, blanks around it left out, entities as they are */
};

struct peek_xml peek_xml_of(struct bytes text);

/* The next element; false at the end of the text or of what can be read. */
bool peek_xml_next(struct peek_xml *x, struct peek_element *out);

bool peek_xml_is(const struct peek_element *e, const char *name);

/*
 * The element's text with its entities decoded, UTF-8, at most `max` bytes.  An entity that is not
 * known stays as it is written.  Caller frees with free(); never NULL.
 */
char *peek_xml_text(const struct peek_element *e, size_t max);

/* The element's text as a decimal number; false if it is none (or none of 64 bits). */
bool peek_xml_number(const struct peek_element *e, uint64_t *out);

#endif
