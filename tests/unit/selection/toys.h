/* toys.h -- the smallest estimators that show what selection does with any estimator. */
#ifndef HONE_TESTS_SELECTION_TOYS_H
#define HONE_TESTS_SELECTION_TOYS_H

#include "core/estimator_impl.h"

#include <hone/hone.h>

/* Classifier: the class whose (weighted) mean is nearest; proba = softmax(-distance^2). */
extern const hone_class toy_nearest_mean;
/* Classifier: says 1 for a row that it was fitted on, 0 for any other: finds leaks. */
extern const hone_class toy_memory;
/* Classifier whose fit always fails. */
extern const hone_class toy_failing;
/* Regressor: the mean of y. */
extern const hone_class toy_mean;
/* Transformer: x - mean; attribute "mean". Takes weights. */
extern const hone_class toy_centre;
/* Transformer: puts the parameter `value` for what is missing; ignores weights. */
extern const hone_class toy_fill;

/* An estimator of the class; aborts the test on failure. */
hone_estimator *toy_new(const hone_class *cls);

/* A random data set of n rows, m columns and k classes (k == 0: real values), with a schema whose
 * labels are "c0", "c1", ... Free with toy_data_free(). */
typedef struct toy_data {
    hone_dataset set;
    double *x, *y;
    hone_schema *schema;
} toy_data;
toy_data toy_data_make(size_t n, size_t m, size_t k, uint64_t seed);
void toy_data_free(toy_data *data);

#endif
