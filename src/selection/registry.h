/* registry.h -- every kind of estimator, one explicit array. */
#ifndef HONE_SELECTION_REGISTRY_H
#define HONE_SELECTION_REGISTRY_H

#include "core/estimator_impl.h"

extern const hone_class hone_pipeline_class;

/* The class with this full name, or NULL. */
const hone_class *hone_registry_lookup(const char *name);

/* The model in a pipeline (its last step, however deep), or `est` itself. Borrowed. */
const hone_estimator *hone_final_step(const hone_estimator *est);

#endif
