/*
 * view: what a screen is, and what it may ask of the program around it.
 *
 * Adding one: tui/view_NAME.c with one `const struct view_ops`, a line in views.h, a line in
 * local.mk, and a script of keys in tests/screens/.  A view queries the case through prepared
 * reads, draws into the grid, and keeps its state in the block it is given.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "tui/grid.h"
#include "tui/keys.h"

struct ui;
struct table;
struct frame_reader;
struct rules;
struct store;
struct str;

/* What a view is opened on; each view says which of these it looks at. */
struct view_args {
    uint32_t source, flow;
    uint64_t frame, line;
    int64_t ns;
    char verdict[32]; /* id */
    char text[512];   /* SQL, the name of a kind of fact, a rule's id */
    bool wait;        /* there is a time in `ns` */
};

struct view_ops {
    const char *name;    /* "verdicts": in the config, in the bread crumb, after ':' */
    const char *help;    /* one line */
    enum action bar[10]; /* its own actions, as the bottom bar shows them; ended by ACTION_NONE */
    size_t state_size;   /* zeroed before open */
    int (*open)(struct ui *ui, void *state, const struct view_args *args, struct err *err);
    /* Reads again from the case; NULL: nothing to read. */
    int (*reload)(struct ui *ui, void *state, struct err *err);
    void (*draw)(struct ui *ui, void *state, struct area a);
    /* False: not its action. */
    bool (*act)(struct ui *ui, void *state, enum action action, int count);
    /* The next hit (`back`: the one before) of a text; false: none. */
    bool (*search)(struct ui *ui, void *state, const char *text, bool back);
    /* A filter text, or NULL to take it away; NULL function: cannot be filtered. */
    int (*filter)(struct ui *ui, void *state, const char *text, struct err *err);
    /* A row was clicked (`row` within the area), twice: opened. */
    void (*click)(struct ui *ui, void *state, int row, int col);
    /* What is selected, as plain text; NULL: nothing can be copied. */
    void (*copy)(struct ui *ui, void *state, struct str *out);
    /* What opens this view where it stands now, for bookmarks; false: nowhere that can be told. */
    bool (*place)(struct ui *ui, void *state, struct view_args *out);
    /* The table that it is, for those who choose its columns; NULL: it is none. */
    struct table *(*table)(void *state);
    /* Where it stands, for the end of the title line. */
    void (*status)(struct ui *ui, void *state, struct str *out);
    /* Called while nothing is typed, after the time it asked for (ui_wake_after). */
    void (*tick)(struct ui *ui, void *state);
    void (*close)(void *state);
};

/* -- what views ask of the program
 * ------------------------------------------------------------------ */

struct store *ui_store(struct ui *ui);
struct frame_reader *ui_frames(struct ui *ui);
const struct rules *ui_rules(struct ui *ui); /* NULL: none loaded */
struct grid *ui_grid(struct ui *ui);
/* "zh_CN", or "": the language of the reader. */
const char *ui_locale(struct ui *ui);

/* Opens a view on top of the present one; a failure is shown. */
void ui_open(struct ui *ui, const char *view, const struct view_args *args);
void ui_back(struct ui *ui);

/* One line at the bottom until the next key. */
void ui_say(struct ui *ui, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ui_fail(struct ui *ui, const struct err *err);

/* A time as the reader wants it: clock, or since the start of the case.  `out` holds UI_TIME_LEN.
 */
#define UI_TIME_LEN 40
const char *ui_time(struct ui *ui, bool has, int64_t ns, char out[UI_TIME_LEN]);

/* What can be marked: of frames and conversations the last two, which are compared. */
enum mark_kind { MARK_FRAME, MARK_LIFE, MARK_VERDICT, MARK_KINDS };

struct mark {
    enum mark_kind kind;
    uint32_t source;
    uint64_t no;      /* frame, or flow */
    char verdict[32]; /* id */
};

/* Marks it, or takes its mark away. */
void ui_mark(struct ui *ui, const struct mark *m);
bool ui_marked(const struct ui *ui, const struct mark *m);
bool ui_frame_marked(const struct ui *ui, uint32_t source, uint64_t frame);
/* The n-th marked one of its kind, the oldest first; NULL: there are not so many. */
const struct mark *ui_mark_at(const struct ui *ui, enum mark_kind kind, int n);
void ui_unmark(struct ui *ui, enum mark_kind kind);

/* A key came that stops what takes long; polled by loops. */
bool ui_stopped(struct ui *ui);
/* Any key has come, and waits to be used: what is done while nobody types gives way. */
bool ui_typed(struct ui *ui);
/* Call `tick` in so many milliseconds, 0: not at all. */
void ui_wake_after(struct ui *ui, int ms);

/* Marks or annotates a verdict in the case ("accepted", "dismissed", NULL: no mark). */
int ui_annotate(struct ui *ui, const char *verdict, const char *mark, const char *text,
                struct err *err);
/* Asks for a note; what is typed goes to ui_annotate. */
void ui_ask_note(struct ui *ui, const char *verdict, const char *present);

#endif
