/*
 * bookmarks: places of the case under a letter.  They live in the case, as notes do; where it
 * cannot be written they last as long as the session.  For ui.c and ui_draw.c only.
 */
#ifndef TUI_BOOKMARKS_H
#define TUI_BOOKMARKS_H

#include <stdbool.h>

#include "tui/keys.h"

struct bookmarks;
struct str;
struct ui;

struct bookmarks *bookmarks_new(void);
void bookmarks_free(struct bookmarks *b);

/* Takes over those that the case holds. */
void bookmarks_read(struct ui *ui);

/* What a person sees of ACTION_bookmark and ACTION_jump: they wait for a letter, which comes here.
 */
void bookmark_ask(struct ui *ui, enum action action);
void bookmark_key(struct ui *ui, int key);
/* What can be typed now; for the bottom line. */
void bookmark_hint(const struct ui *ui, struct str *out);

/* To the one behind (or before) the last one that was visited, by letter, round and round. */
void bookmark_step(struct ui *ui, bool back);
/* A jump follows: '' comes back here. */
void bookmark_leave_from(struct ui *ui);

#endif
