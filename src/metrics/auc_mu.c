/* auc_mu.c -- can pairs of classes be told apart by all that the model says of them?
 *
 *   AUC_mu = mean over pairs i < j of S(i, j),  S(i, j): AUC of p_i - p_j among the rows of classes
 *     i and j
 *
 * Hand and Till's M ranks such rows by one column at a time, so it can find fault with classes that
 * a model never mixes up; the difference is what its argmax looks at.
 * Cost: O(n k), with a sort for each pair.   Reference: Kleiman & Page 2019 (all costs equal). */
#include "metrics/metrics.h"

#include "core/alloc.h"

#include <math.h>

/* The rows of two classes. */
struct pair {
    size_t n;
    double *first, *score, *weight; /* room for all rows; first: 1 = of class i */
};

static void gather(const hone_outcome *o, size_t i, size_t j, struct pair *pair) {
    pair->n = 0;
    for (size_t r = 0; r < o->n; r++) {
        const double *p = o->proba + r * o->n_classes;
        bool first = o->truth[r] == (double)i;
        if (!first && o->truth[r] != (double)j)
            continue;
        pair->first[pair->n] = first;
        pair->score[pair->n] = p[i] - p[j];
        pair->weight[pair->n++] = o->weight ? o->weight[r] : 1;
    }
}

/* Two classes that have no weight between them are not an error here: NaN. */
static hone_status separation(const struct pair *pair, double *out, hone_error *err) {
    double weight[2] = {0, 0};
    for (size_t r = 0; r < pair->n; r++)
        weight[pair->first[r] > 0] += pair->weight[r];
    *out = NAN;
    if (!(weight[0] > 0 && weight[1] > 0))
        return HONE_OK;
    return hone_roc_auc(pair->first, pair->score, pair->weight, pair->n, out, err);
}

hone_status hone_metric_auc_mu(const hone_outcome *outcome, double *out, const char **why,
                               hone_error *err) {
    size_t n = outcome->n, k = outcome->n_classes;
    double *room = NULL, sum = 0, one;
    hone_status status = hone_new2(&room, n, 3, err);
    struct pair pair = {.first = room, .score = room + n, .weight = room + 2 * n};
    for (size_t i = 0; i < k && !status; i++)
        for (size_t j = 0; j < i && !status; j++) {
            gather(outcome, i, j, &pair);
            status = separation(&pair, &one, err);
            sum += one;
        }
    *out = sum / ((double)k * (double)(k - 1) / 2);
    hone_release(room);
    return !status && isnan(*out) ? hone_undefined("a class has no rows", out, why) : status;
}
