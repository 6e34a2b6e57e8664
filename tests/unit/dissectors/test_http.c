/* test_http: what is HTTP, and what of it is secret. */
#include "config.h"

#include "support/dissect.h"
#include "support/tap.h"

static bool claims(const char *text)
{
    struct dissect_ctx ctx = { 0 };

    return dissect_by_name("http")->claims(&ctx, bytes_of(text, strlen(text)));
}

static void names(void)
{
    ok(claims("GET / HTTP/1.1\r\nHost: a\r\n"), "a request");
    ok(claims("POST http://a/b HTTP/1.0\n"), "  of the oldest kind, through a proxy");
    ok(claims("GET /a/very/long/path/whose/end/is/not/here"), "  cut");
    ok(!claims("OPTIONS rtsp://a/b RTSP/1.0\r\n"), "RTSP is another protocol");
    ok(!claims("OPTIONS sip:a@b SIP/2.0\r\n"), "  so is SIP");
    ok(!claims("OPTIONS sip:a@b"), "  cut, too");
    ok(!claims("CONNECT a:443 HTTP/1.1\r\n"), "what follows CONNECT is another's");
    ok(!claims("GET"), "three letters are nothing");
    ok(!claims("GET \r\n"), "  nor is a method alone");
    ok(!claims("HTTP/1.1 200 OK\r\n"), "an answer alone is not taken");
}

static void feed(struct dissect_test *t, unsigned from, const char *text)
{
    dissect_feed(t, from, text, strlen(text));
}

static void secrets(void)
{
    struct dissect_test t;

    dissect_start(&t, "http");
    feed(&t, 0, "GET / HTTP/1.1\r\nHost: a\r\nauthorization: Basic dTpw\r\n\r\n");
    is_str(t.secret, " Basic dTpw", "credentials, in any case of letters");
    is_int((int64_t)t.n_secret, 11, "  and nothing else");
    feed(&t, 1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    feed(&t, 0, "GET /2 HTTP/1.1\r\nProxy-Authorization: Bearer x\r\n");
    is_str(t.secret, " Bearer x", "of a second request, before its head is whole");
    feed(&t, 0, "Authorization: y\r\n\r\n");
    is_str(t.secret, " y", "  and when it is");
    feed(&t, 0, "Authorization: in a body\r\n");
    is_str(t.secret, " y", "a body is no head");
    dissect_end(&t);
    is_str(dissect_rows(&t), "", "no facts");
    str_free(&t.rows);

    dissect_start(&t, "http");
    feed(&t, 0, "GET / HTTP/1.1\r\nAuthorization: Basic dT");
    is_str(t.secret, " Basic dT", "what the capture has of it is hidden");
    dissect_end(&t);
    str_free(&t.rows);
}

int main(void)
{
    names();
    secrets();
    return tap_done();
}
