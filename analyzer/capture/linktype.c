#include "config.h"

#include "capture/linktype.h"

#include <pcap/pcap.h>
#include <stddef.h>

static const struct {
    uint16_t linktype;
    int dlt;
} odd[] = {
    { 100, DLT_ATM_RFC1483 }, { 101, DLT_RAW },      { 102, DLT_SLIP_BSDOS },
    { 103, DLT_PPP_BSDOS },   { 106, DLT_ATM_CLIP }, { 109, DLT_ENC },
};

int linktype_dlt(uint16_t linktype)
{
    size_t i;

    for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        if (odd[i].linktype == linktype)
            return odd[i].dlt;
    return linktype;
}

const char *linktype_name(uint16_t linktype)
{
    return pcap_datalink_val_to_name(linktype_dlt(linktype));
}

const char *linktype_title(uint16_t linktype)
{
    return pcap_datalink_val_to_description(linktype_dlt(linktype));
}
