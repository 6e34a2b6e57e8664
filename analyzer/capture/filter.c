#include "config.h"

#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/capture.h"
#include "capture/linktype.h"

#define FILTER_PROGRAMS_MAX 16   /* link types kept compiled at once */
#define FILTER_TEXT_MAX     8192 /* libpcap's parser recurses: a long expression is refused */
#define LINKTYPE_ETHERNET   1
#define LINKTYPE_RADIOTAP   127

struct program {
    uint16_t linktype;
    bool works; /* the expression makes sense for this link type */
    struct bpf_program bpf;
};

struct filter {
    char *expression;
    struct program programs[FILTER_PROGRAMS_MAX];
    size_t n_programs, next; /* next: whose turn it is to be replaced */
};

/* On failure the words of libpcap are in `why` (PCAP_ERRBUF_SIZE bytes). */
static bool compile(const char *expression, uint16_t linktype, struct bpf_program *out, char *why)
{
    pcap_t *dead = pcap_open_dead(linktype_dlt(linktype), (int)CAPTURE_FRAME_MAX);
    bool works = false;

    why[0] = '\0';
    if (dead) {
        works = pcap_compile(dead, out, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
        if (!works)
            snprintf(why, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(dead));
        pcap_close(dead);
    }
    return works;
}

static void forget(struct program *p)
{
    if (p->works)
        pcap_freecode(&p->bpf);
    p->works = false;
}

static struct program *program_for(struct filter *f, uint16_t linktype)
{
    char why[PCAP_ERRBUF_SIZE];
    struct program *p;
    size_t i;

    for (i = 0; i < f->n_programs; i++)
        if (f->programs[i].linktype == linktype)
            return &f->programs[i];
    if (f->n_programs < FILTER_PROGRAMS_MAX) {
        p = &f->programs[f->n_programs++];
    } else {
        p = &f->programs[f->next];
        f->next = (f->next + 1) % FILTER_PROGRAMS_MAX;
        forget(p);
    }
    p->linktype = linktype;
    p->works = compile(f->expression, linktype, &p->bpf, why);
    return p;
}

int filter_new(const char *expression, struct filter **out, struct err *err)
{
    char why[PCAP_ERRBUF_SIZE], ignored[PCAP_ERRBUF_SIZE];
    struct bpf_program bpf;

    *out = NULL;
    if (strlen(expression) > FILTER_TEXT_MAX)
        return err_set(err, ERR_USAGE, "filter: longer than %d bytes", FILTER_TEXT_MAX);
    /* "type mgt" makes sense on 802.11 only. */
    if (!compile(expression, LINKTYPE_ETHERNET, &bpf, why) &&
        !compile(expression, LINKTYPE_RADIOTAP, &bpf, ignored))
        return err_set(err, ERR_USAGE, "filter \"%.100s\": %s (see pcap-filter(7))", expression,
                       why);
    pcap_freecode(&bpf);
    *out = xcalloc(1, sizeof(**out));
    (*out)->expression = xstrdup(expression);
    return ERR_OK;
}

void filter_free(struct filter *f)
{
    size_t i;

    if (!f)
        return;
    for (i = 0; i < f->n_programs; i++)
        forget(&f->programs[i]);
    free(f->expression);
    free(f);
}

bool filter_match(struct filter *f, const struct frame *frame)
{
    const struct program *p = program_for(f, frame->linktype);
    struct pcap_pkthdr head = { .caplen = frame->cap_len, .len = frame->wire_len };

    return p->works && pcap_offline_filter(&p->bpf, &head, frame->bytes) != 0;
}
