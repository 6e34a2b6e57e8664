#include "config.h"

#include "evidence/bind_pair.h"

#include <string.h>

#define HINT_WITHIN 3u /* lines; PostgreSQL's DETAIL may stand between */

/*
 * What PostgreSQL (pqcomm.c, StreamServerPort) and MySQL (socket_connection.cc; MariaDB the same in
 * mysqld.cc) say behind the failure.  Both listen on streams.
 */
static bool hint_port(struct bytes line, struct bind_port *port)
{
    static const char *const hints[] = { "Is another postmaster already running on ",
                                         "Do you already have another mysqld server running on ",
                                         "Do you already have another server running on " };
    size_t i, at;

    for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        at = text_find(line, hints[i]) + strlen(hints[i]);
        if (at < line.left && bind_port_first(line, at, at + 1, port))
            return true;
    }
    return false;
}

/* What Mosquitto says before it binds (net.c, net__socket_listen): "Opening ipv4 listen socket on
 * port 1883." */
static bool begin_port(struct bytes line, struct bind_port *port)
{
    size_t at = text_find(line, "Opening ipv"), rest = at;

    if (at == line.left)
        return false;
    rest += text_find(bytes_of(line.p + at, line.left - at), " listen socket on ");
    return rest < line.left && bind_port_first(line, rest, line.left, port);
}

static bool finish(struct bind_failure *out, const struct bind_port *port, uint64_t line,
                   uint64_t port_line)
{
    out->first_port = out->last_port = port->port;
    out->protocol = "tcp";
    out->line = line;
    out->port_line = port_line;
    return true;
}

/* Neither of these lines names the address, so "none of this machine" is left out: a machine
 * without IPv6 says that of "::", and the program lives on. */
static bool is_of_port(const struct bind_failure *f)
{
    return strcmp(f->reason, "not local") != 0;
}

bool bind_pair_line(struct bind_pair *p, struct bytes line, uint64_t line_no,
                    const struct bind_failure *said, struct bind_failure *out)
{
    struct bind_port port;
    uint64_t begun_line = p->begun_line, failed_line = p->failed_line;

    if (line.left > BIND_LOOK_MAX)
        line.left = BIND_LOOK_MAX;
    p->begun_line = 0;
    if (failed_line && line_no - failed_line <= HINT_WITHIN && hint_port(line, &port)) {
        p->failed_line = 0;
        *out = p->failed;
        return finish(out, &port, failed_line, line_no);
    }
    if (begun_line && line_no == begun_line + 1 && bind_line_error(line, out) && is_of_port(out) &&
        out->pid == p->begun.pid && strcmp(out->program, p->begun.program) == 0) {
        port = (struct bind_port){ .port = p->begun.first_port };
        return finish(out, &port, line_no, begun_line);
    }
    if (said && is_of_port(said)) {
        p->failed = *said;
        p->failed_line = line_no;
    } else if (begin_port(line, &port)) {
        p->begun = (struct bind_failure){ .first_port = port.port };
        bind_line_program(line, &p->begun);
        p->begun_line = line_no;
    }
    return false;
}
