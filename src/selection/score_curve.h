/* score_curve.h -- the engine behind learning and validation curves. */
#ifndef HONE_SELECTION_SCORE_CURVE_H
#define HONE_SELECTION_SCORE_CURVE_H

#include <hone/selection.h>

/* What the scores of a curve are measured with. */
typedef struct hone_curve_ruler {
    const hone_metric *const *metrics;
    size_t n_metrics;
    size_t positive;
} hone_curve_ruler;

/* A curve without scores: NaN everywhere, nothing has run. HONE_EINVAL without points or metrics.
 */
HONE_NODISCARD hone_status hone_score_curve_create(hone_score_curve_kind kind, size_t n_points,
                                                   const hone_folds *folds,
                                                   const hone_curve_ruler *ruler,
                                                   hone_score_curve **out, hone_error *err);

/* Fills the curve: point p fits clones of models[p] on the training rows of folds[p]. All folds
 * have the repeats and the number of folds that the curve was made for. Cancelled or late, what is
 * finished stays. */
HONE_NODISCARD hone_status hone_score_curve_run(hone_score_curve *curve,
                                                const hone_estimator *const *models,
                                                const hone_folds *const *folds,
                                                const hone_dataset *data, size_t positive,
                                                const hone_monitor *mon, hone_error *err);

/* Place of (metric, point, split) in curve->train and curve->test. */
static inline size_t hone_score_curve_at(const hone_score_curve *curve, size_t metric, size_t point,
                                         size_t split) {
    return (metric * curve->n_points + point) * curve->n_splits + split;
}

#endif
