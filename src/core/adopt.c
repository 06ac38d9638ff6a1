/* adopt.c -- a fitted estimator from a state that was not learnt here but read from a file of
 * another program: the columns get names, the classes a target. Cost: O(columns + classes). */
#include "core/estimator_private.h"
#include "core/fit_input.h"

#include <stdio.h>

static hone_status make_schema(size_t n_cols, const double *classes, size_t n_classes,
                               hone_schema **out, hone_error *err) {
    hone_status status = hone_schema_create(n_cols, 1, out, err);
    for (size_t j = 0; j < n_cols && status == HONE_OK; j++) {
        char name[32];
        snprintf(name, sizeof name, "x%zu", j + 1);
        hone_column column = {.name = name};
        status = hone_column_copy(&column, hone_schema_column(*out, j), err);
    }
    hone_column target = {.name = "y"};
    if (status == HONE_OK)
        status = n_classes ? hone_classes_column(classes, n_classes, NULL,
                                                 hone_schema_target(*out, 0), err)
                           : hone_column_copy(&target, hone_schema_target(*out, 0), err);
    return status;
}

hone_status hone_estimator_adopt(hone_estimator *est, void *state, size_t n_cols,
                                 const double *classes, size_t n_classes, hone_error *err) {
    const hone_class *cls = est->cls;
    struct fitted *fitted = NULL;
    hone_status status = hone_new(&fitted, 1, err);
    if (status != HONE_OK) {
        hone_state_free(cls->attrs, state);
        return status;
    }
    fitted->state = state, fitted->n_classes = n_classes;
    if ((status =
             hone_params_copy(cls->params, cls->params_size, est->params, &fitted->params, err)) ||
        (status = make_schema(n_cols, classes, n_classes, &fitted->schema, err)) ||
        (status = hone_new(&fitted->classes, n_classes, err)))
        goto done;
    for (size_t k = 0; k < n_classes; k++)
        fitted->classes[k] = classes[k];
    if (cls->validate && (status = cls->validate(fitted->params, state, n_cols, n_classes, err)))
        goto done;
    hone_fitted_free(cls, est->fitted);
    est->fitted = fitted, fitted = NULL;
done:
    hone_fitted_free(cls, fitted);
    return status;
}
