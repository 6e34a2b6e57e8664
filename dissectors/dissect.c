#include "config.h"

#include "dissectors/dissect.h"

#include "flow/flow.h"

void *dissect_state(const struct dissect_ctx *ctx)
{
    return ctx->state;
}

void dissect_secret(struct dissect_ctx *ctx, const uint8_t *p, size_t len)
{
    if (ctx->host && ctx->host->secret && len)
        ctx->host->secret(ctx->user, p, len);
}

void dissect_carried_stream(struct dissect_ctx *ctx, const char *name, uint32_t lane,
                            struct bytes in)
{
    if (ctx->host && ctx->host->carried)
        ctx->host->carried(ctx->user, name, lane, in, true);
}

void dissect_carried_packet(struct dissect_ctx *ctx, const char *name, uint32_t lane,
                            struct bytes in)
{
    if (ctx->host && ctx->host->carried)
        ctx->host->carried(ctx->user, name, lane, in, false);
}

void dissect_count(struct dissect_ctx *ctx, enum dissect_count what)
{
    if (ctx->host && ctx->host->count)
        ctx->host->count(ctx->user, what);
}

void *dissect_scratch(struct dissect_ctx *ctx, size_t size)
{
    return ctx->host && ctx->host->scratch ? ctx->host->scratch(ctx->user, size) : NULL;
}

void *dissect_keep(struct dissect_ctx *ctx, size_t size)
{
    return ctx->host && ctx->host->keep ? ctx->host->keep(ctx->user, size) : NULL;
}

void fact_emit_at(struct dissect_ctx *ctx, const struct fact_kind *kind, uint64_t frame_no,
                  int64_t ns, const struct fact_value *values)
{
    struct fact_where where = {
        .flow = ctx->flow ? ctx->flow->id : 0,
        .frame = frame_no,
        .has_time = true,
        .time_ns = ns,
    };

    if (ctx->sink)
        ctx->sink->put(ctx->sink->user, kind, &where, values);
}

void fact_emit(struct dissect_ctx *ctx, const struct fact_kind *kind,
               const struct fact_value *values)
{
    fact_emit_at(ctx, kind, ctx->frame_no ? ctx->frame_no : ctx->flow->last_frame, ctx->now_ns,
                 values);
}

struct fact_value fact_end(unsigned from)
{
    return fact_textn(from ? "b" : "a", 1);
}
