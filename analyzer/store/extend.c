/* extend: what SQL over a case knows beside SQLite's own: `packet`, time_text(), seconds(). */
#include "config.h"

#include <math.h>
#include <sqlite3.h>

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

int store_extend(struct sqlite3 *db, struct err *err)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    if (sqlite3_create_function_v2(db, "time_text", 1, flags, NULL, time_text, NULL, NULL, NULL) ||
        sqlite3_create_function_v2(db, "seconds", 1, flags, NULL, seconds, NULL, NULL, NULL) ||
        packet_vtab_register(db))
        return sql_error(db, err);
    return ERR_OK;
}
