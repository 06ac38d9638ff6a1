/* classification.c -- metrics of predicted labels, all from the tally of the classes.
 *
 *   precision_c = hit_c / label_c    recall_c = hit_c / truth_c
 *   F_c = (1 + b^2) hit_c / (b^2 truth_c + label_c), b = 1, 2, 0.5
 *   Jaccard_c = hit_c / (truth_c + label_c - hit_c)
 *   specificity and negative predictive value: recall and precision of the negative class
 *   LR+ = recall / (1 - specificity)    LR- = (1 - recall) / specificity
 *   micro: the same formula on the sums over all classes; accuracy is the micro recall
 *   balanced accuracy = mean of recall_c where truth_c > 0
 *
 * For one class 0 / 0 is undefined. In means over classes a class that is neither in the
 * truth nor predicted is left out, and 0 / 0 of any other class counts 0, as scikit-learn does: a
 * class that is there and never predicted was not found. Rows of weight 0 are not there.
 * Cost: O(n + k).   Reference: Sokolova & Lapalme 2009; Brodersen et al. 2010. */
#include "metrics/metrics.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

/* The score of one class; NaN where it is 0 / 0. */
typedef double class_score(const hone_tally *tally, size_t c);

static double precision_of(const hone_tally *tally, size_t c) {
    return tally->label[c] > 0 ? tally->hit[c] / tally->label[c] : NAN;
}

static double recall_of(const hone_tally *tally, size_t c) {
    return tally->truth[c] > 0 ? tally->hit[c] / tally->truth[c] : NAN;
}

static double miss_of(const hone_tally *tally, size_t c) {
    return tally->truth[c] > 0 ? (tally->truth[c] - tally->hit[c]) / tally->truth[c] : NAN;
}

/* square: that of beta, which says how much more recall matters than precision. */
static double f_of(const hone_tally *tally, size_t c, double square) {
    double both = square * tally->truth[c] + tally->label[c];
    return both > 0 ? (1 + square) * tally->hit[c] / both : NAN;
}

static double f1_of(const hone_tally *tally, size_t c) {
    return f_of(tally, c, 1);
}

static double f2_of(const hone_tally *tally, size_t c) {
    return f_of(tally, c, 4);
}

static double f05_of(const hone_tally *tally, size_t c) {
    return f_of(tally, c, 0.25);
}

static double jaccard_of(const hone_tally *tally, size_t c) {
    double either = tally->truth[c] + (tally->label[c] - tally->hit[c]);
    return either > 0 ? tally->hit[c] / either : NAN;
}

/* ---- one class ------------------------------------------------------------------------------ */

enum { NEGATIVE, POSITIVE };

static hone_status one_class(const hone_outcome *outcome, int side, class_score *score,
                             const char *reason, double *out, const char **why, hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    size_t c = side == POSITIVE ? outcome->positive : 1 - outcome->positive;
    *out = c < tally.k ? score(&tally, c) : NAN;
    hone_release(tally.block);
    return isnan(*out) ? hone_undefined(reason, out, why) : HONE_OK;
}

/* clang-format off */
#define OF_ONE_CLASS(X) \
    X(precision,                 POSITIVE, precision_of, "no row is predicted positive") \
    X(recall,                    POSITIVE, recall_of,    "no row is positive") \
    X(f1,                        POSITIVE, f1_of,        "no row is positive or predicted positive") \
    X(f2,                        POSITIVE, f2_of,        "no row is positive or predicted positive") \
    X(f05,                       POSITIVE, f05_of,       "no row is positive or predicted positive") \
    X(jaccard,                   POSITIVE, jaccard_of,   "no row is positive or predicted positive") \
    X(specificity,               NEGATIVE, recall_of,    "no row is negative") \
    X(negative_predictive_value, NEGATIVE, precision_of, "no row is predicted negative")
/* clang-format on */
#define DEFINE(name, side, score, reason)                                                      \
    hone_status hone_metric_##name(const hone_outcome *outcome, double *out, const char **why, \
                                   hone_error *err) {                                          \
        return one_class(outcome, side, score, reason, out, why, err);                         \
    }
OF_ONE_CLASS(DEFINE)
#undef DEFINE

hone_status hone_fbeta(const hone_outcome *outcome, double beta, double *out, const char **why,
                       hone_error *err) {
    static const hone_metric row = {
        .name = "fbeta", .tasks = HONE_FOR_BINARY, .needs = HONE_NEEDS_LABEL};
    hone_tally tally;
    hone_status status = hone_outcome_check(&row, outcome, err);
    if (!status && !(beta >= 0 && beta < INFINITY))
        status = hone_fail(err, HONE_EINVAL, "fbeta: beta must be in [0, inf), got %g", beta);
    if (!status)
        status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    hone_clear_why(why);
    *out = f_of(&tally, outcome->positive, beta * beta);
    hone_release(tally.block);
    return isnan(*out) ? hone_undefined("no row is positive or predicted positive", out, why)
                       : HONE_OK;
}

/* Of two classes: share of the one side that is predicted positive over that of the other. */
static hone_status ratio(const hone_outcome *outcome, class_score *of_positives,
                         class_score *of_negatives, const char *reason, double *out,
                         const char **why, hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    size_t p = outcome->positive;
    double above = of_positives(&tally, p),
           below = tally.k == 2 ? of_negatives(&tally, 1 - p) : NAN;
    hone_release(tally.block);
    *out = above / below;
    if (isnan(above) || isnan(below))
        return hone_undefined("all rows are of one class", out, why);
    return below > 0 ? HONE_OK : hone_undefined(reason, out, why);
}

hone_status hone_metric_positive_likelihood_ratio(const hone_outcome *outcome, double *out,
                                                  const char **why, hone_error *err) {
    return ratio(outcome, recall_of, miss_of, "no negative row is predicted positive", out, why,
                 err);
}

hone_status hone_metric_negative_likelihood_ratio(const hone_outcome *outcome, double *out,
                                                  const char **why, hone_error *err) {
    return ratio(outcome, miss_of, recall_of, "no negative row is predicted negative", out, why,
                 err);
}

/* ---- all classes ---------------------------------------------------------------------------- */

/* How classes are weighted in a mean; 0 leaves a class out. */
typedef double class_weight(const hone_tally *tally, size_t c);

static double one_if_there(const hone_tally *tally, size_t c) {
    return tally->truth[c] > 0 || tally->label[c] > 0 ? 1.0 : 0.0;
}

static double one_if_true(const hone_tally *tally, size_t c) {
    return tally->truth[c] > 0 ? 1.0 : 0.0;
}

static double rows_of(const hone_tally *tally, size_t c) {
    return tally->truth[c];
}

static hone_status mean_score(const hone_outcome *outcome, class_score *score, class_weight *weight,
                              double *out, hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    double sum = 0, total = 0;
    for (size_t c = 0; c < tally.k; c++) {
        double w = weight(&tally, c), s = score(&tally, c);
        sum += isnan(s) ? 0 : w * s;
        total += w;
    }
    *out = sum / total; /* total > 0: some row has a positive weight */
    hone_release(tally.block);
    return HONE_OK;
}

/* clang-format off */
#define MEANS(X) \
    X(balanced_accuracy,  recall_of,    one_if_true) \
    X(f1_macro,           f1_of,        one_if_there) \
    X(precision_macro,    precision_of, one_if_there) \
    X(recall_macro,       recall_of,    one_if_there) \
    X(jaccard_macro,      jaccard_of,   one_if_there) \
    X(f1_weighted,        f1_of,        rows_of) \
    X(precision_weighted, precision_of, rows_of) \
    X(recall_weighted,    recall_of,    rows_of) \
    X(jaccard_weighted,   jaccard_of,   rows_of)
/* clang-format on */
#define DEFINE(name, score, weight)                                                            \
    hone_status hone_metric_##name(const hone_outcome *outcome, double *out, const char **why, \
                                   hone_error *err) {                                          \
        (void)why;                                                                             \
        return mean_score(outcome, score, weight, out, err);                                   \
    }
MEANS(DEFINE)
#undef DEFINE

/* The classes thrown together: one class that holds every row. */
static hone_status pooled_score(const hone_outcome *outcome, class_score *score, double *out,
                                hone_error *err) {
    hone_tally tally;
    hone_status status = hone_tally_make(outcome, &tally, err);
    if (status)
        return status;
    double hits = 0;
    for (size_t c = 0; c < tally.k; c++)
        hits += tally.hit[c];
    const hone_tally all = {.k = 1, .hit = &hits, .truth = &tally.total, .label = &tally.total};
    *out = score(&all, 0);
    hone_release(tally.block);
    return HONE_OK;
}

/* clang-format off */
#define POOLED(X) \
    X(accuracy,        recall_of) \
    X(zero_one_loss,   miss_of) \
    X(f1_micro,        f1_of) \
    X(precision_micro, precision_of) \
    X(recall_micro,    recall_of) \
    X(jaccard_micro,   jaccard_of)
/* clang-format on */
#define DEFINE(name, score)                                                                    \
    hone_status hone_metric_##name(const hone_outcome *outcome, double *out, const char **why, \
                                   hone_error *err) {                                          \
        (void)why;                                                                             \
        return pooled_score(outcome, score, out, err);                                         \
    }
POOLED(DEFINE)
#undef DEFINE
