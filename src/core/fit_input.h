/* fit_input.h -- what a fit slot gets, and the blocks behind it. */
#ifndef HONE_CORE_FIT_INPUT_H
#define HONE_CORE_FIT_INPUT_H

#include "core/estimator_private.h"

typedef struct hone_fit_input {
    hone_dataset data;
    hone_dataset *taken;   /* rows with positive weight, when some weigh nothing */
    size_t *kept;          /* which rows those are; NULL = all */
    hone_schema coded;     /* schema with the target's present classes as levels; borrows from: */
    hone_schema *named;    /* columns, where the data name none */
    hone_schema *levelled; /* a target of classes */
    hone_column *plain;    /* targets of values, where the data name none */
    double *matched;       /* x in the columns of the model that is to be continued */
    double *y, *weights; /* codes of classes, NULL where y has them; class weights multiplied in */
    double *classes;     /* n_classes values of y, ascending; handed on to the fitted model */
    size_t n_classes;
    bool finite; /* in: X is known to hold finite numbers alone */
} hone_fit_input;

/* Checks and prepares; `in` is zeroed but for `finite`. Without `before` the classes are those that
 * are there. With `part` these rows are one batch of many: the classes are those of `before` or, in
 * the first batch (before NULL), all levels that the target has; columns are matched with `before`.
 */
HONE_NODISCARD hone_status hone_fit_input_make(const hone_estimator *est, const hone_dataset *data,
                                               bool part, const struct fitted *before,
                                               hone_fit_input *in, hone_error *err);
/* Makes a schema of one target alone that names n classes, ascending values of y: by the levels of
 * `target` that these are the codes of (all, one by one, if it has n levels), or as numbers where
 * that is NULL. */
HONE_NODISCARD hone_status hone_schema_of_classes(const double *classes, size_t n,
                                                  const hone_column *target, hone_schema **out,
                                                  hone_error *err);
void hone_fit_input_free(hone_fit_input *in);

#endif
