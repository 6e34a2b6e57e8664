/* pool: what is given back is used again, and blocks do not overlap. */
#include "config.h"

#include "base/pool.h"

#include <stdint.h>
#include <stdlib.h>

#include "tests/support/tap.h"

#define N 1000u

int main(void)
{
    static unsigned char *blocks[N];
    struct pool p;
    unsigned i, bad = 0, k;

    pool_init(&p, 37);
    for (i = 0; i < N; i++) {
        blocks[i] = pool_take(&p);
        bad += (uintptr_t)blocks[i] % sizeof(void *) != 0;
        memset(blocks[i], (int)(i & 0xff), 37);
    }
    is_int(bad, 0, "blocks are aligned");
    for (i = 0; i < N; i++)
        for (k = 0; k < 37; k++)
            bad += blocks[i][k] != (i & 0xff);
    is_int(bad, 0, "and nobody else's");
    for (i = 0; i < N; i += 2)
        pool_give(&p, blocks[i]);
    for (i = 0; i < N; i += 2)
        memset(blocks[i] = pool_take(&p), (int)(i & 0xff), 37);
    for (i = 0; i < N; i++)
        bad += blocks[i][0] != (i & 0xff) || blocks[i][36] != (i & 0xff);
    is_int(bad, 0, "also after half of them were given back and taken again");
    pool_give(&p, NULL);
    for (i = 0; i < N; i++)
        pool_give(&p, blocks[i]);
    pool_free(&p);
    ok(!p.slabs && !p.n_slabs && !p.spare, "and all memory goes back in the end");
    return tap_done();
}
