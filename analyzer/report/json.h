/*
 * json: writes JSON as it goes, without a tree.
 *
 * Commas and nesting are kept by the writer; text must be UTF-8 (the store's is) and is escaped.
 * One object is one line: no blanks, no line ends but by json_line.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 63

struct json {
    FILE *out;
    uint64_t used;  /* one bit a level: something stands there already */
    unsigned depth;
};

void json_start(struct json *j, FILE *out);
/* Ends the line of the object just closed. */
void json_line(struct json *j);

/* `key` is NULL inside arrays and at the top. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_text(struct json *j, const char *key, const char *s); /* NULL gives null */
void json_int(struct json *j, const char *key, int64_t v);
void json_real(struct json *j, const char *key, double v); /* up to three decimals */
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
/* JSON that was written before. */
void json_raw(struct json *j, const char *key, const char *json);
/* "key": RFC 3339 or null, and "key_ns": epoch ns as a string or null. */
void json_time(struct json *j, const char *key, const char *key_ns, bool known, int64_t ns);

#endif
