/* test_peek_xml: elements, entities, and what is no XML. */
#include "config.h"

#include "capture/peek_xml.h"
#include "tests/support/build.h"
#include "tests/support/tap.h"

/* "depth name=text" of each element, one after the other. */
static void walk(const char *xml, const char *want)
{
    struct guard g = guard_new(xml, strlen(xml));
    struct peek_xml x = peek_xml_of(bytes_of(g.p, g.len));
    struct peek_element e;
    char got[512] = "";

    while (peek_xml_next(&x, &e)) {
        char *text = peek_xml_text(&e, 64);
        size_t len = strlen(got);

        snprintf(got + len, sizeof(got) - len, "%u%.*s=%s;", e.depth, (int)e.name.left,
                 (const char *)e.name.p, text);
        free(text);
    }
    is_str(got, want, xml);
    guard_free(&g);
}

static void number(const char *xml, int64_t want)
{
    struct peek_xml x = peek_xml_of(bytes_of(xml, strlen(xml)));
    struct peek_element e;
    uint64_t n = 0;
    bool is = peek_xml_next(&x, &e) && peek_xml_number(&e, &n);

    is_int(is ? (int64_t)n : -1, want, xml);
}

static void cuts(void)
{
    static const char xml[] = "<?xml?><A b='c'><!-- < --><B>1 &lt; 2</B><C/><D>"
                              "<![CDATA[x]]></D></A>";
    size_t len, n = 0;

    for (len = 0; len <= sizeof(xml) - 1; len++) {
        struct guard g = guard_new(xml, len);
        struct peek_xml x = peek_xml_of(bytes_of(g.p, g.len));
        struct peek_element e;

        while (peek_xml_next(&x, &e)) {
            free(peek_xml_text(&e, 64));
            n++;
        }
        guard_free(&g);
    }
    ok(n > 0, "cut at every byte");
}

int main(void)
{
    char deep[256] = "";
    int i;

    walk("<?xml version=\"1.0\"?><S><A>1</A><B>two</B></S>   ", "1S=;2A=1;2B=two;");
    walk("<S>\t  <A>  padded \t</A> </S>", "1S=;2A=padded;");
    walk("<S><A>a &lt;b&gt; &amp;&quot;&apos;</A></S>", "1S=;2A=a <b> &\"';");
    walk("<S><A>&#65;&#x42;&#xe9;&#x20ac;&#x1f600;</A></S>", "1S=;2A=AB\u00e9\u20ac\U0001f600;");
    walk("<S><A>&nbsp; &#; &#xd800; &#x110000; &amp</A></S>",
         "1S=;2A=&nbsp; &#; &#xd800; &#x110000; &amp;");
    walk("<S><A/><B x='1'>2</B><C ></C></S>", "1S=;2A=;2B=2;2C=;");
    walk("<S><L><A>1</A></L><A>2</A></S>", "1S=;2L=;3A=1;2A=2;");
    walk("<S><!-- <A>0</A> --><A>1</A><!DOCTYPE x></S>", "1S=;2A=1;");
    walk("<S><A><![CDATA[ <b> & ]]></A></S>", "1S=;2A=<b> &;");
    walk("<S></S></S><A>1</A>", "1S=;");
    walk("<S><A", "1S=;");
    walk("<S>< ></S>", "1S=;");
    walk("no XML at all", "");
    walk("", "");
    number("<A>0</A>", 0);
    number("<A> 2921 </A>", 2921);
    number("<A>18446744073709551616</A>", -1);
    number("<A>-1</A>", -1);
    number("<A>9x</A>", -1);
    number("<A></A>", -1);
    for (i = 0; i < 40; i++)
        strcat(deep, "<A>");
    {
        struct peek_xml x = peek_xml_of(bytes_of(deep, strlen(deep)));
        struct peek_element e;
        unsigned n = 0;

        while (peek_xml_next(&x, &e))
            n++;
        is_int(n, PEEK_XML_DEPTH_MAX, "too deep a nesting ends the walk");
    }
    cuts();
    return tap_done();
}
