/* test_run.c -- programs started without a shell: what they left with, and their streams. */
#include "core/run.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int run(const char *program, const char *argument, const char *in, const char *out) {
    char name[64], word[64];
    snprintf(name, sizeof name, "%s", program);
    snprintf(word, sizeof word, "%s", argument ? argument : "");
    char *arguments[] = {name, argument ? word : NULL, NULL};
    return hone_run(arguments, NULL, in, out);
}

Test(run, what_a_program_left_with_is_told) {
    cr_assert_eq(run("true", NULL, NULL, NULL), 0);
    cr_assert_eq(run("false", NULL, NULL, NULL), 1);
    cr_assert_eq(run("there-is-no-such-program", NULL, NULL, NULL), 127);
    cr_assert_neq(run("cat", NULL, "/there/is/no/such/file", NULL), 0);
}

Test(run, streams_are_files_and_no_word_goes_through_a_shell) {
    char in[4096], got[64] = "";
    snprintf(in, sizeof in, "%s", support_path("run-in"));
    const char *out = support_path("run-out");
    FILE *file = fopen(in, "w");
    fputs("some words\n", file);
    fclose(file);
    cr_assert_eq(run("cat", "-", in, out), 0);
    file = fopen(out, "r");
    cr_assert_not_null(fgets(got, sizeof got, file));
    fclose(file);
    cr_assert_str_eq(got, "some words\n");
    cr_assert_eq(run("echo", "$HOME; ls", NULL, out), 0);
    file = fopen(out, "r");
    cr_assert_not_null(fgets(got, sizeof got, file));
    fclose(file);
    cr_assert_str_eq(got, "$HOME; ls\n");
    unlink(in);
    unlink(out);
}

Test(run, the_folder_is_the_program_s) {
    char pwd[] = "pwd", got[256] = "", *arguments[] = {pwd, NULL};
    const char *out = support_path("run-pwd");
    cr_assert_eq(hone_run(arguments, "/usr", NULL, out), 0);
    FILE *file = fopen(out, "r");
    cr_assert_not_null(fgets(got, sizeof got, file));
    fclose(file);
    cr_assert_str_eq(got, "/usr\n");
    unlink(out);
}
