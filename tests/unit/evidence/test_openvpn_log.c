#include "config.h"

#include "support/facts.h"
#include "support/tap.h"

static void gives(const char *text, const char *kind, const char *want, const char *what)
{
    is_str(facts_of(text, strlen(text), kind), want, what);
}

#define P              "192.0.2.7:1194 "
#define T(s)           "2024-05-01 10:00:" s " us=0 "
#define BROKEN(s, ids) T(s) P "ACK output sequence broken: " ids "\n"
#define READ(s, what)  T(s) P "UDPv4 READ [22] from [AF_INET]192.0.2.7:1194: " what "\n"
#define WRITE(s, what) T(s) P "UDPv4 WRITE [114] to [AF_INET]192.0.2.7:1194: " what "\n"
#define FAILED(s)                                                                                  \
    T(s) P "TLS Error: TLS key negotiation failed to occur within 60 seconds (check ...)\n"

static void test_stalls(void)
{
    gives(WRITE("01", "P_CONTROL_V1 kid=0 [ ] pid=8 DATA len=100") BROKEN("02", "[12] 9 10 11 8")
              BROKEN("09", "[12] 8") FAILED("59"),
          "log_openvpn_stall", "2 192.0.2.7:1194 server 8 12 2 3 58 0 4\n",
          "from the first sending to the failure");
    gives(BROKEN("02", "12 9 10 11 8") BROKEN("09", "12 8") FAILED("59"), "log_openvpn_stall",
          "1 192.0.2.7:1194 server 8 12 2 2 57 0 3\n", "without brackets");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8") READ("06", "P_ACK_V1 kid=0 [ 8 ]")
              BROKEN("07", "[13] 9"),
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 2 2 4 1 -\n", "acknowledged");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8") READ("06", "P_ACK_V1 kid=0 8")
              BROKEN("07", "[13] 9"),
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 2 2 4 1 -\n",
          "acknowledged, without brackets");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8")
              READ("06", "P_CONTROL_V1 kid=0 sid=6d57de05 e663c08a [ 8 7 sid=716710df d00826ca ] "
                         "pid=1 DATA 16030101"),
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 2 2 4 1 -\n",
          "acknowledged by a packet, verb 9");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8")
              READ("06", "P_ACK_V1 kid=0 pid=[ #8 ] [ 9 ] DATA len=0") BROKEN("08", "[12] 8"),
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 3 4 6 0 -\n",
          "the id of tls-auth is none");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8") T("07") P
          "ACK received for pid 8, deleting from send buffer\n",
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 2 2 5 1 -\n", "acknowledged, verb 8");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8") BROKEN("06", "[13] 9 10"),
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 2 2 4 1 -\n", "a higher lowest id");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8")
              WRITE("06", "P_CONTROL_V1 kid=0 [ ] pid=12 DATA len=100"),
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 2 2 4 1 -\n", "something new is sent");
    gives(BROKEN("02", "[12] 8") BROKEN("05", "[12] 8")
              READ("06", "P_CONTROL_HARD_RESET_CLIENT_V2 kid=0 [ ] pid=0 DATA len=0"),
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 2 2 4 0 3\n", "a new session");
    gives(BROKEN("02", "[5] 1 2 3 4") BROKEN("02", "[6] 5 2 3 4") BROKEN("02", "[7] 5 6 3 4")
              BROKEN("30", "[29] 26 25 27 28"),
          "log_openvpn_stall", "", "a healthy log is full of these lines");
    gives(T("02") "ACK output sequence broken: [12] 8\n" T(
              "05") "ACK output sequence broken: [12] 8\n" T("05") "UDP link remote: "
                                                                   "[AF_INET]198.51.100.9:1194\n",
          "log_openvpn_stall", "1 198.51.100.9:1194 client 8 12 2 2 3 0 -\n", "a client's log");
    gives(P "ACK output sequence broken: [12] 8\n" P "ACK output sequence broken: [12] 8\n" P
            "ACK output sequence broken: [12] 8\n" P
            "TLS Error: TLS key negotiation failed to occur within 60 seconds\n",
          "log_openvpn_stall", "1 192.0.2.7:1194 server 8 12 3 3 60 0 4\n",
          "without times: the hand-window that it names");
    gives(
        "2024-05-01 10:00:02 Test \xd6\xa4\xca\xe9/192.0.2.7:5 ACK output sequence broken: 12 8\n"
        "2024-05-01 10:00:09 Test \xd6\xa4\xca\xe9/192.0.2.7:5 ACK output sequence broken: 12 8\n",
        "log_openvpn_stall", "1 Test 证书/192.0.2.7:5 server 8 12 2 2 7 0 -\n",
        "a name with a blank, GBK");
    gives("May  1 10:00:02 gw ovpn-server[12]: a/192.0.2.7:5 ACK output sequence broken: [12] 8\n"
          "May  1 10:00:09 gw ovpn-server[12]: a/192.0.2.7:5 ACK output sequence broken: [12] 8\n",
          "log_openvpn_stall", "1 a/192.0.2.7:5 server 8 12 2 2 7 0 -\n", "syslog");
    gives("1714550000.000000 20 192.0.2.7:5 ACK output sequence broken: [12] 8\n"
          "1714550007.500000 20 192.0.2.7:5 ACK output sequence broken: [12] 8\n",
          "log_openvpn_stall", "1 192.0.2.7:5 server 8 12 2 2 7.5 0 -\n", "machine-readable");
}

static void test_events(void)
{
    gives(T("01") "Initialization Sequence Completed\n" T(
              "02") "[server] Inactivity timeout (--ping-restart), restarting\n" T("03") P
          "SIGUSR1[soft,ping-restart] received, client-instance restarting\n",
          "log_openvpn_event",
          "1 - up Initialization Sequence Completed\n"
          "2 - inactivity Inactivity timeout (--ping-restart), restarting\n"
          "3 192.0.2.7:1194 restart SIGUSR1[soft,ping-restart] received, client-instance "
          "restarting\n",
          "events");
    gives("hello\nworld\n", "log_openvpn_event", "?", "another text");
}

static void test_hostile(void)
{
    static const char text[] = BROKEN("02", "[12] 9 10 11 8") BROKEN("09", "[12] 8")
        READ("10", "P_CONTROL_V1 kid=0 sid=6d57de05 e663c08a [ 8 7 sid=716710df d00826ca ] pid=1 "
                   "DATA 16030101") FAILED("59");
    static char big[1 << 20];
    size_t i;

    for (i = 0; i < sizeof(text); i++)
        facts_survive(text, i);
    memset(big, '1', sizeof(big));
    memcpy(big, BROKEN("02", "[12]"), sizeof(BROKEN("02", "[12]")) - 2);
    facts_survive(big, sizeof(big));
    for (i = 0; i + 2 < sizeof(big); i += 2)
        memcpy(big + i, " 1", 2);
    memcpy(big, READ("02", "P_ACK_V1"), sizeof(READ("02", "P_ACK_V1")) - 2);
    facts_survive(big, sizeof(big));
    memset(big, 0, sizeof(big));
    facts_survive(big, sizeof(big));
    gives(BROKEN("02", "[99999999999] 8") BROKEN("09", "[12] 99999999999") BROKEN("09", "[8] 12")
              BROKEN("09", "[]"),
          "log_openvpn_stall", "?", "numbers that are none");
}

int main(void)
{
    test_stalls();
    test_events();
    test_hostile();
    return tap_done();
}
