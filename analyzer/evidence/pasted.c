#include "config.h"

#include "evidence/pasted.h"

#include <stdlib.h>

#include "base/mem.h"
#include "evidence/bind_log.h"
#include "evidence/netsh.h"
#include "evidence/secoclient.h"

struct pasted {
    struct evidence_result *out;
    struct secoclient *secoclient;
    struct netsh *netsh;
    struct bind_log *bind;
};

struct pasted *pasted_start(const struct fact_sink *sink, struct evidence_result *out)
{
    struct pasted *p = xcalloc(1, sizeof(*p));

    p->out = out;
    p->secoclient = secoclient_start(sink);
    p->netsh = netsh_start(sink);
    p->bind = bind_log_start(sink);
    return p;
}

bool pasted_line(struct pasted *p, struct bytes line, uint64_t line_no)
{
    return secoclient_line(p->secoclient, line, line_no) || netsh_line(p->netsh, line, line_no) ||
           bind_log_line(p->bind, line, line_no);
}

void pasted_end(struct pasted *p)
{
    p->out->n_used += secoclient_end(p->secoclient);
    p->out->n_used += netsh_end(p->netsh);
    p->out->n_used += bind_log_end(p->bind);
    free(p);
}

void pasted_read(struct bytes text, const struct fact_sink *sink, struct evidence_result *out)
{
    struct pasted *p = pasted_start(sink, out);
    struct encoding e;
    struct bytes line;

    encoding_open(&e, text);
    while (encoding_line(&e, &line))
        out->n_unknown += !pasted_line(p, line, e.line_no) && line.left;
    out->n_lines = e.line_no;
    encoding_close(&e);
    pasted_end(p);
}
