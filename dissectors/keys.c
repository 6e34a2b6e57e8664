#include "config.h"

#include "dissectors/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define FILE_MAX_LEN 65536u

static const char begin_mark[] = "-----BEGIN OpenVPN Static key V1-----";
static const char end_mark[] = "-----END OpenVPN Static key V1-----";

static int nibble(int c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

int keys_add_openvpn(struct dissect_keys *k, const char *path, struct err *err)
{
    char text[FILE_MAX_LEN + 1];
    const char *p, *end;
    uint8_t key[OPENVPN_KEY_LEN];
    size_t n = 0, len;
    FILE *f = fopen(path, "rb");

    if (!f)
        return err_set(err, ERR_IO, "%s: cannot open", path);
    len = fread(text, 1, FILE_MAX_LEN, f);
    fclose(f);
    text[len] = '\0';
    p = strstr(text, begin_mark);
    end = p ? strstr(p, end_mark) : NULL;
    if (!end)
        return err_set(err, ERR_USAGE, "%s: no OpenVPN static key (V1) in it", path);
    for (p += sizeof(begin_mark) - 1; p < end; p++) {
        int hi = nibble((unsigned char)p[0]), lo = hi < 0 ? -1 : nibble((unsigned char)p[1]);

        if (hi < 0)
            continue;
        if (lo < 0 || n == sizeof(key))
            return err_set(err, ERR_USAGE, "%s: the key has not %u bytes", path, OPENVPN_KEY_LEN);
        key[n++] = (uint8_t)(hi << 4 | lo);
        p++;
    }
    if (n != sizeof(key))
        return err_set(err, ERR_USAGE, "%s: the key has not %u bytes", path, OPENVPN_KEY_LEN);
    if (k->n_openvpn == OPENVPN_KEYS_MAX)
        return err_set(err, ERR_LIMIT, "%s: more than %u key files", path, OPENVPN_KEYS_MAX);
    memcpy(k->openvpn[k->n_openvpn++], key, sizeof(key));
    return ERR_OK;
}

static int by_bytes(const void *x, const void *y)
{
    return memcmp(x, y, OPENVPN_KEY_LEN);
}

void keys_hash(const struct dissect_keys *k, uint8_t out[32])
{
    struct dissect_keys sorted = *k;

    if (sorted.n_openvpn)
        qsort(sorted.openvpn, sorted.n_openvpn, OPENVPN_KEY_LEN, by_bytes);
    sha256(sorted.openvpn, sorted.n_openvpn * OPENVPN_KEY_LEN, out);
}
