#include "config.h"

#include "tui/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/times.h"
#include "frame/facts.h"
#include "frame/frame.h"
#include "frame/layers.h"
#include "store/store.h"
#include "tui/ui.h"

#define HANG    18
#define HEX_TAG 1000000000 /* + offset: lines of the dump, which cannot be chosen */

static void add_head(struct ui *ui, const struct frame_view *v, struct lines *out)
{
    struct str s = { 0 };
    struct source src;
    char when[TIMES_LEN];

    str_addf(&s, "frame %llu of %s", (unsigned long long)v->frame_no,
             store_source(ui_store(ui), v->source, &src, NULL) == ERR_OK && src.name ? src.name
                                                                                     : "?");
    if (v->has_time)
        str_addf(&s, "  %s", times_format(v->time_ns, when));
    str_addf(&s, "  %u bytes", v->wire_len);
    if (v->cap_len < v->wire_len)
        str_addf(&s, ", %u captured", v->cap_len);
    lines_say(out, 1, STYLE_STRONG, str_get(&s));
    str_clear(&s);
    if (v->origin == FRAME_MISSING)
        str_addf(&s, "its bytes are not to be had: %s", v->why);
    else if (v->origin == FRAME_FROM_EXHIBIT)
        str_addf(&s, "the first %zu bytes, which the case kept: %s", v->len, v->why);
    if (s.len)
        lines_say(out, 1, STYLE_WARNING, str_get(&s));
    if (v->masked)
        lines_say(out, 1, STYLE_DIM, "secret bytes are shown as '*'");
    str_free(&s);
}

static bool overlaps(size_t at, size_t len, size_t mark_at, size_t mark_len)
{
    return mark_len && len && at < mark_at + mark_len && mark_at < at + len;
}

static void add_layers(const struct frame_view *v, size_t mark_at, size_t mark_len,
                       struct lines *out)
{
    struct layers layers;
    size_t i;

    layers_of(v, &layers);
    if (layers.n)
        lines_gap(out);
    for (i = 0; i < layers.n; i++)
        lines_add(out, 1, layers.lines[i].name,
                  overlaps(layers.lines[i].at, layers.lines[i].len, mark_at, mark_len) ? STYLE_CITED
                                                                                       : STYLE_DIM,
                  HANG, layers.lines[i].text, STYLE_TEXT, 0);
    layers_free(&layers);
}

static void add_facts(struct ui *ui, const struct frame_view *v, struct lines *out)
{
    struct frame_facts facts;
    size_t i;

    frame_facts_of(ui_store(ui), v->source, v->frame_no, &facts);
    if (facts.n)
        lines_gap(out);
    for (i = 0; i < facts.n; i++)
        lines_add(out, 1, facts.lines[i].kind, STYLE_NOTICE, HANG, facts.lines[i].text, STYLE_TEXT,
                  0);
    frame_facts_free(&facts);
}

static void add_hex(struct shown_frame *f, const struct frame_view *v)
{
    size_t at;

    if (!v->len || f->hide_hex)
        return;
    lines_gap(&f->text);
    f->has_hex = true;
    for (at = 0; at < v->len && at < SHOW_BYTES_MAX; at += 16) {
        struct str line = { 0 };

        layers_hex(v, at, &line);
        lines_add(&f->text, 1, NULL, STYLE_TEXT, 0, str_get(&line), STYLE_TEXT, HEX_TAG + (int)at);
        str_free(&line);
    }
}

void show_frame(struct ui *ui, uint32_t source, uint64_t frame_no, size_t mark_at, size_t mark_len,
                struct shown_frame *out)
{
    struct frame_view v;
    struct err err = { 0 };

    lines_clear(&out->text);
    out->text.top = 0;
    out->mark_at = mark_at;
    out->mark_len = mark_len;
    out->has_hex = false;
    if (frame_read(ui_frames(ui), source, frame_no, &v, &err)) {
        lines_say(&out->text, 1, STYLE_ERROR, err.msg);
        return;
    }
    add_head(ui, &v, &out->text);
    add_layers(&v, mark_at, mark_len, &out->text);
    add_hex(out, &v);
    add_facts(ui, &v, &out->text);
}

void show_free(struct shown_frame *f)
{
    lines_free(&f->text);
    free(f->bytes);
}

/* Bytes that matter are lit in the dump: "0010  16 pairs, in two halves   text". */
static void light(const struct shown_frame *f, struct grid *g, struct area a)
{
    const struct lines *l = &f->text;
    int i;

    for (i = 0; i < a.rows && l->top + (size_t)i < l->n_rows; i++) {
        const struct line *x = &l->all[l->rows[l->top + (size_t)i].line];
        size_t at, k;

        if (x->tag < HEX_TAG || !l->rows[l->top + (size_t)i].first)
            continue;
        at = (size_t)(x->tag - HEX_TAG);
        for (k = 0; k < 16; k++) {
            int col = a.col + 1 + 6 + (int)k * 3 + (k >= 8);
            int text = a.col + 1 + 6 + 16 * 3 + 1 + 2 + (int)k;

            if (!overlaps(at + k, 1, f->mark_at, f->mark_len))
                continue;
            if (col + 1 < a.col + a.cols) {
                g->cells[(size_t)(a.row + i) * (size_t)g->cols + (size_t)col].style = STYLE_CITED;
                g->cells[(size_t)(a.row + i) * (size_t)g->cols + (size_t)col + 1].style =
                    STYLE_CITED;
            }
            if (text < a.col + a.cols)
                g->cells[(size_t)(a.row + i) * (size_t)g->cols + (size_t)text].style = STYLE_CITED;
        }
    }
}

void show_draw(struct shown_frame *f, struct ui *ui, struct area a)
{
    lines_draw(&f->text, ui_grid(ui), a);
    if (f->has_hex && f->mark_len)
        light(f, ui_grid(ui), a);
}
