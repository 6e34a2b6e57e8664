/*
 * show: one frame as lines of text: where it comes from, its layers, its facts, its bytes; for the
 * views that show frames.
 */
#ifndef TUI_SHOW_H
#define TUI_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/grid.h"
#include "tui/lines.h"

struct ui;

#define SHOW_BYTES_MAX 65536u /* bytes of a frame that are shown */

struct shown_frame {
    struct lines text;
    uint8_t *bytes; /* a copy, SHOW_BYTES_MAX at most */
    size_t len;
    size_t hex_row; /* first line of the dump in `text` */
    bool has_hex;
    bool hide_hex;
    bool has_mark;
    size_t mark_at, mark_len; /* bytes that prove something */
};

/* Reads the frame; what cannot be shown is said in the text.  mark_len 0: no bytes are marked. */
void show_frame(struct ui *ui, uint32_t source, uint64_t frame_no, size_t mark_at, size_t mark_len,
                struct shown_frame *out);
void show_free(struct shown_frame *f);
void show_draw(struct shown_frame *f, struct ui *ui, struct area a);

#endif
