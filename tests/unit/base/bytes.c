/* bytes: a cursor reads what is there, and says so where it is not. */
#include "config.h"

#include "base/bytes.h"
#include "tests/support/tap.h"

static const uint8_t some[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static struct bytes first(size_t n)
{
    return bytes_of(some, n);
}

static void numbers(void)
{
    struct bytes b = first(9);

    is_int(bytes_be16(&b), 0x0102, "16 bits");
    is_int(bytes_be24(&b), 0x030405, "24 bits behind them");
    is_int(bytes_be32(&b), 0x06070809, "32 bits");
    ok(b.left == 0 && !b.short_read, "all of it was there");
    b = first(8);
    is_int((int64_t)bytes_be64(&b), 0x0102030405060708, "64 bits");
    b = first(8);
    is_int((int64_t)bytes_le64(&b), 0x0807060504030201, "the other way round");
    b = first(4);
    is_int(bytes_le32(&b), 0x04030201, "32 bits the other way round");
    b = first(2);
    is_int(bytes_u16(&b, false), 0x0201, "in the order that the file tells");
}

static void too_short(void)
{
    struct bytes b = first(3), sub;
    uint8_t copy[4] = { 9, 9, 9, 9 };

    is_int(bytes_be32(&b), 0, "three of four bytes are no number");
    ok(b.short_read && b.left == 0, "and the cursor is used up");
    is_int(bytes_u8(&b), 0, "nothing comes after that");
    b = first(7);
    is_int((int64_t)bytes_be64(&b), 0, "seven of eight bytes neither");
    ok(b.short_read, "and it shows");
    b = first(3);
    bytes_copy(&b, copy, 4);
    ok(!copy[0] && !copy[3] && b.short_read, "a copy of more is zero");
    b = first(3);
    sub = bytes_sub(&b, 5);
    ok(sub.left == 3 && sub.short_read && b.short_read, "a part that is too long has what there is");
    b = first(3);
    is_int(bytes_peek(&b, 3), 0, "a look past the end");
    ok(!b.short_read, "does no harm");
    b = first(3);
    ok(!bytes_take(&b, 4) && b.short_read, "nor is there a pointer to it");
}

int main(void)
{
    numbers();
    too_short();
    return tap_done();
}
