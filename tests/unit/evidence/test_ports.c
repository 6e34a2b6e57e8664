/* The readers of failed binds and of tables of excluded ports: bind_log, secoclient, netsh. */
#include "config.h"

#include "support/facts.h"
#include "support/tap.h"

static void gives(const char *text, const char *kind, const char *want, const char *what)
{
    is_str(facts_of(text, strlen(text), kind), want, what);
}

/* -- netsh ---------------------------------------------------------------------------------- */

static const char english[] = "\r\nProtocol udp Port Exclusion Ranges\r\n\r\n"
                              "Start Port    End Port      \r\n----------    --------      \r\n"
                              "     49152       49251      \r\n     50000       50059     *\r\n\r\n"
                              "* - Administered port exclusions.\r\n";

static void test_tables(void)
{
    gives(english, "log_excluded_range", "6 1 udp - 49152 49251 0\n7 1 udp - 50000 50059 1\n",
          "English");
    gives(english, "log_exclusion_table", "5 1 udp - 2 0\n", "its table");
    gives("プロトコル tcp ポート除外範囲\n---------- --------\n1 2\n", "log_excluded_range",
          "3 1 tcp - 1 2 0\n", "Japanese");
    gives("netsh interface ipv6>show excl protocol = udp\n----------\t--------\n1\t2\t*\n",
          "log_excluded_range", "3 1 udp ipv6 1 2 1\n", "the command line, tabs");
    gives("udp\n----------　　--------\n　４９１５２　４９２５１\n", "log_excluded_range",
          "3 1 udp - 49152 49251 0\n", "full-width characters");
    gives("udp\n---- ----  1 2  3 4 *\n", "log_excluded_range",
          "2 1 udp - 1 2 0\n2 1 udp - 3 4 1\n", "glued rows");
    gives("udp\n---- ----\n1 2\n......\n9 10\n", "log_exclusion_table", "2 1 udp - 2 1\n",
          "dots: rows were left out");
    gives("netsh int ipv4 show excl udp store=persistent\n---- ----\n1 2\n", "log_exclusion_table",
          "2 1 udp ipv4 1 1\n", "the persistent ones only");
    gives("UDP\n---- ----\n1 2\nTCP\n---- ----\n3 4\n", "log_excluded_range",
          "3 1 udp - 1 2 0\n6 2 tcp - 3 4 0\n", "two tables");
    gives("tcp\n---- ----\n1 2\n\n* x\n---- ----\n3 4\n", "log_excluded_range",
          "3 1 tcp - 1 2 0\n7 2 - - 3 4 0\n", "a heading belongs to one table");
    gives("udp\n---- ----\n2 1\n", "log_excluded_range", "", "an end before its start");
    gives("udp\n---- ----\n1 65536\n1 99999999999999999999\n", "log_excluded_range", "",
          "no ports");
    gives("udp\n---- ----\n\n* none\n", "log_exclusion_table", "2 1 udp - 0 0\n", "an empty table");
    gives("Protocol tcp Dynamic Port Range\n-----------------\nStart Port      : 49152\nNumber of "
          "Ports : 16384\n",
          "log_dynamic_ports", "3 tcp - 49152 16384\n", "dynamic ports");
    gives("协议 udp 动态端口范围\n-----------------\n启动端口 ：49152\n端口数 ：16384\n",
          "log_dynamic_ports", "3 udp - 49152 16384\n", "dynamic ports, full-width colon");
    gives("name  size\n----  ----\nx  3\n", "log_excluded_range", "?", "a table of something else");
}

/* -- secoclient ----------------------------------------------------------------------------- */

#define HEAD(module, level, s)                                                                     \
    "[ " module "   " level "   2021-01-28 20:37:" s ".000678 ][lab [x] user] [65535]"
#define WARN(s) HEAD("VNIC", "WARN", s) "[VNIC Init][bind port error, try to set again]\r\n"
#define FAIL(s) HEAD("VNIC", "ERROR", s) "[VNIC Init failed][reason:bind port error]\r\n"

static void test_secoclient(void)
{
    gives(WARN("01") WARN("01") FAIL("01"), "log_bind_failure",
          "1 SecoClient udp 127.0.0.1 49327 49328 - 2 - - 0 failed 2 3 - -\n", "a burst");
    gives(WARN("01") WARN("01") FAIL("01") WARN("30") FAIL("30"), "log_bind_failure",
          "1 SecoClient udp 127.0.0.1 49327 49328 - 2 - - 0 failed 2 3 - -\n"
          "4 SecoClient udp 127.0.0.1 49329 49329 49327 1 - - 0 failed 4 5 - -\n",
          "the counter goes on");
    gives(WARN("01") WARN("30"), "log_bind_failure",
          "1 SecoClient udp 127.0.0.1 49327 49327 - 1 - - 0 cut 1 - - -\n"
          "2 SecoClient udp 127.0.0.1 49328 49328 49327 1 - - 0 cut 2 - - -\n",
          "a pause is another attempt");
    gives(WARN("01") HEAD("VNIC", "INFO", "02") "[VNIC Init][success]\n", "log_bind_failure",
          "1 SecoClient udp 127.0.0.1 49327 49327 - 1 - - 0 went on 1 - - -\n",
          "a later port worked");
    gives(FAIL("01"), "log_bind_failure",
          "1 SecoClient udp 127.0.0.1 49327 49327 - - - - 0 failed 1 1 - -\n",
          "warnings were not logged");
    gives(HEAD("VNIC", "WARN",
               "01") "[VNIC Init][bind port 50001 error 10013, try to set again]\n" FAIL("01"),
          "log_bind_failure",
          "1 SecoClient udp 127.0.0.1 50001 50001 - 1 10013 access 1 failed 1 2 - -\n",
          "a version that names the port");
    gives(HEAD("VNIC", "INFO", "01") "[VNIC IP is [REDACTED]]\n", "log_seco_event",
          "1 VNIC INFO VNIC IP is [REDACTED] -\n", "brackets in brackets");
    gives(WARN("01") "udp\n---- ----\n49000 49999\n", "log_excluded_range",
          "4 1 udp - 49000 49999 0\n", "a table in the same file");
}

/* -- any program ---------------------------------------------------------------------------- */

static void test_programs(void)
{
    gives("nginx: [emerg] bind() to 0.0.0.0:49300 failed (10013: An attempt was made)\n",
          "log_bind_failure", "1 nginx - 0.0.0.0 49300 49300 - 1 10013 access 1 failed 1 - - -\n",
          "nginx");
    gives("listen udp4 :51820: bind: An attempt was made to access a socket in a way forbidden by "
          "its "
          "access permissions.\n",
          "log_bind_failure", "1 - udp - 51820 51820 - 1 10013 access 1 failed 1 - - -\n", "Go");
    gives("OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8080): "
          "address "
          "already in use\n",
          "log_bind_failure", "1 - - 127.0.0.1 8080 8080 - 1 - in use 1 failed 1 - - -\n",
          "Python");
    gives("Error: listen EADDRINUSE: address already in use :::3000\n", "log_bind_failure",
          "1 - tcp :: 3000 3000 - 1 - in use 1 failed 1 - - -\n", "Node");
    gives("May  1 10:00:00 host dnsmasq[12]: failed to bind UDP port 53: Permission denied\n",
          "log_bind_failure", "1 dnsmasq udp - 53 53 - 1 - access 1 failed 1 - - -\n", "syslog");
    gives("代理.exe 绑定 UDP 端口：49310 失败，错误码 10013\n", "log_bind_failure",
          "1 代理 udp - 49310 49310 - 1 10013 access 1 failed 1 - - -\n", "Chinese");
    gives(
        "a.exe: bind port 5000 error 10013\na.exe: bind port 5001 error 10013\n"
        "a.exe: bind port 5001 error 10013\na.exe: bind port 6000 error 10013\n",
        "log_bind_failure",
        "1 a - - 5000 5001 - 3 10013 access 1 failed 3 - - -\n4 a - - 6000 6000 - 1 10013 access 1 "
        "failed 4 - - -\n",
        "the next port, the same again, another one");
    gives("listening on port 10013, bind is fine\n", "log_bind_failure", "?",
          "a port that looks like an error");
    gives("# bind port 5000 fails with error 10013\n", "log_bind_failure", "?",
          "a page about logs");
    gives("bind failed: error 10013\n", "log_bind_failure", "?", "no port");
    gives("bind port 70000 error 10013\n", "log_bind_failure", "?", "no such port");
    gives("10:00:00 bind udp 127.0.0.1:49327 ok\n", "log_bind_failure", "?", "no failure");
}

#define ACCESS                                                                                     \
    "An attempt was made to access a socket in a way forbidden by its access permissions."

/* Other calls fail with the same errors, and other words hold the same letters. */
static void test_no_binds(void)
{
    gives("error outbound connection to 10.1.2.3:443 failed: cannot assign requested address\n",
          "log_bind_failure", "?", "outbound is another word");
    gives("unbound[812]: error: udp connect failed: Permission denied for 192.0.2.53 port 53\n",
          "log_bind_failure", "?", "a program's name says nothing");
    gives("listener.exe: recv on port 80: Permission denied\n", "log_bind_failure", "?",
          "nor does that of an .exe");
    gives("cpu-bound task on port 80: permission denied\n", "log_bind_failure", "?", "cpu-bound");
    gives("binder: port 80: permission denied\n", "log_bind_failure", "?", "a binder");
    gives("app/proxyman/outbound: failed to bind the session: dial tcp 10.1.2.3:50080: "
          "connectex: " ACCESS "\n",
          "log_bind_failure", "?", "dial is the call that failed");
    gives("cannot connect to the one that should listen on port 80: permission denied\n",
          "log_bind_failure", "?", "connect is");
    gives("dnsmasq: failed to create listening socket for port 53: Address already in use\n",
          "log_bind_failure", "1 dnsmasq - - 53 53 - 1 - in use 1 failed 1 - - -\n",
          "who listens may do so with datagrams");
    gives("agent: failed to connect: listen tcp 127.0.0.1:80: bind: permission denied\n",
          "log_bind_failure", "1 agent tcp 127.0.0.1 80 80 - 1 - access 1 failed 1 - - -\n",
          "Go names the call that failed first");
    gives("LDAP bind to ldap.example.org port 389 failed: permission denied\n", "log_bind_failure",
          "?", "an LDAP bind is a message");
    gives("php: ldap_bind(): bind to 10.0.0.1:389: permission denied\n", "log_bind_failure", "?",
          "by another name");
    gives("docker: bind mount /run, port 80: permission denied\n", "log_bind_failure", "?",
          "a mount");
    gives("slapd: bind to ldap://0.0.0.0:389 failed: address already in use\n", "log_bind_failure",
          "1 slapd - 0.0.0.0 389 389 - 1 - in use 1 failed 1 - - -\n",
          "a server of LDAP binds as others do");
}

/* The port that stands with the bind, and no other one of the line. */
static void test_places(void)
{
    gives("*7 bind(192.168.7.9) failed (99: Cannot assign requested address) while connecting to "
          "upstream, client: 10.0.0.5, upstream: \"http://10.0.0.1:8080/\"\n",
          "log_bind_failure", "?", "nginx proxy_bind");
    gives("H=mail.example.org [198.51.100.3]:25 bind to 192.0.2.5 failed: Cannot assign requested "
          "address\n",
          "log_bind_failure", "?", "Exim: the argument has no port, and 25 is the other end's");
    gives("curl: (45) bind failed with errno 99: Cannot assign requested address to 10.0.0.1 port "
          "8080\n",
          "log_bind_failure", "?", "curl: behind the error, to where it was to lead");
    gives(
        "cannot bind to source address 10.9.9.9 before connect() for server srv1 [10.0.0.1:8080]: "
        "Cannot assign requested address\n",
        "log_bind_failure", "?", "HAProxy's source address");
    gives("bind failed for remote port 53: permission denied\n", "log_bind_failure", "?",
          "a remote port");
    gives("10.0.0.5:51234 TCP/UDP: Socket bind failed on local address [AF_INET6]2001:db8::1:1194: "
          "Address already in use\n",
          "log_bind_failure", "1 - - 2001:db8::1 1194 1194 - 1 - in use 1 failed 1 - - -\n",
          "OpenVPN's prefix is its client's, and its IPv6 addresses have no brackets");
    gives(
        "unbound[8]: error: can't bind socket: Cannot assign requested address for 2001:503::2:30 "
        "port 53\n",
        "log_bind_failure", "1 unbound - - 53 53 - 1 - not local 1 failed 1 - - -\n",
        "colons of an IPv6 address");
    gives("bind 2001:db8::2:30 failed: permission denied\n", "log_bind_failure", "?",
          "an address alone");
    gives("Error: listen EADDRINUSE: address already in use ::1:3000\n", "log_bind_failure",
          "1 - tcp ::1 3000 3000 - 1 - in use 1 failed 1 - - -\n", "Node always appends the port");
    gives("bind [::1]:6010: permission denied\n", "log_bind_failure",
          "1 - - ::1 6010 6010 - 1 - access 1 failed 1 - - -\n", "brackets");
    gives("Port 80 is already bound: permission denied\n", "log_bind_failure",
          "1 - - - 80 80 - 1 - access 1 failed 1 - - -\n", "the port before the word");
    gives("client 10.0.0.5:51234: bind failed: permission denied\n", "log_bind_failure", "?",
          "a client's port before the word");
    gives("transport 5 bind: permission denied\n", "log_bind_failure", "?", "no port but letters");
    gives("bind serverPort=5000: permission denied\n", "log_bind_failure",
          "1 - - - 5000 5000 - 1 - access 1 failed 1 - - -\n", "a port as a part of a name");
}

#define PG(level, what) "2024-05-01 10:00:00.000 UTC [12] " level ":  " what "\n"
#define PG_FAILS                                                                                   \
    PG("LOG", "could not bind IPv4 address \"0.0.0.0\": Address already in use")                   \
    PG("HINT", "Is another postmaster already running on port 5432? If not, wait a few seconds "   \
               "and retry.")
#define PG_ROW "1 postgres tcp - 5432 5432 - 1 - in use 1 "

/* The port is in a line beside the failure. */
static void test_pairs(void)
{
    gives(PG_FAILS PG("FATAL", "could not create any TCP/IP sockets"), "log_bind_failure",
          PG_ROW "failed 1 3 2 -\n", "PostgreSQL");
    gives(PG_FAILS PG("LOG", "database system is ready to accept connections"), "log_bind_failure",
          PG_ROW "lived 1 - 2 3\n", "it has another address");
    gives(PG("LOG", "could not bind IPv6 address \"::1\": Cannot assign requested address")
              PG("HINT", "Is another postmaster already running on port 5432?"),
          "log_bind_failure", "?", "a machine without IPv6");
    gives("LOG:  could not bind Unix address \"/tmp/x\": Address already in use\nx\nx\nx\n"
          "HINT:  Is another postmaster already running on port 5432?\n",
          "log_bind_failure", "?", "too far away");
    gives("HINT:  Is another postmaster already running on port 5432?\n", "log_bind_failure", "?",
          "a hint alone");
    gives("0 [ERROR] [Server] Can't start server: Bind on TCP/IP port: Address already in use\n"
          "0 [ERROR] [Server] Do you already have another mysqld server running on port: 3306 ?\n",
          "log_bind_failure", "1 - tcp - 3306 3306 - 1 - in use 1 failed 1 - 2 -\n", "MySQL");
    gives("[ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use\n"
          "[ERROR] Do you already have another server running on port: 3306 ?\n",
          "log_bind_failure", "1 - tcp - 3306 3306 - 1 - in use 1 failed 1 - 2 -\n", "MariaDB");
    gives("1539077460: Opening ipv4 listen socket on port 1883.\n"
          "1539077460: Error: Address already in use\n"
          "1539077460: Opening ipv6 listen socket on port 1883.\n"
          "1539077460: Error: Address in use\n",
          "log_bind_failure", "2 - tcp - 1883 1883 - 2 - in use 1 failed 4 - 1 -\n", "Mosquitto");
    gives("mosquitto[7]: Opening ipv4 listen socket on port 1883.\n"
          "mosquitto[8]: Error: Address already in use\n",
          "log_bind_failure", "?", "another process' error");
    gives("1: Opening ipv4 listen socket on port 1883.\n1: mosquitto version 2.0.11 running\n"
          "1: Error: Address already in use\n",
          "log_bind_failure", "?", "a line between");
    gives("Web server failed to start. Port 8080 was already in use.\n\nAction:\n\nIdentify and "
          "stop the process that's listening on port 8080 or configure this application to listen "
          "on another port.\n",
          "log_bind_failure", "1 - - - 8080 8080 - 1 - in use 1 failed 1 - - -\n", "Spring Boot");
    gives("o.s.b.Listener: Web server failed to start. Port 8080 was already in use.\n",
          "log_bind_failure", "1 o.s.b.Listener - - 8080 8080 - 1 - in use 1 failed 1 - - -\n",
          "  behind a logger's name");
    gives("Address already in use\nPort 5000 is in use by another program. Either identify and "
          "stop that program, or start the server with a different port.\n",
          "log_bind_failure", "2 - - - 5000 5000 - 1 - in use 1 failed 2 - - -\n", "Flask");
    gives("Error: port 5 was already in use.\n", "log_bind_failure", "?",
          "a port of anything else");
}

#define X11 "sshd[7]: error: bind [127.0.0.1]:6010: Address already in use\n"

/* What the lines around a failure tell of it. */
static void test_outcome(void)
{
    gives("bind to 0.0.0.0:80 failed: Address already in use, retrying\nlistening on 0.0.0.0:80\n",
          "log_bind_failure", "1 - - 0.0.0.0 80 80 - 1 - in use 1 bound 1 - - 2\n",
          "it worked later");
    gives("bind 127.0.0.1:80: permission denied\nlistening on [::]:80\n", "log_bind_failure",
          "1 - - 127.0.0.1 80 80 - 1 - access 1 bound 1 - - 2\n", "on every address");
    gives("bind 10.0.0.1:80: permission denied\nlistening on 10.0.0.2:80\n", "log_bind_failure",
          "1 - - 10.0.0.1 80 80 - 1 - access 1 failed 1 - - -\n", "another address is no success");
    gives("bind port 80 error 10048\nlistening on port 81\n", "log_bind_failure",
          "1 - - - 80 80 - 1 10048 in use 1 went on 1 - - 2\n", "the next port worked");
    gives("bind port 80 error 10048\nlistening on port 9090\n", "log_bind_failure",
          "1 - - - 80 80 - 1 10048 in use 1 failed 1 - - -\n", "another port is no success");
    gives("bind port 80 error 10048\nwill try to be listening on port 80\n"
          "another process is listening on port 80\n",
          "log_bind_failure", "1 - - - 80 80 - 1 10048 in use 1 failed 1 - - -\n",
          "nor is what it means to do, or what another has");
    gives("bind port 80 error 10048\noutbound 10.0.0.1:80 open\n", "log_bind_failure",
          "1 - - - 80 80 - 1 10048 in use 1 failed 1 - - -\n", "outbound is not bound");
    gives("a.exe: bind port 80 error 10048\nb.exe: listening on port 80\n", "log_bind_failure",
          "1 a - - 80 80 - 1 10048 in use 1 failed 1 - - -\n",
          "nor the success of another program");
    gives(
        "bind port 80 error 10048\nlistening on port 80\nbind port 80 error 10048\n",
        "log_bind_failure",
        "1 - - - 80 80 - 1 10048 in use 1 bound 1 - - 2\n3 - - - 80 80 - 1 10048 in use 1 failed 3 "
        "- - -\n",
        "it failed again");
    gives(X11 "sshd[7]: error: channel_setup_fwd_listener_tcpip: cannot listen to port: 6010\n"
              "sshd[7]: Accepted publickey\n",
          "log_bind_failure", "1 sshd - 127.0.0.1 6010 6010 - 1 - in use 1 lived 1 - - 3\n",
          "the process goes on");
    gives(X11 "sshd[8]: Accepted publickey\n", "log_bind_failure",
          "1 sshd - 127.0.0.1 6010 6010 - 1 - in use 1 lived 1 - - 1\n",
          "sshd binds this for a client, so it lives");
    gives("a[7]: bind port 80 error 10048\na[8]: hello\na[7]: failed to start\n",
          "log_bind_failure", "1 a - - 80 80 - 1 10048 in use 1 failed 1 - - -\n",
          "another process goes on, this one only complains");
    gives("bind port 80 error 10048, retrying\n", "log_bind_failure",
          "1 - - - 80 80 - 1 10048 in use 1 lived 1 - - 1\n", "it promises to try again");
    gives("bind port 80 error 10048, retrying\nbind port 80 error 10048, retrying\n"
          "bind port 80 error 10048, retrying\n",
          "log_bind_failure", "1 - - - 80 80 - 3 10048 in use 1 failed 3 - - -\n",
          "and in the end it did not help");
    gives("bind port 80 error 10013, see https://example.org/\n", "log_bind_failure",
          "1 - - - 80 80 - 1 10013 access 1 failed 1 - - -\n", "a page is no protocol");
    gives("http://127.0.0.1:80: bind error 10013\n", "log_bind_failure",
          "1 - tcp 127.0.0.1 80 80 - 1 10013 access 1 failed 1 - - -\n", "a listener's address is");
    gives(X11 "sshd[7]: cleaning up\nsshd[7]: fatal: Cannot bind any address.\n",
          "log_bind_failure", "1 sshd - 127.0.0.1 6010 6010 - 1 - in use 1 failed 1 3 - -\n",
          "it gives up");
    gives("sshd[7]: Server listening on 0.0.0.0 port 22.\n"
          "sshd[7]: error: Bind to port 22 on :: failed: Address already in use.\n",
          "log_bind_failure", "2 sshd - - 22 22 - 1 - in use 1 bound 2 - - 1\n",
          "the process has the port already");
    gives("INFO help: if you see \"bind: address already in use\" on port 8080 then stop it\n",
          "log_bind_failure", "?", "a condition");
    gives("INFO known: \"bind: address already in use\" on port 8080\n", "log_bind_failure", "?",
          "a quotation");
    gives("level=info err=\"listen tcp 127.0.0.1:80: bind: address already in use\"\n",
          "log_bind_failure", "1 - tcp 127.0.0.1 80 80 - 1 - in use 1 failed 1 - - -\n",
          "a field in quotes is no quotation");
    gives(
        "TCP/UDP: Socket bind failed on local address [AF_INET][undef]:49300: An attempt was made "
        "(fd=4,code=10013)\n",
        "log_bind_failure", "1 - - - 49300 49300 - 1 10013 access 1 failed 1 - - -\n",
        "OpenVPN's line tells no protocol");
}

static void test_hostile(void)
{
    static char big[1 << 20];
    size_t i;

    for (i = 0; i <= sizeof(english) - 1; i++)
        facts_survive(english, i);
    for (i = 0; i < sizeof(PG_FAILS) - 1; i++)
        facts_survive(PG_FAILS, i);
    for (i = 0; i < sizeof(WARN("01")) - 1; i++)
        facts_survive(WARN("01") FAIL("01"), i);
    memset(big, '-', sizeof(big));
    facts_survive(big, sizeof(big));
    memset(big, '[', sizeof(big));
    facts_survive(big, sizeof(big));
    memset(big, ':', sizeof(big));
    memcpy(big, "bind error 10013 ", 17);
    facts_survive(big, sizeof(big));
    memset(big, 0, sizeof(big));
    facts_survive(big, sizeof(big));
    ok(true, "cut anywhere, and lines of a megabyte");
}

int main(void)
{
    test_tables();
    test_secoclient();
    test_programs();
    test_no_binds();
    test_places();
    test_pairs();
    test_outcome();
    test_hostile();
    return tap_done();
}
