#include "config.h"

#include "frame/ladder.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "frame/ladder_inside.h"
#include "frame/words.h"

/* -- opening ----------------------------------------------------------------------------------- */

static struct ladder *ladder_new(struct store *s)
{
    struct ladder *l = xcalloc(1, sizeof(*l));

    l->store = s;
    l->spacing = LADDER_PAGE;
    l->marks = xcalloc(LADDER_MARKS_MAX, sizeof(*l->marks));
    return l;
}

/* The walk before the first row. */
static void set_out(struct ladder *l)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        l->now.next[i] = l->side[i].head.first_frame;
        belief_start(&l->now.belief[i], &l->side[i].about);
    }
    l->now.ahead = l->now.next[1];
    l->marks[0] = l->now;
    l->n_marks = 1;
}

static struct ladder *opened(struct ladder *l, int rc)
{
    if (rc) {
        ladder_close(l);
        return NULL;
    }
    set_out(l);
    return l;
}

struct ladder *ladder_open(struct store *s, struct frame_reader *r, uint32_t source, uint32_t flow,
                           struct err *err)
{
    return ladder_open_beside(s, r, source, flow, NULL, err);
}

struct ladder *ladder_open_beside(struct store *s, struct frame_reader *r, uint32_t source,
                                  uint32_t flow, const struct pairview_life *other, struct err *err)
{
    struct ladder *l = ladder_new(s);

    return opened(l, ladder_find_flow(l, r, source, flow, other, err));
}

struct ladder *ladder_open_pair(struct store *s, struct frame_reader *r, int64_t pair,
                                struct err *err)
{
    struct ladder *l = ladder_new(s);

    return opened(l, ladder_find_pair(l, r, pair, err));
}

void ladder_close(struct ladder *l)
{
    unsigned i;

    if (!l)
        return;
    for (i = 0; i < 2; i++)
        if (l->side[i].source)
            side_close(&l->side[i]);
    twin_close(&l->twin);
    for (i = 0; i < LADDER_PAGES; i++)
        free(l->pages[i].rows);
    sqlite3_finalize(l->cites);
    free(l->marks);
    free(l);
}

void ladder_watch(struct ladder *l, const struct watch *w)
{
    l->watch = w ? *w : (struct watch){ 0 };
}

const struct ladder_head *ladder_head(const struct ladder *l)
{
    return &l->head;
}

uint64_t ladder_len(const struct ladder *l, bool *exact)
{
    const struct side_flow *f = &l->side[0].head;
    uint64_t guess = f->n_frames[0] + f->n_frames[1] + f->n_copies + l->head.n_lost[1];

    if (exact)
        *exact = l->end_known;
    if (l->end_known)
        return l->len;
    return guess > l->now.index ? guess : l->now.index;
}

/* -- going on ---------------------------------------------------------------------------------- */

/* Every second mark leaves; from now on they are twice as far apart. */
static void thin_marks(struct ladder *l)
{
    size_t i;

    for (i = 1; 2 * i < l->n_marks; i++)
        l->marks[i] = l->marks[2 * i];
    l->n_marks = i;
    l->spacing *= 2;
}

static void note_mark(struct ladder *l)
{
    if (l->now.index % l->spacing || l->now.index <= l->marks[l->n_marks - 1].index)
        return;
    if (l->n_marks == LADDER_MARKS_MAX) {
        thin_marks(l);
        if (l->now.index % l->spacing)
            return;
    }
    l->marks[l->n_marks++] = l->now;
}

/* The last mark at or before row `index`. */
static const struct walk *mark_before(const struct ladder *l, uint64_t index)
{
    size_t at = l->n_marks;

    while (at > 1 && l->marks[at - 1].index > index)
        at--;
    return &l->marks[at - 1];
}

static int step(struct ladder *l, struct ladder_row *out, struct err *err)
{
    int rc = ladder_step(l, out, err);

    if (rc == 1)
        note_mark(l);
    if (rc < 0 && l->torn)
        ladder_restore(l, mark_before(l, l->now.index));
    if (rc == 0) {
        l->end_known = true;
        l->len = l->now.index;
    }
    return rc;
}

/* Puts the walk before row `index`, or as far as there are rows: 0. */
static int go_to(struct ladder *l, uint64_t index, struct err *err)
{
    const struct walk *mark = mark_before(l, index);
    int rc = 1;

    if (l->now.index > index || l->now.index < mark->index)
        ladder_restore(l, mark);
    while (l->now.index < index && (rc = step(l, NULL, err)) == 1)
        continue;
    return rc;
}

/* -- pages ------------------------------------------------------------------------------------- */

static struct page *find_page(struct ladder *l, uint64_t number)
{
    unsigned i;

    for (i = 0; i < LADDER_PAGES; i++)
        if (l->pages[i].rows && l->pages[i].number == number)
            return &l->pages[i];
    return NULL;
}

/* The page that was not used for longest, emptied. */
static struct page *free_page(struct ladder *l)
{
    struct page *oldest = &l->pages[0];
    unsigned i;

    for (i = 1; i < LADDER_PAGES; i++)
        if (l->pages[i].used < oldest->used)
            oldest = &l->pages[i];
    if (!oldest->rows)
        oldest->rows = xcalloc(LADDER_PAGE, sizeof(*oldest->rows));
    oldest->n = 0;
    oldest->used = 0;
    oldest->number = UINT64_MAX;
    return oldest;
}

static int read_page(struct ladder *l, uint64_t number, struct page **out, struct err *err)
{
    struct page *p = NULL;
    int rc = go_to(l, number * LADDER_PAGE, err);

    if (rc <= 0)
        return rc;
    p = free_page(l);
    while (p->n < LADDER_PAGE && (rc = step(l, &p->rows[p->n], err)) == 1)
        p->n++;
    if (rc < 0) /* half a page is none */
        return rc;
    p->number = number;
    *out = p;
    return 1;
}

int ladder_row(struct ladder *l, uint64_t index, struct ladder_row *out, struct err *err)
{
    struct page *p = find_page(l, index / LADDER_PAGE);
    int rc = 1;

    if (l->end_known && index >= l->len)
        return 0;
    if (!p)
        rc = read_page(l, index / LADDER_PAGE, &p, err);
    if (rc <= 0)
        return rc;
    p->used = ++l->n_calls;
    if (index % LADDER_PAGE >= p->n)
        return 0;
    *out = p->rows[index % LADDER_PAGE];
    return 1;
}

/* -- looking for rows -------------------------------------------------------------------------- */

int ladder_find(struct ladder *l, uint64_t frame_no, uint64_t *index, struct err *err)
{
    size_t at = l->n_marks;
    struct ladder_row row;
    int rc = 1;

    while (at > 1 && l->marks[at - 1].next[0] > frame_no)
        at--;
    if (l->now.next[0] > frame_no || l->now.index < l->marks[at - 1].index)
        ladder_restore(l, &l->marks[at - 1]);
    /* Rows of the other vantage may come between. */
    while (l->now.next[0] <= frame_no && (rc = step(l, NULL, err)) == 1)
        continue;
    if (rc <= 0)
        return rc;
    for (*index = l->now.index ? l->now.index - 1 : 0;; ++*index) {
        rc = ladder_row(l, *index, &row, err);
        if (rc <= 0 || (row.source == l->head.source && row.frame_no >= frame_no))
            return rc;
    }
}

int ladder_next(struct ladder *l, uint64_t index, int way, unsigned flags, uint64_t *found,
                struct err *err)
{
    struct ladder_row row;

    for (;;) {
        int rc;

        if (way < 0 && index == 0)
            return 0;
        index += way < 0 ? UINT64_MAX : 1;
        rc = ladder_row(l, index, &row, err);
        if (rc <= 0)
            return rc;
        if (row.flags & flags) {
            *found = index;
            return 1;
        }
    }
}

const char *ladder_flag_words(unsigned flags, char *out, size_t len)
{
    static const struct {
        unsigned flag;
        const char *words;
    } names[] = {
        { LADDER_LOST, "lost" },
        { LADDER_ELSEWHERE, "only at the other vantage" },
        { LADDER_OUTSIDE, "other vantage not capturing" },
        { LADDER_RESENT, "resent" },
        { LADDER_COPY, "copy" },
        { LADDER_OUT_OF_ORDER, "out of order" },
        { LADDER_GAP, "a segment before it was not captured" },
        { LADDER_KEEP_ALIVE, "keep-alive" },
        { LADDER_ZERO_WINDOW, "zero window" },
        { LADDER_DUPLICATE_ACK, "duplicate ACK" },
        { LADDER_SYN_ON_LIVE, "SYN on a live connection" },
        { LADDER_CHALLENGE_ACK, "challenge ACK" },
        { LADDER_RESET, "resets the other end" },
        { LADDER_RESET_IGNORED, "must be ignored" },
        { LADDER_OLD_LIFE, "of the old life" },
        { LADDER_CITED, "cited" },
        { LADDER_NO_BYTES, "bytes are gone" },
    };
    size_t i;

    *out = '\0';
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (flags & names[i].flag)
            words_add(out, len, "%s%s", *out ? ", " : "", names[i].words);
    return out;
}
