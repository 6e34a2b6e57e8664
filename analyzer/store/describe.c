/* describe: docs/store.md, written from the descriptors so that it cannot go stale. */
#include "config.h"

#include "base/str.h"
#include "fact/fact.h"
#include "store/schema.h"
#include "store/store.h"

static void add_row(struct str *out, const char *name, const char *type, const char *unit,
                    const char *meaning)
{
    str_addf(out, "| `%s` | %s | %s | %s |\n", name, type, unit ? unit : "", meaning);
}

static void add_head(struct str *out, const char *name, const char *meaning, const char *key)
{
    str_addf(out, "\n### %s\n\n%s. Key: `%s`.\n\n", name, meaning, key);
    str_adds(out, "| column | type | unit | meaning |\n| --- | --- | --- | --- |\n");
}

static void describe_fact(struct str *out, const struct fact_kind *kind)
{
    const struct schema_column *c;
    struct str type = { 0 };
    size_t i;

    add_head(out, kind->name, kind->meaning, schema_fact_key(kind));
    for (c = schema_fact_columns(kind); c->name; c++)
        add_row(out, c->name, c->type, c->unit, c->meaning);
    for (i = 0; i < kind->n_columns; i++) {
        str_clear(&type);
        schema_fact_column_type(&kind->columns[i], &type);
        add_row(out, kind->columns[i].name, type.s, kind->columns[i].unit,
                kind->columns[i].meaning);
    }
    str_free(&type);
}

/* clang-format off */
static const struct schema_column packet_columns[] = {
    { "source", "INTEGER", "", "`source.id`" },
    { "frame", "INTEGER", "frame", "1-based in its capture, as Wireshark shows it" },
    { "time_ns", "INTEGER", "ns", "time, or NULL" },
    { "wire_len", "INTEGER", "bytes", "length on the wire" },
    { "cap_len", "INTEGER", "bytes", "length in the file" },
    { "interface", "INTEGER", "", "`interface.interface_no`" },
    { "offset", "INTEGER", "bytes", "of the frame's bytes in the (decompressed) file" },
    { "flow", "INTEGER", "", "`flow.id`, or NULL" },
    { "from_b", "INTEGER", "", "1: sent by b of the flow; NULL without a flow" },
    { "marks", "INTEGER", "", "what the TCP machine saw (bits)" },
    { "trouble", "INTEGER", "", "what is wrong with the frame itself (bits)" },
    { "linktype", "INTEGER", "", "LINKTYPE_ value" },
    { "channel", "INTEGER", "", "802.11: number of the channel; this and what follows: NULL if unknown" },
    { "frequency_mhz", "INTEGER", "MHz", "802.11: the channel's frequency" },
    { "rate_kbps", "INTEGER", "kbit/s", "802.11: data rate" },
    { "mcs", "INTEGER", "", "802.11n and later: index of modulation and coding" },
    { "signal_dbm", "INTEGER", "dBm", "802.11: signal at the receiver" },
    { "noise_dbm", "INTEGER", "dBm", "802.11: noise at the receiver" },
    { "signal_percent", "INTEGER", "%", "802.11: signal as the receiver's driver rates it" },
    { 0 },
};
/* clang-format on */

char *store_describe(const struct fact_kind *const *kinds)
{
    const struct schema_table *const *t;
    const struct schema_column *c;
    struct str out = { 0 };

    str_adds(&out,
             "# The tables of a case\n\n"
             "A case is one SQLite file: `application_id` 0x44575245, STRICT tables. This page is\n"
             "written by deadwire itself from the descriptors that also create the tables. Any\n"
             "SELECT can be asked with `deadwire query CASE SQL`; four functions help to read it:\n"
             "`time_text(ns)` gives RFC 3339, `seconds(ns)` a number with three decimals,\n"
             "`endpoint(address, port)` the two as one text, `unhex(text)` a blob.\n"
             "\n## Tables\n");
    for (t = schema_tables; *t; t++) {
        add_head(&out, (*t)->name, (*t)->meaning, (*t)->key);
        for (c = (*t)->columns; c->name; c++)
            add_row(&out, c->name, c->type, c->unit, c->meaning);
    }
    str_adds(&out, "\n## Packets\n");
    add_head(&out, "packet", "one frame of a capture (a virtual table over `packet_chunk`)",
             "source, frame");
    for (c = packet_columns; c->name; c++)
        add_row(&out, c->name, c->type, c->unit, c->meaning);
    if (kinds && *kinds)
        str_adds(&out, "\n## Facts\n");
    for (; kinds && *kinds; kinds++)
        describe_fact(&out, *kinds);
    return str_take(&out);
}
