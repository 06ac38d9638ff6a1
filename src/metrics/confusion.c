/* confusion.c -- how often class t is predicted as class p.
 *
 * counts (k x k): counts[t, p] = sum of w_i over rows with truth t and label p. Most metrics of
 * labels need only its margins and diagonal (hone_tally): O(k) memory instead of O(k^2).
 * Cost: O(n + k^2), O(n + k). */
#include "metrics/metrics.h"

#include "core/alloc.h"
#include "core/error.h"

#include <string.h>

hone_status hone_confusion_matrix(const double *truth, const double *label, const double *weight,
                                  size_t n, size_t k, double *counts, hone_error *err) {
    static const char who[] = "confusion_matrix";
    hone_status status = hone_codes_check(who, "truth", truth, n, k, err);
    if (!status)
        status = hone_codes_check(who, "label", label, n, k, err);
    if (!status && n > 0)
        status = hone_weights_check(who, weight, n, err);
    if (status)
        return status;
    memset(counts, 0, k * k * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[(size_t)truth[i] * k + (size_t)label[i]] += weight ? weight[i] : 1.0;
    return HONE_OK;
}

hone_status hone_tally_make(const hone_outcome *outcome, hone_tally *out, hone_error *err) {
    size_t k = outcome->n_classes;
    double *block = NULL;
    hone_status status = hone_alloc2((void **)&block, 3, k, sizeof *block, err);
    if (status)
        return status;
    *out = (hone_tally){
        .k = k, .hit = block, .truth = block + k, .label = block + 2 * k, .block = block};
    for (size_t i = 0; i < outcome->n; i++) {
        size_t t = (size_t)outcome->truth[i], p = (size_t)outcome->label[i];
        double w = outcome->weight ? outcome->weight[i] : 1.0;
        out->truth[t] += w;
        out->label[p] += w;
        out->hit[t] += t == p ? w : 0.0;
    }
    for (size_t c = 0; c < k; c++)
        out->total += out->truth[c];
    return HONE_OK;
}
