/* screen: rows of a grid as text, for the tests of tui. */
#ifndef TESTS_SUPPORT_SCREEN_H
#define TESTS_SUPPORT_SCREEN_H

#include "base/str.h"
#include "support/tap.h"
#include "tui/grid.h"

__attribute__((unused)) static void is_row(const struct grid *g, int row, const char *want,
                                           const char *what)
{
    struct str s = { 0 };

    grid_row(g, row, &s);
    is_str(str_get(&s), want, what);
    str_free(&s);
}

#endif
