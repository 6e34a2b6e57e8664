/*
 * keys: what a key does: one table makes the help, the bottom bar and the names in the config file.
 *
 * The keys are the union of what people know from less, vim, tig, htop, lnav and sngrep; every function
 * key has a letter beside it, because some terminals keep those for themselves.
 */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Keys are Unicode code points; those without one lie behind the last. */
enum key_code {
    KEY_CODE_ESC = 0x1b,
    KEY_CODE_ENTER = '\r',
    KEY_CODE_TAB = '\t',
    KEY_CODE_SPECIAL = 0x110000,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_BACKTAB,
    KEY_CODE_RESIZE,
    KEY_CODE_MOUSE,
    KEY_CODE_NONE, /* nothing came within the time */
    KEY_CODE_F0,   /* F1 is KEY_CODE_F0 + 1 */
    KEY_CODE_F12 = KEY_CODE_F0 + 12,
    KEY_PASTED = 0x1000000, /* a flag: the character was pasted, no key was pressed */
};

#define KEY_CTRL(c) ((c) & 0x1f)

/* X(name in the config, help, the view that it opens if any).  Their order is that of the help. */
/* clang-format off */
#define ACTIONS(X)                                         \
    X(down, "one row down")                                \
    X(up, "one row up")                                    \
    X(left, "to the left")                                 \
    X(right, "to the right")                               \
    X(page_down, "one page down")                          \
    X(page_up, "one page up")                              \
    X(half_down, "half a page down")                       \
    X(half_up, "half a page up")                           \
    X(top, "to the first row")                             \
    X(end, "to the last row; with a number: to that row")  \
    X(open, "open what is selected")                       \
    X(back, "one level back")                              \
    X(quit, "leave")                                       \
    X(leave, "leave, when pressed twice")                                       \
    X(help, "this help", "help")                           \
    X(verdicts, "the verdicts: what died, and why")        \
    X(lives, "the conversations", "lives")                 \
    X(packets, "the packets", "packets")                   \
    X(sources, "the sources: what was read, and how far", "sources") \
    X(facts, "the facts that the rules judge", "facts")    \
    X(lines, "the lines of logs", "lines")                 \
    X(timeline, "what happened when", "timeline")          \
    X(compare, "two captures of the same traffic, two marked frames or conversations", "compare") \
    X(rules, "the rules and their SQL", "rules")           \
    X(ladder, "the ladder of this conversation")           \
    X(plot, "numbers of this conversation or pair as a graph") \
    X(hex, "bytes on or off")                              \
    X(text, "what the frame and its conversation carry, as text") \
    X(mark, "mark this row; in a text: one page down")     \
    X(unmark, "nothing is marked any more")                \
    X(copy, "copy what is selected to the clipboard (OSC 52)") \
    X(bookmark, "with a letter: bookmark this place")      \
    X(jump, "with a letter: to that bookmark; twice: back from the last jump") \
    X(next_bookmark, "to the next bookmark")               \
    X(prev_bookmark, "to the previous bookmark")           \
    X(search, "search forward")                            \
    X(search_next, "next hit")                             \
    X(search_prev, "previous hit")                         \
    X(filter, "show only rows with a text")                \
    X(command, "command line")                             \
    X(sql, "SQL prompt")                                   \
    X(sort_next, "sort by the next column")                \
    X(sort_prev, "sort by the previous column")            \
    X(sort_reverse, "sort the other way")                  \
    X(columns, "choose the columns of a table", "columns") \
    X(move_down, "this column further to the right (among the columns)") \
    X(move_up, "this column further to the left (among the columns)") \
    X(reset, "the columns as they were (among the columns)") \
    X(next_finding, "next verdict of warning or worse")    \
    X(prev_finding, "previous verdict of warning or worse") \
    X(next_warning, "next verdict that is a warning, round and round") \
    X(next_file, "next source")                            \
    X(prev_file, "previous source")                        \
    X(accept, "accept the verdict, or all that are marked") \
    X(dismiss, "dismiss the verdict, or all that are marked") \
    X(annotate, "write a note on the verdict")             \
    X(pane, "to the other part of the screen")             \
    X(zoom, "this part alone on the screen")               \
    X(layout, "two parts: below each other, side by side, as the width allows") \
    X(zoom_in, "a closer look; of two parts: a larger list")  \
    X(zoom_out, "a wider look; of two parts: a smaller list") \
    X(play, "play, or stop")                               \
    X(faster, "play faster")                               \
    X(slower, "play slower")                               \
    X(save, "write what is shown to a file")               \
    X(setup, "what can be set: colours, characters, times, layout", "setup") \
    X(time_format, "times: the clock, or since the start") \
    X(reload, "read the case again")                       \
    X(redraw, "draw the screen again")                     \
    X(stop, "stop loading or searching")
/* clang-format on */

enum action {
    ACTION_NONE,
#define X(id, ...) ACTION_##id,
    ACTIONS(X)
#undef X
        ACTIONS_N
};

struct key_bind {
    int key;
    const char *view; /* NULL: everywhere */
    enum action action;
};

struct keys;

struct keys *keys_new(void);
void keys_free(struct keys *k);

/*
 * Reads lines "bind KEY ACTION" or "bind VIEW KEY ACTION", '#' comments.  A line that makes no sense
 * is ERR_USAGE and named; those before it hold.
 */
int keys_read(struct keys *k, const char *text, const char *path, struct err *err);
/* One of these lines, which is taken apart. */
int keys_read_line(struct keys *k, char *line, struct err *err);

enum action keys_action(const struct keys *k, const char *view, int key);
/* The first key of an action in a view, as shown ("Enter", "^F", "x"); "" if it has none. */
const char *keys_of(const struct keys *k, const char *view, enum action a, char out[16]);
/* All keys of an action: "j, Down". */
struct str;
void keys_all_of(const struct keys *k, enum action a, struct str *out);

const char *action_name(enum action a);
const char *action_help(enum action a);
/* The view that it opens where no view takes it for something else; NULL: none. */
const char *action_view(enum action a);
/* KEY_CODE_NONE: no such key. */
int key_from_name(const char *name);
const char *keys_name(int key, char out[16]);
/* The character of a key that is one. */
const char *keys_utf8(int key, char out[5]);

#endif
