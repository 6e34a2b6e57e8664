/*
 * prompt: one line that is typed: editing, history, completion.
 */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "tui/grid.h"

#define PROMPT_HISTORY_MAX 100
#define PROMPT_LEN_MAX     4000 /* bytes of a line */

enum prompt_kind {
    PROMPT_NONE,
    PROMPT_SEARCH,
    PROMPT_FILTER,
    PROMPT_COMMAND,
    PROMPT_SQL,
    PROMPT_NOTE,
    PROMPT_SAVE,
    PROMPT_KINDS
};

struct prompt {
    enum prompt_kind kind; /* PROMPT_NONE: nothing is typed */
    struct str text;
    size_t at; /* cursor, in bytes */
    char *history[PROMPT_KINDS][PROMPT_HISTORY_MAX];
    int n_history[PROMPT_KINDS], back; /* how far back we are */
    /* Completes the word before the cursor: the n-th candidate, or NULL. */
    const char *(*candidate)(void *user, enum prompt_kind kind, const char *word, int n);
    void *user;
    int tried;       /* completions offered so far */
    struct str word; /* the word that is being completed */
};

enum prompt_result { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_GIVEN_UP };

void prompt_start(struct prompt *p, enum prompt_kind kind, const char *text);
void prompt_end(struct prompt *p);
void prompt_free(struct prompt *p);

/* DONE: the line is in p->text and in the history. */
enum prompt_result prompt_key(struct prompt *p, int key);

/* Returns the column of the cursor. */
int prompt_draw(const struct prompt *p, struct grid *g, int row);

#endif
