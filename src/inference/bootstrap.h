/* bootstrap.h -- the table of values that a bootstrap leaves behind. */
#ifndef HONE_INFERENCE_BOOTSTRAP_H
#define HONE_INFERENCE_BOOTSTRAP_H

#include "inference/delong.h"

/* Resampling units of one kind lie side by side: [first, first + size). */
typedef struct hone_stratum {
    size_t first, size;
    size_t groups; /* into which the jackknife cuts it; 0 = it does not look at it */
} hone_stratum;

struct hone_bootstrap {
    size_t models, statistics, replicates;
    hone_stratum strata[3];
    size_t n_strata;
    size_t groups; /* of all strata */
    /* models x statistics rows of 1 + groups + replicates columns: the value on the sample, on
     * the sample without each group, on the replicates. */
    double *value;
    bool *is_auc;       /* statistics */
    hone_delong delong; /* empty where the jackknife above does its work */
};

static inline const double *hone_bootstrap_row(const hone_bootstrap *b, size_t model,
                                               size_t statistic) {
    return b->value + (model * b->statistics + statistic) * (1 + b->groups + b->replicates);
}

#endif
