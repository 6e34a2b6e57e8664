/* prompt: editing UTF-8, history, completion, lines longer than the screen. */
#include "config.h"

#include "tui/prompt.h"

#include "support/screen.h"
#include "tui/keys.h"

static void type(struct prompt *p, const char *text)
{
    while (*text) {
        uint32_t code = 0;

        text += str_utf8(text, strlen(text), &code);
        prompt_key(p, (int)code);
    }
}

static void is_text(const struct prompt *p, const char *want, const char *what)
{
    is_str(str_get(&p->text), want, what);
}

static void test_editing(void)
{
    struct prompt p = { 0 };

    prompt_start(&p, PROMPT_NOTE, "");
    type(&p, "a李b");
    prompt_key(&p, KEY_CODE_LEFT);
    prompt_key(&p, KEY_CODE_LEFT);
    type(&p, "é");
    is_text(&p, "aé李b", "typed in the middle");
    prompt_key(&p, KEY_CODE_DELETE);
    is_text(&p, "aéb", "a character as a whole is deleted");
    prompt_key(&p, KEY_CODE_BACKSPACE);
    is_text(&p, "ab", "before the cursor too");
    prompt_key(&p, KEY_CODE_HOME);
    prompt_key(&p, KEY_CODE_BACKSPACE);
    is_text(&p, "ab", "nothing is before the first one");
    prompt_key(&p, KEY_CODE_END);
    type(&p, " two(three");
    prompt_key(&p, KEY_CTRL('W'));
    is_text(&p, "ab two(", "a word");
    prompt_key(&p, KEY_CODE_LEFT);
    prompt_key(&p, KEY_CTRL('K'));
    is_text(&p, "ab two", "to the end");
    prompt_key(&p, KEY_CTRL('U'));
    is_text(&p, "", "to the beginning");
    is_int(prompt_key(&p, KEY_CODE_BACKSPACE), PROMPT_GIVEN_UP, "out of an empty line");
    prompt_key(&p, KEY_CODE_UP);
    prompt_key(&p, 0x01);
    is_text(&p, "", "no history, no control characters");
    prompt_free(&p);
}

static void test_history(void)
{
    struct prompt p = { 0 };
    char line[16];
    int i;

    for (i = 0; i < PROMPT_HISTORY_MAX + 5; i++) {
        prompt_start(&p, PROMPT_SQL, "");
        snprintf(line, sizeof(line), "line %d", i);
        type(&p, line);
        is_int(prompt_key(&p, KEY_CODE_ENTER), PROMPT_DONE, line);
    }
    prompt_start(&p, PROMPT_SQL, "");
    prompt_key(&p, KEY_CODE_ENTER);
    prompt_key(&p, KEY_CODE_UP);
    is_text(&p, "line 104", "the last one; an empty one is not remembered");
    prompt_key(&p, KEY_CODE_DOWN);
    is_text(&p, "", "and back");
    for (i = 0; i < 2 * PROMPT_HISTORY_MAX; i++)
        prompt_key(&p, KEY_CODE_UP);
    is_text(&p, "line 5", "the oldest ones are forgotten");
    prompt_start(&p, PROMPT_NOTE, "");
    prompt_key(&p, KEY_CODE_UP);
    is_text(&p, "", "each kind has its own");
    prompt_free(&p);
}

static const char *candidate(void *user, enum prompt_kind kind, const char *word, int n)
{
    static const char *const words[] = { "packet", "packets", "pair" };
    int i;

    (void)user;
    (void)kind;
    for (i = 0; i < 3; i++)
        if (strncmp(words[i], word, strlen(word)) == 0 && n-- == 0)
            return words[i];
    return NULL;
}

static void test_completion(void)
{
    struct prompt p = { .candidate = candidate };

    prompt_start(&p, PROMPT_SQL, "FROM pack");
    prompt_key(&p, KEY_CODE_TAB);
    is_text(&p, "FROM packet", "completed");
    prompt_key(&p, KEY_CODE_TAB);
    is_text(&p, "FROM packets", "the next one");
    prompt_key(&p, KEY_CODE_TAB);
    is_text(&p, "FROM packet", "and round");
    type(&p, " x");
    prompt_key(&p, KEY_CODE_TAB);
    is_text(&p, "FROM packet x", "nothing begins like this");
    prompt_free(&p);
}

static void test_long(void)
{
    struct grid *g = grid_new(1, 12, false);
    struct prompt p = { 0 };
    int i;

    prompt_start(&p, PROMPT_COMMAND, "");
    type(&p, "0123456789abcdef");
    is_int(prompt_draw(&p, g, 0), 11, "the cursor is on the screen");
    is_row(g, 0, ":6789abcdef", "with what stands before it");
    prompt_start(&p, PROMPT_COMMAND, "");
    type(&p, "一二三四五六七八九十一二三四五六");
    is_int(prompt_draw(&p, g, 0), 11, "wide characters too");
    is_row(g, 0, ":二三四五六", "are counted in columns");
    for (i = 0; i < PROMPT_LEN_MAX; i++)
        prompt_key(&p, 'x');
    ok(p.text.len <= PROMPT_LEN_MAX, "a line has a limit");
    prompt_free(&p);
    grid_free(g);
}

int main(void)
{
    test_editing();
    test_history();
    test_completion();
    test_long();
    return tap_done();
}
