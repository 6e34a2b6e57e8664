/*
 * mem: small fixed allocations that may abort.
 *
 * Never for a size that comes from a file: that is checked against a named limit first and returns
 * ERR_LIMIT.  What is allocated here is freed with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#define MEM_CACHE_LINE 64u /* bytes that come from memory together, on nearly every machine */

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);

#endif
