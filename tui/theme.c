#include "config.h"

#include "tui/theme.h"

/* Greys of 256 colours, 232 (black) to 255 (white): those that are too near to the bar (237, 254).
 */
#define DARK_GREY     238
#define DARK_LEGIBLE  250
#define LIGHT_GREY    253
#define LIGHT_LEGIBLE 239

/* clang-format off */
struct entry {
    short dark, light;       /* of 256 colours */
    short dark16, light16;   /* of 16 */
    bool bold, dim, underline, reverse; /* also with colours */
    bool mono_bold, mono_dim, mono_underline, mono_reverse; /* without */
};

static const struct entry entries[STYLE_N] = {
    [STYLE_TEXT]     = { -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0 },
    [STYLE_DIM]      = { 245, 243, -1, -1, 0, 0, 0, 0, 0, 1, 0, 0 },
    [STYLE_STRONG]   = { 231, 16, -1, -1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_TITLE]    = { 231, 16, -1, -1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_BAR]      = { 245, 243, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0 },
    [STYLE_BAR_KEY]  = { 117, 25, 6, 4, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_HEAD]     = { 245, 243, -1, -1, 0, 0, 1, 0, 0, 0, 1, 0 },
    [STYLE_RULER]    = { 239, 250, -1, -1, 0, 0, 0, 0, 0, 1, 0, 0 },
    [STYLE_CRITICAL] = { 203, 160, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_WARNING]  = { 221, 130, 3, 3, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_NOTICE]   = { 75, 25, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0 },
    [STYLE_GOOD]     = { 114, 28, 2, 2, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_A]        = { 117, 25, 6, 4, 0, 0, 0, 0, 0, 0, 0, 0 },
    [STYLE_B]        = { 180, 94, 3, 5, 0, 0, 0, 0, 0, 0, 0, 0 },
    [STYLE_CITED]    = { 221, 130, 3, 1, 1, 0, 0, 0, 1, 0, 1, 0 },
    [STYLE_ERROR]    = { 203, 160, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_PROMPT]   = { 231, 16, -1, -1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [STYLE_MATCH]    = { 221, 130, 3, 1, 0, 0, 1, 0, 0, 0, 1, 0 },
};
/* clang-format on */

static short selected_of(const struct entry *e, enum theme_look look, int colors)
{
    short color = look == LOOK_DARK ? e->dark : e->light;

    if (colors < 256)
        return -1;
    if (look == LOOK_DARK)
        return color >= DARK_GREY && color < DARK_LEGIBLE ? DARK_LEGIBLE : color;
    return color > LIGHT_LEGIBLE && color <= LIGHT_GREY ? LIGHT_LEGIBLE : color;
}

struct theme_style theme_of(enum style s, enum theme_look look, int colors)
{
    const struct entry *e = &entries[s < STYLE_N ? s : STYLE_TEXT];

    if (colors < 8)
        return (struct theme_style){ .color = -1,
                                     .selected = -1,
                                     .color16 = -1,
                                     .bold = e->mono_bold,
                                     .dim = e->mono_dim,
                                     .underline = e->mono_underline,
                                     .reverse = e->mono_reverse };
    return (struct theme_style){ .selected = selected_of(e, look, colors),
                                 .color =
                                     colors >= 256 ? (look == LOOK_DARK ? e->dark : e->light) : -1,
                                 .color16 = look == LOOK_DARK ? e->dark16 : e->light16,
                                 .bold = e->bold,
                                 .dim = e->dim || (colors < 256 && e->mono_dim),
                                 .underline = e->underline,
                                 .reverse = e->reverse };
}

/* xterm's table, 256colres.pl: a cube of six steps a colour, then 24 greys. */
int theme_rgb(short color)
{
    static const int steps[6] = { 0, 95, 135, 175, 215, 255 };
    int at = color - 16, grey = 8 + 10 * (color - 232);

    if (color >= 232)
        return grey << 16 | grey << 8 | grey;
    return steps[at / 36] << 16 | steps[at / 6 % 6] << 8 | steps[at % 6];
}
