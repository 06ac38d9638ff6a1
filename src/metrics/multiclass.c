/* multiclass.c -- metrics of ranks for more than two classes.
 *
 *   one against the rest: the metric of each class, plain mean or weighted by the class's rows; or
 *     of all n k (row, class) pairs at once (micro)
 *   one against one (Hand and Till): M = mean over pairs i < j of (A(i|j) + A(j|i)) / 2, plain or
 *     weighted by the rows of both; A(i|j): AUC of column i among the rows of classes i and j
 *
 * One sort by column i gives A(i|j) for all j: going down the scores, every row of class j beats
 * no row of class i above it.
 * Cost: O(n k), with a sort for each class.   Reference: Hand & Till 2001; Provost & Domingos
 * 2000. */
#include "metrics/ranking.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"

#include <math.h>

typedef hone_status binary_metric(const hone_outcome *outcome, double *out, const char **why,
                                  hone_error *err);

/* weights (k): of the rows of each class. */
static hone_status class_totals(const hone_outcome *outcome, double **weights, hone_error *err) {
    hone_status status = hone_new(weights, outcome->n_classes, err);
    for (size_t i = 0; !status && i < outcome->n; i++)
        (*weights)[(size_t)outcome->truth[i]] += outcome->weight ? outcome->weight[i] : 1;
    return status;
}

static hone_status one_against_rest(const hone_outcome *outcome, binary_metric *metric,
                                    bool weighted, double *out, const char **why, hone_error *err) {
    double *weights = NULL, sum = 0, total = 0;
    hone_status status = class_totals(outcome, &weights, err);
    for (size_t c = 0; !status && c < outcome->n_classes; c++) {
        hone_outcome one = *outcome;
        double value = NAN, w = weighted ? weights[c] : 1;
        one.positive = c;
        one.score = NULL;
        status = metric(&one, &value, why, err);
        if (status || isnan(value)) {
            *out = NAN;
            goto done;
        }
        sum += w * value;
        total += w;
    }
    *out = sum / total;
done:
    hone_release(weights);
    return !status && isnan(*out) ? hone_undefined("a class has no rows, or all of them", out, why)
                                  : status;
}

hone_status hone_metric_roc_auc_ovr(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    return one_against_rest(outcome, hone_metric_roc_auc, false, out, why, err);
}

hone_status hone_metric_roc_auc_ovr_weighted(const hone_outcome *outcome, double *out,
                                             const char **why, hone_error *err) {
    return one_against_rest(outcome, hone_metric_roc_auc, true, out, why, err);
}

hone_status hone_metric_average_precision_macro(const hone_outcome *outcome, double *out,
                                                const char **why, hone_error *err) {
    return one_against_rest(outcome, hone_metric_average_precision, false, out, why, err);
}

hone_status hone_metric_average_precision_weighted(const hone_outcome *outcome, double *out,
                                                   const char **why, hone_error *err) {
    return one_against_rest(outcome, hone_metric_average_precision, true, out, why, err);
}

/* Each (row, class) pair becomes a row: positive where it is the row's class. */
static hone_status micro(const hone_outcome *outcome, binary_metric *metric, double *out,
                         const char **why, hone_error *err) {
    size_t n = outcome->n, k = outcome->n_classes;
    double *truth = NULL, *weight = NULL;
    hone_status status = hone_new2(&truth, n, k, err);
    if (!status && outcome->weight)
        status = hone_new2(&weight, n, k, err);
    for (size_t i = 0; !status && i < n; i++) {
        truth[i * k + (size_t)outcome->truth[i]] = 1;
        for (size_t c = 0; weight && c < k; c++)
            weight[i * k + c] = outcome->weight[i];
    }
    const hone_outcome pairs = {.n = n * k,
                                .n_classes = 2,
                                .positive = 1,
                                .truth = truth,
                                .score = outcome->proba,
                                .weight = weight};
    if (!status)
        status = metric(&pairs, out, why, err);
    hone_release(truth);
    hone_release(weight);
    return status;
}

hone_status hone_metric_roc_auc_ovr_micro(const hone_outcome *outcome, double *out,
                                          const char **why, hone_error *err) {
    return micro(outcome, hone_metric_roc_auc, out, why, err);
}

hone_status hone_metric_average_precision_micro(const hone_outcome *outcome, double *out,
                                                const char **why, hone_error *err) {
    return micro(outcome, hone_metric_average_precision, out, why, err);
}

/* ---- one against one ------------------------------------------------------------------------- */

/* Scratch for one class after the other. */
struct pairing {
    const hone_outcome *outcome;
    uint64_t *keys; /* n */
    size_t *rows;   /* n */
    hone_sum *wins; /* k */
};

static double weight_at(const hone_outcome *outcome, size_t row) {
    return outcome->weight ? outcome->weight[row] : 1;
}

/* Rows [first, last) of the order have the same score; `above`: weight of class i over them. */
static void add_block(struct pairing *p, size_t i, size_t first, size_t last, hone_sum *above) {
    double tied = 0, before = hone_sum_value(*above);
    for (size_t r = first; r < last; r++)
        if (p->outcome->truth[p->rows[r]] == (double)i)
            tied += weight_at(p->outcome, p->rows[r]);
    for (size_t r = first; r < last; r++) {
        size_t j = (size_t)p->outcome->truth[p->rows[r]];
        hone_sum_add(&p->wins[j], weight_at(p->outcome, p->rows[r]) * (before + tied / 2));
    }
    hone_sum_add(above, tied);
}

/* auc (k): A(i | j) times the weights of both classes. */
static hone_status count_wins(struct pairing *p, size_t i, double *auc, hone_error *err) {
    const hone_outcome *o = p->outcome;
    size_t k = o->n_classes;
    for (size_t r = 0; r < o->n; r++) {
        p->keys[r] = hone_sort_key(o->proba[r * k + i]);
        p->rows[r] = r;
    }
    hone_status status = hone_sort_keys(p->keys, p->rows, o->n, err);
    if (status)
        return status;
    for (size_t j = 0; j < k; j++)
        p->wins[j] = (hone_sum){0};
    hone_sum above = {0};
    for (size_t last = o->n, first; last > 0; last = first) {
        for (first = last - 1; first > 0 && p->keys[first - 1] == p->keys[last - 1];)
            first--;
        add_block(p, i, first, last, &above);
    }
    for (size_t j = 0; j < k; j++)
        auc[j] = hone_sum_value(p->wins[j]);
    return HONE_OK;
}

/* auc (k x k), weights (k). */
static hone_status all_pairs(const hone_outcome *outcome, const double *weights, double *auc,
                             hone_error *err) {
    size_t k = outcome->n_classes;
    struct pairing p = {.outcome = outcome};
    hone_status status = hone_new(&p.keys, outcome->n, err);
    if (!status)
        status = hone_new(&p.rows, outcome->n, err);
    if (!status)
        status = hone_new(&p.wins, k, err);
    for (size_t i = 0; !status && i < k; i++) {
        status = count_wins(&p, i, auc + i * k, err);
        for (size_t j = 0; j < k; j++)
            auc[i * k + j] = i == j ? NAN : auc[i * k + j] / (weights[i] * weights[j]);
    }
    hone_release(p.keys);
    hone_release(p.rows);
    hone_release(p.wins);
    return status;
}

static hone_status one_against_one(const hone_outcome *outcome, bool weighted, double *out,
                                   const char **why, hone_error *err) {
    size_t k = outcome->n_classes;
    double *weights = NULL, *auc = NULL, sum = 0, total = 0;
    hone_status status = class_totals(outcome, &weights, err);
    if (!status)
        status = hone_new2(&auc, k, k, err);
    if (!status)
        status = all_pairs(outcome, weights, auc, err);
    for (size_t i = 0; !status && i < k; i++)
        for (size_t j = 0; j < i; j++) {
            double w = weighted ? weights[i] + weights[j] : 1;
            sum += w * ((auc[i * k + j] + auc[j * k + i]) / 2);
            total += w;
        }
    *out = sum / total;
    hone_release(weights);
    hone_release(auc);
    return !status && isnan(*out) ? hone_undefined("a class has no rows", out, why) : status;
}

hone_status hone_metric_roc_auc_ovo(const hone_outcome *outcome, double *out, const char **why,
                                    hone_error *err) {
    return one_against_one(outcome, false, out, why, err);
}

hone_status hone_metric_roc_auc_ovo_weighted(const hone_outcome *outcome, double *out,
                                             const char **why, hone_error *err) {
    return one_against_one(outcome, true, out, why, err);
}

hone_status hone_roc_auc_pairs(const double *truth, const double *proba, const double *weight,
                               size_t n, size_t k, double *auc, hone_error *err) {
    static const char who[] = "roc_auc_pairs";
    const hone_outcome outcome = {
        .n = n, .n_classes = k, .truth = truth, .proba = proba, .weight = weight};
    double *weights = NULL;
    hone_status status = hone_codes_check(who, "truth", truth, n, k, err);
    if (!status && n > 0)
        status = hone_weights_check(who, weight, n, err);
    for (size_t i = 0; !status && i < n * k; i++)
        if (isnan(proba[i]))
            status = hone_fail(err, HONE_EDATA,
                               "%s: score of class %zu in row %zu must be a number, got nan", who,
                               i % k, i / k + 1);
    if (!status)
        status = class_totals(&outcome, &weights, err);
    if (!status)
        status = all_pairs(&outcome, weights, auc, err);
    hone_release(weights);
    return status;
}
