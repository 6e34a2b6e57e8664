#include "config.h"

#include "ingest/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/times.h"
#include "capture/capture.h"
#include "capture/filter.h"
#include "capture/input.h"
#include "capture/linktype.h"
#include "capture/window.h"
#include "dissectors/dissect.h"
#include "dissectors/keys.h"
#include "evidence/evidence.h"
#include "flow/app.h"
#include "ingest/exhibit.h"
#include "ingest/pipeline.h"
#include "ingest/sketch.h"

#define HASH_BESIDE_FROM (UINT64_C(4) << 20) /* bytes of a file that are worth a thread */

/* What the hooks of a capture need. */
struct reading {
    struct pipeline *p;
    struct store *store;
    uint64_t dropped;
    struct evidence_result secrets; /* lines count over all blocks of secrets */
};

static void on_interface(void *user, const struct capture_interface *i)
{
    struct reading *r = user;
    char *name = i->name.left ? xstrndup((const char *)i->name.p, i->name.left) : NULL;
    char *description =
        i->description.left ? xstrndup((const char *)i->description.p, i->description.left) : NULL;

    store_put_interface(r->store, &(struct store_interface){
                                      .interface_no = i->interface_no,
                                      .section_no = i->section_no,
                                      .linktype = i->linktype,
                                      .snap_len = i->snap_len,
                                      .ticks_per_s = i->ticks_per_s,
                                      .name = name,
                                      .description = description,
                                      .link = linktype_name(i->linktype),
                                  });
    free(name);
    free(description);
}

static void on_comment(void *user, enum capture_comment_of of, uint64_t frame_no, struct bytes text)
{
    static const char *const names[] = { "section", "interface", "frame", "statistics" };
    struct reading *r = user;

    store_put_comment(r->store, names[of], frame_no, text.p, text.left);
}

static void on_dropped(void *user, uint32_t interface_no, uint64_t n)
{
    struct reading *r = user;

    (void)interface_no;
    r->dropped += n;
}

#define SECRETS_TLS 0x544c534bu /* draft-ietf-opsawg-pcapng: "TLSK", a TLS key log */

/* A key log inside a capture leaves the same facts as one beside it; the secrets are not kept. */
static void on_secrets(void *user, uint32_t type, struct bytes data)
{
    struct reading *r = user;
    const struct importer *const *i;

    for (i = evidence_all(); type == SECRETS_TLS && *i; i++)
        if ((*i)->is == EVIDENCE_KEYLOG)
            (*i)->read(data, store_facts(r->store), &r->secrets);
}

static bool stopped(const struct ingest_options *o)
{
    return o->stop && *o->stop;
}

static void keep_reason(struct source *src, char **reason, const char *text)
{
    free(*reason);
    *reason = xstrdup(text);
    src->reason = *reason;
}

/* An error without the "path: " that it begins with: the source says its path itself. */
static const char *without_path(const char *msg, const char *path)
{
    size_t len = strlen(path);

    return strncmp(msg, path, len) == 0 && strncmp(msg + len, ": ", 2) == 0 ? msg + len + 2 : msg;
}

/* Frame by frame to the end, the first damage, or Ctrl-C. */
static void read_frames(struct input *in, struct capture *c, struct pipeline *p,
                        struct filter *filter, const struct ingest_options *o, struct source *src,
                        char **reason)
{
    enum capture_result got = CAPTURE_FRAME;
    struct progress progress;
    struct err why = { 0 };
    struct frame f;

    progress_start(&progress, o->progress, src->path, input_file_len(in));
    while (!stopped(o) && (got = capture_next(c, &f, &why)) == CAPTURE_FRAME) {
        src->packets++;
        f.time_ns = times_tame(f.time_ns);
        if (!filter || filter_match(filter, &f))
            pipeline_frame(p, &f);
        if ((src->packets & 0xfff) == 0) {
            struct ingest_progress now = { .path = src->path,
                                           .done = input_done(in, capture_offset(c)),
                                           .of = input_file_len(in),
                                           .frames = src->packets };

            progress_show(&progress, now.done);
            if (o->tell)
                o->tell(o->tell_user, &now);
        }
    }
    progress_end(&progress);
    src->stopped_at = capture_offset(c);
    src->status = got == CAPTURE_END ? SOURCE_COMPLETE : SOURCE_PARTIAL;
    if (stopped(o))
        keep_reason(src, reason, "stopped by the user");
    else if (got != CAPTURE_END)
        keep_reason(src, reason, why.msg);
}

static void read_capture(struct store *s, struct input *in, const struct ingest_options *o,
                         struct filter *filter, struct source *src, char **reason)
{
    struct pipeline p;
    struct reading r = { .store = s, .p = &p };
    struct capture_hooks hooks = { .user = &r,
                                   .interface = on_interface,
                                   .comment = on_comment,
                                   .secrets = on_secrets,
                                   .dropped = on_dropped };
    struct capture *c = NULL;
    struct app *app;
    struct err err = { 0 };

    if (capture_open(in, &hooks, &c, &err)) {
        src->status = SOURCE_UNREADABLE;
        keep_reason(src, reason, err.msg);
        return;
    }
    src->kind = SOURCE_CAPTURE;
    src->format = capture_format_name(c);
    app = o->app ? o->app : app_new();
    pipeline_start(&p, s, app, src);
    p.keys = o->keys;
    if (!input_is_whole(in))
        exhibits_look_back(p.exhibits);
    read_frames(in, c, &p, filter, o, src, reason);
    pipeline_end(&p, in);
    if (app != o->app)
        app_free(app);
    src->dropped = r.dropped;
    if (input_damaged(in)) {
        src->status = SOURCE_PARTIAL;
        keep_reason(src, reason, "the file was cut while it was read");
    }
    capture_close(c);
}

static void read_evidence(struct store *s, const struct importer *importer, struct input *in,
                          struct source *src, char **reason)
{
    static const enum source_kind kinds[] = { [EVIDENCE_KEYLOG] = SOURCE_KEYLOG,
                                              [EVIDENCE_LOG] = SOURCE_LOG,
                                              [EVIDENCE_TABLE] = SOURCE_TABLE };
    struct evidence_result got = { 0 };
    struct err why = { 0 };
    struct bytes text;
    char words[128];

    src->kind = kinds[importer->is];
    src->format = importer->name;
    text = input_at(in, 0, WINDOW_MAX);
    importer->read(text, store_facts(s), &got);
    src->status = SOURCE_COMPLETE;
    src->stopped_at = text.left;
    if (input_cut(in, &why)) {
        src->status = SOURCE_PARTIAL;
        keep_reason(src, reason, why.msg);
    } else if (!input_is_whole(in) && input_at(in, text.left, 1).left) {
        snprintf(words, sizeof(words),
                 "compressed text is read to its first %u MiB (unpack it first)", WINDOW_MAX >> 20);
        src->status = SOURCE_PARTIAL;
        keep_reason(src, reason, words);
    }
    /* A key log is nothing but keys; other text may say whatever it likes beside what is read. */
    if (got.n_unknown && importer->is == EVIDENCE_KEYLOG) {
        snprintf(words, sizeof(words), "%llu of %llu lines are not of this format",
                 (unsigned long long)got.n_unknown, (unsigned long long)got.n_lines);
        src->status = SOURCE_PARTIAL;
        keep_reason(src, reason, words);
    }
}

/* Everything that shapes the facts, so that a source is read again when any of it changes. */
static void hash_options(const struct ingest_options *o, uint8_t out[32])
{
    struct str text = { 0 };

    str_addf(&text, "dissect %d;filter %s;keys ", DISSECT_VERSION, o->filter ? o->filter : "");
    if (o->keys) {
        keys_hash(o->keys, out);
        str_add_hex(&text, out, 32);
    }
    sha256(text.s, text.len, out);
    str_free(&text);
}

static bool known(const struct source *old, const uint8_t sha[32], const uint8_t options[32])
{
    return (old->status == SOURCE_COMPLETE || old->status == SOURCE_PARTIAL) && old->has_sha256 &&
           memcmp(old->sha256, sha, 32) == 0 && memcmp(old->options, options, 32) == 0;
}

static int commit(struct store *s, struct source *src, struct source *out, struct err *err)
{
    int rc = store_commit(s, src, err);

    return rc ? rc : store_source(s, src->id, out, err);
}

/* A source that cannot be read at all, or is none. */
static int give_up(struct store *s, struct source *src, bool walked, const char *why,
                   struct source *out, struct err *err)
{
    int rc = store_begin(s, src->id, err);

    if (rc)
        return rc;
    src->status = walked ? SOURCE_SKIPPED : SOURCE_UNREADABLE;
    src->kind = SOURCE_OTHER;
    src->reason = why;
    return commit(s, src, out, err);
}

/* The same bytes were read under a path that comes before: its row says so, and nothing else. */
static int refer_to_twin(struct store *s, uint32_t twin_id, struct source *src, struct source *out,
                         struct err *err)
{
    struct source twin;
    struct str text = { 0 };
    int rc = store_source(s, twin_id, &twin, err);

    if (!rc) {
        str_adds(&text, "same as ");
        str_add_foreign(&text, twin.path, strlen(twin.path));
        rc = give_up(s, src, true, str_get(&text), out, err);
    }
    str_free(&text);
    return rc;
}

static void note_hash(struct input *in, struct source *src)
{
    memcpy(src->sha256, input_sha256(in), 32);
    src->has_sha256 = true;
    src->size = input_len(in);
}

/*
 * Archives are read as they lie, so later paths with the same bytes were read before this one: now
 * all of them refer to it.
 */
static int supersede(struct store *s, const uint8_t sha[32], uint32_t by, struct err *err)
{
    uint32_t id = by;
    int rc = ERR_OK;

    while (!rc && (id = store_next_same(s, sha, id))) {
        struct source old, blank = { .id = id }, out;
        char *path;

        rc = store_source(s, id, &old, err);
        if (rc)
            return rc;
        path = xstrdup(old.path);
        blank.path = path;
        blank.bundle = old.bundle;
        blank.size = old.size;
        blank.has_sha256 = true;
        memcpy(blank.sha256, sha, sizeof(blank.sha256));
        rc = refer_to_twin(s, by, &blank, &out, err);
        free(path);
    }
    return rc;
}

/*
 * `in` is open.  What is unpacked or large is hashed as it goes by (`hash_late`): only then it is
 * known whether the case had its content already, and if so nothing of this reading stays.
 */
static int read_content(struct store *s, struct input *in, const struct importer *importer,
                        const struct ingest_options *o, struct filter *filter, bool hash_late,
                        struct source *src, struct source *out, struct err *err)
{
    char *reason = NULL;
    uint32_t twin = 0;
    int rc;

    store_expect(s, input_file_len(in));
    rc = store_begin(s, src->id, err);
    if (rc)
        return rc;
    if (importer)
        read_evidence(s, importer, in, src, &reason);
    else
        read_capture(s, in, o, filter, src, &reason);
    if (hash_late && !stopped(o)) {
        note_hash(in, src);
        twin = store_same_content(s, src->sha256, src->id);
    }
    if (twin && twin < src->id) {
        struct source blank = { .id = src->id,
                                .path = src->path,
                                .bundle = src->bundle,
                                .size = src->size,
                                .has_sha256 = true };

        memcpy(blank.sha256, src->sha256, sizeof(blank.sha256));
        store_rollback(s);
        rc = refer_to_twin(s, twin, &blank, out, err);
    } else {
        /* An interrupted source has no hash: the next run reads it again. */
        src->has_sha256 = !stopped(o);
        rc = commit(s, src, out, err);
        if (!rc && twin)
            rc = supersede(s, src->sha256, src->id, err);
        if (!rc && twin) /* *out points into what the store said last */
            rc = store_source(s, src->id, out, err);
    }
    free(reason);
    if (!rc && stopped(o))
        rc = err_set(err, ERR_STOPPED, "stopped");
    return rc;
}

static bool is_finished(const struct source *src)
{
    return src->status == SOURCE_COMPLETE || src->status == SOURCE_PARTIAL;
}

/* What the case knows of it is worth more than the news that it is gone. */
static int gone(const char *why, struct err *err)
{
    return err_set(err, ERR_GONE, "%s (the case keeps what it knew of it)", why);
}

/*
 * A large file of a size that the case has not met is no twin of anything in it: it can be read at
 * once and hashed beside that.
 */
static bool is_large_news(struct store *s, struct input *in)
{
    return input_len(in) >= HASH_BESIDE_FROM && !store_has_size(s, input_len(in));
}

/* `in` is the content of the source `src`, which the case knows as `old`. */
static int read_open(struct store *s, struct input *in, bool walked, const struct ingest_options *o,
                     struct filter *filter, const struct source *old, struct source *src,
                     struct source *out, struct err *err)
{
    bool hash_late = !is_finished(old) && (!input_is_whole(in) || is_large_news(s, in));
    struct capture *probe = NULL;
    const struct importer *importer;
    struct err why = { 0 };
    uint32_t twin;

    if (input_is_whole(in))
        src->size = input_len(in);
    if (hash_late) {
        input_hash_beside(in);
    } else {
        note_hash(in, src);
        if (!o->again && known(old, src->sha256, src->options)) {
            *out = *old;
            return ERR_OK;
        }
        twin = store_same_content(s, src->sha256, src->id);
        if (twin && twin < src->id)
            return refer_to_twin(s, twin, src, out, err);
    }
    importer = evidence_probe(input_at(in, 0, EVIDENCE_HEAD_MAX));
    /* What was met in a folder and is no input at all is passed over; a capture never is. */
    if (!importer && capture_open(in, NULL, &probe, &why)) {
        if (input_is_whole(in))
            note_hash(in, src);
        return give_up(s, src, walked && why.code == ERR_FOREIGN, why.msg, out, err);
    }
    capture_close(probe);
    return read_content(s, in, importer, o, filter, hash_late, src, out, err);
}

int ingest_source(struct store *s, uint32_t id, bool walked, const struct ingest_options *o,
                  struct source *out, struct err *err)
{
    struct source old, src = { .id = id };
    struct input *in = NULL;
    struct input_shelf own = { 0 }, *shelf = o->shelf ? o->shelf : &own;
    struct filter *filter = NULL;
    struct err why = { 0 };
    char *path = NULL;
    int rc;

    rc = store_source(s, id, &old, err);
    if (rc)
        return rc;
    path = xstrdup(old.path);
    src.path = path;
    src.bundle = old.bundle;
    hash_options(o, src.options);
    if (o->filter && (rc = filter_new(o->filter, &filter, err)))
        goto out;
    shelf->stop = o->stop;
    if (input_shelf_open(shelf, path, &in, &why) == ERR_OK)
        rc = read_open(s, in, walked, o, filter, &old, &src, out, err);
    else if (why.code == ERR_STOPPED)
        rc = err_set(err, ERR_STOPPED, "%s", why.msg); /* it stays as the case knows it */
    else if (is_finished(&old))
        rc = gone(why.msg, err);
    else
        rc = give_up(s, &src, false, without_path(why.msg, path), out, err);
out:
    filter_free(filter);
    input_shelf_clear(&own);
    free(path);
    return rc;
}

int ingest_refuse(struct store *s, uint32_t id, const char *why, bool no_input, struct source *out,
                  struct err *err)
{
    struct source old, src = { .id = id };
    char *path;
    int rc = store_source(s, id, &old, err);

    if (rc)
        return rc;
    if (is_finished(&old)) {
        rc = gone(why, err);
        return err_prefix(err, "%s", old.path);
    }
    path = xstrdup(old.path);
    src.path = path;
    src.bundle = old.bundle;
    rc = give_up(s, &src, no_input, why, out, err);
    free(path);
    return rc;
}

/* -- kinds of fact -------------------------------------------------------------------------------
 */

static size_t add_kinds(const struct fact_kind *const *kinds, const struct fact_kind **out,
                        size_t n, size_t max)
{
    for (; kinds && *kinds; kinds++) {
        bool have = false;
        size_t i;

        for (i = 0; i < n; i++)
            have |= out[i] == *kinds;
        if (!have && n < max)
            out[n++] = *kinds;
    }
    return n;
}

size_t ingest_fact_kinds(const struct fact_kind **out, size_t max)
{
    const struct dissector *const *d;
    const struct importer *const *i;
    static const struct fact_kind *const own[] = { &sketch_fact, NULL };
    size_t n = add_kinds(own, out, 0, max);

    for (d = dissect_all(); *d; d++)
        n = add_kinds((*d)->facts, out, n, max);
    for (i = evidence_all(); *i; i++)
        n = add_kinds((*i)->facts, out, n, max);
    return n;
}
