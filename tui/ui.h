/*
 * ui: the program around the views: their stack, the prompt, the message line, the loop.  For the
 * files of tui/ that are no views.
 */
#ifndef TUI_UI_H
#define TUI_UI_H

#include "base/str.h"
#include "tui/prompt.h"
#include "tui/split.h"
#include "tui/tui.h"
#include "tui/view.h"

#define UI_LEVELS_MAX 16 /* views on top of each other */
#define UI_ROWS_LEAST 8  /* smaller screens say that they are too small */
#define UI_COLS_LEAST 40

/* Where keys come from and screens go to. */
struct ui_io {
    void *user;
    bool plain; /* ASCII, unless the config says otherwise */
    /* The next key; KEY_CODE_NONE after `timeout_ms` (negative: wait for ever). */
    int (*key)(void *user, int timeout_ms);
    void (*show)(void *user, const struct grid *g, int cursor_row, int cursor_col);
    void (*size)(void *user, int *rows, int *cols);
    /* Where the mouse was, after KEY_CODE_MOUSE; wheel: -1 up, 1 down, 0 a click. */
    void (*mouse)(void *user, int *row, int *col, int *wheel, bool *twice);
    /* Text for the clipboard; NULL: there is none. */
    void (*copy)(void *user, const char *text, size_t len);
    /* Other colours from now on; NULL: there are none to choose. */
    void (*look)(void *user, enum theme_look look, bool no_color);
    /* Nothing is shown between: the program outside may use the terminal. */
};

enum ui_times { TIMES_CLOCK, TIMES_SINCE, TIMES_N };

#define UI_MARKS_MAX 64        /* things that are marked at a time */
#define SETTINGS_MAX 8         /* of config_file.h */
#define UI_COPY_MAX  (1 << 16) /* bytes of a copied text; terminals take no more */

struct ui_level {
    const struct view_ops *ops;
    void *state;
};

struct ui {
    const struct tui_options *o; /* `own`: the case may become another one */
    struct tui_options own;
    char *kept; /* file that the case was kept in, and is read from since; or NULL */
    const struct ui_io *io;
    struct store *store;
    struct frame_reader *frames;
    struct keys *keys;
    struct grid *grid;
    struct ui_level stack[UI_LEVELS_MAX];
    int n_levels;
    struct prompt prompt;
    char note_on[32]; /* verdict that the note being typed belongs to */
    struct str message;
    bool message_is_error;
    char *search;
    char candidate[128]; /* of the last completion */
    int count;           /* digits typed before a key */
    enum ui_times times;
    enum theme_look look;
    bool no_color, ascii_only; /* the terminal takes no other characters */
    enum split_layout layout;
    int settings_before[SETTINGS_MAX]; /* as the session began: what changed is written */
    int split_by;                      /* steps that the list is larger than by itself */
    bool has_start;
    int64_t start_ns;                /* of the case */
    struct mark marks[UI_MARKS_MAX]; /* the oldest first */
    int n_marks;
    struct bookmarks *bookmarks;
    struct columns *columns;
    enum action pending; /* ACTION_bookmark or ACTION_jump: a letter belongs to it */
    bool half_left;      /* Z was pressed once */
    bool leaving, stopped;
    bool unkept, warned; /* a temporary case holds what a person noted; who leaves was told */
    int typed_ahead; /* a key that came while something took long */
    int wake_ms;
    struct tui_progress progress;
    struct area body; /* where the view was drawn */
};

/* Shows a view anew at a place: in its level where it is open, with what lay on it gone; else on
 * top. */
void ui_go(struct ui *ui, const struct view_ops *ops, const struct view_args *args);

int ui_run(const struct tui_options *o, const struct ui_io *io, bool ascii, struct err *err);

/* Reads the case again, in every view. */
void ui_reload(struct ui *ui);
/* Goes on in another file of the same case, in the view that is seen. */
int ui_move(struct ui *ui, const char *path, struct err *err);
/* Closes all views but the first. */
void ui_home(struct ui *ui);
/* The view that is seen. */
struct ui_level *ui_top(struct ui *ui);
/* Draws everything into the grid. */
void ui_draw(struct ui *ui);
/* One key, as if it was typed. */
void ui_key(struct ui *ui, int key);
/* For scripts: makes and frees the program without a loop. */
int ui_new(const struct tui_options *o, const struct ui_io *io, bool ascii, struct ui **out,
           struct err *err);
void ui_free(struct ui *ui);
/* Looks how far loading is; reads again when there is something new. */
void ui_poll(struct ui *ui);

const struct view_ops *view_find(const char *name);
/* All views, ended by NULL. */
const struct view_ops *const *views_all(void);

#endif
