#include "config.h"

#include "tui/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#define BINDS_MAX 1000u /* lines of a config file */

/* clang-format off */
static const struct key_bind defaults[] = {
    { 'j', NULL, ACTION_down }, { KEY_CODE_DOWN, NULL, ACTION_down },
    { 'k', NULL, ACTION_up }, { KEY_CODE_UP, NULL, ACTION_up },
    { 'h', NULL, ACTION_left }, { KEY_CODE_LEFT, NULL, ACTION_left },
    { 'l', NULL, ACTION_right }, { KEY_CODE_RIGHT, NULL, ACTION_right },
    { KEY_CODE_PAGE_DOWN, NULL, ACTION_page_down }, { KEY_CTRL('F'), NULL, ACTION_page_down },
    { KEY_CODE_PAGE_UP, NULL, ACTION_page_up }, { KEY_CTRL('B'), NULL, ACTION_page_up },
    { KEY_CTRL('D'), NULL, ACTION_half_down }, { KEY_CTRL('U'), NULL, ACTION_half_up },
    { 'g', NULL, ACTION_top }, { KEY_CODE_HOME, NULL, ACTION_top },
    { 'G', NULL, ACTION_end }, { KEY_CODE_END, NULL, ACTION_end },
    { KEY_CODE_ENTER, NULL, ACTION_open }, { '\n', NULL, ACTION_open },
    { 'q', NULL, ACTION_back }, { KEY_CODE_ESC, NULL, ACTION_back },
    { KEY_CODE_BACKSPACE, NULL, ACTION_back },
    { 'Q', NULL, ACTION_quit }, { KEY_CODE_F0 + 10, NULL, ACTION_quit },
    { 'Z', NULL, ACTION_leave },
    { ' ', NULL, ACTION_mark }, { 'U', NULL, ACTION_unmark }, { 'y', NULL, ACTION_copy },
    { '?', NULL, ACTION_help }, { KEY_CODE_F0 + 1, NULL, ACTION_help },
    { 'v', NULL, ACTION_verdicts }, { 'L', NULL, ACTION_lives }, { 'P', NULL, ACTION_packets },
    { 'S', NULL, ACTION_sources }, { 'F', NULL, ACTION_facts }, { 'O', NULL, ACTION_lines },
    { 'B', NULL, ACTION_timeline }, { '=', NULL, ACTION_compare }, { 'Y', NULL, ACTION_rules },
    { 'x', NULL, ACTION_ladder }, { 'w', NULL, ACTION_plot }, { 'H', NULL, ACTION_hex }, { 'r', NULL, ACTION_text },
    { '/', NULL, ACTION_search }, { KEY_CODE_F0 + 3, NULL, ACTION_search },
    { 'n', NULL, ACTION_search_next }, { 'N', NULL, ACTION_search_prev },
    { 'f', NULL, ACTION_filter }, { KEY_CODE_F0 + 4, NULL, ACTION_filter },
    { ':', NULL, ACTION_command }, { ';', NULL, ACTION_sql },
    { '>', NULL, ACTION_sort_next },
    { '<', NULL, ACTION_sort_prev }, { 'I', NULL, ACTION_sort_reverse },
    { 'C', NULL, ACTION_columns }, { KEY_CODE_F0 + 6, NULL, ACTION_columns },
    { 'J', "columns", ACTION_move_down }, { 'K', "columns", ACTION_move_up },
    { 'D', "columns", ACTION_reset },
    { 'm', NULL, ACTION_bookmark }, { '\'', NULL, ACTION_jump },
    { '}', NULL, ACTION_next_bookmark }, { '{', NULL, ACTION_prev_bookmark },
    { 'e', NULL, ACTION_next_finding }, { 'E', NULL, ACTION_prev_finding },
    { 'W', NULL, ACTION_next_warning },
    { ']', NULL, ACTION_next_file }, { '[', NULL, ACTION_prev_file },
    { 'a', NULL, ACTION_accept }, { 'd', NULL, ACTION_dismiss }, { 'c', NULL, ACTION_annotate },
    { KEY_CODE_TAB, NULL, ACTION_pane }, { KEY_CODE_BACKTAB, NULL, ACTION_pane },
    { '\\', NULL, ACTION_zoom }, { '|', NULL, ACTION_layout },
    { '+', NULL, ACTION_zoom_in }, { '-', NULL, ACTION_zoom_out },
    { 'p', NULL, ACTION_play }, { '.', NULL, ACTION_faster }, { ',', NULL, ACTION_slower },
    { 's', NULL, ACTION_save }, { KEY_CODE_F0 + 2, NULL, ACTION_save },
    { 'o', NULL, ACTION_setup }, { KEY_CODE_F0 + 8, NULL, ACTION_setup },
    { 'T', NULL, ACTION_time_format },
    { 'R', NULL, ACTION_reload }, { KEY_CODE_F0 + 5, NULL, ACTION_reload },
    { KEY_CTRL('L'), NULL, ACTION_redraw }, { KEY_CTRL('C'), NULL, ACTION_stop },
};

static const struct { const char *name; int key; } names[] = {
    { "Up", KEY_CODE_UP }, { "Down", KEY_CODE_DOWN }, { "Left", KEY_CODE_LEFT },
    { "Right", KEY_CODE_RIGHT }, { "PgUp", KEY_CODE_PAGE_UP }, { "PgDn", KEY_CODE_PAGE_DOWN },
    { "Home", KEY_CODE_HOME }, { "End", KEY_CODE_END }, { "Enter", KEY_CODE_ENTER },
    { "Esc", KEY_CODE_ESC }, { "Tab", KEY_CODE_TAB }, { "BackTab", KEY_CODE_BACKTAB },
    { "Space", ' ' }, { "Backspace", KEY_CODE_BACKSPACE }, { "Delete", KEY_CODE_DELETE },
};
/* clang-format on */

static const struct {
    const char *name, *help, *view;
} actions[] = { { .name = "none", .help = "nothing" },
#define X(id, ...) { .name = #id, .help = __VA_ARGS__ },
                ACTIONS(X)
#undef X
};

struct keys {
    struct key_bind *own; /* of the config; later ones win */
    char **views;
    size_t n, cap, n_views, cap_views;
};

struct keys *keys_new(void)
{
    return xcalloc(1, sizeof(struct keys));
}

void keys_free(struct keys *k)
{
    size_t i;

    if (!k)
        return;
    for (i = 0; i < k->n_views; i++)
        free(k->views[i]);
    free(k->views);
    free(k->own);
    free(k);
}

const char *action_name(enum action a)
{
    return a < ACTIONS_N ? actions[a].name : actions[0].name;
}

const char *action_help(enum action a)
{
    return a < ACTIONS_N ? actions[a].help : actions[0].help;
}

const char *action_view(enum action a)
{
    return a < ACTIONS_N ? actions[a].view : NULL;
}

int key_from_name(const char *name)
{
    uint32_t code = 0;
    size_t i, n = str_utf8(name, strlen(name), &code);

    if (name[0] == '^' && name[1] && !name[2])
        return KEY_CTRL(name[1]);
    if (name[0] == 'F' && name[1]) {
        char *end;
        long f = strtol(name + 1, &end, 10);

        if (!*end && f >= 1 && f <= 12)
            return KEY_CODE_F0 + (int)f;
    }
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].key;
    return n && !name[n] ? (int)code : KEY_CODE_NONE;
}

const char *keys_utf8(int key, char out[5])
{
    unsigned c = (unsigned)key;

    memset(out, 0, 5);
    if (c < 0x80) {
        out[0] = (char)c;
    } else if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
    } else {
        out[0] = (char)(0xf0 | c >> 18);
        out[1] = (char)(0x80 | (c >> 12 & 0x3f));
        out[2] = (char)(0x80 | (c >> 6 & 0x3f));
        out[3] = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

const char *keys_name(int key, char out[16])
{
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].key == key)
            return names[i].name;
    if (key > KEY_CODE_F0 && key <= KEY_CODE_F12)
        snprintf(out, 16, "F%d", key - KEY_CODE_F0);
    else if (key > 0 && key < 0x20)
        snprintf(out, 16, "^%c", key + '@');
    else
        keys_utf8(key, out);
    return out;
}

static const char *keep_view(struct keys *k, const char *view)
{
    VEC_PUSH(k->views, k->n_views, k->cap_views, xstrdup(view));
    return k->views[k->n_views - 1];
}

int keys_read_line(struct keys *k, char *line, struct err *err)
{
    char *words[4] = { NULL }, *save = NULL, *word;
    struct key_bind bind = { 0 };
    int n = 0, a;

    for (word = strtok_r(line, " \t\r", &save); word && n < 4;
         word = strtok_r(NULL, " \t\r", &save))
        words[n++] = word;
    if (n == 0 || words[0][0] == '#')
        return ERR_OK;
    if (strcmp(words[0], "bind") != 0 || n < 3)
        return err_set(err, ERR_USAGE, "bind KEY ACTION, or bind VIEW KEY ACTION");
    if (k->n >= BINDS_MAX)
        return err_set(err, ERR_LIMIT, "more than %u bindings", BINDS_MAX);
    bind.key = key_from_name(words[n - 2]);
    if (bind.key == KEY_CODE_NONE)
        return err_set(err, ERR_USAGE, "no key '%.20s'", words[n - 2]);
    for (a = 0; a < ACTIONS_N; a++)
        if (strcmp(actions[a].name, words[n - 1]) == 0)
            break;
    if (a == ACTIONS_N)
        return err_set(err, ERR_USAGE, "no action '%.40s'", words[n - 1]);
    bind.action = (enum action)a;
    bind.view = n == 4 ? keep_view(k, words[1]) : NULL;
    VEC_PUSH(k->own, k->n, k->cap, bind);
    return ERR_OK;
}

int keys_read(struct keys *k, const char *text, const char *path, struct err *err)
{
    unsigned no = 0;
    int rc = ERR_OK;

    while (*text && !rc) {
        size_t len = strcspn(text, "\n");
        char *line = xstrndup(text, len);

        no++;
        rc = keys_read_line(k, line, err);
        if (rc)
            err_prefix(err, "%s, line %u", path, no);
        free(line);
        text += len + (text[len] == '\n');
    }
    return rc;
}

static bool fits(const struct key_bind *b, const char *view)
{
    return !b->view || (view && strcmp(b->view, view) == 0);
}

enum action keys_action(const struct keys *k, const char *view, int key)
{
    size_t i;

    for (i = k->n; i-- > 0;)
        if (k->own[i].key == key && fits(&k->own[i], view))
            return k->own[i].action;
    for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        if (defaults[i].key == key && fits(&defaults[i], view))
            return defaults[i].action;
    return ACTION_NONE;
}

const char *keys_of(const struct keys *k, const char *view, enum action a, char out[16])
{
    size_t i;

    for (i = k->n; i-- > 0;)
        if (k->own[i].action == a && fits(&k->own[i], view))
            return keys_name(k->own[i].key, out);
    for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        if (defaults[i].action == a && fits(&defaults[i], view) &&
            keys_action(k, view, defaults[i].key) == a)
            return keys_name(defaults[i].key, out);
    return "";
}

void keys_all_of(const struct keys *k, enum action a, struct str *out)
{
    char name[16];
    size_t i;

    str_clear(out);
    for (i = k->n; i-- > 0;)
        if (k->own[i].action == a)
            str_addf(out, "%s%s", out->len ? ", " : "", keys_name(k->own[i].key, name));
    for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        if (defaults[i].action == a && defaults[i].key != '\n' &&
            keys_action(k, defaults[i].view, defaults[i].key) == a)
            str_addf(out, "%s%s", out->len ? ", " : "", keys_name(defaults[i].key, name));
}
