/* near_chance.c -- see hone/judge.h: where intervals and tests of a cross-validation err too often.
 *
 *     mean - chance < k se,  k = 5 by influence curves, 3 by the (larger) se of the corrected t
 * In bench/null_simulation.c, at level 5 %: where the AUC is 0 .. 4 errors above chance, its
 * interval errs in 18 .. 8 %, from 6 errors on in 7 % and less; the corrected t of ten repeats in
 * 15 .. 8 % and 6 % (of accuracy in 9 .. 6 % and 5 %), that of one repeat nowhere in more than 7 %.
 * Cost: O(rows classes).   Reference: Bengio & Grandvalet 2004. */
#include <hone/judge.h>

#include <math.h>
#include <string.h>

static const double ERRORS_INFLUENCE = 5, ERRORS_FOLDS = 3, RATE_AUC = 0.18, RATE_ACCURACY = 0.1;

static double largest_share(const hone_dataset *data, size_t n, size_t n_classes) {
    double all = 0, largest = 0;
    for (size_t k = 0; k < n_classes; k++) {
        double here = 0;
        for (size_t i = 0; i < n; i++)
            if (hone_view_row(data->y, i)[0] == (double)k)
                here += data->weights ? data->weights[i] : 1;
        all += here;
        largest = fmax(largest, here);
    }
    return largest / all;
}

bool hone_cv_near_chance(const hone_cv_result *result, const hone_metric *metric,
                         const hone_interval *interval, hone_near_chance *out) {
    bool auc = strcmp(metric->name, "roc_auc") == 0, repeated = result->folds->repeats > 1;
    if ((!auc && strcmp(metric->name, "accuracy") != 0) || result->n_classes == 0 ||
        result->folds->scheme == HONE_CV_LOO)
        return false;
    bool by_folds = interval->method && strcmp(interval->method, "corrected resampled t") == 0;
    bool influence = auc && interval->method && !by_folds;
    double se = interval->se > 0 ? interval->se : 0; /* a dummy's does not vary, and is right */
    *out = (hone_near_chance){
        .chance = auc ? 0.5 : largest_share(result->data, result->folds->n_rows, result->n_classes),
        .errors = influence ? ERRORS_INFLUENCE : ERRORS_FOLDS,
        .rate = auc ? RATE_AUC : RATE_ACCURACY,
        .interval = se > 0 && (influence || (by_folds && repeated)),
        .test = repeated};
    return (out->interval || out->test) && interval->estimate - out->chance <= out->errors * se;
}
