/* registry.h -- every kind of estimator, one explicit array. */
#ifndef HONE_SELECTION_REGISTRY_H
#define HONE_SELECTION_REGISTRY_H

#include "core/estimator_impl.h"

extern const hone_class hone_pipeline_class, hone_calibrated_classifier,
    hone_tuned_threshold_classifier;

/* The class with this full name, or NULL. */
const hone_class *hone_registry_lookup(const char *name);

/* The model in a pipeline (its last step, however deep), or `est` itself. Borrowed. */
const hone_estimator *hone_final_step(const hone_estimator *est);

/* Is it a pipeline that hone_auto_pipeline() has made? */
bool hone_is_automatic(const hone_estimator *est);

/* Is it made around one other estimator? */
bool hone_is_wrapper(const hone_class *cls);
/* The parameter of such an estimator that holds the other; NULL of all else. */
hone_steps *hone_wrapped(hone_estimator *est);
/* hone_wrap() by class, which must be a wrapper. */
HONE_NODISCARD hone_status hone_wrap_class(const hone_class *cls, hone_estimator *inner,
                                           hone_estimator **out, hone_error *err);

#endif
