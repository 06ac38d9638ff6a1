/* estimator.h -- one life for every model: create, set, fit, predict, save, load, free.
 *
 * Create only stores, fit validates, refit forgets; a failed or cancelled fit leaves the fitted
 * model as it was; a fitted model points into nobody's data and is const: any number of threads
 * may predict with it. Names and defaults are scikit-learn's, in snake case. */
#ifndef HONE_ESTIMATOR_H
#define HONE_ESTIMATOR_H

#include <hone/dataset.h>

HONE_BEGIN_DECLS

typedef struct hone_estimator hone_estimator;

/** What an estimator is for. A pipeline has the task of its last step. */
typedef enum hone_task {
    HONE_CLASSIFIER,
    HONE_REGRESSOR,
    HONE_CLUSTERER,
    HONE_TRANSFORMER,
    HONE_OUTLIER_DETECTOR /**< learns from X alone: predicts 1 for rows inside, -1 for outliers */
} hone_task;

/** What it takes and gives; a set of bits. */
typedef enum hone_tag {
    HONE_TAG_PROBA = 1,           /**< hone_predict_proba() */
    HONE_TAG_DECISION = 2,        /**< hone_decision_function() */
    HONE_TAG_WEIGHTS = 4,         /**< takes sample weights */
    HONE_TAG_MISSING = 8,         /**< takes NaN in X */
    HONE_TAG_CATEGORIES = 16,     /**< takes categorical columns */
    HONE_TAG_SPARSE = 32,         /**< takes CSR */
    HONE_TAG_MULTI_OUTPUT = 64,   /**< takes y with several columns */
    HONE_TAG_NEEDS_SCALING = 128, /**< works best on columns of like scale */
    HONE_TAG_ONE_CLASS = 256,     /**< can be fitted with a single class in y */
    HONE_TAG_EXACT_WEIGHTS = 512, /**< weight 2 gives the model of the row given twice */
    HONE_TAG_INTERNAL = 1024,     /**< not created by name alone: needs other estimators inside */
    HONE_TAG_FILLS = 2048,        /**< a transformer whose output has no NaN, whatever its input */
    HONE_TAG_ENCODES = 4096,      /**< a transformer whose output has no categorical column */
    HONE_TAG_TWO_CLASSES = 8192,  /**< a classifier for exactly two classes */
    HONE_TAG_PARTIAL = 16384,     /**< hone_partial_fit() */
    HONE_TAG_COUNTS = 32768,      /**< takes no negative number in X */
    HONE_TAG_TARGET = 65536,      /**< learns from y although it predicts none of it */
    HONE_TAG_MANY = 131072        /**< made of several others */
} hone_tag;

/* ---- creation and parameters ------------------------------------------------------------- */

/** Creates an estimator by its full name ("svc"). HONE_ENAME with the nearest name suggested, or
 *  with the full names that a short one stands for ("svm"); HONE_EINVAL for one that is made of
 * others ("pipeline") and has none to be made of by itself, as "bagging_classifier" has. Free with
 * hone_free(). */
HONE_API HONE_NODISCARD hone_status hone_create(const char *name, hone_estimator **out,
                                                hone_error *err);

/** A new unfitted estimator with the same parameters (those of inner estimators too). */
HONE_API HONE_NODISCARD hone_status hone_clone(const hone_estimator *est, hone_estimator **out,
                                               hone_error *err);

/** Frees an estimator and all it holds. NULL is fine. */
HONE_API void hone_free(hone_estimator *est);

/** Sets parameters from text: "name=value" pairs separated by blanks or commas; a list is written
 *  (100,50) or 100x50, class weights {M:2,B:1}; `step__name=value` reaches an inner estimator: step
 *  is its name ("svc-2" the second svc), or that of the parameter which holds it alone
 *  ("estimator"); inside others it need not be led to.
 *  All or nothing: on failure no parameter changes. HONE_ENAME for an unknown name (nearest
 *  suggested), HONE_EINVAL for a value that cannot be read or is out of its domain, or for a
 *  parameter that the text names twice. */
HONE_API HONE_NODISCARD hone_status hone_set(hone_estimator *est, const char *text,
                                             hone_error *err);

/** Sets one real, integer, boolean or seed parameter. Fails like hone_set(). */
HONE_API HONE_NODISCARD hone_status hone_set_number(hone_estimator *est, const char *name,
                                                    double value, hone_error *err);

/** Reads one parameter as the text that hone_set() takes (numbers in the shortest form that reads
 *  back to the same bits). Writes at most `size` bytes with the terminating zero;
 *  HONE_EINVAL when `size` is too small. */
HONE_API HONE_NODISCARD hone_status hone_get(const hone_estimator *est, const char *name, char *out,
                                             size_t size, hone_error *err);

/* ---- fit and use ------------------------------------------------------------------------- */

/** Learns from data. Checks everything first: shapes, NaN and infinities, weights, classes.
 *  `mon` may be NULL. On any failure the estimator stays as it was before the call. */
HONE_API HONE_NODISCARD hone_status hone_fit(hone_estimator *est, const hone_dataset *data,
                                             const hone_monitor *mon, hone_error *err);

/** Learns from one batch of rows more, each batch once. The first batch (of an estimator that is
 *  not fitted) settles columns and classes: all levels that the schema names for the target or,
 *  without a schema, the distinct values of y. On any failure the estimator stays as it was.
 *  HONE_EUNSUPPORTED without HONE_TAG_PARTIAL. */
HONE_API HONE_NODISCARD hone_status hone_partial_fit(hone_estimator *est, const hone_dataset *data,
                                                     const hone_monitor *mon, hone_error *err);

/** out (n x outputs): class codes as in the y given to fit, values, or cluster numbers.
 *  Columns are matched by name if both sides have a schema, else by position. */
HONE_API HONE_NODISCARD hone_status hone_predict(const hone_estimator *est,
                                                 const hone_dataset *data, double *out,
                                                 const hone_monitor *mon, hone_error *err);

/** out (n x hone_n_classes()): probabilities, columns in the order of hone_classes(). */
HONE_API HONE_NODISCARD hone_status hone_predict_proba(const hone_estimator *est,
                                                       const hone_dataset *data, double *out,
                                                       const hone_monitor *mon, hone_error *err);

/** out (n x hone_decision_cols()): for two classes one score, positive = second class. */
HONE_API HONE_NODISCARD hone_status hone_decision_function(const hone_estimator *est,
                                                           const hone_dataset *data, double *out,
                                                           const hone_monitor *mon,
                                                           hone_error *err);

/** out (n x columns of hone_output_schema()): the transformed columns. */
HONE_API HONE_NODISCARD hone_status hone_transform(const hone_estimator *est,
                                                   const hone_dataset *data, double *out,
                                                   const hone_monitor *mon, hone_error *err);

/** hone_fit(), and the rows that it learnt from as the next step of a pipeline is to learn from
 *  them: as hone_transform() gives them, but by a transformer that learns from y each without its
 * own y (out of fold). Free `out` with hone_matrix_free(); on failure it is left as it was. */
HONE_API HONE_NODISCARD hone_status hone_fit_transform(hone_estimator *est,
                                                       const hone_dataset *data, hone_matrix *out,
                                                       const hone_monitor *mon, hone_error *err);

/** Back from what hone_transform() gave (data: n rows of the columns of hone_output_schema()) to
 * the columns of the data given to fit; out (n x these). Where information is gone, the nearest
 * point that is left. HONE_EUNSUPPORTED for transformers that have no way back. */
HONE_API HONE_NODISCARD hone_status hone_inverse_transform(const hone_estimator *est,
                                                           const hone_dataset *data, double *out,
                                                           const hone_monitor *mon,
                                                           hone_error *err);

/* ---- what a (fitted) estimator is ---------------------------------------------------------- */

HONE_API const char *hone_name(const hone_estimator *est);
HONE_API hone_task hone_estimator_task(const hone_estimator *est);
HONE_API unsigned hone_estimator_tags(const hone_estimator *est); /**< set of hone_tag */
HONE_API bool hone_is_fitted(const hone_estimator *est);
/** Number of classes met by fit; 0 before fit and for those that learn no classes. */
HONE_API size_t hone_n_classes(const hone_estimator *est);
/** The classes as they stood in y, ascending: n_classes values, borrowed until the next fit. */
HONE_API const double *hone_classes(const hone_estimator *est);
/** Columns of the decision function: 1 for two classes, else the number of classes. */
HONE_API size_t hone_decision_cols(const hone_estimator *est);
/** Schema of the data given to fit (a made-up one for raw arrays); NULL before fit. Borrowed. */
HONE_API const hone_schema *hone_input_schema(const hone_estimator *est);
/** Schema of what hone_transform() gives; NULL before fit and for others. Borrowed. */
HONE_API const hone_schema *hone_output_schema(const hone_estimator *est);

/** A fitted attribute of doubles by name ("coef"); the view is borrowed until the next fit.
 *  HONE_ESTATE before fit, HONE_ENAME for an unknown name. */
HONE_API HONE_NODISCARD hone_status hone_get_array(const hone_estimator *est, const char *name,
                                                   hone_view *out, hone_error *err);
/** A fitted attribute that is one number ("n_iter"). */
HONE_API HONE_NODISCARD hone_status hone_get_number(const hone_estimator *est, const char *name,
                                                    double *out, hone_error *err);

/** Inner estimators of a pipeline or meta-estimator: fitted ones after fit. O(1). */
HONE_API size_t hone_n_steps(const hone_estimator *est);
/** Inner estimator i, borrowed; NULL when there is none. */
HONE_API const hone_estimator *hone_step(const hone_estimator *est, size_t i);

/* ---- model files --------------------------------------------------------------------------- */

/** Writes a fitted estimator, whole, as a safetensors file: written beside, synced, renamed.
 *  HONE_ESTATE before fit, HONE_EIO with the reason. O(size). */
HONE_API HONE_NODISCARD hone_status hone_save(const hone_estimator *est, const char *path,
                                              hone_error *err);

/** Reads what hone_save() wrote, or a model file of LIBSVM, XGBoost or LightGBM (see
 *  hone_libsvm_load(), hone_xgboost_load(), hone_lightgbm_load()). Trusts nothing: HONE_EFORMAT for
 * anything out of order. */
HONE_API HONE_NODISCARD hone_status hone_load(const char *path, hone_estimator **out,
                                              hone_error *err);

/* ---- the tables behind it ------------------------------------------------------------------ */

/** A kind of estimator: the registry holds one of each. */
typedef struct hone_class hone_class;

/** One row of a parameter table, as text. All borrowed from static tables. */
typedef struct hone_param_info {
    const char *name, *type, *domain;
    const char *const *words; /**< the words it may be, NULL-terminated; NULL when none */
    const char *default_text, *help;
} hone_param_info;

/** One row of a table of fitted attributes. */
typedef struct hone_attr_info {
    const char *name, *type, *help;
} hone_attr_info;

HONE_API size_t hone_class_count(void);
/** Kind i of hone_class_count(), in the order of the registry. */
HONE_API const hone_class *hone_class_at(size_t i);
/** Kind by full name, or by short name ("lr", "svm", "mlp") for a target of classes or values.
 *  HONE_ENAME with the nearest name suggested, or when a short name has no class (or, for a target
 *  that is not known yet, more than one) that suits the target. */
HONE_API HONE_NODISCARD hone_status hone_class_find(const char *name, hone_target_kind target,
                                                    const hone_class **out, hone_error *err);
HONE_API const char *hone_class_name(const hone_class *cls);
HONE_API const char *hone_class_summary(const hone_class *cls);
/** Short name ("svm"), shared by a classifier and a regressor; NULL if there is none. */
HONE_API const char *hone_class_alias(const hone_class *cls);
HONE_API hone_task hone_class_task(const hone_class *cls);
HONE_API unsigned hone_class_tags(const hone_class *cls);
/** Row i of the parameter table; false past its end. */
HONE_API bool hone_class_param(const hone_class *cls, size_t i, hone_param_info *out);
/** Row i of the attribute table; false past its end. */
HONE_API bool hone_class_attr(const hone_class *cls, size_t i, hone_attr_info *out);

HONE_END_DECLS
#endif
