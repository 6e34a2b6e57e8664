/*
 * verdict_list: the verdicts in the order of the home screen: the worst of each group first, under
 * it what belongs to it.
 */
#ifndef TUI_VERDICT_LIST_H
#define TUI_VERDICT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ui;

/* Where an item stands in its group: the worst one leads; the others are why, what followed, or
 * only kin. */
enum place { PLACE_HEAD, PLACE_CAUSE, PLACE_EFFECT, PLACE_KIN };

struct verdict_item {
    char id[32], severity[12], state[12];
    char *title, *subject, *mark;
    bool timed;
    enum place place;
    int rank, group; /* group: the first item of its chain of causes, by rank */
    int64_t ns;
};

struct verdict_list {
    struct verdict_item *items;
    size_t n, cap;
    bool more; /* than are in the list */
};

/* Replaces what is in the list. */
int verdict_list_read(struct ui *ui, struct verdict_list *v, struct err *err);
void verdict_list_free(struct verdict_list *v);

#endif
