/*
 * theme: what each style looks like, for dark and light backgrounds and for 256, 16 or no colours.
 *
 * Colour never carries a meaning alone: severities have signs, lost arrows are drawn as lost, what is
 * selected has a mark.  Without colour (NO_COLOR, a monochrome terminal) styles are bold, dim,
 * underlined or reversed.
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum style {
    STYLE_TEXT,
    STYLE_DIM,      /* labels, what matters less */
    STYLE_STRONG,   /* what the eye should meet */
    STYLE_TITLE,    /* the first line of the screen */
    STYLE_BAR,      /* the last line */
    STYLE_BAR_KEY,  /* keys in it */
    STYLE_HEAD,     /* heads of columns */
    STYLE_RULER,    /* lines between parts */
    STYLE_CRITICAL,
    STYLE_WARNING,
    STYLE_NOTICE,
    STYLE_GOOD,
    STYLE_A,        /* what end a of a conversation sent */
    STYLE_B,
    STYLE_CITED,    /* frames and bytes that prove a verdict */
    STYLE_ERROR,
    STYLE_PROMPT,
    STYLE_MATCH,    /* what a search found */
    STYLE_N,
    STYLE_SELECTED = 0x80, /* or'ed to any of them */
};

enum theme_look { LOOK_DARK, LOOK_LIGHT };

struct theme_style {
    short color;     /* of 256; -1: the terminal's own */
    short selected;  /* the same on the bar of what is selected, where dim ones would drown */
    short color16;   /* of 16; -1: the terminal's own */
    bool bold, dim, underline, reverse;
};

/* How a style looks with `colors` colours (0: none); `selected` is drawn by the caller. */
struct theme_style theme_of(enum style s, enum theme_look look, int colors);

/* One of the 256 colours (16 to 255) as 0xRRGGBB, for terminals that take colours as they are. */
int theme_rgb(short color);

#endif
