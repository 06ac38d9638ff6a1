/* The best question of a column against all questions, one by one. */
#include "classic/gbdt/splitter.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 9 };

/* A column of `bins` bins and a missing one, with random sums; wide or narrow. */
struct column {
    hone_layout layout;
    hone_bin_column info;
    hone_sums bin[HONE_BINS];
    uint64_t histogram[HONE_HISTOGRAM];
    hone_split_node node;
};

static void make(struct column *c, size_t bins, bool missing, bool wide, uint64_t seed) {
    hone_rng rng = hone_rng_at(seed, 1);
    memset(c, 0, sizeof *c);
    c->layout = (hone_layout){.most = wide ? 0 : 16383, .g_unit = 0.01, .h_unit = 0.02};
    c->info = (hone_bin_column){.n_bins = bins, .missing = missing};
    c->node = (hone_split_node){.low = -INFINITY, .high = INFINITY, .layout = &c->layout};
    for (size_t b = 0; b < bins + missing; b++) {
        hone_sums s = {(int64_t)(200 * hone_rng_normal(&rng)), 0,
                       (int64_t)hone_rng_below(&rng, 12)};
        s.h = s.rows * (1 + (int64_t)hone_rng_below(&rng, 20));
        s.g = s.rows > 0 ? s.g : 0;
        c->bin[b] = s;
        c->histogram[b] = wide ? (uint64_t)s.g : hone_sums_word(false, s);
        c->histogram[HONE_BINS + b] = (uint64_t)s.h << 32 | (uint64_t)s.rows;
        c->node.sums.g += s.g, c->node.sums.h += s.h, c->node.sums.rows += s.rows;
    }
}

static double value_of(const struct column *c, const hone_split_rules *r, double g, double h) {
    double t = copysign(fmax(fabs(g) - r->l1, 0), g);
    return fmin(fmax(-t / (h + r->l2), c->node.low), c->node.high);
}

/* What the best value of a leaf wins, by its definition. */
static double score_of(const struct column *c, const hone_split_rules *r, hone_sums s, double l2) {
    hone_split_rules with = *r;
    with.l2 += l2;
    double g = (double)s.g * c->layout.g_unit, h = (double)s.h * c->layout.h_unit;
    double w = value_of(c, &with, g, h);
    return -2 * (g * w + (h + with.l2) * w * w / 2 + r->l1 * fabs(w));
}

static double gain_of(const struct column *c, const hone_split_rules *r, hone_sums left,
                      double l2) {
    hone_sums all = c->node.sums;
    hone_sums right = {all.g - left.g, all.h - left.h, all.rows - left.rows};
    double hl = (double)left.h * c->layout.h_unit, hr = (double)right.h * c->layout.h_unit;
    double wl = value_of(c, r, (double)left.g * c->layout.g_unit, hl + l2);
    double wr = value_of(c, r, (double)right.g * c->layout.g_unit, hr + l2);
    if (left.rows < (int64_t)r->min_rows || right.rows < (int64_t)r->min_rows ||
        hl < r->min_child_weight || hr < r->min_child_weight)
        return -1;
    if (r->monotonic && (r->monotonic[0] > 0 ? wl > wr : r->monotonic[0] < 0 ? wl < wr : false))
        return -1;
    return score_of(c, r, left, l2) + score_of(c, r, right, l2) - score_of(c, r, all, 0);
}

static void add(hone_sums *to, hone_sums more) {
    to->g += more.g, to->h += more.h, to->rows += more.rows;
}

/* Over all thresholds, missing values on either side. */
static double best_number(const struct column *c, const hone_split_rules *r) {
    double best = -1;
    for (size_t cut = 0; cut < c->info.n_bins; cut++)
        for (int side = 0; side < 1 + c->info.missing; side++) {
            hone_sums left = {0, 0, 0};
            for (size_t b = 0; b <= cut; b++)
                add(&left, c->bin[b]);
            if (side == 1)
                add(&left, c->bin[c->info.n_bins]);
            best = fmax(best, gain_of(c, r, left, 0));
        }
    return best;
}

/* Over all subsets of categories. */
static double best_set(const struct column *c, const hone_split_rules *r, double l2) {
    double best = -1;
    for (size_t set = 1; set < (size_t)1 << (c->info.n_bins + c->info.missing); set++) {
        hone_sums left = {0, 0, 0};
        for (size_t b = 0; b < c->info.n_bins + c->info.missing; b++)
            if (set >> b & 1)
                add(&left, c->bin[b]);
        best = fmax(best, gain_of(c, r, left, l2));
    }
    return best;
}

static void expect_left(const struct column *c, const hone_split *split) {
    hone_sums left = {0, 0, 0};
    for (size_t b = 0; b < c->info.n_bins + c->info.missing; b++)
        if (hone_gbdt_split_goes_left(split, c->info.n_bins, b))
            add(&left, c->bin[b]);
    cr_assert(left.g == split->left.g && left.h == split->left.h && left.rows == split->left.rows);
}

static void expect_best(const struct column *c, const hone_split_rules *rules, double best,
                        uint64_t seed) {
    hone_split split = hone_gbdt_split_none(rules);
    hone_gbdt_split_find(rules, &c->node, &c->info, 0, c->histogram, &split);
    if (best <= 1e-9) {
        cr_assert_eq(split.column, -1, "seed %lu", (unsigned long)seed);
        return;
    }
    cr_assert_eq(split.column, 0, "seed %lu: none found, %g is there", (unsigned long)seed, best);
    cr_assert_float_eq(split.gain, best, 1e-9 * best, "seed %lu: %g, %g", (unsigned long)seed,
                       split.gain, best);
    expect_left(c, &split);
}

Test(gbdt_splitter, a_threshold_wins_as_much_as_the_best_of_all) {
    struct column c;
    for (uint64_t seed = 0; seed < 400; seed++) {
        hone_split_rules r = {
            .l2 = (double)(seed % 3), .min_child_weight = 0.1, .min_rows = 1 + seed % 5};
        make(&c, seed % 2 ? BINS : 255, seed % 4 > 1, seed % 5 == 0, seed);
        expect_best(&c, &r, best_number(&c, &r), seed);
    }
}

Test(gbdt_splitter, l1_and_limits_are_kept) {
    struct column c;
    int8_t rises[] = {0};
    for (uint64_t seed = 0; seed < 600; seed++) {
        hone_split_rules r = {.l1 = 0.5 * (double)(seed % 4),
                              .l2 = (double)(seed % 3),
                              .min_child_weight = 0.1,
                              .min_rows = 1,
                              .monotonic = rises};
        rises[0] = (int8_t)((int)(seed / 4 % 3) - 1);
        make(&c, BINS, seed % 4 > 1, seed % 5 == 0, seed);
        if (seed % 2)
            c.node.low = -2, c.node.high = 1.5;
        expect_best(&c, &r, best_number(&c, &r), seed);
    }
}

Test(gbdt_splitter, categories_win_as_much_as_the_best_set_of_all) {
    struct column c;
    for (uint64_t seed = 0; seed < 200; seed++) {
        hone_split_rules r = {.l2 = 1, .min_rows = 1, .min_child_weight = 0.01};
        make(&c, 3 + seed % 6, false, seed % 5 == 0, seed);
        c.info.categorical = true;
        expect_best(&c, &r, best_set(&c, &r, 0), seed);
    }
}

Test(gbdt_splitter, missing_and_rare_categories_stay_on_the_right) {
    struct column c;
    for (uint64_t seed = 0; seed < 100; seed++) {
        hone_split_rules r = {.l2 = 1, .min_rows = 1, .min_child_weight = 0.01};
        hone_split split = hone_gbdt_split_none(&r);
        make(&c, 6, true, false, seed);
        c.info.categorical = true;
        hone_gbdt_split_find(&r, &c.node, &c.info, 0, c.histogram, &split);
        if (split.column < 0)
            continue;
        cr_assert_not(split.missing_left);
        expect_left(&c, &split);
    }
}

Test(gbdt_splitter, nothing_is_won_where_nothing_differs) {
    struct column c;
    hone_split_rules r = {.l2 = 1, .min_rows = 1};
    make(&c, 5, false, false, 1);
    for (size_t b = 0; b < 5; b++) {
        c.bin[b] = (hone_sums){30, 10, 5};
        c.histogram[b] = hone_sums_word(false, c.bin[b]);
    }
    c.node.sums = (hone_sums){150, 50, 25};
    hone_split_rules free_of_l2 = {.l2 = 0, .min_rows = 1};
    expect_best(&c, &free_of_l2, -1, 0);
    r.gamma = 1e6; /* nor enough where a leaf costs more */
    expect_best(&c, &r, -1, 0);
}
