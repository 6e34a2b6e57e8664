#include "config.h"

#include "store/schema.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "fact/fact.h"
#include "store/sql.h"

/* clang-format off */
static const struct schema_column source_columns[] = {
    { "id", "INTEGER NOT NULL", "", "number of the source, by path" },
    { "path", "TEXT NOT NULL", "", "path as given; bytes that are no UTF-8 as `\\xNN`" },
    { "path_raw", "BLOB", "", "path as given, where `path` had to be changed" },
    { "name", "TEXT NOT NULL", "", "last two parts of the path, or all of it where these are not unique" },
    { "bundle", "INTEGER NOT NULL", "", "files of one folder, one archive or one command line" },
    { "kind", "TEXT NOT NULL", "", "`capture`, `log`, `table`, `keylog`, `other`" },
    { "status", "TEXT NOT NULL", "", "`pending`, `complete`, `partial`, `unreadable`, `skipped`" },
    { "format", "TEXT", "", "`pcap`, `pcapng`, `SSLKEYLOGFILE`, ..." },
    { "reason", "TEXT", "", "why it is not complete" },
    { "sha256", "BLOB", "", "of the decompressed bytes; NULL: interrupted or not read" },
    { "options", "BLOB", "", "hash of everything beside the bytes that shapes the facts" },
    { "size", "INTEGER NOT NULL", "bytes", "size of the file" },
    { "stopped_at", "INTEGER NOT NULL", "bytes", "offset behind the last record read whole" },
    { "packets", "INTEGER NOT NULL", "", "records read" },
    { "first_ns", "INTEGER", "ns", "smallest time" },
    { "last_ns", "INTEGER", "ns", "largest time" },
    { "dropped", "INTEGER NOT NULL", "frames", "frames that the capturing machine says it lost" },
    { "evicted", "INTEGER NOT NULL", "", "lives that were not followed to their end, and streams given up, for want of memory" },
    { "tcp", "INTEGER NOT NULL", "frames", "frames with a TCP header" },
    { "udp", "INTEGER NOT NULL", "frames", "frames with a UDP header" },
    { "tcp_syn", "INTEGER NOT NULL", "frames", "SYN without ACK" },
    { "tcp_rst", "INTEGER NOT NULL", "frames", "RST" },
    { "client_hello", "INTEGER NOT NULL", "", "ClientHellos (TLS, DTLS, QUIC, inside OpenVPN)" },
    { "openvpn", "INTEGER NOT NULL", "frames", "frames that complete an OpenVPN packet" },
    { "pppoe", "INTEGER NOT NULL", "frames", "PPPoE discovery and session" },
    { "mqtt", "INTEGER NOT NULL", "frames", "frames in which an MQTT message in clear ends" },
    /* Counted while flows are written, because nobody should count ten million rows. */
    { "lives", "INTEGER", "", "rows of `flow` that it has" },
    { "lives_set_up", "INTEGER", "", "of them, those that are set up" },
    { "lives_waiting", "INTEGER", "", "those with something outstanding at the end" },
    { "lives_both_ways", "INTEGER", "", "those with frames of both ends" },
    { "undecoded", "INTEGER", "frames", "frames of a link type that is not decoded" },
    { "encrypted", "INTEGER", "frames", "frames that are encrypted on the link" },
    { "forgotten", "INTEGER", "", "TCP lives so long ago that a later one on the same ports counts as a first" },
    { "clock_back", "INTEGER", "ns", "the furthest that its clock went back at once; NULL: it did not" },
    { "ppp_unfollowed", "INTEGER", "frames", "PPP control inside L2TP or PPTP, which is not followed" },
    { 0 },
};

static const struct schema_column interface_columns[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "interface_no", "INTEGER NOT NULL", "", "0-based over the whole file" },
    { "section_no", "INTEGER NOT NULL", "", "0-based section of a pcapng file" },
    { "linktype", "INTEGER NOT NULL", "", "LINKTYPE_ value as in files" },
    { "snap_len", "INTEGER NOT NULL", "bytes", "longest captured frame, 0: no limit" },
    { "ticks_per_s", "INTEGER NOT NULL", "", "resolution of the clock" },
    { "name", "TEXT", "", "name, where the file gives one" },
    { "description", "TEXT", "", "description, where the file gives one" },
    { "link", "TEXT", "", "what the link type is called; NULL: nobody gave it a name" },
    { 0 },
};

static const struct schema_column flow_columns[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "id", "INTEGER NOT NULL", "", "1-based per source, in order of first frame" },
    { "proto", "TEXT NOT NULL", "", "`tcp`, `udp`, `icmp`, `pppoe`, ..." },
    { "a", "TEXT NOT NULL", "", "address of the end that opened it, or spoke first" },
    { "b", "TEXT NOT NULL", "", "address of the other end" },
    { "a_port", "INTEGER", "", "port of a" },
    { "b_port", "INTEGER", "", "port of b" },
    { "vlan", "INTEGER", "", "outermost VLAN id" },
    { "life", "INTEGER NOT NULL", "", "1 for the first life of this tuple" },
    { "first_frame", "INTEGER NOT NULL", "frame", "first frame" },
    { "last_frame", "INTEGER NOT NULL", "frame", "last frame" },
    { "first_ns", "INTEGER", "ns", "time of the first frame" },
    { "last_ns", "INTEGER", "ns", "time of the last frame" },
    { "a_frames", "INTEGER NOT NULL", "frames", "sent by a, copies left out" },
    { "b_frames", "INTEGER NOT NULL", "frames", "sent by b, copies left out" },
    { "a_bytes", "INTEGER NOT NULL", "bytes", "payload sent by a, as on the wire" },
    { "b_bytes", "INTEGER NOT NULL", "bytes", "payload sent by b, as on the wire" },
    { "copies", "INTEGER NOT NULL", "frames", "seen twice (second interface, 802.11 retry)" },
    { "app", "TEXT", "", "application" },
    { "app_by", "TEXT", "", "how that is known: `content`, `DPI`, `port`" },
    { "a_opened", "INTEGER NOT NULL", "", "1: it is known that a opened it" },
    { "set_up", "INTEGER NOT NULL", "", "1: the handshake completed, or data went both ways" },
    { "outstanding", "INTEGER NOT NULL", "", "1: something was sent and unanswered at the end" },
    { "end", "TEXT", "", "`closed`, `reset`, `open`, `evicted`, `replaced`" },
    { "tunnel", "TEXT", "", "innermost tunnel around its first frame: protocol, id, ends" },
    { 0 },
};

static const struct schema_column chunk_columns[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "first_frame", "INTEGER NOT NULL", "frame", "first frame of the chunk" },
    { "last_frame", "INTEGER NOT NULL", "frame", "last frame of the chunk" },
    { "min_ns", "INTEGER", "ns", "smallest time" },
    { "max_ns", "INTEGER", "ns", "largest time" },
    { "data", "BLOB NOT NULL", "", "up to 4096 packets, column-wise; read it through `packet`" },
    { "bytes", "INTEGER", "bytes", "on the wire, of its frames with a time" },
    { "resent", "INTEGER", "frames", "of these, retransmissions" },
    { "resets", "INTEGER", "frames", "of these, resets that were accepted" },
    { 0 },
};

static const struct schema_column exhibit_columns[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "frame", "INTEGER NOT NULL", "frame", "frame that a fact cites" },
    { "linktype", "INTEGER NOT NULL", "", "LINKTYPE_ value" },
    { "wire_len", "INTEGER NOT NULL", "bytes", "length on the wire" },
    { "masked", "INTEGER NOT NULL", "", "1: secret bytes were replaced" },
    { "bytes", "BLOB NOT NULL", "", "the first bytes of the frame" },
    { 0 },
};

static const struct schema_column secret_columns[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "id", "INTEGER NOT NULL", "", "1-based per source" },
    { "first_frame", "INTEGER NOT NULL", "frame", "first frame with such bytes" },
    { "last_frame", "INTEGER NOT NULL", "frame", "last frame" },
    { "at", "INTEGER", "bytes", "where they begin in the frame; NULL: all payload of these frames" },
    { "len", "INTEGER", "bytes", "how many" },
    { 0 },
};

static const struct schema_column comment_columns[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "id", "INTEGER NOT NULL", "", "1-based per source" },
    { "of", "TEXT NOT NULL", "", "`section`, `interface`, `frame`, `statistics`" },
    { "frame", "INTEGER", "frame", "the frame, if of one" },
    { "text", "TEXT NOT NULL", "", "the comment found in the capture" },
    { 0 },
};

static const struct schema_column verdict_columns[] = {
    { "id", "TEXT NOT NULL", "", "16 hex digits; stays when a further source joins" },
    { "rank", "INTEGER NOT NULL", "", "place in lists: worst first, then by time" },
    { "rule", "TEXT NOT NULL", "", "id of the rule" },
    { "verdict_key", "TEXT NOT NULL", "", "unique within the rule, made of protocol values" },
    { "say", "TEXT NOT NULL", "", "which sentence of the rule applies" },
    { "state", "TEXT NOT NULL", "", "`confirmed`, `likely`, `unknown`" },
    { "severity", "TEXT NOT NULL", "", "`critical`, `warning`, `notice`, `info`" },
    { "title", "TEXT NOT NULL", "", "one line for lists" },
    { "because", "TEXT NOT NULL", "", "the sentence computed from this capture" },
    { "advice", "TEXT", "", "what to do about it" },
    { "subject", "TEXT NOT NULL", "", "as the rule says it: `flow:ID`, `pair:ID`, `link:A B`, ..." },
    { "subject_kind", "TEXT NOT NULL", "", "`flow`, `link`, `host`, `program`, `source`" },
    { "subject_source", "INTEGER", "", "`source.id` that a flow or source belongs to" },
    { "subject_id", "INTEGER", "", "`flow.id` within that source, or the pair's id" },
    { "proto", "TEXT", "", "of a flow" },
    { "a", "TEXT", "", "end that opened it, address, name: what the subject is called" },
    { "b", "TEXT", "", "the other end of a flow or link" },
    { "numbers", "TEXT NOT NULL", "", "JSON object" },
    { "source", "INTEGER NOT NULL", "", "source of the evidence that made the id" },
    { "frame", "INTEGER", "frame", "frame of it" },
    { "line", "INTEGER", "line", "or line of it" },
    { "time_ns", "INTEGER", "ns", "time of the first evidence" },
    { 0 },
};

static const struct schema_column evidence_columns[] = {
    { "verdict", "TEXT NOT NULL", "", "`verdict.id`" },
    { "n", "INTEGER NOT NULL", "", "1-based, in the order to show" },
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "frame", "INTEGER", "frame", "the frame that proves it" },
    { "line", "INTEGER", "line", "or the line of a log" },
    { "time_ns", "INTEGER", "ns", "its time; NULL: not known" },
    { "local_time", "TEXT", "", "time of a log line as written there" },
    { "error_ns", "INTEGER", "ns", "how far time_ns can be off, where it was found by matching a log with a capture" },
    { "at", "INTEGER", "bytes", "first byte of the frame that matters" },
    { "at_len", "INTEGER", "bytes", "how many" },
    { "what_key", "TEXT NOT NULL", "", "KEY of the rule's header" },
    { "what", "TEXT NOT NULL", "", "what is seen there" },
    { 0 },
};

static const struct schema_column rival_columns[] = {
    { "verdict", "TEXT NOT NULL", "", "`verdict.id`" },
    { "n", "INTEGER NOT NULL", "", "1-based" },
    { "key", "TEXT NOT NULL", "", "KEY of the rule's header" },
    { "cause", "TEXT NOT NULL", "", "another explanation that remains" },
    { "settle", "TEXT NOT NULL", "", "what would settle between them" },
    { 0 },
};

static const struct schema_column missing_columns[] = {
    { "verdict", "TEXT NOT NULL", "", "`verdict.id`" },
    { "n", "INTEGER NOT NULL", "", "1-based" },
    { "key", "TEXT NOT NULL", "", "KEY of the rule's header" },
    { "text", "TEXT NOT NULL", "", "what was not captured, evicted or encrypted" },
    { 0 },
};

static const struct schema_column link_columns[] = {
    { "cause", "TEXT NOT NULL", "", "`verdict.id`" },
    { "effect", "TEXT NOT NULL", "", "`verdict.id` of what it causes" },
    { 0 },
};

static const struct schema_column text_columns[] = {
    { "verdict", "TEXT NOT NULL", "", "`verdict.id`" },
    { "locale", "TEXT NOT NULL", "", "`zh_CN`, ..." },
    { "part", "TEXT NOT NULL", "", "`title`, `because`, `advice`, `what.KEY`, `rival.KEY`, `missing.KEY`" },
    { "text", "TEXT NOT NULL", "", "that part in that language" },
    { 0 },
};

static const struct schema_column annotation_columns[] = {
    { "verdict", "TEXT NOT NULL", "", "`verdict.id`; the note outlives the verdict" },
    { "mark", "TEXT", "", "what a person decided: `accepted`, `dismissed`, ..." },
    { "text", "TEXT", "", "what a person wrote" },
    { 0 },
};

static const struct schema_column bookmark_columns[] = {
    { "name", "TEXT NOT NULL", "", "its letter" },
    { "view", "TEXT NOT NULL", "", "screen that it opens; the other columns say where, as that screen needs it" },
    { "source", "INTEGER", "", "`source.id`" },
    { "flow", "INTEGER", "", "`flow.id` of this source" },
    { "frame", "INTEGER", "frame", "a frame of this source" },
    { "line", "INTEGER", "line", "a line of this source, or the number of a fact or a piece of evidence" },
    { "point", "INTEGER", "", "a time, or the id of a pair" },
    { "verdict", "TEXT", "", "`verdict.id`; the bookmark outlives the verdict" },
    { "text", "TEXT", "", "kind of fact, id of a rule, SQL" },
    { 0 },
};

static const struct schema_column rule_error_columns[] = {
    { "rule", "TEXT NOT NULL", "", "id of the rule that could not be used" },
    { "origin", "TEXT NOT NULL", "", "`built in`, or its file" },
    { "message", "TEXT NOT NULL", "", "why" },
    { 0 },
};

static const struct schema_column run_columns[] = {
    { "id", "INTEGER NOT NULL", "", "1-based" },
    { "folder", "TEXT", "", "working folder" },
    { "machine", "TEXT", "", "host name" },
    { "version", "TEXT NOT NULL", "", "of deadwire" },
    { "sqlite", "TEXT NOT NULL", "", "version of SQLite" },
    { "started_ns", "INTEGER NOT NULL", "ns", "when it was opened for writing" },
    { "ended_ns", "INTEGER", "ns", "when it was closed; NULL: killed" },
    { 0 },
};

#define TABLE(name, ...) static const struct schema_table name##_table = { #name, __VA_ARGS__ }
TABLE(source, "one file that was read, or was to be read", source_columns, "id",
      true, false, { "path", "sha256" });
TABLE(interface, "an interface of a capture", interface_columns, "source, interface_no",
      false, true, { NULL });
TABLE(flow, "one life of a conversation", flow_columns, "source, id", false, true, { "a, b" });
/* The index answers a timeline without touching the pages of the blobs. */
TABLE(packet_chunk, "the packet index behind the virtual table `packet`", chunk_columns,
      "source, first_frame", true, true,
      { "source, first_frame, last_frame, min_ns, max_ns, bytes, resent, resets" });
TABLE(exhibit, "the first bytes of a frame that a fact cites", exhibit_columns, "source, frame",
      false, true, { NULL });
TABLE(secret, "where frames hold passwords and the like; masked for every reader", secret_columns,
      "source, id", false, true, { NULL });
TABLE(comment, "a comment found in a capture", comment_columns, "source, id", false, true, { NULL });
TABLE(verdict, "what the rules say", verdict_columns, "id", true, false, { "rank" });
TABLE(verdict_evidence, "the frames and lines that prove a verdict", evidence_columns, "verdict, n",
      false, false, { "source, frame" });
TABLE(verdict_rival, "other explanations of a verdict", rival_columns, "verdict, n",
      false, false, { NULL });
TABLE(verdict_missing, "what a verdict could not see", missing_columns, "verdict, n",
      false, false, { NULL });
TABLE(verdict_link, "which verdict causes which", link_columns, "cause, effect",
      false, false, { "effect" });
TABLE(verdict_text, "the words of a verdict in other languages", text_columns,
      "verdict, locale, part", false, false, { NULL });
TABLE(annotation, "what people noted about a verdict", annotation_columns, "verdict",
      false, false, { NULL });
TABLE(bookmark, "places that people marked with a letter", bookmark_columns, "name",
      false, false, { NULL });
TABLE(rule_error, "rules that failed in the last run", rule_error_columns, "rule",
      false, false, { NULL });
TABLE(run, "who opened the case for writing; the only table that differs from run to run",
      run_columns, "id", true, false, { NULL });
#undef TABLE

const struct schema_table *const schema_tables[] = {
    &source_table, &interface_table, &flow_table, &packet_chunk_table, &exhibit_table,
    &secret_table, &comment_table, &verdict_table, &verdict_evidence_table, &verdict_rival_table,
    &verdict_missing_table, &verdict_link_table, &verdict_text_table, &annotation_table,
    &bookmark_table, &rule_error_table, &run_table, NULL,
};

static const struct schema_column of_frame[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "id", "INTEGER NOT NULL", "", "1-based per source" },
    { "flow", "INTEGER", "", "`flow.id` of this source" },
    { "frame", "INTEGER", "frame", "where it was seen" },
    { "time_ns", "INTEGER", "ns", "time of that frame" },
    { 0 },
};

static const struct schema_column of_flow[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "id", "INTEGER AS (flow) VIRTUAL", "", "that of its flow" },
    { "flow", "INTEGER NOT NULL", "", "`flow.id` of this source; where and when it began, `flow` says" },
    { 0 },
};

static const struct schema_column of_line[] = {
    { "source", "INTEGER NOT NULL", "", "`source.id`" },
    { "id", "INTEGER NOT NULL", "", "1-based per source" },
    { "line", "INTEGER", "line", "where it was read" },
    { "time_ns", "INTEGER", "ns", "its time, where the zone is known" },
    { "local_time", "TEXT", "", "its time as written" },
    { "clock_ns", "INTEGER", "ns", "its time on the log's own clock, as if that were UTC" },
    { 0 },
};

static const struct schema_column of_pair[] = {
    { "source", "INTEGER NOT NULL", "", "0: a pair belongs to two sources" },
    { "id", "INTEGER NOT NULL", "", "1-based in the case" },
    { 0 },
};
/* clang-format on */

const struct schema_column *schema_fact_columns(const struct fact_kind *kind)
{
    switch (kind->scope) {
    case FACT_OF_FLOW:
        return of_flow;
    case FACT_OF_LINE:
        return of_line;
    case FACT_OF_PAIR:
        return of_pair;
    default:
        return of_frame;
    }
}

const char *schema_fact_key(const struct fact_kind *kind)
{
    return kind->scope == FACT_OF_FLOW ? "source, flow" : "source, id";
}

const char *schema_fact_type(int fact_type)
{
    static const char *const names[] = { [FACT_NULL] = "ANY",
                                         [FACT_INT] = "INTEGER",
                                         [FACT_REAL] = "REAL",
                                         [FACT_TEXT] = "TEXT",
                                         [FACT_BLOB] = "BLOB" };

    return names[fact_type];
}

bool schema_is_written(const char *type)
{
    return !strstr(type, " AS ");
}

void schema_fact_column_type(const struct fact_column *c, struct str *out)
{
    str_adds(out, schema_fact_type((int)c->type));
    if (c->is & FACT_IS_FRAME)
        str_adds(out, " AS (frame) VIRTUAL");
    if (c->is & FACT_IS_RANDOM)
        str_adds(out, " AS (CAST(random_head || random_tail AS BLOB)) VIRTUAL");
}

/* A case of an older version lacks the columns that a table has gained since; they stand last. */
static int add_column(struct sqlite3 *db, const char *table, const char *column, const char *type,
                      struct err *err)
{
    struct str sql = { 0 };
    int rc;

    if (sql_has_column(db, table, column))
        return ERR_OK;
    str_addf(&sql, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", table, column, type);
    rc = sql_exec(db, sql.s, err);
    str_free(&sql);
    return rc;
}

static int create_table(struct sqlite3 *db, const struct schema_table *t, struct err *err)
{
    const struct schema_column *c;
    struct str sql = { 0 };
    size_t i;
    int rc;

    str_addf(&sql, "CREATE TABLE IF NOT EXISTS \"%s\"(", t->name);
    for (c = t->columns; c->name; c++)
        str_addf(&sql, "\"%s\" %s, ", c->name, c->type);
    str_addf(&sql, "PRIMARY KEY(%s)) STRICT%s;", t->key, t->rowid ? "" : ", WITHOUT ROWID");
    rc = sql_exec(db, sql.s, err);
    for (c = t->columns; c->name && rc == ERR_OK; c++)
        rc = add_column(db, t->name, c->name, c->type, err);
    for (i = 0; i < 2 && t->index[i] && rc == ERR_OK; i++) {
        str_clear(&sql);
        str_addf(&sql, "CREATE INDEX IF NOT EXISTS \"%s_index%zu\" ON \"%s\"(%s);", t->name, i + 1,
                 t->name, t->index[i]);
        rc = sql_exec(db, sql.s, err);
    }
    str_free(&sql);
    return rc;
}

static void index_fact(const struct fact_kind *kind, struct str *sql)
{
    size_t i;

    if (kind->scope == FACT_OF_LINE)
        str_addf(sql, "CREATE INDEX IF NOT EXISTS \"%s_line\" ON \"%s\"(source, line);", kind->name,
                 kind->name);
    /* Rules join facts by flow; SQLite makes no automatic index for tables WITHOUT ROWID. */
    if (kind->scope == FACT_OF_FRAME)
        str_addf(sql, "CREATE INDEX IF NOT EXISTS \"%s_flow\" ON \"%s\"(source, flow);", kind->name,
                 kind->name);
    for (i = 0; i < kind->n_columns; i++)
        if (kind->columns[i].is & FACT_KEY)
            str_addf(sql, "CREATE INDEX IF NOT EXISTS \"%s_%s\" ON \"%s\"(\"%s\", source);",
                     kind->name, kind->columns[i].name, kind->name, kind->columns[i].name);
}

int schema_index_fact(struct sqlite3 *db, const struct fact_kind *kind, struct err *err)
{
    struct str sql = { 0 };
    int rc;

    index_fact(kind, &sql);
    rc = sql_exec(db, str_get(&sql), err);
    str_free(&sql);
    return rc;
}

static void describe_fact(const struct fact_kind *kind, struct str *sql)
{
    const struct schema_column *c;
    size_t i;

    str_addf(sql, "CREATE TABLE IF NOT EXISTS \"%s\"(", kind->name);
    for (c = schema_fact_columns(kind); c->name; c++)
        str_addf(sql, "\"%s\" %s, ", c->name, c->type);
    for (i = 0; i < kind->n_columns; i++) {
        str_addf(sql, "\"%s\" ", kind->columns[i].name);
        schema_fact_column_type(&kind->columns[i], sql);
        str_adds(sql, ", ");
    }
    str_addf(sql, "PRIMARY KEY(%s)) STRICT, WITHOUT ROWID", schema_fact_key(kind));
}

/* Columns of the table as it is that the kind still has, and writes. */
static int common_columns(struct sqlite3 *db, const struct fact_kind *kind, struct str *out,
                          struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(db,
                         "SELECT o.name FROM pragma_table_info(?1 || '_before') o"
                         " JOIN pragma_table_info(?1) n ON n.name = o.name ORDER BY o.cid",
                         &st, err);

    if (rc)
        return rc;
    sql_bind_text(st, 1, kind->name);
    while ((rc = sql_step(st, err)) == 1) /* names of ours: the kind has them */
        str_addf(out, "%s\"%s\"", out->len ? ", " : "", sql_text(st, 0));
    sqlite3_finalize(st);
    return rc;
}

/* Of a random that was written whole, its tail was, too; the head must not get lost. */
static int split_random(struct sqlite3 *db, const struct fact_kind *kind, struct err *err)
{
    char sql[128];
    size_t i;

    for (i = 0; i < kind->n_columns; i++)
        if (kind->columns[i].is & FACT_IS_RANDOM) {
            snprintf(sql, sizeof(sql), "UPDATE \"%s\" SET random_head = substr(random, 1, 4)",
                     kind->name);
            return sql_exec(db, sql, err);
        }
    return ERR_OK;
}

/* A case of an older version: what the kind's table has now is taken over. */
static int remake_fact(struct sqlite3 *db, const struct fact_kind *kind, const char *create,
                       struct err *err)
{
    struct str sql = { 0 }, columns = { 0 };
    int rc;

    /* What else is in the schema may be a stranger's, and is not looked at. */
    str_addf(&sql, "PRAGMA legacy_alter_table=ON; ALTER TABLE \"%s\" RENAME TO \"%s_before\"",
             kind->name, kind->name);
    rc = sql_exec(db, sql.s, err);
    if (rc == ERR_OK)
        rc = sql_exec(db, create, err);
    if (rc == ERR_OK)
        rc = common_columns(db, kind, &columns, err);
    str_clear(&sql);
    if (columns.len)
        str_addf(&sql, "INSERT INTO \"%s\"(%s) SELECT %s FROM \"%s_before\";", kind->name,
                 columns.s, columns.s, kind->name);
    str_addf(&sql, "DROP TABLE \"%s_before\"", kind->name);
    if (rc == ERR_OK)
        rc = sql_exec(db, sql.s, err);
    if (rc == ERR_OK)
        rc = schema_index_fact(db, kind, err);
    str_free(&columns);
    str_free(&sql);
    return rc;
}

/* Is a column written in this case that other columns say today? */
static bool is_before(struct sqlite3 *db, const struct fact_kind *kind, const char *column,
                      const char *type)
{
    sqlite3_stmt *st = NULL;
    bool before = false;

    if (schema_is_written(type) ||
        sql_prepare(db, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", &st, NULL))
        return false;
    sql_bind_text(st, 1, kind->name);
    sql_bind_text(st, 2, column);
    before = sql_step(st, NULL) == 1;
    sqlite3_finalize(st);
    return before;
}

static int create_fact(struct sqlite3 *db, const struct fact_kind *kind, struct err *err)
{
    const struct schema_column *c;
    struct str sql = { 0 }, type = { 0 };
    bool before = false;
    size_t i;
    int rc;

    describe_fact(kind, &sql);
    rc = sql_exec(db, sql.s, err);
    for (c = schema_fact_columns(kind); c->name; c++)
        before |= is_before(db, kind, c->name, c->type);
    for (i = 0; i < kind->n_columns && rc == ERR_OK; i++) {
        str_clear(&type);
        schema_fact_column_type(&kind->columns[i], &type);
        before |= is_before(db, kind, kind->columns[i].name, type.s);
        rc = add_column(db, kind->name, kind->columns[i].name, type.s, err);
    }
    if (rc == ERR_OK && before)
        rc = split_random(db, kind, err);
    if (rc == ERR_OK && before)
        rc = remake_fact(db, kind, sql.s, err);
    if (rc)
        err_prefix(err, "table %s", kind->name);
    str_free(&type);
    str_free(&sql);
    return rc;
}

int schema_create(struct sqlite3 *db, const struct fact_kind *const *kinds, struct err *err)
{
    const struct schema_table *const *t;
    int rc = ERR_OK;

    for (t = schema_tables; *t && rc == ERR_OK; t++)
        rc = create_table(db, *t, err);
    for (; kinds && *kinds && rc == ERR_OK; kinds++)
        rc = create_fact(db, *kinds, err);
    return rc;
}
