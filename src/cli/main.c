/* main.c -- the command `hone`: one table of commands. */
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const cli_command *const COMMANDS[] = {
    &cli_compare,  &cli_cv,       &cli_roc_command, &cli_fit,  &cli_predict,
    &cli_evaluate, &cli_describe, &cli_explain,     &cli_tree, &cli_cluster,
    &cli_models,   &cli_export,   &cli_convert};
enum { N_COMMANDS = sizeof COMMANDS / sizeof *COMMANDS };

static const char *command_name(const void *context, size_t i) {
    (void)context;
    return COMMANDS[i]->name;
}

static const cli_command *find_command(const char *name) {
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    return NULL;
}

static void print_usage(FILE *file) {
    fputs("Usage: hone COMMAND [arguments] [options]\n\n"
          "Machine learning on tables: compare models, fit them, use them.\n\nCommands:\n",
          file);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(file, "  %-9s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    fputs("\n'hone COMMAND --help' shows a command's options; 'hone --version' the version.\n"
          "Results go to standard output, notes and warnings to standard error.\n"
          "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n",
          file);
}

static void print_version(void) {
    printf("hone %s (OpenBLAS kernels: %s)\n", hone_version(), hone_blas_kernels());
}

/* A file that is opened must never get the number of a standard stream that was closed by the
 * caller. What is written to such a stream fails, and is told. */
static void keep_standard_streams(void) {
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

/* OpenBLAS picks its kernels while it is loaded, and not always the best ones: where it could do
 * better, the process starts itself anew with the variable that tells it. The variable also ends
 * the recursion, and one that the user has set is respected. */
static void choose_kernels(char **argv) {
    const char *better = hone_blas_better_kernels();
    if (!better || getenv("OPENBLAS_CORETYPE"))
        return;
    if (setenv("OPENBLAS_CORETYPE", better, 1) == 0 && setenv("OPENBLAS_NUM_THREADS", "1", 1) == 0)
        execv("/proc/self/exe", argv); /* returns only on failure: then go on as it is */
}

static int finish(const cli_session *session, hone_status status, const hone_error *err) {
    if (status == HONE_OK)
        return CLI_DONE;
    char *message = cli_clean(err->message);
    if (status == HONE_ECANCELLED)
        fputs("hone: interrupted\n", stderr);
    else if (status == HONE_ETIME)
        fprintf(stderr, "hone: out of time: --timeout %g\n", session->set.timeout);
    else if (session->misused)
        fprintf(stderr, "hone: %s\ntry 'hone %s --help'\n", message, session->command->name);
    else
        fprintf(stderr, "hone: %s\n", message);
    free(message);
    return status == HONE_ECANCELLED ? CLI_INTERRUPTED
           : session->misused        ? CLI_MISUSED
                                     : CLI_FAILED;
}

static int run_command(const cli_command *command, int argc, char **argv) {
    cli_session session = {.command = command, .argc = argc, .argv = argv};
    hone_error err = {0};
    hone_status status = cli_parse(&session, 2, &err);
    if (status == HONE_OK && session.set.help) {
        cli_print_help(command, stdout);
    } else if (status == HONE_OK) {
        if (command->computes)
            choose_kernels(argv);
        status = command->run(&session, &err);
    }
    int code = finish(&session, status, &err);
    cli_settings_free(&session.set);
    return code;
}

static int unknown_command(const char *name) {
    const char *near = hone_nearest(name, N_COMMANDS, command_name, NULL);
    char *clean = cli_clean(name);
    fprintf(stderr, "hone: unknown command '%s'", clean);
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near);
    fputs("\ntry 'hone --help'\n", stderr);
    free(clean);
    return CLI_MISUSED;
}

/* What was printed must have arrived; a failure that is told already is not told twice. */
static int close_output(int code) {
    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || code != CLI_DONE)
        return code;
    fprintf(stderr, "hone: cannot write standard output: %s\n",
            errno ? strerror(errno) : "unknown reason");
    return CLI_FAILED;
}

int main(int argc, char **argv) {
    keep_standard_streams();
    if (argc < 2) {
        print_usage(stderr);
        return CLI_MISUSED;
    }
    const char *word = argv[1];
    const cli_command *command = find_command(word);
    if (command)
        return close_output(run_command(command, argc, argv));
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        print_usage(stdout);
    else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        choose_kernels(argv);
        print_version();
    } else
        return unknown_command(word);
    return close_output(CLI_DONE);
}
