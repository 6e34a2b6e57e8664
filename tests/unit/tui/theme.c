/* theme: colours that are taken as they are. */
#include "config.h"

#include "support/tap.h"
#include "tui/theme.h"

int main(void)
{
    unsigned s, bad = 0;
    int look;

    is_int(theme_rgb(16), 0x000000, "the first of the cube");
    is_int(theme_rgb(231), 0xffffff, "the last of the cube");
    is_int(theme_rgb(203), 0xff5f5f, "what critical looks like");
    is_int(theme_rgb(232), 0x080808, "the darkest grey");
    is_int(theme_rgb(255), 0xeeeeee, "the lightest grey");
    for (look = LOOK_DARK; look <= LOOK_LIGHT; look++)
        for (s = 0; s < STYLE_N; s++) {
            struct theme_style t = theme_of((enum style)s, (enum theme_look)look, 256);

            bad += (t.color >= 0 && t.color < 16) || (t.selected >= 0 && t.selected < 16);
        }
    is_int(bad, 0, "no style leans on the 16 colours that every terminal has its own of");
    return tap_done();
}
