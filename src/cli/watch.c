/* watch.c -- a long call as its user sees it. */
#include "cli/watch.h"
#include "cli/output.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t interrupted_at; /* seconds */

/* A shell or `timeout` may send the same Ctrl-C twice, so only a later one is a second one. */
static void on_interrupt(int number) {
    sig_atomic_t now = (sig_atomic_t)(time(NULL) & SIG_ATOMIC_MAX);
    if (interrupted && now - interrupted_at > 1) {
        signal(number, SIG_DFL);
        raise(number);
    }
    if (!interrupted)
        interrupted_at = now;
    interrupted = 1;
}

static int is_interrupted(void *user) {
    (void)user;
    return interrupted;
}

static void clear_bar(cli_watch *watch) {
    if (watch->drawn)
        fputs("\r\033[K", stderr);
    watch->drawn = false;
}

/* "[=======             ]  37 %  svc" at most ten times a second. */
static void on_progress(void *user, double fraction, const char *what) {
    enum { CELLS = 24 };
    cli_watch *watch = user;
    double now = hone_now();
    if (!watch->bar || (watch->drawn && now - watch->drawn_at < 0.1))
        return;
    fraction = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
    int full = (int)(fraction * CELLS);
    fprintf(stderr, "\r\033[K[%.*s%*s] %3d %%  %.40s", full,
            "========================", CELLS - full, "", (int)(100 * fraction), what ? what : "");
    fflush(stderr);
    watch->drawn = true;
    watch->drawn_at = now;
}

/* Folds and models tend to say the same: each message is shown once, and not too many of them. */
static void on_warning(void *user, const char *message) {
    cli_watch *watch = user;
    for (size_t i = 0; i < watch->warned.n; i++)
        if (strcmp(watch->warned.at[i], message) == 0)
            return;
    if (watch->warned.n > CLI_WARNINGS_MAX)
        return;
    cli_texts_add(&watch->warned, message, strlen(message));
    clear_bar(watch);
    if (watch->warned.n > CLI_WARNINGS_MAX)
        cli_warn("there are more warnings, which are not shown");
    else
        cli_warn("%s", message);
}

void cli_watch_start(cli_watch *watch, const cli_session *session) {
    const cli_settings *set = &session->set;
    *watch = (cli_watch){.bar = !set->quiet && isatty(STDERR_FILENO)};
    watch->monitor = (hone_monitor){.user = watch,
                                    .progress = on_progress,
                                    .warn = on_warning,
                                    .cancelled = is_interrupted,
                                    .threads = set->threads,
                                    .deadline = set->timeout > 0 ? hone_now() + set->timeout : 0};
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
}

void cli_watch_stop(cli_watch *watch) {
    clear_bar(watch);
    cli_texts_free(&watch->warned);
}
