/*
 * pipe: bytes in memory, as a capture through the pipeline into a temporary case.
 *
 * What ingest does with a file, without the file: fuzzing and cutting need it thousands of times.
 */
#ifndef TESTS_SUPPORT_PIPE_H
#define TESTS_SUPPORT_PIPE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/times.h"
#include "capture/input.h"
#include "evidence/evidence.h"
#include "flow/app.h"
#include "ingest/ingest.h"
#include "ingest/pipeline.h"
#include "store/store.h"

#define PIPE_KINDS_MAX 256

/* A temporary case with one registered source, or the end of the test. */
__attribute__((unused)) static struct store *pipe_store(void)
{
    static const struct fact_kind *kinds[PIPE_KINDS_MAX + 1];
    const char *path = "memory";
    const uint32_t bundle = 1;
    struct store *s = NULL;
    struct err err = { 0 };
    uint32_t id;

    kinds[ingest_fact_kinds(kinds, PIPE_KINDS_MAX)] = NULL;
    if (store_open(NULL, STORE_TEMPORARY, kinds, &s, &err) ||
        store_register(s, &path, &bundle, 1, &id, &err)) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
    return s;
}

/* Frames of the input through the pipeline. */
__attribute__((unused)) static enum source_status pipe_capture(struct store *s, struct input *in,
                                                               struct source *src)
{
    static struct app *app; /* kept, as a loader keeps it */
    struct capture *c = NULL;
    struct err err = { 0 };
    struct pipeline p;
    struct frame f;
    enum capture_result got;

    if (capture_open(in, NULL, &c, &err)) {
        capture_close(c);
        return SOURCE_UNREADABLE;
    }
    if (!app)
        app = app_new();
    pipeline_start(&p, s, app, src);
    while ((got = capture_next(c, &f, &err)) == CAPTURE_FRAME) {
        src->packets++;
        f.time_ns = times_tame(f.time_ns); /* as ingest does */
        pipeline_frame(&p, &f);
    }
    pipeline_end(&p, in);
    capture_close(c);
    return got == CAPTURE_END ? SOURCE_COMPLETE : SOURCE_PARTIAL;
}

/* Source 1 of the case is read again, from these bytes.  A failed write ends the test. */
__attribute__((unused)) static enum source_status pipe_run(struct store *s, const void *p,
                                                           size_t len)
{
    const struct importer *importer = evidence_probe(bytes_of(p, len));
    struct input *in = input_of(p, len);
    struct source src = { .id = 1 };
    struct err err = { 0 };

    if (store_begin(s, 1, &err))
        goto fail;
    src.path = "memory";
    src.bundle = 1;
    if (importer) {
        struct evidence_result got = { 0 };

        importer->read(bytes_of(p, len), store_facts(s), &got);
        src.kind = SOURCE_LOG;
        src.status = got.n_unknown ? SOURCE_PARTIAL : SOURCE_COMPLETE;
    } else {
        src.kind = SOURCE_CAPTURE;
        src.status = pipe_capture(s, in, &src);
    }
    if (store_commit(s, &src, &err))
        goto fail;
    input_close(in);
    return src.status;
fail:
    printf("Bail out! %s\n", err.msg);
    abort();
}

#endif
