/* jsonl: the machine formats are valid JSON with the members that design.md promises. */
#include "config.h"

#include "report/report.h"
#include "support/story.h"

static void write_report(struct store *s, enum report_format format, const char *name)
{
    struct report_options o = { .format = format };
    char path[128];
    FILE *f = fopen(case_path(name, path), "w");
    struct err err = { 0 };

    ok(f && report_case(s, &o, f, &err) == 0, "writes %s", name);
    if (f)
        fclose(f);
}

/* 0: python3 agrees, 1: it does not, -1: there is none. */
static int python(const char *code)
{
    char command[1024];
    int rc;

    if (system("python3 -c 'import json' 2>/dev/null"))
        return -1;
    snprintf(command, sizeof(command), "cd %s && python3 -c '%s'", case_folder, code);
    rc = system(command);
    return rc != 0;
}

static void check(const char *what, const char *code)
{
    int rc = python(code);

    if (rc < 0)
        printf("ok %d - %s # SKIP no python3\n", ++tap_n, what);
    else
        ok(rc == 0, "%s", what);
}

static bool same_file(const char *a, const char *b)
{
    char command[256];

    snprintf(command, sizeof(command), "cmp -s %s/%s %s/%s", case_folder, a, case_folder, b);
    return system(command) == 0;
}

int main(void)
{
    char path[128];
    struct store *s = case_open(case_path("json.case", path), STORE_WRITE);

    story(s);
    write_report(s, REPORT_JSONL, "a.jsonl");
    write_report(s, REPORT_JSON, "a.json");
    store_close(s);
    s = case_open(path, STORE_WRITE);
    write_report(s, REPORT_JSONL, "b.jsonl");
    store_close(s);
    ok(same_file("a.jsonl", "b.jsonl"), "the same case gives the same bytes");
    check("jsonl is one object a line",
          "import json; l = [json.loads(x) for x in open(\"a.jsonl\")]; "
          "assert [x[\"schema\"][9:] for x in l] == [\"verdict/1\"] * 2 + [\"source/1\"] * 3 + "
          "[\"summary/1\"]");
    check("a verdict has its members",
          "import json; v = json.loads(open(\"a.jsonl\").readline()); "
          "assert v[\"subject\"] == {\"kind\": \"flow\", \"proto\": \"tcp\", "
          "\"a\": \"192.0.2.7:26947\", \"b\": \"[2001:db8::1]:8883\"}; "
          "assert v[\"numbers\"] == {\"outcome\": \"stuck\", \"quiet_s\": 12.5, "
          "\"isn_delta\": None}; "
          "e = v[\"evidence\"][0]; assert e == {\"source\": \"site/a.pcap\", \"frame\": 2, "
          "\"time\": \"2026-11-21T08:00:02.000000000Z\", \"time_ns\": \"1795248002000000000\", "
          "\"what\": \"SYN on a live connection\"}; "
          "assert len(v[\"causes\"]) == 1 and v[\"caused_by\"] == []; "
          "assert v[\"rivals\"][0][\"settle\"] == \"a capture that begins earlier\"");
    check("evidence from text",
          "import json; v = [json.loads(x) for x in open(\"a.jsonl\")][1]; "
          "assert v[\"evidence\"][0] == {\"source\": \"site/z.log\", \"line\": 12, \"time\": None, "
          "\"time_ns\": None, \"local_time\": \"Nov 21 08:00:12\", \"what\": \"the log says so\"}; "
          "assert v[\"missing\"] == [\"the second ClientHello\"] and v[\"advice\"] is None");
    check("a source and the summary",
          "import json; l = [json.loads(x) for x in open(\"a.jsonl\")]; "
          "assert l[2][\"sha256\"] == \"aa\" * 32 and l[2][\"packets\"] == 20 and "
          "l[2][\"counts\"][\"tcp\"] == 0; assert l[5][\"result\"] == \"fault\"");
    check("json is one object",
          "import json; o = json.load(open(\"a.json\")); "
          "assert o[\"schema\"] == \"deadwire.case/1\" and len(o[\"verdicts\"]) == 2 and "
          "len(o[\"sources\"]) == 3 and o[\"summary\"][\"result\"] == \"fault\"");
    case_end();
    return tap_done();
}
