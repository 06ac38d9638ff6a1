/* selection.h -- pipelines, splitters, cross-validation and comparison of any estimators. */
#ifndef HONE_SELECTION_H
#define HONE_SELECTION_H

#include <hone/estimator.h>
#include <hone/json.h>
#include <hone/metrics.h>

HONE_BEGIN_DECLS

/* ---- building models ---------------------------------------------------------------------- */

/** Creates an estimator from a spec "name[:param=value,...]"; name is a full or a short name, the
 *  latter resolved by the kind of target. Fails like hone_class_find() and hone_set(). */
HONE_API HONE_NODISCARD hone_status hone_create_spec(const char *spec, hone_target_kind target,
                                                     hone_estimator **out, hone_error *err);

/** The full spec of an estimator, with every parameter that differs from its default; of a
 *  pipeline: of its last step. Writes at most `size` bytes; HONE_EINVAL when it does not fit. */
HONE_API HONE_NODISCARD hone_status hone_spec(const hone_estimator *est, char *out, size_t size,
                                              hone_error *err);

/** A pipeline of n >= 1 steps: all but the last transform. Takes the steps over, also on failure.
 */
HONE_API HONE_NODISCARD hone_status hone_pipeline(hone_estimator *const *steps, size_t n,
                                                  hone_estimator **out, hone_error *err);

/** The pipeline that an estimator's tags ask for on data with this schema: simple_imputer unless
 *  it takes missing values, one_hot_encoder if there are categories that it does not take,
 *  standard_scaler if it needs scaling. Takes `est` over, also on failure; where nothing
 *  is needed `*out` is `est` itself. */
HONE_API HONE_NODISCARD hone_status hone_auto_pipeline(hone_estimator *est,
                                                       const hone_schema *schema,
                                                       hone_estimator **out, hone_error *err);

/** Accuracy of a classifier, R2 of a regressor, on data with y (weighted if it has weights). */
HONE_API HONE_NODISCARD hone_status hone_score(const hone_estimator *est, const hone_dataset *data,
                                               double *out, hone_error *err);

/* ---- splitting ------------------------------------------------------------------------------ */

typedef enum hone_cv_scheme {
    HONE_CV_AUTO,  /**< group if the data has groups, else stratified for classes, else k-fold */
    HONE_CV_KFOLD, /**< shuffled k-fold */
    HONE_CV_STRATIFIED, /**< shuffled, class shares kept within one row per fold */
    HONE_CV_GROUP,      /**< no group on both sides; folds balanced by size */
    HONE_CV_LOO         /**< leave one out */
} hone_cv_scheme;

typedef struct hone_cv {
    hone_cv_scheme scheme;
    size_t folds;   /**< 0 = 5 */
    size_t repeats; /**< 0 = 1; each repeat shuffles anew */
    uint64_t seed;
} hone_cv;

/** The folds of every repeat. Owned; free with hone_folds_free(). */
typedef struct hone_folds {
    hone_cv_scheme scheme; /**< never AUTO */
    size_t n_rows, folds, repeats;
    uint64_t seed;
    uint32_t *fold_of; /**< repeats x n_rows: the fold whose test set holds the row */
} hone_folds;

/** Reads "5", "10x10" (folds x repeats) or "loo"; out->seed is left alone. HONE_EINVAL with what
 *  was expected. */
HONE_API HONE_NODISCARD hone_status hone_cv_parse(const char *text, hone_cv *out, hone_error *err);

/** "stratified_kfold", "kfold", "group_kfold", "leave_one_out". Static text. */
HONE_API const char *hone_cv_scheme_name(hone_cv_scheme scheme);

/** Splits. data: y classes where stratified, groups where grouped. HONE_EDATA, with the class and
 *  its count named, when a class has fewer rows than folds, when rows or groups are fewer than
 *  folds. O(repeats n log n). */
HONE_API HONE_NODISCARD hone_status hone_split(const hone_cv *cv, const hone_dataset *data,
                                               hone_folds *out, hone_error *err);
HONE_API void hone_folds_free(hone_folds *folds);

/* ---- cross-validation ------------------------------------------------------------------------ */

/** One fit on one training fold. */
typedef struct hone_fold_run {
    hone_error error; /**< error.status is HONE_OK when it ran */
    bool done;        /**< false: not reached (cancelled, deadline) */
    double fit_seconds, predict_seconds;
} hone_fold_run;

/** Out-of-fold predictions of one model: every row predicted once per repeat by a model that has
 *  not seen it. Rows of folds that failed or were not reached are NaN. */
typedef struct hone_oof {
    double *label;       /**< repeats x n: predicted class codes or values */
    double *proba;       /**< repeats x n x n_classes, or NULL if the model gives none */
    double *score;       /**< repeats x n decision values (two classes), or NULL */
    hone_fold_run *runs; /**< repeats x folds */
} hone_oof;

/** Result of hone_cross_validate(): owns its arrays; `data` and `folds` must outlive it. */
typedef struct hone_cv_result {
    size_t n_models, n_classes; /**< n_classes is 0 for regression */
    size_t positive;            /**< code of the positive class, for two classes */
    const hone_dataset *data;
    const hone_folds *folds;
    hone_oof *models; /**< n_models */
} hone_cv_result;

/** Fits a clone of every model on every training fold and predicts the rows left out; models x
 *  folds run in parallel, with the same bits for any number of threads. A failed fit is kept in
 *  its run and does not stop the others. Cancelled or late, it returns HONE_ECANCELLED or
 *  HONE_ETIME *and* a result with what is finished.
 *  models: n unfitted estimators, not changed. positive: code of the positive class.
 *  Free with hone_cv_result_free(). Cost: n x folds x repeats fits. */
HONE_API HONE_NODISCARD hone_status hone_cross_validate(const hone_estimator *const *models,
                                                        size_t n, const hone_dataset *data,
                                                        const hone_folds *folds, size_t positive,
                                                        const hone_monitor *mon,
                                                        hone_cv_result **out, hone_error *err);
HONE_API void hone_cv_result_free(hone_cv_result *result);

/** A metric of one model on the test rows of one fold of one repeat. NaN with `*why` when undefined
 *  or when the fold was not finished. */
HONE_API HONE_NODISCARD hone_status hone_cv_metric(const hone_cv_result *result, size_t model,
                                                   size_t repeat, size_t fold,
                                                   const hone_metric *metric, double *out,
                                                   const char **why, hone_error *err);

/** Mean and standard deviation (n - 1) over the finished folds in which the metric is defined, and
 *  their number. The mean of none is NaN, and so is the deviation of one. */
typedef struct hone_cv_summary {
    double mean, std;
    size_t n;
} hone_cv_summary;

/** Summarises a metric of one model; scores (NULL allowed): repeats x folds values. */
HONE_API HONE_NODISCARD hone_status hone_cv_summarise(const hone_cv_result *result, size_t model,
                                                      const hone_metric *metric, double *scores,
                                                      hone_cv_summary *out, hone_error *err);

HONE_END_DECLS
#endif
