#include "config.h"

#include "report/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "base/times.h"

void json_start(struct json *j, FILE *out)
{
    *j = (struct json){ .out = out };
}

void json_line(struct json *j)
{
    assert(j->depth == 0);
    fputc('\n', j->out);
    j->used = 0;
}

static void put_text(struct json *j, const char *s)
{
    size_t n = strlen(s), i = 0, len;
    uint32_t c;

    fputc('"', j->out);
    while (i < n) {
        len = str_utf8(s + i, n - i, &c);
        if (c == '"' || c == '\\')
            fprintf(j->out, "\\%c", (char)c);
        else if (c == '\n')
            fputs("\\n", j->out);
        else if (c < 0x20 || c == 0x7f || c == 0xfffd || c == 0x2028 || c == 0x2029)
            fprintf(j->out, "\\u%04x", (unsigned)c);
        else
            fwrite(s + i, 1, len, j->out);
        i += len;
    }
    fputc('"', j->out);
}

/* What stands before a value: a comma, its key. */
static void begin(struct json *j, const char *key)
{
    uint64_t bit = UINT64_C(1) << j->depth;

    if (j->depth && (j->used & bit))
        fputc(',', j->out);
    j->used |= bit;
    if (key) {
        put_text(j, key);
        fputc(':', j->out);
    }
}

void json_open(struct json *j, const char *key, char bracket)
{
    begin(j, key);
    assert(j->depth < JSON_DEPTH_MAX);
    fputc(bracket, j->out);
    j->depth++;
    j->used &= ~(UINT64_C(1) << j->depth);
}

void json_close(struct json *j, char bracket)
{
    assert(j->depth > 0);
    j->depth--;
    fputc(bracket, j->out);
}

void json_text(struct json *j, const char *key, const char *s)
{
    begin(j, key);
    if (s)
        put_text(j, s);
    else
        fputs("null", j->out);
}

void json_int(struct json *j, const char *key, int64_t v)
{
    begin(j, key);
    fprintf(j->out, "%" PRId64, v);
}

void json_real(struct json *j, const char *key, double v)
{
    char text[400];
    size_t n;

    begin(j, key);
    if (!isfinite(v)) {
        fputs("null", j->out);
        return;
    }
    /* LC_NUMERIC is never set, so the point is a point. */
    n = (size_t)snprintf(text, sizeof(text), "%.3f", v);
    while (text[n - 1] == '0' && text[n - 2] != '.')
        text[--n] = '\0';
    fputs(strcmp(text, "-0.0") == 0 ? "0.0" : text, j->out);
}

void json_bool(struct json *j, const char *key, bool v)
{
    json_raw(j, key, v ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
    json_raw(j, key, "null");
}

void json_raw(struct json *j, const char *key, const char *json)
{
    begin(j, key);
    fputs(json, j->out);
}

void json_time(struct json *j, const char *key, const char *key_ns, bool known, int64_t ns)
{
    char text[TIMES_LEN];

    json_text(j, key, known ? times_format(ns, text) : NULL);
    if (known)
        snprintf(text, sizeof(text), "%" PRId64, ns);
    json_text(j, key_ns, known ? text : NULL);
}
