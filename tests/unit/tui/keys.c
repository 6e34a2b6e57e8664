/* keys: names, lines of a config, which binding wins. */
#include "config.h"

#include "tui/keys.h"

#include "base/str.h"
#include "support/tap.h"
#include "tui/ui.h"

static void test_names(void)
{
    static const char *const names[] = { "a",  "Z",     "Up",  "PgDn", "F1",        "F12",  "^F",
                                         "李", "Enter", "Esc", "Tab",  "Backspace", "Space" };
    char name[16];
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        is_str(keys_name(key_from_name(names[i]), name), names[i], names[i]);
    is_int(key_from_name("nokey"), KEY_CODE_NONE, "no key");
    is_int(key_from_name("F13"), KEY_CODE_NONE, "no F13");
    is_int(key_from_name("F"), 'F', "F is a letter");
    is_int(key_from_name(""), KEY_CODE_NONE, "nothing");
    is_int(key_from_name("^"), '^', "a caret alone");
}

static void reads(struct keys *k, const char *text, int want, const char *message)
{
    struct err err = { 0 };

    is_int(keys_read(k, text, "keys", &err), want, text);
    if (want)
        is_str(err.msg, message, "and says why");
}

static void test_config(void)
{
    struct keys *k = keys_new();

    reads(k, "", ERR_OK, NULL);
    reads(k, "# nothing\n\n   \nbind z lives", ERR_OK, NULL);
    reads(k, "bind ladder J page_down\r\n", ERR_OK, NULL);
    is_int(keys_action(k, "verdicts", 'z'), ACTION_lives, "bound everywhere");
    is_int(keys_action(k, "ladder", 'J'), ACTION_page_down, "bound in a view");
    is_int(keys_action(k, "verdicts", 'J'), ACTION_NONE, "and only there");
    reads(k, "bind z rules\n", ERR_OK, NULL);
    is_int(keys_action(k, "verdicts", 'z'), ACTION_rules, "the later one wins");
    reads(k, "bind j up\n", ERR_OK, NULL);
    is_int(keys_action(k, NULL, 'j'), ACTION_up, "the config wins over what is built in");
    is_int(keys_action(k, NULL, KEY_CODE_DOWN), ACTION_down, "other keys keep their meaning");
    reads(k, "bind j none\n", ERR_OK, NULL);
    is_int(keys_action(k, NULL, 'j'), ACTION_NONE, "a key can be taken away");
    reads(k, "\nbind nokey up\n", ERR_USAGE, "keys, line 2: no key 'nokey'");
    reads(k, "bind x fly\n", ERR_USAGE, "keys, line 1: no action 'fly'");
    ok(keys_read(k, "bind x\n", "keys", NULL) == ERR_USAGE, "too few words");
    ok(keys_read(k, "bind a b c d e\n", "keys", NULL) == ERR_USAGE, "too many words");
    keys_free(k);
}

static void test_words(void)
{
    struct keys *k = keys_new();
    struct str all = { 0 };
    char name[16];

    is_str(keys_of(k, NULL, ACTION_open, name), "Enter", "the first key of an action");
    keys_all_of(k, ACTION_search, &all);
    is_str(str_get(&all), "/, F3", "all of them");
    keys_read(k, "bind / help\n", "keys", NULL);
    is_str(keys_of(k, NULL, ACTION_search, name), "F3",
           "one that means something else is left out");
    is_str(keys_of(k, NULL, ACTION_help, name), "/", "and shown where it is used");
    str_free(&all);
    keys_free(k);
}

/* The one line of a key says which view it opens: there is one. */
static void test_views(void)
{
    int a;

    is_str(action_view(ACTION_lives), "lives", "an action that opens a view");
    is_str(action_view(ACTION_down), NULL, "one that opens none");
    for (a = 1; a < ACTIONS_N; a++)
        if (action_view((enum action)a))
            ok(view_find(action_view((enum action)a)) != NULL, "%s", action_name((enum action)a));
}

int main(void)
{
    test_views();
    test_names();
    test_config();
    test_words();
    return tap_done();
}
