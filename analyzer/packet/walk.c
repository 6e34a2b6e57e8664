#include "config.h"

#include "packet/walk.h"

static bool add_layer(struct walk *w, enum packet_layer_kind kind, uint32_t len)
{
    struct packet *p = w->p;

    if (p->n_layers == PACKET_LAYERS_MAX) {
        walk_stop(w, TROUBLE_DEPTH);
        return false;
    }
    p->layers[p->n_layers++] = (struct packet_layer){ .kind = kind, .at = walk_at(w), .len = len };
    return true;
}

bool walk_header(struct walk *w, enum packet_layer_kind kind, uint32_t len, unsigned trouble)
{
    if (len > w->in.left) {
        walk_stop(w, len > w->wire_left ? trouble : TROUBLE_SNAPPED);
        return false;
    }
    if (!add_layer(w, kind, len))
        return false;
    bytes_skip(&w->in, len);
    w->wire_left -= len < w->wire_left ? len : w->wire_left;
    return true;
}

bool walk_link_header(struct walk *w, enum packet_layer_kind kind, uint32_t len)
{
    if (!walk_header(w, kind, len, TROUBLE_BAD_LINK))
        return false;
    w->link_len += len;
    return true;
}

bool walk_trim(struct walk *w, uint32_t wire_len)
{
    if (wire_len > w->wire_left)
        return false;
    w->wire_left = wire_len;
    if (w->in.left > wire_len)
        w->in.left = wire_len;
    return true;
}

void walk_size(struct walk *w, uint64_t len)
{
    if (w->sized)
        return;
    w->sized = true;
    w->p->true_len = (uint32_t)(w->link_len + len);
}

void walk_stop(struct walk *w, unsigned trouble)
{
    w->p->trouble |= trouble;
    w->next = WALK_DONE;
}

bool walk_tunnel(struct walk *w, const char *name, bool has_id, uint32_t id)
{
    struct packet *p = w->p;

    if (p->n_tunnels == PACKET_TUNNELS_MAX) {
        walk_stop(w, TROUBLE_DEPTH);
        return false;
    }
    w->own_mac = false;
    p->tunnels[p->n_tunnels++] = (struct packet_tunnel){
        .name = name, .has_id = has_id, .id = id, .src = p->src, .dst = p->dst
    };
    return true;
}

void walk_to(struct walk *w, enum walk_next next, uint32_t value)
{
    w->next = next;
    w->value = value;
}

uint32_t walk_at(const struct walk *w)
{
    return w->base ? (uint32_t)(w->in.p - w->base) : UINT32_MAX;
}
