/* adopt.c -- states that were not learnt here: what is believed of one that was read, and a fitted
 * estimator from one of another program, whose columns get names and whose classes a target.
 * Cost: O(columns + classes). */
#include "core/estimator_private.h"
#include "core/fit_input.h"

#include <stdio.h>

static hone_status name_columns(size_t n, hone_schema **out, hone_error *err) {
    hone_status status = hone_schema_create(n, 0, out, err);
    for (size_t j = 0; j < n && status == HONE_OK; j++) {
        char name[32];
        snprintf(name, sizeof name, "x%zu", j + 1);
        hone_column column = {.name = name};
        status = hone_column_copy(&column, hone_schema_column(*out, j), err);
    }
    return status;
}

static hone_status make_schema(const hone_column *given, size_t n_cols, const double *classes,
                               size_t n_classes, hone_schema **out, hone_error *err) {
    const hone_column plain = {.name = "y"};
    hone_schema *columns = NULL, *target = NULL;
    hone_status status;
    if ((!given && (status = name_columns(n_cols, &columns, err))) ||
        (n_classes && (status = hone_schema_of_classes(classes, n_classes, NULL, &target, err))))
        goto done;
    hone_schema both = {n_cols, given ? given : columns->columns, 1,
                        target ? target->targets : &plain};
    status = hone_schema_copy(&both, out, err);
done:
    hone_schema_free(columns);
    hone_schema_free(target);
    return status;
}

/* What a check of parameters refuses is damage where it was read from a file. */
static hone_status accept_params(const hone_class *cls, const void *params, hone_error *err) {
    hone_status status = hone_class_check(cls, params, err);
    if (status != HONE_EINVAL)
        return status;
    if (err)
        err->status = HONE_EFORMAT;
    return HONE_EFORMAT;
}

hone_status hone_fitted_validate(const hone_class *cls, const struct fitted *fitted,
                                 hone_error *err) {
    hone_status status = accept_params(cls, fitted->params, err);
    if (status != HONE_OK || !cls->validate)
        return status;
    status = cls->validate(fitted->params, fitted->state, fitted->schema->n_columns,
                           fitted->n_classes, err);
    return status == HONE_OK ? HONE_OK : hone_fail_within(err, status, "%s", cls->name);
}

hone_status hone_estimator_adopt(hone_estimator *est, void *state, size_t n_cols,
                                 const double *classes, size_t n_classes, hone_error *err) {
    return hone_estimator_adopt_columns(est, state, NULL, n_cols, classes, n_classes, err);
}

hone_status hone_estimator_adopt_columns(hone_estimator *est, void *state,
                                         const hone_column *columns, size_t n_cols,
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
        (status = make_schema(columns, n_cols, classes, n_classes, &fitted->schema, err)) ||
        (status = hone_new(&fitted->classes, n_classes, err)))
        goto done;
    for (size_t k = 0; k < n_classes; k++)
        fitted->classes[k] = classes[k];
    if ((status = hone_fitted_validate(cls, fitted, err)))
        goto done;
    hone_fitted_free(cls, est->fitted);
    est->fitted = fitted, fitted = NULL;
done:
    hone_fitted_free(cls, fitted);
    return status;
}
