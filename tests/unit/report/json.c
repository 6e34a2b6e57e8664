/* json: escapes, commas, numbers. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "report/json.h"
#include "support/tap.h"

int main(void)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    struct json j;

    json_start(&j, f);
    json_open(&j, NULL, '{');
    json_text(&j, "a\"b", "\\ \n \x01 \x7f \xe4\xb8\x80 \xff");
    json_text(&j, "none", NULL);
    json_int(&j, "i", INT64_MIN);
    json_open(&j, "list", '[');
    json_real(&j, NULL, 1.5);
    json_real(&j, NULL, 2);
    json_real(&j, NULL, -0.0001);
    json_real(&j, NULL, 0.0005);
    json_real(&j, NULL, INFINITY);
    json_close(&j, ']');
    json_open(&j, "empty", '{');
    json_close(&j, '}');
    json_bool(&j, "yes", true);
    json_raw(&j, "raw", "{\"x\":1}");
    json_time(&j, "t", "t_ns", true, 1795248000000000001);
    json_time(&j, "u", "u_ns", false, 0);
    json_close(&j, '}');
    json_line(&j);
    json_open(&j, NULL, '[');
    json_close(&j, ']');
    json_line(&j);
    fclose(f);
    is_str(text,
           "{\"a\\\"b\":\"\\\\ \\n \\u0001 \\u007f \xe4\xb8\x80 \\ufffd\",\"none\":null,"
           "\"i\":-9223372036854775808,\"list\":[1.5,2.0,0.0,0.001,null],\"empty\":{},\"yes\":true,"
           "\"raw\":{\"x\":1},\"t\":\"2026-11-21T08:00:00.000000001Z\","
           "\"t_ns\":\"1795248000000000001\",\"u\":null,\"u_ns\":null}\n[]\n",
           "everything");
    free(text);
    return tap_done();
}
