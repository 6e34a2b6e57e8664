/*
 * peek_session: what an Omnipeek file says about itself, from its two XML blocks.
 *
 * VersionInfo: the versions of the file and of the program; Session: the medium, the number of
 * packets, the adapter, who captured where.  Sources: the vendor's plug-in kit (tagfile.h,
 * MediaTypes.h) and real files.
 */
#ifndef CAPTURE_PEEK_SESSION_H
#define CAPTURE_PEEK_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct capture_hooks;

struct peek_session {
    bool has_version, has_media, has_subtype, has_count;
    uint64_t version, media, subtype, count; /* `count`: packets, as the writer says */
    uint64_t link_speed;                     /* bit/s; 0: unknown */
    /* Each NULL where the file has none. */
    char *application, *adapter, *address, *comment, *capture, *engine, *host, *owner;
    char *adapters; /* the names of all, where an aggregator captured on several */
};

/* Adds what one block says; the first mention of a thing counts. */
void peek_session_read(struct peek_session *s, struct bytes xml);
void peek_session_free(struct peek_session *s);

/*
 * The LINKTYPE_ of this medium.  ERR_FORMAT: a medium that is not read, named; or none is named.
 */
int peek_session_linktype(const struct peek_session *s, uint16_t *out, struct err *err);

/* The same for numbers as such: classic files number their media alike. */
int peek_media_linktype(uint64_t media, uint64_t subtype, uint16_t *out, struct err *err);

/* Interface 0 and the comments, for the hooks. */
void peek_session_tell(const struct peek_session *s, uint16_t linktype, uint64_t ticks_per_s,
                       const struct capture_hooks *hooks);

#endif
