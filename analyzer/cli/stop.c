#include "config.h"

#include "cli/stop.h"

#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
    if (asked)
        _exit(128 + number);
    asked = 1;
}

const volatile sig_atomic_t *stop_catch(void)
{
    struct sigaction sa = { .sa_handler = on_signal };

    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    return &asked;
}
