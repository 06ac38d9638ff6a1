/* boosting.h -- what gradient boosting has beyond hone_set(): objectives of the caller's own. */
#ifndef HONE_BOOSTING_H
#define HONE_BOOSTING_H

#include <hone/estimator.h>

HONE_BEGIN_DECLS

/** First and second derivatives of a loss by the raw score, for n rows and k outputs (1 for values
 *  and two classes). y (n): values, or class codes. score (n x k). Writes gradient and hessian
 *  (n x k; hessian >= 0), without weights: these are multiplied in. Called once per iteration, from
 *  one thread. Non-zero stops the fit with HONE_ECANCELLED. */
typedef int hone_objective_fn(void *user, const double *y, const double *score, size_t n, size_t k,
                              double *gradient, double *hessian);

/** The loss itself, for hone_check_objective(): its sum over n rows. */
typedef double hone_loss_fn(void *user, const double *y, const double *score, size_t n, size_t k);

/** Gives gradient_boosting_classifier or _regressor a loss of the caller's own and sets
 *  loss=callback. Raw scores begin at 0 and are the prediction of a regressor; a classifier turns
 *  them into probabilities as with log loss. `user` is borrowed while the estimator or a clone of
 * it lives. Such a model is saved with the rest; fitting a loaded one needs the function anew.
 *  HONE_EUNSUPPORTED for other estimators. */
HONE_API HONE_NODISCARD hone_status hone_set_objective(hone_estimator *est, hone_objective_fn *fn,
                                                       void *user, hone_error *err);

/** Compares derivatives with central differences of the loss at the given scores (n x k):
 *  HONE_EDATA names the first row where they differ by more than `tol` relative to the larger of 1
 *  and the number (1e-4 is fair), with both numbers. 4 n k calls. */
HONE_API HONE_NODISCARD hone_status hone_check_objective(hone_objective_fn *fn, hone_loss_fn *loss,
                                                         void *user, const double *y,
                                                         const double *score, size_t n, size_t k,
                                                         double tol, hone_error *err);

HONE_END_DECLS
#endif
