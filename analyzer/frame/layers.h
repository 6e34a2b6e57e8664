/*
 * layers: what the headers of a frame say, as lines of text with the bytes they come from.
 */
#ifndef FRAME_LAYERS_H
#define FRAME_LAYERS_H

#include <stddef.h>
#include <stdint.h>

struct frame_view;
struct str;

struct layer_line {
    const char *name;  /* "IPv4"; static text */
    char *text;        /* "10.0.0.1 → 10.0.0.2, TTL 64" */
    uint32_t at, len;  /* its bytes in the frame; len 0: not in this frame */
};

struct layers {
    struct layer_line *lines;
    size_t n, cap;
};

/* Free with layers_free. */
void layers_of(const struct frame_view *v, struct layers *out);
void layers_free(struct layers *l);

/* "0010  16 bytes in hex   as text": one line of a dump, `at` a multiple of 16, no line end. */
void layers_hex(const struct frame_view *v, size_t at, struct str *out);

#endif
