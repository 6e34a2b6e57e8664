/*
 * vec: growing arrays without a type of their own.
 *
 *     struct item *items = NULL; size_t n = 0, cap = 0;
 *     VEC_PUSH(items, n, cap, item);      then free(items)
 *
 * For arrays whose growth is bounded by something else (a named limit, the number of files).
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/mem.h"

#define VEC_PUSH(array, n, cap, ...)                                 \
    do {                                                             \
        if ((n) == (cap)) {                                          \
            (cap) = (cap) ? (cap) * 2 : 16;                          \
            (array) = xrealloc((array), (cap), sizeof((array)[0]));  \
        }                                                            \
        (array)[(n)++] = (__VA_ARGS__);                              \
    } while (0)

#endif
