#include "core/alloc.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* ---- against scikit-learn -------------------------------------------------------------------- */

static void check_bins(const hone_json *c, const double *y, const double *p, size_t n) {
    const hone_json *bins = hone_json_get(c, "bins");
    for (size_t b = 0; b < hone_json_size(bins); b++) {
        size_t cells;
        const char *count = hone_json_key_at(bins, b);
        double *pairs = support_reals(bins, count, &cells); /* (share, mean probability) */
        hone_reliability r;
        cr_assert_eq(hone_reliability_make(y, p, NULL, n, HONE_EQUAL_WIDTH,
                                           (size_t)strtol(count, NULL, 10), &r, NULL),
                     HONE_OK);
        cr_assert_eq(r.n, cells / 2);
        for (size_t i = 0; i < r.n; i++) {
            cr_expect_float_eq(r.share[i], pairs[2 * i], 1e-12);
            cr_expect_float_eq(r.proba[i], pairs[2 * i + 1], 1e-12);
        }
        hone_reliability_free(&r);
        free(pairs);
    }
}

static void check_line(const hone_json *c, const double *y, const double *p, const double *w,
                       size_t n) {
    hone_cox cox;
    const char *why = "not written";
    double z, p_value;
    cr_assert_eq(hone_cox_calibration(y, p, w, n, &cox, &why, NULL), HONE_OK);
    cr_assert_null(why);
    cr_expect_float_eq(cox.slope, support_real(c, "slope"), 1e-12);
    cr_expect_float_eq(cox.intercept, support_real(c, "intercept"), 1e-12);
    cr_expect_float_eq(cox.in_the_large, support_real(c, "in_the_large"), 1e-12);
    cr_assert_eq(hone_spiegelhalter(y, p, w, n, &z, &p_value, &why, NULL), HONE_OK);
    cr_assert_null(why);
    cr_expect_float_eq(z, support_real(c, "z"), 1e-12);
    cr_expect_float_eq(p_value, support_real(c, "p_value"), 1e-12);
}

Test(calibration, agrees_with_scikit_learn) {
    hone_json *golden = support_golden("calibration.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 8);
    for (size_t i = 0; i < hone_json_size(cases); i++) {
        const hone_json *c = hone_json_at(cases, i);
        size_t n, distinct;
        double *y = support_reals(c, "truth", &n), *p = support_reals(c, "proba", &n);
        double *w = NULL, *isotonic = support_reals(c, "recalibrated", &distinct);
        hone_corp corp;
        if (hone_json_size(hone_json_get(c, "weight")))
            w = support_reals(c, "weight", &n);
        check_bins(c, y, p, n);
        check_line(c, y, p, w, n);
        cr_assert_eq(hone_corp_make(y, p, w, n, &corp, NULL), HONE_OK);
        cr_assert_eq(corp.n, distinct);
        cr_expect_leq(support_distance(corp.recalibrated, isotonic, distinct), 1e-12);
        hone_corp_free(&corp);
        free(y), free(p), free(w), free(isotonic);
    }
    hone_json_free(golden);
}

/* ---- the statistics sheet -------------------------------------------------------------------- */

static const double Y[] = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0};
static const double A[] = {.95, .90, .80, .80, .70, .60, .60, .55, .50, .40, .40, .30, .20, .10};

Test(calibration, vectors_of_the_statistics_sheet) {
    static const double thresholds[] = {0.5, 0.2, 0, 0.99};
    hone_reliability r;
    hone_corp corp;
    double z, model[4], all[4];
    cr_assert_eq(hone_reliability_make(Y, A, NULL, 14, HONE_EQUAL_WIDTH, 10, &r, NULL), HONE_OK);
    cr_expect_float_eq(r.ece, 0.221428571428571, 1e-15);
    cr_assert_eq(hone_corp_make(Y, A, NULL, 14, &corp, NULL), HONE_OK);
    cr_expect_float_eq(corp.score, 0.179642857142857, 1e-15);
    cr_expect_float_eq(corp.mcb, 0.0427380952380952, 1e-16);
    cr_expect_float_eq(corp.dsc, 0.107993197278912, 1e-15);
    cr_expect_float_eq(corp.unc, 0.244897959183673, 1e-15);
    cr_assert_eq(hone_spiegelhalter(Y, A, NULL, 14, &z, NULL, NULL, NULL), HONE_OK);
    cr_expect_float_eq(z, -0.10618866548498692, 1e-15, "%.17g", z); /* by fractions */
    cr_assert_eq(hone_net_benefit(Y, A, NULL, 14, thresholds, 4, model, all, NULL), HONE_OK);
    cr_expect_float_eq(model[0], 0.0714285714285714, 1e-16);
    cr_expect_float_eq(model[1], 0.303571428571429, 1e-15);
    cr_expect_float_eq(all[0], 6. / 14 - 8. / 14, 1e-15);
    cr_expect(model[2] == all[2] && all[2] == 6. / 14 && model[3] == 0);
    hone_reliability_free(&r), hone_reliability_free(&r), hone_reliability_free(NULL);
    hone_corp_free(&corp), hone_corp_free(&corp), hone_corp_free(NULL);
}

/* ---- against brute force --------------------------------------------------------------------- */

enum { MOST = 50 };

struct rows {
    size_t n;
    double y[MOST], p[MOST], w[MOST];
};

static void draw(hone_rng *rng, int trial, struct rows *r) {
    static const size_t levels[] = {1, 3, 10, 20, 1000000};
    size_t k = levels[trial % 5];
    double share = hone_rng_uniform(rng);
    r->n = 1 + hone_rng_below(rng, MOST - 1);
    for (size_t i = 0; i < r->n; i++) {
        r->y[i] = hone_rng_uniform(rng) < share ? 1 : 0;
        r->p[i] = (double)hone_rng_below(rng, k + 1) / (double)k;
        r->w[i] = trial % 3 == 0   ? 1
                  : trial % 3 == 1 ? (double)hone_rng_below(rng, 3)
                                   : hone_rng_uniform(rng);
    }
    r->w[0] = 1;
}

/* Weight of the rows of class y (both if y < 0) with low <= p and p < high. */
static double within(const struct rows *r, double y, double low, double high) {
    double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += (y < 0 || r->y[i] == y) && r->p[i] >= low && r->p[i] < high ? r->w[i] : 0;
    return sum;
}

static double brute_ece(const struct rows *r, size_t bins, double *mce) {
    double ece = 0;
    *mce = 0;
    for (size_t b = 0; b < bins; b++) {
        double low = (double)b / (double)bins, gap = 0;
        double high = b + 1 == bins ? INFINITY : (double)(b + 1) / (double)bins;
        double w = within(r, -1, low, high);
        for (size_t i = 0; i < r->n; i++)
            gap += r->p[i] >= low && r->p[i] < high ? r->w[i] * (r->y[i] - r->p[i]) : 0;
        ece += fabs(gap) / within(r, -1, 0, INFINITY);
        *mce = w > 0 ? fmax(*mce, fabs(gap) / w) : *mce;
    }
    return ece;
}

/* The largest over low <= p of the smallest over high >= p of the share of positives in between. */
static double brute_isotonic(const struct rows *r, double p) {
    double best = -1;
    for (size_t i = 0; i < r->n; i++) {
        double least = 2;
        if (r->p[i] > p)
            continue;
        for (size_t j = 0; j < r->n; j++) {
            double high = nextafter(r->p[j], 2), w = within(r, -1, r->p[i], high);
            if (r->p[j] >= p && w > 0)
                least = fmin(least, within(r, 1, r->p[i], high) / w);
        }
        best = fmax(best, least > 1 ? -1 : least);
    }
    return best;
}

Test(calibration, agrees_with_brute_force_on_a_thousand_cases) {
    hone_rng rng = hone_rng_at(14, 1);
    for (int trial = 0; trial < 1000; trial++) {
        struct rows r;
        hone_reliability bins;
        hone_corp corp;
        double mce, all, t = hone_rng_uniform(&rng) * 0.9, benefit;
        size_t count = 1 + hone_rng_below(&rng, 12);
        draw(&rng, trial, &r);
        double total = within(&r, -1, 0, INFINITY), ece = brute_ece(&r, count, &mce);
        cr_assert_eq(
            hone_reliability_make(r.y, r.p, r.w, r.n, HONE_EQUAL_WIDTH, count, &bins, NULL),
            HONE_OK);
        cr_assert_float_eq(bins.ece, ece, 1e-12, "trial %d", trial);
        cr_assert_float_eq(bins.mce, mce, 1e-12, "trial %d", trial);
        cr_assert_eq(hone_corp_make(r.y, r.p, r.w, r.n, &corp, NULL), HONE_OK);
        for (size_t i = 0; i < corp.n; i++)
            cr_assert_float_eq(corp.recalibrated[i], brute_isotonic(&r, corp.proba[i]), 1e-12);
        cr_assert_float_eq(corp.mcb - corp.dsc + corp.unc, corp.score, 1e-12);
        cr_assert_eq(hone_net_benefit(r.y, r.p, r.w, r.n, &t, 1, &benefit, &all, NULL), HONE_OK);
        cr_assert_float_eq(
            benefit,
            (within(&r, 1, t, INFINITY) - within(&r, 0, t, INFINITY) * t / (1 - t)) / total, 1e-12);
        hone_reliability_free(&bins);
        hone_corp_free(&corp);
    }
}

/* Do both classes have a row that lies strictly beyond one of the other, on both sides? */
static bool overlap(const struct rows *r) {
    bool above = false, below = false;
    for (size_t i = 0; i < r->n; i++)
        for (size_t j = 0; j < r->n; j++)
            if (r->y[i] == 1 && r->y[j] == 0 && r->w[i] > 0 && r->w[j] > 0) {
                above |= r->p[i] > r->p[j];
                below |= r->p[i] < r->p[j];
            }
    return above && below;
}

Test(calibration, the_line_is_where_the_score_equations_hold) {
    hone_rng rng = hone_rng_at(14, 2);
    int lines = 0;
    for (int trial = 0; trial < 1000; trial++) {
        struct rows r;
        hone_cox cox;
        const char *why;
        double a = 0, b = 0, large = 0;
        draw(&rng, trial, &r);
        for (size_t i = 0; i < r.n; i++)
            r.p[i] = 0.001 + 0.998 * r.p[i];
        cr_assert_eq(hone_cox_calibration(r.y, r.p, r.w, r.n, &cox, &why, NULL), HONE_OK);
        cr_assert_eq(isnan(cox.slope), !overlap(&r), "trial %d: %s", trial, why);
        cr_assert_eq(why != NULL, !overlap(&r));
        if (why)
            continue;
        for (size_t i = 0; i < r.n; i++) {
            double x = log(r.p[i] / (1 - r.p[i]));
            double miss = r.w[i] * (r.y[i] - 1 / (1 + exp(-cox.intercept - cox.slope * x)));
            a += miss, b += miss * x;
            large += r.w[i] * (r.y[i] - 1 / (1 + exp(-cox.in_the_large - x)));
        }
        cr_assert(fabs(a) < 1e-10 && fabs(b) < 1e-10 && fabs(large) < 1e-10, "trial %d: %g %g %g",
                  trial, a, b, large);
        lines++;
    }
    cr_expect_gt(lines, 300);
}

Test(calibration, bins_of_equal_mass_keep_equal_probabilities_together) {
    const double y[] = {0, 0, 1, 0, 1, 1, 1, 1}, p[] = {.1, .2, .3, .4, .5, .5, .5, .9};
    hone_reliability r;
    cr_assert_eq(hone_reliability_make(y, p, NULL, 8, HONE_EQUAL_MASS, 4, &r, NULL), HONE_OK);
    cr_assert_eq(r.n, 4);
    cr_expect(r.weight[0] == 2 && r.weight[1] == 2 && r.weight[2] == 3 && r.weight[3] == 1);
    cr_expect(r.share[1] == 0.5 && r.share[2] == 1 && r.proba[2] == 0.5);
    hone_reliability_free(&r);
}

/* ---- undefined, refused ---------------------------------------------------------------------- */

static void no_line(const double *y, const double *p, size_t n, const char *reason, bool height) {
    hone_cox cox;
    const char *why = NULL;
    cr_assert_eq(hone_cox_calibration(y, p, NULL, n, &cox, &why, NULL), HONE_OK);
    cr_expect(isnan(cox.slope) && isnan(cox.intercept) && isnan(cox.in_the_large) != height);
    cr_assert_not_null(why);
    cr_expect_str_eq(why, reason);
}

Test(calibration, undefined_says_why) {
    const double y[] = {0, 0, 1, 1}, up[] = {.1, .2, .3, .4}, same[] = {.3, .3, .3, .3};
    const double touching[] = {.1, .3, .3, .4}, zero[] = {0, .5, .2, .3}, one[] = {.4, .5, .2, 1};
    const double ones[] = {1, 1, 1, 1}, sure[] = {0, 1, .5, 1};
    const char *why;
    double z, p_value;
    no_line(y, up, 4, "a threshold splits the classes", true);
    no_line(y, touching, 4, "a threshold splits the classes", true);
    no_line(y, same, 4, "all probabilities are the same", true);
    no_line(y, zero, 4, "a probability is 0", false);
    no_line(y, one, 4, "a probability is 1", false);
    no_line(ones, up, 4, "all rows are of one class", false);
    cr_assert_eq(hone_spiegelhalter(y, sure, NULL, 4, &z, &p_value, &why, NULL), HONE_OK);
    cr_expect(isnan(z) && isnan(p_value));
    cr_expect_str_eq(why, "all probabilities are 0, 1/2 or 1");
}

Test(calibration, refused_with_a_sentence) {
    const double y[] = {0, NAN}, fine[] = {0, 1}, p[] = {.5, 1.5}, half[] = {.5, .4}, t = 1;
    const double none[] = {0, 0};
    hone_reliability r;
    hone_corp corp;
    hone_cox cox;
    hone_error err;
    double out;
    cr_expect_eq(hone_reliability_make(fine, p, NULL, 2, HONE_EQUAL_MASS, 5, &r, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "reliability: probability of row 2 must be in [0, 1], got 1.5");
    cr_expect_eq(hone_reliability_make(fine, half, NULL, 2, HONE_EQUAL_MASS, 0, &r, &err),
                 HONE_EINVAL);
    cr_expect_str_eq(err.message, "reliability: needs at least one bin, got 0");
    cr_expect_eq(hone_corp_make(y, half, NULL, 2, &corp, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "ROC: truth of row 2 must be a number, got nan");
    cr_expect_eq(hone_cox_calibration(fine, half, none, 2, &cox, NULL, &err), HONE_EDATA);
    cr_expect_eq(hone_spiegelhalter(fine, p, NULL, 2, &out, NULL, NULL, &err), HONE_EDATA);
    cr_expect_eq(hone_spiegelhalter(fine, p, NULL, 0, &out, NULL, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "spiegelhalter: needs at least one row, got none");
    cr_expect_eq(hone_net_benefit(fine, half, NULL, 2, &t, 1, &out, NULL, &err), HONE_EINVAL);
    cr_expect_str_eq(err.message, "net benefit: threshold 1 must be in [0, 1), got 1");
}

static hone_status everything(void) {
    hone_reliability r = {0};
    hone_corp corp = {0};
    hone_cox cox;
    double benefit, t = 0.5;
    hone_status status = hone_reliability_make(Y, A, A, 14, HONE_EQUAL_MASS, 3, &r, NULL);
    if (!status)
        status = hone_corp_make(Y, A, NULL, 14, &corp, NULL);
    if (!status)
        status = hone_cox_calibration(Y, A, NULL, 14, &cox, NULL, NULL);
    if (!status)
        status = hone_net_benefit(Y, A, NULL, 14, &t, 1, &benefit, NULL, NULL);
    hone_reliability_free(&r);
    hone_corp_free(&corp);
    return status;
}

Test(calibration, no_memory_is_a_failure_without_a_leak) {
    long live = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status != HONE_OK; k++) {
        hone_alloc_fail_at(k, 0);
        status = everything();
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        cr_assert_eq(hone_alloc_live(), live);
    }
}
