/* pcap_loop: what reading alone costs: every frame of a capture through libpcap, its bytes
 * untouched. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char why[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *head;
    const u_char *bytes;
    unsigned long long n = 0;
    pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;

    if (!p)
        return 1;
    while (pcap_next_ex(p, &head, &bytes) == 1)
        n++;
    printf("%llu\n", n);
    pcap_close(p);
    return 0;
}
