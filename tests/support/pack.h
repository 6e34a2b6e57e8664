/*
 * pack: makes compressed files and archives in memory, for tests.
 *
 *     struct pack p = { 0 };
 *     pack_start(&p, ARCHIVE_FORMAT_TAR, ARCHIVE_FILTER_GZIP);
 *     pack_file(&p, "a.pcap", bytes, len);
 *     pack_end(&p);                       p.out holds the archive; build_free(&p.out) at the end
 */
#ifndef TESTS_SUPPORT_PACK_H
#define TESTS_SUPPORT_PACK_H

#include <archive.h>
#include <archive_entry.h>

#include "tests/support/build.h"

struct pack {
    struct archive *a;
    struct build out;
};

static la_ssize_t pack_write(struct archive *a, void *user, const void *p, size_t n)
{
    struct pack *k = user;

    (void)a;
    build_add(&k->out, p, n);
    return (la_ssize_t)n;
}

/* ARCHIVE_FORMAT_RAW: a compressed file without an archive. */
BUILD void pack_start(struct pack *k, int format, int filter)
{
    k->a = archive_write_new();
    if (archive_write_set_format(k->a, format) || archive_write_add_filter(k->a, filter))
        abort();
    archive_write_set_bytes_per_block(k->a, 0);
    archive_write_set_options(k->a, "zip:compression=deflate");
    if (archive_write_open(k->a, k, NULL, pack_write, NULL))
        abort();
}

BUILD void pack_entry(struct pack *k, const char *name, unsigned type, const char *link,
                      const void *p, size_t len)
{
    struct archive_entry *e = archive_entry_new();

    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, type);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, (la_int64_t)len);
    if (link && type == AE_IFLNK)
        archive_entry_set_symlink(e, link);
    else if (link)
        archive_entry_set_hardlink(e, link);
    if (archive_write_header(k->a, e) < ARCHIVE_WARN)
        abort();
    if (len && archive_write_data(k->a, p, len) < 0)
        abort();
    archive_entry_free(e);
}

BUILD void pack_file(struct pack *k, const char *name, const void *p, size_t len)
{
    pack_entry(k, name, AE_IFREG, NULL, p, len);
}

BUILD void pack_end(struct pack *k)
{
    archive_write_free(k->a);
    k->a = NULL;
}

/* `len` bytes compressed by one filter. */
BUILD struct build pack_alone(int filter, const void *p, size_t len)
{
    struct pack k = { 0 };

    pack_start(&k, ARCHIVE_FORMAT_RAW, filter);
    pack_file(&k, "data", p, len);
    pack_end(&k);
    return k.out;
}

#endif
