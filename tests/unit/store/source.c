/* source: ids, names, bundles, transactions. */
#include "config.h"

#include "support/case.h"

static const char *name_of(struct store *s, uint32_t id)
{
    static struct source src;

    return store_source(s, id, &src, NULL) ? "?" : src.name;
}

static void test_register(struct store *s)
{
    const char *first[] = { "one/site/a.pcap", "one/site/b.pcap", "solo.pcap" };
    const char *second[] = { "one/site/aa.pcap", "one/site/b.pcap", "two/site/a.pcap", "\xff.log" };
    const uint32_t bundles1[] = { 1, 1, 2 }, bundles2[] = { 1, 1, 2, 3 };
    uint32_t ids[4];
    struct source src;

    is_int(store_register(s, first, bundles1, 3, ids, NULL), 0, "registers");
    ok(ids[0] == 1 && ids[1] == 2 && ids[2] == 3, "ids by path");
    is_str(name_of(s, 1), "site/a.pcap", "a name is the last two parts");
    is_str(name_of(s, 3), "solo.pcap", "or what there is");
    is_int(store_register(s, second, bundles2, 4, ids, NULL), 0, "registers again");
    ok(ids[0] == 4 && ids[1] == 2 && ids[2] == 5 && ids[3] == 6, "known paths keep their id");
    is_str(name_of(s, 1), "one/site/a.pcap", "a name that is no longer unique grows");
    is_str(name_of(s, 5), "two/site/a.pcap", "on both sides");
    is_str(name_of(s, 6), "\\xff.log", "bytes that are no UTF-8 are shown");
    store_source(s, 6, &src, NULL);
    is_str(src.path, "\xff.log", "and kept");
    is_int(src.status, SOURCE_PENDING, "new ones are pending");
    is_int(src.bundle, 4, "a bundle of the run gets a number of the case");
    store_source(s, 4, &src, NULL);
    is_int(src.bundle, 1, "a new file joins the bundle of its known siblings");
    is_int(store_register(s, second, bundles2, 4, ids, NULL), 0, "and once more");
    is_int(ids[3], 6, "raw paths are found again");
    is_int(store_source(s, 77, &src, NULL), ERR_USAGE, "no such source");
}

static void test_transaction(struct store *s)
{
    struct source src;
    uint8_t sha[32];

    case_capture(s, 1, 0xaa, 10, true, false);
    store_source(s, 1, &src, NULL);
    ok(src.status == SOURCE_COMPLETE && src.packets == 10 && src.has_sha256, "commits");
    is_str(src.format, "pcap", "keeps the format");
    memset(sha, 0xaa, 32);
    is_int(store_same_content(s, sha, 2), 1, "finds the same content");
    is_int(store_same_content(s, sha, 1), 0, "but not itself");
    store_begin(s, 1, NULL);
    is_int(sql_number(store_db(s), "SELECT count(*) FROM packet_chunk WHERE source = 1", -1), 0,
           "begin removes what was there");
    case_event_put(s, 5, "lost", 1);
    store_rollback(s);
    is_int(sql_number(store_db(s), "SELECT count(*) FROM packet WHERE source = 1", -1), 10,
           "rollback brings it back");
    is_int(sql_number(store_db(s), "SELECT count(*) FROM test_event WHERE name = 'lost'", -1), 0,
           "and forgets the rest");
}

static void test_failed_write(struct store *s)
{
    static const struct fact_kind stranger = { "stranger", FACT_OF_FRAME, "?", NULL, 0 };
    struct fact_where w = { .frame = 1 };
    struct source src;
    struct err err = { 0 };

    store_begin(s, 2, NULL);
    store_source(s, 2, &src, NULL);
    store_facts(s)->put(store_facts(s)->user, &stranger, &w, NULL);
    case_event_put(s, 1, "after", 1);
    is_int(store_commit(s, &src, &err), ERR_SQL, "a failed write is reported by commit");
    ok(strstr(err.msg, "stranger") != NULL, "with its name: %s", err.msg);
    is_int(sql_number(store_db(s), "SELECT count(*) FROM test_event WHERE source = 2", -1), 0,
           "and nothing is kept");
}

int main(void)
{
    char path[128];
    struct store *s = case_open(case_path("source.case", path), STORE_WRITE);

    test_register(s);
    test_transaction(s);
    test_failed_write(s);
    store_close(s);
    case_end();
    return tap_done();
}
