#include "config.h"

#include "capture/peek_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "capture/capture.h"
#include "capture/peek_xml.h"

#define ADAPTERS_NAMED_MAX 64u  /* names of an aggregator's adapters that are told */
#define NAME_LEN_MAX       256u /* bytes of a name; a comment may have CAPTURE_TEXT_MAX */

#define LINKTYPE_ETHERNET 1
#define LINKTYPE_WIFI     105

static void keep(char **to, const struct peek_element *e, size_t max)
{
    if (!*to && e->text.left)
        *to = peek_xml_text(e, max);
}

static void keep_number(bool *has, uint64_t *to, const struct peek_element *e)
{
    if (!*has)
        *has = peek_xml_number(e, to);
}

/* Children of the root. */
static void take(struct peek_session *s, const struct peek_element *e)
{
    bool ignored = s->link_speed != 0;
    size_t i;
    const struct {
        const char *name;
        char **to;
        size_t max;
    } texts[] = {
        { "AppVersion", &s->application, NAME_LEN_MAX },
        { "AdapterName", &s->adapter, NAME_LEN_MAX },
        { "AdapterAddr", &s->address, NAME_LEN_MAX },
        { "Comment", &s->comment, CAPTURE_TEXT_MAX },
        { "CaptureName", &s->capture, NAME_LEN_MAX },
        { "EngineName", &s->engine, NAME_LEN_MAX },
        { "Host", &s->host, NAME_LEN_MAX },
        { "Owner", &s->owner, NAME_LEN_MAX },
    };
    const struct {
        const char *name;
        bool *has;
        uint64_t *to;
    } numbers[] = {
        { "FileVersion", &s->has_version, &s->version },
        { "MediaType", &s->has_media, &s->media },
        { "MediaSubType", &s->has_subtype, &s->subtype },
        { "PacketCount", &s->has_count, &s->count },
        { "LinkSpeed", &ignored, &s->link_speed },
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (peek_xml_is(e, texts[i].name))
            keep(texts[i].to, e, texts[i].max);
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (peek_xml_is(e, numbers[i].name))
            keep_number(numbers[i].has, numbers[i].to, e);
}

void peek_session_read(struct peek_session *s, struct bytes xml)
{
    struct peek_xml x = peek_xml_of(xml);
    struct peek_element e;
    struct str names = { 0 };
    unsigned n = 0;

    while (peek_xml_next(&x, &e)) {
        char *name;

        if (e.depth == 2)
            take(s, &e);
        /* Adapters/Adapter/AdapterName */
        if (e.depth != 4 || !peek_xml_is(&e, "AdapterName") || n++ >= ADAPTERS_NAMED_MAX)
            continue;
        name = peek_xml_text(&e, NAME_LEN_MAX);
        str_addf(&names, "%s%s", names.len ? ", " : "", name);
        free(name);
    }
    if (n > 1 && !s->adapters)
        s->adapters = str_take(&names);
    str_free(&names);
}

void peek_session_free(struct peek_session *s)
{
    free(s->application);
    free(s->adapter);
    free(s->address);
    free(s->comment);
    free(s->capture);
    free(s->engine);
    free(s->host);
    free(s->owner);
    free(s->adapters);
    *s = (struct peek_session){ 0 };
}

/*
 * Files of 802.11 captures say medium 0 (Ethernet): the subtype decides.  1 to 3 are the
 * generations of 802.11, 4 and up kinds of WAN.
 */
int peek_media_linktype(uint64_t media, uint64_t subtype, uint16_t *out, struct err *err)
{
    static const char *const media_names[] = {
        [1] = "Token Ring", [2] = "FDDI",       [3] = "WAN",  [4] = "LocalTalk",
        [6] = "ARCNET",     [7] = "ARCNET",     [8] = "ATM",  [9] = "wireless WAN",
        [10] = "IrDA",      [11] = "broadcast", [12] = "WAN", [13] = "IEEE 1394",
    };
    static const char *const wan_names[] = {
        [4] = "PPP",
        [5] = "frame relay",
        [6] = "X.25",
        [7] = "X.25 modulo 128",
    };
    const char *name = NULL;

    if (subtype >= 1 && subtype <= 3) {
        *out = LINKTYPE_WIFI;
        return ERR_OK;
    }
    if (subtype == 0 && (media == 0 || media == 5)) { /* 5: DIX, Ethernet without 802.3 */
        *out = LINKTYPE_ETHERNET;
        return ERR_OK;
    }
    if (subtype < sizeof(wan_names) / sizeof(wan_names[0]))
        name = wan_names[subtype];
    if (!name && media < sizeof(media_names) / sizeof(media_names[0]))
        name = media_names[media];
    return err_set(err, ERR_FORMAT,
                   "is an Omnipeek capture of %s (medium %llu, %llu), which is not supported yet",
                   name ? name : "an unknown medium", (unsigned long long)media,
                   (unsigned long long)subtype);
}

int peek_session_linktype(const struct peek_session *s, uint16_t *out, struct err *err)
{
    if (!s->has_version)
        return err_set(err, ERR_FORMAT, "does not say its version (an Omnipeek capture?)");
    if (s->version != 9)
        return err_set(err, ERR_FORMAT,
                       "is an Omnipeek capture of version %llu, which is not supported yet",
                       (unsigned long long)s->version);
    if (!s->has_media && !s->has_subtype)
        return err_set(err, ERR_FORMAT, "has no session block that names its medium");
    return peek_media_linktype(s->media, s->subtype, out, err);
}

static struct bytes text_of(const char *s)
{
    return bytes_of(s, s ? strlen(s) : 0);
}

static void add_named(struct str *s, const char *name, const char *value)
{
    if (value)
        str_addf(s, "%s%s %s", s->len ? ", " : "", name, value);
}

void peek_session_tell(const struct peek_session *s, uint16_t linktype, uint64_t ticks_per_s,
                       const struct capture_hooks *hooks)
{
    struct str about = { 0 };

    if (hooks->interface) {
        struct capture_interface i = { .linktype = linktype,
                                       .ticks_per_s = ticks_per_s,
                                       .name = text_of(s->adapter),
                                       .description = text_of(s->address) };

        hooks->interface(hooks->user, &i);
    }
    if (!hooks->comment)
        return;
    if (s->comment)
        hooks->comment(hooks->user, COMMENT_SECTION, 0, text_of(s->comment));
    add_named(&about, "capture", s->capture);
    add_named(&about, "engine", s->engine);
    add_named(&about, "host", s->host);
    add_named(&about, "owner", s->owner);
    add_named(&about, "application version", s->application);
    if (s->link_speed)
        str_addf(&about, "%slink speed %llu bit/s", about.len ? ", " : "",
                 (unsigned long long)s->link_speed);
    if (about.len)
        hooks->comment(hooks->user, COMMENT_SECTION, 0, text_of(about.s));
    str_clear(&about);
    add_named(&about, "adapters", s->adapters);
    if (about.len)
        hooks->comment(hooks->user, COMMENT_SECTION, 0, text_of(about.s));
    str_free(&about);
}
