/* registry.h -- every kind of estimator, one explicit array. */
#ifndef HONE_SELECTION_REGISTRY_H
#define HONE_SELECTION_REGISTRY_H

#include "core/estimator_impl.h"

extern const hone_class hone_pipeline_class, hone_calibrated_classifier,
    hone_tuned_threshold_classifier, hone_bagging_classifier, hone_bagging_regressor,
    hone_voting_classifier, hone_voting_regressor, hone_ada_boost_classifier,
    hone_ada_boost_regressor, hone_stacking_classifier, hone_stacking_regressor;

/* The class with this full name, or NULL. */
const hone_class *hone_registry_lookup(const char *name);

/* The model in a pipeline (its last step, however deep), or `est` itself. Borrowed. */
const hone_estimator *hone_final_step(const hone_estimator *est);

/* Is it a pipeline that hone_auto_pipeline() has made? */
bool hone_is_automatic(const hone_estimator *est);

/* Is it made around other estimators? */
bool hone_is_wrapper(const hone_class *cls);
/* Has it one to be made around when none is given? */
bool hone_wraps_by_default(const hone_class *cls);
/* The parameter of such an estimator that holds the others (i = 0), or the one that comes after
 * them (1); NULL of all else. */
hone_steps *hone_wrapped(const hone_estimator *est, size_t i);
/* What that parameter holds unless something else is given; there must be a default. */
HONE_NODISCARD hone_status hone_wrapped_default(const hone_class *cls, size_t i,
                                                hone_estimator **out, hone_error *err);
/* hone_wrap_many() by class, which must be a wrapper; last: NULL, or what comes after the others.
 */
HONE_NODISCARD hone_status hone_wrap_class(const hone_class *cls, hone_estimator *const *inner,
                                           size_t n, hone_estimator *last, hone_estimator **out,
                                           hone_error *err);

#endif
