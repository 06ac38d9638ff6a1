/* cox.c -- calibration as a line on the logit scale; a test of it; the benefit of deciding by it.
 *
 *   logit P(y = 1) = a + b x, x = logit p, by Newton on the concave log-likelihood
 *   Z = sum w (y - p)(1 - 2p) / sqrt(sum w^2 (1 - 2p)^2 p (1 - p))
 *   net benefit(t) = TP / N - FP / N t / (1 - t)
 *
 * The likelihood has a largest value if and only if positives and negatives overlap on both sides:
 * asked before, exactly, so Newton never runs off to infinity.
 * Cost: O(n), a sort.   Reference: Cox 1958; Spiegelhalter 1986; Vickers & Elkin 2006. */
#include "metrics/blocks.h"

#include "core/error.h"

#include <math.h>

enum { MOST_STEPS = 100 };

static double logit(double p) {
    return log(p) - log1p(-p);
}

/* Gradient and Hessian (negative, hence positive definite) of the mean log-likelihood. */
struct slope {
    double value, ga, gb, haa, hab, hbb;
};

static struct slope look(const hone_blocks *blocks, double a, double b) {
    struct slope s = {0};
    for (size_t i = 0; i < blocks->n; i++) {
        double x = logit(blocks->proba[i]), z = a + b * x, w = blocks->all[i] / blocks->total;
        double up = blocks->positive[i] / blocks->total, small = exp(-fabs(z));
        double p = z >= 0 ? 1 / (1 + small) : small / (1 + small);
        double curve = w * small / ((1 + small) * (1 + small)), miss = up - w * p;
        s.value += up * z - w * (fmax(z, 0) + log1p(small));
        s.ga += miss, s.gb += miss * x;
        s.haa += curve, s.hab += curve * x, s.hbb += curve * x * x;
    }
    return s;
}

/* The Newton step; one_way: only a moves. */
static void newton(const struct slope *s, bool one_way, double *da, double *db) {
    double mean = s->hab / s->haa, rest = s->hbb - s->hab * mean;
    *db = one_way ? 0 : (s->gb - s->ga * mean) / rest;
    *da = s->ga / s->haa - *db * mean;
}

/* Newton's error is squared by every step: after a step this small nothing is left to do. */
static const double SMALL_STEP = 1e-9;

/* Steps that lead down by more than the rounding of the sums are halved. */
static const double ROUNDING = 1e-12;

static void climb(const hone_blocks *blocks, bool one_way, double *a, double *b) {
    struct slope here = look(blocks, *a, *b);
    for (int i = 0; i < MOST_STEPS; i++) {
        double da, db;
        newton(&here, one_way, &da, &db);
        bool last =
            fabs(da) <= SMALL_STEP * (1 + fabs(*a)) && fabs(db) <= SMALL_STEP * (1 + fabs(*b));
        struct slope next = look(blocks, *a + da, *b + db);
        double least = here.value - ROUNDING * fabs(here.value);
        for (; !last && !(next.value >= least); da /= 2, db /= 2)
            next = look(blocks, *a + da / 2, *b + db / 2);
        *a += da, *b += db;
        here = next;
        if (last)
            return;
    }
}

/* Why there is no line, and (the second) not even its height. */
static const char *obstacle(const hone_blocks *blocks, const char **no_height) {
    size_t n = blocks->n, first_up = n, last_up = 0, first_down = n, last_down = 0;
    for (size_t i = 0; i < n; i++) {
        if (blocks->positive[i] > 0)
            first_up = first_up < n ? first_up : i, last_up = i;
        if (blocks->positive[i] < blocks->all[i])
            first_down = first_down < n ? first_down : i, last_down = i;
    }
    *no_height = first_up == n || first_down == n ? "all rows are of one class"
                 : blocks->proba[0] <= 0          ? "a probability is 0"
                 : blocks->proba[n - 1] >= 1      ? "a probability is 1"
                                                  : NULL;
    return *no_height                                       ? *no_height
           : n == 1                                         ? "all probabilities are the same"
           : last_down <= first_up || last_up <= first_down ? "a threshold splits the classes"
                                                            : NULL;
}

hone_status hone_cox_calibration(const double *is_positive, const double *proba,
                                 const double *weight, size_t n, hone_cox *out, const char **why,
                                 hone_error *err) {
    const hone_ranking ranking = hone_ranking_by(is_positive, proba, weight, n);
    hone_blocks blocks = {0};
    hone_status status = hone_blocks_make("Cox calibration", &ranking, &blocks, err);
    if (status)
        return status;
    const char *no_height = NULL, *no_line = obstacle(&blocks, &no_height);
    double a = 0, b = 1;
    *out = (hone_cox){NAN, NAN, NAN};
    if (!no_height) {
        climb(&blocks, true, &a, &b);
        out->in_the_large = a;
    }
    if (!no_line) {
        climb(&blocks, false, &a, &b);
        out->intercept = a;
        out->slope = b;
    }
    if (why)
        *why = no_line;
    hone_blocks_free(&blocks);
    return HONE_OK;
}

/* ---- without a line -------------------------------------------------------------------------- */

static hone_status rows_check(const char *who, const double *is_positive, const double *proba,
                              const double *weight, size_t n, hone_error *err) {
    if (n == 0)
        return hone_fail(err, HONE_EDATA, "%s: needs at least one row, got none", who);
    for (size_t i = 0; i < n; i++) {
        if (!(proba[i] >= 0 && proba[i] <= 1))
            return hone_fail(err, HONE_EDATA,
                             "%s: probability of row %zu must be in [0, 1], got %g", who, i + 1,
                             proba[i]);
        if (isnan(is_positive[i]))
            return hone_fail(err, HONE_EDATA, "%s: truth of row %zu must be a number, got nan", who,
                             i + 1);
    }
    return hone_weights_check(who, weight, n, err);
}

hone_status hone_spiegelhalter(const double *is_positive, const double *proba, const double *weight,
                               size_t n, double *z, double *p_value, const char **why,
                               hone_error *err) {
    hone_sum sum = {0}, variance = {0};
    hone_status status = rows_check("spiegelhalter", is_positive, proba, weight, n, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        double p = proba[i], w = (weight ? weight[i] : 1) * (1 - 2 * p);
        hone_sum_add(&sum, w * ((is_positive[i] != 0 ? 1 : 0) - p));
        hone_sum_add(&variance, w * w * (p * (1 - p)));
    }
    *z = hone_sum_value(sum) / sqrt(hone_sum_value(variance));
    if (p_value)
        *p_value = erfc(fabs(*z) / sqrt(2));
    hone_clear_why(why);
    if (hone_sum_value(variance) > 0)
        return HONE_OK;
    if (p_value)
        *p_value = NAN;
    return hone_undefined("all probabilities are 0, 1/2 or 1", z, why);
}

/* How many cutoffs are >= threshold. */
static size_t count_above(const hone_cutoffs *cutoffs, double threshold) {
    size_t low = 0, high = cutoffs->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cutoffs->threshold[middle] >= threshold)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

hone_status hone_net_benefit(const double *is_positive, const double *proba, const double *weight,
                             size_t n, const double *thresholds, size_t n_thresholds, double *model,
                             double *treat_all, hone_error *err) {
    hone_cutoffs c = {0};
    hone_status status = rows_check("net benefit", is_positive, proba, weight, n, err);
    for (size_t i = 0; !status && i < n_thresholds; i++)
        if (!(thresholds[i] >= 0 && thresholds[i] < 1))
            status =
                hone_fail(err, HONE_EINVAL, "net benefit: threshold %zu must be in [0, 1), got %g",
                          i + 1, thresholds[i]);
    if (!status)
        status = hone_cutoffs_make(is_positive, proba, weight, n, &c, err);
    if (status)
        return status;
    double up = c.tp[c.n - 1], down = c.fp[c.n - 1];
    for (size_t i = 0; i < n_thresholds; i++) {
        double odds = thresholds[i] / (1 - thresholds[i]);
        size_t taken = count_above(&c, thresholds[i]);
        model[i] = taken ? (c.tp[taken - 1] - c.fp[taken - 1] * odds) / (up + down) : 0;
        if (treat_all)
            treat_all[i] = (up - down * odds) / (up + down);
    }
    hone_cutoffs_free(&c);
    return HONE_OK;
}
