/* frames: the two marked frames line by line, and which of their bytes differ. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/times.h"
#include "frame/frame.h"
#include "frame/layers.h"
#include "store/store.h"
#include "tui/lines.h"
#include "tui/ui.h"

#define HANG      20
#define BYTES_MAX 16384u /* of each frame that are compared */
#define ROW       16u    /* bytes of a line of the dump */
#define HEX_COL   6      /* columns before the first byte in it */

/* A copy: the reader keeps the bytes of one frame at a time. */
struct side {
    struct str head;
    struct layers layers;
    struct str *rows;
    uint8_t *bytes;
    size_t len, n_rows;
};

struct frames {
    struct lines lines;
    int rows;
};

static void free_side(struct side *s)
{
    size_t i;

    for (i = 0; i < s->n_rows; i++)
        str_free(&s->rows[i]);
    free(s->rows);
    free(s->bytes);
    layers_free(&s->layers);
    str_free(&s->head);
}

static int read_side(struct ui *ui, int n, struct side *s, struct err *err)
{
    struct frame_view v;
    struct source src;
    char when[TIMES_LEN];
    const struct mark *m = ui_mark_at(ui, MARK_FRAME, n);
    uint32_t source = m ? m->source : 0;
    uint64_t frame = m ? m->no : 0;
    size_t i;
    int rc;

    if (!m)
        return err_set(err, ERR_USAGE, "mark two frames first");
    rc = frame_read(ui_frames(ui), source, frame, &v, err);
    if (rc)
        return rc;
    str_addf(&s->head, "frame %llu of %s", (unsigned long long)frame,
             store_source(ui_store(ui), source, &src, NULL) == ERR_OK && src.name ? src.name : "?");
    if (v.has_time)
        str_addf(&s->head, "  %s", times_format(v.time_ns, when));
    str_addf(&s->head, "  %u bytes", v.wire_len);
    layers_of(&v, &s->layers);
    s->len = v.len < BYTES_MAX ? v.len : BYTES_MAX;
    s->bytes = xcalloc(1, s->len + 1);
    if (s->len)
        memcpy(s->bytes, v.bytes, s->len);
    s->n_rows = (s->len + ROW - 1) / ROW;
    s->rows = xcalloc(s->n_rows + 1, sizeof(*s->rows));
    for (i = 0; i < s->n_rows; i++)
        layers_hex(&v, i * ROW, &s->rows[i]);
    return ERR_OK;
}

static void add_layer(struct lines *out, const char *which, const struct layer_line *x)
{
    struct str label = { 0 };

    str_addf(&label, "%s %s", which, x->name);
    lines_add(out, 1, str_get(&label), STYLE_DIM, HANG, x->text,
              which[0] == '1' ? STYLE_A : STYLE_B, 0);
    str_free(&label);
}

/* What is the same stands once. */
static void add_layers(struct lines *out, const struct side s[2])
{
    size_t i;

    for (i = 0; i < s[0].layers.n || i < s[1].layers.n; i++) {
        const struct layer_line *a = i < s[0].layers.n ? &s[0].layers.lines[i] : NULL;
        const struct layer_line *b = i < s[1].layers.n ? &s[1].layers.lines[i] : NULL;

        if (a && b && strcmp(a->name, b->name) == 0 && strcmp(a->text, b->text) == 0) {
            lines_add(out, 3, a->name, STYLE_DIM, HANG - 2, a->text, STYLE_DIM, 0);
            continue;
        }
        if (a)
            add_layer(out, "1", a);
        if (b)
            add_layer(out, "2", b);
    }
}

/* "^^" below the bytes that differ. */
static size_t add_carets(struct lines *out, const struct side s[2], size_t row)
{
    char carets[HEX_COL + ROW * 3 + 2];
    size_t at, differ = 0;

    memset(carets, ' ', sizeof(carets));
    carets[sizeof(carets) - 1] = '\0';
    for (at = row * ROW; at < (row + 1) * ROW; at++) {
        size_t k = at - row * ROW, col = HEX_COL + k * 3 + (k >= ROW / 2);
        bool have[] = { at < s[0].len, at < s[1].len };

        if ((!have[0] && !have[1]) || (have[0] && have[1] && s[0].bytes[at] == s[1].bytes[at]))
            continue;
        carets[col] = carets[col + 1] = '^';
        differ++;
    }
    if (differ) /* behind a label, where blanks at the beginning stay */
        lines_add(out, 1, " ", STYLE_DIM, 2, carets, STYLE_CITED, 0);
    return differ;
}

static void add_bytes(struct lines *out, const struct side s[2])
{
    size_t row, differ = 0, head = out->n;
    char text[96];

    lines_say(out, 1, STYLE_STRONG, "");
    for (row = 0; row < s[0].n_rows || row < s[1].n_rows; row++) {
        const struct str *a = row < s[0].n_rows ? &s[0].rows[row] : NULL;
        const struct str *b = row < s[1].n_rows ? &s[1].rows[row] : NULL;

        if (a && b && strcmp(str_get(a), str_get(b)) == 0) {
            lines_add(out, 1, " ", STYLE_DIM, 2, str_get(a), STYLE_DIM, 0);
            continue;
        }
        if (a)
            lines_add(out, 1, "1", STYLE_DIM, 2, str_get(a), STYLE_A, 0);
        if (b)
            lines_add(out, 1, "2", STYLE_DIM, 2, str_get(b), STYLE_B, 0);
        differ += add_carets(out, s, row);
    }
    if (differ)
        snprintf(text, sizeof(text), "%zu bytes differ", differ);
    else
        snprintf(text, sizeof(text), "the same bytes");
    free(out->all[head].text);
    out->all[head].text = xstrdup(text);
}

static int frames_reload(struct ui *ui, void *state, struct err *err)
{
    struct frames *f = state;
    struct side s[2] = { 0 };
    int rc = read_side(ui, 0, &s[0], err);

    if (!rc)
        rc = read_side(ui, 1, &s[1], err);
    if (!rc) {
        lines_clear(&f->lines);
        lines_add(&f->lines, 1, "1", STYLE_A, 2, str_get(&s[0].head), STYLE_STRONG, 0);
        lines_add(&f->lines, 1, "2", STYLE_B, 2, str_get(&s[1].head), STYLE_STRONG, 0);
        lines_gap(&f->lines);
        add_layers(&f->lines, s);
        lines_gap(&f->lines);
        add_bytes(&f->lines, s);
    }
    free_side(&s[0]);
    free_side(&s[1]);
    return rc;
}

static int frames_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct frames *f = state;

    (void)args;
    f->lines.measure = LINES_MEASURE;
    return frames_reload(ui, state, err);
}

static void frames_draw(struct ui *ui, void *state, struct area a)
{
    struct frames *f = state;

    f->rows = a.rows;
    lines_draw(&f->lines, ui_grid(ui), a);
}

static bool frames_act(struct ui *ui, void *state, enum action action, int count)
{
    struct frames *f = state;

    (void)ui;
    return lines_act(&f->lines, action, count, f->rows);
}

static bool frames_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct frames *f = state;

    (void)ui;
    return lines_search(&f->lines, text, back);
}

static void frames_copy(struct ui *ui, void *state, struct str *out)
{
    struct frames *f = state;

    (void)ui;
    lines_copy(&f->lines, out);
}

static void frames_close(void *state)
{
    struct frames *f = state;

    lines_free(&f->lines);
}

extern const struct view_ops frames_view;
const struct view_ops frames_view = {
    .name = "frames",
    .help = "two marked frames (Space, then =), line by line, with the bytes that differ",
    .bar = { ACTION_page_down, ACTION_search, ACTION_copy, ACTION_unmark },
    .state_size = sizeof(struct frames),
    .open = frames_open,
    .reload = frames_reload,
    .draw = frames_draw,
    .act = frames_act,
    .search = frames_search,
    .copy = frames_copy,
    .close = frames_close,
};
