/*
 * members: what is in an archive, as sources: one pass over it that looks at the first bytes of
 * each member.  Archives inside archives are opened and listed too, down to INPUT_DEPTH_MAX.
 */
#ifndef INGEST_MEMBERS_H
#define INGEST_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

struct input;

struct member {
    char *name;    /* as capture/window.h names it: "a.pcap", "a.pcap#2", "inner.tar!a.pcap" */
    bool evidence; /* begins like a log, a table, a key log */
    char *refused; /* why it cannot be read, or NULL */
    bool no_input; /* refused, but nothing is missed by that */
};

struct members {
    bool is_archive;
    bool evidence; /* no archive, but the file itself (unpacked, if it is compressed) begins like
                      that */
    char *refused; /* an archive with nothing in it, or damaged behind the members here */
    struct member *all;
    size_t n, cap;
};

/* Looks into `in`, which was opened without unpacking (input_open_packed).  *out is zeroed before.
 */
void members_list(struct input *in, struct members *out);
void members_free(struct members *m);

#endif
