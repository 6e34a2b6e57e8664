/* plot: series of the samples as text; thinning keeps the peaks. */
#include "config.h"

#include "frame/plot.h"

#include "support/rows.h"

static char *points(const struct plot *p, unsigned kind, unsigned end)
{
    struct str out = { 0 };
    size_t i;

    for (i = 0; i < p->n; i++)
        if (p->points[i].kind == kind && p->points[i].end == end)
            str_addf(&out, "%s%lld:%lld", out.len ? " " : "", (long long)p->points[i].frame_no,
                     (long long)p->points[i].y);
    return str_take(&out);
}

static void is_points(const struct plot *p, unsigned kind, unsigned end, const char *want,
                      const char *what)
{
    char *got = points(p, kind, end);

    is_str(got, want, what);
    free(got);
}

static void test_tcp(void)
{
    struct store *s = rows_analyze("zombie", "lwip-reboot/zombie");
    struct frame_reader *r = frame_reader_new(s, false);
    struct err err = { 0 };
    struct plot p;
    bool peak = false;
    size_t i;

    is_int(plot_tcp(s, r, 2, 2, 1000, NULL, &p, &err), ERR_OK, "TCP sequence numbers");
    is_points(&p, PLOT_DATA, 0, "30:282 36:324 38:375 41:423 43:466 48:497 50:498",
              "what a sent, without its SYN, which is a frame of the life before");
    is_points(&p, PLOT_RESENT, 0, "49:497", "and again");
    is_points(&p, PLOT_RESENT, 1, "74:2370 76:2370 78:2370 80:2370 82:2370 87:2370 92:2370",
              "what b sent again");
    ok(!p.thinned && !p.partial, "all of it");
    plot_free(&p);
    is_int(plot_tcp(s, r, 2, 2, 16, NULL, &p, &err), ERR_OK, "the same in few points");
    ok(p.thinned && p.n <= 16, "is thinned");
    for (i = 0; i < p.n; i++)
        peak = peak || p.points[i].y == p.y_max;
    ok(peak, "and keeps its peak");
    plot_free(&p);
    is_int(plot_tcp(s, r, 2, 77, 16, NULL, &p, &err), ERR_USAGE, "no such flow");
    plot_free(&p);
    frame_reader_free(r);
    store_close(s);
}

static void test_openvpn(void)
{
    struct store *s = rows_analyze("stall", "openvpn-stall/acklost");
    struct err err = { 0 };
    struct plot p;

    is_int(plot_openvpn(s, 3, 1, 1000, &p, &err), ERR_OK, "OpenVPN's window");
    is_int(p.y_max >= 4, 1, "is full in the end");
    is_points(&p, PLOT_STUCK, 1, "33:8", "on id 8");
    is_points(&p, PLOT_FILL, 1,
              "2:1 3:0 9:1 10:0 11:1 12:0 13:1 14:2 15:3 16:4 17:3 18:2 19:1 20:0 21:1 22:0 23:1 "
              "24:2 25:2 26:3 27:3 28:4 29:4 33:4",
              "how it fills");
    plot_free(&p);
    store_close(s);
}

static void test_sizes(void)
{
    struct store *s = rows_analyze("pppoe", "pppoe-tap/fault");
    struct frame_reader *r = frame_reader_new(s, false);
    int64_t lost = 0, delivered = 0, largest = 0, smallest = INT64_MAX;
    struct err err = { 0 };
    struct plot p;
    size_t i;

    is_int(plot_sizes(s, r, 2, 3, 1000, NULL, &p, &err), ERR_OK, "sizes");
    for (i = 0; i < p.n; i++) {
        bool gone = p.points[i].kind == PLOT_LOST;

        lost += gone ? p.points[i].y : 0;
        delivered += gone ? 0 : p.points[i].y;
        if (gone && p.points[i].x > largest)
            largest = p.points[i].x;
        if (!gone && p.points[i].x < smallest)
            smallest = p.points[i].x;
    }
    is_int(lost, sql_number(store_db(s), "SELECT count(*) FROM pair_lost WHERE from_source = 2", 0),
           "every lost frame");
    ok(delivered > 0 && !p.approximate, "and those that arrived");
    ok(largest < smallest, "the lost ones are the small ones: %lld < %lld", (long long)largest,
       (long long)smallest);
    plot_free(&p);
    frame_reader_free(r);
    store_close(s);
}

int main(void)
{
    test_tcp();
    test_openvpn();
    test_sizes();
    case_end();
    return tap_done();
}
