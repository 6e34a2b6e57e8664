/* test_linktype: numbers in files and libpcap's numbers differ in a few places. */
#include "config.h"

#include "capture/linktype.h"
#include "tests/support/tap.h"

int main(void)
{
    is_int(linktype_dlt(1), 1, "Ethernet is 1 in both");
    is_int(linktype_dlt(101), 12, "RAW is 101 in files and 12 for libpcap");
    is_int(linktype_dlt(276), 276, "new ones agree");
    is_str(linktype_name(1), "EN10MB", "libpcap's name");
    is_str(linktype_name(101), "RAW", "libpcap's name of RAW");
    is_str(linktype_title(1), "Ethernet", "libpcap's description");
    is_str(linktype_name(65000), NULL, "no name");
    return tap_done();
}
