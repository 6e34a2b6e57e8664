#include "config.h"

#include "evidence/bind_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "evidence/bind_pair.h"
#include "evidence/pasted.h"

#define ROWS_MAX  4096u /* rows of one text; later failures count only if they continue one */
#define PORTS_MAX 1024u /* ports of one row */
#define BACK_MAX  64u   /* rows and listening ports that a later line is compared with */
#define LAST_MAX  8u    /* a process that gives up says so within so many of its lines */

/* clang-format off */
static const struct fact_column columns[] = {
    { "program", FACT_TEXT, "", "who tried; NULL: the log does not name it", 0 },
    { "protocol", FACT_TEXT, "", "udp, tcp; NULL: not named", 0 },
    { "address", FACT_TEXT, "", "local address; NULL: not named", 0 },
    { "first_port", FACT_INT, "", "first port tried", 0 },
    { "last_port", FACT_INT, "", "last port tried", 0 },
    { "fresh_port", FACT_INT, "", "first port if the program was started anew since the failure before; NULL: no doubt", 0 },
    { "tries", FACT_INT, "", "how often; NULL: the log does not tell", 0 },
    { "error", FACT_INT, "", "number of the Windows error, 10013 or 10048 for instance; NULL: not named", 0 },
    { "reason", FACT_TEXT, "", "access, in use, not local; NULL: not named", 0 },
    { "named", FACT_INT, "bool", "the log names the port; else it is the program's known constant", 0 },
    { "outcome", FACT_TEXT, "", "failed, bound (shown_line says that it listens there), lived (shown_line is a later one of the same process), went on (a later port worked), cut (the log ends there)", 0 },
    { "last_line", FACT_INT, "line", "the last of these lines", 0 },
    { "end_line", FACT_INT, "line", "the program gave up; NULL: no such line", 0 },
    { "port_line", FACT_INT, "line", "the line beside it that names the port; NULL: itself", 0 },
    { "shown_line", FACT_INT, "line", "what shows that it is bound or that the process lives; NULL: nothing", 0 },
};
const struct fact_kind bind_failure_fact = {
    "log_bind_failure", FACT_OF_LINE, "a program could not bind a local port, or several in a row", columns,
    sizeof(columns) / sizeof(columns[0]),
};

/* -- rows ----------------------------------------------------------------------------------- */

/* A port that a process has, as an earlier line says. */
struct bound {
    char program[BIND_NAME_MAX];
    uint32_t pid, port;
    uint64_t line;
};

struct bind_log {
    const struct fact_sink *sink;
    struct bind_failure *rows;
    size_t n, cap;
    struct bound bound[BACK_MAX]; /* the last ones */
    size_t n_bound;
    struct bind_pair pair;
};

struct bind_log *bind_log_start(const struct fact_sink *sink)
{
    struct bind_log *b = xcalloc(1, sizeof(*b));

    b->sink = sink;
    return b;
}

static bool continues(const struct bind_failure *row, const struct bind_failure *f)
{
    return f->first_port >= row->first_port && f->first_port <= row->last_port + 1 &&
           f->first_port - row->first_port < PORTS_MAX && row->error == f->error &&
           row->reason == f->reason && row->protocol == f->protocol &&
           strcmp(row->program, f->program) == 0 && strcmp(row->address, f->address) == 0 &&
           strcmp(row->outcome, "bound") != 0 && strcmp(row->outcome, "went on") != 0;
}

/* An address that is bound there too if `there` is bound. */
static bool is_part_of(const char *address, const char *there)
{
    return !address[0] || !there[0] || strcmp(address, there) == 0 ||
           strcmp(there, "0.0.0.0") == 0 || strcmp(there, "::") == 0 || strcmp(there, "*") == 0;
}

/* The program got a port: one that it was refused before, or the next one, as a program that counts
 * upwards does. */
static void note_bound(struct bind_log *b, const struct bind_failure *l, uint64_t line_no)
{
    struct bound *kept = &b->bound[b->n_bound++ % BACK_MAX];
    size_t i;

    *kept = (struct bound){ .pid = l->pid, .port = l->first_port, .line = line_no };
    memcpy(kept->program, l->program, sizeof(kept->program));
    for (i = b->n; i-- > 0 && b->n - i <= BACK_MAX;) {
        struct bind_failure *row = &b->rows[i];

        if (strcmp(row->program, l->program) != 0 || !is_part_of(row->address, l->address) ||
            (row->protocol && l->protocol && row->protocol != l->protocol) ||
            l->first_port < row->first_port || l->first_port > row->last_port + 1 ||
            strcmp(row->outcome, "bound") == 0 || strcmp(row->outcome, "went on") == 0)
            continue;
        row->outcome = l->first_port <= row->last_port ? "bound" : "went on";
        row->shown_line = line_no;
    }
}

/* A later line of a process that could not bind: does it give up or go on? */
static void note_life(struct bind_log *b, const struct bind_failure *l, struct bytes line,
                      uint64_t line_no)
{
    bool end = bind_line_ends(line), trouble = bind_line_trouble(line);
    size_t i;

    for (i = b->n; i-- > 0 && b->n - i <= BACK_MAX;) {
        struct bind_failure *row = &b->rows[i];

        if (row->pid != l->pid || strcmp(row->program, l->program) != 0 || row->end_line ||
            strcmp(row->outcome, "bound") == 0 || strcmp(row->outcome, "went on") == 0)
            continue;
        if (end && row->n_later < LAST_MAX) {
            row->outcome = "failed";
            row->end_line = line_no;
            row->shown_line = 0;
        } else if (!end && !trouble && row->shown_line <= row->last_line) {
            row->outcome = "lived";
            row->shown_line = line_no;
        }
        row->n_later++;
    }
}

static void note_other(struct bind_log *b, struct bytes line, uint64_t line_no)
{
    struct bind_failure l = { .outcome = "" };
    struct text_time time;

    if (line.left > BIND_LOOK_MAX)
        line.left = BIND_LOOK_MAX;
    text_blanks(&line);
    text_time(&line, &time);
    if (bind_line_bound(line, &l)) {
        note_bound(b, &l, line_no);
    } else if (b->n && memchr(line.p, ']', line.left)) { /* "name[pid]" */
        bind_line_program(line, &l);
        if (l.pid)
            note_life(b, &l, line, line_no);
    }
}

/* The same process has the port with another address: IPv4 beside IPv6 for instance. */
static void see_bound(const struct bind_log *b, struct bind_failure *f)
{
    size_t i;

    for (i = 0; f->pid && i < b->n_bound && i < BACK_MAX; i++)
        if (b->bound[i].pid == f->pid && b->bound[i].port == f->first_port &&
            strcmp(b->bound[i].program, f->program) == 0) {
            f->outcome = "bound";
            f->shown_line = b->bound[i].line;
        }
}

/* What the line of a failure itself says of what came of it. */
static void settle(struct bind_failure *row, struct bytes line, uint64_t line_no)
{
    bool life = bind_line_lives(line, row);

    row->outcome = life ? "lived" : "failed";
    row->shown_line = life ? line_no : 0;
}

bool bind_log_line(struct bind_log *b, struct bytes line, uint64_t line_no)
{
    struct bind_failure said, f;
    size_t i;
    bool any = bind_line_read(line, &said);

    if (any && said.first_port) {
        f = said;
        f.line = line_no;
    } else if (bind_pair_line(&b->pair, line, line_no, any ? &said : NULL, &f)) {
        line.left = 0; /* the hint is no word of the failure */
    } else {
        note_other(b, line, line_no);
        return false;
    }
    for (i = b->n; i-- > 0;) {
        struct bind_failure *row = &b->rows[i];

        if (!continues(row, &f))
            continue;
        if (f.first_port > row->last_port)
            row->last_port = f.first_port;
        row->tries++;
        row->last_line = f.line;
        row->pid = f.pid;
        row->end_line = row->n_later = 0;
        settle(row, line, f.line);
        return true;
    }
    settle(&f, line, f.line);
    see_bound(b, &f);
    f.last_line = f.line;
    if (b->n < ROWS_MAX)
        VEC_PUSH(b->rows, b->n, b->cap, f);
    return true;
}

void bind_failure_put(const struct bind_failure *f, const struct fact_sink *sink)
{
    struct fact_where where = { .line = f->line,
                                .has_time = f->has_time,
                                .time_ns = f->time_ns,
                                .local_time = f->written[0] ? f->written : NULL };

    sink->put(sink->user, &bind_failure_fact, &where,
              (struct fact_value[]){
                  fact_text(f->program[0] ? f->program : NULL), fact_text(f->protocol),
                  fact_text(f->address[0] ? f->address : NULL), fact_int(f->first_port),
                  fact_int(f->last_port), fact_int_if(f->fresh_port != 0, f->fresh_port),
                  fact_int_if(f->tries != 0, (int64_t)f->tries),
                  fact_int_if(f->error != 0, f->error), fact_text(f->reason), fact_int(f->named),
                  fact_text(f->outcome), fact_int((int64_t)f->last_line),
                  fact_int_if(f->end_line != 0, (int64_t)f->end_line),
                  fact_int_if(f->port_line != 0, (int64_t)f->port_line),
                  fact_int_if(f->shown_line != 0, (int64_t)f->shown_line) });
}

uint64_t bind_log_end(struct bind_log *b)
{
    uint64_t n = b->n;
    size_t i;

    for (i = 0; i < b->n; i++)
        bind_failure_put(&b->rows[i], b->sink);
    free(b->rows);
    free(b);
    return n;
}

/* -- importer ------------------------------------------------------------------------------- */

static const struct fact_kind *const kinds[] = { &bind_failure_fact, NULL };

static bool bind_log_probe(struct bytes head)
{
    struct bind_pair pair = { .failed_line = 0 };
    struct bind_failure said, f;
    struct encoding e;
    struct bytes line;
    bool found = false;

    encoding_open(&e, head);
    while (!found && encoding_line(&e, &line)) {
        found = bind_line_read(line, &said);
        if (!found || !said.first_port)
            found = bind_pair_line(&pair, line, e.line_no, found ? &said : NULL, &f);
    }
    encoding_close(&e);
    return found;
}

const struct importer bind_log_importer = {
    .name = "log with failed binds",
    .is = EVIDENCE_LOG,
    .facts = kinds,
    .probe = bind_log_probe,
    .read = pasted_read,
};
