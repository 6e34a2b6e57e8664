/*
 * bytes: a cursor over borrowed bytes that cannot overrun.
 *
 * Reading past the end gives 0 and sets short_read, which stays set: read a whole header, check
 * once.  Packet bytes are never cast to a struct and never indexed.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *p;
    size_t left;
    bool short_read;
};

static inline struct bytes bytes_of(const void *p, size_t len)
{
    return (struct bytes){ .p = p, .left = len };
}

/* True if `n` bytes are there; otherwise the cursor is used up and marked. */
static inline bool bytes_have(struct bytes *b, size_t n)
{
    if (n <= b->left)
        return true;
    b->p += b->left;
    b->left = 0;
    b->short_read = true;
    return false;
}

static inline void bytes_skip(struct bytes *b, size_t n)
{
    if (bytes_have(b, n) && n) {
        b->p += n;
        b->left -= n;
    }
}

static inline uint8_t bytes_u8(struct bytes *b)
{
    uint8_t v;

    if (!bytes_have(b, 1))
        return 0;
    v = b->p[0];
    b->p += 1;
    b->left -= 1;
    return v;
}

static inline uint16_t bytes_be16(struct bytes *b)
{
    uint16_t v;

    if (!bytes_have(b, 2))
        return 0;
    v = (uint16_t)((b->p[0] << 8) | b->p[1]);
    b->p += 2;
    b->left -= 2;
    return v;
}

static inline uint32_t bytes_be24(struct bytes *b)
{
    uint32_t v;

    if (!bytes_have(b, 3))
        return 0;
    v = ((uint32_t)b->p[0] << 16) | ((uint32_t)b->p[1] << 8) | b->p[2];
    b->p += 3;
    b->left -= 3;
    return v;
}

static inline uint32_t bytes_be32(struct bytes *b)
{
    uint32_t v;

    if (!bytes_have(b, 4))
        return 0;
    v = ((uint32_t)b->p[0] << 24) | ((uint32_t)b->p[1] << 16) | ((uint32_t)b->p[2] << 8) | b->p[3];
    b->p += 4;
    b->left -= 4;
    return v;
}

static inline uint64_t bytes_be64(struct bytes *b)
{
    uint64_t hi;

    if (!bytes_have(b, 8))
        return 0;
    hi = bytes_be32(b);
    return (hi << 32) | bytes_be32(b);
}

static inline uint16_t bytes_le16(struct bytes *b)
{
    uint16_t v = bytes_be16(b);

    return (uint16_t)((v >> 8) | (v << 8));
}

static inline uint32_t bytes_le32(struct bytes *b)
{
    return __builtin_bswap32(bytes_be32(b));
}

static inline uint64_t bytes_le64(struct bytes *b)
{
    return __builtin_bswap64(bytes_be64(b));
}

/* In a byte order that the file tells. */
static inline uint16_t bytes_u16(struct bytes *b, bool big)
{
    return big ? bytes_be16(b) : bytes_le16(b);
}

static inline uint32_t bytes_u32(struct bytes *b, bool big)
{
    return big ? bytes_be32(b) : bytes_le32(b);
}

static inline uint64_t bytes_u64(struct bytes *b, bool big)
{
    return big ? bytes_be64(b) : bytes_le64(b);
}

/* The next n bytes as a cursor of their own; fewer (and short_read on both) if they are not there. */
static inline struct bytes bytes_sub(struct bytes *b, size_t n)
{
    struct bytes sub = { .p = b->p, .left = n };

    if (n > b->left) {
        sub.left = b->left;
        sub.short_read = true;
    }
    bytes_skip(b, n);
    return sub;
}

/* Borrowed pointer to the next n bytes, or NULL (and short_read). */
static inline const uint8_t *bytes_take(struct bytes *b, size_t n)
{
    const uint8_t *p = b->p;

    if (!bytes_have(b, n))
        return NULL;
    b->p += n;
    b->left -= n;
    return p;
}

/* Copies n bytes; what is not there is zero. */
static inline void bytes_copy(struct bytes *b, void *out, size_t n)
{
    const uint8_t *p = bytes_take(b, n);

    if (p && n)
        memcpy(out, p, n);
    else
        memset(out, 0, n);
}

/* Looks at the byte at `at` without moving; 0 and short_read unchanged if it is not there. */
static inline uint8_t bytes_peek(const struct bytes *b, size_t at)
{
    return at < b->left ? b->p[at] : 0;
}

#endif
