/* Histograms against plain double loops over rows, words against what they hold. */
#include "classic/gbdt/histogram.h"
#include "core/alloc.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows of random bins (some columns with few), random derivatives, and their words. */
struct data {
    size_t n, m;
    hone_panels panels;
    float *g, *h;
    uint64_t *word;
    hone_layout layout;
};

static struct data make(size_t n, size_t m, bool flat) {
    struct data d = {.n = n, .m = m};
    hone_rng rng = hone_rng_at(5, n + m);
    double *x = malloc(n * m * sizeof *x);
    hone_dither *dither = malloc(sizeof *dither);
    hone_bins *bins = NULL;
    d.g = malloc(n * sizeof *d.g), d.h = malloc(n * sizeof *d.h);
    d.word = malloc(n * sizeof *d.word);
    for (size_t i = 0; i < n * m; i++)
        x[i] = i % 7 == 3 ? (double)NAN : floor(hone_rng_normal(&rng) * (i % m % 2 == 0 ? 100 : 2));
    for (size_t i = 0; i < n; i++) {
        d.g[i] = (float)hone_rng_normal(&rng);
        d.h[i] = flat ? 1.0F : (float)hone_rng_uniform(&rng);
    }
    hone_dither_fill(dither, 1);
    hone_dataset data = {.x = hone_view_of(x, n, m)};
    cr_assert_eq(hone_bins_make(&data, 255, 0, NULL, &bins, NULL), HONE_OK);
    cr_assert_eq(hone_panels_make(&bins, NULL, NULL, &d.panels, NULL), HONE_OK);
    cr_assert_eq(hone_quantise(d.g, d.h, n, flat, dither, 3, d.word, &d.layout, NULL, NULL),
                 HONE_OK);
    free(dither);
    free(x);
    return d;
}

static void drop(struct data *d) {
    hone_panels_clear(&d->panels);
    free(d->g);
    free(d->h);
    free(d->word);
}

/* The rows whose number is `rest` modulo `step` (all but these, if `but`). */
static hone_node_rows rows_of(const struct data *d, size_t step, size_t rest, bool but,
                              uint32_t *row) {
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        if ((i % step == rest) != but)
            row[n++] = (uint32_t)i;
    return (hone_node_rows){row, n, d->word, &d->layout};
}

static hone_sums plain(const struct data *d, const hone_node_rows *rows, size_t j, size_t bin) {
    hone_sums sums = {0, 0, 0};
    for (size_t i = 0; i < rows->n; i++) {
        size_t row = rows->row[i];
        if (d->panels.column[j * d->n + row] != bin)
            continue;
        hone_sums one = hone_word_sums(d->layout.flat, d->word[row]);
        sums.g += one.g, sums.h += one.h, sums.rows += 1;
    }
    return sums;
}

static void expect_histograms(const struct data *d, const hone_node_rows *rows,
                              const uint64_t *histogram) {
    bool wide = hone_is_wide(&d->layout, rows->n);
    for (size_t j = 0; j < d->m; j++)
        for (size_t b = 0; b < d->panels.used[j]; b++) {
            hone_sums s = plain(d, rows, j, b);
            hone_sums t = hone_histogram_at(&d->layout, wide, histogram + j * HONE_HISTOGRAM, b);
            cr_assert(s.g == t.g && s.h == t.h && s.rows == t.rows, "column %zu, bin %zu", j, b);
        }
}

static uint64_t *sum(const struct data *d, const hone_node_rows *rows) {
    uint64_t *histogram = malloc(d->m * HONE_HISTOGRAM * sizeof *histogram);
    bool use[64];
    memset(use, 1, sizeof use);
    for (size_t p = 0; p < d->panels.n_panels; p++)
        hone_histogram_sum(&d->panels, p, use, rows, histogram);
    return histogram;
}

/* Parent, both children, and the larger child as a difference. */
static void check(size_t n, size_t m, bool flat, size_t step) {
    struct data d = make(n, m, flat);
    uint32_t *row = malloc(3 * n * sizeof *row);
    hone_node_rows all = rows_of(&d, 1, 0, false, row);
    hone_node_rows few = rows_of(&d, step, 1, false, row + n);
    hone_node_rows rest = rows_of(&d, step, 1, true, row + 2 * n);
    uint64_t *parent = sum(&d, &all), *child = sum(&d, &few);
    expect_histograms(&d, &all, parent);
    expect_histograms(&d, &few, child);
    for (size_t j = 0; j < m; j++)
        hone_histogram_subtract(&d.layout, d.panels.used[j], parent + j * HONE_HISTOGRAM, n,
                                child + j * HONE_HISTOGRAM, few.n);
    expect_histograms(&d, &rest, parent);
    free(parent);
    free(child);
    free(row);
    drop(&d);
}

Test(gbdt_histogram, sums_are_those_of_a_plain_loop) {
    for (size_t m = 1; m <= 18; m++) /* every width of a panel */
        check(200, m, m % 2 == 0, 3);
    check(500, 33, false, 5);
}

Test(gbdt_histogram, many_rows_overflow_no_field) {
    check(20000, 2, false, 1000); /* wide less narrow is wide */
    check(20000, 2, false, 4);    /* wide less narrow is narrow */
    check(40000, 2, false, 2);    /* wide less wide */
    check(140000, 1, true, 3);
    check(140000, 1, true, 100);
}

Test(gbdt_histogram, words_hold_their_number_to_one_unit_and_on_average) {
    for (int flat = 0; flat < 2; flat++) {
        struct data d = make(30000, 1, flat);
        double off_g = 0, off_h = 0;
        for (size_t i = 0; i < d.n; i++) {
            hone_sums s = hone_word_sums(flat, d.word[i]);
            double g = (double)s.g - (double)d.g[i] / d.layout.g_unit;
            double h = (double)s.h - (double)d.h[i] / d.layout.h_unit;
            cr_assert(fabs(g) < 1.001 && fabs(h) < 1.001 && s.rows == 1, "row %zu", i);
            off_g += g / (double)d.n, off_h += h / (double)d.n;
        }
        cr_assert_lt(fabs(off_g), 0.02); /* six standard errors and more */
        cr_assert_lt(fabs(off_h), 0.02);
        drop(&d);
    }
}

Test(gbdt_histogram, the_largest_words_fit) {
    size_t n = 131071;
    float *g = malloc(n * sizeof *g), *h = malloc(n * sizeof *h);
    uint64_t *word = malloc(n * sizeof *word);
    hone_dither *dither = malloc(sizeof *dither);
    hone_dither_fill(dither, 2);
    for (int flat = 0; flat < 2; flat++)
        for (int sign = -1; sign <= 1; sign += 2) {
            hone_layout layout;
            uint64_t total = 0;
            for (size_t i = 0; i < n; i++)
                g[i] = (float)sign * 3.7F, h[i] = 1;
            cr_assert_eq(hone_quantise(g, h, n, flat, dither, 0, word, &layout, NULL, NULL),
                         HONE_OK);
            for (size_t i = 0; i < layout.most; i++)
                total += word[i];
            hone_sums s = hone_word_sums(flat, total);
            cr_assert_eq(s.rows, (int64_t)layout.most);
            cr_assert_float_eq((double)s.g * layout.g_unit, sign * 3.7 * (double)layout.most,
                               0.001 * 3.7 * (double)layout.most);
            cr_assert_float_eq((double)s.h * layout.h_unit, (double)layout.most,
                               0.01 * (double)layout.most);
        }
    free(g);
    free(h);
    free(word);
    free(dither);
}

Test(gbdt_histogram, derivatives_beyond_single_precision_are_an_error) {
    float g[2] = {1, (float)INFINITY}, h[2] = {1, 1};
    uint64_t word[2];
    hone_dither *dither = calloc(1, sizeof *dither);
    hone_layout layout;
    cr_assert_eq(hone_quantise(g, h, 2, false, dither, 0, word, &layout, NULL, NULL), HONE_EDATA);
    free(dither);
}
