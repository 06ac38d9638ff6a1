/* criterion.c -- which cut of a ROC curve is the best threshold.
 *
 *   Youden: TPR - FPR                     corner: -((1 - TPR)^2 + FPR^2)
 *   F-beta: (1 + b^2) TP / ((1 + b^2) TP + b^2 FN + FP)
 *   cost:   -(FPR (1 - pi) c + (1 - TPR) pi), c = cost of FP / cost of FN, pi the prevalence
 *   MCC:    (TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN)), 0 where 0 / 0
 *   targets: the best TNR where TPR reaches the value, the best TPR where TNR or precision does
 * Among cuts that are equally good the highest threshold is taken. Cuts that no counted row
 * divides are one cut, so neighbours are counted rows. The threshold lies midway between them.
 * Cost: O(blocks).   Reference: Youden 1950; Perkins & Schisterman 2006; Metz 1978. */
#include "inference/curve.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

/* A cut seen from the criterion. */
struct cut {
    double tp, fp, fn, tn;
};

typedef double goodness(const hone_criterion *criterion, const struct cut *c);

static double sensitivity(const struct cut *c) {
    return c->tp / (c->tp + c->fn);
}

static double specificity(const struct cut *c) {
    return c->tn / (c->tn + c->fp);
}

static double youden(const hone_criterion *criterion, const struct cut *c) {
    (void)criterion;
    return sensitivity(c) + specificity(c) - 1;
}

static double corner(const hone_criterion *criterion, const struct cut *c) {
    (void)criterion;
    double miss = 1 - sensitivity(c), alarm = 1 - specificity(c);
    return -(miss * miss + alarm * alarm);
}

static double f_beta(const hone_criterion *criterion, const struct cut *c) {
    double b2 = criterion->value * criterion->value;
    return (1 + b2) * c->tp / ((1 + b2) * c->tp + b2 * c->fn + c->fp);
}

static double cost(const hone_criterion *criterion, const struct cut *c) {
    double all = c->tp + c->fn + c->fp + c->tn;
    double pi = criterion->prevalence > 0 ? criterion->prevalence : (c->tp + c->fn) / all;
    return -((1 - specificity(c)) * (1 - pi) * criterion->value + (1 - sensitivity(c)) * pi);
}

static double mcc(const hone_criterion *criterion, const struct cut *c) {
    (void)criterion;
    double square = (c->tp + c->fp) * (c->tp + c->fn) * (c->tn + c->fp) * (c->tn + c->fn);
    return square > 0 ? (c->tp * c->tn - c->fp * c->fn) / sqrt(square) : 0;
}

/* Targets: the best of the other rate among the cuts that reach the value. */
static double reach_sensitivity(const hone_criterion *criterion, const struct cut *c) {
    return sensitivity(c) >= criterion->value ? specificity(c) : -INFINITY;
}

static double reach_specificity(const hone_criterion *criterion, const struct cut *c) {
    return specificity(c) >= criterion->value ? sensitivity(c) : -INFINITY;
}

static double reach_precision(const hone_criterion *criterion, const struct cut *c) {
    bool reached = c->tp + c->fp > 0 && c->tp >= criterion->value * (c->tp + c->fp);
    return reached ? sensitivity(c) : -INFINITY;
}

static const struct {
    goodness *of;
    double low, high; /* range of the value, its ends left out unless `closed` */
    bool takes_value, closed;
} CRITERIA[] = {
    [HONE_BEST_YOUDEN] = {youden, 0, 0, false, false},
    [HONE_BEST_CORNER] = {corner, 0, 0, false, false},
    [HONE_BEST_F_BETA] = {f_beta, 0, INFINITY, true, false},
    [HONE_BEST_COST] = {cost, 0, INFINITY, true, false},
    [HONE_BEST_SENSITIVITY] = {reach_sensitivity, 0, 1, true, true},
    [HONE_BEST_SPECIFICITY] = {reach_specificity, 0, 1, true, true},
    [HONE_BEST_PRECISION] = {reach_precision, 0, 1, true, true},
    [HONE_BEST_MCC] = {mcc, 0, 0, false, false},
};

hone_status hone_criterion_check(const hone_criterion *c, hone_error *err) {
    if ((unsigned)c->kind >= sizeof CRITERIA / sizeof *CRITERIA)
        return hone_fail(err, HONE_EINVAL, "threshold: unknown criterion %d", (int)c->kind);
    if (!(c->prevalence >= 0 && c->prevalence < 1))
        return hone_fail(err, HONE_EINVAL, "threshold: the prevalence must be in [0, 1), got %g",
                         c->prevalence);
    double low = CRITERIA[c->kind].low, high = CRITERIA[c->kind].high, value = c->value;
    bool closed = CRITERIA[c->kind].closed;
    bool inside = closed ? value >= low && value <= high : value > low && value < high;
    if (CRITERIA[c->kind].takes_value && !inside)
        return hone_fail(err, HONE_EINVAL,
                         "threshold: the value of the criterion must be in %c%g, %g%c, got %g",
                         closed ? '[' : '(', low, high, closed ? ']' : ')', value);
    return HONE_OK;
}

static struct cut cut_at(const hone_curve *curve, size_t cut) {
    double tp = hone_curve_tp(curve, cut), fp = hone_curve_fp(curve, cut);
    return (struct cut){.tp = tp,
                        .fp = fp,
                        .fn = hone_curve_positives(curve) - tp,
                        .tn = hone_curve_negatives(curve) - fp};
}

/* Above `low` and not above `high`. */
static double midway(double low, double high) {
    double middle = low / 2 + high / 2;
    return middle > low && middle <= high && isfinite(middle) ? middle : high;
}

/* The threshold of a cut whose last block has counted rows. */
static double threshold_of(const hone_curve *curve, size_t cut) {
    const hone_order *order = curve->order;
    if (cut == 0)
        return INFINITY;
    size_t next = cut;
    struct cut here = cut_at(curve, cut), below = here;
    while (next < order->blocks && below.tp == here.tp && below.fp == here.fp)
        below = cut_at(curve, ++next);
    double score = order->score[cut - 1];
    return below.tp == here.tp && below.fp == here.fp ? score
                                                      : midway(order->score[next - 1], score);
}

/* The first of the best cuts; SIZE_MAX when every one is -inf. */
static size_t best_cut(const hone_criterion *criterion, const hone_curve *curve, double *value) {
    goodness *of = CRITERIA[criterion->kind].of;
    size_t best = SIZE_MAX;
    struct cut last = {-1, -1, -1, -1};
    *value = -INFINITY;
    for (size_t b = 0; b <= curve->order->blocks; b++) {
        struct cut c = cut_at(curve, b);
        if (c.tp == last.tp && c.fp == last.fp)
            continue;
        last = c;
        double good = of(criterion, &c);
        if (good > *value) {
            *value = good;
            best = b;
        }
    }
    return best;
}

void hone_criterion_choose(const hone_criterion *criterion, const hone_curve *curve,
                           hone_threshold *out) {
    double value;
    size_t cut = best_cut(criterion, curve, &value);
    if (cut == SIZE_MAX) {
        *out =
            (hone_threshold){NAN, NAN, NAN, NAN, NAN, NAN, NAN, "no threshold reaches the target"};
        return;
    }
    struct cut c = cut_at(curve, cut);
    *out = (hone_threshold){.threshold = threshold_of(curve, cut),
                            .score = cut ? curve->order->score[cut - 1] : INFINITY,
                            .criterion = value,
                            .tp = c.tp,
                            .fp = c.fp,
                            .fn = c.fn,
                            .tn = c.tn};
}

/* ---- the rows themselves --------------------------------------------------------------------- */

static hone_curve of_rows(const hone_cases *cases, uint32_t *once) {
    for (size_t i = 0; i <= cases->n; i++)
        once[i] = (uint32_t)i;
    return (hone_curve){.order = cases->orders,
                        .positives = cases->positives,
                        .negatives = cases->negatives,
                        .up = once,
                        .down = once};
}

static hone_curve of_weights(const hone_cases *cases, double *sums) {
    const hone_order *order = cases->orders;
    size_t m = cases->positives, n = cases->negatives;
    double *up = sums, *down = sums + m + 1;
    up[0] = down[0] = 0;
    for (size_t i = 0; i < m; i++)
        up[i + 1] = up[i] + cases->weight[order->positive[i]];
    for (size_t j = 0; j < n; j++)
        down[j + 1] = down[j] + cases->weight[m + order->negative[j]];
    return (hone_curve){
        .order = order, .positives = m, .negatives = n, .up_weight = up, .down_weight = down};
}

hone_status hone_threshold_choose(const hone_scored *scores, size_t model,
                                  const hone_criterion *criterion, hone_threshold *out,
                                  hone_error *err) {
    hone_cases cases = {0};
    hone_curve curve = {0};
    uint32_t *once = NULL;
    double *weight = NULL;
    hone_status status = hone_criterion_check(criterion, err);
    if (!status)
        status = hone_index_check("threshold", "model", model, scores->models, err);
    if (status)
        return status;
    hone_scored one = *scores;
    one.models = 1;
    one.score = scores->score + model * scores->n;
    one.cluster = NULL;
    status = hone_cases_make_weighted("threshold", &one, NULL, &cases, err);
    if (!status)
        status =
            cases.weight ? hone_new(&weight, cases.n + 2, err) : hone_new(&once, cases.n + 1, err);
    if (status)
        goto done;
    curve = cases.weight ? of_weights(&cases, weight) : of_rows(&cases, once);
    hone_criterion_choose(criterion, &curve, out);
done:
    hone_release(once);
    hone_release(weight);
    hone_cases_free(&cases);
    return status;
}
