/* selection.h -- pipelines, splitters, cross-validation and comparison of any estimators. */
#ifndef HONE_SELECTION_H
#define HONE_SELECTION_H

#include <hone/estimator.h>
#include <hone/json.h>
#include <hone/metrics.h>

HONE_BEGIN_DECLS

/* ---- building models ---------------------------------------------------------------------- */

/** Creates an estimator from a spec "name[(inner spec)][:param=value,...]"; name is a full or a
 *  short name, the latter resolved by the kind of target. Steps with | between them make a
 * pipeline: "standard_scaler | pca:n_components=5 | lr". An estimator made around another has that
 *  one's spec in parentheses: "calibrated_classifier(svc:kernel=rbf,C=3):method=isotonic"; one made
 * of several has them between commas: "voting_classifier(lr:C=3, svm, gaussian_nb):voting=soft".
 *  Fails like hone_class_find() and hone_set(); HONE_EINVAL for parentheses that do not match, that
 *  are missing where an estimator is made around another, or there where it is not. */
HONE_API HONE_NODISCARD hone_status hone_create_spec(const char *spec, hone_target_kind target,
                                                     hone_estimator **out, hone_error *err);

/** The full spec of an estimator, with every parameter that differs from its default, as
 *  hone_create_spec() takes it; of what hone_auto_pipeline() has made: of its last step (within
 *  another estimator too).
 *  Writes at most `size` bytes; HONE_EINVAL when it does not fit. */
HONE_API HONE_NODISCARD hone_status hone_spec(const hone_estimator *est, char *out, size_t size,
                                              hone_error *err);

/** An estimator made around one other, by its full name: "calibrated_classifier" (probabilities
 *  that mean what they say) or "tuned_threshold_classifier" (the threshold that is best for a
 *  metric). Both learn what they add from out-of-fold answers of the inner estimator within the
 *  data that they are fitted on, and fit it on all of them at last; so the cross-validation of one
 *  of them is nested. Takes `inner` over, also on failure. HONE_ENAME for an unknown name,
 *  HONE_EINVAL for one that is not made around another, or when `inner` does not suit. */
HONE_API HONE_NODISCARD hone_status hone_wrap(const char *name, hone_estimator *inner,
                                              hone_estimator **out, hone_error *err);

/** An estimator made around n others: "voting_classifier", "stacking_regressor" (its answers are
 *  learnt from by a last estimator, for which the spec has another place: after ;), or one around
 *  one as above; with n = 0 around what the class has for that case. Of a short name the class that
 *  suits the first of them. Takes them over, also on failure; fails like hone_wrap(). */
HONE_API HONE_NODISCARD hone_status hone_wrap_many(const char *name, hone_estimator *const *inner,
                                                   size_t n, hone_estimator **out, hone_error *err);

/** A pipeline of n >= 1 steps: all but the last transform. Takes the steps over, also on failure.
 */
HONE_API HONE_NODISCARD hone_status hone_pipeline(hone_estimator *const *steps, size_t n,
                                                  hone_estimator **out, hone_error *err);

/** The pipeline that an estimator's tags ask for on data with this schema: simple_imputer unless
 *  it takes missing values, one_hot_encoder if there are categories that it does not take,
 *  standard_scaler if it needs scaling. It goes inside an estimator made around another, so that
 *  inner folds fit their own. Takes `est` over, also on failure (`*out` is NULL then); where
 *  nothing is needed `*out` is `est` itself. */
HONE_API HONE_NODISCARD hone_status hone_auto_pipeline(hone_estimator *est,
                                                       const hone_schema *schema,
                                                       hone_estimator **out, hone_error *err);

/** Accuracy of a classifier, R2 of a regressor, on data with y (weighted if it has weights). */
HONE_API HONE_NODISCARD hone_status hone_score(const hone_estimator *est, const hone_dataset *data,
                                               double *out, hone_error *err);

/* ---- splitting ------------------------------------------------------------------------------ */

typedef enum hone_cv_scheme {
    HONE_CV_AUTO,       /**< predefined, time series or group if the data has fold numbers, times or
                             groups, else stratified for classes, else k-fold */
    HONE_CV_KFOLD,      /**< shuffled k-fold */
    HONE_CV_STRATIFIED, /**< shuffled, class shares kept within one row per fold */
    HONE_CV_GROUP,      /**< no group on both sides; folds balanced by size */
    HONE_CV_LOO,        /**< leave one out */
    HONE_CV_STRATIFIED_GROUP, /**< no group on both sides; class shares as even as groups allow */
    HONE_CV_TIME_SERIES,      /**< test on what follows, train on all before: never on the future */
    HONE_CV_SHUFFLE,          /**< random test sets of a fixed share, each drawn anew */
    HONE_CV_STRATIFIED_SHUFFLE, /**< the same with class shares kept */
    HONE_CV_PREDEFINED          /**< the data's own fold numbers */
} hone_cv_scheme;

typedef struct hone_cv {
    hone_cv_scheme scheme;
    size_t folds;   /**< 0 = 5; of the shuffles: how many test sets are drawn */
    size_t repeats; /**< 0 = 1; each repeat shuffles anew */
    uint64_t seed;
    size_t gap;         /**< time series: distinct times left out between training and test */
    double test_share;  /**< shuffles: share of the rows that are tested; 0 = 0.2 */
    double train_share; /**< shuffles: share of the rows that train; 0 = all that are not tested */
} hone_cv;

/** The fold of a row that no fold tests. */
#define HONE_NO_FOLD UINT32_MAX

/** Ranks [first, last). */
typedef struct hone_window {
    uint32_t first, last;
} hone_window;

/** The folds of every repeat: a row is tested by one fold of a repeat at most. A fold trains on the
 *  rows that it does not test; where there are windows, on those of them whose rank is within its
 *  window. The shuffles draw each test set as a repeat of one fold. Owned; free with
 *  hone_folds_free(). Read the rows with hone_folds_train() and hone_folds_test(). */
typedef struct hone_folds {
    hone_cv_scheme scheme; /**< never AUTO */
    size_t n_rows, folds, repeats;
    uint64_t seed;
    uint32_t *fold_of;   /**< repeats x n_rows: the fold that tests the row, or HONE_NO_FOLD */
    uint32_t *rank;      /**< repeats x n_rows: place in time or in a shuffled order; NULL = none */
    hone_window *window; /**< repeats x folds: ranks of the training rows; NULL = all */
} hone_folds;

/** Reads folds: "5", "10x10" (folds x repeats), "loo", or a scheme with what it takes:
 *  "NAME[:FOLDS[xREPEATS]][,gap=N][,test=SHARE][,train=SHARE]" with a name of
 *  hone_cv_scheme_name(), as in "time_series:5,gap=7" or "shuffle:20,test=0.25".
 *  out->seed is left alone. HONE_EINVAL with what was expected (nearest name suggested). */
HONE_API HONE_NODISCARD hone_status hone_cv_parse(const char *text, hone_cv *out, hone_error *err);

/** "stratified_kfold", "kfold", "group_kfold", "leave_one_out", "stratified_group_kfold",
 *  "time_series", "shuffle", "stratified_shuffle", "predefined". Static text. */
HONE_API const char *hone_cv_scheme_name(hone_cv_scheme scheme);

/** Splits. data: y classes where stratified, groups where grouped, `time` for time series (rows of
 *  one time are never parted), `fold` where predefined. HONE_EDATA, with the class and its count
 *  named, when a class has fewer rows (or groups) than folds, when rows, groups or times are too
 *  few. O(repeats n log n); the stratified group deal takes O(groups classes folds) more. */
HONE_API HONE_NODISCARD hone_status hone_split(const hone_cv *cv, const hone_dataset *data,
                                               hone_folds *out, hone_error *err);
HONE_API void hone_folds_free(hone_folds *folds);

/** Rows of the training (test) set of a fold, ascending, into rows (room for n_rows; NULL: only
 *  count them). Returns their number. O(n_rows). */
HONE_API size_t hone_folds_train(const hone_folds *folds, size_t repeat, size_t fold, size_t *rows);
HONE_API size_t hone_folds_test(const hone_folds *folds, size_t repeat, size_t fold, size_t *rows);

/* ---- cross-validation ------------------------------------------------------------------------ */

/** One fit on one training fold. */
typedef struct hone_fold_run {
    hone_error error; /**< error.status is HONE_OK when it ran */
    bool done;        /**< false: not reached (cancelled, deadline) */
    double fit_seconds, predict_seconds;
} hone_fold_run;

/** Out-of-fold predictions of one model: every tested row predicted once per repeat by a model that
 *  has not seen it. Rows that no fold tests, and those of folds that failed or were not reached,
 *  are NaN. */
typedef struct hone_oof {
    double *label;       /**< repeats x n: predicted class codes or values */
    double *proba;       /**< repeats x n x n_classes, or NULL if the model gives none */
    double *score;       /**< repeats x n decision values (two classes), or NULL */
    double *decision;    /**< repeats x n x n_classes decision values (more classes), or NULL; NaN
                              for a class that the training fold lacked */
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

/** Looks at a model that was fitted on a training fold, before it is freed: keep a score on its
 *  training rows (hone_scores()), or what an inner search has chosen (hone_step(),
 *  hone_get_number()). Called from worker threads, maybe several at a time; anything but HONE_OK
 *  makes the run of this fold a failed one. */
typedef hone_status hone_cv_look(void *user, size_t model, size_t repeat, size_t fold,
                                 const hone_estimator *fitted, const hone_dataset *train,
                                 hone_error *err);

/** hone_cross_validate() that shows each fitted model to `look` (NULL: to no one). */
HONE_API HONE_NODISCARD hone_status hone_cross_validate_look(const hone_estimator *const *models,
                                                             size_t n, const hone_dataset *data,
                                                             const hone_folds *folds,
                                                             size_t positive, hone_cv_look *look,
                                                             void *user, const hone_monitor *mon,
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

/** Metrics of a fitted model on data with y, training data too; weighted if it has weights.
 *  Classes are matched by label where both sides have a schema, else by value; rows of a class that
 *  the model has never met count against it. positive: code of the positive class in the data
 *  (without a schema: its value; the last class where it is none of them).
 *  values: n; NaN where undefined, with why[i] (why: n or NULL) set to the reason, else to NULL.
 *  Cost: one prediction per kind of answer that the metrics need. */
HONE_API HONE_NODISCARD hone_status hone_scores(const hone_estimator *fitted,
                                                const hone_dataset *data, size_t positive,
                                                const hone_metric *const *metrics, size_t n,
                                                const hone_monitor *mon, double *values,
                                                const char **why, hone_error *err);

/* ---- learning and validation curves ---------------------------------------------------------- */

typedef enum hone_score_curve_kind {
    HONE_LEARNING_CURVE,
    HONE_VALIDATION_CURVE
} hone_score_curve_kind;

/** Scores on training and test rows along a line of points: shares of the training rows, or values
 *  of a parameter. Owned; free with hone_score_curve_free(). */
typedef struct hone_score_curve {
    hone_score_curve_kind kind;
    size_t n_points, n_splits, n_metrics; /**< splits: repeats x folds */
    const hone_metric **metrics;          /**< n_metrics */
    char *param;                          /**< name of the parameter; NULL of a learning curve */
    char **labels;                        /**< n_points: "0.1", or the value as it was given */
    double *at;     /**< n_points: training rows (mean over the splits), or the value as a number,
                         NaN where it is none */
    double *train;  /**< n_metrics x n_points x n_splits */
    double *test;   /**< n_metrics x n_points x n_splits */
    double *shares; /**< n_splits: test rows / training rows (of the last point of a learning
                         curve), for the spread that splits with common rows hide */
    hone_fold_run *runs; /**< n_points x n_splits */
} hone_score_curve;

/** How scores change with the number of training rows. shares: n_points in (0, 1], ascending, of
 *  the training rows of each fold; a smaller set is part of each larger one, keeps the shares of
 *  the classes, and is the latest in time where the folds follow time. Runs in parallel with the
 *  same bits for any number of threads; a fit that fails leaves NaN and its error in `runs`.
 *  Cancelled or late, it returns HONE_ECANCELLED or HONE_ETIME *and* a curve with what is finished.
 *  Cost: n_points x folds x repeats fits. */
HONE_API HONE_NODISCARD hone_status hone_learning_curve(
    const hone_estimator *model, const hone_dataset *data, const hone_folds *folds, size_t positive,
    const double *shares, size_t n_points, const hone_metric *const *metrics, size_t n_metrics,
    const hone_monitor *mon, hone_score_curve **out, hone_error *err);

/** Fits one model per value of a parameter, in the order given: `param` as hone_set() takes it.
 * What the fits can share is computed once (a Gram matrix, distances), and each begins where the
 * one before it has ended if the estimator has warm_start: give the values of a regularisation path
 *  from strong to weak. out: n estimators, to be freed one by one; on failure none.
 *  HONE_ENAME and HONE_EINVAL from hone_set(). Cost: n fits, less what they share. */
HONE_API HONE_NODISCARD hone_status hone_fit_path(const hone_estimator *model, const char *param,
                                                  const char *const *values, size_t n,
                                                  const hone_dataset *data, const hone_monitor *mon,
                                                  hone_estimator **out, hone_error *err);

/** How scores change with one parameter: `param` as hone_set() takes it ("C", "svc__C"), or a
 *  parameter of a pipeline's last step by its own name. values: n_points texts.
 *  HONE_ENAME and HONE_EINVAL from hone_set(), before the first fit. Else as above. */
HONE_API HONE_NODISCARD hone_status
hone_validation_curve(const hone_estimator *model, const char *param, const char *const *values,
                      size_t n_points, const hone_dataset *data, const hone_folds *folds,
                      size_t positive, const hone_metric *const *metrics, size_t n_metrics,
                      const hone_monitor *mon, hone_score_curve **out, hone_error *err);

/** Summarises one metric at one point over the splits in which it is defined. */
HONE_API void hone_score_curve_summarise(const hone_score_curve *curve, size_t metric, size_t point,
                                         hone_cv_summary *train, hone_cv_summary *test);

/** What the curve says about over- and underfitting, in one or two sentences that claim no more
 *  than the numbers show: a gap or a rise counts only if it is beyond twice its standard error over
 *  the splits (corrected for the rows that training sets share, Nadeau & Bengio 2003).
 *  Writes at most `size` bytes; HONE_EINVAL when they do not suffice (1024 always do). */
HONE_API HONE_NODISCARD hone_status hone_score_curve_advice(const hone_score_curve *curve,
                                                            size_t metric, char *out, size_t size,
                                                            hone_error *err);
/** NULL is fine. */
HONE_API void hone_score_curve_free(hone_score_curve *curve);

HONE_END_DECLS
#endif
