/* cv_result.h -- the result of a cross-validation while it is being filled. */
#ifndef HONE_SELECTION_CV_RESULT_H
#define HONE_SELECTION_CV_RESULT_H

#include "selection/predictions.h"

/* Checks that models, data and folds belong together and makes a result in which nothing has run:
 * predictions NaN, room for what is wanted and the tags of each model promise. */
HONE_NODISCARD hone_status hone_cv_result_create(const hone_estimator *const *models, size_t n,
                                                 const hone_dataset *data, const hone_folds *folds,
                                                 size_t positive, unsigned wanted,
                                                 hone_cv_result **out, hone_error *err);

/* hone_cross_validate_look() that asks only for the wanted answers (set of hone_answer). */
HONE_NODISCARD hone_status hone_cv_answers(const hone_estimator *const *models, size_t n,
                                           const hone_dataset *data, const hone_folds *folds,
                                           size_t positive, unsigned wanted, hone_cv_look *look,
                                           void *user, const hone_monitor *mon,
                                           hone_cv_result **out, hone_error *err);

/* Number of classes in y: of the schema, or of raw codes the largest and one more. */
HONE_NODISCARD hone_status hone_cv_count_classes(const hone_dataset *data, size_t *out,
                                                 hone_error *err);

/* Mean and standard deviation of those that are defined. */
hone_cv_summary hone_cv_summary_of(const double *values, size_t n);

/* The run of a model on one fold. */
hone_fold_run *hone_cv_run(const hone_cv_result *result, size_t model, size_t repeat, size_t fold);

#endif
