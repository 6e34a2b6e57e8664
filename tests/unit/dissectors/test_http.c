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
    is_str(t.secret, " Basic dTpw\r", "credentials, in any case of letters");
    is_int((int64_t)t.n_secret, 12, "  and nothing else");
    feed(&t, 1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    feed(&t, 0, "GET /2 HTTP/1.1\r\nProxy-Authorization: Bearer x\r\n");
    is_str(t.secret, " Bearer x\r", "of a second request, before its head is whole");
    feed(&t, 0, "Authorization: y\r\n\r\n");
    is_str(t.secret, " y\r", "  and when it is");
    feed(&t, 0, "Authorization: in a body\r\n");
    is_str(t.secret, " y\r", "a body is no head");
    feed(&t, 0, "GET /3 HTTP/1.1\r\n\r\nGET /4 HTTP/1.1\r\nAuthorization: z\r\n\r\n");
    is_str(t.secret, " z\r", "a request that follows at once");
    dissect_end(&t);
    is_str(dissect_rows(&t), "", "no facts");
    str_free(&t.rows);
}

/* Each piece hides what it brings, wherever a head is cut. */
static void pieces(void)
{
    static const char text[] =
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic dT\r\nX: y\r\n\r\n";
    const size_t from = (size_t)(strstr(text, ": Basic") - text), secret = strlen(" Basic dT\r");
    size_t cut, bad = 0;

    for (cut = from + 1; cut < from + 1 + secret; cut++) {
        struct dissect_test t;

        dissect_start(&t, "http");
        dissect_feed(&t, 0, text, cut);
        bad += t.n_secret != cut - from - 1;
        dissect_feed(&t, 0, text + cut, strlen(text) - cut);
        bad += t.n_secret != secret;
        dissect_end(&t);
        str_free(&t.rows);
    }
    is_int((int64_t)bad, 0, "a cut inside of the credentials");
    for (cut = 20; cut <= from; cut++) {
        struct dissect_test t;

        dissect_start(&t, "http");
        dissect_feed(&t, 0, text, cut);
        dissect_feed(&t, 0, text + cut, strlen(text) - cut);
        bad += t.n_secret != secret;
        dissect_end(&t);
        str_free(&t.rows);
    }
    is_int((int64_t)bad, 0, "  or in front of them");
}

int main(void)
{
    names();
    secrets();
    pieces();
    return tap_done();
}
