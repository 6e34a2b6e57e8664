#include "config.h"

#include "fact/fact.h"

#include <string.h>

struct fact_value fact_null(void)
{
    return (struct fact_value){ .type = FACT_NULL };
}

struct fact_value fact_int(int64_t v)
{
    return (struct fact_value){ .type = FACT_INT, .u.i = v };
}

struct fact_value fact_int_if(bool known, int64_t v)
{
    return known ? fact_int(v) : fact_null();
}

struct fact_value fact_real(double v)
{
    return (struct fact_value){ .type = FACT_REAL, .u.r = v };
}

struct fact_value fact_text(const char *s)
{
    return s ? fact_textn(s, strlen(s)) : fact_null();
}

struct fact_value fact_textn(const void *p, size_t len)
{
    return (struct fact_value){ .type = FACT_TEXT, .u.b = { p, len } };
}

struct fact_value fact_blob(const void *p, size_t len)
{
    return (struct fact_value){ .type = FACT_BLOB, .u.b = { p, len } };
}
