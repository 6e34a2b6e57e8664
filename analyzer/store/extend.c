/* extend: what SQL over a case knows beside SQLite's own: `packet` and a few functions. */
#include "config.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/times.h"
#include "store/packet_vtab.h"
#include "store/sql.h"
#include "store/store.h"

static void time_text(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    char text[TIMES_LEN];

    (void)n;
    if (sqlite3_value_type(args[0]) == SQLITE_NULL)
        return;
    sqlite3_result_text(ctx, times_format(sqlite3_value_int64(args[0]), text), -1,
                        SQLITE_TRANSIENT);
}

static void seconds(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    (void)n;
    if (sqlite3_value_type(args[0]) == SQLITE_NULL)
        return;
    sqlite3_result_double(ctx, round((double)sqlite3_value_int64(args[0]) / 1e6) / 1e3);
}

/* endpoint(address, port): "192.0.2.7:8883", "[2001:db8::1]:443"; the address alone without port. */
static void endpoint(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    const char *address = (const char *)sqlite3_value_text(args[0]);
    char text[160];

    (void)n;
    if (!address)
        return;
    if (sqlite3_value_type(args[1]) == SQLITE_NULL)
        snprintf(text, sizeof(text), "%s", address);
    else
        snprintf(text, sizeof(text), strchr(address, ':') ? "[%s]:%lld" : "%s:%lld", address,
                 (long long)sqlite3_value_int64(args[1]));
    sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

static int nibble(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* unhex(text), as SQLite has it from 3.41 on: a blob, or NULL where the text is no hex. */
static void unhex(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    const char *text = (const char *)sqlite3_value_text(args[0]);
    uint8_t out[256];
    size_t i, len = text ? strlen(text) : 0;

    (void)n;
    if (!text || len % 2 || len / 2 > sizeof(out))
        return;
    for (i = 0; i < len / 2; i++) {
        int hi = nibble(text[2 * i]), lo = nibble(text[2 * i + 1]);

        if (hi < 0 || lo < 0)
            return;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    sqlite3_result_blob(ctx, out, (int)(len / 2), SQLITE_TRANSIENT);
}

int store_extend(struct sqlite3 *db, struct err *err)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    if (sqlite3_create_function_v2(db, "time_text", 1, flags, NULL, time_text, NULL, NULL, NULL) ||
        sqlite3_create_function_v2(db, "seconds", 1, flags, NULL, seconds, NULL, NULL, NULL) ||
        sqlite3_create_function_v2(db, "unhex", 1, flags, NULL, unhex, NULL, NULL, NULL) ||
        sqlite3_create_function_v2(db, "endpoint", 2, flags, NULL, endpoint, NULL, NULL, NULL) ||
        packet_vtab_register(db))
        return sql_error(db, err);
    return ERR_OK;
}
