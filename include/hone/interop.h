/* interop.h -- tree models of other programs, read and written; models as C source. */
#ifndef HONE_INTEROP_H
#define HONE_INTEROP_H

#include <hone/estimator.h>

HONE_BEGIN_DECLS

/** Reads a model that XGBoost has saved as JSON (1.7 to 3.2; boosters gbtree, dart, gblinear) as a
 *  fitted gradient_boosting_classifier or _regressor: columns by the names in the file (x0, x1, ...
 *  where it has none), classes 0 .. K-1, categories by their names or codes. Thresholds are exact;
 *  raw scores differ from XGBoost's by its single-precision sums. hone_load() takes such a file
 *  too. Trusts nothing: HONE_EFORMAT with file, tree and node; HONE_EUNSUPPORTED for what hone
 *  cannot say (several targets, unknown objectives). Free with hone_free(). O(bytes). */
HONE_API HONE_NODISCARD hone_status hone_xgboost_load(const char *path, hone_estimator **out,
                                                      hone_error *err);

/** The same for a text model of LightGBM (version v2 to v4). HONE_EFORMAT with file and line, or
 *  tree and node; HONE_EUNSUPPORTED for linear trees, reg_sqrt, one-against-all, and for nodes of
 *  zero_as_missing that send 0 where its value does not belong. */
HONE_API HONE_NODISCARD hone_status hone_lightgbm_load(const char *path, hone_estimator **out,
                                                       hone_error *err);

/** Writes fitted gradient_boosting_*, or a tree or forest of values, as a JSON model that
 *  XGBoost 3.x loads (booster=linear too). It compares in single precision: thresholds are those
 *  between the same floats; categories are codes. HONE_ESTATE before fit; HONE_EUNSUPPORTED for
 *  other estimators, a pipeline too, and forests of classes; HONE_EIO. O(nodes). */
HONE_API HONE_NODISCARD hone_status hone_xgboost_save(const hone_estimator *est, const char *path,
                                                      hone_error *err);

/** The same as a text model that LightGBM 4.x loads; booster=linear is HONE_EUNSUPPORTED. */
HONE_API HONE_NODISCARD hone_status hone_lightgbm_save(const hone_estimator *est, const char *path,
                                                       hone_error *err);

/* ---- C source ------------------------------------------------------------------------------ */

/** Writes a fitted model, or a pipeline that ends in one, as a self-contained C99 file with
 *  `void NAME_predict(const double *x, double *out)`, NAME being that of the file: x are the
 * columns of hone_input_schema() (categories as codes, NaN where missing), out the probabilities of
 * the classes or one value, to the same bits as hone_predict_proba() or hone_predict() where the
 *  compiler keeps the order of sums (nets: nearly). Trees, forests, boosting, linear and logistic
 *  regression, mlp, scalers, simple_imputer, one_hot_encoder. HONE_ESTATE before fit,
 * HONE_EUNSUPPORTED for other estimators, HONE_EIO. O(size of the model). */
HONE_API HONE_NODISCARD hone_status hone_c_save(const hone_estimator *est, const char *path,
                                                hone_error *err);

/** Compiles such a file with `cc`, runs it on all rows of the data, and gives the largest absolute
 *  difference from what the model itself says. HONE_EIO where there is no compiler, or it or the
 *  program fails; else as hone_predict(). */
HONE_API HONE_NODISCARD hone_status hone_c_check(const hone_estimator *est, const char *path,
                                                 const hone_dataset *data, const hone_monitor *mon,
                                                 double *difference, hone_error *err);

HONE_END_DECLS
#endif
