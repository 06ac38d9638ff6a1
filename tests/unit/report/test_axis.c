/* test_axis.c -- round ends, tics that can be told apart, and what a script holds of a title. */
#include "support/support.h"

#include "core/alloc.h"
#include "report/plot.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *tics_of(double from, double to, bool small) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    hone_axis_tics(file, (hone_axis){from, to}, small);
    fclose(file);
    return text;
}

static void check_tics(double from, double to, bool small, const char *expected) {
    char *text = tics_of(from, to, small);
    cr_assert_str_eq(text, expected);
    free(text);
}

Test(axis, tics_are_round) {
    check_tics(0, 1, false,
               " ('0' 0, '0.2' 0.2, '0.4' 0.4, '0.6' 0.6000000000000001, '0.8' 0.8, '1' "
               "1)\n");
    check_tics(0, 1.01, true,
               " ('0' 0, '0.2' 0.2, '0.4' 0.4, '0.6' 0.6000000000000001, '0.8' 0.8, "
               "'1' 1)\n");
    check_tics(-5, 7, true, " ('-5' -5, '-2.5' -2.5, '0' 0, '2.5' 2.5, '5' 5)\n");
}

Test(axis, large_numbers_are_short) {
    check_tics(-20000, 700000, true, " ('0' 0, '200k' 200000, '400k' 400000, '600k' 600000)\n");
    check_tics(0, 2e6, true,
               " ('0' 0, '0.5M' 500000, '1M' 1000000, '1.5M' 1500000, '2M' 2000000)\n");
}

/* No range whatever makes the loop long. */
Test(axis, tics_are_few) {
    static const double RANGES[][2] = {
        {1e300, 1.0000000000000002e300}, {-1e308, 1e308}, {0, 5e-324}, {1e16, 1e16 + 2}};
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
        char *text = tics_of(RANGES[i][0], RANGES[i][1], false);
        size_t n = 0;
        for (const char *at = text; (at = strchr(at, ',')); at++)
            n++;
        cr_assert_lt(n, 20);
        free(text);
    }
}

Test(axis, ends_hold_all_points) {
    const double x[] = {3, 7, NAN, INFINITY}, y[] = {-1, 4, 0, 0}, z[] = {2, 41, 0, 0};
    const hone_series band = {.mark = HONE_BAND, .n = 4, .x = x, .y = y, .z = z};
    const hone_plot plot = {.n = 1, .series = &band, .y_from = 0, .y_to = 0};
    hone_axis across = hone_axis_of(&plot, false), up = hone_axis_of(&plot, true);
    cr_assert_eq(across.from, 3);
    cr_assert_eq(across.to, 7);
    cr_assert_eq(up.from, -10);
    cr_assert_eq(up.to, 50);
}

Test(axis, one_value_and_none_have_an_axis_too) {
    const double value[] = {-4}, none[] = {NAN};
    const hone_series one = {.mark = HONE_POINTS, .n = 1, .x = value, .y = none};
    const hone_plot plot = {.n = 1, .series = &one};
    hone_axis across = hone_axis_of(&plot, false), up = hone_axis_of(&plot, true);
    cr_assert(across.from < -4 && across.to > -4);
    cr_assert(up.from == 0 && up.to == 1);
}

/* Scripts are kept where the user wants them, with titles as they are as far as that is harmless.
 */
Test(axis, a_title_keeps_its_apostrophe) {
    const double x[] = {0, 1};
    const hone_series series = {.mark = HONE_LINE,
                                .n = 2,
                                .x = x,
                                .y = x,
                                .colour = 1,
                                .title = "Ada's m\xc3\xb6"
                                         "del `id` @x \\n \"q\""};
    const hone_plot plot = {
        .name = "line", .x_label = "x", .y_label = "y", .n = 1, .series = &series};
    hone_plotter plotter;
    char folder[4096], path[8192], script[4096] = "", *svg = NULL;
    snprintf(folder, sizeof folder, "%s", support_path("plot"));
    cr_assert_eq(hone_plotter_open(&plotter, folder, NULL), HONE_OK);
    cr_assert_eq(hone_plot_draw(&plotter, &plot, &svg, NULL), HONE_OK);
    snprintf(path, sizeof path, "%s/line.gp", folder);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    cr_assert_gt(fread(script, 1, sizeof script - 1, file), 0);
    fclose(file);
    cr_assert(strstr(script, "title 'Ada''s m\xc3\xb6"
                             "del ?id? ?x ?n ?q?'"),
              "%s", script);
    cr_assert(svg || plotter.missing, "gnuplot refuses the script");
    static const char *const ENDS[] = {"gp", "dat", "svg"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/line.%s", folder, ENDS[i]);
        unlink(path);
    }
    rmdir(folder);
    hone_release(svg);
    hone_plotter_close(&plotter);
}
